#[pgdbm::migrations("fail/migrations/not_utf8")]
struct Migrations;

fn main() {}
