use pgdbm::FromRow;

#[derive(FromRow)]
struct User(i32, #[pgdbm(default)] String);

fn main() {}
