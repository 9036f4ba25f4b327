//! Types, names, expressions and SQL may come out of the fragments of the caller's `macro_rules!`.
#![allow(dead_code)]

use pgdbm::{DatabaseManager, Error, query, query_as, query_scalar};

#[derive(Debug)]
struct User {
    id: i64,
    email: String,
}

mod inner {
    #[derive(Debug)]
    pub(crate) struct Page<T> {
        pub(crate) id: i64,
        pub(crate) email: T,
    }
}

macro_rules! derived {
    ($name:ident, $($field:ident: $ty:tt),+) => {
        #[derive(Debug, pgdbm::FromRow)]
        struct $name {
            $($field: $ty,)+
            #[pgdbm(default)]
            nickname: Option<String>,
        }
    };
}
derived!(Derived, id: i64, email: String);

macro_rules! newtype {
    ($name:ident, $ty:ty) => {
        #[derive(Debug, pgdbm::Type)]
        struct $name($ty);
    };
}
newtype!(UserId, i64);

macro_rules! as_type {
    ($ty:ty, $sql:literal $(, $argument:expr)*) => { query_as!($ty, $sql $(, $argument)*) };
}
macro_rules! as_path {
    ($ty:path, $sql:expr) => {
        query_as!($ty, $sql)
    };
}
macro_rules! as_name {
    ($ty:ident, $sql:expr) => {
        query_as!($ty, $sql)
    };
}
macro_rules! as_derived {
    ($ty:ty) => {
        query_as!($ty as FromRow, "SELECT id, email FROM {{tables.users}}")
    };
}
macro_rules! twice {
    ($ty:ty, $sql:literal) => {
        as_type!($ty, $sql)
    };
}
macro_rules! scalar {
    ($sql:literal, $argument:expr) => {
        query_scalar!($sql, $argument)
    };
}
macro_rules! named {
    ($sql:literal, $name:ident = $value:expr) => {
        query!($sql, $name = $value)
    };
}
macro_rules! left_to_the_server {
    ($value:expr) => {
        query!("SELECT id FROM {{tables.users}} WHERE id = $1", $value)
    };
}
macro_rules! captures {
    ($sql:literal) => {
        query!($sql)
    };
}
macro_rules! function {
    ($vis:vis $name:ident, $argument:ident: $ty:ty, $row:ty, $sql:literal) => {
        pgdbm::query_fn! {
            $vis fn $name($argument: $ty) -> $row { $sql }
        }
    };
}
function!(pub(crate) found, id: i64, Option<Found>, "SELECT id, email FROM {{tables.users}} WHERE id = $id");
function!(count, email: &str, i64, "SELECT count(*) FROM {{tables.users}} WHERE email = $email");

macro_rules! repository {
    ($name:ident, $row:ty, $table:literal) => {
        struct $name;

        impl $name {
            async fn find(db: &DatabaseManager, id: i64) -> Result<Option<$row>, Error> {
                query_as!($row, concat!("SELECT id, email FROM {{tables.", $table, "}} WHERE id = $1"), id)
                    .fetch_optional(db)
                    .await
            }

            async fn captured(db: &DatabaseManager, id: i64) -> Result<Vec<$row>, Error> {
                query_as!($row, "SELECT id, email FROM {{tables.users}} WHERE id = $id")
                    .fetch_all(db)
                    .await
            }
        }
    };
}
repository!(Users, User, "users");

macro_rules! method {
    ($ty:ty) => {
        impl $ty {
            async fn same(&self, db: &DatabaseManager) -> Result<Self, Error> {
                query_as!(Self, "SELECT id, email FROM {{tables.users}} WHERE id = $1", self.id)
                    .fetch_one(db)
                    .await
            }
        }
    };
}
method!(User);

async fn run(db: &DatabaseManager) -> Result<(), Error> {
    let (id, row) = (1_i64, 2_i64);
    let _: User = as_type!(User, "SELECT id, email FROM {{tables.users}}").fetch_one(db).await?;
    let _: User = as_type!(User, "SELECT id, email FROM {{tables.users}} WHERE id = $1", row + id)
        .fetch_one(db)
        .await?;
    let page: inner::Page<String> =
        as_type!(inner::Page<String>, "SELECT id, email FROM {{tables.users}}").fetch_one(db).await?;
    let _: (i64, String) = as_type!((i64, String), "SELECT id, email FROM {{tables.users}}")
        .fetch_one(db)
        .await?;
    as_path!(crate::User, "SELECT id, email FROM {{tables.users}}").fetch_one(db).await?;
    as_name!(User, "SELECT id, email FROM {{tables.users}}").fetch_one(db).await?;
    as_derived!(Derived).fetch_one(db).await?;
    twice!(User, "SELECT id, email FROM {{tables.users}}").fetch_one(db).await?;
    let _: i64 = scalar!("SELECT id FROM {{tables.users}} WHERE id = $1", row).fetch_one(db).await?;
    named!("SELECT id FROM {{tables.users}} WHERE id = $x", x = row).fetch_one(db).await?;
    left_to_the_server!(UserId(page.id)).fetch_one(db).await?;
    left_to_the_server!(id as _).fetch_one(db).await?;
    captures!("SELECT id FROM {{tables.users}} WHERE id = $id").fetch_one(db).await?;
    // What decides on a part may be any expression.
    let some = named!("SELECT id FROM {{tables.users}} {{if $x}} WHERE id > 1 {{end}}", x = id == row);
    let all = query!("SELECT id FROM {{tables.users}} {{if $x}} WHERE id > 1 {{end}}", x = id == row);
    some.fetch_all(db).await?;
    all.fetch_all(db).await?;
    let _: Option<Found> = found(db, page.id).await?;
    let _: i64 = count(db, &page.email).await?;
    Ok(())
}

fn main() {
    let _ = run;
}
