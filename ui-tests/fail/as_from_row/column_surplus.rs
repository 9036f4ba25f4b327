use pgdbm::{FromRow, query_as};

#[derive(FromRow)]
struct User {
    id: i64,
    #[pgdbm(flatten)]
    contact: Contact,
}

#[derive(FromRow)]
struct Contact {
    email: String,
}

fn main() {
    let _ = query_as!(User as FromRow, "SELECT id, email, name FROM {{tables.users}}");
}
