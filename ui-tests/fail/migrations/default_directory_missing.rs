#[pgdbm::migrations()]
struct Migrations;

fn main() {}
