//! Transactions: what is committed stays, everything else is gone, and no connection carries one away.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use pgdbm::{DatabaseManager, TransactionOptions, sql};

use crate::lab::{lab, users};

async fn count(db: &DatabaseManager) -> i64 {
    db.fetch_value("SELECT count(*) FROM {{tables.users}}")
        .await
        .unwrap()
}

const INSERT: &str = "INSERT INTO {{tables.users}} (email) VALUES ($1)";

#[tokio::test]
async fn commit_keeps_and_drop_undoes() {
    lab(async |lab| {
        users(&lab.db).await;
        let tx = lab.db.transaction().await.unwrap();
        tx.execute(sql(INSERT).bind("kept")).await.unwrap();
        assert_eq!(count(&lab.db).await, 0, "nobody sees it before the commit");
        tx.commit().await.unwrap();
        assert_eq!(count(&lab.db).await, 1);

        let tx = lab.db.transaction().await.unwrap();
        tx.execute(sql(INSERT).bind("dropped")).await.unwrap();
        drop(tx);
        assert_eq!(count(&lab.db).await, 1);

        let tx = lab.db.transaction().await.unwrap();
        tx.execute(sql(INSERT).bind("rolled back")).await.unwrap();
        tx.rollback().await.unwrap();
        assert_eq!(count(&lab.db).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_dropped_transaction_is_over_before_the_next_one_gets_its_connection() {
    lab(async |lab| {
        let pool = lab.pool_of(1).await;
        let db = pool.manager("shop").unwrap();
        users(&db).await;
        for n in 0..20 {
            let tx = db.transaction().await.unwrap();
            tx.execute(sql(INSERT).bind(format!("user {n}")))
                .await
                .unwrap();
            drop(tx);
            // The only connection: this statement runs on it, and must not stand in the old transaction.
            let idle: bool = db
                .fetch_value("SELECT pg_current_xact_id_if_assigned() IS NULL")
                .await
                .unwrap();
            assert!(idle);
            assert_eq!(count(&db).await, 0);
        }
        assert_eq!(
            pool.stats().open,
            1,
            "and the connection was not thrown away"
        );
    })
    .await;
}

#[tokio::test]
async fn an_early_return_rolls_back() {
    async fn buy(db: &DatabaseManager) -> Result<(), pgdbm::Error> {
        let tx = db.transaction().await?;
        tx.execute(sql(INSERT).bind("a")).await?;
        tx.execute(sql(INSERT).bind("a")).await?;
        tx.commit().await
    }
    lab(async |lab| {
        users(&lab.db).await;
        assert!(buy(&lab.db).await.unwrap_err().is_unique_violation());
        assert_eq!(count(&lab.db).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_panic_rolls_back() {
    lab(async |lab| {
        users(&lab.db).await;
        let db = lab.db.clone();
        let task = tokio::spawn(async move {
            let tx = db.transaction().await.unwrap();
            tx.execute(sql(INSERT).bind("a")).await.unwrap();
            panic!("on purpose");
        });
        assert!(task.await.unwrap_err().is_panic());
        assert_eq!(count(&lab.db).await, 0);
        assert_eq!(lab.pool.stats().in_use, 0);
    })
    .await;
}

#[tokio::test]
async fn nested_transactions_are_savepoints() {
    lab(async |lab| {
        users(&lab.db).await;
        let mut outer = lab.db.transaction().await.unwrap();
        outer.execute(sql(INSERT).bind("outer")).await.unwrap();
        {
            let mut inner = outer.transaction().await.unwrap();
            inner.execute(sql(INSERT).bind("inner")).await.unwrap();
            {
                let innermost = inner.transaction().await.unwrap();
                innermost
                    .execute(sql(INSERT).bind("innermost"))
                    .await
                    .unwrap();
                innermost.commit().await.unwrap();
            }
            let dropped = inner.transaction().await.unwrap();
            dropped.execute(sql(INSERT).bind("dropped")).await.unwrap();
            drop(dropped);
            inner.commit().await.unwrap();
        }
        {
            let undone = outer.transaction().await.unwrap();
            undone.execute(sql(INSERT).bind("undone")).await.unwrap();
            undone.rollback().await.unwrap();
        }
        outer.commit().await.unwrap();
        let emails = sql("SELECT email FROM {{tables.users}} ORDER BY email")
            .scalar::<String>()
            .fetch_all(&lab.db)
            .await;
        assert_eq!(emails.unwrap(), ["inner", "innermost", "outer"]);
    })
    .await;
}

#[tokio::test]
async fn a_failure_in_a_nested_transaction_leaves_the_outer_one_usable() {
    lab(async |lab| {
        users(&lab.db).await;
        let mut outer = lab.db.transaction().await.unwrap();
        outer.execute(sql(INSERT).bind("a")).await.unwrap();
        let inner = outer.transaction().await.unwrap();
        assert!(
            inner
                .execute(sql(INSERT).bind("a"))
                .await
                .unwrap_err()
                .is_unique_violation()
        );
        drop(inner);
        outer.execute(sql(INSERT).bind("b")).await.unwrap();
        outer.commit().await.unwrap();
        assert_eq!(count(&lab.db).await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_nested_commit_after_a_failure_is_an_error_and_undoes_the_nested_part_only() {
    lab(async |lab| {
        users(&lab.db).await;
        let mut outer = lab.db.transaction().await.unwrap();
        outer.execute(sql(INSERT).bind("a")).await.unwrap();
        let inner = outer.transaction().await.unwrap();
        inner.execute(sql(INSERT).bind("b")).await.unwrap();
        inner.execute("SELECT 1 / 0").await.unwrap_err();
        assert!(inner.commit().await.unwrap_err().is_transaction_aborted());
        outer.commit().await.unwrap();
        assert_eq!(count(&lab.db).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_commit_after_a_failed_statement_does_not_look_like_success() {
    lab(async |lab| {
        users(&lab.db).await;
        let tx = lab.db.transaction().await.unwrap();
        tx.execute(sql(INSERT).bind("a")).await.unwrap();
        tx.execute("SELECT 1 / 0").await.unwrap_err();
        let error = tx.commit().await.unwrap_err();
        assert!(error.is_transaction_aborted(), "{error}");
        assert_eq!(count(&lab.db).await, 0);
        // The connection is as good as new.
        let tx = lab.db.transaction().await.unwrap();
        tx.execute(sql(INSERT).bind("b")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(count(&lab.db).await, 1);
    })
    .await;
}

#[tokio::test]
async fn mistakes_that_were_never_sent_do_not_spoil_a_transaction() {
    lab(async |lab| {
        users(&lab.db).await;
        let tx = lab.db.transaction().await.unwrap();
        assert!(
            tx.execute("SELECT {{tabels.x}}")
                .await
                .unwrap_err()
                .is_template()
        );
        assert!(
            tx.execute(sql(INSERT).bind(5))
                .await
                .unwrap_err()
                .is_argument()
        );
        assert!(tx.execute(sql(INSERT)).await.unwrap_err().is_argument());
        tx.execute(sql(INSERT).bind("a")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(count(&lab.db).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_transaction_whose_begin_was_abandoned_leaves_no_trace() {
    lab(async |lab| {
        let pool = lab.pool_of(1).await;
        let db = pool.manager("shop").unwrap();
        users(&db).await;
        // Polled until BEGIN is on its way, then dropped before the answer is read.
        for polls in 1..6 {
            let mut begin = Box::pin(db.transaction());
            for _ in 0..polls {
                if begin
                    .as_mut()
                    .poll(&mut Context::from_waker(Waker::noop()))
                    .is_ready()
                {
                    break;
                }
            }
            drop(begin);
            let pid: i32 = db.fetch_value("SELECT pg_backend_pid()").await.unwrap();
            let state = sql("SELECT state FROM pg_stat_activity WHERE pid = $1").bind(pid);
            let state: String = lab.db.fetch_value(state).await.unwrap();
            assert_eq!(state, "idle", "after {polls} polls");
        }
    })
    .await;
}

#[tokio::test]
async fn a_commit_that_was_sent_and_abandoned_leaves_a_clean_connection() {
    lab(async |lab| {
        let pool = lab.pool_of(1).await;
        let db = pool.manager("shop").unwrap();
        users(&db).await;
        let tx = db.transaction().await.unwrap();
        tx.execute(sql(INSERT).bind("a")).await.unwrap();
        {
            let mut commit = pin!(tx.commit());
            assert!(
                commit
                    .as_mut()
                    .poll(&mut Context::from_waker(Waker::noop()))
                    .is_pending()
            );
        }
        db.execute(sql("INSERT INTO {{tables.users}} (email) VALUES ($1)").bind("b"))
            .await
            .unwrap();
        assert!(count(&db).await >= 1);
    })
    .await;
}

#[tokio::test]
async fn isolation_and_read_only_reach_the_server() {
    lab(async |lab| {
        users(&lab.db).await;
        let options = TransactionOptions::new()
            .serializable()
            .read_only()
            .deferrable();
        let tx = lab.db.transaction_with(options).await.unwrap();
        let show = |name: &str| {
            sql(&format!("SELECT current_setting('transaction_{name}')")).scalar::<String>()
        };
        assert_eq!(
            show("isolation").fetch_one(&tx).await.unwrap(),
            "serializable"
        );
        assert_eq!(show("read_only").fetch_one(&tx).await.unwrap(), "on");
        assert_eq!(show("deferrable").fetch_one(&tx).await.unwrap(), "on");
        let error = tx.execute(sql(INSERT).bind("a")).await.unwrap_err();
        assert_eq!(error.code(), Some("25006"));
        drop(tx);
        let tx = lab
            .db
            .transaction_with(TransactionOptions::new().repeatable_read())
            .await
            .unwrap();
        assert_eq!(
            show("isolation").fetch_one(&tx).await.unwrap(),
            "repeatable read"
        );
    })
    .await;
}

#[tokio::test]
async fn a_serialization_failure_is_retryable() {
    lab(async |lab| {
        users(&lab.db).await;
        lab.db
            .execute("INSERT INTO {{tables.users}} (email, age) VALUES ('a', 1)")
            .await
            .unwrap();
        let options = TransactionOptions::new().repeatable_read();
        let one = lab.db.transaction_with(options).await.unwrap();
        let other = lab.db.transaction_with(options).await.unwrap();
        let read = "SELECT age FROM {{tables.users}}";
        one.fetch_value::<i32>(read).await.unwrap();
        other.fetch_value::<i32>(read).await.unwrap();
        one.execute("UPDATE {{tables.users}} SET age = 2")
            .await
            .unwrap();
        one.commit().await.unwrap();
        let error = other
            .execute("UPDATE {{tables.users}} SET age = 3")
            .await
            .unwrap_err();
        assert!(error.is_retryable(), "{error}");
    })
    .await;
}

#[tokio::test]
async fn queries_of_one_transaction_may_run_at_once() {
    lab(async |lab| {
        let tx = lab.db.transaction().await.unwrap();
        let (a, b) = tokio::join!(
            tx.fetch_value::<i32>("SELECT 1"),
            tx.fetch_value::<i32>("SELECT 2")
        );
        assert_eq!((a.unwrap(), b.unwrap()), (1, 2));
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn execute_many_belongs_to_the_transaction_around_it() {
    lab(async |lab| {
        users(&lab.db).await;
        let mut tx = lab.db.transaction().await.unwrap();
        assert_eq!(tx.execute_many(INSERT, [("a",), ("b",)]).await.unwrap(), 2);
        drop(tx);
        assert_eq!(count(&lab.db).await, 0);
    })
    .await;
}

/// Polls a future so that what it sends is sent, and abandons it.
fn abandon<F: Future>(future: F) {
    let mut future = pin!(future);
    let _ = future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
}

#[tokio::test]
async fn an_abandoned_nested_commit_does_not_undo_the_outer_transaction() {
    lab(async |lab| {
        users(&lab.db).await;
        let mut outer = lab.db.transaction().await.unwrap();
        outer.execute(sql(INSERT).bind("outer")).await.unwrap();
        let inner = outer.transaction().await.unwrap();
        inner.execute(sql(INSERT).bind("inner")).await.unwrap();
        abandon(inner.commit());
        outer.commit().await.unwrap();
        assert_eq!(count(&lab.db).await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_commit_behind_a_failure_that_nobody_saw_does_not_look_like_success() {
    lab(async |lab| {
        users(&lab.db).await;
        // The failing statement's answer is never read.
        let tx = lab.db.transaction().await.unwrap();
        tx.execute(sql(INSERT).bind("a")).await.unwrap();
        tx.execute("SELECT 1 / (SELECT count(*) - count(*) FROM pg_class)")
            .await
            .unwrap_err();
        let tx2 = lab.db.transaction().await.unwrap();
        tx2.execute(sql(INSERT).bind("b")).await.unwrap();
        {
            let mut rows = tx2.fetch("SELECT 1 / (50000 - g) FROM generate_series(1, 100000) g");
            rows.next().await.unwrap().unwrap();
        }
        for tx in [tx, tx2] {
            assert!(tx.commit().await.unwrap_err().is_transaction_aborted());
        }
        assert_eq!(count(&lab.db).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_failure_that_was_undone_by_hand_does_not_stop_the_commit() {
    lab(async |lab| {
        users(&lab.db).await;
        let tx = lab.db.transaction().await.unwrap();
        tx.execute(sql(INSERT).bind("a")).await.unwrap();
        tx.execute("SAVEPOINT mine").await.unwrap();
        tx.execute("SELECT 1 / 0").await.unwrap_err();
        tx.execute("ROLLBACK TO SAVEPOINT mine").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(count(&lab.db).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_savepoint_that_was_released_by_hand_is_noticed() {
    lab(async |lab| {
        users(&lab.db).await;
        let mut tx = lab.db.transaction().await.unwrap();
        tx.execute(sql(INSERT).bind("a")).await.unwrap();
        let nested = tx.transaction().await.unwrap();
        nested.execute("RELEASE SAVEPOINT pgdbm_1").await.unwrap();
        assert!(nested.rollback().await.is_err());
        assert!(tx.commit().await.unwrap_err().is_transaction_aborted());
        assert_eq!(count(&lab.db).await, 0);
    })
    .await;
}

#[tokio::test]
async fn execute_many_in_a_transaction_undoes_its_own_part_only() {
    lab(async |lab| {
        users(&lab.db).await;
        let mut tx = lab.db.transaction().await.unwrap();
        tx.execute(sql(INSERT).bind("before")).await.unwrap();
        // The third list is refused by the server, and in the second try the second one already here.
        let duplicate = [("a",), ("b",), ("a",)];
        assert!(
            tx.execute_many(INSERT, duplicate)
                .await
                .unwrap_err()
                .is_unique_violation()
        );
        let unfit: Vec<Vec<Box<dyn pgdbm::types::ToSql + Send + Sync>>> =
            vec![vec![Box::new("c")], vec![Box::new(5)]];
        assert!(
            tx.execute_many(INSERT, unfit)
                .await
                .unwrap_err()
                .is_argument()
        );
        {
            let mut many = tx.execute_many(INSERT, (0..50).map(|n| (format!("u{n}"),)));
            for _ in 0..20 {
                let _ = many.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                tokio::task::yield_now().await;
            }
        }
        tx.commit().await.unwrap();
        assert_eq!(count(&lab.db).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_rollback_does_not_wait_for_a_statement_that_was_abandoned() {
    lab(async |lab| {
        // Without a limit that would end the statement after all.
        let config = lab.config().statement_timeout(None);
        let pool = pgdbm::Pool::connect(config).await.unwrap();
        let tx = pool.public().transaction().await.unwrap();
        {
            let mut abandoned = pin!(tx.execute("SELECT pg_sleep(1000)"));
            crate::lab::eventually("the statement runs", async || {
                assert!(futures_util::poll!(abandoned.as_mut()).is_pending());
                let query = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(1000)' AND state = 'active'";
                lab.db.fetch_value::<i64>(query).await.unwrap() == 1
            })
            .await;
        }
        // The statement would sleep for a thousand seconds.
        let patience = std::time::Duration::from_secs(20);
        tokio::time::timeout(patience, tx.rollback()).await.unwrap().unwrap();
    })
    .await;
}

#[tokio::test]
async fn transactions_by_hand_and_by_value_do_not_mix_on_a_connection() {
    lab(async |lab| {
        users(&lab.db).await;
        let mut connection = lab.db.acquire().await.unwrap();
        connection.execute("BEGIN").await.unwrap();
        assert!(connection.transaction().await.is_err());
        assert!(connection.execute_many(INSERT, [("a",)]).await.is_err());
        connection.execute("ROLLBACK").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn execute_many_can_be_spawned() {
    lab(async |lab| {
        users(&lab.db).await;
        let db = lab.db.clone();
        let task = tokio::spawn(async move {
            let names = ["a".to_owned(), "b".to_owned()];
            db.execute_many(INSERT, names.iter().map(|name| (name,)))
                .await
                .unwrap()
        });
        assert_eq!(task.await.unwrap(), 2);
    })
    .await;
}
