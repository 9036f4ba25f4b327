//! The types that can be arguments and columns, and the traits that make a type one of them.
//!
//! | PostgreSQL | Rust | feature |
//! | --- | --- | --- |
//! | `bool` | `bool` | |
//! | `smallint`, `integer`, `bigint` | `i16`, `i32`, `i64` | |
//! | `oid`, `regclass` and its kin | `u32` | |
//! | `real`, `double precision` | `f32`, `f64` | |
//! | `numeric` | `rust_decimal::Decimal` | `rust_decimal` |
//! | `text`, `varchar`, `char(n)`, `name`, `citext`, `xml` | `String`; as arguments also `&str`, `Cow<str>` | |
//! | `"char"` | `i8` | |
//! | `bytea` | `Vec<u8>`; as arguments also `&[u8]` | |
//! | `uuid` | `uuid::Uuid` | `uuid` |
//! | `json`, `jsonb` | `serde_json::Value`, `Json<T>` | `json` |
//! | `date`, `time`, `timestamp`, `timestamptz` | `time::{Date, Time, PrimitiveDateTime, OffsetDateTime}` | `time` |
//! | | `chrono::{NaiveDate, NaiveTime, NaiveDateTime, DateTime<Utc>}` | `chrono` |
//! | | `jiff::{civil::Date, civil::Time, civil::DateTime, Timestamp}` | `jiff` |
//! | `timestamp`, `timestamptz` | `std::time::SystemTime` | |
//! | `interval` | [`Interval`]; as arguments also `std::time::Duration` and the spans of `chrono` and `time` | |
//! | `inet`, `cidr` | `cidr::{IpInet, IpCidr}` | `cidr` |
//! | `inet` | `std::net::IpAddr` | |
//! | `macaddr` | `eui48::MacAddress` | `eui48` |
//! | `bit`, `varbit` | `bit_vec::BitVec` | `bit-vec` |
//! | `point`, `box`, `path` | `geo_types::{Point, Rect, LineString}` | `geo-types` |
//! | `hstore` | `HashMap<String, Option<String>>` | |
//! | ranges, multiranges | [`Range<T>`](Range), [`Multirange<T>`](Multirange); as arguments also `a..b` and its kin | |
//! | `pg_lsn` | [`PgLsn`] | |
//! | arrays of these | `Vec<T>`; as arguments also `&[T]`, `[T; N]` | |
//! | domains over these | what their base type is | |
//! | NULL | `Option<T>` | |
//!
//! Where several features give a type for the same, `query!` reads dates and times with `time`, else with `chrono`, else with
//! `jiff`, and else as `SystemTime`; `AS "name: Type"` in the SQL, or the type of a field in `query_as!`, asks for another.
//!
//! PostgreSQL manual, chapter 8, "Data Types".

mod array;
mod codec;
#[doc(hidden)]
pub mod derived;
mod interval;
mod range;
mod scalar;
pub mod sql;

#[cfg(feature = "json")]
pub use tokio_postgres::types::Json;
pub use tokio_postgres::types::{
    Format, FromSql, FromSqlOwned, IsNull, Kind, PgLsn, ToSql, Type, accepts, to_sql_checked,
};

#[doc(hidden)]
pub use codec::{
    Absent, Field, Given, Named, Parameter, Present, optional, optional_required,
    optional_unchecked, parameter, required, unchecked,
};
pub use codec::{CodecError, Decode, Encode, Maybe, Never};
pub(crate) use codec::{Mistake, Read};
pub use interval::Interval;
pub use range::{Multirange, Range};
