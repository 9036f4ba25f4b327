#[pgdbm::migrations(concat!("migra", "tions"))]
struct Migrations;

fn main() {}
