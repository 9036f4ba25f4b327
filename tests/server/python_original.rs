//! What the tests of the Python original hold, held here too, as far as the other modules do not hold it already.
//!
//! `PYTHON.md` beside this file has the whole table: each of its tests, and the test of ours, or why there is none.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::pin::pin;
#[cfg(unix)]
use std::process::Command;
#[cfg(unix)]
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::SinkExt;
use pgdbm::{
    DatabaseConfig, DatabaseManager, EmbeddedFile, EmbeddedMigrations, Error, MigrationManager,
    Pool, query_scalar_unchecked, sql,
};

use crate::lab::{Lab, lab, server, users};
#[cfg(unix)]
use crate::tcp_server::{PASSWORD, TcpServer};

// Configuration and passwords.

#[test]
fn a_configuration_made_of_nothing_means_this_machine() {
    assert_eq!(
        DatabaseConfig::new().to_string(),
        "postgres://postgres@localhost:5432/postgres"
    );
    assert_eq!(
        DatabaseConfig::default().to_string(),
        DatabaseConfig::new().to_string()
    );
    let config = DatabaseConfig::new()
        .host("db.example.com")
        .port(5433)
        .user("ada")
        .password("x")
        .database("shop");
    assert_eq!(
        config.to_string(),
        "postgres://ada:****@db.example.com:5433/shop"
    );
}

#[test]
fn passwords_are_masked_in_urls_of_every_kind() {
    for url in [
        "postgresql://user:sesame@localhost/db",
        "postgres://admin:sesame_and_much_more_12345@server.example.com:5432/mydb?sslmode=disable",
        "postgres://user:p%40sesame!@host/database",
        "postgres://user@host/database?password=sesame",
        "host=localhost user=ada password='sesame street' dbname=shop",
    ] {
        let config = DatabaseConfig::from_url(url).unwrap();
        for shown in [
            config.to_string(),
            format!("{config:?}"),
            format!("{config:#?}"),
        ] {
            assert!(!shown.contains("sesame"), "{shown}");
            assert!(shown.contains(":****@"), "{shown}");
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn special_characters_of_a_password_arrive_as_they_are() {
    let server = password_server();
    let admin = Pool::connect(server.config("127.0.0.1"))
        .await
        .unwrap()
        .public();
    for (n, (password, encoded)) in [
        ("pass@word", "pass%40word"),
        ("p@ss#word!", "p%40ss%23word!"),
        ("pass word", "pass%20word"),
        ("pass&word=123", "pass%26word%3D123"),
        ("p%40ssw%3Drd", "p%2540ssw%253Drd"),
        ("pä:ss/wörd?", "p%C3%A4%3Ass%2Fw%C3%B6rd%3F"),
    ]
    .into_iter()
    .enumerate()
    {
        let role = format!("special_{n}");
        admin
            .execute(format!("CREATE ROLE {role} LOGIN PASSWORD '{password}'"))
            .await
            .unwrap();
        let fields = server.config("127.0.0.1").user(&role).password(password);
        let url = format!(
            "postgres://{role}:{encoded}@127.0.0.1:{}/postgres",
            server.port()
        );
        for config in [fields, DatabaseConfig::from_url(&url).unwrap()] {
            let pool = Pool::connect(config).await.unwrap();
            assert_eq!(
                pool.public()
                    .fetch_value::<String>("SELECT current_user::text")
                    .await
                    .unwrap(),
                role
            );
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_password_may_come_from_the_environment() {
    const PORT: &str = "PGDBM_TEST_PASSWORD_PORT";
    if let Ok(port) = std::env::var(PORT) {
        // The program that the lines below start: the environment of this one is not ours to change.
        let url =
            DatabaseConfig::from_url(&format!("postgres://postgres@127.0.0.1:{port}/postgres"))
                .unwrap();
        for config in [url, DatabaseConfig::from_env().unwrap()] {
            assert_eq!(
                config.to_string(),
                format!("postgres://postgres:****@127.0.0.1:{port}/postgres")
            );
            Pool::connect(config).await.unwrap();
        }
        let stated = DatabaseConfig::from_url(&format!(
            "postgres://postgres:other@127.0.0.1:{port}/postgres"
        ))
        .unwrap();
        assert!(
            Pool::connect(stated).await.unwrap_err().is_authentication(),
            "what is stated has the last word"
        );
        return;
    }
    let port = password_server().port().to_string();
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "python_original::the_password_may_come_from_the_environment",
        ])
        .env_remove("DATABASE_URL")
        .envs([
            ("DB_HOST", "127.0.0.1"),
            ("DB_PORT", &port),
            ("DB_USER", "postgres"),
            ("DB_NAME", "postgres"),
        ])
        .envs([("DB_PASSWORD", PASSWORD), (PORT, &port)])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_named() {
    let config = DatabaseConfig::new()
        .host("no-such-host.invalid")
        .password("sesame");
    let error = Pool::connect(config).await.unwrap_err();
    assert!(error.is_unreachable(), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("no-such-host.invalid:5432") && text.contains("help: "),
        "{text}"
    );
    assert!(!text.contains("sesame"), "{text}");
}

// Basic use.

#[tokio::test]
async fn a_fresh_pool_answers_and_its_numbers_add_up() {
    lab(async |lab| {
        let pool = Pool::connect(lab.config().min_connections(2).max_connections(5))
            .await
            .unwrap();
        let db = pool.manager("shop").unwrap();
        assert_eq!(db.fetch_value::<i32>("SELECT 1").await.unwrap(), 1);
        let about = db
            .fetch_one("SELECT current_database()::text AS db, version() AS version")
            .await
            .unwrap();
        assert!(
            about
                .get::<String>("db")
                .unwrap()
                .starts_with("pgdbm_test_")
        );
        assert!(
            about
                .get::<String>("version")
                .unwrap()
                .starts_with("PostgreSQL")
        );
        let held = db.acquire().await.unwrap();
        let stats = pool.stats();
        assert_eq!(
            (
                stats.open,
                stats.in_use,
                stats.idle,
                stats.waiting,
                stats.max
            ),
            (2, 1, 1, 0, 5)
        );
        drop(held);
        assert_eq!((pool.stats().in_use, pool.stats().idle), (0, 2));
    })
    .await;
}

#[tokio::test]
async fn placeholders_become_qualified_names() {
    lab(async |lab| {
        let public = lab.pool.public();
        for (query, shop, without) in [
            (
                "SELECT * FROM {{schema}}.users",
                "SELECT * FROM \"shop\".users",
                "SELECT * FROM \"public\".users",
            ),
            (
                "SELECT * FROM {{tables.users}}",
                "SELECT * FROM \"shop\".\"users\"",
                "SELECT * FROM \"public\".\"users\"",
            ),
            (
                "DELETE FROM <<tables.users>>",
                "DELETE FROM \"shop\".\"users\"",
                "DELETE FROM \"public\".\"users\"",
            ),
            (
                "SELECT * FROM {{tables.server.projects}}",
                "SELECT * FROM \"server\".\"projects\"",
                "SELECT * FROM \"server\".\"projects\"",
            ),
        ] {
            assert_eq!(lab.db.render(query).unwrap(), shop);
            assert_eq!(public.render(query).unwrap(), without);
        }
    })
    .await;
}

#[tokio::test]
async fn a_row_is_created_read_updated_and_deleted() {
    lab(async |lab| {
        lab.db
            .execute("CREATE TABLE {{tables.products}} (id serial PRIMARY KEY, name text NOT NULL, price numeric(10, 2) NOT NULL, stock int DEFAULT 0)")
            .await
            .unwrap();
        let insert = sql("INSERT INTO {{tables.products}} (name, price, stock) VALUES ($1, $2::text::numeric, $3)");
        let id: i32 = lab.db.execute_and_return_id(insert.bind("Laptop").bind("999.99").bind(10)).await.unwrap();

        let read = || sql("SELECT name, price::text, stock FROM {{tables.products}} WHERE id = $1").bind(id);
        let (name, price, stock): (String, String, i32) = read().map_into().fetch_one(&lab.db).await.unwrap();
        assert_eq!((name.as_str(), price.as_str(), stock), ("Laptop", "999.99", 10));

        let update = sql("UPDATE {{tables.products}} SET price = $1::text::numeric, stock = stock - 1 WHERE id = $2");
        assert_eq!(lab.db.execute(update.bind("899.99").bind(id)).await.unwrap(), 1);
        let row = lab.db.fetch_one(read()).await.unwrap();
        assert_eq!((row.get::<&str>("price").unwrap(), row.get::<i32>("stock").unwrap()), ("899.99", 9));

        assert_eq!(lab.db.execute(sql("DELETE FROM {{tables.products}} WHERE id = $1").bind(id)).await.unwrap(), 1);
        assert!(lab.db.fetch_optional(read()).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_batch_is_written_filtered_and_summed() {
    lab(async |lab| {
        lab.db
            .execute("CREATE TABLE {{tables.inventory}} (sku text PRIMARY KEY, quantity int NOT NULL, location text)")
            .await
            .unwrap();
        let items = [("SKU1", 100, "A"), ("SKU2", 50, "B"), ("SKU3", 75, "A"), ("SKU4", 200, "C")];
        let insert = "INSERT INTO {{tables.inventory}} (sku, quantity, location) VALUES ($1, $2, $3)";
        assert_eq!(lab.db.execute_many(insert, items).await.unwrap(), 4);
        let in_a = sql("SELECT sku FROM {{tables.inventory}} WHERE location = $1 ORDER BY sku").bind("A");
        assert_eq!(in_a.scalar::<String>().fetch_all(&lab.db).await.unwrap(), ["SKU1", "SKU3"]);
        // The sum of integers is a bigint, as PostgreSQL says, not whatever Python makes of it.
        assert_eq!(lab.db.fetch_value::<i64>("SELECT sum(quantity) FROM {{tables.inventory}}").await.unwrap(), 425);
    })
    .await;
}

#[tokio::test]
async fn a_transfer_takes_effect_whole_or_not_at_all() {
    async fn transfer(db: &DatabaseManager, cents: i64) -> Result<(), pgdbm::Error> {
        let change = "UPDATE {{tables.accounts}} SET balance = balance + $1 WHERE name = $2";
        let tx = db.transaction().await?;
        tx.execute(sql(change).bind(cents).bind("bob")).await?;
        tx.execute(sql(change).bind(-cents).bind("alice")).await?;
        tx.commit().await
    }
    lab(async |lab| {
        lab.db
            .execute("CREATE TABLE {{tables.accounts}} (name text PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0))")
            .await
            .unwrap();
        lab.db.execute("INSERT INTO {{tables.accounts}} VALUES ('alice', 1000), ('bob', 500)").await.unwrap();
        let balances = async || {
            let query = sql("SELECT balance FROM {{tables.accounts}} ORDER BY name").scalar::<i64>();
            query.fetch_all(&lab.db).await.unwrap()
        };
        transfer(&lab.db, 100).await.unwrap();
        assert_eq!(balances().await, [900, 600]);
        assert!(transfer(&lab.db, 5000).await.unwrap_err().is_check_violation());
        assert_eq!(balances().await, [900, 600]);
    })
    .await;
}

#[tokio::test]
async fn a_transaction_has_the_methods_of_its_manager_and_sees_its_own_rows() {
    lab(async |lab| {
        users(&lab.db).await;
        let mut tx = lab.db.transaction().await.unwrap();
        let insert = "INSERT INTO {{tables.users}} (email, age) VALUES ($1, $2)";
        assert_eq!(tx.execute(sql(insert).bind("a").bind(10)).await.unwrap(), 1);
        assert_eq!(
            tx.execute_many(insert, [("b", 20), ("c", 30)])
                .await
                .unwrap(),
            2
        );
        assert_eq!(
            tx.execute_and_return_id::<i32>(sql(insert).bind("d").bind(40))
                .await
                .unwrap(),
            4
        );
        let one = tx
            .fetch_one("SELECT email FROM {{tables.users}} WHERE age = 20")
            .await
            .unwrap();
        assert_eq!(one.get::<&str>(0).unwrap(), "b");
        assert!(
            tx.fetch_optional("SELECT 1 FROM {{tables.users}} WHERE age = 99")
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(
            tx.fetch_all("SELECT * FROM {{tables.users}}")
                .await
                .unwrap()
                .len(),
            4
        );
        assert_eq!(
            tx.fetch_value::<i64>("SELECT sum(age) FROM {{tables.users}}")
                .await
                .unwrap(),
            100
        );
        let mut rows = tx.fetch("SELECT age FROM {{tables.users}} ORDER BY id");
        assert_eq!(
            rows.next()
                .await
                .unwrap()
                .unwrap()
                .get::<i32>("age")
                .unwrap(),
            10
        );
        while rows.next().await.is_some() {}
        drop(rows);
        let older = tx
            .prepare("SELECT count(*) FROM {{tables.users}} WHERE age > $1")
            .await
            .unwrap();
        assert_eq!(
            older.fetch_one((15,)).await.unwrap().get::<i64>(0).unwrap(),
            3
        );
        drop(older);
        assert!(tx.table_exists("users").await.unwrap());
        assert_eq!(tx.schema(), "shop");
        tx.transaction().await.unwrap().commit().await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            lab.db
                .fetch_value::<i64>("SELECT count(*) FROM {{tables.users}}")
                .await
                .unwrap(),
            4
        );
    })
    .await;
}

#[tokio::test]
async fn json_goes_in_and_out_as_text() {
    lab(async |lab| {
        lab.db.execute("CREATE TABLE {{tables.responses}} (endpoint text, response jsonb NOT NULL)").await.unwrap();
        let json = r#"{"status": "success", "data": {"users": [{"id": 1}, {"id": 2}], "total": 2}}"#;
        let insert = sql("INSERT INTO {{tables.responses}} VALUES ($1, $2::text::jsonb)").bind("/users").bind(json);
        lab.db.execute(insert).await.unwrap();
        let query = "SELECT response->>'status', response->'data'->>'total', jsonb_array_length(response->'data'->'users'), \
            (response->'data')::text FROM {{tables.responses}} WHERE response @> $1::text::jsonb";
        let found = sql(query).bind(r#"{"status": "success"}"#).map_into::<(String, String, i32, String)>();
        let (status, total, length, data) = found.fetch_one(&lab.db).await.unwrap();
        assert_eq!((status.as_str(), total.as_str(), length), ("success", "2", 2));
        assert!(data.starts_with('{') && data.contains("\"users\""), "{data}");
    })
    .await;
}

#[tokio::test]
async fn arrays_carry_a_bulk_of_rows_in_one_statement() {
    lab(async |lab| {
        lab.db.execute("CREATE TABLE {{tables.events}} (id serial, kind text NOT NULL, user_id int)").await.unwrap();
        let kinds: Vec<String> = (0..5000).map(|n| format!("kind {}", n % 7)).collect();
        let user_ids: Vec<i32> = (0..5000).collect();
        let insert = "INSERT INTO {{tables.events}} (kind, user_id) SELECT * FROM unnest($1::text[], $2::int[])";
        assert_eq!(lab.db.execute(sql(insert).bind(&kinds).bind(&user_ids)).await.unwrap(), 5000);
        let row = lab.db.fetch_one("SELECT kind FROM {{tables.events}} WHERE user_id = 4999").await.unwrap();
        assert_eq!(row.get::<String>("kind").unwrap(), kinds[4999]);
    })
    .await;
}

#[tokio::test]
async fn rows_are_copied_into_the_manager_s_schema_by_the_driver() {
    lab(async |lab| {
        for schema in ["one", "two"] {
            let db = lab.pool.manager(schema).unwrap();
            db.ensure_schema().await.unwrap();
            db.execute("CREATE TABLE {{tables.events}} (id serial, kind text NOT NULL)")
                .await
                .unwrap();
        }
        let db = lab.pool.manager("two").unwrap();
        let connection = db.acquire().await.unwrap();
        let copy = format!("COPY {} (kind) FROM STDIN", db.qualify("events"));
        let sink = connection
            .as_driver()
            .unwrap()
            .copy_in::<_, Cursor<&[u8]>>(&copy)
            .await
            .unwrap();
        let mut sink = pin!(sink);
        sink.send(Cursor::new(b"page_view\nclick\nsignup\n"))
            .await
            .unwrap();
        assert_eq!(sink.as_mut().finish().await.unwrap(), 3);
        assert_eq!(
            db.fetch_value::<i64>("SELECT count(*) FROM {{tables.events}}")
                .await
                .unwrap(),
            3
        );
        assert_eq!(
            db.fetch_value::<i64>("SELECT count(*) FROM {{tables.one.events}}")
                .await
                .unwrap(),
            0
        );
    })
    .await;
}

// Security.

#[tokio::test]
async fn a_refused_schema_name_stands_in_the_message() {
    lab(async |lab| {
        for name in [
            "public\"; DROP TABLE users; --",
            "public' OR '1'='1",
            "public/*comment*/",
            "123_invalid_start",
            "CamelCaseSchema",
        ] {
            let error = lab.pool.manager(name).unwrap_err();
            assert!(error.is_schema_name(), "{error}");
            // Quotes may be shown escaped, so that nobody mistakes where the name ends.
            let plain = error.to_string().replace('\\', "");
            assert!(plain.contains(name), "{error}");
        }
    })
    .await;
}

#[tokio::test]
async fn names_in_placeholders_are_checked_and_nothing_is_sent() {
    lab(async |lab| {
        let long = "a".repeat(64);
        for inside in [
            "tables.123_starts_with_digit.users",
            "tables.9schema.users",
            "tables.9users",
            "tables.valid_schema.9users",
            "tables.bad; DROP.users",
            "tables.bad-schema.users",
            "tables.bad\".users",
            "tables.a.b.c",
            "tables.",
            &format!("tables.{long}"),
            &format!("tables.{long}.users"),
            &format!("tables.valid_schema.{long}"),
        ] {
            let query = format!("SELECT * FROM {{{{{inside}}}}}");
            for error in [
                lab.db.render(&query).unwrap_err(),
                lab.db.fetch_all(&query).await.map(drop).unwrap_err(),
            ] {
                assert!(error.is_template(), "{query}: {error}");
                assert_eq!(error.code(), None, "{query}: the server was asked");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_value_is_never_sql() {
    lab(async |lab| {
        users(&lab.db).await;
        let hostile = "x'); DROP TABLE \"shop\".\"users\"; -- {{tables.users}} $1";
        lab.db
            .execute(sql("INSERT INTO {{tables.users}} (email) VALUES ($1)").bind(hostile))
            .await
            .unwrap();
        let found = sql("SELECT email FROM {{tables.users}} WHERE email = $1")
            .bind(hostile)
            .scalar::<String>();
        assert_eq!(found.fetch_one(&lab.db).await.unwrap(), hostile);
    })
    .await;
}

#[tokio::test]
async fn a_database_s_name_stays_a_name() {
    for name in [
        "test\"; DROP DATABASE production; --",
        "test' OR '1'='1",
        "test db",
        "a/b?sslmode=require",
        "ünïcode",
    ] {
        let config = DatabaseConfig::from_url(&server().database_url(name)).unwrap();
        let error = Pool::connect(config).await.unwrap_err();
        assert_eq!(error.code(), Some("3D000"), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[tokio::test]
async fn a_long_query_is_cut_in_the_message_and_whole_in_the_error() {
    lab(async |lab| {
        users(&lab.db).await;
        lab.db
            .execute("INSERT INTO {{tables.users}} (email) VALUES ('a')")
            .await
            .unwrap();
        let wide = format!(
            "SELECT '{}' AS filling, nowhere FROM {{{{tables.users}}}}",
            "x".repeat(3000)
        );
        let wide_without_place = format!(
            "INSERT INTO {{{{tables.users}}}} (email) SELECT 'a' WHERE '{}' <> ''",
            "x".repeat(3000)
        );
        let tall = format!(
            "INSERT INTO {{{{tables.users}}}} (email)\n{}VALUES ('a')",
            "-- a line of text\n".repeat(300)
        );
        for query in [wide, wide_without_place, tall] {
            let error = lab.db.execute(&query).await.unwrap_err();
            let text = error.to_string();
            assert!(error.code().is_some() && text.contains('…'), "{text}");
            assert!(query_part(&text).len() < 400, "{text}");
            assert_eq!(error.query(), Some(query.as_str()));
        }
    })
    .await;
}

/// What a message shows of the query: the lines behind the schema's.
fn query_part(message: &str) -> &str {
    message.split_once("in schema \"shop\"").unwrap().1
}

// One pool for many managers.

#[tokio::test]
async fn managers_of_one_pool_share_its_connections_and_nothing_else() {
    lab(async |lab| {
        let pool = lab.pool_of(3).await;
        let managers = ["agents", "accounts", "admin"].map(|schema| pool.manager(schema).unwrap());
        for db in &managers {
            db.ensure_schema().await.unwrap();
            db.execute("CREATE TABLE {{tables.items}} (name text NOT NULL)")
                .await
                .unwrap();
            db.execute(
                sql("INSERT INTO {{tables.items}} VALUES ($1)").bind(format!("of {}", db.schema())),
            )
            .await
            .unwrap();
        }
        for db in &managers {
            let names = sql("SELECT name FROM {{tables.items}}")
                .scalar::<String>()
                .fetch_all(db)
                .await
                .unwrap();
            assert_eq!(names, [format!("of {}", db.schema())]);
            assert_eq!(db.pool().stats(), pool.stats());
        }
        let held = managers[0].acquire().await.unwrap();
        assert_eq!(managers[2].pool().stats().in_use, 1);
        drop(held);
    })
    .await;
}

#[tokio::test]
async fn a_manager_that_goes_leaves_the_pool_open() {
    lab(async |lab| {
        let pool = lab.pool_of(2).await;
        let db = pool.manager("shop").unwrap();
        db.execute("SELECT 1").await.unwrap();
        drop(db);
        assert!(!pool.is_closed());
        assert_eq!(
            pool.public().fetch_value::<i32>("SELECT 1").await.unwrap(),
            1
        );
    })
    .await;
}

#[tokio::test]
async fn pools_can_be_opened_and_closed_again_and_again() {
    lab(async |lab| {
        for round in 0..3 {
            let pool = Pool::connect(lab.config().min_connections(2).max_connections(4))
                .await
                .unwrap();
            let managers = [1, 2].map(|n| pool.manager(&format!("schema_{round}_{n}")).unwrap());
            for db in &managers {
                db.ensure_schema().await.unwrap();
            }
            pool.close().await;
            for db in &managers {
                assert!(db.fetch_one("SELECT 1").await.unwrap_err().is_pool_closed());
            }
            assert_eq!(pool.stats().open, 0);
        }
    })
    .await;
}

// Schemas and tenants.

#[tokio::test]
async fn tables_land_in_the_manager_s_schema() {
    lab(async |lab| {
        let db = lab.pool.manager("custom").unwrap();
        db.ensure_schema().await.unwrap();
        db.execute("CREATE TABLE {{schema}}.by_schema (id int)").await.unwrap();
        db.execute("CREATE TABLE {{tables.by_table}} (id int)").await.unwrap();
        db.execute(format!("CREATE TABLE {} (id int)", db.qualify("by_name"))).await.unwrap();
        let query = "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_name LIKE 'by\\_%' ORDER BY 1";
        let found = sql(query).scalar::<String>().fetch_all(&db).await.unwrap();
        assert_eq!(found, ["custom.by_name", "custom.by_schema", "custom.by_table"]);
    })
    .await;
}

#[tokio::test]
async fn a_name_without_placeholder_does_not_reach_the_schema() {
    lab(async |lab| {
        users(&lab.db).await;
        let error = lab.db.fetch_all("SELECT * FROM users").await.unwrap_err();
        assert!(error.is_undefined_table(), "{error}");
        let path: String = lab.db.fetch_value("SHOW search_path").await.unwrap();
        assert!(!path.contains("shop"), "{path}");
    })
    .await;
}

#[tokio::test]
async fn a_dot_in_a_table_s_name_is_no_schema() {
    lab(async |lab| {
        users(&lab.db).await;
        assert!(lab.db.table_exists("users").await.unwrap());
        assert!(!lab.db.table_exists("shop.users").await.unwrap());
        lab.db
            .execute("CREATE TABLE {{tables.\"odd.name\"}} (id int)")
            .await
            .unwrap();
        assert!(lab.db.table_exists("odd.name").await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_schema_that_all_share_is_joined_and_referenced() {
    lab(async |lab| {
        let shared = lab.pool.manager("shared").unwrap();
        shared.ensure_schema().await.unwrap();
        shared.execute("CREATE TABLE {{tables.countries}} (code text PRIMARY KEY, name text NOT NULL)").await.unwrap();
        shared.execute("INSERT INTO {{tables.countries}} VALUES ('us', 'United States'), ('uk', 'United Kingdom')").await.unwrap();
        for tenant in ["north", "south"] {
            let db = lab.pool.manager(tenant).unwrap();
            db.ensure_schema().await.unwrap();
            db.execute("CREATE TABLE {{tables.addresses}} (street text, country text REFERENCES {{tables.shared.countries}})").await.unwrap();
            let insert = "INSERT INTO {{tables.addresses}} VALUES ($1, $2)";
            db.execute(sql(insert).bind("1 Main St").bind("us")).await.unwrap();
            assert!(db.execute(sql(insert).bind("nowhere").bind("xx")).await.unwrap_err().is_foreign_key_violation());
            let join = "SELECT a.street, c.name FROM {{tables.addresses}} a JOIN {{tables.shared.countries}} c ON c.code = a.country";
            let rows = sql(join).map_into::<(String, String)>().fetch_all(&db).await.unwrap();
            assert_eq!(rows, [("1 Main St".to_owned(), "United States".to_owned())]);
        }
    })
    .await;
}

#[tokio::test]
async fn tenants_are_taken_on_while_the_program_runs() {
    async fn take_on(lab: &Lab, files: &Folder, id: &str, name: &str) -> DatabaseManager {
        let db = lab.pool.manager(id).unwrap();
        let report = MigrationManager::from_directory(&db, files.path(), "tenant")
            .unwrap()
            .apply()
            .await
            .unwrap();
        assert_eq!(report.applied.len(), 2);
        let insert = sql(
            "INSERT INTO {{tables.info}} (id, name, settings) VALUES ($1, $2, $3::text::jsonb)",
        );
        db.execute(insert.bind(id).bind(name).bind("{\"plan\": \"starter\"}"))
            .await
            .unwrap();
        db
    }
    lab(async |lab| {
        let files = Folder::new(&[
            ("001_info.sql", "CREATE TABLE {{tables.info}} (id text PRIMARY KEY, name text NOT NULL, settings jsonb NOT NULL DEFAULT '{}'::jsonb);"),
            ("002_users.sql", "CREATE TABLE {{tables.users}} (email text PRIMARY KEY, role text);"),
        ]);
        let tenants = [("tenant_123", "Startup ABC"), ("tenant_456", "Enterprise XYZ"), ("tenant_789", "SMB Solutions")];
        for (id, name) in tenants {
            let db = take_on(lab, &files, id, name).await;
            let info = db.fetch_one("SELECT name, settings->>'plan' AS plan FROM {{tables.info}}").await.unwrap();
            assert_eq!((info.get::<&str>("name").unwrap(), info.get::<&str>("plan").unwrap()), (name, "starter"));
            db.execute(sql("INSERT INTO {{tables.users}} VALUES ($1, 'admin')").bind(format!("admin@{id}.example"))).await.unwrap();
        }
        for (id, _) in tenants {
            let db = lab.pool.manager(id).unwrap();
            let emails = sql("SELECT email FROM {{tables.users}}").scalar::<String>().fetch_all(&db).await.unwrap();
            assert_eq!(emails, [format!("admin@{id}.example")]);
        }
    })
    .await;
}

// Migrations.

#[tokio::test]
async fn the_history_stands_in_the_schema_in_the_order_of_the_files() {
    lab(async |lab| {
        let files = Folder::new(&[
            ("001_first.sql", "CREATE TABLE {{tables.first}} (id int);"),
            ("002_second.sql", "CREATE TABLE {{tables.second}} (id int);"),
            ("003_slow.sql", "SELECT pg_sleep(0.05);"),
        ]);
        let manager = files.manager(&lab.db);
        assert!(manager.history().await.unwrap().is_empty());
        assert!(
            !lab.db.table_exists("pgdbm_migrations").await.unwrap(),
            "asking creates nothing"
        );
        let report = manager.apply().await.unwrap();
        assert!(lab.db.table_exists("pgdbm_migrations").await.unwrap());
        let history = manager.history().await.unwrap();
        let names: Vec<&str> = history.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["001_first.sql", "002_second.sql", "003_slow.sql"]);
        assert!(
            history
                .iter()
                .all(|entry| entry.module == "m" && entry.applied_at.is_some())
        );
        assert!(history.is_sorted_by_key(|entry| entry.applied_at));
        let slow = Duration::from_millis(50);
        assert!(
            report.applied[2].took >= slow && history[2].duration >= slow,
            "{report:?} {history:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn files_behind_a_broken_one_are_not_applied() {
    lab(async |lab| {
        let files = Folder::new(&[
            ("001_good.sql", "CREATE TABLE {{tables.good}} (id int);"),
            ("002_bad.sql", "CREATE TABLE ), very wrong;"),
            ("003_late.sql", "CREATE TABLE {{tables.late}} (id int);"),
        ]);
        let error = files.manager(&lab.db).apply().await.unwrap_err();
        assert!(
            error.is_migration() && error.to_string().contains("002_bad.sql"),
            "{error}"
        );
        assert!(lab.db.table_exists("good").await.unwrap());
        assert!(!lab.db.table_exists("late").await.unwrap());
        assert_eq!(
            files.manager(&lab.db).pending().await.unwrap(),
            ["002_bad.sql", "003_late.sql"]
        );
    })
    .await;
}

#[tokio::test]
async fn only_the_sql_files_of_the_directory_itself_are_migrations() {
    lab(async |lab| {
        let files = Folder::new(&[
            ("001_inside.sql", "SELECT 1"),
            ("readme.txt", "no migration"),
        ]);
        let inner = files.path().join("inner.sql");
        fs::create_dir(&inner).unwrap();
        fs::write(inner.join("002_deeper.sql"), "SELECT 1").unwrap();
        let directory = files.path().join("migrations");
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("001_own.sql"), "SELECT 1").unwrap();
        assert_eq!(
            files.manager(&lab.db).pending().await.unwrap(),
            ["001_inside.sql"]
        );
        let own = MigrationManager::from_directory(&lab.db, &directory, "m").unwrap();
        assert_eq!(
            own.pending().await.unwrap(),
            ["001_own.sql"],
            "the file beside the directory is none of its files"
        );
    })
    .await;
}

#[tokio::test]
async fn a_module_s_name_is_a_value() {
    lab(async |lab| {
        let files = Folder::new(&[("001_t.sql", "CREATE TABLE {{tables.t}} (id int);")]);
        let module = "m'; DROP SCHEMA \"shop\" CASCADE; --";
        let manager = MigrationManager::from_directory(&lab.db, files.path(), module).unwrap();
        manager.apply().await.unwrap();
        assert!(manager.pending().await.unwrap().is_empty());
        assert_eq!(manager.history().await.unwrap()[0].module, module);
        assert!(lab.db.table_exists("t").await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn versions_come_from_names_of_the_known_forms() {
    lab(async |lab| {
        let names = [
            "20240127093015_b.sql",
            "V3__flyway.sql",
            "002_two.sql",
            "20240126120000_a.sql",
            "001_one.sql",
        ];
        let files = Folder::new(&names.map(|name| (name, "SELECT 1")));
        let order = [
            "001_one.sql",
            "002_two.sql",
            "V3__flyway.sql",
            "20240126120000_a.sql",
            "20240127093015_b.sql",
        ];
        assert_eq!(files.manager(&lab.db).pending().await.unwrap(), order);
        files.write("custom_name.sql", "SELECT 1");
        let error = MigrationManager::from_directory(&lab.db, files.path(), "m").unwrap_err();
        assert!(
            error.is_migration() && error.to_string().contains("custom_name.sql"),
            "{error}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_file_is_split_where_its_statements_end() {
    lab(async |lab| {
        for (content, statements) in [
            ("SELECT 1; SELECT 2; SELECT 3;", 3),
            ("SELECT 1; SELECT 2", 2),
            ("SELECT 1;  ;  ; SELECT 2;", 2),
            ("\nCREATE TABLE {{tables.a}} (\n    id int\n);\n\nCREATE TABLE {{tables.b}} (\n    id int\n);\n", 2),
            ("INSERT INTO t VALUES ('hello; world'); SELECT 1;", 2),
            ("INSERT INTO t VALUES ('it''s; really'); SELECT 2;", 2),
            ("CREATE FUNCTION {{functions.f}}() RETURNS void AS $$\nBEGIN\n  RAISE NOTICE 'a; b';\nEND;\n$$ LANGUAGE plpgsql;\nSELECT 1;", 2),
            ("CREATE FUNCTION {{functions.f}}() RETURNS void AS $body$\nBEGIN\n  PERFORM $x$SELECT 1; SELECT 2;$x$;\nEND;\n$body$ LANGUAGE plpgsql; SELECT 3;", 2),
            ("SELECT 1; -- a comment; with semicolons\nSELECT 2;", 2),
            ("SELECT 1; /* over\nlines; and /* nested; */ more; */ SELECT 2;", 2),
            ("-- pgdbm:no-transaction\n-- Indexes.\nCREATE EXTENSION x;\nCREATE INDEX CONCURRENTLY i ON a.b (c);\nCREATE INDEX CONCURRENTLY j ON a.b (d);\n", 3),
        ] {
            let files = Folder::new(&[("001_x.sql", content)]);
            let plan = files.manager(&lab.db).dry_run().await.unwrap();
            assert_eq!(plan[0].statements.len(), statements, "{content}: {:?}", plan[0].statements);
        }
    })
    .await;
}

#[tokio::test]
async fn the_directive_counts_only_where_it_is_one() {
    lab(async |lab| {
        for (content, transaction) in [
            ("-- pgdbm:no-transaction\nVACUUM;", false),
            ("-- What it is for.\n-- pgdbm:no-transaction\nVACUUM;", false),
            ("CREATE TABLE {{tables.t}} (id int);", true),
            ("-- Some comment\nSELECT 1;", true),
            ("CREATE TABLE {{tables.t}} (id int);\n-- Note: we considered pgdbm:no-transaction but decided against it", true),
            ("-- Comment about pgdbm:no-transaction feature\nSELECT 1;", true),
            ("INSERT INTO docs VALUES ('\n-- pgdbm:no-transaction\n');", true),
        ] {
            let files = Folder::new(&[("001_x.sql", content)]);
            assert_eq!(files.manager(&lab.db).dry_run().await.unwrap()[0].transaction, transaction, "{content}");
        }
        for misspelt in ["no-transactional", "no-transaction-mode", "no-transactions"] {
            let files = Folder::new(&[("001_x.sql", &format!("-- pgdbm:{misspelt}\nSELECT 1;"))]);
            let error = MigrationManager::from_directory(&lab.db, files.path(), "m").unwrap_err();
            assert!(error.to_string().contains("no-transaction"), "{error}");
        }
    })
    .await;
}

#[pgdbm::migrations("migrations")]
struct Migrations;

/// Ten files, whose order as text is another than that of their versions.
struct TenMigrations;

impl pgdbm::Migrations for TenMigrations {
    const MIGRATIONS: EmbeddedMigrations = EmbeddedMigrations {
        module: "ten",
        files: &[
            ten("V1__one.sql"),
            ten("V2__two.sql"),
            ten("V8__eight.sql"),
            ten("V9__nine.sql"),
            ten("V10__ten.sql"),
            ten("V11__eleven.sql"),
        ],
    };
}

const fn ten(name: &'static str) -> EmbeddedFile {
    EmbeddedFile {
        name,
        content: "SELECT 1;",
        checksum: "",
    }
}

/// As `docs/coming-from-python.md` tells it, for any migrations.
async fn take_over<M: pgdbm::Migrations>(
    db: &DatabaseManager,
    migrations: M,
    old_module: &str,
) -> Result<Vec<String>, Error> {
    if !db.table_exists("schema_migrations").await? {
        return Ok(Vec::new());
    }
    let known: Vec<String> = query_scalar_unchecked!(
        "SELECT filename FROM {{tables.schema_migrations}} WHERE module_name = $old_module"
    )
    .fetch_all(db)
    .await?;
    let files = M::MIGRATIONS.files;
    match files
        .iter()
        .rev()
        .find(|file| known.iter().any(|name| name == file.name))
    {
        Some(last) => {
            MigrationManager::new(db, migrations)
                .baseline(last.name)
                .await
        }
        None => Ok(Vec::new()),
    }
}

/// The history as the original's manager keeps it, with these files in it.
async fn old_history(db: &DatabaseManager, files: &[(&str, &str)]) {
    db.execute(
        "CREATE TABLE {{tables.schema_migrations}} (id serial PRIMARY KEY, filename varchar(255) NOT NULL, checksum varchar(64) NOT NULL, \
         module_name varchar(100), applied_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, applied_by varchar(100) DEFAULT CURRENT_USER, \
         execution_time_ms integer, UNIQUE (filename, module_name))",
    )
    .await
    .unwrap();
    let insert = "INSERT INTO {{tables.schema_migrations}} (filename, checksum, module_name, execution_time_ms) \
        VALUES ($1, repeat('0', 64), $2, 12)";
    db.execute_many(insert, files.iter().copied())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_history_that_python_wrote_is_taken_over() {
    lab(async |lab| {
        assert!(
            take_over(&lab.db, Migrations, "shop").await.unwrap().is_empty(),
            "a schema that Python never migrated"
        );
        // A schema to which the original has applied the first two files of three, and another module one of its own,
        // whose name comes last.
        old_history(
            &lab.db,
            &[("001_users.sql", "shop"), ("002_orders.sql", "shop"), ("003_order_totals.sql", "other")],
        )
        .await;
        for statement in [
            "CREATE TABLE {{tables.users}} (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE)",
            "CREATE TABLE {{tables.orders}} (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id integer NOT NULL, total_cents bigint NOT NULL)",
        ] {
            lab.db.execute(statement).await.unwrap();
        }
        let first = take_over(&lab.db, Migrations, "shop").await.unwrap();
        assert_eq!(first, ["001_users.sql", "002_orders.sql"]);
        assert!(take_over(&lab.db, Migrations, "shop").await.unwrap().is_empty());
        let manager = MigrationManager::new(&lab.db, Migrations);
        let history = manager.history().await.unwrap();
        let names: Vec<_> = history.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["001_users.sql", "002_orders.sql"]);
        assert_eq!(manager.pending().await.unwrap(), ["003_order_totals.sql"]);
        let report = manager.apply().await.unwrap();
        assert_eq!((report.applied.len(), report.already_applied), (1, 2));
    })
    .await;
}

#[tokio::test]
async fn the_last_file_of_python_s_history_is_that_of_the_highest_version() {
    lab(async |lab| {
        // As text `V9__nine.sql` is the greatest, and `V99__elsewhere.sql` has no file any more.
        let known = [
            "V1__one.sql",
            "V10__ten.sql",
            "V2__two.sql",
            "V8__eight.sql",
            "V9__nine.sql",
            "V99__elsewhere.sql",
        ];
        old_history(&lab.db, &known.map(|name| (name, "default"))).await;
        let taken = take_over(&lab.db, TenMigrations, "default").await.unwrap();
        assert_eq!(
            taken,
            [
                "V1__one.sql",
                "V2__two.sql",
                "V8__eight.sql",
                "V9__nine.sql",
                "V10__ten.sql"
            ]
        );
        let manager = MigrationManager::new(&lab.db, TenMigrations);
        assert_eq!(manager.pending().await.unwrap(), ["V11__eleven.sql"]);
    })
    .await;
}

/// A server that asks everybody for a password; the shared one trusts whoever connects.
#[cfg(unix)]
fn password_server() -> &'static TcpServer {
    static SERVER: OnceLock<TcpServer> = OnceLock::new();
    SERVER.get_or_init(|| TcpServer::start("", "host all all all scram-sha-256\n", &[]))
}

/// A directory of migration files that is removed afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let folder = Folder(
            std::env::temp_dir().join(format!("pgdbm-original-{}-{number}", std::process::id())),
        );
        fs::create_dir_all(folder.path()).unwrap();
        for (name, content) in files {
            folder.write(name, content);
        }
        folder
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.0.join(name), content).unwrap();
    }

    fn path(&self) -> &Path {
        &self.0
    }

    fn manager(&self, db: &DatabaseManager) -> MigrationManager {
        MigrationManager::from_directory(db, self.path(), "m").unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
