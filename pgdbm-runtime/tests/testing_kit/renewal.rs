//! Used databases that are made as good as new, and those that are not.

use pgdbm_runtime::testing::{PgServer, TestDatabase, TestDatabaseOptions};
use pgdbm_runtime::{EmbeddedFile, EmbeddedMigrations, Migrations, Pool, sql};

use crate::own_server::{base, eventually, names, own_server, registry};
use crate::process::{Tester, command, with_database_url};

/// Tables that hold nothing, one that does, and what stands in the way of emptying them.
struct Ledger;

impl Migrations for Ledger {
    const MIGRATIONS: EmbeddedMigrations = EmbeddedMigrations {
        module: "ledger",
        files: &[EmbeddedFile {
            name: "001_ledger.sql",
            content: r#"
                CREATE TABLE {{tables.kinds}} (name text PRIMARY KEY);
                INSERT INTO {{tables.kinds}} VALUES ('debit'), ('credit');
                CREATE SEQUENCE {{sequences.numbers}} START 100;
                SELECT nextval('{{sequences.numbers}}'), nextval('{{sequences.numbers}}');
                CREATE SEQUENCE {{sequences.untouched}} MINVALUE 5;
                CREATE TABLE {{tables.accounts}} (
                    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL,
                    parent int REFERENCES {{tables.accounts}}, tags text[]
                );
                CREATE INDEX {{indexes.accounts_tags}} ON {{tables.accounts}} USING gin (tags);
                CREATE TABLE {{tables.entries}} (
                    id bigserial PRIMARY KEY, account int NOT NULL REFERENCES {{tables.accounts}} ON DELETE RESTRICT,
                    kind text REFERENCES {{tables.kinds}}, note text
                );
                CREATE TABLE {{tables."The Log"}} (what text);
                CREATE FUNCTION {{functions.note}}() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        IF TG_OP = 'DELETE' THEN RAISE 'entries stay'; END IF;
                        INSERT INTO {{tables."The Log"}} VALUES (TG_OP); RETURN NEW;
                    END $$;
                CREATE TRIGGER note BEFORE INSERT OR DELETE ON {{tables.entries}}
                    FOR EACH ROW EXECUTE FUNCTION {{functions.note}}();
            "#,
            checksum: "ledger",
        }],
    };
}

async fn ledger(server: &PgServer) -> TestDatabase {
    TestDatabaseOptions::new()
        .migrations("ledger", Ledger)
        .on(server)
        .create()
        .await
        .unwrap()
}

/// What tells a database from others, whatever it is called.
async fn number(database: &TestDatabase) -> i64 {
    let number = "SELECT oid::bigint FROM pg_database WHERE datname = current_database()";
    database.manager().fetch_value(number).await.unwrap()
}

/// Whether the database is there, under any name.
async fn is_there(server: &PgServer, number: i64) -> bool {
    let query = format!("SELECT datname::text FROM pg_database WHERE oid = {number}");
    !names(server, &query).await.is_empty()
}

/// All that a test could find in a database, and what the planner thinks of it.
async fn content(database: &TestDatabase) -> Vec<String> {
    let db = database.manager();
    let mut lines = Vec::new();
    for query in [
        "SELECT format('%s %s', oid::regclass, relkind) || format(' %s %s %s', relpages, reltuples, relallvisible)
         FROM pg_class WHERE oid >= 16384 ORDER BY oid",
        "SELECT format('%s %s', oid::regclass, pg_relation_size(oid)) FROM pg_class
         WHERE relkind IN ('r', 't') AND oid >= 16384 ORDER BY oid",
        // A B-tree begins with two pages as soon as there is a row.
        "SELECT format('%s %s', c.oid::regclass,
                       CASE amname WHEN 'btree' THEN greatest(pg_relation_size(c.oid), 16384) ELSE pg_relation_size(c.oid) END)
         FROM pg_class AS c JOIN pg_am AS a ON a.oid = relam WHERE relkind = 'i' AND relnamespace <> 'pg_toast'::regnamespace
           AND c.oid >= 16384 ORDER BY c.oid",
        "SELECT format('%s %s %s', last_value, is_called, 'accounts') FROM {{sequences.accounts_id_seq}}",
        "SELECT format('%s %s %s', last_value, is_called, 'entries') FROM {{sequences.entries_id_seq}}",
        "SELECT format('%s %s %s', last_value, is_called, 'numbers') FROM {{sequences.numbers}}",
        "SELECT format('%s %s %s', last_value, is_called, 'untouched') FROM {{sequences.untouched}}",
        "SELECT format('kind %s', name) FROM {{tables.kinds}} ORDER BY ctid",
        "SELECT format('account %s', id) FROM {{tables.accounts}}",
        "SELECT format('entry %s', id) FROM {{tables.entries}}",
        "SELECT format('log %s', what) FROM {{tables.\"The Log\"}}",
        "SELECT format('%s inserted %s updated %s deleted %s dead %s', relname, n_tup_ins, n_tup_upd, n_tup_del, n_dead_tup)
         FROM pg_stat_user_tables ORDER BY relid",
    ] {
        for row in db.fetch_all(sql(query)).await.unwrap() {
            lines.push(row.get(0).unwrap());
        }
    }
    lines
}

async fn work(database: &TestDatabase) {
    let db = database.manager();
    for statement in [
        "INSERT INTO {{tables.accounts}} (name, tags) SELECT 'n' || i, ARRAY['a', 'b' || i] FROM generate_series(1, 2000) AS i",
        "UPDATE {{tables.accounts}} SET parent = 1 WHERE id > 1",
        "INSERT INTO {{tables.entries}} (account, kind, note) SELECT 1, 'debit', repeat(md5(i::text), 500)
         FROM generate_series(1, 20) AS i",
        "SELECT setval('{{sequences.numbers}}', 7000), setval('{{sequences.untouched}}', 7, false)",
    ] {
        db.execute(statement).await.unwrap();
    }
}

#[tokio::test]
async fn a_used_database_is_made_as_good_as_new() {
    let server = own_server("renewed");
    let first = ledger(&server).await;
    let new = content(&first).await;
    assert!(new.contains(&"kind credit".to_owned()), "{new:#?}");
    let (number_before, name_before) = (number(&first).await, first.name().to_owned());
    work(&first).await;
    assert_ne!(content(&first).await, new);
    let left_open = Pool::connect(first.config()).await.unwrap();
    left_open.close().await;
    first.close().await;
    if server.major().is_some_and(|major| major < 15) {
        // Its counts are not exact.
        eventually("it is dropped", async || {
            !is_there(&server, number_before).await
        })
        .await;
        return;
    }
    let mut seen = Vec::new();
    // Others may wait that were made meanwhile: each is taken in its turn.
    while !seen.contains(&number_before) {
        assert!(
            is_there(&server, number_before).await,
            "it was dropped: {seen:?}"
        );
        assert!(seen.len() < 20, "nobody gets it: {seen:?}");
        let next = ledger(&server).await;
        assert_eq!(content(&next).await, new);
        assert_ne!(next.name(), name_before);
        seen.push(number(&next).await);
        work(&next).await;
        next.close().await;
    }
    let error = Pool::connect(first_config(&server, &name_before))
        .await
        .err();
    assert_eq!(
        error.and_then(|e| e.code().map(str::to_owned)),
        Some("3D000".to_owned())
    );
}

fn first_config(server: &PgServer, name: &str) -> pgdbm_runtime::DatabaseConfig {
    pgdbm_runtime::DatabaseConfig::from_url(&server.database_url(name)).unwrap()
}

/// Everything but rows in tables that had none.
#[tokio::test]
async fn a_database_that_was_changed_otherwise_is_dropped() {
    let server = own_server("changed");
    for statement in [
        "CREATE TABLE {{tables.another}} (id int)",
        "CREATE TEMP TABLE another (id int)",
        "ALTER TABLE {{tables.accounts}} ADD COLUMN more int",
        "DROP TABLE {{tables.\"The Log\"}}",
        "TRUNCATE {{tables.\"The Log\"}}",
        "COMMENT ON TABLE {{tables.accounts}} IS 'mine'",
        "GRANT SELECT ON {{tables.accounts}} TO PUBLIC",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER SEQUENCE {{sequences.numbers}} INCREMENT 7",
        "ANALYZE {{tables.kinds}}",
        "VACUUM {{tables.kinds}}",
        "VACUUM {{tables.accounts}}",
        "VACUUM pg_class",
        "SELECT lo_create(0)",
        "INSERT INTO {{tables.kinds}} VALUES ('third')",
        "UPDATE {{tables.kinds}} SET name = name",
        "DELETE FROM {{tables.kinds}}",
        "SELECT pg_stat_reset()",
        "SELECT pg_stat_reset_single_table_counters('{{tables.kinds}}'::regclass)",
        "INSERT INTO {{tables.accounts}} (name) SELECT repeat('x', 1000) FROM generate_series(1, 5000)",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''8MB''', current_database()); END $$",
        "DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS ''mine''', current_database()); END $$",
        "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO PUBLIC', current_database()); END $$",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 9', current_database()); END $$",
    ] {
        let database = ledger(&server).await;
        let number = number(&database).await;
        database.manager().execute(statement).await.unwrap();
        database.close().await;
        eventually(statement, async || !is_there(&server, number).await).await;
    }
    for statement in [
        "CREATE TABLE {{tables.another}} (id int)",
        "DELETE FROM {{tables.kinds}}",
    ] {
        let database = ledger(&server).await;
        let number = number(&database).await;
        let tx = database.manager().transaction().await.unwrap();
        tx.execute(statement).await.unwrap();
        tx.rollback().await.unwrap();
        database.close().await;
        eventually(statement, async || !is_there(&server, number).await).await;
    }
}

/// The server's counts are lost with it, and with them the proof.
#[tokio::test]
async fn after_a_crash_of_the_server_nothing_is_taken_for_new() {
    let server = own_server("crash");
    let database = ledger(&server).await;
    let number = number(&database).await;
    let db = database.manager();
    db.execute("DELETE FROM {{tables.kinds}}").await.unwrap();
    let pid: i32 = db.fetch_value("SELECT pg_backend_pid()").await.unwrap();
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    eventually("the server takes connections again", async || {
        Pool::connect(database.config()).await.is_ok()
    })
    .await;
    database.close().await;
    eventually("it is dropped", async || !is_there(&server, number).await).await;
}

/// A copy of a template that is there no longer has other tables than the one that is there now.
#[tokio::test]
async fn a_copy_of_another_template_is_not_measured_by_this_one() {
    let server = own_server("rebuilt");
    let database = ledger(&server).await;
    let number = number(&database).await;
    work(&database).await;
    let registry = registry(&server).await;
    let changed = registry
        .public()
        .execute(
            r"UPDATE databases SET profile = array_to_string(ARRAY(
                  SELECT replace(line, '{', CASE WHEN i = 2 THEN '{1,' WHEN i IN (3, 4, 5) THEN '{0,' ELSE '{' END)
                  FROM unnest(string_to_array(profile, E'\n')) WITH ORDINALITY AS lines (line, i) ORDER BY i
              ), E'\n') WHERE state = 'template'",
        )
        .await
        .unwrap();
    assert_eq!(changed, 1);
    database.close().await;
    eventually("it is dropped", async || !is_there(&server, number).await).await;
}

struct Stubborn;

impl Migrations for Stubborn {
    const MIGRATIONS: EmbeddedMigrations = EmbeddedMigrations {
        module: "stubborn",
        files: &[EmbeddedFile {
            name: "001_stubborn.sql",
            content: "CREATE TABLE {{tables.notes}} (id int);
                      CREATE TABLE {{tables.deletions}} AS SELECT 0 AS count;
                      CREATE FUNCTION {{functions.count}}() RETURNS trigger LANGUAGE plpgsql AS
                          'BEGIN UPDATE {{tables.deletions}} SET count = count + 1; RETURN NULL; END';
                      CREATE TRIGGER count AFTER DELETE ON {{tables.notes}}
                          FOR EACH STATEMENT EXECUTE FUNCTION {{functions.count}}();
                      ALTER TABLE {{tables.notes}} ENABLE ALWAYS TRIGGER count;",
            checksum: "stubborn",
        }],
    };
}

/// It would see the kit's own deletions.
#[tokio::test]
async fn a_database_with_a_trigger_that_always_runs_is_dropped() {
    let server = own_server("stubborn");
    let database = TestDatabaseOptions::new()
        .migrations("notes", Stubborn)
        .on(&server)
        .create()
        .await
        .unwrap();
    let number = number(&database).await;
    let insert = "INSERT INTO {{tables.notes}} VALUES (1)";
    database.manager().execute(insert).await.unwrap();
    database.close().await;
    eventually("it is dropped", async || !is_there(&server, number).await).await;
}

#[tokio::test]
async fn a_template_whose_copies_are_used_again_and_again_is_in_use() {
    let server = own_server("touched");
    ledger(&server).await.close().await;
    let registry = registry(&server).await;
    let age = "UPDATE databases SET since = now() - interval '6 days' WHERE state = 'template'";
    assert_eq!(registry.public().execute(age).await.unwrap(), 1);
    ledger(&server).await.close().await;
    let young = "SELECT since > now() - interval '1 day' FROM databases WHERE state = 'template'";
    assert!(registry.public().fetch_value::<bool>(young).await.unwrap());
}

#[tokio::test]
async fn copies_that_somebody_has_dropped_are_forgotten_and_made_anew() {
    let server = own_server("gone");
    let (one, another) = tokio::join!(ledger(&server), ledger(&server));
    one.close().await;
    another.close().await;
    let registry = registry(&server).await;
    let spares = "SELECT name FROM databases WHERE state = 'spare'";
    let gone: Vec<String> = names_in(&registry, spares).await;
    assert!(gone.len() > 1, "{gone:?}");
    for name in &gone {
        let drop = format!("DROP DATABASE {name}");
        registry.public().execute(drop.as_str()).await.unwrap();
    }
    // Another process, which looks once.
    let mut tester = Tester::spawn(&base("gone"), "hold");
    tester.database();
    assert!(tester.finish());
    eventually("their rows are gone", async || {
        let known = names_in(&registry, "SELECT name FROM databases").await;
        !known.iter().any(|name| gone.contains(name))
    })
    .await;
}

async fn names_in(registry: &Pool, query: &str) -> Vec<String> {
    let rows = registry.public().fetch_all(sql(query)).await.unwrap();
    rows.iter().map(|row| row.get(0).unwrap()).collect()
}

#[tokio::test]
async fn a_superuser_may_have_any_name() {
    let server = own_server("superuser");
    let admin = Pool::connect(pgdbm_runtime::DatabaseConfig::from_url(server.url()).unwrap())
        .await
        .unwrap();
    admin
        .public()
        .execute("CREATE ROLE \"My-Admin\" SUPERUSER LOGIN")
        .await
        .unwrap();
    let socket = server.socket_directory().unwrap().display();
    let url = format!("postgres://My-Admin@/postgres?host={socket}");
    let said = with_database_url(&url, "database");
    assert!(said.contains("has pgdbm_test_"), "{said}");
    let first = names(&server, COPIES).await;
    assert!(!first.is_empty(), "{said}");
    with_database_url(&url, "database");
    assert_eq!(names(&server, COPIES).await, first);
}

/// By number, whatever they are called.
const COPIES: &str =
    "SELECT oid::text FROM pg_database WHERE datname ~ '^pgdbm_test_2_[0-9a-z]{12}$' ORDER BY oid";

#[test]
fn with_the_variable_every_copy_is_used_once() {
    let server = own_server("once");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut tester = Tester::from(command(&base("once"), "hold").env("PGDBM_TEST_REUSE", "0"));
    let name = tester.database();
    let query = format!("SELECT oid::text FROM pg_database WHERE datname = '{name}'");
    let number = runtime.block_on(names(&server, &query))[0].parse().unwrap();
    assert!(tester.finish());
    runtime.block_on(eventually("it is dropped", async || {
        !is_there(&server, number).await
    }));
}
