//! Whatever names a struct may be what a row becomes.
#![allow(dead_code)]

use std::borrow::Cow;

use pgdbm::{DatabaseManager, Error, query_as};

struct User {
    id: i64,
    email: String,
}

struct Borrowing<'a> {
    id: i64,
    email: Cow<'a, str>,
}

struct Defaulted<T = String> {
    id: i64,
    email: T,
}

/// Called as a column is.
mod email {
    pub(super) struct User {
        pub(super) id: i64,
        pub(super) email: String,
    }
}

trait Repository {
    type Row;

    async fn all(db: &DatabaseManager) -> Result<Vec<Self::Row>, Error>;
}

struct Users;

impl Repository for Users {
    type Row = User;

    async fn all(db: &DatabaseManager) -> Result<Vec<User>, Error> {
        query_as!(Self::Row, "SELECT id, email FROM {{tables.users}}").fetch_all(db).await
    }
}

async fn within<T: Send + Sync>(db: &DatabaseManager, _: T) -> Result<(), Error> {
    struct Local {
        id: i64,
    }
    let local = query_as!(Local, "SELECT id FROM {{tables.users}}").fetch_one(db).await?;
    let user = query_as!(User, "SELECT id, email FROM {{tables.users}}").fetch_one(db).await?;
    assert_eq!(local.id, user.id);
    Ok(())
}

async fn run(db: &DatabaseManager) -> Result<(), Error> {
    let _: Vec<User> = Users::all(db).await?;
    within(db, 1).await?;
    let _: Borrowing<'static> = query_as!(Borrowing, "SELECT id, email FROM {{tables.users}}").fetch_one(db).await?;
    let _: Borrowing<'static> = query_as!(Borrowing<'_>, "SELECT id, email FROM {{tables.users}}").fetch_one(db).await?;
    let _: Defaulted = query_as!(Defaulted, "SELECT id, email FROM {{tables.users}}").fetch_one(db).await?;
    let _: email::User = query_as!(email::User, "SELECT id, email FROM {{tables.users}}").fetch_one(db).await?;
    Ok(())
}

fn main() {
    let _ = run;
}
