//! The macros' queries on a real server.

use std::borrow::Cow;

use pgdbm::{
    FromRow, Query, Row, UnboundQuery, query_as_unchecked, query_file_unchecked,
    query_scalar_unchecked, query_unchecked,
};

use crate::lab::{Lab, lab};

#[pgdbm::migrations("migrations")]
struct Migrations;

/// The package's own migrations applied, and one user.
async fn shop(lab: &Lab) {
    pgdbm::MigrationManager::new(&lab.db, Migrations)
        .apply()
        .await
        .unwrap();
    query_unchecked!(
        "INSERT INTO {{tables.users}} (email, name) VALUES ('ada@example.com', 'Ada')"
    )
    .execute(&lab.db)
    .await
    .unwrap();
}

#[tokio::test]
async fn the_four_forms_of_the_same_query() {
    const ANGLE: UnboundQuery<1> = query_unchecked!("SELECT * FROM <<tables.users>> WHERE id=$1");
    static BRACE: UnboundQuery<1> = query_unchecked!("SELECT * FROM {{tables.users}} WHERE id=$1");
    lab(async |lab| {
        shop(lab).await;
        let id = 1;
        let rows = [
            ANGLE.bind((id,)).fetch_one(&lab.db).await.unwrap(),
            BRACE.bind((id,)).fetch_one(&lab.db).await.unwrap(),
            query_unchecked!("SELECT * FROM <<tables.users>> WHERE id=$1", id)
                .fetch_one(&lab.db)
                .await
                .unwrap(),
            query_unchecked!("SELECT * FROM {{tables.users}} WHERE id=$1", id)
                .fetch_one(&lab.db)
                .await
                .unwrap(),
            lab.db
                .prepare(&ANGLE)
                .await
                .unwrap()
                .fetch_one((id,))
                .await
                .unwrap(),
            lab.db
                .fetch_one(query_unchecked!(
                    "SELECT * FROM <<tables.users>> WHERE id=$1",
                    id
                ))
                .await
                .unwrap(),
        ];
        for row in rows {
            assert_eq!(row.get::<&str>("email").unwrap(), "ada@example.com");
        }
    })
    .await;
}

#[tokio::test]
async fn a_query_owns_its_arguments() {
    fn by_email(email: String) -> Query<(String,), Row> {
        query_unchecked!("SELECT id FROM {{tables.users}} WHERE email = $1", email)
    }
    lab(async |lab| {
        shop(lab).await;
        let query = by_email("ada@example.com".to_owned());
        let again = query.clone();
        assert_eq!(query.fetch_all(&lab.db).await.unwrap().len(), 1);
        let db = lab.db.clone();
        let row = tokio::spawn(async move {
            again
                .fetch_one(&db)
                .await
                .unwrap()
                .get::<i32>("id")
                .unwrap()
        });
        assert_eq!(row.await.unwrap(), 1);
        let q = query_unchecked!("SELECT $1::text || $2", String::from("a"), Cow::from("b"));
        assert_eq!(lab.db.fetch_value::<String>(q).await.unwrap(), "ab");
    })
    .await;
}

#[tokio::test]
async fn names_capture_variables_and_take_values() {
    lab(async |lab| {
        shop(lab).await;
        let email = String::from("ada@example.com");
        let row = query_unchecked!(
            "SELECT name FROM {{tables.users}} WHERE email = $email OR email = lower($email)"
        )
        .fetch_one(&lab.db)
        .await;
        assert_eq!(row.unwrap().get::<String>(0).unwrap(), "Ada");
        let n = query_scalar_unchecked!("SELECT $a::int - $b::int", b = 2, a = 44)
            .fetch_one(&lab.db)
            .await;
        let n: i32 = n.unwrap();
        assert_eq!(n, 42);
        assert_eq!(email.len(), 15, "a captured variable is only borrowed");
        let ids = [1, 2, 3];
        let found: i64 = query_scalar_unchecked!(
            "SELECT count(*) FROM {{tables.users}} WHERE id = ANY($1)",
            &ids[..]
        )
        .fetch_one(&lab.db)
        .await
        .unwrap();
        assert_eq!(found, 1);
    })
    .await;
}

#[tokio::test]
async fn rows_become_structs() {
    #[derive(FromRow, Debug, PartialEq)]
    struct Audit {
        #[pgdbm(rename = "id")]
        number: i32,
    }
    #[derive(FromRow, Debug, PartialEq)]
    struct User {
        #[pgdbm(flatten)]
        audit: Audit,
        email: String,
        name: Option<String>,
        #[pgdbm(default)]
        nickname: String,
        #[pgdbm(skip)]
        cached: u8,
    }
    lab(async |lab| {
        shop(lab).await;
        let user = query_as_unchecked!(
            User,
            "SELECT id, email, name FROM {{tables.users}} WHERE id = $1",
            1
        )
        .fetch_one(&lab.db)
        .await;
        let expected = User {
            audit: Audit { number: 1 },
            email: "ada@example.com".to_owned(),
            name: Some("Ada".to_owned()),
            nickname: String::new(),
            cached: 0,
        };
        assert_eq!(user.unwrap(), expected);
        let pair = query_as_unchecked!((i32, String), "SELECT id, email FROM {{tables.users}}")
            .fetch_one(&lab.db)
            .await
            .unwrap();
        assert_eq!(pair, (1, "ada@example.com".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn more_arguments_than_a_tuple_has() {
    lab(async |lab| {
        let q = query_scalar_unchecked!(
            "SELECT $1::int+$2::int+$3::int+$4::int+$5::int+$6::int+$7::int+$8::int+$9::int+$10::int+$11::int+$12::int+$13::int+$14::int+$15::int+$16::int+$17::int+$18::int+$19::int+$20::int+$21::int+$22::int+$23::int+$24::int+$25::int+$26::int+$27::int+$28::int+$29::int+$30::int+$31::int+$32::int+$33::int*100",
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33
        );
        let sum: i32 = q.fetch_one(&lab.db).await.unwrap();
        assert_eq!(sum, 528 + 3300);
    })
    .await;
}

#[tokio::test]
async fn a_query_from_a_file() {
    lab(async |lab| {
        shop(lab).await;
        let row = query_file_unchecked!("tests/server/user_by_email.sql", "ada@example.com")
            .fetch_one(&lab.db)
            .await
            .unwrap();
        assert_eq!(row.get::<i32>("id").unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_error_says_where_the_query_stands() {
    lab(async |lab| {
        let line = line!() + 1;
        let error = query_unchecked!("SELECT *\nFROM {{tables.nowhere}} WHERE id = $1", 1)
            .fetch_one(&lab.db)
            .await
            .unwrap_err();
        let location = error.location().unwrap();
        assert!(location.file.ends_with("macros.rs"));
        assert_eq!(location.line, line);
        assert_eq!(error.position(), Some(14), "{error}");
        assert!(
            error.to_string().contains("line 2, column 6 of the SQL"),
            "{error}"
        );
    })
    .await;
}

#[tokio::test]
async fn execute_many_and_prepare_take_unbound_queries() {
    const INSERT: UnboundQuery<2> =
        query_unchecked!("INSERT INTO {{tables.users}} (email, name) VALUES ($1, $2)");
    lab(async |lab| {
        shop(lab).await;
        let people = [("b@example.com", "B"), ("c@example.com", "C")];
        assert_eq!(lab.db.execute_many(&INSERT, people).await.unwrap(), 2);
        let id: i32 = lab
            .db
            .execute_and_return_id(INSERT.bind(("d@example.com", None::<&str>)))
            .await
            .unwrap();
        assert_eq!(id, 4);
        const COUNT: UnboundQuery<1, i64> =
            query_scalar_unchecked!("SELECT count(*) FROM {{tables.users}} WHERE id > $1");
        assert_eq!(COUNT.bind((1,)).fetch_one(&lab.db).await.unwrap(), 3);
    })
    .await;
}

#[tokio::test]
async fn named_arguments_are_evaluated_in_the_order_of_the_call() {
    let mut order = Vec::new();
    let mut note = |value: i32| {
        order.push(value);
        value
    };
    let query = query_scalar_unchecked!("SELECT $b::int * 10 + $a::int", a = note(1), b = note(2));
    lab(async |lab| {
        let value: i32 = query.fetch_one(&lab.db).await.unwrap();
        assert_eq!(value, 21);
    })
    .await;
    assert_eq!(order, [1, 2]);
}
