#[pgdbm::migrations("fail/migrations/undo_alone")]
struct Migrations;

fn main() {}
