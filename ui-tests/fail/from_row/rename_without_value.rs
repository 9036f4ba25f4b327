use pgdbm::FromRow;

#[derive(FromRow)]
struct User {
    #[pgdbm(rename)]
    email: String,
}

fn main() {}
