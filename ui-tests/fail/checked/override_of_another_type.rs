type UserId = i64;

fn main() {
    let _ = pgdbm::query!(r#"SELECT id AS "id: i32", email AS "email!: Option<u64>" FROM {{tables.users}}"#);
    let _ = pgdbm::query_scalar!(r#"SELECT ARRAY[1, 2] AS "all: Vec<i64>""#);
    // Of others the compiler of queries knows nothing.
    let _ = pgdbm::query_scalar!(r#"SELECT id AS "id: UserId" FROM {{tables.users}}"#);
    let _ = pgdbm::query_scalar!(r#"SELECT id AS "id: Option<i64>" FROM {{tables.users}}"#);
}
