//! Schemas that are not what the queries were compiled with: what a query that runs on one says.

use pgdbm::{Error, MigrationManager, query, query_as, query_scalar};

use crate::lab::{Lab, lab};

#[pgdbm::migrations("migrations")]
struct Migrations;

/// The package's migrations applied, one user and one order.
async fn shop(lab: &Lab) {
    let migrations = MigrationManager::new(&lab.db, Migrations);
    migrations.apply().await.unwrap();
    let id = query_scalar!(
        "INSERT INTO {{tables.users}} (email, name) VALUES ('ada@example.com', 'Ada') RETURNING id"
    );
    let id = id.fetch_one(&lab.db).await.unwrap();
    let order = query!("INSERT INTO {{tables.orders}} (user_id, total_cents) VALUES ($id, 100)");
    order.execute(&lab.db).await.unwrap();
}

async fn change(lab: &Lab, statement: &str) {
    lab.db.execute(statement.to_owned()).await.unwrap();
}

/// Whether an error names all of these, the schema and this file.
#[track_caller]
fn names(error: &Error, parts: &[&str]) {
    let text = error.to_string();
    let place = ["in schema \"shop\", query at tests/server/guard.rs:"];
    for part in parts.iter().chain(&place) {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
}

async fn email(lab: &Lab) -> Result<String, Error> {
    query_scalar!("SELECT email FROM {{tables.users}}")
        .fetch_one(&lab.db)
        .await
}

#[tokio::test]
async fn a_column_that_has_the_name_of_another_by_now_is_not_taken_for_it() {
    lab(async |lab| {
        shop(lab).await;
        let both = async || {
            query!("SELECT u.*, o.total_cents FROM {{tables.users}} u JOIN {{tables.orders}} o ON o.user_id = u.id")
                .fetch_one(&lab.db)
                .await
        };
        assert_eq!(both().await.unwrap().total_cents, 100);
        change(lab, "ALTER TABLE {{tables.users}} ADD total_cents bigint DEFAULT 7").await;
        let error = both().await.unwrap_err();
        assert!(error.is_schema_drift());
        names(&error, &["2 columns `total_cents` on the server, and had 1", "instead of `*`"]);
    })
    .await;
}

#[tokio::test]
async fn a_column_that_is_gone_is_named_with_the_migration_that_made_it() {
    lab(async |lab| {
        shop(lab).await;
        let tags = async || {
            query_scalar!("SELECT tags FROM {{tables.orders}}")
                .fetch_one(&lab.db)
                .await
        };
        assert_eq!(tags().await.unwrap(), [""; 0]);
        change(lab, "ALTER TABLE {{tables.orders}} DROP tags").await;
        let error = tags().await.unwrap_err();
        assert_eq!(error.code(), Some("42703"));
        let help = "help: apply the migrations up to `002_orders.sql`, if this schema lacks some";
        names(&error, &["\"tags\" does not exist", help]);
        // One that is sought and not given.
        let by_tag = query_scalar!("SELECT id FROM {{tables.orders}} WHERE 'a' = ANY (tags)");
        let error = by_tag.fetch_optional(&lab.db).await.unwrap_err();
        names(&error, &["\"tags\" does not exist", help]);

        change(lab, "ALTER TABLE {{tables.users}} RENAME name TO full_name").await;
        let all = query!("SELECT * FROM {{tables.users}}");
        let error = all.fetch_all(&lab.db).await.unwrap_err();
        assert!(error.is_schema_drift(), "{error}");
        assert_eq!(error.column(), Some("name"));
        let says = "has no column `name` on the server, and had one of the type `text` when";
        names(
            &error,
            &[says, "apply `001_users.sql`, if this schema lacks it"],
        );
    })
    .await;
}

#[tokio::test]
async fn a_schema_without_its_migrations_is_told_which_it_needs() {
    lab(async |lab| {
        change(lab, "CREATE SCHEMA IF NOT EXISTS {{schema}}").await;
        let error = email(lab).await.unwrap_err();
        assert!(error.is_undefined_table());
        names(&error, &["apply the migrations up to `001_users.sql`"]);
        let total = query!("SELECT * FROM {{views.order_totals}}");
        let error = total.fetch_all(&lab.db).await.unwrap_err();
        names(
            &error,
            &["apply the migrations up to `003_order_totals.sql`"],
        );
        let placed = query_scalar!("SELECT {{functions.place_order}}(1, 2)");
        let error = placed.fetch_one(&lab.db).await.unwrap_err();
        names(
            &error,
            &["apply the migrations up to `003_order_totals.sql`"],
        );
    })
    .await;
}

#[tokio::test]
async fn everything_that_differs_is_said_at_once() {
    struct User {
        email: String,
        name: Option<String>,
    }
    lab(async |lab| {
        shop(lab).await;
        change(lab, "DROP VIEW {{views.order_totals}}").await;
        change(
            lab,
            "ALTER TABLE {{tables.users}} ALTER email TYPE bytea USING email::bytea, ALTER name TYPE int USING 1, ALTER id TYPE bigint",
        )
        .await;
        let user = query_as!(User, "SELECT email, name FROM {{tables.users}} WHERE id = $id", id = 1);
        let error = user.fetch_all(&lab.db).await.map(|users| {
            let (email, name) = (&users[0].email, &users[0].name);
            format!("{email} {name:?}")
        });
        let parts = [
            "the query is not what it was compiled as",
            "the parameter `$id` is `int8` on the server, and was `int4` when the query was compiled",
            "the column `email` is `bytea` on the server, and was `text` when the query was compiled",
            "the column `name` is `int4` on the server, and was `text` when the query was compiled",
            "help: apply `001_users.sql`",
        ];
        names(&error.unwrap_err(), &parts);
    })
    .await;
}

#[tokio::test]
async fn a_null_where_none_can_be_is_an_error_that_names_column_and_query() {
    struct User {
        email: String,
    }
    lab(async |lab| {
        shop(lab).await;
        change(lab, "ALTER TABLE {{tables.users}} ALTER email DROP NOT NULL").await;
        change(lab, "UPDATE {{tables.users}} SET email = NULL").await;
        let of_record = query!("SELECT id, email FROM {{tables.users}}");
        let of_struct = query_as!(User, "SELECT email FROM {{tables.users}}");
        let errors = [
            email(lab).await.unwrap_err(),
            of_record.fetch_all(&lab.db).await.unwrap_err(),
            of_struct.fetch_one(&lab.db).await.map(|user| user.email).unwrap_err(),
        ];
        for error in errors {
            assert!(error.is_decode());
            assert_eq!(error.column(), Some("email"));
            let help = "help: restore the constraint that allowed no NULL when the query was compiled, or write `AS \"email?\"`";
            names(&error, &["column `email` is NULL, which `String` cannot hold", help]);
        }
        let insisted = query_scalar!("SELECT email AS \"email!\" FROM {{tables.users}}");
        let error = insisted.fetch_one(&lab.db).await.unwrap_err();
        names(&error, &["column `email!` is NULL", "help: write `AS \"email?\"`"]);
        let allowed = query_scalar!("SELECT email AS \"email?\" FROM {{tables.users}}");
        assert_eq!(allowed.fetch_one(&lab.db).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_label_that_came_later_disturbs_nobody() {
    lab(async |lab| {
        shop(lab).await;
        let statuses = async || {
            query_scalar!(
                "SELECT status::text AS \"status!\" FROM {{tables.orders}} WHERE status <> 'open'"
            )
            .fetch_all(&lab.db)
            .await
        };
        assert_eq!(statuses().await.unwrap(), [""; 0]);
        change(
            lab,
            "ALTER TYPE {{types.order_status}} ADD VALUE 'returned'",
        )
        .await;
        change(lab, "UPDATE {{tables.orders}} SET status = 'returned'").await;
        assert_eq!(statuses().await.unwrap(), ["returned"]);
        // One that is gone is the server's error, at its place.
        change(
            lab,
            "ALTER TYPE {{types.order_status}} RENAME VALUE 'sent' TO 'shipped'",
        )
        .await;
        let sent = query!("UPDATE {{tables.orders}} SET status = 'sent'");
        let error = sent.execute(&lab.db).await.unwrap_err();
        assert_eq!(error.code(), Some("22P02"));
        names(
            &error,
            &[
                "\"sent\"",
                "line 1, column 39 of the SQL",
                "apply the migrations up to `003_order_totals.sql`",
            ],
        );
    })
    .await;
}

#[tokio::test]
async fn a_type_that_was_made_anew_is_met_again() {
    lab(async |lab| {
        shop(lab).await;
        let paid = async || {
            query!("SELECT id FROM {{tables.orders}} WHERE status = 'open'")
                .fetch_all(&lab.db)
                .await
        };
        assert_eq!(paid().await.unwrap().len(), 1);
        for statement in [
            "ALTER TABLE {{tables.orders}} ALTER status DROP DEFAULT, ALTER status TYPE text",
            "DROP TYPE {{types.order_status}}",
            "CREATE TYPE {{types.order_status}} AS ENUM ('paid', 'open')",
            "ALTER TABLE {{tables.orders}} ALTER status TYPE {{types.order_status}} USING status::{{types.order_status}}",
        ] {
            change(lab, statement).await;
        }
        assert_eq!(paid().await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_statement_that_is_out_of_date_is_prepared_anew_outside_of_transactions() {
    lab(async |lab| {
        shop(lab).await;
        let pool = lab.pool_of(1).await;
        let db = pool.manager("shop").unwrap();
        macro_rules! all {
            ($on:expr) => {
                query!("SELECT * FROM {{tables.users}}")
                    .fetch_all($on)
                    .await
            };
        }
        // One place, so that it is one statement; a transaction is of another type.
        async fn all(on: &impl pgdbm::Executor) -> Result<usize, Error> {
            all!(on).map(|users| users.len())
        }
        assert_eq!(all(&db).await.unwrap(), 1);
        change(lab, "ALTER TABLE {{tables.users}} ADD age int").await;
        assert_eq!(all(&db).await.unwrap(), 1);

        let tx = db.transaction().await.unwrap();
        change(lab, "ALTER TABLE {{tables.users}} ADD height int").await;
        let error = all(&tx).await.unwrap_err();
        assert_eq!(error.code(), Some("0A000"));
        names(&error, &["cached plan must not change result type"]);
        assert!(tx.commit().await.unwrap_err().is_transaction_aborted());
        // The next transaction finds it mended.
        let tx = db.transaction().await.unwrap();
        assert_eq!(all(&tx).await.unwrap(), 1);
        tx.commit().await.unwrap();

        // What does not fit any more does not come through the old statement either.
        change(
            lab,
            "ALTER TABLE {{tables.users}} ALTER name TYPE int USING 1",
        )
        .await;
        let error = all(&db).await.unwrap_err();
        names(
            &error,
            &["the column `name` is `int4` on the server, and was `text`"],
        );
        assert_eq!(pool.stats().open, 1);
    })
    .await;
}

#[tokio::test]
async fn a_type_that_the_query_names_and_that_is_none_for_the_column_is_an_error() {
    lab(async |lab| {
        shop(lab).await;
        // Names of the user's own: of `String` and `i64` themselves the compiler knows.
        type Text = String;
        type Long = i64;
        let text = query!("SELECT id AS \"id: Text\" FROM {{tables.users}}");
        let error = text.fetch_one(&lab.db).await.unwrap_err();
        assert!(error.is_decode());
        let says = "column `id: Text` has the type `int4` on the server: `String` does not read it";
        names(
            &error,
            &[
                says,
                "help: `String` is named for it in the SQL",
                "read it as `i32`",
            ],
        );
        let null = query_scalar!("SELECT name AS \"name!: Long\" FROM {{tables.users}}");
        let error = null.fetch_one(&lab.db).await.unwrap_err();
        names(
            &error,
            &["column `name!: Long` has the type `text` on the server: `i64` does not read it"],
        );
    })
    .await;
}

#[tokio::test]
async fn a_value_that_is_too_large_is_the_servers_error() {
    lab(async |lab| {
        shop(lab).await;
        // Not to be compressed into the page that an entry of an index must fit into.
        let long: String = (0_u64..4000)
            .map(|n| format!("{:016x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
            .collect();
        let insert = query!("INSERT INTO {{tables.users}} (email) VALUES ($long)");
        let error = insert.execute(&lab.db).await.unwrap_err();
        assert_eq!(error.code(), Some("54000"));
        names(
            &error,
            &["index row requires 64016 bytes", "(program_limit_exceeded)"],
        );
        assert!(!error.to_string().contains(&long[..100]));
        let gigabyte = query_scalar!("SELECT length(repeat($1, 2000000000))", "xx");
        let error = gigabyte.fetch_one(&lab.db).await.unwrap_err();
        assert_eq!(error.code(), Some("54000"));
        names(&error, &["requested length too large"]);
        assert_eq!(email(lab).await.unwrap(), "ada@example.com");
    })
    .await;
}
