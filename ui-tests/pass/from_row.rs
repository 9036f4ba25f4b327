//! Every shape of struct that a row becomes.
#![allow(dead_code)]

use std::marker::PhantomData;

use pgdbm::{FromRow, Query, query_as_unchecked};

#[derive(FromRow)]
struct Named {
    id: i32,
    r#type: Option<String>,
    #[pgdbm(rename = "e-mail")]
    email: String,
    #[pgdbm(default)]
    visits: i64,
    #[pgdbm(rename = "lastSeen", default)]
    last_seen: Option<i64>,
    #[pgdbm(flatten)]
    address: Address,
    #[pgdbm(skip)]
    cached: Vec<Named>,
    #[pgdbm(skip)]
    label: &'static str,
}

#[derive(FromRow)]
#[pgdbm(rename_all = "SCREAMING-KEBAB-CASE")]
struct Address {
    street_name: String,
}

#[derive(FromRow)]
struct Tuple(i32, #[pgdbm(skip)] PhantomData<()>, Option<String>, #[pgdbm(rename = "total", default)] i64);

#[derive(FromRow)]
struct Pair<A, B: Clone, const N: usize>
where
    A: Send,
{
    first: A,
    second: Option<B>,
    rest: Vec<B>,
    #[pgdbm(skip)]
    marker: PhantomData<[A; N]>,
}

#[derive(FromRow)]
struct Outer<Inner> {
    #[pgdbm(flatten)]
    inner: Inner,
    #[pgdbm(default)]
    note: Option<String>,
}

#[derive(FromRow)]
struct NothingRead {}

fn main() {
    let _: Query<(), Named> = query_as_unchecked!(Named, "SELECT * FROM {{tables.users}}");
    let _ = query_as_unchecked!(Tuple, "SELECT 1, 'x', 2 AS total");
    let _ = query_as_unchecked!(Pair<i32, String, 3>, "SELECT 1 AS first, NULL AS second, '{}'::text[] AS rest");
    let _ = query_as_unchecked!(Outer<Address>, "SELECT 'a' AS \"STREET-NAME\"");
    let _ = query_as_unchecked!(Outer<(i32, Option<String>)>, "SELECT 1, 'x'");
    let _ = query_as_unchecked!(NothingRead, "SELECT 1");
    let _ = query_as_unchecked!((i32, Option<String>), "SELECT 1, 'x'");
}
