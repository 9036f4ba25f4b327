//! Where statements end, against PostgreSQL's parser.

use pgdbm_template::{Template, TokenKind, lex};
use proptest::prelude::*;

/// Statements that PostgreSQL parses, with semicolons and keywords where they do not end anything.
const STATEMENTS: &[&str] = &[
    "SELECT 1",
    "SELECT ';', $$;$$, E'\\';', \";\" FROM a /* ; */",
    "BEGIN",
    "END",
    "COMMIT",
    "SELECT CASE WHEN a THEN 1 ELSE 2 END FROM b",
    "CREATE RULE r AS ON INSERT TO a DO ALSO (SELECT 1; SELECT 2)",
    "CREATE RULE r AS ON INSERT TO a DO INSTEAD NOTHING",
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
    "CREATE OR REPLACE FUNCTION f(a int DEFAULT 1) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE a WHEN 1 THEN CASE WHEN true THEN 1 END END; END",
    "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC INSERT INTO a VALUES (1); SELECT b.end, 1 AS end, b.case FROM b; END",
    "CREATE PROCEDURE p() BEGIN ATOMIC END",
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC ; ; SELECT 1; END",
    "CREATE FUNCTION begin() RETURNS int RETURN 1",
    "CREATE FUNCTION f() RETURNS atomic RETURN 1",
    "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN RETURN 1; END; $f$",
    "DO $$ BEGIN PERFORM 1; END; $$",
    "CREATE TABLE atomic (begin int, \"end\" int)",
    "SELECT begin atomic FROM a",
    "CREATE SCHEMA s CREATE TABLE a (b int) CREATE VIEW c AS SELECT 1",
    "PREPARE p AS SELECT $1",
    "COPY a FROM stdin",
    "CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW WHEN (OLD.b IS DISTINCT FROM NEW.b) EXECUTE FUNCTION f()",
];

const BETWEEN: &[&str] = &[";", " ; ", ";;", ";\n-- ; \n", ";/* ; */", "-- c\n;\n\n; "];

/// The statements without the white space and comments around them.
fn trimmed<'a>(statements: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let trim = |statement: &'a str| {
        let mut tokens = lex(statement)
            .filter(|token| !token.kind.is_trivia() && token.kind != TokenKind::Semicolon);
        let first = tokens.next();
        let last = tokens.last().or(first);
        first
            .zip(last)
            .map_or("", |(first, last)| &statement[first.start..last.end])
    };
    statements
        .into_iter()
        .map(trim)
        .filter(|statement| !statement.is_empty())
        .collect()
}

#[test]
fn every_statement_is_one_for_the_parser() {
    for sql in STATEMENTS {
        assert_eq!(
            pg_query::split_with_parser(sql).expect(sql).len(),
            1,
            "{sql}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(20_000),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_parser_agrees(
        statements in prop::collection::vec((prop::sample::select(STATEMENTS), prop::sample::select(BETWEEN)), 0..8)
    ) {
        let sql: String = statements.iter().flat_map(|(statement, between)| [*statement, *between]).collect();
        let theirs = trimmed(pg_query::split_with_parser(&sql).expect("valid statements"));
        let template = Template::parse(&sql);
        let ours: Vec<&str> = template.statements().iter().map(|statement| &sql[statement.start..statement.end]).collect();
        prop_assert_eq!(ours, theirs);
    }
}
