//! Sets of migration files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use pgdbm_template::{Code, Diagnostic, MigrationSet, Severity, Version, directives};

fn set(files: &[(&str, &str)]) -> (MigrationSet, Vec<(String, Diagnostic)>) {
    MigrationSet::new(files.iter().copied())
}

/// The codes that one file reports, each with the text that it points at.
fn found(sql: &str) -> Vec<(&'static str, String)> {
    let (_, diagnostics) = set(&[("001_a.sql", sql)]);
    let place =
        |diagnostic: &Diagnostic| sql[diagnostic.primary.start..diagnostic.primary.end].to_owned();
    diagnostics
        .iter()
        .map(|(_, diagnostic)| (diagnostic.code.as_str(), place(diagnostic)))
        .collect()
}

#[test]
fn files_are_ordered_by_version_and_undo_finds_its_migration() {
    let (set, diagnostics) = set(&[
        ("R__z_views.sql", "SELECT 1"),
        ("010_ten.sql", "SELECT 10"),
        ("V2__two.sql", "SELECT 2"),
        ("R__a_views.sql", "SELECT 1"),
        ("20240101000000_late.sql", "SELECT 3"),
        ("1_one.up.sql", "SELECT 1"),
        ("001_one.down.sql", "SELECT -1"),
        ("U2.0__two.sql", "SELECT -2"),
        ("README.md", "{{ not sql"),
        ("data.csv", "'"),
    ]);
    assert_eq!(diagnostics, []);
    let names: Vec<&str> = set
        .iter()
        .map(|migration| migration.file_name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "1_one.up.sql",
            "V2__two.sql",
            "010_ten.sql",
            "20240101000000_late.sql",
            "R__a_views.sql",
            "R__z_views.sql"
        ]
    );
    let undo = |version: &str| {
        let version: Version = version.parse().unwrap();
        set.undo(&version)
            .map(|migration| migration.file_name.as_str())
    };
    assert_eq!(
        (undo("1"), undo("2"), undo("10")),
        (Some("001_one.down.sql"), Some("U2.0__two.sql"), None)
    );
    assert_eq!(
        (
            set.versioned().len(),
            set.repeatable().len(),
            set.is_empty()
        ),
        (4, 2, false)
    );
}

#[test]
fn the_order_of_the_listing_makes_no_difference() {
    let mut files = vec![
        ("003_c.sql", "SELECT 3"),
        ("001_a.sql", "SELECT $1"),
        ("001_b.sql", "SELECT 2"),
        ("x.sql", "SELECT 2"),
        ("002_b.sql", ""),
    ];
    let forward = set(&files);
    files.reverse();
    assert_eq!(set(&files), forward);
}

#[test]
fn text_and_checksum_are_blind_to_marks_and_line_endings() {
    let (unix, _) = set(&[("001_a.sql", "SELECT 1\n;\n")]);
    let (windows, _) = set(&[("001_a.sql", "\u{feff}SELECT 1\r\n;\r\n")]);
    assert_eq!(windows.versioned()[0].sql, "SELECT 1\r\n;\r\n");
    assert_eq!(
        unix.versioned()[0].checksum,
        windows.versioned()[0].checksum
    );
}

#[test]
fn files_that_do_not_fit_together() {
    let (kept, diagnostics) = set(&[
        ("001_a.sql", "SELECT 1"),
        ("1.0_b.sql", "SELECT 2"),
        ("V01__c.sql", "SELECT 3"),
        ("004_d.down.sql", "SELECT 4"),
        ("init.sql", "SELECT 5"),
        ("001-e.sql", "SELECT 6"),
        ("R__v.sql", "SELECT 7"),
        ("R__v.sql", "SELECT 8"),
    ]);
    let mut found: Vec<(&str, &str)> = diagnostics
        .iter()
        .map(|(file, diagnostic)| (file.as_str(), diagnostic.code.as_str()))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("001-e.sql", "unrecognized-file-name"),
            ("004_d.down.sql", "undo-without-migration"),
            ("1.0_b.sql", "duplicate-version"),
            ("R__v.sql", "duplicate-version"),
            ("V01__c.sql", "duplicate-version"),
            ("init.sql", "unrecognized-file-name"),
        ]
    );
    let duplicate = &diagnostics
        .iter()
        .find(|(file, _)| file == "1.0_b.sql")
        .unwrap()
        .1;
    assert_eq!(duplicate.secondary[0].file.as_deref(), Some("001_a.sql"));
    assert_eq!(kept.versioned().len(), 1);
    for (file, diagnostic) in &diagnostics {
        assert!(diagnostic.help.is_some(), "{file}");
        assert!(
            diagnostic.render("SELECT 1", file).contains(file.as_str()),
            "{file}"
        );
    }
}

#[test]
fn contents_that_cannot_be_migrations() {
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("", &[("empty-migration", "")]),
        (
            " -- only a comment\n /* c */ ;; ",
            &[("empty-migration", "")],
        ),
        (
            "SELECT $1, $name",
            &[
                ("migration-parameter", "$1"),
                ("migration-parameter", "$name"),
            ],
        ),
        (
            "CREATE TABLE {{tabels.a}} (b int)",
            &[("unknown-placeholder", "{{tabels.a}}")],
        ),
        ("SELECT '", &[("unterminated-string", "'")]),
        (
            "BEGIN; SELECT 1; COMMIT",
            &[
                ("transaction-control", "BEGIN"),
                ("transaction-control", "COMMIT"),
            ],
        ),
        (
            "DO $$ BEGIN COMMIT; END $$",
            &[("transaction-control", "DO")],
        ),
        ("VACUUM", &[("refuses-transaction", "VACUUM")]),
        (
            "CREATE INDEX CONCURRENTLY i ON a (b)",
            &[("refuses-transaction", "CREATE")],
        ),
        ("SET a = 1", &[("session-state", "SET")]),
        (
            "SELECT 1;\nCOPY a FROM stdin;\n1\t'x\n{{\n\\.\nSELECT $1",
            &[("copy-stream", "COPY")],
        ),
        (
            "SELECT $1;\n\\echo don't",
            &[("migration-parameter", "$1"), ("meta-command", "\\echo")],
        ),
        ("\\i other.sql", &[("meta-command", "\\i")]),
        (
            "-- pgdbm:no-transactions\nSELECT 1",
            &[("unknown-directive", "no-transactions")],
        ),
        (
            "-- pgdbm:whatever\nSELECT 1",
            &[("unknown-directive", "whatever")],
        ),
        ("--pgdbm:\nSELECT 1", &[("unknown-directive", "")]),
        (
            "SELECT 1;\n-- pgdbm:no-transaction\nSELECT 1",
            &[("misplaced-directive", "-- pgdbm:no-transaction")],
        ),
        (
            "-- pgdbm:no-transaction because\nSELECT 1",
            &[("unknown-directive", "because")],
        ),
        (
            "-- pgdbm:no-transaction\nBEGIN; VACUUM; COMMIT",
            &[
                ("transaction-control", "BEGIN"),
                ("transaction-control", "COMMIT"),
            ],
        ),
    ];
    for (sql, expected) in cases {
        let found = found(sql);
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(code, text)| (*code, text.as_str()))
            .collect();
        assert_eq!(found, *expected, "{sql}");
    }
}

#[test]
fn contents_that_are_fine() {
    for sql in [
        "CREATE TABLE {{tables.a}} (b int)",
        "CREATE FUNCTION {{functions.f}}(int) RETURNS int RETURN $1",
        "CREATE FUNCTION {{functions.f}}(int) RETURNS int LANGUAGE sql AS $$ SELECT $1 $$",
        "-- pgdbm:no-transaction\nCREATE INDEX CONCURRENTLY {{indexes.i}} ON {{tables.a}} (b)",
        "/* c */\n  --pgdbm:no-transaction  \nVACUUM; VACUUM",
        "SELECT 1; -- pgdbm:declare table x (a int)",
        "-- pgdbm is fine\nSET LOCAL a = 1",
        "SAVEPOINT a; ROLLBACK TO a",
        "SELECT '\\i', E'\\'' -- \\i\n",
    ] {
        assert_eq!(found(sql), [], "{sql}");
    }
}

#[test]
fn bytes_that_are_no_text() {
    let (set, diagnostics) = MigrationSet::new([("001_a.sql", &b"SELECT\n'\xe9'"[..])]);
    assert!(set.is_empty());
    let (file, diagnostic) = &diagnostics[0];
    assert_eq!(
        (file.as_str(), diagnostic.code, diagnostic.primary.start),
        ("001_a.sql", Code::InvalidUtf8, 8)
    );
    assert!(diagnostic.message.contains("line 2"), "{diagnostic}");
}

#[test]
fn session_state_is_a_warning_and_the_rest_are_errors() {
    let (_, diagnostics) = set(&[("001_a.sql", "SET a = 1; BEGIN")]);
    let severities: Vec<Severity> = diagnostics
        .iter()
        .map(|(_, diagnostic)| diagnostic.severity)
        .collect();
    assert_eq!(severities, [Severity::Warning, Severity::Error]);
}

#[test]
fn directives_are_read_with_their_places() {
    let sql = "-- pgdbm:declare table a\nSELECT 1; --pgdbm:declare   view b ";
    let directives = directives(sql);
    assert!(!directives.no_transaction);
    let texts: Vec<&str> = directives
        .declarations
        .iter()
        .map(|span| &sql[span.start..span.end])
        .collect();
    assert_eq!(texts, ["table a", "view b "]);
}

#[test]
fn a_bare_name_goes_to_public_and_is_refused_unless_the_file_says_where() {
    for (sql, name) in [
        ("SET search_path TO DEFAULT; CREATE TABLE t (id int)", "t"),
        (
            "SET search_path = a; RESET search_path; CREATE TABLE t (id int)",
            "t",
        ),
        (
            "-- pgdbm:no-transaction\nSET LOCAL search_path = a; CREATE TABLE t (id int)",
            "t",
        ),
        ("CREATE TABLE users (id int)", "users"),
        (
            "CREATE UNLOGGED TABLE IF NOT EXISTS \"Users\" (id int)",
            "\"Users\"",
        ),
        ("create or replace view v as select 1", "v"),
        ("CREATE MATERIALIZED VIEW mv AS SELECT 1", "mv"),
        ("CREATE TYPE mood AS ENUM ('sad')", "mood"),
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "f",
        ),
        ("CREATE SEQUENCE s", "s"),
        (
            "SELECT 1; CREATE TABLE t (id int); CREATE TABLE {{tables.u}} (id int)",
            "t",
        ),
    ] {
        let errors = found(sql).into_iter();
        let errors: Vec<_> = errors
            .filter(|(code, _)| *code != "session-state")
            .collect();
        assert_eq!(errors, [("bare-name", name.to_owned())], "{sql}");
    }
    for sql in [
        "CREATE TABLE {{tables.users}} (id int)",
        "CREATE TABLE public.users (id int)",
        "CREATE INDEX {{indexes.i}} ON {{tables.t}} (id)",
        "CREATE SCHEMA other",
        "CREATE EXTENSION IF NOT EXISTS citext",
        "SET LOCAL search_path TO {{schema}}; CREATE TABLE t (id int)",
    ] {
        assert_eq!(found(sql), [], "{sql}");
    }
}

#[test]
fn a_name_that_was_always_cut_may_stay() {
    let long = "x".repeat(64);
    let (_, diagnostics) = set(&[(
        "001_a.sql",
        &format!("CREATE INDEX {long} ON {{{{tables.t}}}} (id)"),
    )]);
    assert!(
        diagnostics
            .iter()
            .all(|(_, diagnostic)| diagnostic.severity == Severity::Warning)
    );
    let (_, diagnostics) = set(&[("001_a.sql", &format!("DROP TABLE {{{{tables.{long}}}}}"))]);
    assert!(
        diagnostics
            .iter()
            .any(|(_, diagnostic)| diagnostic.is_error())
    );
}

#[test]
fn what_takes_a_migration_back_may_have_nothing_to_do() {
    let (_, diagnostics) = set(&[("1_a.up.sql", "SELECT 1"), ("1_a.down.sql", "-- Nothing.")]);
    assert_eq!(diagnostics, []);
}
