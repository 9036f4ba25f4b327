#[pgdbm::migrations("names")]
mod schema {}

fn main() {}
