#[pgdbm::migrations("fail/migrations/concurrently")]
struct Migrations;

fn main() {}
