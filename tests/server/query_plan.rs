//! Query plans: whether an index serves a query.

use pgdbm::testing::TestDatabase;
use pgdbm::{query_unchecked, sql};

use crate::query_log::{panic_of, shop};

async fn run(database: &TestDatabase, statements: &[&str]) {
    for statement in statements {
        database.manager().execute(*statement).await.unwrap();
    }
}

#[tokio::test]
async fn an_index_serves_a_query_with_arguments() {
    let database = shop().await;
    let email = "ada@example.com";
    let by_email = query_unchecked!("SELECT age FROM {{tables.users}} WHERE email = $email");
    let plan = database.query_plan(by_email.clone()).await.unwrap();
    assert!(plan.uses_index("users_email_key"), "{plan}");
    assert!(!plan.uses_index("users_pkey"), "{plan}");
    assert_eq!(plan.relations(), ["shop.users"]);
    assert_eq!(plan.indexes(), ["users_email_key"]);
    assert!(!plan.scans_table_sequentially("users"), "{plan}");
    assert!(
        plan.to_string()
            .contains("Index Scan using users_email_key on users"),
        "{plan}"
    );
    assert!(!plan.to_string().contains("cost="), "{plan}");
    assert!(!format!("{plan:?}").contains(email), "{plan:?}");
    database
        .assert_query_plan(by_email, "users_email_key")
        .await;
    let by_id = sql("SELECT age FROM {{tables.users}} WHERE id = $1").bind(1);
    database.assert_query_plan(by_id, "users_pkey").await;
}

#[tokio::test]
async fn a_small_table_is_no_reason_to_leave_the_index_alone() {
    let database = shop().await;
    run(
        &database,
        &[
            "INSERT INTO {{tables.users}} (email) VALUES ('ada@example.com')",
            "ANALYZE {{tables.users}}",
        ],
    )
    .await;
    let by_id = || sql("SELECT age FROM {{tables.users}} WHERE id = $1").bind(1);
    // What the server does by itself with one row.
    let explain = "EXPLAIN SELECT age FROM {{tables.users}} WHERE id = 1";
    let itself = database.manager().fetch_value::<String>(explain);
    assert!(itself.await.unwrap().starts_with("Seq Scan"));
    database.assert_query_plan(by_id(), "users_pkey").await;
}

#[tokio::test]
async fn a_query_without_an_index_scans_the_table() {
    let database = shop().await;
    let by_age = sql("SELECT email FROM {{tables.users}} WHERE age = $1").bind(36);
    let plan = database.query_plan(by_age).await.unwrap();
    assert!(plan.scans_table_sequentially("users"), "{plan}");
    assert!(plan.scans_table_sequentially("shop.users"), "{plan}");
    assert!(!plan.scans_table_sequentially("billing.users"), "{plan}");
    assert!(!plan.scans_table_sequentially("orders"), "{plan}");
    assert!(plan.indexes().is_empty(), "{plan}");
}

#[tokio::test]
async fn the_assertion_shows_query_plan_indexes_and_what_to_do() {
    let database = shop().await;
    let by_age = || sql("SELECT email FROM {{tables.users}} WHERE age = $1").bind(36);
    let message = panic_of(database.assert_query_plan(by_age(), "users_email_key")).await;
    let place = format!("{}:", file!());
    let expected = [
        &place,
        "does not use the index `users_email_key`",
        "SELECT email FROM {{tables.users}} WHERE age = $1",
        "    Seq Scan on users\n",
        "CREATE UNIQUE INDEX users_pkey ON shop.users USING btree (id)",
        "help: compare the query with the index",
    ];
    for part in expected {
        assert!(message.contains(part), "{part}\n{message}");
    }
    let message = panic_of(database.assert_query_plan(by_age(), "users_emial_key")).await;
    assert!(
        message.ends_with("help: no index has that name; did you mean `users_email_key`?"),
        "{message}"
    );
    let message = panic_of(database.assert_query_plan(by_age(), "completely_else")).await;
    assert!(
        message.ends_with("help: no index has that name; create it in a migration"),
        "{message}"
    );
    let message = panic_of(database.assert_query_plan("SELECT 1", "x")).await;
    assert!(
        message.contains("the tables of the plan have no index"),
        "{message}"
    );
    let message =
        panic_of(database.assert_query_plan("SELECT * FROM {{tables.nowhere}}", "x")).await;
    assert!(
        message.contains("the query has no plan") && message.contains("42P01"),
        "{message}"
    );
}

#[tokio::test]
async fn the_plan_is_one_for_these_values() {
    let database = shop().await;
    run(
        &database,
        &[
            "CREATE TABLE {{tables.jobs}} (id int, state text, name text)",
            "CREATE INDEX open_jobs ON {{tables.jobs}} (name) WHERE state = 'open'",
            "CREATE INDEX lower_name ON {{tables.jobs}} (lower(name))",
        ],
    )
    .await;
    let by_state = |state: &'static str| {
        sql("SELECT id FROM {{tables.jobs}} WHERE name = 'x' AND state = $1").bind(state)
    };
    database
        .assert_query_plan(by_state("open"), "open_jobs")
        .await;
    let done = database.query_plan(by_state("done")).await.unwrap();
    assert!(!done.uses_index("open_jobs"), "{done}");
    let lower = sql("SELECT id FROM {{tables.jobs}} WHERE lower(name) = $1").bind("x");
    database.assert_query_plan(lower, "lower_name").await;
}

#[tokio::test]
async fn joins_bitmaps_and_writes_have_plans_too() {
    let database = shop().await;
    run(
        &database,
        &[
            "CREATE SCHEMA billing",
            "CREATE TABLE {{tables.billing.users}} (id int, tags int[])",
            "CREATE INDEX tags_index ON {{tables.billing.users}} USING gin (tags)",
            "INSERT INTO {{tables.users}} (email) VALUES ('a')",
        ],
    )
    .await;
    let join = "SELECT * FROM {{tables.users}} u JOIN {{tables.billing.users}} b ON b.id = u.id WHERE b.tags @> ARRAY[1]";
    let plan = database.query_plan(join).await.unwrap();
    // A GIN index gives bitmaps only.
    assert!(plan.uses_index("tags_index"), "{plan}");
    let mut relations = plan.relations();
    relations.sort();
    assert_eq!(relations, ["billing.users", "shop.users"]);

    let delete = sql("DELETE FROM {{tables.users}} WHERE id = $1").bind(1);
    let plan = database.query_plan(delete).await.unwrap();
    assert!(plan.uses_index("users_pkey"), "{plan}");
    assert_eq!(plan.relations(), ["shop.users"]);
    let insert = "INSERT INTO {{tables.users}} (email) VALUES ('b') RETURNING id";
    assert_eq!(
        database.query_plan(insert).await.unwrap().relations(),
        ["shop.users"]
    );
    assert_eq!(
        database.count_rows("users").await.unwrap(),
        1,
        "a plan runs nothing"
    );
}

#[tokio::test]
async fn the_index_of_a_partitioned_table_is_that_of_its_partitions() {
    let database = shop().await;
    run(
        &database,
        &[
            "CREATE TABLE {{tables.events}} (id int, at date, note text) PARTITION BY RANGE (at)",
            "CREATE TABLE {{tables.events_2024}} PARTITION OF {{tables.events}} FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
            "CREATE INDEX events_by_id ON {{tables.events}} (id)",
        ],
    )
    .await;
    let by_id = sql("SELECT note FROM {{tables.events}} WHERE id = $1").bind(1);
    database.assert_query_plan(by_id, "events_by_id").await;
    let by_note = sql("SELECT id FROM {{tables.events}} WHERE note = $1").bind("x");
    let plan = database.query_plan(by_note).await.unwrap();
    assert!(plan.scans_table_sequentially("events"), "{plan}");
    assert!(plan.scans_table_sequentially("events_2024"), "{plan}");
    assert_eq!(plan.relations(), ["shop.events_2024"]);
}

#[tokio::test]
async fn names_may_be_odd() {
    let database = shop().await;
    run(
        &database,
        &[
            "CREATE TABLE {{tables.\"Odd: table\"}} (id int)",
            "CREATE INDEX \"an \\ odd: \"\"index\"\"\" ON {{tables.\"Odd: table\"}} (id)",
        ],
    )
    .await;
    let query = sql("SELECT 1 FROM {{tables.\"Odd: table\"}} WHERE id = $1").bind(1);
    let plan = database.query_plan(query).await.unwrap();
    assert_eq!(plan.indexes(), ["an \\ odd: \"index\""], "{plan}");
    assert!(plan.uses_index("an \\ odd: \"index\""), "{plan}");
    assert_eq!(plan.relations(), ["shop.Odd: table"]);
}

#[tokio::test]
async fn what_has_no_plan_is_an_error_and_leaves_nothing() {
    let database = shop().await;
    let error = database
        .query_plan("CREATE TABLE {{tables.t}} (id int)")
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("42601"), "{error}");
    let error = database.query_plan("SELECT $1::int4").await.unwrap_err();
    assert!(error.is_argument(), "{error}");
    let error = database.query_plan("SELECT 1; SELECT 2").await.unwrap_err();
    assert!(error.is_template(), "{error}");
    // Neither a transaction nor the setting stays behind: all connections of the pool are as they were.
    database.query_plan("SELECT 1").await.unwrap();
    let connections =
        futures_util::future::try_join_all((0..5).map(|_| database.manager().acquire()));
    for connection in connections.await.unwrap() {
        let seqscan = connection.fetch_value::<String>("SHOW enable_seqscan");
        assert_eq!(seqscan.await.unwrap(), "on");
        // In a transaction the time stands still.
        let now = async || {
            connection
                .fetch_value::<std::time::SystemTime>("SELECT now()")
                .await
        };
        assert_ne!(now().await.unwrap(), now().await.unwrap());
    }
}
