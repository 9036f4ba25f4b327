use pgdbm::FromRow;

#[derive(FromRow)]
struct User;

fn main() {}
