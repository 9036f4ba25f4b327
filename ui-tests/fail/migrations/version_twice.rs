#[pgdbm::migrations("fail/migrations/version_twice")]
struct Migrations;

fn main() {}
