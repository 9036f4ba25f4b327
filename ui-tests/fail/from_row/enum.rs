use pgdbm::FromRow;

#[derive(FromRow)]
enum User {
    Guest,
}

fn main() {}
