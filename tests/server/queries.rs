//! Running queries: the forms of reading and writing, for text that is made while the program runs.

use pgdbm::{FromRow, Row, sql};

use crate::lab::{lab, users};

#[tokio::test]
async fn execute_gives_the_number_of_rows() {
    lab(async |lab| {
        users(&lab.db).await;
        let inserted = lab
            .db
            .execute("INSERT INTO {{tables.users}} (email) VALUES ('a'), ('b'), ('c')")
            .await
            .unwrap();
        assert_eq!(inserted, 3);
        let changed = lab
            .db
            .execute(
                sql("UPDATE {{tables.users}} SET age = $1 WHERE email <> $2")
                    .bind(7)
                    .bind("a"),
            )
            .await;
        assert_eq!(changed.unwrap(), 2);
        assert_eq!(
            lab.db
                .execute("DELETE FROM {{tables.users}} WHERE age = 99")
                .await
                .unwrap(),
            0
        );
        assert_eq!(
            lab.db
                .execute("SELECT * FROM {{tables.users}}")
                .await
                .unwrap(),
            3
        );
    })
    .await;
}

#[tokio::test]
async fn fetch_one_wants_a_row_and_takes_the_first() {
    lab(async |lab| {
        users(&lab.db).await;
        let none = lab
            .db
            .fetch_one("SELECT * FROM {{tables.users}}")
            .await
            .unwrap_err();
        assert!(none.is_row_not_found());
        assert!(none.to_string().contains("fetch_optional"), "{none}");
        lab.db
            .execute("INSERT INTO {{tables.users}} (email) VALUES ('a'), ('b')")
            .await
            .unwrap();
        let row = lab
            .db
            .fetch_one("SELECT email FROM {{tables.users}} ORDER BY id")
            .await
            .unwrap();
        assert_eq!(row.get::<String>("email").unwrap(), "a");
    })
    .await;
}

#[tokio::test]
async fn fetch_optional_and_fetch_all_take_what_there_is() {
    lab(async |lab| {
        users(&lab.db).await;
        assert!(
            lab.db
                .fetch_optional("SELECT 1 FROM {{tables.users}}")
                .await
                .unwrap()
                .is_none()
        );
        assert!(
            lab.db
                .fetch_all("SELECT 1 FROM {{tables.users}}")
                .await
                .unwrap()
                .is_empty()
        );
        lab.db
            .execute("INSERT INTO {{tables.users}} (email) VALUES ('a'), ('b')")
            .await
            .unwrap();
        assert!(
            lab.db
                .fetch_optional("SELECT 1 FROM {{tables.users}}")
                .await
                .unwrap()
                .is_some()
        );
        let rows = lab
            .db
            .fetch_all("SELECT email FROM {{tables.users}} ORDER BY id")
            .await
            .unwrap();
        let emails: Vec<&str> = rows.iter().map(|row| row.get("email").unwrap()).collect();
        assert_eq!(emails, ["a", "b"]);
    })
    .await;
}

#[tokio::test]
async fn fetch_value_reads_the_first_column() {
    lab(async |lab| {
        users(&lab.db).await;
        assert_eq!(
            lab.db
                .fetch_value::<i64>("SELECT count(*) FROM {{tables.users}}")
                .await
                .unwrap(),
            0
        );
        let oldest: Option<i32> = lab
            .db
            .fetch_value("SELECT max(age) FROM {{tables.users}}")
            .await
            .unwrap();
        assert_eq!(oldest, None);
        let sum = lab
            .db
            .fetch_value::<i32>(sql("SELECT $1::int + $2").bind(40).bind(2))
            .await
            .unwrap();
        assert_eq!(sum, 42);
        let missing = lab
            .db
            .fetch_value::<i32>("SELECT id FROM {{tables.users}}")
            .await
            .unwrap_err();
        assert!(missing.is_row_not_found());
    })
    .await;
}

#[tokio::test]
async fn a_stream_gives_rows_one_by_one() {
    lab(async |lab| {
        let mut rows = sql("SELECT generate_series(1, $1)")
            .bind(1000)
            .scalar::<i32>()
            .fetch(&lab.db);
        let mut sum = 0;
        while let Some(n) = rows.next().await {
            sum += n.unwrap();
        }
        assert_eq!(sum, 500_500);
        assert!(
            rows.next().await.is_none(),
            "a stream that has ended stays ended"
        );
        drop(rows);
        // A stream that failed in the middle says so, and ends.
        let mut rows = lab
            .db
            .fetch("SELECT 1 / (3 - n) FROM generate_series(1, 5) n");
        let mut seen = Vec::new();
        while let Some(row) = rows.next().await {
            seen.push(
                row.map(|row| row.get::<i32>(0).unwrap())
                    .map_err(|error| error.code().map(str::to_owned)),
            );
        }
        assert_eq!(seen.last(), Some(&Err(Some("22012".to_owned()))));
    })
    .await;
}

#[tokio::test]
async fn execute_and_return_id_adds_returning_unless_it_is_there() {
    lab(async |lab| {
        users(&lab.db).await;
        let insert = |email: &'static str| {
            sql("INSERT INTO {{tables.users}} (email) VALUES ($1)").bind(email)
        };
        assert_eq!(
            lab.db
                .execute_and_return_id::<i32>(insert("a"))
                .await
                .unwrap(),
            1
        );
        assert_eq!(
            lab.db
                .execute_and_return_id::<i32>(insert("b"))
                .await
                .unwrap(),
            2
        );
        let own = sql("INSERT INTO {{tables.users}} (email) VALUES ($1) returning email").bind("c");
        assert_eq!(
            lab.db.execute_and_return_id::<String>(own).await.unwrap(),
            "c"
        );
        // The word in a literal or a comment is no clause, and a comment at the end does not swallow ours.
        let tricky = "INSERT INTO {{tables.users}} (email) VALUES ('RETURNING') ; -- RETURNING id";
        assert_eq!(
            lab.db.execute_and_return_id::<i32>(tricky).await.unwrap(),
            4
        );
    })
    .await;
}

#[tokio::test]
async fn execute_many_is_all_or_nothing() {
    lab(async |lab| {
        users(&lab.db).await;
        let insert = "INSERT INTO {{tables.users}} (email, age) VALUES ($1, $2)";
        let affected = lab
            .db
            .execute_many(insert, (0..50).map(|n| (format!("u{n}"), n)))
            .await
            .unwrap();
        assert_eq!(affected, 50);
        let twice = [("x", 1), ("y", 2), ("x", 3)];
        let error = lab.db.execute_many(insert, twice).await.unwrap_err();
        assert!(error.is_unique_violation());
        assert_eq!(
            lab.db
                .fetch_value::<i64>("SELECT count(*) FROM {{tables.users}}")
                .await
                .unwrap(),
            50
        );
        assert_eq!(
            lab.db
                .execute_many(insert, Vec::<(String, i32)>::new())
                .await
                .unwrap(),
            0
        );
    })
    .await;
}

#[tokio::test]
async fn rows_are_read_by_name_and_by_position() {
    lab(async |lab| {
        let row = lab
            .db
            .fetch_one(
                "SELECT 1 AS id, 'x'::text AS email, NULL::int AS age, ARRAY['a','b'] AS tags",
            )
            .await
            .unwrap();
        assert_eq!(row.get::<i32>("id").unwrap(), 1);
        assert_eq!(row.get::<&str>(1).unwrap(), "x");
        assert_eq!(row.get::<Option<i32>>("age").unwrap(), None);
        assert_eq!(row.get::<Vec<String>>("tags").unwrap(), ["a", "b"]);
        assert_eq!(
            row.names().collect::<Vec<_>>(),
            ["id", "email", "age", "tags"]
        );
        assert_eq!(row.len(), 4);

        let wrong = row.get::<i64>("id").unwrap_err();
        assert!(wrong.is_decode());
        let text = wrong.to_string();
        assert!(
            text.contains("`id`")
                && text.contains("`int4`")
                && text.contains("`i64`")
                && text.contains("`i32`"),
            "{text}"
        );
        let missing = row.get::<i32>("emial").unwrap_err().to_string();
        assert!(missing.contains("did you mean `email`"), "{missing}");
        let null = row.get::<i32>("age").unwrap_err().to_string();
        assert!(
            null.contains("NULL") && null.contains("Option<i32>"),
            "{null}"
        );
        assert!(row.get::<i32>(9).unwrap_err().is_decode());
        let row = lab
            .db
            .fetch_one("SELECT 1.5 AS price, '{}'::jsonb AS data")
            .await
            .unwrap();
        assert!(
            row.get::<f64>("price")
                .unwrap_err()
                .to_string()
                .contains("`::text`")
        );
        assert!(
            row.get::<String>("data")
                .unwrap_err()
                .to_string()
                .contains("feature `json`")
        );
    })
    .await;
}

#[tokio::test]
async fn rows_become_tuples_and_structs() {
    struct User {
        email: String,
        age: Option<i32>,
    }
    impl FromRow for User {
        fn from_row(row: &Row) -> Result<Self, pgdbm::Error> {
            Ok(User {
                email: row.get("email")?,
                age: row.get("age")?,
            })
        }
    }
    lab(async |lab| {
        users(&lab.db).await;
        lab.db
            .execute("INSERT INTO {{tables.users}} (email, age) VALUES ('a', 30), ('b', NULL)")
            .await
            .unwrap();
        let query = "SELECT email, age FROM {{tables.users}} ORDER BY id";
        let pairs = sql(query)
            .map_into::<(String, Option<i32>)>()
            .fetch_all(&lab.db)
            .await
            .unwrap();
        assert_eq!(pairs, [("a".to_owned(), Some(30)), ("b".to_owned(), None)]);
        let users = sql(query)
            .map_into::<User>()
            .fetch_all(&lab.db)
            .await
            .unwrap();
        assert_eq!((users[0].email.as_str(), users[0].age), ("a", Some(30)));
        // The error of a mapping names the query.
        let error = sql("SELECT email FROM {{tables.users}}")
            .map_into::<User>()
            .fetch_one(&lab.db)
            .await;
        let text = error.map(drop).unwrap_err().to_string();
        assert!(
            text.contains("no column `age`") && text.contains("SELECT email FROM {{tables.users}}"),
            "{text}"
        );
    })
    .await;
}

#[tokio::test]
async fn both_placeholder_forms_and_the_operators_that_look_like_them() {
    lab(async |lab| {
        users(&lab.db).await;
        lab.db
            .execute("INSERT INTO <<tables.users>> (email) VALUES ('a')")
            .await
            .unwrap();
        assert_eq!(
            lab.db
                .fetch_value::<i64>("SELECT count(*) FROM <<tables.users>>")
                .await
                .unwrap(),
            1
        );
        assert_eq!(lab.db.fetch_value::<i32>("SELECT 1<<2").await.unwrap(), 4);
        assert!(
            lab.db
                .fetch_value::<bool>("SELECT inet '10.1.2.3' << inet '10.0.0.0/8'")
                .await
                .unwrap()
        );
        assert!(
            lab.db
                .fetch_value::<bool>("SELECT '10.0.0.0/8'::inet>>'10.1.2.3'::inet")
                .await
                .unwrap()
        );
        let sum: i64 = lab
            .db
            .fetch_value("SELECT sum(n) FROM unnest('{{1,2},{3,4}}'::int[]) n")
            .await
            .unwrap();
        assert_eq!(sum, 10);
        let class: String = lab
            .db
            .fetch_value("SELECT '{{tables.users}}'::regclass::text")
            .await
            .unwrap();
        assert_eq!(class, "shop.users");
        let commented = lab
            .db
            .fetch_value::<i32>("SELECT 1 -- {{nonsense}} /* <<tables.\n")
            .await
            .unwrap();
        assert_eq!(commented, 1);
        let body: String = lab
            .db
            .fetch_value("SELECT $q$ {{tables.users}} $q$")
            .await
            .unwrap();
        assert_eq!(body, " \"shop\".\"users\" ");
        assert_eq!(
            lab.db
                .fetch_value::<String>("SELECT '{{schema}}'")
                .await
                .unwrap(),
            "shop",
            "the whole of a literal is the name itself"
        );
        let found: i64 = lab
            .db
            .fetch_value("SELECT count(*) FROM pg_namespace WHERE nspname = '{{schema}}'")
            .await
            .unwrap();
        assert_eq!(found, 1);
    })
    .await;
}

#[tokio::test]
async fn a_placeholder_where_an_operator_was_meant_is_the_server_s_syntax_error_at_the_place() {
    lab(async |lab| {
        let error = lab
            .db
            .fetch_one("SELECT a <<tables.x>> b FROM (SELECT 1 AS a, 2 AS b) t")
            .await
            .unwrap_err();
        assert_eq!(error.code(), Some("42601"));
        assert_eq!(error.position(), Some(9), "{error}");
    })
    .await;
}

#[tokio::test]
async fn text_with_mistakes_is_refused_before_anything_is_sent() {
    lab(async |lab| {
        for (text, said) in [
            ("SELECT * FROM {{table.users}}", "tables"),
            ("SELECT * FROM {{tables.users}", "}}"),
            ("SELECT 'abc", "not closed"),
            ("SELECT 1; SELECT 2", "one is expected"),
            ("  -- nothing\n", "no statement"),
            ("SELECT $1, $3", "$2"),
        ] {
            let error = lab.db.fetch_one(text).await.unwrap_err();
            assert!(error.is_template(), "{text}: {error}");
            assert!(error.to_string().contains(said), "{text}: {error}");
        }
        assert_eq!(lab.pool.stats().open, 1);
    })
    .await;
}

#[tokio::test]
async fn concurrent_queries_share_the_pool() {
    lab(async |lab| {
        let all = futures_util::future::join_all((0..40).map(|n| {
            let db = lab.db.clone();
            async move {
                db.fetch_value::<i32>(sql("SELECT $1 * 2").bind(n))
                    .await
                    .unwrap()
            }
        }));
        assert_eq!(all.await, (0..40).map(|n| n * 2).collect::<Vec<_>>());
        let stats = lab.pool.stats();
        assert!(stats.open <= stats.max && stats.in_use == 0, "{stats:?}");
    })
    .await;
}
