//! Unbound queries as constants, and bound ones without arguments.
use pgdbm::{FromRow, Query, UnboundQuery, query_unchecked, query_as_unchecked, query_file_unchecked, query_scalar_unchecked};

#[derive(FromRow)]
#[allow(dead_code)]
struct User {
    id: i32,
}

const BY_ID: UnboundQuery<1> = query_unchecked!("SELECT * FROM {{tables.users}} WHERE id = $1");
static BY_ID_AND_EMAIL: UnboundQuery<2, User> =
    query_as_unchecked!(User, "SELECT * FROM {{tables.users}} WHERE id = $1 AND email = $2");
const COUNT: UnboundQuery<1, i64> = query_scalar_unchecked!("SELECT count(*) FROM {{tables.users}} WHERE id > $1");
static ALL: Query<()> = query_unchecked!("SELECT * FROM {{tables.users}}");
const FROM_FILE: UnboundQuery<1> = query_file_unchecked!("pass/queries/user.sql");

struct Users;

impl Users {
    const NEWEST: Query<(), i32> = query_scalar_unchecked!("SELECT max(id) FROM {{tables.users}}");
}

fn main() {
    assert!(BY_ID.bind((1,)).source().contains("$1"));
    assert!(BY_ID_AND_EMAIL.bind((1, "a@example.org")).source().contains("$2"));
    assert!(COUNT.bind((1,)).source().contains("count"));
    assert!(ALL.source().contains("tables.users"));
    assert!(FROM_FILE.source().contains("WHERE id = $1"));
    assert!(Users::NEWEST.source().contains("max"));
}
