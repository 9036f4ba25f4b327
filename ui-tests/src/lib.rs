//! The crate under which the compile-time tests of pgdbm run.
//!
//! It uses every macro itself, under lints as strict as they come: `cargo clippy` says whether an expansion raises one.

#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications,
    unused_results,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::panic,
    clippy::absolute_paths
)]

use pgdbm::{FromRow, Query, UnboundQuery};

/// A user.
#[derive(Clone, Debug, FromRow)]
#[pgdbm(rename_all = "camelCase")]
pub struct User<T> {
    /// The number.
    pub user_id: i32,
    /// The address.
    #[pgdbm(rename = "e-mail", default)]
    pub email: Option<String>,
    /// What the row holds besides.
    #[pgdbm(flatten)]
    pub more: T,
    /// Not read.
    #[pgdbm(skip)]
    pub seen: bool,
}

/// A pair.
#[derive(Clone, Debug, FromRow)]
pub struct Pair(pub i32, pub String);

/// The migrations.
#[pgdbm::migrations("pass/migrations/shop", module = "shop")]
#[derive(Clone, Copy, Debug)]
pub struct Shop;

/// One user.
pub const USER: UnboundQuery<1, User<Pair>> =
    pgdbm::query_as_unchecked!(User<Pair>, "SELECT * FROM {{tables.users}} WHERE id = $1");

/// The users with this address.
pub fn users(email: &str) -> Query<(&str,)> {
    pgdbm::query_unchecked!(
        "SELECT * FROM {{tables.users}} WHERE email = $email",
        email = email
    )
}

/// The source of a query that borrows its variable, and so stays where the variable is.
#[must_use]
pub fn source_with(email: &str) -> &'static str {
    pgdbm::query_unchecked!("SELECT * FROM {{tables.users}} WHERE email = $email").source()
}

pgdbm::query_fn! {
    /// A number and a text, if the number is not negative.
    #[record(derive(Eq, Hash))]
    pub fn numbered(number: i32, text?, list: &[i64], a: i32, b: i32, c: i32, d: i32) -> Option<Numbered> {
        "SELECT $number::int AS number, $text::text AS text, $list::bigint[] AS list, $a::int + $b::int + $c::int + $d::int AS sum \
         WHERE $number >= 0"
    }

    /// One more.
    pub fn next(number: i32) -> _ { "SELECT $number::int + 1 AS next" }

    /// The numbers up to one.
    pub fn numbers(last: i32) -> Stream<i32> { "SELECT n AS \"n!\" FROM generate_series(1, $last::int) n" }

    /// What a text is.
    pub fn texts(text: &str) -> Vec<(String,)> { r#"SELECT $text::text AS "text!""# }

    fn ignored() { "SELECT 1" }
}

/// Queries in files.
#[pgdbm::queries("fixtures/queries")]
pub mod queries {}

/// Runs them.
///
/// # Errors
///
/// What the server refuses.
pub async fn run(db: &impl pgdbm::Executor) -> Result<i32, pgdbm::Error> {
    ignored(db).await?;
    queries::one(db).await
}

#[cfg(test)]
mod tests {
    use pgdbm::{DatabaseManager, Error, Transaction, query_scalar_unchecked};

    use crate::{Pair, Shop, USER};

    #[pgdbm::test(migrations = Shop, fixtures("users.sql"), timeout = "60s", max_repeats = 3)]
    async fn a_user_is_found(db: DatabaseManager) -> Result<(), Error> {
        let user = USER.bind((1,)).fetch_optional(&db).await?;
        assert!(user.is_none(), "the fixture has another number");
        Ok(())
    }

    #[pgdbm::test(migrations = "pass/migrations/shop", isolation = "transaction")]
    async fn a_pair_is_read(transaction: Transaction<'_>) -> Result<(), Error> {
        let pair = pgdbm::query_as_unchecked!(Pair, "SELECT 1, 'one'")
            .fetch_one(&transaction)
            .await?;
        assert_eq!((pair.0, pair.1.as_str()), (1, "one"));
        Ok(())
    }

    #[pgdbm::test(migrations = Shop, flavor = "multi_thread")]
    #[should_panic(expected = "as it should")]
    async fn nobody_is_there(
        db: DatabaseManager,
        #[pgdbm(schema = "other", migrations = false)] _other: DatabaseManager,
    ) {
        let users: i64 = query_scalar_unchecked!("SELECT count(*) FROM {{tables.users}}")
            .fetch_one(&db)
            .await
            .unwrap_or(1);
        assert_ne!(users, 0, "as it should");
    }
}
