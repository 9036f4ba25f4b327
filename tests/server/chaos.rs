//! The chaos proxy: what it breaks, what it leaves whole, and in which state the server is afterwards.

mod wire_client;

use std::net::TcpListener;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use pgdbm::testing::{Chaos, PgServer, TestDatabase};
use pgdbm::{DatabaseConfig, DatabaseManager, Error, Pool, sql};

use self::wire_client::WireClient;
use crate::lab::{Lab, eventually, lab};
use crate::port::Port;

/// A proxy before the lab's database, a pool of one connection through it, and a manager.
async fn harmed(lab: &Lab) -> (Chaos, Pool, DatabaseManager) {
    let chaos = Chaos::start(&lab.config()).await.unwrap();
    let pool = Pool::connect(chaos.config().max_connections(1))
        .await
        .unwrap();
    let db = pool.manager("shop").unwrap();
    (chaos, pool, db)
}

async fn table(lab: &Lab) {
    lab.db
        .execute("CREATE TABLE {{tables.t}} (n int)")
        .await
        .unwrap();
}

async fn count(db: &DatabaseManager) -> i64 {
    let count = "SELECT count(*) FROM {{tables.t}}";
    db.fetch_value(count).await.unwrap()
}

async fn one(db: &DatabaseManager) -> Result<i32, Error> {
    db.fetch_value("SELECT 1").await
}

/// Sessions with this application name.
async fn sessions(lab: &Lab, name: &str) -> i64 {
    let sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1";
    lab.db.fetch_value(sql(sessions).bind(name)).await.unwrap()
}

#[tokio::test]
async fn a_test_database_has_its_chaos() {
    let database = TestDatabase::create().await.unwrap();
    let chaos = database.chaos().await.unwrap();
    let pool = Pool::connect(chaos.config()).await.unwrap();
    let name = "SELECT current_database()::text";
    let behind: String = pool.public().fetch_value(name).await.unwrap();
    let direct: String = database.pool().public().fetch_value(name).await.unwrap();
    assert_eq!(behind, direct);
    assert!(chaos.address().ip().is_loopback());
}

#[tokio::test]
async fn dropped_connections_are_lost_and_replaced() {
    lab(async |lab| {
        let chaos = Chaos::start(&lab.config()).await.unwrap();
        let config = chaos.config().max_connections(2).min_connections(2);
        let pool = Pool::connect(config).await.unwrap();
        let db = pool.manager("shop").unwrap();
        assert_eq!((chaos.connections(), chaos.total_connections()), (2, 2));
        for round in 1..=3 {
            let open = chaos.connections();
            assert_eq!(chaos.drop_connections(), open);
            assert_eq!(chaos.connections(), 0);
            assert_eq!(chaos.drop_connections(), 0);
            // The driver had no chance to notice it yet, so at least the first statement meets the broken connection.
            let error = one(&db).await.unwrap_err();
            assert!(error.is_connection_lost(), "round {round}: {error}");
            eventually("a new connection", async || match one(&db).await {
                Ok(n) => n == 1,
                Err(error) => {
                    assert!(error.is_connection_lost(), "round {round}: {error}");
                    false
                }
            })
            .await;
        }
        assert_eq!(chaos.total_connections(), 5);
    })
    .await;
}

#[tokio::test]
async fn a_statement_that_runs_when_its_connection_breaks_is_lost() {
    lab(async |lab| {
        let (chaos, _pool, db) = harmed(lab).await;
        let running = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(300)' AND state = 'active' AND datname = current_database()";
        let mut sleeping = Box::pin(db.execute("SELECT pg_sleep(300)"));
        eventually("the statement runs", async || {
            assert!(futures_util::poll!(sleeping.as_mut()).is_pending());
            lab.db.fetch_value::<i64>(running).await.unwrap() == 1
        })
        .await;
        assert_eq!(chaos.drop_connections(), 1);
        let error = sleeping.await.unwrap_err();
        assert!(error.is_connection_lost(), "{error}");
        eventually("a new connection", async || one(&db).await.is_ok()).await;
    })
    .await;
}

#[tokio::test]
async fn an_open_transaction_is_rolled_back_when_its_connection_breaks() {
    lab(async |lab| {
        table(lab).await;
        let (chaos, _pool, db) = harmed(lab).await;
        let tx = db.transaction().await.unwrap();
        tx.execute("INSERT INTO {{tables.t}} VALUES (1)")
            .await
            .unwrap();
        chaos.drop_connections();
        assert!(tx.commit().await.unwrap_err().is_connection_lost());
        let locks = "SELECT count(*) FROM pg_locks WHERE relation = '{{tables.t}}'::regclass";
        eventually("its locks are gone", async || {
            lab.db.fetch_value::<i64>(locks).await.unwrap() == 0
        })
        .await;
        assert_eq!(count(&lab.db).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_statement_fails_once_and_has_no_effect() {
    lab(async |lab| {
        table(lab).await;
        let (chaos, _pool, db) = harmed(lab).await;
        let insert = "INSERT INTO {{tables.t}} VALUES (1)";
        // Not prepared yet, then out of the cache.
        for _ in 0..2 {
            chaos.fail_next("40001");
            assert_eq!(chaos.pending_failures(), 1);
            let error = db.execute(insert).await.unwrap_err();
            assert!(error.is_retryable(), "{error}");
            assert_eq!(error.code(), Some("40001"));
            assert!(
                error.to_string().contains("the chaos proxy was asked"),
                "{error}"
            );
            assert_eq!(chaos.pending_failures(), 0);
        }
        assert_eq!(count(&db).await, 0);
        db.execute(insert).await.unwrap();
        assert_eq!(count(&db).await, 1);
        assert_eq!(chaos.total_connections(), 1, "the session goes on");
    })
    .await;
}

#[tokio::test]
async fn failures_happen_in_the_order_in_which_they_were_asked_for() {
    lab(async |lab| {
        let (chaos, _pool, db) = harmed(lab).await;
        chaos.fail_next_n("40P01", 2);
        chaos.fail_next("P0001");
        chaos.fail_next_n("57014", 0);
        assert_eq!(chaos.pending_failures(), 3);
        for code in ["40P01", "40P01", "P0001"] {
            assert_eq!(one(&db).await.unwrap_err().code(), Some(code));
        }
        assert_eq!(one(&db).await.unwrap(), 1);
        chaos.fail_next_n("57014", 100);
        assert!(one(&db).await.unwrap_err().is_timeout());
        chaos.clear_failures();
        assert_eq!(one(&db).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_failure_aborts_its_transaction() {
    lab(async |lab| {
        table(lab).await;
        let (chaos, _pool, db) = harmed(lab).await;
        let insert = "INSERT INTO {{tables.t}} VALUES (1)";
        let mut tx = db.transaction().await.unwrap();
        tx.execute(insert).await.unwrap();
        chaos.fail_next("40001");
        assert!(tx.execute(insert).await.unwrap_err().is_retryable());
        // In a failed transaction every statement is refused as it is, so a failure waits for what comes after it.
        chaos.fail_next("40P01");
        let error = tx.execute(insert).await.unwrap_err();
        assert!(error.is_transaction_aborted(), "{error}");
        assert!(tx.transaction().await.unwrap_err().is_transaction_aborted());
        assert!(tx.commit().await.unwrap_err().is_transaction_aborted());
        assert_eq!(chaos.pending_failures(), 1);
        assert_eq!(one(&db).await.unwrap_err().code(), Some("40P01"));
        assert_eq!(count(&db).await, 0);
        assert_eq!(chaos.total_connections(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_failure_in_a_savepoint_leaves_the_rest_of_the_transaction() {
    lab(async |lab| {
        table(lab).await;
        let (chaos, _pool, db) = harmed(lab).await;
        let insert = "INSERT INTO {{tables.t}} VALUES (1)";
        let mut tx = db.transaction().await.unwrap();
        tx.execute(insert).await.unwrap();
        let nested = tx.transaction().await.unwrap();
        nested.execute(insert).await.unwrap();
        chaos.fail_next("23505");
        assert!(
            nested
                .execute(insert)
                .await
                .unwrap_err()
                .is_unique_violation()
        );
        drop(nested);
        tx.execute(insert).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(count(&db).await, 2);
    })
    .await;
}

#[tokio::test]
async fn begin_and_commit_are_statements() {
    lab(async |lab| {
        table(lab).await;
        let (chaos, _pool, db) = harmed(lab).await;
        chaos.fail_next("40001");
        assert!(db.transaction().await.unwrap_err().is_retryable());
        let tx = db.transaction().await.unwrap();
        tx.execute("INSERT INTO {{tables.t}} VALUES (1)")
            .await
            .unwrap();
        chaos.fail_next("40001");
        assert!(tx.commit().await.unwrap_err().is_retryable());
        assert_eq!(count(&db).await, 0);
        assert_eq!(chaos.total_connections(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_rollback_does_not_fail() {
    lab(async |lab| {
        table(lab).await;
        let (chaos, _pool, db) = harmed(lab).await;
        let tx = db.transaction().await.unwrap();
        tx.execute("INSERT INTO {{tables.t}} VALUES (1)")
            .await
            .unwrap();
        chaos.fail_next("40001");
        // The ROLLBACK of a drop: were it to fail, the transaction would stay open on a connection of the pool.
        drop(tx);
        assert!(one(&db).await.unwrap_err().is_retryable());
        assert_eq!(count(&db).await, 0);
        // By hand it is a prepared statement like any other.
        let connection = db.acquire().await.unwrap();
        connection.execute("BEGIN").await.unwrap();
        chaos.fail_next("40001");
        connection.execute("ROLLBACK").await.unwrap();
        assert!(
            connection
                .execute("BEGIN")
                .await
                .unwrap_err()
                .is_retryable()
        );
    })
    .await;
}

#[tokio::test]
async fn a_transaction_that_is_tried_again_succeeds() {
    lab(async |lab| {
        table(lab).await;
        let (chaos, _pool, db) = harmed(lab).await;
        chaos.fail_next_n("40001", 3);
        let insert = async || {
            let tx = db.transaction().await?;
            tx.execute("INSERT INTO {{tables.t}} VALUES (1)").await?;
            tx.commit().await
        };
        let mut tries = 1;
        while let Err(error) = insert().await {
            assert!(error.is_retryable(), "{error}");
            tries += 1;
        }
        assert_eq!((tries, count(&db).await), (4, 1));
    })
    .await;
}

#[tokio::test]
async fn when_an_error_ends_the_session_everything_is_undone_before_it_is_seen() {
    lab(async |lab| {
        table(lab).await;
        for code in ["57P01", "08006"] {
            let (chaos, _pool, db) = harmed(lab).await;
            let tx = db.transaction().await.unwrap();
            tx.execute("INSERT INTO {{tables.t}} VALUES (1)")
                .await
                .unwrap();
            tx.execute("LOCK TABLE {{tables.t}} IN ACCESS EXCLUSIVE MODE")
                .await
                .unwrap();
            chaos.fail_next(code);
            let error = tx.execute("SELECT 1").await.unwrap_err();
            assert!(error.is_connection_lost(), "{error}");
            assert_eq!(error.code(), Some(code));
            // The lock is free by now: nobody waits for it.
            let other = lab.db.transaction().await.unwrap();
            other
                .execute("LOCK TABLE {{tables.t}} IN ACCESS EXCLUSIVE MODE NOWAIT")
                .await
                .unwrap();
            other.rollback().await.unwrap();
            drop(tx);
            eventually("a new connection", async || one(&db).await.is_ok()).await;
            assert_eq!(count(&db).await, 0);
            assert_eq!(chaos.total_connections(), 2);
        }
    })
    .await;
}

#[tokio::test]
async fn preparing_is_no_statement_and_prepared_statements_survive() {
    lab(async |lab| {
        let (chaos, _pool, db) = harmed(lab).await;
        let connection = db.acquire().await.unwrap();
        chaos.fail_next("40001");
        connection
            .as_driver()
            .unwrap()
            .prepare("SELECT 2")
            .await
            .unwrap();
        assert_eq!((chaos.statements(), chaos.pending_failures()), (0, 1));
        assert!(
            connection
                .execute("SELECT 1")
                .await
                .unwrap_err()
                .is_retryable()
        );
        assert_eq!(chaos.statements(), 1);
        let when =
            "SELECT prepare_time::text FROM pg_prepared_statements WHERE statement = 'SELECT 1'";
        let prepared = |time: Result<String, Error>| time.unwrap();
        let before = prepared(connection.fetch_value(when).await);
        for n in 0..3 {
            chaos.fail_next("40001");
            assert!(connection.execute("SELECT 1").await.is_err());
            connection.execute("SELECT 1").await.unwrap();
            assert_eq!(prepared(connection.fetch_value(when).await), before);
            assert_eq!(chaos.statements(), 2 + 3 * (n + 1));
        }
    })
    .await;
}

#[tokio::test]
async fn of_statements_that_are_in_flight_together_one_fails() {
    lab(async |lab| {
        let (chaos, _pool, db) = harmed(lab).await;
        let connection = db.acquire().await.unwrap();
        for text in ["SELECT 7", "SELECT 7", "SELECT generate_series(7, 5000)"] {
            chaos.fail_next("40001");
            let all = (0..20).map(|_| async { connection.fetch_all(text).await });
            let outcomes = join_all(all).await;
            let failed: Vec<_> = outcomes.iter().filter_map(|o| o.as_ref().err()).collect();
            assert_eq!(failed.len(), 1);
            assert!(failed[0].is_retryable(), "{}", failed[0]);
        }
        drop(connection);
        // In a transaction those behind it fail too, as the server has it.
        let tx = db.transaction().await.unwrap();
        chaos.fail_next("40001");
        let all = (0..20).map(|_| async { tx.execute("SELECT 7").await });
        let mut codes: Vec<_> = join_all(all)
            .await
            .iter()
            .map(|outcome| outcome.as_ref().unwrap_err().code().unwrap().to_owned())
            .collect();
        assert_eq!(codes.remove(0), "40001");
        assert!(codes.iter().all(|code| code == "25P02"), "{codes:?}");
        tx.rollback().await.unwrap();
        assert_eq!(chaos.total_connections(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_failure_behind_rows_that_are_still_coming_does_not_overtake_them() {
    lab(async |lab| {
        let (chaos, _pool, db) = harmed(lab).await;
        let connection = db.acquire().await.unwrap();
        connection.execute("SELECT 1").await.unwrap();
        let mut rows = connection.fetch("SELECT generate_series(1, 100000)");
        assert!(rows.next().await.unwrap().is_ok());
        chaos.fail_next("40001");
        let mut failing = Box::pin(connection.execute("SELECT 1"));
        assert!(futures_util::poll!(failing.as_mut()).is_pending());
        let mut seen = 1;
        while let Some(row) = rows.next().await {
            row.unwrap();
            seen += 1;
        }
        assert_eq!(seen, 100_000);
        assert!(failing.await.unwrap_err().is_retryable());
    })
    .await;
}

#[tokio::test]
async fn many_rows_and_large_ones_pass() {
    lab(async |lab| {
        let (chaos, _pool, db) = harmed(lab).await;
        let mut rows = db.fetch("SELECT n, repeat('x', 50) FROM generate_series(1, 100000) AS n");
        let mut sum = 0_i64;
        while let Some(row) = rows.next().await {
            sum += i64::from(row.unwrap().get::<i32>(0).unwrap());
        }
        assert_eq!(sum, 100_000 * 100_001 / 2);
        drop(rows);
        let size = 64 << 20;
        let large: String = db
            .fetch_value(sql("SELECT repeat('x', $1)").bind(size))
            .await
            .unwrap();
        assert_eq!(large.len(), 64 << 20);
        // What is left out is as large as what passes.
        let length = || db.fetch_value::<i32>(sql("SELECT length($1::text)").bind(&large));
        assert_eq!(length().await.unwrap(), size);
        chaos.fail_next("40001");
        assert!(length().await.unwrap_err().is_retryable());
        assert_eq!(length().await.unwrap(), size);
    })
    .await;
}

#[tokio::test]
async fn latency_is_added_to_each_round_trip() {
    const LATENCY: Duration = Duration::from_millis(150);
    lab(async |lab| {
        let (chaos, _pool, db) = harmed(lab).await;
        one(&db).await.unwrap();
        let timed = async |trips: u32| {
            let began = Instant::now();
            for _ in 0..trips {
                one(&db).await.unwrap();
            }
            began.elapsed()
        };
        chaos.latency(LATENCY);
        assert!(timed(3).await >= 3 * LATENCY);
        // A new connection has its own round trips: the startup packet is one.
        let began = Instant::now();
        Pool::connect(chaos.config()).await.unwrap();
        assert!(began.elapsed() >= LATENCY);
        chaos.latency(Duration::ZERO);
        timed(3).await;
        // Far beyond what a point in time can be: nothing passes, and nothing breaks.
        chaos.latency(Duration::MAX);
        let config = chaos.config().connect_timeout(Duration::from_millis(100));
        assert!(Pool::connect(config).await.unwrap_err().is_timeout());
    })
    .await;
}

#[tokio::test]
async fn a_pause_holds_everything_up_and_loses_nothing() {
    lab(async |lab| {
        let (chaos, pool, db) = harmed(lab).await;
        one(&db).await.unwrap();
        chaos.pause();
        let mut waiting = Box::pin(one(&db));
        let hung = tokio::time::timeout(Duration::from_millis(200), waiting.as_mut()).await;
        assert!(hung.is_err());
        let config = chaos.config().connect_timeout(Duration::from_millis(100));
        assert!(Pool::connect(config).await.unwrap_err().is_timeout());
        chaos.resume();
        assert_eq!(waiting.await.unwrap(), 1);
        // What was sent before it gave up reaches the server now.
        eventually("the other one has gone", async || {
            chaos.total_connections() == 2 && chaos.connections() == 1
        })
        .await;

        chaos.pause();
        pool.close().await;
        assert!(one(&db).await.unwrap_err().is_pool_closed());
        assert_eq!(chaos.connections(), 1, "its goodbye is held up");
        chaos.resume();
        eventually("the connection is closed", async || {
            chaos.connections() == 0
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_paused_connection_can_be_broken() {
    lab(async |lab| {
        let (chaos, _pool, db) = harmed(lab).await;
        chaos.pause();
        let mut waiting = Box::pin(one(&db));
        assert!(futures_util::poll!(waiting.as_mut()).is_pending());
        assert_eq!(chaos.drop_connections(), 1);
        assert!(waiting.await.unwrap_err().is_connection_lost());
        chaos.resume();
        eventually("a new connection", async || one(&db).await.is_ok()).await;
    })
    .await;
}

#[tokio::test]
async fn a_statement_is_cancelled_through_the_proxy() {
    lab(async |lab| {
        let (chaos, _pool, db) = harmed(lab).await;
        let running = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(301)' AND state = 'active' AND datname = current_database()";
        let active = async || lab.db.fetch_value::<i64>(running).await.unwrap();
        {
            let mut sleeping = Box::pin(db.execute("SELECT pg_sleep(301)"));
            eventually("the statement runs", async || {
                assert!(futures_util::poll!(sleeping.as_mut()).is_pending());
                active().await == 1
            })
            .await;
        }
        eventually("the statement was cancelled", async || active().await == 0).await;
        assert_eq!(one(&db).await.unwrap(), 1);
        assert_eq!(chaos.total_connections(), 2, "the request is no session");
    })
    .await;
}

#[tokio::test]
async fn refused_connections_leave_those_that_are_open() {
    lab(async |lab| {
        let (chaos, _pool, db) = harmed(lab).await;
        chaos.refuse_connections(true);
        assert_eq!(one(&db).await.unwrap(), 1);
        let error = Pool::connect(chaos.config()).await.unwrap_err();
        assert!(error.is_unreachable(), "{error}");
        chaos.drop_connections();
        eventually("nothing works", async || {
            one(&db).await.unwrap_err().is_unreachable()
        })
        .await;
        chaos.refuse_connections(false);
        assert_eq!(one(&db).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_connection_fails_as_the_server_would_refuse_it() {
    lab(async |lab| {
        let chaos = Chaos::start(&lab.config()).await.unwrap();
        chaos.fail_next_connection("53300");
        chaos.fail_next_connection("28P01");
        let error = Pool::connect(chaos.config()).await.unwrap_err();
        assert!(error.is_refused(), "{error}");
        assert_eq!(error.code(), Some("53300"));
        let error = Pool::connect(chaos.config()).await.unwrap_err();
        assert!(error.is_authentication(), "{error}");
        assert_eq!(chaos.total_connections(), 0);
        Pool::connect(chaos.config()).await.unwrap();
        chaos.fail_next_connection("53300");
        chaos.clear_failures();
        Pool::connect(chaos.config()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_proxy_that_is_dropped_takes_its_connections_along() {
    lab(async |lab| {
        let config = lab.config().application_name("behind the dropped proxy");
        let chaos = Chaos::start(&config).await.unwrap();
        let pool = Pool::connect(chaos.config()).await.unwrap();
        let db = pool.public();
        assert_eq!(sessions(lab, "behind the dropped proxy").await, 1);
        let address = chaos.address();
        drop(chaos);
        // The port is free at once.
        TcpListener::bind(address).unwrap();
        assert!(one(&db).await.unwrap_err().is_connection_lost());
        eventually("no address", async || {
            one(&db).await.unwrap_err().is_unreachable()
        })
        .await;
        eventually("the server's sessions are gone", async || {
            sessions(lab, "behind the dropped proxy").await == 0
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn without_plpgsql_the_code_is_right_and_the_detail_says_so() {
    lab(async |lab| {
        table(lab).await;
        lab.db.execute("DROP EXTENSION plpgsql").await.unwrap();
        let (chaos, _pool, db) = harmed(lab).await;
        let tx = db.transaction().await.unwrap();
        chaos.fail_next("40001");
        let error = tx.execute("SELECT 1").await.unwrap_err();
        assert!(error.is_retryable(), "{error}");
        assert!(error.detail().unwrap().contains("plpgsql"), "{error}");
        assert!(tx.commit().await.unwrap_err().is_transaction_aborted());
        assert_eq!(one(&db).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
#[should_panic(expected = "`4001` is no SQLSTATE")]
async fn what_is_no_sqlstate_is_refused() {
    let server = PgServer::start().unwrap();
    let config = DatabaseConfig::from_url(server.url()).unwrap();
    Chaos::start(&config).await.unwrap().fail_next("4001");
}

#[tokio::test]
async fn what_the_proxy_cannot_serve_is_said_at_once() {
    for parameter in ["channel_binding=require", "sslnegotiation=direct"] {
        let url = format!("postgres://ada:s3cret@127.0.0.1:1/shop?{parameter}&sslmode=require");
        let config = DatabaseConfig::from_url(&url).unwrap();
        let error = Chaos::start(&config).await.unwrap_err();
        assert!(error.is_config(), "{error}");
        let text = error.to_string();
        // Without the feature the encryption itself is what is missing.
        assert!(
            !cfg!(feature = "tls") || text.contains(parameter),
            "{error}"
        );
        assert!(
            text.contains("help: ") && !text.contains("s3cret"),
            "{error}"
        );
    }
    // Nobody listens there.
    let config = DatabaseConfig::new()
        .host("127.0.0.1")
        .port(1)
        .password("s3cret");
    let error = Chaos::start(&config).await.unwrap_err();
    assert!(error.is_unreachable(), "{error}");
    let text = error.to_string();
    assert!(text.contains("127.0.0.1:1:"), "{error}");
    assert!(
        text.contains("help: ") && !text.contains("s3cret"),
        "{error}"
    );
}

#[tokio::test]
async fn a_server_that_goes_away_is_named_to_the_client() {
    let reserved = Port::reserve();
    let port = reserved.number();
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let config = DatabaseConfig::new()
        .host("127.0.0.1")
        .port(port)
        .password("s3cret")
        .ssl_mode(pgdbm::SslMode::Disable);
    let chaos = Chaos::start(&config).await.unwrap();
    drop(listener);
    let error = Pool::connect(chaos.config()).await.unwrap_err();
    assert!(error.is_refused(), "{error}");
    let text = format!("{error}\n{chaos:?}");
    assert!(text.contains(&format!("127.0.0.1:{port}")), "{text}");
    assert!(!text.contains("s3cret"), "{text}");
}

/// A client that writes the protocol itself. It blocks the thread of the test's runtime: the proxy does not mind.
async fn wire_client() -> (Chaos, WireClient) {
    // Held until the process ends: without a user the server stops.
    static SERVER: OnceLock<PgServer> = OnceLock::new();
    let server = SERVER.get_or_init(|| PgServer::private().unwrap());
    let config = DatabaseConfig::from_url(server.url()).unwrap();
    let chaos = Chaos::start(&config).await.unwrap();
    let mut client = WireClient::open(chaos.address());
    // What libpq asks first, and what it does after a no.
    client.raw(&[0, 0, 0, 8, 4, 210, 22, 48]);
    assert_eq!(client.byte(), b'N');
    client.raw(&[0, 0, 0, 8, 4, 210, 22, 47]);
    assert_eq!(client.byte(), b'N');
    client.startup("postgres", "postgres");
    assert!(client.until_ready().ends_with("ZI"));
    (chaos, client)
}

#[tokio::test]
async fn the_client_gets_what_a_failure_of_the_server_would_give_it() {
    let (chaos, mut client) = wire_client().await;
    // Outside of a transaction, inside, and after it.
    chaos.fail_next("40001");
    client.query("SELECT 1");
    assert_eq!(client.until_ready(), "E40001 ZI");
    client.query("BEGIN");
    assert_eq!(client.until_ready(), "C ZT");
    chaos.fail_next("40001");
    client.extended("SELECT 1");
    client.message(b'S', b"");
    assert_eq!(client.until_ready(), "1 2 T E40001 ZE");
    client.query("ROLLBACK");
    assert_eq!(client.until_ready(), "C ZI");
    // A COMMIT that fails ends the transaction, by either protocol.
    client.query("BEGIN");
    assert_eq!(client.until_ready(), "C ZT");
    chaos.fail_next("40001");
    client.query("SHOW work_mem; COMMIT");
    assert_eq!(client.until_ready(), "E40001 ZI");
    client.query("BEGIN");
    assert_eq!(client.until_ready(), "C ZT");
    chaos.fail_next("40001");
    client.extended("COMMIT");
    client.message(b'S', b"");
    assert_eq!(client.until_ready(), "1 2 n E40001 ZI");
    // A session that ends.
    chaos.fail_next("57P01");
    client.extended("SELECT 1");
    client.message(b'S', b"");
    assert_eq!(client.until_closed(), "1 2 T E57P01");
}

#[tokio::test]
async fn a_client_that_flushes_is_answered_before_it_ends_its_batch() {
    let (chaos, mut client) = wire_client().await;
    chaos.fail_next("40001");
    client.extended("SELECT 1");
    client.message(b'H', b"");
    assert_eq!(client.answers(4), "1 2 T E40001");
    // The server leaves out what comes before Sync, and answers Sync only.
    assert!(client.hears_nothing());
    client.extended("SELECT 2");
    client.message(b'S', b"");
    assert_eq!(client.until_ready(), "ZI");
    client.extended("SELECT 3");
    client.message(b'S', b"");
    assert_eq!(client.until_ready(), "1 2 T D C ZI");
    // A batch that fails by itself keeps the failure for the next one.
    client.message(b'P', b"\0SELEC\0\0\0");
    client.message(b'H', b"");
    assert_eq!(client.answers(1), "E42601");
    chaos.fail_next("40001");
    client.extended("SELECT 4");
    client.message(b'S', b"");
    assert_eq!(client.until_ready(), "ZI");
    client.message(b'P', b"\0SELEC\0\0\0");
    client.extended("SELECT 4");
    client.message(b'S', b"");
    assert_eq!(client.until_ready(), "E42601 ZI");
    assert_eq!(chaos.pending_failures(), 1);
    // The second of two statements in one batch: the first one is undone with it.
    chaos.clear_failures();
    client.query("CREATE TEMP TABLE t (n int)");
    assert_eq!(client.until_ready(), "C ZI");
    client.extended("INSERT INTO t VALUES (1)");
    client.message(b'H', b"");
    assert_eq!(client.answers(4), "1 2 n C");
    chaos.fail_next("40001");
    client.extended("INSERT INTO t VALUES (2)");
    client.message(b'S', b"");
    assert_eq!(client.until_ready(), "1 2 n E40001 ZI");
    client.query("SELECT FROM t");
    assert_eq!(client.until_ready(), "T C ZI");
}

#[tokio::test]
async fn after_copy_the_proxy_still_knows_where_it_is() {
    let (chaos, mut client) = wire_client().await;
    client.query("CREATE TEMP TABLE t (n int)");
    assert_eq!(client.until_ready(), "C ZI");
    let fails = |client: &mut WireClient| {
        chaos.fail_next("40001");
        client.query("SELECT 1");
        assert_eq!(client.until_ready(), "E40001 ZI");
    };
    // The simple protocol.
    client.query("COPY t FROM STDIN");
    assert_eq!(client.answers(1), "G");
    client.message(b'd', b"1\n");
    client.message(b'c', b"");
    assert_eq!(client.until_ready(), "C ZI");
    fails(&mut client);
    // The extended one, with the Sync that drivers send before they know that it is a COPY.
    client.extended("COPY t FROM STDIN");
    client.message(b'S', b"");
    assert_eq!(client.answers(4), "1 2 n G");
    client.message(b'd', b"2\n");
    client.message(b'c', b"");
    client.message(b'S', b"");
    assert_eq!(client.until_ready(), "C ZI");
    fails(&mut client);
    // All at once, and with rows that the server refuses.
    client.extended("COPY t FROM STDIN");
    client.message(b'S', b"");
    client.message(b'd', b"no number\n");
    client.message(b'c', b"");
    client.message(b'S', b"");
    assert_eq!(client.until_ready(), "1 2 n G E22P02 ZI");
    fails(&mut client);
    // A COPY that fails by our doing, from a client that sends its rows nevertheless.
    chaos.fail_next("40001");
    client.query("COPY t FROM STDIN");
    client.message(b'd', b"3\n");
    client.message(b'c', b"");
    assert_eq!(client.until_ready(), "E40001 ZI");
    fails(&mut client);
    client.query("COPY t TO STDOUT");
    assert_eq!(client.until_ready(), "H d d c C ZI");
    fails(&mut client);
}

#[tokio::test]
async fn a_dropped_connection_is_reset_and_an_ended_one_is_closed() {
    let (chaos, mut client) = wire_client().await;
    assert_eq!(chaos.drop_connections(), 1);
    assert!(client.is_reset());
    let (chaos, mut client) = wire_client().await;
    chaos.refuse_connections(true);
    assert!(WireClient::open(chaos.address()).is_reset());
    client.message(b'X', b"");
    assert!(!client.is_reset());
    eventually("it is forgotten", async || chaos.connections() == 0).await;
    let (chaos, mut client) = wire_client().await;
    drop(chaos);
    assert!(client.is_reset());
}

#[test]
fn threads_can_share_a_proxy_and_panic_beside_it() {
    fn is<T: Send + Sync + std::panic::UnwindSafe + std::panic::RefUnwindSafe>() {}
    is::<Chaos>();
}

#[tokio::test]
async fn what_is_no_message_closes_the_connection() {
    for nonsense in [
        b"Q\0\0\0\x03".as_slice(),
        b"S\0\0\0\0",
        b"E\xff\xff\xff\xff",
    ] {
        let (chaos, mut client) = wire_client().await;
        client.raw(nonsense);
        assert_eq!(client.until_closed(), "");
        eventually("it is forgotten", async || chaos.connections() == 0).await;
    }
    // A client that goes in the middle of a message.
    let (chaos, mut client) = wire_client().await;
    client.raw(b"Q\0\0\0\x20SELECT");
    drop(client);
    eventually("it is forgotten", async || chaos.connections() == 0).await;
    // First packets that are none.
    for nonsense in [
        b"GET / HTTP/1.1\r\n".as_slice(),
        b"\0\0\0\x07\0\x03\0\0",
        b"\0\0\0\0\0\0\0\0",
    ] {
        let mut client = WireClient::open(chaos.address());
        client.raw(nonsense);
        assert_eq!(client.until_closed(), "");
    }
    assert_eq!(chaos.total_connections(), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn passwords_pass() {
    let server = crate::passwords::server();
    let chaos = Chaos::start(&server.config("localhost")).await.unwrap();
    let pool = Pool::connect(chaos.config()).await.unwrap();
    assert_eq!(one(&pool.public()).await.unwrap(), 1);
    let wrong = chaos.config().password("wrong");
    let error = Pool::connect(wrong).await.unwrap_err();
    assert!(error.is_authentication(), "{error}");
}

#[cfg(all(unix, feature = "tls"))]
#[tokio::test]
async fn the_way_to_the_server_is_encrypted_as_the_configuration_asks() {
    use pgdbm::SslMode;

    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let server = crate::tcp_server::TcpServer::start(
        "ssl = on\nssl_cert_file = '../server.crt'\nssl_key_file = '../server.key'",
        "hostssl all all all scram-sha-256\n",
        &[
            ("server.crt", &made.cert.pem()),
            ("server.key", &made.signing_key.serialize_pem()),
        ],
    );
    let root = server.directory().join("server.crt");
    let encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    for config in [
        server.config("127.0.0.1"),
        server.config("127.0.0.1").ssl_mode(SslMode::Require),
        server
            .config("localhost")
            .ssl_mode(SslMode::VerifyFull)
            .ssl_root_cert(&root),
    ] {
        let chaos = Chaos::start(&config).await.unwrap();
        let pool = Pool::connect(chaos.config()).await.unwrap();
        let db = pool.public();
        assert!(db.fetch_value::<bool>(encrypted).await.unwrap());
        chaos.fail_next("40001");
        assert!(one(&db).await.unwrap_err().is_retryable());
        chaos.fail_next("57P01");
        assert!(one(&db).await.unwrap_err().is_connection_lost());
    }
    let wrong_name = server
        .config("127.0.0.1")
        .ssl_mode(SslMode::VerifyFull)
        .ssl_root_cert(&root);
    let error = Chaos::start(&wrong_name).await.unwrap_err();
    assert!(error.is_tls(), "{error}");
    let plain = crate::passwords::server().config("127.0.0.1");
    let error = Chaos::start(&plain.ssl_mode(SslMode::Require))
        .await
        .unwrap_err();
    assert!(
        error.is_tls() && error.to_string().contains("help: "),
        "{error}"
    );
}
