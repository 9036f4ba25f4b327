use pgdbm::{FromRow, query_as};

#[derive(Debug, pgdbm::Type)]
struct UserId(i64);

#[derive(FromRow)]
struct User {
    id: i64,
}

fn main() {
    let _ = UserId(1);
    let _ = query_as!(User as FromRow, r#"SELECT id AS "id: UserId" FROM {{tables.users}}"#);
}
