#[pgdbm::migrations("migrations", "more")]
struct Migrations;

fn main() {}
