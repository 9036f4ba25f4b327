use pgdbm::FromRow;

#[derive(FromRow)]
union User {
    id: i32,
}

fn main() {}
