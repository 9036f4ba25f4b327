//! The pool: it never hands out a dirty or a busy connection, and says why when it cannot hand out one.

use std::future::Future;
use std::task::{Context, Waker};
use std::time::Duration;

use pgdbm::{DatabaseManager, Pool, sql};

use crate::lab::{eventually, lab};

async fn backend(db: &DatabaseManager) -> i32 {
    db.fetch_value("SELECT pg_backend_pid()").await.unwrap()
}

#[tokio::test]
async fn an_exhausted_pool_says_so() {
    lab(async |lab| {
        let config = lab
            .config()
            .max_connections(1)
            .acquire_timeout(Duration::from_millis(50));
        let pool = Pool::connect(config).await.unwrap();
        let db = pool.manager("shop").unwrap();
        let held = db.acquire().await.unwrap();
        let error = db.execute("SELECT 1").await.unwrap_err();
        assert!(error.is_pool_exhausted() && error.is_timeout());
        assert!(error.to_string().contains("1 of 1 are in use"), "{error}");
        assert_eq!((pool.stats().in_use, pool.stats().idle), (1, 0));
        drop(held);
        db.execute("SELECT 1").await.unwrap();
        assert_eq!((pool.stats().in_use, pool.stats().idle), (0, 1));
    })
    .await;
}

#[tokio::test]
async fn the_pool_opens_what_it_is_told_and_no_more() {
    lab(async |lab| {
        let pool = Pool::connect(lab.config().min_connections(3).max_connections(4))
            .await
            .unwrap();
        assert_eq!(pool.stats().open, 3);
        assert_eq!(pool.stats().idle, 3);
        let error = Pool::connect(lab.config().min_connections(5).max_connections(4))
            .await
            .unwrap_err();
        assert!(error.is_config());
        let error = Pool::connect(lab.config().max_connections(0))
            .await
            .unwrap_err();
        assert!(error.is_config());
    })
    .await;
}

#[tokio::test]
async fn closing_waits_for_those_in_use_and_refuses_the_others() {
    lab(async |lab| {
        let pool = lab.pool_of(2).await;
        let db = pool.manager("shop").unwrap();
        let tx = db.transaction().await.unwrap();
        let mut closing = Box::pin(pool.close());
        assert!(
            closing
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_pending()
        );
        assert!(pool.is_closed());
        assert!(db.execute("SELECT 1").await.unwrap_err().is_pool_closed());
        tx.execute("SELECT 1").await.unwrap();
        tx.commit().await.unwrap();
        closing.await;
        assert_eq!(pool.stats().open, 0);
        pool.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_session_that_was_changed_is_not_handed_to_others() {
    lab(async |lab| {
        let pool = lab.pool_of(1).await;
        let db = pool.manager("shop").unwrap();
        for change in [
            "SET search_path TO pg_catalog",
            "SET SESSION statement_timeout = 1",
            "SELECT set_config('search_path', 'pg_catalog', false)",
            "CREATE TEMP TABLE t (x int)",
            "SELECT pg_advisory_lock(7)",
            "LISTEN something",
            "PREPARE p AS SELECT 1",
            "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
        ] {
            let before = backend(&db).await;
            db.execute(change).await.unwrap();
            assert_ne!(backend(&db).await, before, "{change}");
        }
        let before = backend(&db).await;
        db.execute("SELECT 'SET search_path'").await.unwrap();
        let tx = db.transaction().await.unwrap();
        tx.execute("SET LOCAL statement_timeout = 1000")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            backend(&db).await,
            before,
            "what changes nothing costs nothing"
        );
    })
    .await;
}

#[tokio::test]
async fn a_held_connection_keeps_its_session_until_it_is_dropped() {
    lab(async |lab| {
        let mut connection = lab.db.acquire().await.unwrap();
        connection
            .execute("CREATE TEMP TABLE basket (n int)")
            .await
            .unwrap();
        connection
            .execute("INSERT INTO basket VALUES (1), (2)")
            .await
            .unwrap();
        let tx = connection.transaction().await.unwrap();
        tx.execute("DELETE FROM basket").await.unwrap();
        drop(tx);
        assert_eq!(
            connection
                .fetch_value::<i64>("SELECT count(*) FROM basket")
                .await
                .unwrap(),
            2
        );
        assert_eq!(connection.schema(), "shop");
    })
    .await;
}

#[tokio::test]
async fn a_statement_whose_future_was_dropped_is_cancelled_and_its_connection_closed() {
    lab(async |lab| {
        let pool = lab.pool_of(1).await;
        let db = pool.manager("shop").unwrap();
        let before = backend(&db).await;
        let running = sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(1000%' AND state = 'active' AND pid = $1");
        let active = async || running_count(&lab.db, before).await;
        {
            let mut sleeping = Box::pin(db.execute("SELECT pg_sleep(1000)"));
            eventually("the statement runs", async || {
                assert!(futures_util::poll!(sleeping.as_mut()).is_pending());
                active().await == 1
            })
            .await;
        }
        drop(running);
        // The pool is free at once: nobody waits for the thousand seconds.
        assert_ne!(backend(&db).await, before);
        eventually("the statement was cancelled", async || active().await == 0).await;
    })
    .await;
}

async fn running_count(db: &DatabaseManager, pid: i32) -> i64 {
    let query = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND state = 'active' AND query LIKE 'SELECT pg_sleep%'";
    db.fetch_value(sql(query).bind(pid)).await.unwrap()
}

#[tokio::test]
async fn a_stream_that_was_dropped_early_does_not_leave_its_rows_to_the_next() {
    lab(async |lab| {
        let pool = lab.pool_of(1).await;
        let db = pool.manager("shop").unwrap();
        let mut rows = db.fetch("SELECT generate_series(1, 10000000)");
        assert!(rows.next().await.unwrap().is_ok());
        drop(rows);
        assert_eq!(db.fetch_value::<i32>("SELECT 42").await.unwrap(), 42);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_ended_costs_one_call_and_no_more() {
    lab(async |lab| {
        for _ in 0..20 {
            let pool = lab.pool_of(1).await;
            let db = pool.manager("shop").unwrap();
            let before = backend(&db).await;
            let end = "SELECT pg_terminate_backend(pg_backend_pid())";
            let error = db.execute(end).await.unwrap_err();
            assert!(error.is_connection_lost(), "{error}");
            // The driver has had no time to notice that the server hung up.
            assert_ne!(backend(&db).await, before);
        }
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_replaced() {
    lab(async |lab| {
        let pool = lab.pool_of(1).await;
        let db = pool.manager("shop").unwrap();
        let before = backend(&db).await;
        lab.db
            .execute(sql("SELECT pg_terminate_backend($1, 10000)").bind(before))
            .await
            .unwrap();
        // The driver may learn of it only by using it: then the error says what happened, and the next try works.
        eventually("a new connection", async || {
            match db.fetch_value::<i32>("SELECT pg_backend_pid()").await {
                Ok(pid) => {
                    assert_ne!(pid, before);
                    true
                }
                Err(error) => {
                    assert!(error.is_connection_lost(), "{error}");
                    false
                }
            }
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn the_statement_cache_is_bounded() {
    lab(async |lab| {
        for (size, most) in [(0, 0), (5, 5)] {
            let pool = Pool::connect(lab.config().max_connections(1).statement_cache_size(size))
                .await
                .unwrap();
            let db = pool.manager("shop").unwrap();
            for n in 0..30 {
                assert_eq!(
                    db.fetch_value::<i32>(format!("SELECT {n}")).await.unwrap(),
                    n
                );
            }
            let kept: i64 = db
                .fetch_value("SELECT count(*) FROM pg_prepared_statements")
                .await
                .unwrap();
            assert!(kept <= most + 1, "{kept} statements with a cache of {size}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_driver_s_client_can_be_used_and_its_connection_is_not_trusted_afterwards() {
    lab(async |lab| {
        let pool = lab.pool_of(1).await;
        let db = pool.manager("shop").unwrap();
        let before = backend(&db).await;
        let connection = db.acquire().await.unwrap();
        connection
            .as_driver()
            .unwrap()
            .batch_execute("SET work_mem = '1MB'")
            .await
            .unwrap();
        drop(connection);
        assert_ne!(backend(&db).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_transaction_is_begun_and_ended_by_its_value_only() {
    lab(async |lab| {
        for text in [
            "BEGIN",
            "START TRANSACTION",
            "COMMIT",
            "ROLLBACK",
            "END",
            "ABORT",
        ] {
            let error = lab.db.execute(text).await.unwrap_err();
            assert!(
                error.to_string().contains("db.transaction()"),
                "{text}: {error}"
            );
            let tx = lab.db.transaction().await.unwrap();
            assert!(tx.execute(text).await.is_err(), "{text}");
            tx.execute("SAVEPOINT s").await.unwrap();
            tx.execute("ROLLBACK TO SAVEPOINT s").await.unwrap();
            tx.commit().await.unwrap();
        }
        // A connection of one's own takes them, and takes an open transaction with it when it goes.
        lab.db
            .execute("CREATE TABLE {{tables.t}} (n int)")
            .await
            .unwrap();
        let connection = lab.db.acquire().await.unwrap();
        connection.execute("BEGIN").await.unwrap();
        connection
            .execute("INSERT INTO {{tables.t}} VALUES (1)")
            .await
            .unwrap();
        drop(connection);
        assert_eq!(
            lab.db
                .fetch_value::<i64>("SELECT count(*) FROM {{tables.t}}")
                .await
                .unwrap(),
            0
        );
    })
    .await;
}

#[tokio::test]
async fn a_statement_that_became_stale_is_prepared_again() {
    lab(async |lab| {
        let pool = lab.pool_of(1).await;
        let db = pool.manager("shop").unwrap();
        db.execute("CREATE TABLE {{tables.t}} (a int)")
            .await
            .unwrap();
        db.execute("INSERT INTO {{tables.t}} VALUES (1)")
            .await
            .unwrap();
        let query = "SELECT * FROM {{tables.t}}";
        assert_eq!(db.fetch_one(query).await.unwrap().len(), 1);
        db.execute("ALTER TABLE {{tables.t}} ADD b int")
            .await
            .unwrap();
        assert_eq!(db.fetch_one(query).await.unwrap().len(), 2);
        db.execute("ALTER TABLE {{tables.t}} ADD c int")
            .await
            .unwrap();
        let mut rows = db.fetch(query);
        assert_eq!(rows.next().await.unwrap().unwrap().len(), 3);
        assert!(rows.next().await.is_none());
        drop(rows);
        // In a transaction nothing can be run again; the next transaction has the new statement.
        db.execute("ALTER TABLE {{tables.t}} ADD d int")
            .await
            .unwrap();
        let tx = db.transaction().await.unwrap();
        assert_eq!(tx.fetch_one(query).await.unwrap_err().code(), Some("0A000"));
        drop(tx);
        let tx = db.transaction().await.unwrap();
        assert_eq!(tx.fetch_one(query).await.unwrap().len(), 4);
        // A server that forgot its statements altogether.
        drop(tx);
        let connection = db.acquire().await.unwrap();
        connection.fetch_one(query).await.unwrap();
        connection
            .as_driver()
            .unwrap()
            .batch_execute("DEALLOCATE ALL")
            .await
            .unwrap();
        assert_eq!(connection.fetch_one(query).await.unwrap().len(), 4);
    })
    .await;
}

#[tokio::test]
async fn copy_is_refused_before_it_can_block_the_connection() {
    lab(async |lab| {
        lab.db
            .execute("CREATE TABLE {{tables.t}} (n int)")
            .await
            .unwrap();
        for text in [
            "COPY {{tables.t}} FROM STDIN",
            "COPY {{tables.t}} TO STDOUT",
        ] {
            let error = lab.db.execute(text).await.unwrap_err();
            assert!(error.to_string().contains("COPY"), "{error}");
            assert_eq!(lab.db.fetch_value::<i32>("SELECT 1").await.unwrap(), 1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_statement_whose_parameter_types_changed_is_prepared_again() {
    lab(async |lab| {
        let pool = lab.pool_of(1).await;
        let db = pool.manager("shop").unwrap();
        db.execute("CREATE TABLE {{tables.t}} (a text)")
            .await
            .unwrap();
        let insert = "INSERT INTO {{tables.t}} VALUES ($1)";
        db.execute(sql(insert).bind("1")).await.unwrap();
        db.execute("ALTER TABLE {{tables.t}} ALTER a TYPE int USING a::int")
            .await
            .unwrap();
        db.execute(sql(insert).bind(2)).await.unwrap();
        assert!(
            db.execute(sql(insert).bind("3"))
                .await
                .unwrap_err()
                .is_argument()
        );
    })
    .await;
}

#[tokio::test]
async fn a_pool_that_was_closed_hands_out_nothing_more() {
    lab(async |lab| {
        for _ in 0..10 {
            let pool = lab.pool_of(3).await;
            let db = pool.manager("shop").unwrap();
            let held = db.acquire().await.unwrap();
            // This one is being made while the pool closes.
            let making = tokio::spawn({
                let db = db.clone();
                async move { db.execute("SELECT 1").await }
            });
            tokio::task::yield_now().await;
            drop(held);
            pool.close().await;
            // Nobody waited for it, so it must not be handed out either.
            assert!(making.await.unwrap().unwrap_err().is_pool_closed());
            assert!(db.execute("SELECT 1").await.unwrap_err().is_pool_closed());
        }
    })
    .await;
}

#[tokio::test]
async fn a_full_statement_cache_is_still_one() {
    lab(async |lab| {
        let config = lab.config().max_connections(1).statement_cache_size(2);
        let pool = Pool::connect(config).await.unwrap();
        let db = pool.manager("shop").unwrap();
        // The second one looks at when the first one was prepared: it must not be prepared again each time.
        let prepared =
            "SELECT prepare_time::text FROM pg_prepared_statements WHERE statement = 'SELECT 1'";
        let mut times = std::collections::HashSet::new();
        for _ in 0..4 {
            db.execute("SELECT 1").await.unwrap();
            times.insert(db.fetch_value::<String>(prepared).await.unwrap());
        }
        assert_eq!(times.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_transaction_that_was_leaked_takes_its_connection_along() {
    lab(async |lab| {
        let pool = lab.pool_of(1).await;
        let db = pool.manager("shop").unwrap();
        let before = backend(&db).await;
        let mut connection = db.acquire().await.unwrap();
        std::mem::forget(connection.transaction().await.unwrap());
        drop(connection);
        let after = backend(&db).await;
        assert_ne!(after, before);
        let mut connection = db.acquire().await.unwrap();
        connection
            .transaction()
            .await
            .unwrap()
            .commit()
            .await
            .unwrap();
        drop(connection.transaction().await.unwrap());
        drop(connection);
        assert_eq!(backend(&db).await, after, "the others keep it");
    })
    .await;
}
