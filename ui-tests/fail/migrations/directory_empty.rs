#[pgdbm::migrations("fail/migrations/directory_empty")]
struct Migrations;

fn main() {}
