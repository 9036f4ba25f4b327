//! Rows that are there before a test begins.

use pgdbm_runtime::Error;
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
