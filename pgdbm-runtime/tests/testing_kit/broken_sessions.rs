//! The kit's own sessions end while tests have databases.

use pgdbm_runtime::sql;
use pgdbm_runtime::testing::{Isolation, PgServer, TestDatabase, TestDatabaseOptions};

use crate::own_server::{Shop, base, databases, eventually, names, own_server};
use crate::process::Tester;

/// Ends every session of the kit's that says by its locks that somebody lives.
const END: &str = "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE application_name = 'pgdbm testing'";

/// The databases, by their number, in which a process says that it lives.
const OWNERS: &str =
    "SELECT 'lives' FROM pg_locks WHERE locktype = 'advisory' AND classid = 1885824097";

async fn hold(server: &PgServer, isolation: Isolation) -> TestDatabase {
    TestDatabaseOptions::new()
        .migrations("shop", Shop)
        .isolation(isolation)
        .on(server)
        .create()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_process_whose_session_was_ended_is_not_taken_for_dead() {
    let server = own_server("ended");
    let base = base("ended");
    let database = hold(&server, Isolation::Database).await;
    for _ in 0..5 {
        assert!(!names(&server, END).await.is_empty());
        // It clears away what dead processes have left, and comes as soon as it can.
        let mut next = Tester::spawn(&base, "hold");
        next.database();
        assert!(next.finish());
        assert!(database.manager().table_exists("users").await.unwrap());
    }
    // Nobody has asked for anything, and the lock is there.
    eventually("the process says that it lives", async || {
        !names(&server, OWNERS).await.is_empty()
    })
    .await;
    let name = database.name().to_owned();
    database.close().await;
    eventually("the database is dropped", async || {
        !databases(&server).await.contains(&name)
    })
    .await;
}

#[tokio::test]
async fn what_was_reserved_is_reserved_again_when_the_session_has_broken() {
    let server = own_server("reserved");
    let slots = "SELECT objid::text FROM pg_locks WHERE locktype = 'advisory' AND classid = 1885824099 ORDER BY objid";
    // Five of the test's own, and those of the kit.
    for (isolation, reserved) in [(Isolation::Database, 6), (Isolation::Schema, 7)] {
        let database = hold(&server, isolation).await;
        let before = names(&server, slots).await;
        assert_eq!(before.len(), reserved);
        names(&server, END).await;
        eventually("the connections are reserved again", async || {
            names(&server, slots).await == before
        })
        .await;
        database.close().await;
        eventually("the connections are given back", async || {
            names(&server, slots).await.is_empty()
        })
        .await;
    }
}

#[tokio::test]
async fn schemas_stay_whose_session_was_ended() {
    let server = own_server("lock");
    let database = hold(&server, Isolation::Schema).await;
    let lock =
        "SELECT objid::text FROM pg_locks WHERE locktype = 'advisory' AND classid = 1885824100";
    let before = names(&server, lock).await;
    names(&server, END).await;
    eventually("the schemas' lock is there again", async || {
        names(&server, lock).await == before
    })
    .await;
    hold(&server, Isolation::Schema).await.close().await;
    assert!(database.manager().table_exists("users").await.unwrap());
    database.close().await;
}

#[tokio::test]
async fn sessions_outlive_what_the_role_and_the_server_set() {
    let server = own_server("settings");
    let settings = [
        "idle_session_timeout = '50ms'",
        "idle_in_transaction_session_timeout = '50ms'",
        "statement_timeout = '1ms'",
        "lock_timeout = '1ms'",
        "client_connection_check_interval = '10ms'",
        "default_transaction_isolation = 'serializable'",
        "search_path = 'nowhere'",
        "standard_conforming_strings = off",
    ];
    for setting in settings {
        let set = format!("ALTER ROLE postgres SET {setting}");
        let admin = pgdbm_runtime::Pool::connect(
            pgdbm_runtime::DatabaseConfig::from_url(server.url()).unwrap(),
        )
        .await
        .unwrap();
        admin.public().execute(set).await.unwrap();
    }
    let database = hold(&server, Isolation::Database).await;
    let pid = "SELECT pid::text FROM pg_locks WHERE locktype = 'advisory' AND classid = 1885824097";
    let before = names(&server, pid).await;
    assert_eq!(before.len(), 1);
    // What is to be seen is that nothing happens; the limit is a fifth of it.
    tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    assert_eq!(names(&server, pid).await, before);
    database.close().await;
}

#[tokio::test]
async fn a_server_that_starts_again_takes_nobodys_database() {
    let server = own_server("again");
    let base = base("again");
    let database = hold(&server, Isolation::Database).await;
    let name = database.name().to_owned();
    let directory = server.data_directory().unwrap().to_owned();
    // A server process that crashes makes all others start again.
    let pid = "SELECT pid::text FROM pg_stat_activity WHERE backend_type = 'checkpointer'";
    let crashed = names(&server, pid).await.remove(0);
    let killed = std::process::Command::new("kill")
        .args(["-9", &crashed])
        .status()
        .unwrap();
    assert!(killed.success(), "{}", directory.display());
    // For a moment the old one answers still.
    eventually("the server is there again", async || {
        let config = pgdbm_runtime::DatabaseConfig::from_url(server.url()).unwrap();
        match pgdbm_runtime::Pool::connect(config).await {
            Ok(pool) => {
                let now = pool.public().fetch_value::<String>(sql(pid)).await;
                now.is_ok_and(|now| now != crashed)
            }
            Err(_) => false,
        }
    })
    .await;
    let mut next = Tester::spawn(&base, "hold");
    next.database();
    assert!(next.finish());
    assert!(databases(&server).await.contains(&name));
    eventually("the process says again that it lives", async || {
        !names(&server, OWNERS).await.is_empty()
    })
    .await;
    database.close().await;
    eventually("the database is dropped", async || {
        !databases(&server).await.contains(&name)
    })
    .await;
}
