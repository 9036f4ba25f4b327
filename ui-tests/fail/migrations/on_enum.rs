#[pgdbm::migrations("migrations")]
enum Migrations {}

fn main() {}
