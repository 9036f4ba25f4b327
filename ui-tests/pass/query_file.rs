//! SQL in files of the package.
use pgdbm::{FromRow, Query, UnboundQuery, query_file_unchecked, query_file_as_unchecked, query_file_scalar_unchecked};

#[derive(FromRow)]
#[allow(dead_code)]
struct User {
    id: i32,
}

fn main() {
    let _: Query<(i32,)> = query_file_unchecked!("pass/queries/user.sql", 1);
    let _: Query<(i32,), User> = query_file_as_unchecked!(User, "./pass/queries/user.sql", 1);
    let _: UnboundQuery<1, User> = query_file_as_unchecked!(User, "pass/queries/user.sql");
    let count: Query<(&str,), i64> = query_file_scalar_unchecked!("pass/queries/windows.sql", email = "a@example.org",);
    // The byte order mark is no part of the SQL.
    assert!(count.source().starts_with("SELECT"), "{:?}", count.source());
}
