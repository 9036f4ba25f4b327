//! The expansion raises no lint, however strict the caller is.
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
    absolute_paths_not_starting_with_crate
)]

use pgdbm::{DatabaseManager, Error, Transaction, query_scalar_unchecked};

#[pgdbm::test(migrations = "pass/migrations/shop", fixtures("users.sql"), timeout = "5s", max_repeats = 3)]
async fn a_manager(db: DatabaseManager, #[pgdbm(schema = "other")] other: DatabaseManager) -> Result<(), Error> {
    let users: i64 = query_scalar_unchecked!("SELECT count(*) FROM {{tables.users}}").fetch_one(&db).await?;
    let others: i64 = query_scalar_unchecked!("SELECT count(*) FROM {{tables.users}}").fetch_one(&other).await?;
    assert_eq!((users, others), (1, 0));
    Ok(())
}

#[pgdbm::test(isolation = "transaction", flavor = "multi_thread")]
async fn a_transaction(transaction: Transaction<'_>) -> Result<(), Error> {
    transaction.commit().await
}
