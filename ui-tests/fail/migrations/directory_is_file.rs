#[pgdbm::migrations("fail/migrations/directory_is_file.rs")]
struct Migrations;

fn main() {}
