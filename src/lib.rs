// The README links to files. Here the same names stand for pages; of two definitions Markdown takes the first.
//! [docs/patterns.md]: guides::patterns
//! [docs/queries.md]: guides::queries
//! [docs/types.md]: guides::types
//! [docs/testing.md]: guides::testing
//! [docs/settings.md]: guides::settings
//! [docs/errors.md]: guides::errors
//! [docs/coming-from-sqlx.md]: guides::coming_from_sqlx
//! [docs/coming-from-python.md]: guides::coming_from_python
//!
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "testing")]
pub use pgdbm_macros::test;
pub use pgdbm_macros::{
    FromRow, Type, migrations, queries, query, query_as, query_as_unchecked, query_file,
    query_file_as, query_file_as_unchecked, query_file_scalar, query_file_scalar_unchecked,
    query_file_unchecked, query_fn, query_scalar, query_scalar_unchecked, query_unchecked,
};
#[cfg(feature = "testing")]
pub use pgdbm_runtime::testing;
pub use pgdbm_runtime::{
    AppliedMigration, Argument, ArgumentList, Arguments, CallSite, ColumnIndex, Connection,
    DatabaseConfig, DatabaseManager, Disagreement, EmbeddedFile, EmbeddedMigrations, Error,
    Exactly, Execute, Executor, Fetch, FetchAll, FetchOne, FetchOptional, Fits, FromRow,
    HistoryEntry, Location, MigrationFiles, MigrationManager, MigrationReport, MigrationState,
    MigrationStatus, Migrations, PlannedMigration, Pool, PoolStats, Prepared, Query, Row, Runnable,
    Sql, SslMode, Transaction, TransactionOptions, Unbound, UnboundQuery, Unknown, Verified,
    Verify, VerifyError, call_sites, sql, types, verify, verify_all,
};

/// What generated code names. Not for people; it changes without notice.
#[doc(hidden)]
pub use pgdbm_runtime::__private;

// The guides as pages beside the items. They are documentation only; `cfg(doctest)` compiles and runs their blocks.
#[cfg(any(doc, doctest))]
pub mod guides;
