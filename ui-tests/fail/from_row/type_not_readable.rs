use pgdbm::FromRow;

struct Id(i32);

#[derive(FromRow)]
struct User {
    id: Id,
    email: String,
}

fn main() {}
