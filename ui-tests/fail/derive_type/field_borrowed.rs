#[derive(Debug, pgdbm::Type)]
struct Address<'a> {
    street: &'a str,
    zip: String,
}

fn main() {}
