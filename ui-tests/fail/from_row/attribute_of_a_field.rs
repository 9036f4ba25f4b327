use pgdbm::FromRow;

#[derive(FromRow)]
#[pgdbm(skip)]
struct User {
    id: i32,
}

fn main() {}
