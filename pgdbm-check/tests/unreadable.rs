//! What blocks put together as text nobody can read; what that may explain, and what not.

use pgdbm_check::{Checker, Options, Source};

/// The codes of the findings in the migration, and of those in the query.
fn codes(migration: &str, query: &str) -> (Vec<&'static str>, Vec<&'static str>) {
    let checker = Checker::new(&[Source::new("1.sql", migration)], &Options::default());
    let of_migration = checker
        .findings()
        .iter()
        .map(|found| found.finding.code.as_str())
        .collect();
    let of_query = checker
        .describe(query)
        .findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    (of_migration, of_query)
}

#[test]
fn a_text_that_cannot_make_it_explains_nothing() {
    let aside = "DO $$BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET x = 1'; END$$";
    assert_eq!(
        codes(aside, "SELECT * FROM nope"),
        (vec![], vec!["unknown-relation"])
    );
    let function = "DO $$BEGIN EXECUTE format('CREATE FUNCTION %I() RETURNS int …', x); END$$";
    assert_eq!(
        codes(function, "SELECT * FROM nope"),
        (vec!["cannot-replay"], vec!["unknown-relation"])
    );
    assert_eq!(
        codes(function, "SELECT nope()"),
        (vec!["cannot-replay"], vec!["cannot-check"])
    );
    let table = "DO $$BEGIN EXECUTE format('CREATE TABLE %I (a int)', x); END$$";
    assert_eq!(
        codes(table, "SELECT a FROM nope"),
        (vec!["cannot-replay"], vec!["cannot-check"])
    );
    assert_eq!(
        codes(table, "SELECT nope()"),
        (vec!["cannot-replay"], vec!["unknown-function"])
    );
}

#[test]
fn what_is_declared_needs_no_warning() {
    let declared = "-- pgdbm:declare CREATE TABLE made (a int)\nDO $$BEGIN EXECUTE format('CREATE TABLE %I (a int)', x); END$$;";
    assert_eq!(codes(declared, "SELECT a FROM made"), (vec![], vec![]));
    assert_eq!(
        codes(declared, "SELECT a FROM nope"),
        (vec![], vec!["unknown-relation"])
    );
}

#[test]
fn a_declaration_may_have_placeholders() {
    let declared = "-- pgdbm:declare CREATE TABLE {{tables.made}} (a int, b <<tables.nope>>)\nDO $$BEGIN EXECUTE x; END$$;\n\
                    -- pgdbm:declare CREATE TABLE {{tables.other}} (a int)\nDO $$BEGIN EXECUTE x; END$$;";
    let sources = [Source::new("001.sql", declared)];
    let checker = Checker::new(&sources, &Options::default());
    let findings: Vec<_> = checker
        .findings()
        .iter()
        .map(|found| &found.finding)
        .collect();
    assert_eq!(findings.len(), 1, "{findings:?}");
    let finding = findings[0];
    let place = finding.primary.start..finding.primary.end;
    assert_eq!(&declared[place], "<<tables.nope>>");
    assert!(
        checker
            .describe("SELECT a FROM {{tables.other}}")
            .findings
            .is_empty()
    );
}

#[test]
fn what_nests_deep_in_a_block_or_a_declaration_is_survived() {
    let view = format!(
        "CREATE VIEW v AS SELECT {}1{} AS x",
        "(".repeat(10_000),
        ")".repeat(10_000)
    );
    for migration in [
        format!("DO $$BEGIN {view}; END$$"),
        format!("-- pgdbm:declare {view}\nSELECT 1"),
        format!("DO $$BEGIN EXECUTE '{view}'; END$$"),
    ] {
        assert_eq!(codes(&migration, "SELECT x FROM v"), (vec![], vec![]));
    }
    let mut block = "CREATE TABLE t (a int)".to_owned();
    for number in 0..500 {
        block =
            format!("DO $a{number}$ BEGIN EXECUTE $b{number}${block}$b{number}$; END $a{number}$");
    }
    assert_eq!(codes(&block, "SELECT * FROM t").0, ["cannot-replay"]);
}

#[test]
fn calling_a_function_that_defines_things_cannot_be_followed() {
    let tables = "CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN DROP TABLE t; END';";
    let called = format!("{tables} SELECT f(); CREATE TABLE t (b int)");
    assert_eq!(
        codes(&called, "SELECT 1").0,
        ["cannot-replay", "cannot-check"]
    );
    let in_block = format!("{tables} DO $$BEGIN PERFORM public.f(); END$$; CREATE TABLE t (b int)");
    assert_eq!(
        codes(&in_block, "SELECT 1").0,
        ["cannot-replay", "cannot-check"]
    );
    let not_called = format!("{tables} CREATE TABLE t (b int)");
    assert_eq!(codes(&not_called, "SELECT 1").0, ["already-exists"]);
    // Helpers that make triggers make nothing that a query could miss.
    let trigger = "CREATE FUNCTION g(t regclass) RETURNS void LANGUAGE plpgsql AS
        $$BEGIN EXECUTE format('CREATE TRIGGER u BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION f()', t); END$$;
        CREATE TABLE t (a int); SELECT g('t');";
    assert_eq!(
        codes(trigger, "SELECT * FROM nope"),
        (vec![], vec!["unknown-relation"])
    );
}

/// A migration that calls a function is a block with another name: what the function makes is not known afterwards.
#[test]
fn what_a_called_function_makes_is_not_known() {
    let maker = "CREATE FUNCTION maker() RETURNS int LANGUAGE plpgsql AS $$BEGIN CREATE TABLE made (a int); RETURN 1; END$$;
        CREATE TABLE t (a int);";
    for calls in [
        "SELECT maker()",
        "SELECT * FROM maker() AS m (a)",
        "SELECT coalesce(public.maker(), 1) FROM t",
        "INSERT INTO t SELECT 1 WHERE \"maker\"() > 0",
        "WITH m AS (SELECT maker()) UPDATE t SET a = 2",
        "CREATE TABLE u AS SELECT maker() AS a",
        "DO $$BEGIN IF maker() > 0 THEN RETURN; END IF; END$$",
        "DO $$BEGIN EXECUTE 'SELECT maker()'; END$$",
        // A function that calls it, made before it is known what that does.
        "CREATE FUNCTION outer_one() RETURNS int LANGUAGE sql AS 'SELECT maker()'; SELECT outer_one()",
        "CREATE FUNCTION hook() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM maker(); RETURN NEW; END$$;
            CREATE TRIGGER hook AFTER INSERT ON t EXECUTE FUNCTION hook(); INSERT INTO t VALUES (1)",
        "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$BEGIN INSERT INTO t VALUES (maker()); END$$; CALL p()",
        "CREATE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); SELECT maker(); END; CALL p()",
        "CREATE FUNCTION outer_one() RETURNS int RETURN maker() + 1; SELECT outer_one()",
    ] {
        assert_eq!(
            codes(&format!("{maker} {calls}"), "SELECT * FROM made"),
            (vec!["cannot-replay"], vec!["cannot-check"]),
            "{calls}"
        );
    }
    for aside in [
        "SELECT 1",
        "CREATE FUNCTION other() RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT other() AS maker",
        "CREATE FUNCTION hook() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM maker(); RETURN NEW; END$$;
            CREATE TRIGGER hook AFTER INSERT ON t EXECUTE FUNCTION hook(); DELETE FROM t",
    ] {
        assert_eq!(
            codes(&format!("{maker} {aside}"), "SELECT * FROM made"),
            (vec![], vec!["unknown-relation"]),
            "{aside}"
        );
    }
    assert_eq!(
        codes(
            &format!("{maker}\n-- pgdbm:declare CREATE TABLE made (a int)\nSELECT maker();"),
            "SELECT a FROM made"
        ),
        (vec![], vec![])
    );
}

#[test]
fn an_extension_without_a_pack_may_be_declared() {
    let declared = "-- pgdbm:declare CREATE EXTENSION vector\nDO $$BEGIN EXECUTE x; END$$;
        CREATE TABLE items (e vector(3), a int);";
    assert_eq!(
        codes(declared, "SELECT a FROM items"),
        (vec!["cannot-replay"], vec![])
    );
    assert_eq!(
        codes(declared, "SELECT e <-> e FROM items").1,
        ["cannot-check"]
    );
}

#[test]
fn a_table_whose_operator_classes_nobody_told_of_is_there() {
    let made = "DO $$BEGIN EXECUTE format('create extension %I', 'btree_gist'); END$$;
        CREATE TABLE r (room int, during tstzrange, EXCLUDE USING gist (room WITH =, during WITH &&));
        CREATE INDEX ON r USING gist (room gist_int4_ops);
        CREATE INDEX ON r USING bloom (room);";
    assert_eq!(
        codes(made, "SELECT room FROM r"),
        (vec!["cannot-replay"], vec![])
    );
}

#[test]
fn what_a_function_runs_thousands_of_times_is_followed_once() {
    let mut migration = "CREATE TABLE p (a int) PARTITION BY RANGE (a);".to_owned();
    for number in 0..500 {
        let next = number + 1;
        migration += &format!(
            "CREATE TABLE p{number} PARTITION OF p FOR VALUES FROM ({number}) TO ({next});"
        );
    }
    let writes = "INSERT INTO p VALUES (1);".repeat(20_000);
    migration += &format!(
        "CREATE FUNCTION maker() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN CREATE TABLE made (a int); RETURN NEW; END$$;
        CREATE FUNCTION writer() RETURNS void LANGUAGE plpgsql AS $$BEGIN {writes} END$$;
        SELECT writer(); SELECT writer();"
    );
    assert_eq!(
        codes(&migration, "SELECT * FROM made").1,
        ["unknown-relation"]
    );
    migration += "CREATE TRIGGER g AFTER INSERT ON p FOR EACH ROW EXECUTE FUNCTION maker(); SELECT writer();";
    assert_eq!(codes(&migration, "SELECT * FROM made").1, ["cannot-check"]);
}

#[test]
fn thousands_of_constraints_get_their_names() {
    let checks = ", CHECK (a > 0), FOREIGN KEY (a) REFERENCES u".repeat(2_000);
    let table = format!(
        "CREATE TABLE u (a int PRIMARY KEY); CREATE TABLE t (a int{checks});
        ALTER TABLE t DROP CONSTRAINT t_a_check1999, DROP CONSTRAINT t_a_fkey1999;"
    );
    assert_eq!(codes(&table, "SELECT a FROM t"), (vec![], vec![]));
}

/// Where the old may be gone, the new is what a query sees.
#[test]
fn what_may_have_been_dropped_gives_way() {
    let dropped = "DO $$BEGIN EXECUTE format('DROP TABLE %I', 'gone'); END$$;";
    let warned = vec!["cannot-replay", "cannot-check"];
    for (before, after, query) in [
        (
            "CREATE TABLE gone (a int)",
            "CREATE TABLE gone (b text)",
            "SELECT b || 'x' FROM gone",
        ),
        (
            "CREATE TABLE gone (a serial PRIMARY KEY); CREATE INDEX i ON gone (a)",
            "CREATE TABLE gone (b serial PRIMARY KEY, a text)",
            "INSERT INTO gone (a) VALUES ('x') ON CONFLICT (b) DO NOTHING",
        ),
        (
            "CREATE TABLE gone (a int)",
            "CREATE VIEW gone AS SELECT 'x'::text AS b",
            "SELECT b || 'x' FROM gone",
        ),
        (
            "CREATE VIEW gone AS SELECT 1 AS a",
            "CREATE TABLE gone AS SELECT 'x'::text AS b",
            "SELECT b || 'x' FROM gone",
        ),
        (
            "CREATE VIEW gone AS SELECT 1 AS a",
            "CREATE OR REPLACE VIEW gone AS SELECT 'x'::text AS b",
            "SELECT b || 'x' FROM gone",
        ),
        (
            "CREATE FUNCTION gone(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE FUNCTION gone(b int) RETURNS text LANGUAGE sql AS $$SELECT 'x'$$",
            "SELECT gone(b => 1) || 'x'",
        ),
        (
            "CREATE FUNCTION gone(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE OR REPLACE FUNCTION gone(b int) RETURNS text LANGUAGE sql AS $$SELECT 'x'$$",
            "SELECT gone(b => 1) || 'x'",
        ),
        (
            "CREATE TYPE gone AS ENUM ('a')",
            "CREATE TYPE gone AS ENUM ('b')",
            "SELECT 'b'::gone",
        ),
        (
            "CREATE TYPE gone AS (a int)",
            "CREATE DOMAIN gone AS text",
            "SELECT 'b'::gone || 'x'",
        ),
        (
            "CREATE TYPE gone AS RANGE (subtype = int)",
            "CREATE TYPE gone AS RANGE (subtype = text)",
            "SELECT gone('b', 'c')",
        ),
        (
            "CREATE SEQUENCE gone",
            "CREATE TABLE gone (b text)",
            "SELECT b || 'x' FROM gone",
        ),
    ] {
        let found = codes(&format!("{before}; {dropped} {after}"), query);
        assert_eq!(found, (warned.clone(), vec![]), "{after}");
        // Without the block it is a mistake, and the old stays.
        let (found, _) = codes(&format!("{before}; {after}"), "SELECT 1");
        assert_eq!(found.len(), 1, "{after}");
    }
}

/// A type can only have been dropped when no column had it: what the columns are now is not known.
#[test]
fn columns_of_a_type_that_gave_way_are_not_known() {
    let migration = "CREATE TYPE gone AS ENUM ('a'); CREATE TABLE t (c gone, d int);
        DO $$BEGIN EXECUTE format('DROP TYPE %I CASCADE', 'gone'); END$$;
        CREATE TYPE gone AS ENUM ('b'); CREATE TABLE u (c gone);";
    let warned = vec!["cannot-replay", "cannot-check"];
    assert_eq!(codes(migration, "SELECT c FROM t").1, ["cannot-check"]);
    assert_eq!(
        codes(migration, "SELECT c FROM u WHERE c = 'b'"),
        (warned, vec![])
    );
}
