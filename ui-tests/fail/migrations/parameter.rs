#[pgdbm::migrations("fail/migrations/parameter")]
struct Migrations;

fn main() {}
