//! `#[pgdbm::test]`: each option and each kind of argument, on the server.

use std::process::Command;
use std::time::Duration;

use pgdbm::testing::TestDatabase;
use pgdbm::{
    DatabaseManager, Error, Pool, Transaction, query_as_unchecked, query_scalar_unchecked,
    query_unchecked,
};

#[pgdbm::migrations(module = "carried")]
struct Carried;

async fn users(db: &DatabaseManager) -> Result<i64, Error> {
    query_scalar_unchecked!("SELECT count(*) FROM {{tables.users}}")
        .fetch_one(db)
        .await
}

async fn modules(db: &DatabaseManager) -> Result<Vec<String>, Error> {
    query_scalar_unchecked!("SELECT DISTINCT module FROM {{tables.pgdbm_migrations}}")
        .fetch_all(db)
        .await
}

#[pgdbm::test]
async fn by_default_the_schema_is_the_packages_with_the_packages_migrations(
    db: DatabaseManager,
) -> Result<(), Error> {
    assert_eq!(db.schema(), "pgdbm");
    assert_eq!(users(&db).await?, 0);
    assert!(db.table_exists("orders").await?);
    assert_eq!(modules(&db).await?, ["pgdbm"]);
    Ok(())
}

#[pgdbm::test(migrations = "tests/fixtures/billing", module = "Web-Shop")]
async fn a_directory_is_migrated_under_its_module_which_names_the_schema(
    db: DatabaseManager,
) -> Result<(), Error> {
    assert_eq!(db.schema(), "web_shop");
    assert!(db.table_exists("invoices").await?);
    assert!(!db.table_exists("users").await?);
    assert_eq!(modules(&db).await?, ["Web-Shop"]);
    Ok(())
}

#[pgdbm::test(migrations = self::Carried, schema = "shop")]
async fn migrations_that_a_type_carries_keep_their_module(
    db: DatabaseManager,
) -> Result<(), Error> {
    assert_eq!(db.schema(), "shop");
    assert_eq!(users(&db).await?, 0);
    assert_eq!(modules(&db).await?, ["carried"]);
    Ok(())
}

#[pgdbm::test(migrations = false)]
async fn without_migrations_the_schema_is_there_and_empty(
    db: DatabaseManager,
) -> Result<(), Error> {
    assert!(!db.table_exists("users").await?);
    query_unchecked!("CREATE TABLE {{tables.users}} (id int)")
        .execute(&db)
        .await?;
    assert_eq!(users(&db).await?, 0);
    Ok(())
}

#[pgdbm::test]
async fn a_test_may_take_nothing() {}

#[pgdbm::test(max_connections = 3)]
async fn arguments_share_one_pool_and_one_database(
    pool: Pool,
    mut db: DatabaseManager,
    database: TestDatabase,
    _: Pool,
    transaction: Transaction<'_>,
) -> Result<(), Error> {
    assert_eq!(pool.stats().max, 3);
    query_unchecked!("INSERT INTO {{tables.users}} (email) VALUES ('ada@example.com')")
        .execute(&transaction)
        .await?;
    assert_eq!(users(&db).await?, 0, "nothing is committed yet");
    transaction.commit().await?;
    assert_eq!(users(&db).await?, 1);
    assert_eq!(users(database.manager()).await?, 1);
    db = pool.manager("pgdbm")?;
    assert_eq!(users(&db).await?, 1);
    Ok(())
}

#[pgdbm::test(schema = "shop")]
async fn an_argument_may_be_for_another_schema(
    shop: DatabaseManager,
    #[pgdbm(schema = "tenant")] tenant: DatabaseManager,
    #[pgdbm(
        schema = "billing",
        migrations = "tests/fixtures/billing",
        module = "billing"
    )]
    billing: DatabaseManager,
    #[pgdbm(schema = "billing")] invoices: Transaction<'static>,
    #[pgdbm(schema = "empty", migrations = false)] empty: DatabaseManager,
) -> Result<(), Error> {
    let named = [&shop, &tenant, &billing, &empty].map(|db| db.schema().to_owned());
    assert_eq!(named, ["shop", "tenant", "billing", "empty"]);
    query_unchecked!("INSERT INTO {{tables.users}} (email) VALUES ('ada@example.com')")
        .execute(&tenant)
        .await?;
    assert_eq!((users(&shop).await?, users(&tenant).await?), (0, 1));
    assert_eq!(modules(&billing).await?, ["billing"]);
    assert!(!billing.table_exists("users").await?);
    query_unchecked!("INSERT INTO {{tables.invoices}} VALUES (1, 100)")
        .execute(&invoices)
        .await?;
    invoices.commit().await?;
    assert!(billing.table_exists("invoices").await?);
    assert!(!empty.table_exists("users").await?);
    Ok(())
}

/// Looked for as given, and in `tests/fixtures`; loaded in the order given: the orders belong to a user of the rows.
#[pgdbm::test(fixtures("shop_users.sql", "tests/fixtures/csv/users.csv", "orders.csv"))]
async fn fixtures_are_there_when_the_test_begins(db: DatabaseManager) -> Result<(), Error> {
    let found: Vec<(i32, String, Option<String>)> = query_as_unchecked!(
        _,
        "SELECT id, email, name FROM {{tables.users}} ORDER BY id"
    )
    .fetch_all(&db)
    .await?;
    let text = |text: &str| Some(text.to_owned());
    let names: Vec<_> = found.iter().map(|(_, _, name)| name.clone()).collect();
    let cleo = "Cleo, \"the\nthird\"";
    assert_eq!(names, [text("Ada"), None, text(cleo), None, text("")]);
    let spent: i64 =
        query_scalar_unchecked!("SELECT total_cents FROM {{views.order_totals}} WHERE user_id = 3")
            .fetch_one(&db)
            .await?;
    assert_eq!(spent, 300);
    // The rows brought their own numbers, and the next one is a new one all the same.
    let id: i32 = query_scalar_unchecked!(
        "INSERT INTO {{tables.users}} (email) VALUES ('fay@example.com') RETURNING id"
    )
    .fetch_one(&db)
    .await?;
    assert_eq!(id, 6);
    Ok(())
}

/// Two of these run at the same time in one database, and the address is unique.
macro_rules! in_schemas_of_their_own {
    ($($name:ident)*) => {
        $(
            #[pgdbm::test(isolation = "schema", fixtures("shop_users.sql"))]
            async fn $name(
                db: DatabaseManager,
                #[pgdbm(schema = "other")] other: DatabaseManager,
            ) -> Result<(), Error> {
                assert_ne!(db.schema(), other.schema());
                assert_eq!((users(&db).await?, users(&other).await?), (2, 0));
                query_unchecked!("INSERT INTO {{tables.users}} (email) VALUES ('cleo@example.com')")
                    .execute(&db)
                    .await?;
                assert_eq!((users(&db).await?, users(&other).await?), (3, 0));
                Ok(())
            }
        )*
    };
}
in_schemas_of_their_own! { a_schema_of_its_own another_schema_of_its_own }

/// Each commits, and none sees what another has done: what they insert is the same.
macro_rules! in_transactions_of_their_own {
    ($($name:ident)*) => {
        $(
            #[pgdbm::test(isolation = "transaction", fixtures("shop_users.sql"))]
            async fn $name(transaction: Transaction<'_>) -> Result<(), Error> {
                let count = query_scalar_unchecked!("SELECT count(*) FROM {{tables.users}}");
                let before: i64 = count.clone().fetch_one(&transaction).await?;
                query_unchecked!("INSERT INTO {{tables.users}} (email) VALUES ('cleo@example.com')")
                    .execute(&transaction)
                    .await?;
                let after: i64 = count.fetch_one(&transaction).await?;
                assert_eq!((before, after), (2, 3));
                transaction.commit().await
            }
        )*
    };
}
in_transactions_of_their_own! { a_transaction_of_its_own another_transaction_of_its_own }

#[pgdbm::test(timeout = "200ms")]
#[should_panic(expected = "did not end within 200ms")]
async fn a_test_that_does_not_end_fails(db: DatabaseManager) {
    query_unchecked!("SELECT pg_sleep(100)")
        .execute(&db)
        .await
        .unwrap();
}

#[pgdbm::test(timeout = 60)]
async fn a_test_that_ends_in_time_does_not_fail() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

async fn repeated(db: &DatabaseManager, times: usize) {
    for _ in 0..times {
        users(db).await.unwrap();
    }
}

#[pgdbm::test(max_repeats = 3)]
async fn as_many_repeats_as_allowed(db: DatabaseManager) {
    repeated(&db, 3).await;
}

#[pgdbm::test(max_repeats = 3)]
#[should_panic(expected = "more often than the 3")]
async fn one_repeat_too_many(db: DatabaseManager) {
    repeated(&db, 4).await;
}

#[pgdbm::test]
async fn the_runtime_has_one_thread() {
    let runtime = tokio::runtime::Handle::current();
    assert_eq!(
        runtime.runtime_flavor(),
        tokio::runtime::RuntimeFlavor::CurrentThread
    );
}

#[pgdbm::test(flavor = "multi_thread", worker_threads = 3)]
async fn the_runtime_has_as_many_threads_as_it_was_given() {
    let runtime = tokio::runtime::Handle::current();
    assert_eq!(
        runtime.runtime_flavor(),
        tokio::runtime::RuntimeFlavor::MultiThread
    );
    assert_eq!(runtime.metrics().num_workers(), 3);
}

#[pgdbm::test(flavor = "multi_thread")]
async fn the_runtime_has_as_many_threads_as_there_are_processors() {
    let processors = std::thread::available_parallelism().unwrap().get();
    let runtime = tokio::runtime::Handle::current();
    assert_eq!(runtime.metrics().num_workers(), processors);
}

#[pgdbm::test]
#[should_panic(expected = "as it should")]
async fn a_test_may_be_meant_to_panic(db: DatabaseManager) {
    users(&db).await.unwrap();
    panic!("as it should");
}

#[tokio::test]
async fn a_test_of_tokio_stands_beside_them() {
    tokio::task::yield_now().await;
}

mod inside {
    use super::*;

    /// Fails when the environment says so: the test below starts it.
    #[pgdbm::test(timeout = "60s")]
    async fn returns_what_it_is_told(db: DatabaseManager) -> Result<(), Error> {
        users(&db).await?;
        if std::env::var_os(TOLD_TO_FAIL).is_some() {
            query_unchecked!("SELECT * FROM {{tables.no_such_table}}")
                .execute(&db)
                .await?;
        }
        Ok(())
    }
}

const TOLD_TO_FAIL: &str = "PGDBM_TEST_MACRO_FAILS";

/// The harness of the language prints what a test returns, and counts it as failed; the kit says which test it was.
#[test]
fn what_a_test_returns_is_its_outcome() {
    let run = |fails: bool| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "test_macro::inside::returns_what_it_is_told"])
            .env("PGDBM_TEST_KEEP", "1")
            .env_remove(TOLD_TO_FAIL);
        if fails {
            command.env(TOLD_TO_FAIL, "1");
        }
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    };
    let (succeeded, said) = run(true);
    assert!(!succeeded, "{said}");
    assert!(said.contains("no_such_table"), "{said}");
    let name = "`server::test_macro::inside::returns_what_it_is_told` failed";
    assert!(said.contains(name), "{said}");
    // The next run of the test drops what was kept of this one.
    let (succeeded, said) = run(false);
    assert!(succeeded, "{said}");
    assert!(said.contains("1 passed"), "{said}");
}
