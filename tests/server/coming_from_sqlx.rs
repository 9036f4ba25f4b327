//! What people have written with sqlx's macros: each ability of those, with this library's. `docs/coming-from-sqlx.md` is the guide.

use futures_util::TryStreamExt as _;
use pgdbm::{DatabaseManager, Error, MigrationManager, Transaction, query, query_as, query_scalar};

use crate::lab::{Lab, lab};

#[pgdbm::migrations("migrations")]
struct Migrations;

/// The migrations applied.
async fn migrated(lab: &Lab) -> &DatabaseManager {
    let manager = MigrationManager::new(&lab.db, Migrations);
    manager.apply().await.unwrap();
    &lab.db
}

/// A transaction with a user and an order in it, which nobody commits.
async fn with_an_order(db: &DatabaseManager) -> Result<Transaction<'_>, Error> {
    let tx = db.transaction().await?;
    let buyer = query_scalar!(
        "INSERT INTO {{tables.users}} (email) VALUES ('grace@example.com') RETURNING id"
    )
    .fetch_one(&tx)
    .await?;
    query!(
        "INSERT INTO {{tables.orders}} (user_id, total_cents) VALUES ($1, 250)",
        buyer
    )
    .execute(&tx)
    .await?;
    Ok(tx)
}

#[derive(Clone, Copy, Debug, PartialEq, pgdbm::Type)]
struct Cents(i64);

#[derive(Debug, PartialEq, pgdbm::Type)]
#[pgdbm(transparent)]
struct Number {
    number: i32,
}

#[tokio::test]
async fn rows_without_a_table_have_typed_fields_too() {
    lab(async |lab| {
        let rows = query!(
            "SELECT * FROM (VALUES (1, 'one'), (2, NULL)) words(number, word) WHERE number >= $1",
            1
        )
        .fetch_all(&lab.db)
        .await
        .unwrap();
        // No NULL is among the numbers, so none is expected of them.
        let numbers: Vec<i32> = rows.iter().map(|row| row.number).collect();
        let words: Vec<Option<&str>> = rows.iter().map(|row| row.word.as_deref()).collect();
        assert_eq!((numbers, words), (vec![1, 2], vec![Some("one"), None]));
    })
    .await;
}

#[tokio::test]
async fn columns_are_options_where_the_table_lets_them_be_null() {
    lab(async |lab| {
        let db = migrated(lab).await;
        let tx = with_an_order(db).await.unwrap();
        let user = query!("SELECT id, email, name FROM {{tables.users}}")
            .fetch_one(&tx)
            .await
            .unwrap();
        let (id, email, name): (i32, String, Option<String>) = (user.id, user.email, user.name);
        assert!(id > 0);
        assert_eq!((email.as_str(), name), ("grace@example.com", None));
        let removed = query!("DELETE FROM {{tables.users}}").execute(&tx).await;
        assert_eq!(removed.unwrap(), 1);
        drop(tx);
        let left = query_scalar!("SELECT count(*) FROM {{tables.users}}");
        assert_eq!(left.fetch_one(db).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn all_the_types_of_text_are_strings() {
    lab(async |lab| {
        let row = query!(
            "SELECT 'ahoy'::text AS plain, 'ahoy'::varchar(4) AS short, 'ahoy'::char(6) AS padded, 'ahoy'::name AS name"
        )
        .fetch_one(&lab.db)
        .await
        .unwrap();
        let texts: [String; 4] = [row.plain, row.short, row.padded, row.name];
        assert_eq!(texts, ["ahoy", "ahoy", "ahoy  ", "ahoy"]);
    })
    .await;
}

#[tokio::test]
async fn a_function_that_returns_nothing_can_be_called() {
    lab(async |lab| {
        let db = &lab.db;
        let notified = query!("SELECT pg_notify('orders', 'one came')")
            .execute(db)
            .await;
        assert_eq!(notified.unwrap(), 1);
        let nothing: () = query_scalar!("SELECT pg_notify('orders', $1)", "another came")
            .fetch_one(db)
            .await
            .unwrap();
        assert_eq!(nothing, ());
    })
    .await;
}

#[derive(Debug, PartialEq)]
struct Person {
    id: i32,
    name: Option<String>,
}

#[tokio::test]
async fn sql_may_stand_in_a_file_and_rows_may_become_structs() {
    lab(async |lab| {
        let db = migrated(lab).await;
        let tx = with_an_order(db).await.unwrap();
        let row = pgdbm::query_file!("tests/server/user_by_email.sql", "grace@example.com",)
            .fetch_one(&tx)
            .await
            .unwrap();
        let person = pgdbm::query_file_as!(
            Person,
            "tests/server/user_by_email.sql",
            "grace@example.com"
        );
        let person = person.fetch_one(&tx).await.unwrap();
        assert_eq!(
            person,
            Person {
                id: row.id,
                name: row.name
            }
        );
        let nobody: Option<&str> = None;
        let unnamed = query_as!(
            Person,
            r#"SELECT id AS "id!", name FROM (VALUES (7, $1)) people(id, name)"#,
            nobody
        );
        assert_eq!(
            unnamed.fetch_one(&tx).await.unwrap(),
            Person { id: 7, name: None }
        );
    })
    .await;
}

#[tokio::test]
async fn a_field_may_have_the_name_of_a_keyword() {
    struct Wheel {
        r#type: i32,
        r#where: Option<String>,
    }
    lab(async |lab| {
        let wheel = query_as!(
            Wheel,
            r#"SELECT type AS "type!", "where" FROM (VALUES (4, NULL)) wheels(type, "where")"#
        );
        let wheel = wheel.fetch_one(&lab.db).await.unwrap();
        assert_eq!((wheel.r#type, wheel.r#where), (4, None));
    })
    .await;
}

#[tokio::test]
async fn the_name_of_a_single_column_overrules_its_type() {
    lab(async |lab| {
        let db = &lab.db;
        let proven = query_scalar!("SELECT 5").fetch_one(db).await.unwrap();
        let unspeakable = query_scalar!(r#"SELECT 5 AS "%five""#)
            .fetch_one(db)
            .await
            .unwrap();
        let surely = query_scalar!(r#"SELECT 5 AS "five!""#)
            .fetch_one(db)
            .await
            .unwrap();
        let perhaps = query_scalar!(r#"SELECT 5 AS "five?""#)
            .fetch_one(db)
            .await
            .unwrap();
        assert_eq!((proven, unspeakable, surely, perhaps), (5, 5, 5, Some(5)));

        let five = Number { number: 5 };
        let named = query_scalar!(r#"SELECT 5 AS "five: Number""#)
            .fetch_one(db)
            .await
            .unwrap();
        assert_eq!(named, five);
        let named = query_scalar!(r#"SELECT 5 AS "five!: Number""#)
            .fetch_one(db)
            .await
            .unwrap();
        assert_eq!(named, five);
        let named = query_scalar!(r#"SELECT 5 AS "five?: Number""#)
            .fetch_one(db)
            .await
            .unwrap();
        assert_eq!(named.as_ref(), Some(&five));

        // What it is used as says which type it is.
        let found: Number = query_scalar!(r#"SELECT 5 AS "five: _""#)
            .fetch_one(db)
            .await
            .unwrap();
        assert_eq!(found, five);
        let found: Number = query_scalar!(r#"SELECT 5 AS "five!: _""#)
            .fetch_one(db)
            .await
            .unwrap();
        assert_eq!(found, five);
        let found = query_scalar!(r#"SELECT 5 AS "five?: _""#)
            .fetch_one(db)
            .await
            .unwrap();
        assert_eq!(found, Some(five));
    })
    .await;
}

#[tokio::test]
async fn the_names_of_columns_overrule_the_types_of_a_record() {
    lab(async |lab| {
        let db = migrated(lab).await;
        let tx = with_an_order(db).await.unwrap();
        let order = query!(
            r#"SELECT id AS "id?", total_cents AS "total_cents: Cents", nullif(total_cents, 0) AS "all!: Cents",
                      nullif(total_cents, 250) AS "left: Cents", placed_at IS NOT NULL AS "placed!"
               FROM {{tables.orders}}"#
        )
        .fetch_one(&tx)
        .await
        .unwrap();
        let (id, total, all, left): (Option<i32>, Cents, Cents, Option<Cents>) =
            (order.id, order.total_cents, order.all, order.left);
        assert!(id.is_some() && order.placed);
        assert_eq!((total, all, left), (Cents(250), Cents(250), None));

        // Of a table that is joined from the left, every column may be NULL, and nobody needs to say so.
        let none = query!("SELECT o.status::text AS status FROM (VALUES (1)) one(id) LEFT JOIN {{tables.orders}} o ON false");
        assert_eq!(none.fetch_one(&tx).await.unwrap().status, None);
    })
    .await;
}

#[tokio::test]
async fn a_wildcard_takes_the_type_of_the_field() {
    struct Order {
        total: Cents,
    }
    struct PerhapsOrder {
        total: Option<Cents>,
    }
    lab(async |lab| {
        let db = migrated(lab).await;
        let tx = with_an_order(db).await.unwrap();
        let order = query_as!(
            Order,
            r#"SELECT total_cents AS "total: _" FROM {{tables.orders}}"#
        );
        assert_eq!(order.fetch_one(&tx).await.unwrap().total, Cents(250));
        let order = query_as!(
            Order,
            r#"SELECT nullif(total_cents, 0) AS "total!: _" FROM {{tables.orders}}"#
        );
        assert_eq!(order.fetch_one(&tx).await.unwrap().total, Cents(250));
        for wanted in [0, 250] {
            let order = query_as!(
                PerhapsOrder,
                r#"SELECT nullif(total_cents, $1) AS "total: _" FROM {{tables.orders}}"#,
                wanted
            );
            let total = order.fetch_one(&tx).await.unwrap().total;
            assert_eq!(total, (wanted == 0).then_some(Cents(250)));
        }
        let order = query_as!(
            PerhapsOrder,
            r#"SELECT total_cents AS "total?: _" FROM {{tables.orders}}"#
        );
        assert_eq!(order.fetch_one(&tx).await.unwrap().total, Some(Cents(250)));
    })
    .await;
}

#[tokio::test]
async fn a_null_that_was_ruled_out_is_an_error_that_names_the_column() {
    #[derive(Debug)]
    #[expect(dead_code, reason = "no row becomes one")]
    struct Named {
        id: i32,
        name: String,
    }
    lab(async |lab| {
        let named = query_as!(
            Named,
            r#"SELECT id, name AS "name!" FROM (VALUES (1, NULL::text)) people(id, name)"#
        );
        let error = named.fetch_one(&lab.db).await.unwrap_err();
        assert!(error.is_decode(), "{error:?}");
        assert!(error.to_string().contains("name"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn arguments_are_values_or_references_and_perhaps_none() {
    lab(async |lab| {
        let word = "ahoy".to_owned();
        let pair = &(String::from("ahoy"), 1);
        let row = query!(
            "SELECT word FROM (VALUES ('ahoy')) words(word) WHERE word IN ($1, $2, $3, $4, $5, $6, $7)",
            &word,
            &word[..],
            Some(&word),
            Some(word.as_str()),
            Option::<String>::None,
            word.clone(),
            &pair.0
        );
        assert_eq!(row.fetch_one(&lab.db).await.unwrap().word, word);
        let many = query!(
            "SELECT * FROM unnest(ARRAY[$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12]::int[]) numbers(number)",
            0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        );
        let many = many.fetch_all(&lab.db).await.unwrap();
        assert!(many.iter().map(|row| row.number).eq((0..12).map(Some)));
    })
    .await;
}

#[tokio::test]
async fn arrays_are_taken_from_slices_and_given_as_vectors() {
    lab(async |lab| {
        let some: &[i32] = &[3, 1, 2];
        let row = query!("SELECT $1::int[] AS mine, ARRAY[3, 2, 1] AS theirs", some);
        let row = row.fetch_one(&lab.db).await.unwrap();
        let theirs: Vec<i32> = row.theirs;
        assert_eq!(theirs, [3, 2, 1]);
        assert_eq!(row.mine.as_deref(), Some(some));
    })
    .await;
}

#[tokio::test]
async fn rows_come_as_a_stream() {
    lab(async |lab| {
        let query = query!("SELECT * FROM generate_series(1, 3) AS numbers(number);");
        let mut rows = query.fetch(&lab.db);
        let mut numbers = Vec::new();
        while let Some(row) = rows.try_next().await.unwrap() {
            numbers.push(row.number);
        }
        assert_eq!(numbers, [1, 2, 3]);
    })
    .await;
}

#[tokio::test]
async fn an_argument_may_say_what_it_is() {
    lab(async |lab| {
        let db = &lab.db;
        let number = || Number { number: 3 };
        let by_newtype = query!(
            "SELECT * FROM (SELECT 3) numbers(number) WHERE number = $1",
            number() as Number
        );
        assert_eq!(by_newtype.fetch_one(db).await.unwrap().number, 3);
        let by_option = query!(
            "SELECT * FROM (SELECT 3) numbers(number) WHERE number = $1",
            Some(number()) as Option<Number>
        );
        assert_eq!(by_option.fetch_one(db).await.unwrap().number, 3);
        let converted = query!("SELECT $1::bigint AS number", 3_i32 as i64);
        assert_eq!(converted.fetch_one(db).await.unwrap().number, Some(3));
        // Left to the server.
        let unnamed = query!(
            "SELECT * FROM (SELECT 3) numbers(number) WHERE number = $1",
            number() as _
        );
        assert_eq!(unnamed.fetch_one(db).await.unwrap().number, 3);
    })
    .await;
}
