//! The facade behind another path, and beside it the attributes of others.
#![deny(warnings)]

mod storage {
    pub(crate) use pgdbm as database;
}

use storage::database::{self as db, DatabaseManager, Transaction, migrations, test as db_test};

#[migrations("pass/migrations/shop", crate = crate::storage::database)]
struct Shop;

#[db_test(crate = crate::storage::database, migrations = Shop, fixtures("users.sql"))]
async fn a_manager(db: DatabaseManager) {
    drop(db);
}

#[db::test(crate = storage::database, isolation = "transaction")]
async fn a_transaction(_transaction: Transaction<'_>) {}

#[test]
fn without_a_database() {}

#[tokio::test]
async fn of_tokio() {}

/// Here `#[test]` is ours, which is no obstacle to itself.
mod imported {
    use pgdbm::test;

    #[test]
    async fn ours() {}
}
