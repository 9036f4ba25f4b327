//! Every option and every kind of argument.
#![deny(warnings)]

use pgdbm::testing::TestDatabase;
use pgdbm::{DatabaseManager, Error, Pool, Transaction};

#[pgdbm::migrations("pass/migrations/shop", module = "shop")]
struct Shop;

type Db = DatabaseManager;

#[pgdbm::test]
async fn nothing() {}

#[pgdbm::test()]
async fn patterns(mut db: Db, _: Pool, _database: TestDatabase) {
    let public = db.pool().public();
    db = public;
    assert_eq!(db.schema(), "public");
}

#[pgdbm::test(
    migrations = "pass/migrations/shop",
    module = "shop",
    schema = "web_shop",
    isolation = "schema",
    fixtures("pass/queries/user.csv", "users.sql",),
    timeout = "500ms",
    max_connections = 5,
    max_repeats = 10,
    flavor = "multi_thread",
    worker_threads = 2,
    crate = pgdbm,
)]
async fn all_options(
    shop: DatabaseManager,
    #[pgdbm(schema = "billing", migrations = "pass/migrations/shop", module = "billing")] billing: DatabaseManager,
    #[pgdbm(schema = "tenant")] tenant: pgdbm::DatabaseManager,
    #[pgdbm(schema = "empty", migrations = false)] empty: DatabaseManager,
    #[pgdbm(schema = "carried", migrations = Shop,)]
    #[allow(unused_variables)]
    carried: DatabaseManager,
    #[pgdbm(schema = "billing")] mut transaction: Transaction<'static>,
    pool: Pool,
    database: TestDatabase,
) -> Result<(), Error> {
    drop((shop, billing, tenant, empty, pool, database));
    transaction.transaction().await?.commit().await?;
    transaction.commit().await
}

#[pgdbm::test(isolation = "transaction", migrations = crate::Shop, timeout = 60)]
async fn one_transaction(transaction: Transaction<'_>) -> Result<(), Box<dyn std::error::Error>> {
    transaction.commit().await?;
    Ok(())
}

#[pgdbm::test(isolation = "database", migrations = false, flavor = "current_thread", timeout = "2m")]
#[should_panic(expected = "as it should")]
#[ignore = "only compiled"]
pub(crate) async fn attributes(_db: Db) -> () {
    panic!("as it should")
}

#[pgdbm::test]
async fn exit_code() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}

/// With a word of Rust for a name, and an attribute that depends on the configuration.
#[cfg_attr(all(), should_panic)]
#[pgdbm::test(flavor = "multi_thread")]
#[cfg_attr(any(), ignore, should_panic)]
#[allow(clippy::unused_async)]
async fn r#match() {
    panic!();
}

#[pgdbm::test]
#[cfg(any())]
async fn not_there(_: TypeThatIsNot) {}

mod inner {
    use super::*;

    #[pgdbm::test]
    async fn in_a_module(db: Db) {
        drop(db);
    }
}

/// Through another macro, which wraps what it passes on.
macro_rules! made {
    ($($name:ident($argument:ident: $type:ty, $directory:literal, $fixture:literal, $timeout:literal);)*) => {
        $(
            #[pgdbm::test(migrations = $directory, fixtures($fixture), timeout = $timeout, schema = "shop")]
            async fn $name($argument: $type) {
                drop($argument);
            }
        )*
    };
}
made! {
    made_one(db: DatabaseManager, "pass/migrations/shop", "users.sql", "5s");
    made_two(transaction: Transaction<'_>, "pass/migrations/shop", "users.sql", 5);
}
