#[derive(Debug, pgdbm::Type)]
struct Nothing;

fn main() {}
