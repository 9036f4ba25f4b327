use pgdbm::{FromRow, query_as};

#[derive(FromRow)]
struct User {
    #[pgdbm(rename = "id")]
    number: i32,
}

fn main() {
    let _ = query_as!(User as FromRow, "SELECT id FROM {{tables.users}}");
}
