use pgdbm::{FromRow, query_as};

#[derive(FromRow)]
struct User {
    id: i64,
    #[pgdbm(flatten)]
    contact: Contact,
}

#[derive(FromRow)]
struct Contact {
    email: i64,
}

fn main() {
    let _ = query_as!(User as FromRow, "SELECT id, email FROM {{tables.users}}");
}
