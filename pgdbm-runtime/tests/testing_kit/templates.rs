//! The databases that tests' databases are copies of.

use pgdbm_runtime::testing::{Isolation, TestDatabaseOptions};
use pgdbm_runtime::{DatabaseConfig, Pool};

use crate::own_server::{Broken, Shop, databases, eventually, names, own_server, registry};

#[tokio::test]
async fn nobody_can_connect_to_a_template_and_so_nobody_can_spoil_it() {
    let server = own_server("closed");
    let options = TestDatabaseOptions::new()
        .migrations("shop", Shop)
        .on(&server);
    options.create().await.unwrap().close().await;
    let all = databases(&server).await;
    let template = all.iter().find(|name| name.contains("template")).unwrap();
    let config = DatabaseConfig::from_url(&server.database_url(template)).unwrap();
    let error = Pool::connect(config).await.unwrap_err();
    assert_eq!(error.code(), Some("55000"), "{error}");
    let marks = "SELECT datistemplate::text || datallowconn::text FROM pg_database WHERE datname LIKE '%template\\_%'";
    assert_eq!(names(&server, marks).await, ["truefalse"]);
}

#[tokio::test]
async fn one_template_is_built_however_many_begin_at_once() {
    let server = own_server("once");
    let options = TestDatabaseOptions::new()
        .migrations("shop", Shop)
        .max_connections(1)
        .on(&server);
    let all = futures_util::future::join_all((0..12).map(|_| options.clone().create())).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    let count = "SELECT 'template' FROM pg_database WHERE datistemplate AND datname LIKE 'pgdbm%'";
    assert_eq!(names(&server, count).await.len(), 1);
}

#[tokio::test]
async fn other_migrations_make_another_template() {
    let server = own_server("other");
    for schema in ["shop", "store"] {
        let options = TestDatabaseOptions::new()
            .migrations(schema, Shop)
            .on(&server);
        let database = options.create().await.unwrap();
        assert!(database.manager().table_exists("users").await.unwrap());
        database.close().await;
    }
    let count = "SELECT 'template' FROM pg_database WHERE datistemplate AND datname LIKE 'pgdbm%'";
    assert_eq!(names(&server, count).await.len(), 2);
}

#[tokio::test]
async fn a_migration_that_fails_is_the_tests_error_and_leaves_nothing() {
    let server = own_server("broken");
    for isolation in [
        Isolation::Database,
        Isolation::Transaction,
        Isolation::Schema,
    ] {
        let options = TestDatabaseOptions::new()
            .migrations("shop", Broken)
            .isolation(isolation)
            .on(&server);
        for _ in 0..2 {
            let error = options.clone().create().await.unwrap_err().to_string();
            for needed in ["001_broken.sql", "division by zero"] {
                assert!(error.contains(needed), "{isolation:?}: {error}");
            }
        }
    }
    assert!(databases(&server).await.is_empty());
    eventually("the schemas are dropped", async || {
        let schemas = "SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'pgdbm%'";
        names(&server, schemas).await.is_empty()
    })
    .await;
}

#[tokio::test]
async fn a_template_or_a_registry_that_somebody_has_dropped_is_made_anew() {
    let server = own_server("anew");
    let options = TestDatabaseOptions::new()
        .migrations("shop", Shop)
        .on(&server);
    options.clone().create().await.unwrap().close().await;
    let admin = Pool::connect(DatabaseConfig::from_url(server.url()).unwrap())
        .await
        .unwrap()
        .public();
    let drop_all = async |like: &str| {
        let list = format!(
            "SELECT datname::text FROM pg_database WHERE datname LIKE 'pgdbm\\_test\\_{like}'"
        );
        for name in names(&server, &list).await {
            // It may be gone meanwhile, or going.
            let unmark = format!("ALTER DATABASE {name} IS_TEMPLATE false");
            drop(admin.execute(unmark).await);
            drop(
                admin
                    .execute(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                    .await,
            );
        }
    };
    // The template and its copies.
    let pool = registry(&server).await;
    eventually("a copy waits", async || {
        let spares = "SELECT count(*) FROM {{tables.databases}} WHERE state = 'spare'";
        pool.public().fetch_value::<i64>(spares).await.unwrap() > 0
    })
    .await;
    pool.close().await;
    drop_all("%template%").await;
    for _ in 0..3 {
        let database = options.clone().create().await.unwrap();
        assert!(database.manager().table_exists("users").await.unwrap());
        database.close().await;
    }
    // Everything, the registry included.
    drop_all("%").await;
    let database = options.create().await.unwrap();
    assert!(database.manager().table_exists("users").await.unwrap());
    database.close().await;
}

#[tokio::test]
async fn what_an_interrupted_drop_has_left_is_made_anew() {
    let server = own_server("interrupted");
    let options = TestDatabaseOptions::new()
        .migrations("shop", Shop)
        .on(&server);
    options.clone().create().await.unwrap().close().await;
    let pool = registry(&server).await;
    eventually("a copy waits", async || {
        let spares = "SELECT count(*) FROM {{tables.databases}} WHERE state = 'spare'";
        pool.public().fetch_value::<i64>(spares).await.unwrap() > 0
    })
    .await;
    // So the server leaves a database whose drop it could not finish.
    pool.public()
        .execute(
            "UPDATE pg_database SET datconnlimit = -2, datistemplate = false \
             WHERE datname LIKE 'pgdbm\\_test\\_%' AND datname <> current_database()",
        )
        .await
        .unwrap();
    for _ in 0..3 {
        let database = options.clone().create().await.unwrap();
        assert!(database.manager().table_exists("users").await.unwrap());
        database.close().await;
    }
}

#[tokio::test]
async fn a_copy_that_somebody_has_dropped_is_given_to_nobody() {
    let server = own_server("gone");
    let options = TestDatabaseOptions::new()
        .migrations("shop", Shop)
        .on(&server);
    let pool = {
        options.clone().create().await.unwrap().close().await;
        registry(&server).await
    };
    for _ in 0..3 {
        let spares = "SELECT name FROM {{tables.databases}} WHERE state = 'spare'";
        let mut name = None;
        eventually("a copy waits", async || {
            name = pool
                .public()
                .fetch_optional(spares)
                .await
                .unwrap()
                .map(|row| row.get::<String>(0).unwrap());
            name.is_some()
        })
        .await;
        let drop = format!("DROP DATABASE IF EXISTS {}", name.unwrap());
        pool.public().execute(drop).await.unwrap();
        options.clone().create().await.unwrap().close().await;
    }
}

#[tokio::test]
async fn the_copy_that_tests_share_stays_while_tests_use_it() {
    let server = own_server("week");
    let options = TestDatabaseOptions::new()
        .migrations("shop", Shop)
        .isolation(Isolation::Transaction)
        .max_connections(1)
        .on(&server);
    options.clone().create().await.unwrap().close().await;
    let pool = registry(&server).await;
    let age = "UPDATE {{tables.databases}} SET since = now() - interval '6 days'";
    pool.public().execute(age).await.unwrap();
    options.create().await.unwrap().close().await;
    eventually("it counts as used", async || {
        let old =
            "SELECT count(*) FROM {{tables.databases}} WHERE since < now() - interval '1 day'";
        pool.public().fetch_value::<i64>(old).await.unwrap() == 0
    })
    .await;
}

#[tokio::test]
async fn the_registry_holds_any_name_whatever_the_servers_encoding() {
    let server = own_server("encoding");
    let admin = Pool::connect(DatabaseConfig::from_url(server.url()).unwrap())
        .await
        .unwrap();
    // As after `initdb --encoding=LATIN1`.
    admin
        .public()
        .execute("UPDATE pg_database SET encoding = pg_char_to_encoding('LATIN1') WHERE datname = 'template0'")
        .await
        .unwrap();
    TestDatabaseOptions::new()
        .name("crab \u{1F980}")
        .on(&server)
        .create()
        .await
        .unwrap()
        .close()
        .await;
    let encoding = "SELECT pg_encoding_to_char(encoding)::text || ' ' || datcollate FROM pg_database WHERE datname LIKE '%registry%'";
    assert_eq!(names(&server, encoding).await, ["UTF8 C"]);
}
