//! Errors: what the server says, where it is in the user's own SQL, and nothing secret.

use pgdbm::sql;

use crate::lab::{lab, users};

#[tokio::test]
async fn the_position_is_that_of_the_sql_as_written() {
    lab(async |lab| {
        users(&lab.db).await;
        let query = "SELECT id, emial FROM {{tables.users}} u WHERE u.nmae = $1";
        let error = lab.db.fetch_one(sql(query).bind("x")).await.unwrap_err();
        assert_eq!(error.code(), Some("42703"));
        assert_eq!(error.position(), query.find("emial"));
        assert_eq!(error.query(), Some(query));
        assert_eq!(error.schema(), Some("shop"));

        // Behind a placeholder, which is longer on the server, in a schema with a long name, and behind characters
        // of several bytes: the protocol counts characters.
        let long = lab.pool.manager("a_schema_with_a_rather_long_name_indeed").unwrap();
        users(&long).await;
        let query = "SELECT 'žluťoučký kůň 🐎', count(*)\n  FROM {{tables.users}} AS \"žena\"\n WHERE \"žena\".nmae = '🐎'";
        let error = long.fetch_one(query).await.unwrap_err();
        assert_eq!(error.position(), query.find("\"žena\".nmae"));
        let text = error.to_string();
        assert!(text.contains("line 3, column 8"), "{text}");
        assert!(text.contains("WHERE \"žena\".nmae"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn constraint_violations_name_the_constraint() {
    lab(async |lab| {
        users(&lab.db).await;
        let insert = "INSERT INTO {{tables.users}} (email, age) VALUES ($1, $2)";
        lab.db.execute(sql(insert).bind("a").bind(1)).await.unwrap();
        let duplicate = lab
            .db
            .execute(sql(insert).bind("a").bind(1))
            .await
            .unwrap_err();
        assert!(duplicate.is_unique_violation());
        assert_eq!(duplicate.constraint(), Some("users_email_key"));
        assert_eq!(duplicate.table(), Some("users"));
        let text = duplicate.to_string();
        for part in [
            "duplicate key value",
            "Key (email)=(a) already exists",
            "users_email_key on shop.users",
            "23505 (unique_violation)",
            insert,
        ] {
            assert!(text.contains(part), "{part} is missing in:\n{text}");
        }
        assert!(
            lab.db
                .execute(sql(insert).bind("b").bind(-1))
                .await
                .unwrap_err()
                .is_check_violation()
        );
        let null = lab
            .db
            .execute(sql(insert).bind(None::<String>).bind(1))
            .await
            .unwrap_err();
        assert!(null.is_not_null_violation());
        assert_eq!(null.column(), Some("email"));
        lab.db
            .execute(
                "CREATE TABLE {{tables.orders}} (user_id int REFERENCES {{tables.users}} (id))",
            )
            .await
            .unwrap();
        let orphan = lab
            .db
            .execute("INSERT INTO {{tables.orders}} VALUES (99)")
            .await
            .unwrap_err();
        assert!(orphan.is_foreign_key_violation());
    })
    .await;
}

#[tokio::test]
async fn arguments_never_show() {
    lab(async |lab| {
        users(&lab.db).await;
        let secret = "hunter2-is-the-password";
        let query =
            sql("SELECT * FROM {{tables.users}} WHERE email = $1 AND nowhere = 1").bind(secret);
        assert!(!format!("{query:?}").contains("hunter2"));
        let error = lab.db.fetch_one(query).await.unwrap_err();
        assert!(!format!("{error} {error:?} {error:#?}").contains("hunter2"));
        let unfit = lab
            .db
            .fetch_one(sql("SELECT $1::int").bind(secret))
            .await
            .unwrap_err();
        assert!(unfit.is_argument());
        assert!(!unfit.to_string().contains("hunter2"), "{unfit}");
        let row = lab
            .db
            .fetch_one(sql("SELECT $1::text AS token").bind(secret))
            .await
            .unwrap();
        assert!(!format!("{row:?}").contains("hunter2"));
    })
    .await;
}

#[tokio::test]
async fn an_unfit_argument_is_named_and_nothing_is_sent() {
    lab(async |lab| {
        let error = lab
            .db
            .fetch_one(sql("SELECT $1::int + $2::int").bind(1).bind("two"))
            .await
            .unwrap_err();
        let text = error.to_string();
        assert!(text.contains("`$2`") && text.contains("`int4`"), "{text}");
        let few = lab
            .db
            .fetch_one(sql("SELECT $1::int + $2::int").bind(1))
            .await
            .unwrap_err()
            .to_string();
        assert!(
            few.contains("2 parameter(s)") && few.contains("1 argument(s)"),
            "{few}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_timeout_says_so() {
    lab(async |lab| {
        let tx = lab.db.transaction().await.unwrap();
        tx.execute("SET LOCAL statement_timeout = 20")
            .await
            .unwrap();
        let error = tx.execute("SELECT pg_sleep(60)").await.unwrap_err();
        assert!(error.is_timeout(), "{error}");
        assert!(error.to_string().contains("57014"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn an_error_in_a_function_shows_its_context() {
    lab(async |lab| {
        lab.db
            .execute("CREATE FUNCTION {{functions.broken}}() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1 / 0; END $$")
            .await
            .unwrap();
        let error = lab.db.fetch_one("SELECT {{functions.broken}}()").await.unwrap_err();
        assert_eq!(error.position(), None);
        assert!(error.to_string().contains("context: "), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_nul_in_the_text_is_refused_and_in_a_value_is_the_server_s_error() {
    lab(async |lab| {
        assert!(
            lab.db
                .fetch_one("SELECT 'a\0b'")
                .await
                .unwrap_err()
                .is_template()
        );
        let error = lab
            .db
            .fetch_one(sql("SELECT $1::text").bind("a\0b"))
            .await
            .unwrap_err();
        assert_eq!(error.code(), Some("22021"), "{error}");
        assert_eq!(
            lab.db
                .fetch_value::<i32>("\u{feff}SELECT 1")
                .await
                .map_err(|error| error.to_string()),
            Ok(1)
        );
        assert_eq!(lab.db.fetch_value::<i32>("SELECT\r\n1").await.unwrap(), 1);
    })
    .await;
}
