#[pgdbm::migrations("no_such_directory")]
struct Migrations;

fn main() {}
