#[pgdbm::migrations("../migrations")]
struct Migrations;

fn main() {}
