//! The facade under another name and behind a path; `::pgdbm` is named only to make that path.
mod storage {
    pub(crate) use pgdbm as database;
}

use storage::database::{self as db, FromRow, Query, UnboundQuery, migrations, query_unchecked, query_as_unchecked, query_file_unchecked, query_scalar_unchecked};

#[derive(FromRow)]
#[pgdbm(crate = storage::database)]
#[allow(dead_code)]
struct User {
    id: i32,
}

#[derive(Debug, db::Type)]
#[pgdbm(transparent, crate = storage::database)]
struct UserId {
    number: i64,
}

#[derive(Debug, db::Type)]
#[pgdbm(rename_all = "lowercase", crate = storage::database)]
#[allow(dead_code)]
enum Status {
    Open,
}

#[derive(Debug, db::Type)]
#[pgdbm(crate = storage::database)]
#[allow(dead_code)]
struct Address {
    street: String,
}

#[migrations("pass/migrations/shop", crate = crate::storage::database)]
struct Migrations;

/// A macro of another crate would write `$crate::…` in the same place.
macro_rules! own_query {
    ($($tokens:tt)*) => {
        query_unchecked!(crate = $crate::storage::database, $($tokens)*)
    };
}

const BY_ID: UnboundQuery<1> = query_unchecked!(crate = db, "SELECT * FROM {{tables.users}} WHERE id = $1");

fn main() {
    let id = 1;
    let _: Query<(i32,)> = own_query!("SELECT $1", id);
    let _ = query_as_unchecked!(crate = storage::database, User, "SELECT * FROM {{tables.users}} WHERE id = $id");
    let _: Query<(), i32> = query_scalar_unchecked!(crate = self::storage::database, "SELECT 1",);
    let _ = query_file_unchecked!(crate = db, "pass/queries/user.sql", id);
    let _ = db::query_as!(crate = storage::database, User as FromRow, "SELECT 1 AS id");
    let _ = BY_ID.bind((id,));
    let _ = <Migrations as db::Migrations>::MIGRATIONS.module;
    let _ = db::query!(crate = storage::database, "SELECT $1::bigint AS \"id: UserId\"", UserId { number: 1 });
}
