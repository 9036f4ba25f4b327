//! The runtime of [pgdbm](https://docs.rs/pgdbm): configuration, pool, schema-bound managers, queries,
//! transactions, migrations. Programs use it through the crate `pgdbm`, which adds the macros.

mod arguments;
mod call;
mod config;
mod connection;
mod error;
mod executor;
mod fetch;
mod manager;
mod migrate;
mod observer;
mod pool;
mod prepared;
mod query;
mod row;
mod sql;
#[cfg(feature = "testing")]
pub mod testing;
mod tls;
mod transaction;

pub use arguments::{Argument, ArgumentList, Arguments};
pub use config::DatabaseConfig;
pub use connection::Connection;
pub use error::Error;
pub use executor::Executor;
pub use fetch::{Execute, Fetch, FetchAll, FetchOne, FetchOptional};
pub use manager::DatabaseManager;
pub use migrate::{
    AppliedMigration, EmbeddedFile, EmbeddedMigrations, HistoryEntry, MigrationFiles,
    MigrationManager, MigrationReport, MigrationState, MigrationStatus, Migrations,
    PlannedMigration,
};
pub use pool::{Pool, PoolStats};
pub use prepared::{Exactly, Fits, Prepared, Unbound, Unknown};
pub use query::{Location, Query, Runnable, UnboundQuery};
pub use row::{ColumnIndex, FromRow, Row};
pub use sql::{Sql, sql};
pub use tls::SslMode;
pub use transaction::{Transaction, TransactionOptions};

/// The types that can be arguments and columns, and the traits that make a type one of them.
///
/// | PostgreSQL | Rust |
/// | --- | --- |
/// | `bool` | `bool` |
/// | `smallint`, `integer`, `bigint` | `i16`, `i32`, `i64` |
/// | `oid` | `u32` |
/// | `real`, `double precision` | `f32`, `f64` |
/// | `text`, `varchar`, `char(n)`, `name`, `citext` | `&str`, `String`, `Cow<str>` |
/// | `bytea` | `&[u8]`, `Vec<u8>` |
/// | `timestamp`, `timestamptz` | `std::time::SystemTime` |
/// | `inet` | `std::net::IpAddr` |
/// | `hstore` | `HashMap<String, Option<String>>` |
/// | `json`, `jsonb` (feature `json`) | `serde_json::Value`, `Json<T>` |
/// | `uuid` (feature `uuid`) | `uuid::Uuid` |
/// | `date`, `time`, `timestamp`, `timestamptz` (features `chrono`, `time`) | the types of those crates |
/// | arrays of these | `Vec<T>`; as arguments also `&[T]` |
/// | NULL | `Option<T>` |
///
/// PostgreSQL manual, chapter 8, "Data Types".
pub mod types {
    #[cfg(feature = "json")]
    pub use tokio_postgres::types::Json;
    pub use tokio_postgres::types::{
        Format, FromSql, FromSqlOwned, IsNull, Kind, ToSql, Type, accepts, to_sql_checked,
    };
}

/// What generated code names. Not for people; it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use std::borrow::Cow;

    pub use pgdbm_template::{Segment, SegmentKind};

    pub use crate::arguments::{argument, no_arguments};
    pub use crate::error::Error;
    pub use crate::migrate::{EmbeddedFile, EmbeddedMigrations, Migrations};
    pub use crate::query::{Location, Query, QuerySite, UnboundQuery};
    pub use crate::row::{FromRow, Row, from_row, row, scalar};
    #[cfg(feature = "testing")]
    pub use crate::testing::__private as testing;
}
