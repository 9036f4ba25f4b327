//! Random texts: whatever they are, there is an answer, for a query as for a migration.

use std::sync::OnceLock;

use pgdbm_check::{Checker, Home, Options, Source};
use proptest::prelude::*;

/// Words that the grammar knows, names that are there, and what stands between them.
const WORDS: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP BY",
    "HAVING",
    "ORDER BY",
    "LIMIT",
    "WITH",
    "RECURSIVE",
    "AS",
    "INSERT INTO",
    "VALUES",
    "UPDATE",
    "SET",
    "DELETE",
    "RETURNING",
    "ON CONFLICT",
    "DO NOTHING",
    "JOIN",
    "LEFT JOIN",
    "FULL JOIN",
    "NATURAL",
    "USING",
    "LATERAL",
    "ON",
    "AND",
    "OR",
    "NOT",
    "IN",
    "IS NULL",
    "BETWEEN",
    "LIKE",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "CAST",
    "ARRAY",
    "ROW",
    "EXISTS",
    "ANY",
    "UNION",
    "EXCEPT",
    "INTERSECT",
    "OVER",
    "FILTER",
    "PARTITION BY",
    "ROLLUP",
    "DISTINCT",
    "CREATE TABLE",
    "ALTER TABLE",
    "DROP TABLE",
    "ADD COLUMN",
    "PRIMARY KEY",
    "UNIQUE",
    "CHECK",
    "DEFAULT",
    "CREATE VIEW",
    "CREATE TYPE",
    "AS ENUM",
    "CREATE FUNCTION",
    "RETURNS",
    "LANGUAGE sql",
    "CREATE INDEX",
    "RENAME TO",
    "MERGE INTO",
    "DO",
    "t",
    "u",
    "a",
    "b",
    "c",
    "t.a",
    "u.b",
    "int",
    "text",
    "jsonb",
    "numeric(10, 2)",
    "timestamptz",
    "count",
    "sum",
    "lower",
    "coalesce",
    "generate_series",
    "unnest",
    "now()",
    "$1",
    "$2",
    "1",
    "2.5",
    "'x'",
    "NULL",
    "true",
    "*",
    "+",
    "-",
    "||",
    "->",
    "->>",
    "=",
    "<",
    "::",
    ",",
    "(",
    ")",
    "[",
    "]",
    ".",
    ";",
    ":",
    "{{tables.t}}",
    "\"",
    "'",
    "$$",
    "--",
    "/*",
    "é",
    "\0",
];

fn checker() -> &'static Checker {
    static CHECKER: OnceLock<Checker> = OnceLock::new();
    CHECKER.get_or_init(|| {
        let migration = Source::new(
            "1.sql",
            "CREATE TABLE {{tables.t}} (a int NOT NULL, b text, c jsonb); CREATE TABLE {{tables.u}} (a int PRIMARY KEY, b text)",
        );
        Checker::new(&[migration], &Options::default())
    })
}

fn answers(text: &str) -> Result<(), TestCaseError> {
    let description = checker().describe(text);
    for finding in &description.findings {
        prop_assert!(
            finding.primary.start <= finding.primary.end && finding.primary.end <= text.len()
        );
        prop_assert!(!finding.message.is_empty());
    }
    prop_assert!(description.columns.is_some() || !description.findings.is_empty());
    let migrations = Checker::new(&[Source::new("2.sql", text)], &Options::default());
    for found in migrations.findings() {
        prop_assert!(found.finding.primary.end <= text.len());
    }
    for made in migrations.made_types() {
        let schema = match &made.home {
            Home::Schema(name) => name.as_str(),
            _ => "public",
        };
        let quoted = |name: &str| name.replace('"', "\"\"");
        let query = format!(
            "SELECT * FROM \"{}\".\"{}\"",
            quoted(schema),
            quoted(&made.name)
        );
        let described = migrations.describe(&query);
        prop_assert!(described.columns.is_some() || !described.findings.is_empty());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn soups_of_words_are_answered(words in prop::collection::vec(prop::sample::select(WORDS), 0..40)) {
        answers(&words.join(" "))?;
    }

    #[test]
    fn selects_of_words_are_answered(words in prop::collection::vec(prop::sample::select(WORDS), 1..12)) {
        answers(&format!("SELECT {} FROM t", words.join(" ")))?;
    }

    #[test]
    fn any_characters_are_answered(text in "\\PC{0,80}") {
        answers(&text)?;
    }
}
