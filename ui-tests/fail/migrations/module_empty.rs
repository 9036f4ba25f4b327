#[pgdbm::migrations("migrations", module = " ")]
struct Migrations;

fn main() {}
