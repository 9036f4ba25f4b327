#[pgdbm::migrations("fail/migrations/byte_order_mark")]
struct Migrations;

fn main() {}
