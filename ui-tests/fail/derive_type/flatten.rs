#[derive(Debug, pgdbm::Type)]
struct Address {
    street: String,
    #[pgdbm(flatten)]
    place: String,
}

fn main() {}
