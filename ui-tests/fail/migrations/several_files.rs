#[pgdbm::migrations("fail/migrations/several_files")]
struct Migrations;

fn main() {}
