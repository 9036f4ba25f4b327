//! Rows that are there before a test begins.

use pgdbm_runtime::__private::testing::{Isolation, TestArgument as _};
use pgdbm_runtime::Error;
use pgdbm_runtime::Transaction;
use pgdbm_runtime::testing::{PgServer, TestDatabase, TestDatabaseOptions};

use crate::own_server::Shop;

async fn with(fixtures: &[(&str, &str)]) -> Result<TestDatabase, Error> {
    let mut options = TestDatabaseOptions::new()
        .migrations("shop", Shop)
        .on(&PgServer::private().unwrap());
    for (name, content) in fixtures {
        options = options.fixture(name, content);
    }
    options.create().await
}

#[tokio::test]
async fn statements_and_rows_are_loaded_in_order_and_the_sequences_go_on_behind_them() {
    let database = with(&[
        ("fixtures/users.csv", "\u{feff}id,\"email\"\r\n7,\"a,\"\"b\"\"@example.com\"\r\n9,c@example.com\r\n"),
        (
            "orders.sql",
            "INSERT INTO {{tables.orders}} (user_id) VALUES (7); -- two statements\nINSERT INTO <<tables.orders>> (user_id) SELECT 9;",
        ),
    ])
    .await
    .unwrap();
    let db = database.manager();
    let emails: String = db
        .fetch_value("SELECT string_agg(email, ' ' ORDER BY id) FROM {{tables.users}}")
        .await
        .unwrap();
    assert_eq!(emails, "a,\"b\"@example.com c@example.com");
    let next: i32 = db
        .fetch_value("INSERT INTO {{tables.users}} (email) VALUES ('new@example.com') RETURNING id")
        .await
        .unwrap();
    assert_eq!(next, 10);
    let orders: i64 = db
        .fetch_value("SELECT count(*) FROM {{tables.orders}}")
        .await
        .unwrap();
    assert_eq!(orders, 2);
    database.close().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_fixture_is_said_with_its_name() {
    for (name, content, needed) in [
        (
            "bad.sql",
            "SELECT 1;\nINSERT INTO {{tables.users}} (e_mail) VALUES (1);",
            [
                "`bad.sql`",
                "column \"e_mail\"",
                "INSERT INTO {{tables.users}}",
            ],
        ),
        (
            "bad.sql",
            "SELECT {{tabels.users}}",
            ["`bad.sql`", "tabels", "tables"],
        ),
        (
            "users.csv",
            "id,email\n1,a@example.com\nx,b@example.com\n",
            [
                "`users.csv`",
                "invalid input syntax for type integer",
                "line 3",
            ],
        ),
        (
            "nobody.csv",
            "id\n1\n",
            ["`nobody.csv`", "does not exist", "nobody"],
        ),
        (
            "users.csv",
            "",
            ["`users.csv`", "names no columns", "help:"],
        ),
        ("users.json", "[]", ["`users.json`", ".csv", "help:"]),
        (
            "copy.sql",
            "COPY {{tables.users}} FROM STDIN;",
            ["`copy.sql`", "users.csv", "help:"],
        ),
        (
            "open.sql",
            "BEGIN; INSERT INTO {{tables.users}} (email) VALUES ('ada@example.com');",
            ["`open.sql`", "does not end it", "COMMIT"],
        ),
        (
            "users.csv",
            "id,id\n1,2\n",
            ["`users.csv`", "\"id\"", "more than once"],
        ),
    ] {
        let error = with(&[(name, content)]).await.unwrap_err().to_string();
        for needed in needed {
            assert!(error.contains(needed), "{needed}: {error}");
        }
    }
}

#[tokio::test]
async fn statements_with_numbers_of_their_own_move_the_sequences_on_and_never_back() {
    let insert = "INSERT INTO {{tables.users}} (id, email) VALUES (5, 'a@example.com')";
    let next = "INSERT INTO {{tables.users}} (email) VALUES ('b@example.com') RETURNING id";
    for (more, expected) in [
        ("", 6),
        (
            "; ALTER TABLE {{tables.users}} ALTER id RESTART WITH 100",
            100,
        ),
    ] {
        let database = with(&[("own_numbers.sql", &format!("{insert}{more}"))])
            .await
            .unwrap();
        let id: i32 = database.manager().fetch_value(next).await.unwrap();
        assert_eq!(id, expected);
        database.close().await;
    }
}

#[tokio::test]
async fn what_a_fixture_sets_does_not_reach_the_test() {
    let database = with(&[(
        "orders.sql",
        "SET session_replication_role = replica; INSERT INTO {{tables.orders}} (user_id) VALUES (77);",
    )])
    .await
    .unwrap();
    let setting: String = database
        .manager()
        .fetch_value("SELECT current_setting('session_replication_role')")
        .await
        .unwrap();
    assert_eq!(setting, "origin");
    let orders = "SELECT count(*) FROM {{tables.orders}}";
    assert_eq!(
        database.manager().fetch_value::<i64>(orders).await.unwrap(),
        1
    );
    database.close().await;
}

#[tokio::test]
async fn a_fixture_cannot_end_the_transaction_that_it_is_in() {
    let options = TestDatabaseOptions::new()
        .migrations("shop", Shop)
        .isolation(Isolation::Transaction)
        .max_connections(1)
        .on(&PgServer::private().unwrap());
    let insert = "INSERT INTO {{tables.users}} (email) VALUES ('leaked@example.com')";
    let database = options
        .clone()
        .fixture("users.sql", &format!("{insert}; COMMIT;"))
        .create()
        .await
        .unwrap();
    let began = Transaction::from_database(&database, "shop").await;
    let error = began.map(drop).unwrap_err().to_string();
    for needed in ["`users.sql`", "ends a transaction", "help:"] {
        assert!(error.contains(needed), "{needed}: {error}");
    }
    database.close().await;
    let database = options.create().await.unwrap();
    let leaked = "SELECT count(*) FROM {{tables.users}}";
    assert_eq!(
        database.manager().fetch_value::<i64>(leaked).await.unwrap(),
        0
    );
    database.close().await;
}

#[tokio::test]
async fn a_hundred_megabytes_of_rows_are_loaded() {
    let mut rows = String::from("email\n");
    let domain = "x".repeat(1000);
    for number in 0..100_000 {
        rows.push_str(&format!("{number}@{domain}\n"));
    }
    let options = TestDatabaseOptions::new()
        .schema("shop")
        .fixture(
            "table.sql",
            "CREATE TABLE {{tables.users}} (email text NOT NULL)",
        )
        .fixture("users.csv", &rows)
        .on(&PgServer::private().unwrap());
    let database = options.create().await.unwrap();
    let count = "SELECT count(*) FROM {{tables.users}}";
    assert_eq!(
        database.manager().fetch_value::<i64>(count).await.unwrap(),
        100_000
    );
    database.close().await;
}
