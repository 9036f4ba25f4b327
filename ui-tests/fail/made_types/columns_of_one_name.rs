#[pgdbm::migrations("fields")]
mod schema {}

fn main() {}
