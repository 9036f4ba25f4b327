//! PostgreSQL's types as types of Rust, spelled as SQL spells them: what [`Encode`](super::Encode) and
//! [`Decode`](super::Decode) are for. No value of them exists.
#![allow(
    non_camel_case_types,
    reason = "messages of the compiler name these, and are to read as SQL does"
)]

use std::marker::PhantomData;

macro_rules! sql_types {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}
    )+};
}

sql_types! {
    /// `boolean`
    boolean;
    /// `"char"`: one byte, as the system catalogs use it.
    char;
    /// `smallint`
    smallint;
    /// `integer`
    integer;
    /// `bigint`
    bigint;
    /// `real`
    real;
    /// `double precision`
    double_precision;
    /// `numeric`
    numeric;
    /// `money`
    money;
    /// `oid`, and the types that name objects by it: `regclass`, `regtype`, …
    oid;
    /// `text`, and what is sent as text is: `varchar`, `char(n)`, `name`, `citext`.
    text;
    /// `ltree`
    ltree;
    /// `xml`
    xml;
    /// `bytea`
    bytea;
    /// `uuid`
    uuid;
    /// `json` and `jsonb`
    json;
    /// `date`
    date;
    /// `time`
    time;
    /// `time with time zone`
    timetz;
    /// `timestamp`
    timestamp;
    /// `timestamp with time zone`
    timestamptz;
    /// `interval`
    interval;
    /// `inet`
    inet;
    /// `cidr`
    cidr;
    /// `macaddr`
    macaddr;
    /// `bit` and `bit varying`
    bit;
    /// `hstore`
    hstore;
    /// `point`
    point;
    /// `box`
    rectangle;
    /// `path`
    path;
    /// `pg_lsn`
    pg_lsn;
    /// `void`: what functions return that return nothing.
    void;
}

/// An array, of any number of dimensions.
#[derive(Debug)]
pub struct array<S>(PhantomData<fn(S)>);

/// A range.
#[derive(Debug)]
pub struct range<S>(PhantomData<fn(S)>);

/// A multirange.
#[derive(Debug)]
pub struct multirange<S>(PhantomData<fn(S)>);
