//! Queries that were checked against the migrations, on a real server.

use std::net::IpAddr;
use std::ops::Bound;
use std::time::Duration;

use pgdbm::types::{Interval, Multirange, Range};
use pgdbm::{Error, MigrationManager, query, query_as, query_scalar};

use crate::lab::{Lab, lab};

#[pgdbm::migrations("migrations")]
struct Migrations;

/// The package's own migrations applied, and one user.
async fn shop(lab: &Lab) -> i32 {
    MigrationManager::new(&lab.db, Migrations)
        .apply()
        .await
        .unwrap();
    query_scalar!("INSERT INTO {{tables.users}} (email) VALUES ('ada@example.com') RETURNING id")
        .fetch_one(&lab.db)
        .await
        .unwrap()
}

async fn change(lab: &Lab, statement: &str) {
    lab.db.execute(statement.to_owned()).await.unwrap();
}

#[tokio::test]
async fn a_record_has_the_types_of_the_columns() {
    lab(async |lab| {
        let id = shop(lab).await;
        let user = query!(
            "SELECT id, email, name FROM {{tables.users}} WHERE id = $1",
            id
        )
        .fetch_one(&lab.db)
        .await
        .unwrap();
        let (number, email, name): (i32, String, Option<String>) =
            (user.id, user.email.clone(), user.name.clone());
        assert_eq!(
            (number, email.as_str(), name),
            (id, "ada@example.com", None)
        );
        assert_eq!(user.clone(), user);
        assert_eq!(
            format!("{user:?}"),
            format!("Record {{ id: {id}, email: \"ada@example.com\", name: None }}")
        );
    })
    .await;
}

#[tokio::test]
async fn arguments_come_in_any_shape_that_fits() {
    lab(async |lab| {
        let id = shop(lab).await;
        let db = &lab.db;
        let email = String::from("ada@example.com");
        let by_str = query_scalar!(
            "SELECT id FROM {{tables.users}} WHERE email = $1",
            "ada@example.com"
        );
        let by_string = query_scalar!("SELECT id FROM {{tables.users}} WHERE email = $1", &email);
        let by_capture = query_scalar!("SELECT id FROM {{tables.users}} WHERE email = $email");
        let by_option = query_scalar!(
            "SELECT id FROM {{tables.users}} WHERE email = $1",
            Some(&email)
        );
        let by_slice = query_scalar!(
            "SELECT id FROM {{tables.users}} WHERE email = ANY($1)",
            [email.as_str()]
        );
        let by_options = query_scalar!(
            "SELECT id FROM {{tables.users}} WHERE email = ANY($1)",
            vec![Some("ada@example.com"), None]
        );
        let left_to_the_server = query_scalar!(
            "SELECT id FROM {{tables.users}} WHERE email = $1",
            &email as _
        );
        for found in [
            by_str.fetch_one(db).await,
            by_string.fetch_one(db).await,
            by_capture.fetch_one(db).await,
            by_option.fetch_one(db).await,
            by_slice.fetch_one(db).await,
            by_options.fetch_one(db).await,
            left_to_the_server.fetch_one(db).await,
        ] {
            assert_eq!(found.unwrap(), id);
        }
        let swapped = query_scalar!(
            "SELECT $second::text || $first::text",
            first = "a",
            second = "b"
        );
        assert_eq!(swapped.fetch_one(db).await.unwrap().as_deref(), Some("ba"));
        let nobody = query!(
            "UPDATE {{tables.users}} SET name = $1 WHERE id = $2",
            None::<&str>,
            id
        );
        assert_eq!(nobody.execute(db).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_row_becomes_a_struct_or_a_tuple() {
    struct User<T> {
        id: T,
        email: String,
        r#type: Option<String>,
    }
    lab(async |lab| {
        let id = shop(lab).await;
        let users = query_as!(
            User<i32>,
            r#"SELECT id, email, name AS "type" FROM {{tables.users}}"#
        );
        let users = users.fetch_all(&lab.db).await.unwrap();
        assert_eq!(users.len(), 1);
        assert_eq!(users[0].id, id);
        assert_eq!(users[0].email, "ada@example.com");
        assert_eq!(users[0].r#type, None);
        let pair = query_as!(
            (i32, Option<String>),
            "SELECT id, name FROM {{tables.users}}"
        );
        assert_eq!(pair.fetch_one(&lab.db).await.unwrap(), (id, None));
    })
    .await;
}

#[tokio::test]
async fn what_stands_behind_a_name_overrules_what_is_proven() {
    lab(async |lab| {
        shop(lab).await;
        let row = query!(r#"SELECT id AS "id?", email AS "email: Box<str>" FROM {{tables.users}}"#);
        let row = row.fetch_one(&lab.db).await.unwrap();
        let (id, email): (Option<i32>, Box<str>) = (row.id, row.email);
        assert!(id.is_some());
        assert_eq!(&*email, "ada@example.com");
        let name = query_scalar!(r#"SELECT name AS "name!" FROM {{tables.users}}"#);
        let error = name.fetch_one(&lab.db).await.unwrap_err().to_string();
        assert!(
            error.contains("`name!`") && error.contains("NULL"),
            "{error}"
        );
    })
    .await;
}

#[tokio::test]
async fn types_go_there_and_come_back() {
    macro_rules! same {
        ($db:expr, $($sql:literal: $value:expr;)+) => {$(
            let value = $value;
            let found = query_scalar!(concat!("SELECT $1::", $sql, " AS \"value!\""), &value);
            assert_eq!(found.fetch_one($db).await.unwrap(), value, $sql);
        )+};
    }
    lab(async |lab| {
        same! { &lab.db,
            "bool": true;
            "\"char\"": 65_i8;
            "int2": -7_i16;
            "int4": -7_i32;
            "int8": i64::MIN;
            "oid": u32::MAX;
            "float4": 1.5_f32;
            "float8": -0.25_f64;
            "text": String::from("é");
            "varchar": String::from("a");
            "name": String::from("a");
            "bytea": vec![0_u8, 255];
            "interval": Interval { months: -1, days: 40, microseconds: 5 };
            "int4[]": vec![1, 2];
            "text[]": Vec::<String>::new();
            "int4range": Range::from(1..4);
            "int8range": Range::<i64>::Empty;
            "int4multirange": Multirange(vec![Range::from(1..2), Range::Within(Bound::Included(7), Bound::Unbounded)]);
        }
        let host: IpAddr = "10.0.0.1".parse().unwrap();
        let address = query_as!((IpAddr,), "SELECT $1::inet AS \"value!\"", host);
        assert_eq!(address.fetch_one(&lab.db).await.unwrap(), (host,));
        let seconds = query_scalar!("SELECT extract(epoch FROM $1::interval)::int AS \"s!\"", Duration::from_secs(90));
        assert_eq!(seconds.fetch_one(&lab.db).await.unwrap(), 90);
        let between = query_scalar!("SELECT 3 <@ $1::int4range AS \"b!\"", 1..4);
        assert!(between.fetch_one(&lab.db).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_null_among_elements_is_named() {
    lab(async |lab| {
        let list = query_scalar!("SELECT ARRAY[1, NULL] AS \"list!\"");
        let error = list.fetch_one(&lab.db).await.unwrap_err().to_string();
        assert!(error.contains("`list!`"), "{error}");
        let list = query_scalar!("SELECT ARRAY[1, NULL] AS \"list!: Vec<Option<i32>>\"");
        assert_eq!(list.fetch_one(&lab.db).await.unwrap(), [Some(1), None]);
    })
    .await;
}

#[tokio::test]
async fn columns_that_came_and_moved_make_no_difference_to_a_star() {
    lab(async |lab| {
        let id = shop(lab).await;
        let all = async || {
            query!("SELECT * FROM {{tables.users}}")
                .fetch_one(&lab.db)
                .await
        };
        let before = all().await.unwrap();
        change(lab, "ALTER TABLE {{tables.users}} ADD COLUMN age int").await;
        assert_eq!(all().await.unwrap(), before);
        // The name goes to the end.
        change(lab, "ALTER TABLE {{tables.users}} DROP COLUMN name").await;
        change(
            lab,
            "ALTER TABLE {{tables.users}} ADD COLUMN name text DEFAULT 'Ada'",
        )
        .await;
        let after = all().await.unwrap();
        assert_eq!((after.id, after.name.as_deref()), (id, Some("Ada")));
    })
    .await;
}

#[tokio::test]
async fn a_schema_that_is_not_what_was_compiled_is_an_error_that_says_what() {
    lab(async |lab| {
        let id = shop(lab).await;
        let email = async |id: i32| -> Result<String, Error> {
            query_scalar!("SELECT email FROM {{tables.users}} WHERE id = $1", id)
                .fetch_one(&lab.db)
                .await
        };
        let all = async || {
            query!("SELECT * FROM {{tables.users}}")
                .fetch_all(&lab.db)
                .await
        };
        assert_eq!(email(id).await.unwrap(), "ada@example.com");
        all().await.unwrap();

        change(lab, "DROP VIEW {{views.order_totals}}").await;
        change(
            lab,
            "ALTER TABLE {{tables.users}} ALTER email TYPE bytea USING email::bytea",
        )
        .await;
        let error = email(id).await.unwrap_err().to_string();
        for part in ["`email`", "`bytea`", "`text`", "001_users.sql"] {
            assert!(error.contains(part), "no {part} in {error}");
        }
        change(
            lab,
            "ALTER TABLE {{tables.users}} ALTER email TYPE text USING 'a@b'",
        )
        .await;
        assert_eq!(email(id).await.unwrap(), "a@b");

        change(lab, "ALTER TABLE {{tables.users}} ALTER id TYPE bigint").await;
        // A statement that was prepared before keeps the types of its parameters, and is right with them.
        assert_eq!(email(id).await.unwrap(), "a@b");
        let gone = query!("DELETE FROM {{tables.users}} WHERE id = $1", id);
        let error = gone.execute(&lab.db).await.unwrap_err().to_string();
        for part in ["`$1`", "`int8`", "`int4`"] {
            assert!(error.contains(part), "no {part} in {error}");
        }
        change(lab, "ALTER TABLE {{tables.users}} ALTER id TYPE int").await;
        change(lab, "ALTER TABLE {{tables.users}} DROP COLUMN name").await;
        let error = all().await.unwrap_err().to_string();
        assert!(error.contains("no column `name`"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn more_columns_and_arguments_than_a_tuple_holds() {
    lab(async |lab| {
        let row = query!(
            "SELECT $1::int AS c1, 2 AS c2, 3 AS c3, 4 AS c4, 5 AS c5, 6 AS c6, 7 AS c7, 8 AS c8, 9 AS c9, 10 AS c10, 11 AS c11,
                12 AS c12, 13 AS c13, 14 AS c14, 15 AS c15, 16 AS c16, 17 AS c17, 18 AS c18, $19::int AS c19, 20 AS c20,
                $2::int + $3::int + $4::int + $5::int + $6::int + $7::int + $8::int + $9::int + $10::int + $11::int + $12::int
                + $13::int + $14::int + $15::int + $16::int + $17::int + $18::int + $20::int + $21::int + $22::int + $23::int
                + $24::int + $25::int + $26::int + $27::int + $28::int + $29::int + $30::int + $31::int + $32::int + $33::int
                + $34::int AS sum",
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
            32, 33, 34
        );
        let row = row.fetch_one(&lab.db).await.unwrap();
        assert_eq!((row.c1, row.c16, row.c17, row.c19, row.c20), (Some(1), 16, 17, Some(19), 20));
        assert_eq!(row.sum, Some((1..=34).sum::<i32>() - 1 - 19));
    })
    .await;
}

#[tokio::test]
async fn a_statement_without_columns_gives_nothing() {
    lab(async |lab| {
        shop(lab).await;
        let gone = query!("DELETE FROM {{tables.users}}");
        let rows: Vec<()> = gone.clone().fetch_all(&lab.db).await.unwrap();
        assert!(rows.is_empty());
        assert_eq!(gone.execute(&lab.db).await.unwrap(), 0);
    })
    .await;
}
