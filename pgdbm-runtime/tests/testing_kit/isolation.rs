//! What a test has for itself.

use pgdbm_runtime::__private::testing::argument;
use pgdbm_runtime::testing::{Isolation, PgServer, TestDatabase, TestDatabaseOptions};
use pgdbm_runtime::{DatabaseConfig, Pool, Transaction, sql};

use crate::own_server::{Shop, databases, eventually, names, own_server};
use crate::process;

async fn add(database: &TestDatabase, email: &str) {
    let insert = sql("INSERT INTO {{tables.users}} (email) VALUES ($1)").bind(email);
    database.manager().execute(insert).await.unwrap();
}

async fn users(database: &TestDatabase) -> i64 {
    let count = "SELECT count(*) FROM {{tables.users}}";
    database.manager().fetch_value(count).await.unwrap()
}

#[tokio::test]
async fn each_test_has_a_migrated_database_of_its_own() {
    let server = own_server("each");
    let options = TestDatabaseOptions::new()
        .migrations("shop", Shop)
        .on(&server);
    let (one, another) = tokio::join!(options.clone().create(), options.create());
    let (one, another) = (one.unwrap(), another.unwrap());
    add(&one, "ada@example.com").await;
    assert_eq!((users(&one).await, users(&another).await), (1, 0));
    assert_ne!(one.name(), another.name());
    assert!(one.name().starts_with("pgdbm_test_"), "{}", one.name());
    // Both are copies of the one template.
    let all = databases(&server).await;
    let templates = all.iter().filter(|name| name.contains("template"));
    assert_eq!(templates.count(), 1, "{all:?}");
    let (one_name, another_name) = (one.name().to_owned(), another.name().to_owned());
    one.close().await;
    another.close().await;
    eventually("both databases are dropped", async || {
        let left = databases(&server).await;
        !left.contains(&one_name) && !left.contains(&another_name)
    })
    .await;
}

#[tokio::test]
async fn a_database_that_is_dropped_in_any_way_goes() {
    let server = own_server("dropped");
    let database = TestDatabaseOptions::new()
        .on(&server)
        .create()
        .await
        .unwrap();
    let name = database.name().to_owned();
    let clone = database.clone();
    drop(database);
    assert_eq!(
        clone
            .manager()
            .fetch_value::<i32>("SELECT 1")
            .await
            .unwrap(),
        1
    );
    // With a connection that is busy.
    let busy = tokio::spawn(async move {
        drop(clone.manager().execute("SELECT pg_sleep(60)").await);
    });
    eventually("the statement runs", async || {
        !names(&server, "SELECT 'yes' FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND pid <> pg_backend_pid()")
            .await
            .is_empty()
    })
    .await;
    busy.abort();
    eventually("it is dropped", async || {
        !databases(&server).await.contains(&name)
    })
    .await;
}

#[tokio::test]
async fn several_schemas_and_modules_share_the_pool() {
    let server = PgServer::private().unwrap();
    let database = TestDatabaseOptions::new()
        .migrations("shop", Shop)
        .migrations("other_shop", Shop)
        .schema("empty")
        .max_connections(1)
        .on(&server)
        .create()
        .await
        .unwrap();
    for schema in ["shop", "other_shop"] {
        assert!(
            database
                .manager_for(schema)
                .unwrap()
                .table_exists("orders")
                .await
                .unwrap()
        );
    }
    let empty = database.manager_for("empty").unwrap();
    assert!(!empty.table_exists("orders").await.unwrap());
    empty
        .execute("CREATE TABLE {{tables.a}} (id int)")
        .await
        .unwrap();
    assert_eq!(database.pool().stats().max, 1);
    assert_eq!(database.manager().schema(), "shop");
    database.close().await;
}

/// A role that may not create databases, and a server where it has one.
async fn modest_role(server: &PgServer) {
    let pool = Pool::connect(DatabaseConfig::from_url(server.url()).unwrap())
        .await
        .unwrap();
    for statement in [
        "CREATE ROLE modest LOGIN",
        "CREATE DATABASE modest OWNER modest",
    ] {
        pool.public().execute(statement).await.unwrap();
    }
}

#[tokio::test]
async fn schemas_of_ones_own_in_a_shared_database() {
    let server = own_server("schemas");
    let options = TestDatabaseOptions::new()
        .migrations("shop", Shop)
        .schema("archive")
        .isolation(Isolation::Schema)
        .on(&server);
    let (one, another) = tokio::join!(options.clone().create(), options.create());
    let (one, another) = (one.unwrap(), another.unwrap());
    assert_eq!(one.name(), "postgres");
    assert_eq!(one.name(), another.name());
    assert_ne!(one.manager().schema(), another.manager().schema());
    assert!(one.manager().schema().ends_with("_shop"));
    add(&one, "ada@example.com").await;
    assert_eq!((users(&one).await, users(&another).await), (1, 0));
    let archive = one.manager_for("archive").unwrap();
    assert_ne!(
        archive.schema(),
        another.manager_for("archive").unwrap().schema()
    );
    archive
        .execute("CREATE TABLE {{tables.a}} (id int)")
        .await
        .unwrap();
    assert!(databases(&server).await.is_empty());
    one.close().await;
    another.close().await;
    eventually("the schemas are dropped", async || {
        names(
            &server,
            "SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'pgdbm%'",
        )
        .await
        .is_empty()
    })
    .await;
}

#[tokio::test]
async fn a_role_that_may_not_create_databases_is_told_what_it_can_do_and_can_do_it() {
    let server = own_server("modest");
    modest_role(&server).await;
    let url = modest_url(&server);
    let said = process::with_database_url(&url, "database");
    for needed in [
        "permission denied to create database",
        "ALTER ROLE",
        "isolation = \"schema\"",
    ] {
        assert!(said.contains(needed), "{needed}: {said}");
    }
    let said = process::with_database_url(&url, "schema");
    assert!(said.contains("has modest"), "{said}");
    let modest = PgServer::clone(&server);
    eventually("its schemas are dropped", async || {
        let pool = Pool::connect(DatabaseConfig::from_url(&modest.database_url("modest")).unwrap())
            .await
            .unwrap();
        let count = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'pgdbm%'";
        pool.public().fetch_value::<i64>(count).await.unwrap() == 0
    })
    .await;
}

/// The URL of a database for the role, as somebody would set it.
fn modest_url(server: &PgServer) -> String {
    let socket = server.socket_directory().unwrap().display().to_string();
    format!("postgres://modest@/modest?host={socket}")
}

#[tokio::test]
async fn nothing_in_a_transaction_can_be_committed() {
    let server = PgServer::private().unwrap();
    let options = TestDatabaseOptions::new()
        .migrations("shop", Shop)
        .fixture(
            "users.sql",
            "INSERT INTO {{tables.users}} (email) VALUES ('fixture@example.com')",
        )
        .isolation(Isolation::Transaction)
        .max_connections(2)
        .on(&server);
    for _ in 0..2 {
        let database = options.clone().create().await.unwrap();
        let tx = argument::<Transaction<'static>>(&database, "shop").await;
        assert_eq!(
            tx.fetch_value::<i64>("SELECT count(*) FROM {{tables.users}}")
                .await
                .unwrap(),
            1
        );
        tx.execute("INSERT INTO {{tables.users}} (email) VALUES ('ada@example.com')")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(users(&database).await, 0);
        database.close().await;
    }
}

#[tokio::test]
async fn nothing_beside_the_transaction_changes_what_tests_share() {
    let options = TestDatabaseOptions::new()
        .migrations("shop", Shop)
        .isolation(Isolation::Transaction)
        .max_connections(2)
        .on(&PgServer::private().unwrap());
    let database = options.create().await.unwrap();
    let error = database
        .manager()
        .execute("INSERT INTO {{tables.users}} (email) VALUES ('leaked@example.com')")
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("25006"), "{error}");
    let mut tx = argument::<Transaction<'static>>(&database, "shop").await;
    for by_hand in ["COMMIT", "END", "PREPARE TRANSACTION 'a'"] {
        assert!(tx.execute(by_hand).await.is_err(), "{by_hand}");
    }
    // Definitions, failed statements and savepoints are as in any other transaction.
    tx.execute("CREATE TABLE {{tables.leaked}} (id int)")
        .await
        .unwrap();
    let inner = tx.transaction().await.unwrap();
    assert!(inner.execute("SELECT 1 / 0").await.is_err());
    inner.rollback().await.unwrap();
    tx.execute("INSERT INTO {{tables.leaked}} VALUES (1)")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(!database.manager().table_exists("leaked").await.unwrap());
    database.close().await;
}

#[tokio::test]
async fn a_test_may_have_any_name() {
    let server = own_server("names");
    let long = "ü\u{1F980}".repeat(2000);
    for name in ["it's \"so\"\\", "a\nb\r\u{0}c", "\u{1F980} %s $1 {}", &long] {
        for isolation in [
            Isolation::Database,
            Isolation::Schema,
            Isolation::Transaction,
        ] {
            let options = TestDatabaseOptions::new()
                .migrations(&"s".repeat(63), Shop)
                .isolation(isolation)
                .name(name)
                .on(&server);
            let database = options.create().await.unwrap();
            assert!(database.manager().table_exists("users").await.unwrap());
            database.close().await;
        }
    }
}

#[tokio::test]
async fn a_database_that_nobody_waits_for_any_more_goes() {
    let server = own_server("cancelled");
    for isolation in [Isolation::Database, Isolation::Schema] {
        let options = TestDatabaseOptions::new()
            .migrations("shop", Shop)
            .isolation(isolation)
            .on(&server);
        for polls in 1..60 {
            let mut creating = Box::pin(options.clone().create());
            for _ in 0..polls {
                let polled = std::future::poll_fn(|context| {
                    std::task::Poll::Ready(creating.as_mut().poll(context))
                });
                if polled.await.is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        // One that is not cancelled, so that all that was begun is known.
        options.create().await.unwrap().close().await;
    }
    eventually("nothing is left that belongs to a test", async || {
        let left =
            "SELECT datname::text FROM pg_database WHERE datname ~ '^pgdbm_test_2_[0-9a-z]{12}$'";
        let slots =
            "SELECT objid::text FROM pg_locks WHERE classid = 1885824099 AND locktype = 'advisory'";
        let spares = crate::own_server::registry(&server)
            .await
            .public()
            .fetch_value::<i64>("SELECT count(*) FROM {{tables.databases}} WHERE state = 'spare'")
            .await
            .unwrap();
        i64::try_from(names(&server, left).await.len()).unwrap() == spares
            && names(&server, slots).await.is_empty()
    })
    .await;
}
