//! Every query of the program against live schemas.

use std::time::Duration;

use pgdbm::{
    CallSite, DatabaseManager, Error, MigrationManager, Pool, UnboundQuery, Verify, query,
    query_as, query_file, query_scalar, query_scalar_unchecked, query_unchecked, verify,
    verify_all,
};

use crate::lab::{Lab, lab};

#[pgdbm::migrations("migrations")]
struct Migrations;

/// Queries that nothing runs, in all positions that a query can have.
mod queries {
    #![allow(dead_code, reason = "they are found without being called")]

    use super::{
        DatabaseManager, Error, UnboundQuery, query, query_as, query_file, query_scalar,
        query_scalar_unchecked, query_unchecked,
    };

    pub(super) struct Order {
        id: i32,
        tags: Vec<String>,
    }

    pub(super) const IN_A_CONST: UnboundQuery<1, String> =
        query_scalar!("SELECT email FROM {{tables.users}} WHERE id = $1");
    static IN_A_STATIC: UnboundQuery<1, Order> = query_as!(
        Order,
        "SELECT id, tags FROM {{tables.orders}} WHERE id = $1"
    );

    async fn not_called(db: &DatabaseManager, email: &str) -> Result<Vec<i32>, Error> {
        let ids = query_scalar!("SELECT id FROM {{tables.users}} WHERE email = $email");
        ids.fetch_all(db).await
    }

    async fn generic<T>(db: &DatabaseManager, _: T) -> Result<u64, Error> {
        query!("DELETE FROM {{tables.orders}} WHERE placed_at < now()")
            .execute(db)
            .await
    }

    trait Stated {
        fn all(&self) -> impl Fn() -> usize {
            || query!("SELECT * FROM {{tables.users}}").source().len()
        }
    }

    async fn with_a_part(db: &DatabaseManager, name: Option<&str>) -> Result<Vec<i32>, Error> {
        let ids = query_scalar!(
            "SELECT id FROM {{tables.users}} WHERE true {{if $name}} AND name = $name {{end}}"
        );
        ids.fetch_all(db).await
    }

    fn not_checked() {
        let _ = query_unchecked!("SELECT name FROM {{tables.users}}");
        let _: pgdbm::Query<(), i64> =
            query_scalar_unchecked!("SELECT total_cents FROM {{views.order_totals}}");
        let _ = query_file!("tests/server/user_by_email.sql");
        macro_rules! through_a_macro {
            ($sql:literal) => {
                query_scalar!($sql)
            };
        }
        let _ = through_a_macro!("SELECT count(*) FROM {{tables.orders}}");
    }
}

/// How many there are.
const QUERIES: usize = 10;

/// Only those: the other tests' queries are on tables that they make for themselves.
fn ours(verify: Verify) -> Verify {
    verify.only(|site| site.location().file.ends_with("verify.rs"))
}

async fn migrated(pool: &Pool, schema: &str) -> DatabaseManager {
    let db = pool.manager(schema).unwrap();
    MigrationManager::new(&db, Migrations)
        .apply()
        .await
        .unwrap();
    db
}

async fn change(db: &DatabaseManager, statements: &[&str]) {
    for statement in statements {
        db.execute(*statement).await.unwrap();
    }
}

async fn shop(lab: &Lab) -> DatabaseManager {
    migrated(&lab.pool, "shop").await
}

#[tokio::test]
async fn everything_is_found_and_fits_a_schema_that_is_migrated() {
    lab(async |lab| {
        let db = shop(lab).await;
        let verified = ours(verify(&db)).await.unwrap();
        assert_eq!((verified.call_sites(), verified.schemas()), (QUERIES, 1));
        assert_eq!(verified.left_out().count(), 0);
    })
    .await;
}

#[tokio::test]
async fn all_that_does_not_fit_is_said_at_once() {
    lab(async |lab| {
        let db = shop(lab).await;
        change(
            &db,
            &[
                "DROP VIEW {{views.order_totals}}",
                "ALTER TABLE {{tables.users}} ALTER email TYPE bytea USING NULL, DROP name",
                "ALTER TABLE {{tables.orders}} DROP tags, ADD weight int",
                "ALTER TABLE {{tables.orders}} ALTER id TYPE bigint",
            ],
        )
        .await;
        let error = ours(verify(&db)).await.unwrap_err();
        assert!(error.failure().is_none());
        assert_eq!(error.call_sites(), QUERIES);
        let found: Vec<(&str, Option<&str>)> = error
            .disagreements()
            .iter()
            .map(|one| (one.call_site().sql().lines().last().unwrap(), one.error().code()))
            .collect();
        let expected = [
            ("SELECT email FROM {{tables.users}} WHERE id = $1", None),
            ("SELECT id, tags FROM {{tables.orders}} WHERE id = $1", Some("42703")),
            ("SELECT id FROM {{tables.users}} WHERE email = $email", None),
            ("SELECT * FROM {{tables.users}}", None),
            (
                "SELECT id FROM {{tables.users}} WHERE true {{if $name}} AND name = $name {{end}}",
                Some("42703"),
            ),
            ("SELECT name FROM {{tables.users}}", Some("42703")),
            ("SELECT total_cents FROM {{views.order_totals}}", Some("42P01")),
            ("WHERE email = $1", Some("42703")),
        ];
        assert_eq!(found, expected);
        assert!(error.disagreements()[0].error().is_schema_drift());
        assert_eq!(error.disagreements()[0].error().column(), Some("email"));
        let text = error.to_string();
        for part in [
            "8 disagreements between 10 queries and 1 schema\n\n1. the column `email` is `bytea` on the server, and was `text` when",
            "apply `001_users.sql`, if this schema lacks it",
            "tests/server/verify.rs:",
            "the query is not what it was compiled as\n  the column `email` is `bytea`",
            "\n  the result has no column `name` on the server, and had one of the type `text`",
            "the parameter `$email` is `bytea` on the server, and was `text` when",
            "SELECT id, tags FROM {{tables.orders}}",
            "            ^",
        ] {
            assert!(text.contains(part), "no {part:?} in {text}");
        }
        assert_eq!(format!("{error:?}"), text);
        let as_error = Error::from(error);
        assert!(as_error.to_string().contains("8 disagreements"));
    })
    .await;
}

#[tokio::test]
async fn a_schema_that_is_behind_or_ahead_is_said_to_be() {
    lab(async |lab| {
        let db = shop(lab).await;
        change(
            &db,
            &[
                "DROP FUNCTION {{functions.place_order}}",
                "DROP VIEW {{views.order_totals}}",
                "DELETE FROM {{tables.pgdbm_migrations}} WHERE name = '003_order_totals.sql'",
            ],
        )
        .await;
        let error = ours(verify(&db)).await.unwrap_err().to_string();
        let expected = "1 disagreement between 10 queries and 1 schema\n\
            the migration `003_order_totals.sql` of `pgdbm`, with which the queries were compiled, is not applied: in \"shop\"\n\n1. ";
        assert!(error.starts_with(expected), "{error}");
        MigrationManager::new(&db, Migrations).apply().await.unwrap();
        ours(verify(&db)).await.unwrap();

        let files = std::env::temp_dir().join(format!("pgdbm-verify-{}", std::process::id()));
        std::fs::create_dir_all(&files).unwrap();
        std::fs::write(
            files.join("004_names.sql"),
            "ALTER TABLE {{tables.users}} RENAME name TO full_name",
        )
        .unwrap();
        let newer = MigrationManager::from_directory(&db, &files, "pgdbm").unwrap();
        newer.ignore_missing(true).apply().await.unwrap();
        std::fs::remove_dir_all(&files).unwrap();
        let error = ours(verify(&db)).await.unwrap_err().to_string();
        let expected = "the migrations of `pgdbm` went on to `004_names.sql`, and the queries were compiled with those up to \
            `003_order_totals.sql`: in \"shop\"";
        assert!(error.contains(expected), "{error}");
    })
    .await;
}

#[tokio::test]
async fn what_a_thousand_schemas_have_in_common_is_said_once() {
    lab(async |lab| {
        let names: Vec<String> = (0..12).map(|n| format!("tenant_{n}")).collect();
        for name in &names {
            let db = migrated(&lab.pool, name).await;
            change(&db, &["ALTER TABLE {{tables.orders}} DROP placed_at"]).await;
            if name == "tenant_3" {
                change(&db, &["DROP TABLE {{tables.orders}} CASCADE"]).await;
            }
        }
        let pool = lab.pool_of(4).await;
        let error = ours(verify_all(&pool, &names).concurrency(3))
            .await
            .unwrap_err();
        let places: Vec<(&str, usize)> = error
            .disagreements()
            .iter()
            .map(|one| (one.error().code().unwrap(), one.schemas().len()))
            .collect();
        let expected = [
            ("42P01", 1),
            ("42703", 11),
            ("42P01", 1),
            ("42P01", 1),
            ("42P01", 1),
        ];
        let mut sorted = places.clone();
        sorted.sort_unstable();
        let mut expected_sorted = expected.to_vec();
        expected_sorted.sort_unstable();
        assert_eq!(sorted, expected_sorted, "{error}");
        let text = error.to_string();
        for part in [
            "5 disagreements between 10 queries and 12 schemas",
            "the same in 10 other schemas: \"tenant_1\", \"tenant_2\", \"tenant_4\", \"tenant_5\", \"tenant_6\" and 5 more",
        ] {
            assert!(text.contains(part), "no {part:?} in {text}");
        }
        assert!(pool.stats().open <= 3, "{:?}", pool.stats());
        let verified = ours(verify_all(&pool, ["shop"; 0])).await.unwrap();
        assert_eq!(verified.schemas(), 0);
        let error = ours(verify_all(&pool, ["No Schema"])).await.unwrap_err();
        assert!(error.failure().unwrap().is_schema_name(), "{error}");
    })
    .await;
}

#[tokio::test]
async fn the_history_of_a_schema_says_whose_queries_belong_to_it() {
    lab(async |lab| {
        // A module of another program: nothing is known of ours, so all is asked.
        let db = lab.pool.manager("shop").unwrap();
        let other = MigrationManager::from_directory(&db, "tests/fixtures/billing", "billing");
        other.unwrap().apply().await.unwrap();
        let error = ours(verify(&db)).await.unwrap_err();
        assert_eq!(error.call_sites(), QUERIES);
        // Without any history as well.
        let db = lab.pool.manager("nothing").unwrap();
        db.ensure_schema().await.unwrap();
        let error = ours(verify(&db)).await.unwrap_err();
        assert_eq!(error.disagreements().len(), QUERIES);

        let db = shop(lab).await;
        let by_name = ours(verify(&db)).module("pgdbm").await.unwrap();
        assert_eq!(by_name.call_sites(), QUERIES);
        let checked = verify(&db).only(|site: CallSite| {
            site.location().file.ends_with("verify.rs")
                && site.is_checked()
                && site.module() == Some("pgdbm")
        });
        assert_eq!(checked.await.unwrap().call_sites(), QUERIES - 2);
    })
    .await;
}

#[tokio::test]
async fn a_choice_that_takes_nothing_is_no_success() {
    lab(async |lab| {
        let db = shop(lab).await;
        let error = ours(verify(&db))
            .module("pgdbm")
            .module("shpo")
            .await
            .unwrap_err();
        assert!(error.failure().unwrap().is_config());
        let text = error.to_string();
        for part in [
            "the queries could not be verified: ",
            "no query of the program belongs to the module `shpo`",
            "help: there are queries of `pgdbm`",
        ] {
            assert!(text.contains(part), "no {part:?} in {text}");
        }
        let error = verify(&db).only(|_| false).await.unwrap_err();
        assert!(
            error.to_string().contains("`only` leaves out every query"),
            "{error}"
        );
        // Whatever the schemas are, and if there are none.
        let none = verify_all(&lab.pool, ["shop"; 0]).module("shpo").await;
        assert!(none.unwrap_err().failure().is_some());
    })
    .await;
}

#[tokio::test]
async fn of_a_schema_that_is_not_there_that_is_said_once() {
    lab(async |lab| {
        shop(lab).await;
        let error = ours(verify_all(&lab.pool, ["shop", "nowhere", "shpo"]))
            .await
            .unwrap_err();
        assert!(error.failure().is_none() && error.disagreements().is_empty(), "{error}");
        assert_eq!(error.missing_schemas(), ["nowhere", "shpo"]);
        let expected = format!(
            "the schemas \"nowhere\", \"shpo\" do not exist, and {QUERIES} queries need what is in them\n  help: apply the migrations \
             there, or correct the name"
        );
        assert_eq!(error.to_string(), expected);
        assert!(Error::from(error).to_string().contains("\"nowhere\""));
        // What does not fit elsewhere is said beside it.
        change(&lab.pool.manager("shop").unwrap(), &["ALTER TABLE {{tables.orders}} DROP placed_at"]).await;
        let error = ours(verify_all(&lab.pool, ["nowhere", "shop"]))
            .await
            .unwrap_err();
        assert_eq!(error.disagreements().len(), 1);
        let text = error.to_string();
        assert!(text.starts_with("the schema \"nowhere\" does not exist, and"), "{text}");
        assert!(text.contains("\n\n1 disagreement between"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn nothing_is_left_behind_on_the_connection() {
    lab(async |lab| {
        let pool = lab.pool_of(1).await;
        let db = migrated(&pool, "shop").await;
        let backend = "SELECT pg_backend_pid()";
        let before: i32 = db.fetch_value(backend).await.unwrap();
        let statements = "SELECT count(*) FROM pg_prepared_statements";
        let kept: i64 = db.fetch_value(statements).await.unwrap();
        ours(verify(&db)).await.unwrap();
        ours(verify(&db)).await.unwrap();
        assert_eq!(db.fetch_value::<i64>(statements).await.unwrap(), kept);
        assert_eq!(db.fetch_value::<i32>(backend).await.unwrap(), before);
        assert_eq!(pool.stats().open, 1);
    })
    .await;
}

#[tokio::test]
async fn a_table_that_another_session_changes_is_waited_for_and_no_longer() {
    lab(async |lab| {
        let db = shop(lab).await;
        let tx = lab.db.transaction().await.unwrap();
        tx.execute("LOCK TABLE {{tables.orders}} IN ACCESS EXCLUSIVE MODE")
            .await
            .unwrap();
        let impatient = Pool::connect(
            lab.config()
                .max_connections(1)
                .lock_timeout(Some(Duration::from_millis(50))),
        );
        let impatient = impatient.await.unwrap();
        let db_of_impatient = impatient.manager("shop").unwrap();
        let error = ours(verify(&db_of_impatient)).await.unwrap_err();
        assert!(error.failure().unwrap().is_timeout(), "{error}");
        assert!(
            error
                .to_string()
                .starts_with("the queries could not be verified: "),
            "{error}"
        );

        // Dropped on its way it closes its connection, and the pool is as good as before.
        let patient = lab.pool_of(1).await;
        let waiting = patient.manager("shop").unwrap();
        let cut = tokio::time::timeout(
            Duration::from_millis(100),
            ours(verify(&waiting)).into_future(),
        );
        assert!(cut.await.is_err());
        drop(tx);
        ours(verify(&waiting)).await.unwrap();
        ours(verify(&db)).await.unwrap();
    })
    .await;
}
