//! The runtime of [pgdbm](https://docs.rs/pgdbm): configuration, pool, schema-bound managers, queries,
//! transactions, migrations. Programs use it through the crate `pgdbm`, which adds the macros.

mod arguments;
mod call;
mod compiled;
mod composites;
mod config;
mod connection;
mod error;
mod executor;
mod fetch;
mod from_checked;
mod manager;
mod migrate;
mod named_record;
mod observer;
mod pool;
mod prepared;
mod query;
mod record;
mod registry;
mod row;
mod side_by_side;
mod sql;
mod statement;
#[cfg(feature = "testing")]
pub mod testing;
mod tls;
mod transaction;
pub mod types;
mod unfit_argument;
mod variant;
mod verify;

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
pub use verify::{
    CallSite, Disagreement, Verified, Verify, VerifyError, call_sites, verify, verify_all,
};

/// What generated code names. Not for people; it changes without notice.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "serde")]
    pub use crate::__named_record as named_record;
    pub use crate::__plain_record as plain_record;
    #[cfg(not(feature = "serde"))]
    pub use crate::__plain_record as named_record;
    pub use crate::__record as record;
    pub use crate::__serialize_record as serialize_record;
    pub use crate::__site as site;
    pub use crate::arguments::{argument, no_arguments};
    pub use crate::error::Error;
    pub use crate::executor::Executor;
    pub use crate::fetch::Fetch;
    pub use crate::from_checked::{
        Checked, Columns, Declared, Empty, Filled, Foreign, FromChecked, HasColumn, HasPosition,
        Reads, ReadsColumn, ReadsPosition, Suits, Takes, checked, column_or_default, is_read,
    };
    pub use crate::migrate::{EmbeddedFile, EmbeddedMigrations, Migrations};
    pub use crate::named_record::debug_named_record;
    pub use crate::query::{Query, QuerySite, UnboundQuery, ask, query};
    #[cfg(feature = "serde")]
    pub use crate::record::RecordFields;
    pub use crate::record::{Joined, debug_record, values};
    pub use crate::row::{
        FromRow, Row, column, field, from_row, named_field, nothing, nullable_field,
        override_field, row, scalar,
    };
    #[cfg(feature = "testing")]
    pub use crate::testing::__private as testing;
    pub use crate::types;
    pub use crate::types::numbered::*;
    pub use crate::types::own::{optional_own, optional_own_required, own, own_required};
    pub use crate::types::{
        Read, member, named, named_member, named_optional, named_optional_required, named_required,
        optional, optional_required, optional_unchecked, parameter, required, sql, unchecked,
    };
    pub use crate::variant::{borrowed, flag, given};
    pub use ::bytes::BytesMut;
    pub use ::core::option::Option;
    pub use ::core::primitive::{bool, f32, f64, i8, i16, i32, i64, u8, u32, usize};
    pub use ::core::result::Result::{self, Err, Ok};
    pub use ::std::string::String;
    pub use ::std::vec::Vec;
    #[cfg(feature = "bigdecimal")]
    pub use bigdecimal;
    #[cfg(feature = "bit-vec")]
    pub use bit_vec;
    #[cfg(feature = "chrono")]
    pub use chrono;
    #[cfg(feature = "cidr")]
    pub use cidr;
    #[cfg(feature = "eui48")]
    pub use eui48;
    #[cfg(feature = "geo-types")]
    pub use geo_types;
    #[cfg(feature = "jiff")]
    pub use jiff;
    #[cfg(feature = "rust_decimal")]
    pub use rust_decimal;
    #[cfg(feature = "serde")]
    pub use serde;
    #[cfg(feature = "json")]
    pub use serde_json;
    pub use std::clone::Clone;
    pub use std::cmp::PartialEq;
    pub use std::fmt::{Debug, Formatter, Result as FmtResult};
    #[cfg(feature = "time")]
    pub use time;
    #[cfg(feature = "uuid")]
    pub use uuid;
}
