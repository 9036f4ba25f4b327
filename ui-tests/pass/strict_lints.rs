//! Expansions raise no lint, however strict the caller is.
#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    rust_2018_idioms,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unreachable_pub,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences,
    missing_copy_implementations,
    let_underscore_drop,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    absolute_paths_not_starting_with_crate,
    clippy::all,
    clippy::pedantic,
    clippy::nursery
)]

use pgdbm::{FromRow, Query, UnboundQuery};

/// A user.
#[derive(Debug, FromRow)]
pub struct User<T> {
    /// The number.
    pub id: i32,
    /// More.
    #[pgdbm(flatten)]
    pub more: More,
    /// Anything.
    pub any: T,
}

/// More of a user.
#[derive(Debug, FromRow)]
#[pgdbm(rename_all = "camelCase")]
pub struct More {
    /// The address.
    #[pgdbm(default)]
    pub e_mail: String,
    /// Not read.
    #[pgdbm(skip)]
    pub seen: bool,
}

/// A struct that reads nothing.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Nothing {
    /// Not read.
    #[pgdbm(skip)]
    pub seen: bool,
}

/// The number of something.
#[derive(Debug, pgdbm::Type)]
#[pgdbm(transparent)]
pub struct Id<T> {
    /// The number.
    pub number: i64,
    /// Of what.
    pub of: std::marker::PhantomData<T>,
}

/// A borrowed name.
#[derive(Clone, Copy, Debug, pgdbm::Type)]
pub struct Name<'a>(pub &'a str);

/// A status.
#[derive(Clone, Copy, Debug, pgdbm::Type)]
#[pgdbm(rename_all = "snake_case")]
pub enum Status {
    /// Not paid.
    Open,
    /// Paid.
    Paid,
}

/// A level.
#[derive(Clone, Copy, Debug, pgdbm::Type)]
#[repr(i64)]
pub enum Level {
    /// Low.
    Low = -1,
    /// High.
    High = 1,
}

/// An address, with a field that nobody else sees the type of.
#[derive(Debug, pgdbm::Type)]
pub struct Address<T> {
    /// The street.
    pub street: String,
    /// The place.
    place: Place,
    /// Anything.
    pub any: Option<T>,
}

#[derive(Debug, pgdbm::Type)]
#[pgdbm(name = "point3")]
struct Place {
    x: f64,
}

/// The migrations.
#[pgdbm::migrations("pass/migrations/shop", module = "shop")]
#[derive(Clone, Copy, Debug)]
pub struct Migrations;

/// One user.
pub const USER: UnboundQuery<1> = pgdbm::query_unchecked!("SELECT * FROM {{tables.users}} WHERE id = $1");

/// All users.
pub fn users(id: i32) -> Query<(i32,), User<i64>> {
    pgdbm::query_as_unchecked!(User<i64>, "SELECT * FROM {{tables.users}} WHERE id = $1", id)
}

fn main() {
    let name = String::from("x");
    let queries = (pgdbm::query_unchecked!("SELECT $name"), users(1), USER);
    let all = pgdbm::query_as!(User<i64> as FromRow, "SELECT 1 AS id, 'x' AS \"eMail\", 2::bigint AS any");
    assert!(all.source().contains("eMail"));
    let more = pgdbm::query_as!(More as FromRow, "SELECT 'x' AS \"eMail\"");
    assert!(more.source().contains("eMail"));
    let place = Address { street: String::new(), place: Place { x: 1.0 }, any: Some(1) };
    assert!(format!("{place:?}").contains('1'));
    assert_eq!(queries.0.source(), "SELECT $name");
    assert_eq!(queries.1.source(), queries.2.source());
}
