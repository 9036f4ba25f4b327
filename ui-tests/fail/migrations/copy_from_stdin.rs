#[pgdbm::migrations("fail/migrations/copy_from_stdin")]
struct Migrations;

fn main() {}
