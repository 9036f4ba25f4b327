use pgdbm::{FromRow, query_as};

#[derive(FromRow)]
#[pgdbm(rename_all = "camelCase")]
struct User {
    full_name: String,
}

fn main() {
    let _ = query_as!(User as FromRow, r#"SELECT name AS "fullName" FROM {{tables.users}}"#);
}
