//! The types that can be arguments and columns, and the traits that make a type one of them.
//!
//! | PostgreSQL | Rust | feature |
//! | --- | --- | --- |
//! | `bool` | `bool` | |
//! | `smallint`, `integer`, `bigint` | `i16`, `i32`, `i64` | |
//! | `oid`, `regclass` and its kin, `xid`, `cid` | `u32` | |
//! | `real`, `double precision` | `f32`, `f64` | |
//! | `numeric` | `rust_decimal::Decimal`, which rounds to 28 digits; [`BigDecimal`](https://docs.rs/bigdecimal) | `rust_decimal`, `bigdecimal` |
//! | `money` | [`Money`] | |
//! | `text`, `varchar`, `char(n)`, `name`, `citext`, `xml`, `ltree`, `lquery`, `ltxtquery` | `String`; in structs of one's own also `Box<str>`, `Arc<str>`, `Cow<'static, str>`; as arguments also `&str` | |
//! | `"char"` | `i8` | |
//! | `bytea` | `Vec<u8>`; as arguments also `&[u8]` | |
//! | `uuid` | `uuid::Uuid` | `uuid` |
//! | `json`, `jsonb` | `serde_json::Value`, `Json<T>` | `json` |
//! | `jsonpath` | [`JsonPath`]; as arguments also `&str` | |
//! | `date`, `time`, `timestamp`, `timestamptz` | `time::{Date, Time, PrimitiveDateTime, OffsetDateTime}` | `time` |
//! | | `chrono::{NaiveDate, NaiveTime, NaiveDateTime, DateTime<Utc>}` | `chrono` |
//! | | `jiff::{civil::Date, civil::Time, civil::DateTime, Timestamp}` | `jiff` |
//! | `timestamp`, `timestamptz` | `std::time::SystemTime` | |
//! | `timetz` | [`TimeTz`] | |
//! | `interval` | [`Interval`]; as arguments also `std::time::Duration` and the spans of `chrono` and `time` | |
//! | `inet`, `cidr` | `cidr::{IpInet, IpCidr}` | `cidr` |
//! | `inet` | `std::net::IpAddr` | |
//! | `macaddr` | [`MacAddr`]; `eui48::MacAddress` | `eui48` |
//! | `macaddr8` | [`MacAddr8`] | |
//! | `bit`, `varbit` | `bit_vec::BitVec` | `bit-vec` |
//! | `point`, `box`, `path` | [`Point`], [`Rectangle`], [`Path`]; `geo_types::{Point, Rect, LineString}` | `geo-types` |
//! | `line`, `lseg`, `polygon`, `circle` | [`Line`], [`LineSegment`], [`Polygon`], [`Circle`] | |
//! | `tsvector`, `tsquery` | [`TsVector`], [`TsQuery`] | |
//! | `hstore` | `HashMap<String, Option<String>>` | |
//! | `int4range`, `int4multirange` and their kin | [`Range<T>`](Range), [`Multirange<T>`](Multirange); as arguments also `a..b` and its kin | |
//! | `pg_lsn` | [`PgLsn`] | |
//! | `void` | `()` | |
//! | `record` | [`Tuple<(A, B)>`](Tuple), named with `AS "pair: Tuple<(i32, String)>"`; only as a column | |
//! | arrays of these | `Vec<T>`, also of `Option`; in structs of one's own also `Box<[T]>`; as arguments also `&[T]`, `[T; N]` | |
//! | domains over these | what their base type is | |
//! | enums, composite types, rows | types with `#[derive(Type)]`, and those that `#[pgdbm::migrations] mod schema {}` makes | |
//! | NULL | `Option<T>` | |
//!
//! Where several features give a type for the same, `query!` reads dates and times with `time`, else with `chrono`, else with
//! `jiff`, and else as `SystemTime`; `numeric` with `rust_decimal`, else with `bigdecimal`; `macaddr` and shapes with the crate's
//! type. `AS "name: Type"` in the SQL, `[package.metadata.pgdbm.overrides]` in Cargo.toml, or the type of a field in `query_as!`
//! asks for another.
//!
//! An array of several dimensions is an error: the server's type does not tell how many there are. So is a value that the type of
//! Rust does not have, such as a date of `infinity`, or `NaN` as a decimal. `SystemTime` takes `infinity` for the last moment that
//! `timestamp` has; and `24:00` is midnight to the `Time` of each crate.
//!
//! PostgreSQL manual, chapter 8, "Data Types".

mod anonymous;
mod array;
mod codec;
#[doc(hidden)]
pub mod derived;
mod driver;
mod geometry;
mod interval;
mod json_path;
mod mac_addr;
#[doc(hidden)]
pub mod made;
mod money;
#[doc(hidden)]
pub mod numbered;
#[cfg(feature = "bigdecimal")]
mod numeric;
#[doc(hidden)]
pub mod own;
mod range;
mod reader;
mod scalar;
pub mod sql;
mod text_search;
mod time_tz;

#[cfg(feature = "json")]
pub use tokio_postgres::types::Json;
pub use tokio_postgres::types::{
    Format, FromSql, FromSqlOwned, IsNull, Kind, PgLsn, ToSql, Type, accepts, to_sql_checked,
};

pub use anonymous::Tuple;
pub(crate) use codec::Mistake;
#[doc(hidden)]
pub use codec::{
    Absent, Field, Given, Named, Parameter, Present, Read, optional, optional_required,
    optional_unchecked, parameter, required, unchecked,
};
pub use codec::{CodecError, Decode, Encode, Maybe, Never};
pub(crate) use driver::Alike;
pub use geometry::{Circle, Line, LineSegment, Path, Point, Polygon, Rectangle};
pub use interval::Interval;
pub use json_path::JsonPath;
pub use mac_addr::{MacAddr, MacAddr8};
pub use made::UnknownLabel;
pub use money::Money;
#[cfg(feature = "bigdecimal")]
pub use numeric::Numeric;
pub use range::{Multirange, Range};
pub use text_search::{Lexeme, Position, TsQuery, TsQueryItem, TsVector, Weight};
pub use time_tz::TimeTz;
