#[pgdbm::migrations("fail/migrations/empty_file")]
struct Migrations;

fn main() {}
