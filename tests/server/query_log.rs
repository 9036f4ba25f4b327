//! The query log of a test's database, and the detector of queries that run again and again.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use pgdbm::testing::{
    Isolation, LoggedStatement, QueryLog, StatementKind, StatementOutcome, TestDatabase,
    TestDatabaseOptions,
};
use pgdbm::{Pool, query_unchecked, sql};

use crate::lab::users;

/// A database with the schema `shop`, and a table of users in it; its log is empty.
pub(crate) async fn shop() -> TestDatabase {
    let options = TestDatabaseOptions::new().schema("shop");
    let database = options.create().await.unwrap();
    users(database.manager()).await;
    database.query_log().clear();
    database
}

/// What a future says when it panics.
pub(crate) async fn panic_of(future: impl Future<Output = ()>) -> String {
    let panic = AssertUnwindSafe(future).catch_unwind().await.unwrap_err();
    *panic.downcast::<String>().unwrap()
}

/// The SQL and the rows of each statement.
fn story(log: &QueryLog) -> Vec<(String, u64)> {
    let line = |statement: &LoggedStatement| (statement.sql().to_owned(), statement.rows());
    log.statements().iter().map(line).collect()
}

fn only(log: &QueryLog) -> LoggedStatement {
    let mut statements = log.statements();
    assert_eq!(statements.len(), 1, "{log}");
    statements.remove(0)
}

#[tokio::test]
async fn the_log_reads_like_a_story() {
    let database = shop().await;
    let db = database.manager();
    let mut tx = db.transaction().await.unwrap();
    tx.execute(sql("INSERT INTO {{tables.users}} (email) VALUES ($1), ('b')").bind("a"))
        .await
        .unwrap();
    {
        let nested = tx.transaction().await.unwrap();
        nested
            .execute("DELETE FROM {{tables.users}}")
            .await
            .unwrap();
    }
    let nested = tx.transaction().await.unwrap();
    nested.commit().await.unwrap();
    tx.commit().await.unwrap();
    let rolled_back = db.transaction().await.unwrap();
    rolled_back.rollback().await.unwrap();
    let emails = db.fetch_all("SELECT email FROM {{tables.users}}");
    assert_eq!(emails.await.unwrap().len(), 2);
    let mut stream = db.fetch("SELECT generate_series(1, 3)");
    while let Some(row) = stream.next().await {
        row.unwrap();
    }

    let expected = [
        ("BEGIN", 0),
        ("INSERT INTO {{tables.users}} (email) VALUES ($1), ('b')", 2),
        ("SAVEPOINT pgdbm_1", 0),
        ("DELETE FROM {{tables.users}}", 2),
        (
            "ROLLBACK TO SAVEPOINT pgdbm_1; RELEASE SAVEPOINT pgdbm_1",
            0,
        ),
        ("SAVEPOINT pgdbm_1", 0),
        ("RELEASE SAVEPOINT pgdbm_1", 0),
        ("COMMIT", 0),
        ("BEGIN", 0),
        ("ROLLBACK", 0),
        ("SELECT email FROM {{tables.users}}", 2),
        ("SELECT generate_series(1, 3)", 3),
    ];
    let log = database.query_log();
    let expected: Vec<_> = expected.map(|(sql, rows)| (sql.to_owned(), rows)).into();
    assert_eq!(story(log), expected, "{log}");
    let statements = log.statements();
    let kinds: Vec<StatementKind> = statements.iter().map(LoggedStatement::kind).collect();
    assert_eq!(kinds[1], StatementKind::Execute);
    assert_eq!(kinds[7], StatementKind::Transaction);
    assert_eq!(kinds[10], StatementKind::Fetch);
    assert_eq!(kinds[11], StatementKind::Stream);
    // Nobody waits for what a drop sends.
    assert_eq!(statements[4].outcome(), StatementOutcome::Sent);
    assert_eq!(statements[9].outcome(), StatementOutcome::Completed);
    assert!(statements.is_sorted_by_key(LoggedStatement::offset));
    assert!(
        statements
            .iter()
            .all(|s| s.schema() == "shop" && s.runs() == 1)
    );
}

#[tokio::test]
async fn a_statement_knows_its_place() {
    let database = shop().await;
    let db = database.manager();
    let log = database.query_log();
    let (id, name) = (1, "ada");
    let mut lines = vec![line!()];
    db.execute(query_unchecked!("SELECT $id::int4"))
        .await
        .unwrap();
    lines.push(line!());
    db.execute(sql("SELECT 2")).await.unwrap();
    lines.push(line!());
    let new = query_unchecked!("INSERT INTO {{tables.users}} (email) VALUES ($name)");
    assert_eq!(
        db.execute_and_return_id::<i32>(new.clone()).await.unwrap(),
        1
    );
    lines.push(line!());
    db.execute("SELECT 3").await.unwrap();

    let statements = log.statements();
    for (i, statement) in statements.iter().take(3).enumerate() {
        let place = statement.location().unwrap();
        assert_eq!(place.file, file!());
        assert!(
            (lines[i]..lines[i + 1]).contains(&place.line),
            "{place}: {statement}"
        );
    }
    assert_eq!(statements[3].location(), None);

    // The place stands in errors too.
    let error = db.execute_and_return_id::<i32>(new).await.unwrap_err();
    assert!(error.is_unique_violation(), "{error}");
    assert_eq!(error.location(), statements[2].location());
}

#[tokio::test]
async fn a_failure_shows_its_sqlstate_and_no_argument() {
    let database = shop().await;
    let db = database.manager();
    let log = database.query_log();
    let insert = "INSERT INTO {{tables.users}} (email, age) VALUES ($1, $2)";
    let secret = "top-secret-value";
    db.execute(sql(insert).bind(secret).bind(-5))
        .await
        .unwrap_err();
    let failed = only(log);
    assert_eq!(failed.outcome(), StatementOutcome::Failed);
    assert_eq!(failed.code(), Some("23514"));
    assert!(
        failed.error().unwrap().contains("check constraint"),
        "{failed}"
    );
    for text in [
        log.to_string(),
        failed.to_string(),
        format!("{log:?} {failed:?}"),
    ] {
        assert!(!text.contains(secret), "{text}");
    }

    // Our own errors are in the story too: nothing was sent of these.
    log.clear();
    db.execute("SELECT {{tabels.users}}").await.unwrap_err();
    db.execute(sql("SELECT $1::int4")).await.unwrap_err();
    db.prepare("SELEKT 1").await.map(drop).unwrap_err();
    db.fetch("SELECT 1/0").next().await.unwrap().unwrap_err();
    let codes: Vec<_> = log
        .statements()
        .iter()
        .map(|s| s.code().map(str::to_owned))
        .collect();
    let codes: Vec<_> = codes.iter().map(Option::as_deref).collect();
    assert_eq!(codes, [None, None, Some("42601"), Some("22012")], "{log}");
}

#[tokio::test]
async fn what_is_dropped_was_abandoned() {
    let database = shop().await;
    let db = database.manager();
    let log = database.query_log();
    let asleep = db.execute("SELECT pg_sleep(60)");
    tokio::time::timeout(Duration::from_millis(20), asleep)
        .await
        .unwrap_err();
    assert_eq!(only(log).outcome(), StatementOutcome::Abandoned);

    log.clear();
    let mut stream = db.fetch("SELECT generate_series(1, 1000)");
    stream.next().await.unwrap().unwrap();
    assert_eq!(log.count(), 0, "it has not ended yet");
    drop(stream);
    let abandoned = only(log);
    assert_eq!(abandoned.outcome(), StatementOutcome::Abandoned);
    assert_eq!(abandoned.rows(), 1);

    // What was never polled was never asked for.
    log.clear();
    drop(db.execute("SELECT 1"));
    drop(db.fetch("SELECT 1"));
    assert_eq!(log.count(), 0, "{log}");
}

#[tokio::test]
async fn waiting_for_a_connection_is_not_running() {
    let database = shop().await;
    let config = database.config().max_connections(1);
    let patience = Duration::from_millis(30);
    let pool = Pool::connect(config.acquire_timeout(patience))
        .await
        .unwrap();
    let db = pool.manager("shop").unwrap();
    let held = db.acquire().await.unwrap();
    let error = db.execute("SELECT 1").await.unwrap_err();
    assert!(error.is_pool_exhausted(), "{error}");
    let failed = only(database.query_log());
    assert!(failed.waited() >= patience, "{:?}", failed.waited());
    assert_eq!(failed.duration(), Duration::ZERO);

    database.query_log().clear();
    held.execute("SELECT pg_sleep(0.02)").await.unwrap();
    let ran = only(database.query_log());
    assert!(ran.duration() >= Duration::from_millis(20), "{ran}");
}

#[tokio::test]
async fn execute_many_is_one_statement() {
    let database = shop().await;
    let log = database.query_log();
    let insert = "INSERT INTO {{tables.users}} (email) VALUES ($1)";
    let lists = || (0..20).map(|n| (format!("u{n}"),));
    assert_eq!(
        database
            .manager()
            .execute_many(insert, lists())
            .await
            .unwrap(),
        20
    );
    let statements = log.statements();
    let sqls: Vec<_> = statements.iter().map(LoggedStatement::sql).collect();
    assert_eq!(sqls, ["BEGIN", insert, "COMMIT"]);
    let many = &statements[1];
    assert_eq!(
        (many.kind(), many.runs(), many.rows()),
        (StatementKind::ExecuteMany, 20, 20)
    );
    assert!(log.repeats().is_empty(), "{log}");

    log.clear();
    let twice = lists().skip(19).chain(lists());
    database
        .manager()
        .execute_many(insert, twice)
        .await
        .unwrap_err();
    let statements = log.statements();
    assert_eq!(statements[1].code(), Some("23505"));
    assert_eq!(statements[1].runs(), 1);
    assert_eq!(statements[2].sql(), "ROLLBACK");
    assert_eq!(statements[2].outcome(), StatementOutcome::Sent);
}

#[tokio::test]
async fn a_failed_commit_and_its_rollback_are_both_told() {
    let database = shop().await;
    let tx = database.manager().transaction().await.unwrap();
    tx.execute("SELECT 1/0").await.unwrap_err();
    tx.commit().await.unwrap_err();
    let statements = database.query_log().statements();
    let told: Vec<_> = statements.iter().map(|s| (s.sql(), s.code())).collect();
    assert_eq!(
        told,
        [
            ("BEGIN", None),
            ("SELECT 1/0", Some("22012")),
            ("COMMIT", Some("25P02")),
            ("ROLLBACK", None)
        ]
    );
}

#[tokio::test]
async fn marks_count_and_clear() {
    let database = shop().await;
    let (db, log) = (database.manager(), database.query_log());
    db.execute("SELECT 1").await.unwrap();
    let mark = log.mark();
    assert!(log.since(mark).is_empty());
    db.execute("SELECT 2").await.unwrap();
    let since = log.since(mark);
    assert_eq!(since.len(), 1);
    assert_eq!(since[0].sql(), "SELECT 2");
    assert_eq!(log.count(), 2);
    log.clear();
    assert_eq!((log.count(), log.left_out()), (0, 0));
    assert_eq!(log.to_string(), "no statement has run");
    db.execute("SELECT 3").await.unwrap();
    // A mark from before still is before.
    assert_eq!(log.since(mark)[0].sql(), "SELECT 3");
    assert!(log.since(log.mark()).is_empty());
}

#[tokio::test]
async fn the_table_shows_times_rows_places_and_errors() {
    let database = shop().await;
    let db = database.manager();
    db.execute("SELECT 1 -- one\n  , 2").await.unwrap();
    db.fetch_one(sql("SELECT count(*) FROM {{tables.nowhere}}"))
        .await
        .unwrap_err();
    let place = format!("{}:", file!());
    let tx = db.transaction().await.unwrap();
    drop(tx);
    let text = database.query_log().to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "4 statement(s) in schema \"shop\"");
    assert!(
        lines[2].ends_with("  SELECT 1 , 2") && lines[2].contains(" ms     1  -"),
        "{text}"
    );
    assert!(lines[3].contains(&place), "{text}");
    assert!(
        lines[4].trim_start().starts_with("error 42P01: relation"),
        "{text}"
    );
    assert!(lines[6].ends_with("ROLLBACK  (not awaited)"), "{text}");

    // Statements of several schemas say which one.
    let billing = database.pool().manager("billing").unwrap();
    billing.execute("SELECT 4").await.unwrap();
    let text = database.query_log().to_string();
    assert!(text.starts_with("5 statement(s)\n"), "{text}");
    assert!(text.ends_with("  billing: SELECT 4"), "{text}");
}

#[tokio::test]
async fn the_kits_own_statements_are_not_in_the_log() {
    let database = shop().await;
    database.count_rows("users").await.unwrap();
    database.reset_sequences().await.unwrap();
    database.truncate(&["users"]).await.unwrap();
    let snapshot = database.snapshot_table("users").await.unwrap();
    snapshot.assert_unchanged(&database).await;
    database.assert_rows("SELECT 1 AS one", "one\n1").await;
    database.query_plan("SELECT 1").await.unwrap();
    assert_eq!(database.query_log().count(), 0, "{}", database.query_log());
}

#[tokio::test]
async fn how_the_database_was_made_is_not_in_the_log() {
    #[pgdbm::migrations("migrations")]
    struct Migrations;
    let own_schemas = TestDatabaseOptions::new()
        .migrations("shop", Migrations)
        .isolation(Isolation::Schema);
    let fixture = "INSERT INTO {{tables.users}} (email) VALUES ('ada@example.com')";
    let database = own_schemas
        .fixture("users.sql", fixture)
        .create()
        .await
        .unwrap();
    let log = database.query_log();
    assert_eq!(log.count(), 0, "{log}");
    // The helpers find the schema under the name that the test knows.
    assert_eq!(database.count_rows("shop.users").await.unwrap(), 1);
    let plan = database
        .query_plan("SELECT name FROM {{tables.users}}")
        .await
        .unwrap();
    assert!(plan.scans_table_sequentially("users"), "{plan}");
    assert_eq!(database.reset_sequences().await.unwrap(), 2);
}

#[tokio::test]
async fn a_query_in_a_loop_is_found() {
    let database = shop().await;
    let (db, log) = (database.manager(), database.query_log());
    for id in 0..5 {
        db.fetch_optional(query_unchecked!(
            "SELECT email FROM {{tables.users}} WHERE id = $id"
        ))
        .await
        .unwrap();
    }
    let place = format!("{}:", file!());
    for id in 0..3 {
        db.execute(sql("SELECT $1::int4").bind(id)).await.unwrap();
    }
    db.execute("SELECT 'once'").await.unwrap();
    let repeats = log.repeats();
    let times: Vec<usize> = repeats.iter().map(pgdbm::testing::Repeat::times).collect();
    assert_eq!(times, [5, 3]);
    assert_eq!(repeats[1].sql(), "SELECT $1::int4");
    log.assert_no_repeats(5);

    let log = log.clone();
    let message = panic_of(async move { log.assert_no_repeats(4) }).await;
    let expected = [
        "a query ran more often than the 4 time(s) that are allowed:\n  5 times at ",
        &place,
        "in schema \"shop\":\n    SELECT email FROM {{tables.users}} WHERE id = $id\n  help: ",
        "= ANY($1)",
        "execute_many",
        "allow 5",
    ];
    for part in expected {
        assert!(message.contains(part), "{part}\n{message}");
    }
    assert!(!message.contains("int4"), "{message}");
}

#[tokio::test]
async fn what_counts_together() {
    let database = shop().await;
    let (db, log) = (database.manager(), database.query_log());
    let by_id =
        |id: i32| query_unchecked!("SELECT email FROM {{tables.users}} WHERE id = $id", id = id);
    // In and out of transactions, failed or not: it is the same call site.
    let tx = db.transaction().await.unwrap();
    tx.fetch_optional(by_id(1)).await.unwrap();
    tx.execute("SELECT 1/0").await.unwrap_err();
    tx.fetch_optional(by_id(2)).await.unwrap_err();
    drop(tx);
    db.fetch_optional(by_id(3)).await.unwrap();
    assert_eq!(log.repeats()[0].times(), 3, "{log}");
    assert_eq!(
        log.repeats().len(),
        1,
        "the commands of transactions are no queries: {log}"
    );

    // Two call sites with the same text are two; the same text at run time is one.
    log.clear();
    db.execute(query_unchecked!("SELECT 1")).await.unwrap();
    db.execute(query_unchecked!("SELECT 1")).await.unwrap();
    assert!(log.repeats().is_empty(), "{log}");
    db.execute("SELECT 1").await.unwrap();
    db.execute(sql("SELECT 1")).await.unwrap();
    assert_eq!(log.repeats().len(), 1, "{log}");

    // Another schema is another question.
    log.clear();
    for schema in ["a", "b", "c"] {
        let db = database.pool().manager(schema).unwrap();
        db.execute("SELECT 1").await.unwrap();
    }
    assert!(log.repeats().is_empty(), "{log}");

    // A prepared query runs as often as it runs; preparing is no run.
    log.clear();
    let prepared = db.prepare("SELECT $1::int4").await.unwrap();
    for n in 0..3 {
        prepared.execute((n,)).await.unwrap();
    }
    assert_eq!(log.statements()[0].kind(), StatementKind::Prepare);
    assert_eq!(log.repeats()[0].times(), 3, "{log}");
}
