//! PostgreSQL's types as types of Rust, spelled as SQL spells them: what [`Encode`](super::Encode) and
//! [`Decode`](super::Decode) are for. No value of them exists.
#![allow(
    non_camel_case_types,
    reason = "messages of the compiler name these, and are to read as SQL does"
)]

use std::marker::PhantomData;

/// A type of PostgreSQL.
#[diagnostic::on_unimplemented(
    message = "`{Self}` stands for no type of PostgreSQL",
    label = "has no `#[derive(pgdbm::Type)]`",
    note = "put `#[derive(Debug, pgdbm::Type)]` on `{Self}`, which stands for an enum or a composite type of the migrations"
)]
pub trait SqlType {
    /// What an argument is expected to be, in the compiler's messages; many others may fit as well.
    type Expected: ?Sized;
    /// What a column is read as.
    type Owned;
}

/// Nothing of Rust is known for it, as long as no feature is on that brings a type.
#[derive(Debug)]
pub enum Nothing {}

macro_rules! sql_types {
    ($($(#[$doc:meta])* $name:ident => $expected:ty, $owned:ty;)+) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}

        impl SqlType for $name {
            type Expected = $expected;
            type Owned = $owned;
        }
    )+};
}

/// The type of a crate that a feature turns on.
macro_rules! of_feature {
    ($($alias:ident: $($feature:literal => $ty:ty),+;)+) => {$(
        of_feature!(@ $alias [] $($feature => $ty),+);
    )+};
    (@ $alias:ident [$($before:literal)*] $feature:literal => $ty:ty $(, $more:literal => $of:ty)*) => {
        #[cfg(all(feature = $feature, not(any($(feature = $before),*))))]
        type $alias = $ty;
        of_feature!(@ $alias [$($before)* $feature] $($more => $of),*);
    };
    (@ $alias:ident [$($before:literal)*]) => {
        #[cfg(not(any($(feature = $before),*)))]
        type $alias = Nothing;
    };
}

of_feature! {
    Numeric: "rust_decimal" => ::rust_decimal::Decimal, "bigdecimal" => ::bigdecimal::BigDecimal;
    Uuid: "uuid" => ::uuid::Uuid;
    Json: "json" => ::serde_json::Value;
    Date: "time" => ::time::Date, "chrono" => ::chrono::NaiveDate, "jiff" => ::jiff::civil::Date;
    Time: "time" => ::time::Time, "chrono" => ::chrono::NaiveTime, "jiff" => ::jiff::civil::Time;
    Cidr: "cidr" => ::cidr::IpCidr;
    Bit: "bit-vec" => ::bit_vec::BitVec;
}

#[cfg(feature = "time")]
type Timestamp = ::time::PrimitiveDateTime;
#[cfg(feature = "time")]
type TimestampTz = ::time::OffsetDateTime;
#[cfg(all(feature = "chrono", not(feature = "time")))]
type Timestamp = ::chrono::NaiveDateTime;
#[cfg(all(feature = "chrono", not(feature = "time")))]
type TimestampTz = ::chrono::DateTime<::chrono::Utc>;
#[cfg(all(feature = "jiff", not(any(feature = "time", feature = "chrono"))))]
type Timestamp = ::jiff::civil::DateTime;
#[cfg(all(feature = "jiff", not(any(feature = "time", feature = "chrono"))))]
type TimestampTz = ::jiff::Timestamp;
#[cfg(not(any(feature = "time", feature = "chrono", feature = "jiff")))]
type Timestamp = std::time::SystemTime;
#[cfg(not(any(feature = "time", feature = "chrono", feature = "jiff")))]
type TimestampTz = std::time::SystemTime;
#[cfg(feature = "eui48")]
type MacAddr = ::eui48::MacAddress;
#[cfg(not(feature = "eui48"))]
type MacAddr = super::MacAddr;
#[cfg(feature = "geo-types")]
type Point = ::geo_types::Point<f64>;
#[cfg(feature = "geo-types")]
type Rectangle = ::geo_types::Rect<f64>;
#[cfg(feature = "geo-types")]
type Path = ::geo_types::LineString<f64>;
#[cfg(not(feature = "geo-types"))]
use super::{Path, Point, Rectangle};
#[cfg(feature = "cidr")]
type Inet = ::cidr::IpInet;
#[cfg(not(feature = "cidr"))]
type Inet = std::net::IpAddr;

sql_types! {
    /// `boolean`
    boolean => bool, bool;
    /// `"char"`: one byte, as the system catalogs use it.
    char => i8, i8;
    /// `smallint`
    smallint => i16, i16;
    /// `integer`
    integer => i32, i32;
    /// `bigint`
    bigint => i64, i64;
    /// `real`
    real => f32, f32;
    /// `double precision`
    double_precision => f64, f64;
    /// `numeric`
    numeric => Numeric, Numeric;
    /// `money`
    money => super::Money, super::Money;
    /// `oid`, and the types that name objects by it: `regclass`, `regtype`, …
    oid => u32, u32;
    /// `text`, and what is sent as text is: `varchar`, `char(n)`, `name`, `citext`.
    text => str, String;
    /// `ltree`
    ltree => str, String;
    /// `xml`
    xml => str, String;
    /// `bytea`
    bytea => [u8], Vec<u8>;
    /// `uuid`
    uuid => Uuid, Uuid;
    /// `json` and `jsonb`
    json => Json, Json;
    /// `date`
    date => Date, Date;
    /// `time`
    time => Time, Time;
    /// `time with time zone`
    timetz => super::TimeTz, super::TimeTz;
    /// `timestamp`
    timestamp => Timestamp, Timestamp;
    /// `timestamp with time zone`
    timestamptz => TimestampTz, TimestampTz;
    /// `interval`
    interval => super::Interval, super::Interval;
    /// `inet`
    inet => Inet, Inet;
    /// `cidr`
    cidr => Cidr, Cidr;
    /// `macaddr`
    macaddr => MacAddr, MacAddr;
    /// `macaddr8`
    macaddr8 => super::MacAddr8, super::MacAddr8;
    /// `bit` and `bit varying`
    bit => Bit, Bit;
    /// `hstore`
    hstore => std::collections::HashMap<String, Option<String>>, std::collections::HashMap<String, Option<String>>;
    /// `point`
    point => Point, Point;
    /// `box`
    rectangle => Rectangle, Rectangle;
    /// `path`
    path => Path, Path;
    /// `line`
    line => super::Line, super::Line;
    /// `lseg`
    lseg => super::LineSegment, super::LineSegment;
    /// `polygon`
    polygon => super::Polygon, super::Polygon;
    /// `circle`
    circle => super::Circle, super::Circle;
    /// `jsonpath`
    jsonpath => super::JsonPath, super::JsonPath;
    /// `tsvector`
    tsvector => super::TsVector, super::TsVector;
    /// `tsquery`
    tsquery => super::TsQuery, super::TsQuery;
    /// `pg_lsn`
    pg_lsn => super::PgLsn, super::PgLsn;
    /// `void`: what functions return that return nothing.
    void => (), ();
}

/// An array, of any number of dimensions.
#[derive(Debug)]
pub struct array<S>(PhantomData<fn(S)>);

impl<S: SqlType> SqlType for array<S> {
    type Expected = [S::Owned];
    type Owned = Vec<S::Owned>;
}

/// A range.
#[derive(Debug)]
pub struct range<S>(PhantomData<fn(S)>);

impl<S: SqlType> SqlType for range<S> {
    type Expected = super::Range<S::Owned>;
    type Owned = super::Range<S::Owned>;
}

/// A multirange.
#[derive(Debug)]
pub struct multirange<S>(PhantomData<fn(S)>);

impl<S: SqlType> SqlType for multirange<S> {
    type Expected = super::Multirange<S::Owned>;
    type Owned = super::Multirange<S::Owned>;
}
