#[pgdbm::migrations("migrations", modul = "shop")]
struct Migrations;

fn main() {}
