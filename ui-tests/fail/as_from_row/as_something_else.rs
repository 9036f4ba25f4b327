use pgdbm::{FromRow, query_as};

#[derive(FromRow)]
struct User {
    id: i64,
}

fn main() {
    let _ = query_as!(User as Row, "SELECT id FROM {{tables.users}}");
}
