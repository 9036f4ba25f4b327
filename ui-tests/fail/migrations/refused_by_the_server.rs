#[pgdbm::migrations("fail/migrations/refused_by_the_server")]
struct Migrations;

fn main() {}
