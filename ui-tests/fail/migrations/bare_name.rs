#[pgdbm::migrations("fail/migrations/bare_name")]
struct Migrations;

fn main() {}
