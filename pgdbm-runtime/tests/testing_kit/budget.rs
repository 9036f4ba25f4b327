//! Connections of all test processes together.

use pgdbm_runtime::testing::{Isolation, PgServer, TestDatabaseOptions};
use pgdbm_runtime::{DatabaseConfig, Pool};

use crate::own_server::{Shop, base, eventually, options, registry};
use crate::process::{SETTING, Tester, command};

fn small_server(name: &str) -> PgServer {
    let options = options(&base(name)).setting("max_connections", "24");
    PgServer::with(options).unwrap()
}

#[tokio::test]
async fn sixty_four_tests_at_once_do_not_exhaust_a_small_server() {
    run_at_once(&small_server("many"), &[Isolation::Database]).await;
}

#[tokio::test]
async fn tests_of_all_isolations_share_one_budget() {
    let all = [
        Isolation::Database,
        Isolation::Schema,
        Isolation::Transaction,
    ];
    run_at_once(&small_server("mixed"), &all).await;
}

/// Runs 64 tests, each with as many connections as it may have.
async fn run_at_once(server: &PgServer, isolations: &[Isolation]) {
    let options = TestDatabaseOptions::new()
        .migrations("shop", Shop)
        .on(server);
    let tests = isolations.iter().cycle().take(64).map(|isolation| {
        let options = options.clone().isolation(*isolation);
        tokio::spawn(async move {
            let database = options.create().await?;
            let queries = (0..5).map(|_| database.manager().execute("SELECT pg_sleep(0.01)"));
            for outcome in futures_util::future::join_all(queries).await {
                outcome?;
            }
            database.close().await;
            Ok::<(), pgdbm_runtime::Error>(())
        })
    });
    for test in futures_util::future::join_all(tests).await {
        test.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_test_that_wants_more_than_there_are_is_told_so() {
    let server = small_server("more");
    let options = TestDatabaseOptions::new().max_connections(30).on(&server);
    let error = options.create().await.unwrap_err().to_string();
    for needed in ["31 connections", "max_connections", "help:"] {
        assert!(error.contains(needed), "{needed}: {error}");
    }
}

#[tokio::test]
async fn processes_that_all_begin_at_once_do_not_keep_each_other_out() {
    let server = small_server("begin");
    let pool = Pool::connect(DatabaseConfig::from_url(server.url()).unwrap())
        .await
        .unwrap();
    let mut held = pool.public().acquire().await.unwrap();
    let tx = held.transaction().await.unwrap();
    // Nobody can make the registry before all connections of the server are those of processes that want to.
    tx.execute("LOCK TABLE pg_database IN SHARE MODE")
        .await
        .unwrap();
    let spawn = |_| Tester::from(command(&base("begin"), "end").env(SETTING, "max_connections=24"));
    let testers: Vec<Tester> = (0..32).map(spawn).collect();
    eventually("all connections are taken", async || {
        tx.execute("SELECT pg_stat_clear_snapshot()").await.unwrap();
        let creators = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE DATABASE%'";
        tx.fetch_value::<i64>(creators).await.unwrap() == 23
    })
    .await;
    tx.commit().await.unwrap();
    // Still holding the last one.
    for tester in testers {
        assert!(tester.finish());
    }
    drop(held);
}

#[tokio::test]
async fn processes_wait_for_each_other_and_a_killed_one_gives_its_connections_back() {
    // Room for two tests at once.
    let spawn = || Tester::from(command(&base("wait"), "hold").env(SETTING, "max_connections=24"));
    let mut first: Vec<Tester> = (0..2).map(|_| spawn()).collect();
    for tester in &mut first {
        tester.database();
    }
    let waiting: Vec<Tester> = (0..5).map(|_| spawn()).collect();
    let server = small_server("wait");
    let registry = registry(&server).await;
    for _ in 0..200 {
        let used = "SELECT count(*) FROM {{tables.databases}} WHERE state = 'used'";
        let used: i64 = registry.public().fetch_value(used).await.unwrap();
        assert!(used <= 2, "{used} tests run, and there is room for two");
    }
    registry.close().await;
    for tester in first {
        tester.kill();
    }
    // Each comes to its database when another one has gone, in whatever order.
    std::thread::scope(|scope| {
        for mut tester in waiting {
            scope.spawn(move || {
                tester.database();
                assert!(tester.finish());
            });
        }
    });
}
