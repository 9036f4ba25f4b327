#[pgdbm::migrations("fail/migrations/placeholder")]
struct Migrations;

fn main() {}
