use pgdbm::FromRow;

struct Address {
    street: String,
}

#[derive(FromRow)]
struct User {
    id: i32,
    #[pgdbm(flatten)]
    address: Address,
}

fn main() {}
