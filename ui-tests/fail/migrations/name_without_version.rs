#[pgdbm::migrations("fail/migrations/name_without_version")]
struct Migrations;

fn main() {}
