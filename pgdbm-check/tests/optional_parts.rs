//! Queries with optional parts: the variants that are looked at while compiling tell of all others.

use pgdbm_check::{Checker, Description, Options, Source};
use pgdbm_template::OptionalParts;
use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::test_runner::TestCaseError;

const SCHEMA: &str = "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, name text, age int, score numeric);
    CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, cents bigint NOT NULL, note varchar(20));";

/// Conditions that share parameters, so that the one before decides on their types.
const CONDITIONS: [&str; 14] = [
    "AND u.id = $a",
    "AND u.age = $a",
    "AND u.score > $a",
    "AND $a IS NULL",
    "AND u.email = $b",
    "AND u.name || $b = 'x'",
    "AND $b::text = u.name",
    "OR u.email LIKE $b AND u.age BETWEEN $a AND $c",
    "AND coalesce($c, 1) = u.age",
    "AND EXISTS (SELECT FROM orders o WHERE o.user_id = u.id AND o.cents = $c)",
    "AND u.id IN ($a, $c)",
    "AND no_such = 1",
    "AND count(*) > 1",
    "AND $d",
];

const TAILS: [&str; 8] = [
    "ORDER BY u.id",
    "ORDER BY no_such",
    "ORDER BY $d",
    "GROUP BY u.id",
    "LIMIT $a",
    "OFFSET $c",
    "FOR UPDATE",
    "HAVING count(*) > $c",
];

fn checker() -> Checker {
    Checker::new(&[Source::new("schema.sql", SCHEMA)], &Options::default())
}

fn is_refused(description: &Description) -> bool {
    description
        .findings
        .iter()
        .any(pgdbm_template::Diagnostic::is_error)
}

/// Parts that hang on a flag each, so that their parameters may stand anywhere.
fn query(conditions: &[&str], tails: &[&str], with_else: bool) -> String {
    let mut sql = "SELECT u.id, u.email FROM users u WHERE u.id > $a::bigint".to_owned();
    for (index, part) in conditions.iter().chain(tails).enumerate() {
        let otherwise = match with_else && index == 0 {
            true => "{{else}} AND u.age = $c ",
            false => "",
        };
        sql.push_str(&format!(
            " {{{{if $f{index}}}}} {part} {otherwise}{{{{end}}}}"
        ));
    }
    sql
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_holds_for_the_telling_variants_holds_for_all(
        conditions in subsequence(CONDITIONS.to_vec(), 0..=5).prop_shuffle(),
        tails in subsequence(TAILS.to_vec(), 0..=2).prop_shuffle(),
        with_else in any::<bool>(),
    ) {
        let sql = query(&conditions, &tails, with_else);
        let Some(parts) = OptionalParts::parse(&sql) else {
            return Ok(());
        };
        let checker = checker();
        let told = parts.telling_variants().into_iter().all(|given| {
            !is_refused(&checker.describe(&parts.variant(given)))
        });
        if !told {
            return Ok(());
        }
        for given in 0..1 << parts.toggles().len() {
            let variant = parts.variant(given);
            let description = checker.describe(&variant);
            if is_refused(&description) {
                let message = format!("{variant}\n{:?}", description.findings);
                return Err(TestCaseError::fail(message));
            }
        }
    }
}

/// What markers name together may only show when nothing else is given.
#[test]
fn a_part_of_several_names_is_seen_by_itself() {
    let checker = checker();
    let described = |parts: &OptionalParts<'_>, variants: &[u32]| {
        let mut seen = std::collections::BTreeSet::new();
        for given in variants {
            let description = checker.describe(&parts.variant(*given));
            assert!(!is_refused(&description), "{:?}", description.findings);
            for column in description.columns.unwrap_or_default() {
                seen.insert(format!("{} {:?}", column.name, column.nullable));
            }
            for parameter in description.parameters {
                seen.insert(format!("{:?}", parameter.type_name));
            }
        }
        seen
    };
    for sql in [
        "SELECT name FROM users WHERE (name IS NOT NULL {{if $a and $b and $c}} OR true {{end}}) \
         {{if $d}} AND name IS NOT NULL {{end}} {{if $e}} AND name IS NOT NULL {{end}}",
        "SELECT id FROM users WHERE true {{if $p and $d}} AND id = $p {{end}} {{if $p and $e}} AND id = $p {{end}} \
         {{if $p and $a and $b}} AND name = $p::text {{end}}",
    ] {
        let Some(parts) = OptionalParts::parse(sql) else {
            unreachable!("there are parts in {sql}");
        };
        let all: Vec<u32> = (0..1 << parts.toggles().len()).collect();
        let told = described(&parts, &parts.telling_variants());
        assert_eq!(told, described(&parts, &all), "{sql}");
        assert!(told.len() > 1, "the variants of {sql} differ");
    }
}
