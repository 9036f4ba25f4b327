//! The types that can be arguments and columns, and the traits that make a type one of them.
//!
//! # Which types fit which
//!
#![doc = include_str!("types/table.md")]
//!
//! Where several features give a type for the same, `query!` reads dates and times with `time`, else with `chrono`, else with
//! `jiff`, and else as `SystemTime`; `numeric` with `rust_decimal`, else with `bigdecimal`; `macaddr` and shapes with the crate's
//! type. `AS "name: Type"` in the SQL, `[package.metadata.pgdbm.overrides]` in Cargo.toml, or the type of a field in `query_as!`
//! asks for another.
//!
//! Whether the elements of an array can be NULL no type says: they are read as `Vec<T>`, and a NULL among them is an error that names
//! its place. Read them as `Vec<Option<T>>`, or leave NULLs out in the SQL.
//!
//! An array of several dimensions is an error: the server's type does not tell how many there are. So is a value that the type of
//! Rust does not have, such as a date of `infinity`, or `NaN` as a decimal. `SystemTime` takes `infinity` for the last moment that
//! `timestamp` has; and `24:00` is midnight to the `Time` of each crate.
//!
//! PostgreSQL manual, chapter 8, "Data Types".

mod anonymous;
mod array;
mod attribute;
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
pub(crate) use array::null_in;
#[doc(hidden)]
pub use codec::{
    Absent, Field, Given, Member, Named, NamedMember, NamedParameter, NamedRequired, Parameter,
    Read, Required, member, named, named_member, named_optional, named_optional_required,
    named_required, optional, optional_required, optional_unchecked, parameter, required,
    unchecked,
};
pub use codec::{CodecError, Decode, Encode, Maybe, Never};
pub(crate) use codec::{Mistake, without_domains};
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
