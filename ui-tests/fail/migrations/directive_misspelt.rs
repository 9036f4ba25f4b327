#[pgdbm::migrations("fail/migrations/directive_misspelt")]
struct Migrations;

fn main() {}
