#[derive(Debug, pgdbm::Type)]
struct Address(String, Option<String>);

fn main() {}
