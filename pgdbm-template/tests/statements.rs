//! Where statements end, and what they do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use pgdbm_template::{Effects, Template};

#[test]
fn statements_end_where_they_end() {
    let text = include_str!("data/statements/split.sql");
    for case in text.trim_end().split("\n%%\n") {
        let (sql, expected) = case.split_once("\n-- =>").unwrap();
        let template = Template::parse(sql);
        let statements: Vec<&str> = template
            .statements()
            .iter()
            .map(|statement| &sql[statement.start..statement.end])
            .collect();
        let expected: Vec<&str> = expected.lines().skip(1).collect();
        assert_eq!(statements, expected, "{sql}");
    }
}

fn effects(sql: &str) -> Vec<&'static str> {
    let Effects {
        changes_session,
        controls_transaction,
        uses_savepoints,
        refuses_transaction,
        copy_from_stdin,
        copy_to_stdout,
        ..
    } = Template::parse(sql).effects();
    let flags = [
        (changes_session, "session"),
        (controls_transaction, "transaction"),
        (uses_savepoints, "savepoint"),
        (refuses_transaction, "alone"),
        (copy_from_stdin, "stdin"),
        (copy_to_stdout, "stdout"),
    ];
    flags
        .into_iter()
        .filter(|(set, _)| *set)
        .map(|(_, name)| name)
        .collect()
}

#[test]
fn what_statements_do() {
    let cases: &[(&[&str], &[&str])] = &[
        (
            &[],
            &[
                "SELECT 1",
                "SELECT set FROM reset",
                "UPDATE a SET b = 1",
                "SET LOCAL a = 1",
                "set local time zone 'UTC'",
                "SET CONSTRAINTS ALL DEFERRED",
                "SET TRANSACTION READ ONLY",
                "DECLARE c CURSOR FOR SELECT 1",
                "DECLARE c CURSOR WITHOUT HOLD FOR SELECT 1",
                "DECLARE c CURSOR FOR SELECT with FROM hold",
                "CREATE TABLE temp (a int)",
                "CREATE TABLE a (temp int)",
                "CREATE UNIQUE INDEX i ON a (b)",
                "CREATE INDEX concurrently_made ON a (b)",
                "DROP INDEX i",
                "REINDEX TABLE a",
                "REINDEX (VERBOSE, CONCURRENTLY false) TABLE a",
                "CLUSTER a USING i",
                "CLUSTER (VERBOSE) a",
                "SELECT pg_advisory_xact_lock(1)",
                "SELECT pg_try_advisory_xact_lock(1)",
                "SELECT pg_advisory_lock FROM a",
                "SELECT set_config('a', 'b', true)",
                "SELECT pg_catalog.set_config('a', f('b', (1)), TRUE), 1",
                "SELECT 'SET a = 1', $$COMMIT$$ -- RESET ALL",
                "INSERT INTO temp VALUES (1)",
                "SELECT * INTO temp FROM a",
                "COPY a FROM '/file'",
                "COPY (SELECT stdin FROM stdin) TO '/file'",
                "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT set_config('a', 'b', false); END",
                "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN SET a = 1; END $$",
                "DO $$ BEGIN UPDATE a SET b = 1; END $$",
                "DO $$ DECLARE a int; BEGIN EXECUTE 'SET a = 1'; END $$",
                "DO LANGUAGE plpython3u $$ SET a; COMMIT; $$",
                "ALTER TABLE a SET TABLESPACE b",
                "ALTER TABLE a DETACH PARTITION b",
                "REFRESH MATERIALIZED VIEW CONCURRENTLY a",
                "ALTER TYPE a ADD VALUE 'b'",
                "CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p WITH (create_slot = false)",
            ],
        ),
        (
            &["session"],
            &[
                "SET a = 1",
                "SET SESSION a = 1",
                "set /* c */ search_path to b",
                "SET ROLE a",
                "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
                "RESET ALL",
                "LISTEN a",
                "UNLISTEN *",
                "PREPARE a AS SELECT 1",
                "EXECUTE a(1)",
                "DEALLOCATE ALL",
                "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
                "LOAD 'a'",
                "DISCARD PLANS",
                "CREATE TEMP TABLE a (b int)",
                "CREATE TEMPORARY TABLE a (b int)",
                "create local temp table a (b int)",
                "CREATE OR REPLACE TEMP VIEW a AS SELECT 1",
                "CREATE TEMP SEQUENCE a",
                "CREATE TABLE pg_temp.a (b int)",
                "CREATE TABLE \"pg_temp\".a (b int)",
                "SELECT * INTO TEMP a FROM b",
                "WITH x AS (SELECT 1) SELECT * INTO TEMPORARY TABLE a FROM x",
                "SELECT pg_advisory_lock(1)",
                "SELECT pg_catalog.PG_Try_Advisory_Lock_Shared(1)",
                "SELECT \"pg_advisory_unlock_all\"()",
                "SELECT set_config('a', 'b', false)",
                "SELECT set_config('a', 'b', $1)",
                "SELECT set_config('a', 'b', NOT true)",
                "SELECT 1; SELECT setseed(0.5)",
                "WITH x AS (SELECT pg_advisory_lock(1)) SELECT * FROM x",
                "DO $$ BEGIN SET a = 1; END $$",
                "DO $$ BEGIN IF a THEN PERFORM set_config('a', 'b', false); END IF; END $$",
                "DO 'BEGIN PERFORM pg_advisory_lock(1); END' LANGUAGE plpgsql",
            ],
        ),
        (
            &["transaction"],
            &[
                "BEGIN",
                "begin isolation level serializable",
                "START TRANSACTION READ ONLY",
                "COMMIT",
                "COMMIT AND CHAIN",
                "END",
                "END WORK",
                "ROLLBACK",
                "ROLLBACK AND CHAIN",
                "ABORT",
                "PREPARE TRANSACTION 'a'",
                "SELECT 1; COMMIT; SELECT 2",
                "DO $$ BEGIN INSERT INTO a VALUES (1); COMMIT; END $$",
                "DO $$ BEGIN FOR i IN 1..9 LOOP COMMIT; END LOOP; END $$",
            ],
        ),
        (
            &["transaction", "alone"],
            &["COMMIT PREPARED 'a'", "ROLLBACK PREPARED 'a'"],
        ),
        (
            &["savepoint"],
            &[
                "SAVEPOINT a",
                "RELEASE a",
                "RELEASE SAVEPOINT a",
                "ROLLBACK TO a",
                "ROLLBACK TO SAVEPOINT a",
                "ROLLBACK WORK TO SAVEPOINT a",
                "ROLLBACK TRANSACTION TO a",
            ],
        ),
        (
            &["alone"],
            &[
                "VACUUM",
                "VACUUM ANALYZE a",
                "CREATE DATABASE a",
                "DROP DATABASE a",
                "CREATE TABLESPACE a LOCATION '/b'",
                "DROP TABLESPACE a",
                "ALTER SYSTEM SET a = 1",
                "ALTER DATABASE a SET TABLESPACE b",
                "CREATE INDEX CONCURRENTLY ON a (b)",
                "CREATE UNIQUE INDEX CONCURRENTLY i ON a (b)",
                "DROP INDEX CONCURRENTLY IF EXISTS i",
                "REINDEX TABLE CONCURRENTLY a",
                "REINDEX (CONCURRENTLY) TABLE a",
                "REINDEX (VERBOSE, CONCURRENTLY true) INDEX a",
                "REINDEX DATABASE a",
                "REINDEX (VERBOSE) SCHEMA a",
                "CLUSTER",
                "CLUSTER VERBOSE",
                "ALTER TABLE a DETACH PARTITION b CONCURRENTLY",
                "CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p",
                "DROP SUBSCRIPTION s",
            ],
        ),
        (&["session", "alone"], &["DISCARD ALL"]),
        (
            &["stdin"],
            &[
                "COPY a FROM STDIN",
                "copy {{tables.a}} (b, c) from stdin with (format csv)",
                "COPY a FROM stdout",
            ],
        ),
        (
            &["stdout"],
            &["COPY a TO STDOUT", "COPY (SELECT 1) TO stdout"],
        ),
    ];
    for (expected, statements) in cases {
        for sql in *statements {
            assert_eq!(effects(sql), *expected, "{sql}");
        }
    }
}

#[test]
fn each_statement_has_its_own_effects() {
    let template = Template::parse("SELECT 1; SET a = 1; COMMIT");
    let session: Vec<bool> = template
        .statements()
        .iter()
        .map(|statement| statement.effects.changes_session)
        .collect();
    assert_eq!(session, [false, true, false]);
}
