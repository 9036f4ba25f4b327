//! What processes leave that do not end well, and that the next one clears it away.

use pgdbm_runtime::testing::{PgServer, TestDatabaseOptions};

use crate::own_server::{
    Shop, all_are_gone, base, databases, eventually, names, own_server, registry,
};
use crate::process::Tester;

/// No database is left but the templates and what waits for the next test.
async fn only_templates_are_left(server: &PgServer) {
    let pool = registry(server).await;
    let db = pool.public();
    eventually("only the template and spare copies are left", async || {
        let query = "SELECT name FROM {{tables.databases}} WHERE state IN ('template', 'spare')";
        let rows = db.fetch_all(query).await.unwrap();
        let known: Vec<String> = rows.iter().map(|row| row.get(0).unwrap()).collect();
        databases(server)
            .await
            .iter()
            .all(|name| known.contains(name))
    })
    .await;
}

#[tokio::test]
async fn the_databases_of_processes_that_died_are_dropped_by_the_next() {
    let server = own_server("died");
    let base = base("died");
    for role in ["hold", "abort", "exit", "panic in drop"] {
        let mut tester = Tester::spawn(&base, role);
        let name = tester.database();
        if role == "hold" {
            assert!(databases(&server).await.contains(&name));
            tester.kill();
        } else {
            tester.finish();
        }
        all_are_gone(&server).await;
        // The next process, which ends well.
        let mut next = Tester::spawn(&base, "hold");
        next.database();
        eventually(
            &format!("the database of the role {role} is dropped"),
            async || !databases(&server).await.contains(&name),
        )
        .await;
        assert!(next.finish());
    }
    only_templates_are_left(&server).await;
}

#[tokio::test]
async fn the_databases_of_processes_that_live_stay() {
    let server = own_server("live");
    let base = base("live");
    let mut living = Tester::spawn(&base, "hold");
    let name = living.database();
    for _ in 0..3 {
        let mut next = Tester::spawn(&base, "hold");
        next.database();
        assert!(next.finish());
    }
    assert!(databases(&server).await.contains(&name));
    assert!(living.finish());
    eventually("it is dropped", async || {
        !databases(&server).await.contains(&name)
    })
    .await;
}

#[tokio::test]
async fn processes_that_are_killed_at_any_moment_leave_nothing_to_the_next() {
    let server = own_server("killed");
    let base = base("killed");
    for round in 0..24_u64 {
        let tester = Tester::spawn(&base, "hold");
        // Before its first connection, between any two steps, and after the last.
        tokio::time::sleep(std::time::Duration::from_millis(round * 2)).await;
        tester.kill();
    }
    all_are_gone(&server).await;
    let mut next = Tester::spawn(&base, "hold");
    next.database();
    assert!(next.finish());
    only_templates_are_left(&server).await;
}

#[tokio::test]
async fn databases_that_no_registry_knows_are_dropped() {
    let server = own_server("unknown");
    let options = TestDatabaseOptions::new()
        .migrations("shop", Shop)
        .on(&server);
    let admin = pgdbm_runtime::Pool::connect(
        pgdbm_runtime::DatabaseConfig::from_url(server.url()).unwrap(),
    )
    .await
    .unwrap();
    for statement in [
        "CREATE DATABASE pgdbm_test_2_forgotten000",
        "CREATE DATABASE pgdbm_test_is_mine",
        "CREATE DATABASE pgdbm_test_2_is_mine",
        "CREATE DATABASE pgdbm_testing_is_mine",
        "CREATE DATABASE pgdbmxtest_is_mine",
    ] {
        admin.public().execute(statement).await.unwrap();
    }
    let database = options.create().await.unwrap();
    eventually("it is dropped", async || {
        !databases(&server)
            .await
            .contains(&"pgdbm_test_2_forgotten000".to_owned())
    })
    .await;
    database.close().await;
    let mine = "SELECT datname::text FROM pg_database WHERE datname LIKE '%is_mine'";
    assert_eq!(names(&server, mine).await.len(), 4);
}

#[tokio::test]
async fn what_a_dead_processs_statement_is_busy_with_is_dropped_when_its_time_is_over() {
    let server = own_server("busy");
    let base = base("busy");
    let mut tester = Tester::spawn(&base, "hold");
    let name = tester.database();
    let config = pgdbm_runtime::DatabaseConfig::from_url(&server.database_url(&name)).unwrap();
    let pool = pgdbm_runtime::Pool::connect(config).await.unwrap();
    let db = pool.public();
    let busy = tokio::spawn(async move { db.execute("SELECT pg_sleep(60)").await });
    // Otherwise it may begin when those who clear away have looked already.
    let running = "SELECT pid::text FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active'";
    eventually("it runs", async || {
        !names(&server, running).await.is_empty()
    })
    .await;
    tester.kill();
    all_are_gone(&server).await;
    let mut next = Tester::spawn(&base, "hold");
    next.database();
    let error = busy.await.unwrap().unwrap_err();
    assert!(
        error.is_connection_lost() || error.code() == Some("57P01"),
        "{error}"
    );
    eventually("it is dropped", async || {
        !databases(&server).await.contains(&name)
    })
    .await;
    assert!(next.finish());
}

#[tokio::test]
async fn a_template_that_is_being_made_anew_is_not_dropped_by_who_clears_away() {
    let server = own_server("anew-dead");
    let options = TestDatabaseOptions::new()
        .migrations("store", Shop)
        .on(&server);
    options.clone().create().await.unwrap().close().await;
    let pool = registry(&server).await;
    // Whoever makes the template, holds this lock.
    let held = pool.public().acquire().await.unwrap();
    held.execute(
        "DO $$ BEGIN PERFORM pg_advisory_lock(1885824098, (('x' || left(template, 8))::bit(32)::bigint >> 1)::int) \
         FROM public.databases WHERE state = 'template'; END $$",
    )
    .await
    .unwrap();
    let age = "UPDATE {{tables.databases}} SET since = now() - interval '8 days' WHERE state = 'template'";
    pool.public().execute(age).await.unwrap();
    let template =
        "SELECT datname::text FROM pg_database WHERE datistemplate AND datname LIKE 'pgdbm%'";
    let before = names(&server, template).await;
    let mut next = Tester::spawn(&base("anew-dead"), "hold");
    eventually("it was taken over", async || {
        let taken =
            "SELECT count(*) FROM {{tables.databases}} WHERE since < now() - interval '1 day'";
        pool.public().fetch_value::<i64>(taken).await.unwrap() == 0
    })
    .await;
    next.database();
    assert!(next.finish());
    assert!(names(&server, template).await.contains(&before[0]));
    drop(held);
    options.create().await.unwrap().close().await;
}

#[tokio::test]
async fn a_database_is_handed_out_once_whenever_its_process_is_killed() {
    let server = own_server("marked");
    let base = base("marked");
    for round in 0..20_u64 {
        // One in each round comes so far, so that there is something to be handed out again.
        let mut marking = Tester::spawn(&base, "mark");
        let testers: Vec<Tester> = (0..3).map(|_| Tester::spawn(&base, "mark")).collect();
        for (index, tester) in (0_u64..).zip(testers) {
            // At another moment each: the time is what is tested.
            tokio::time::sleep(std::time::Duration::from_millis(4 * round + 7 * index)).await;
            let said = tester.kill_and_hear();
            assert!(!said.contains("dirty"), "{said}");
        }
        marking.says("clean");
        marking.kill();
    }
    all_are_gone(&server).await;
    let mut next = Tester::spawn(&base, "hold");
    next.database();
    assert!(next.finish());
    only_templates_are_left(&server).await;
}
