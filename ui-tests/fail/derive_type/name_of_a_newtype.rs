#[derive(Debug, pgdbm::Type)]
#[pgdbm(name = "email")]
struct Email(String);

fn main() {}
