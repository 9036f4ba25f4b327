use pgdbm::{FromRow, query_as};

#[derive(FromRow)]
struct User {
    id: i64,
    #[pgdbm(rename = "e_mail")]
    email: String,
}

#[derive(FromRow)]
struct Order {
    id: i64,
}

fn main() {
    let _ = query_as!(Order as FromRow, "SELECT id FROM {{tables.orders}}");
    let _ = query_as!(User as FromRow, "SELECT id FROM {{tables.users}}");
}
