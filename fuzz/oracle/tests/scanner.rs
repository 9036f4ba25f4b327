//! pgdbm's lexer against PostgreSQL's scanner: on the corpus, and on token soups.

use std::fs;

use pgdbm_oracle::class::{corpus, written};
use pgdbm_oracle::{compare, crate_directory, scan};
use proptest::prelude::*;

#[test]
fn the_goldens_hold_and_the_corpus_agrees() {
    let mut wrong = Vec::new();
    for file in corpus(&crate_directory()) {
        let scanned: Vec<String> = file
            .snippets
            .iter()
            .map(|sql| written(golden(sql).as_deref()))
            .collect();
        if std::env::var_os("PGDBM_WRITE_GOLDENS").is_some() {
            fs::write(
                file.path.with_extension("tokens"),
                scanned.join("\n") + "\n",
            )
            .expect("the goldens are written");
        } else {
            assert_eq!(scanned, file.expected, "{}", file.path.display());
        }
        wrong.extend(file.snippets.iter().filter_map(|sql| compare(sql).err()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What PostgreSQL says. libpg_query leaves out the rule param_junk; where it takes a parameter that touches a word,
/// servers from 15 on refuse.
fn golden(sql: &str) -> Option<Vec<pgdbm_oracle::class::Place>> {
    use pgdbm_oracle::class::Class;
    let places = scan(sql).ok()?;
    let junk = places.windows(2).any(|pair| {
        pair[0].0 == Class::Parameter
            && pair[0].2 == pair[1].1
            && sql[pair[1].1..].starts_with(|character: char| {
                character.is_alphabetic() || character == '_' || !character.is_ascii()
            })
    });
    (!junk).then_some(places)
}

/// Pieces that make trouble where they meet.
const PIECES: &[&str] = &[
    "'",
    "''",
    "\"",
    "\"\"",
    "$",
    "$$",
    "$a$",
    "$ab$",
    "$1",
    "$23",
    "$1a",
    "$name",
    "$é",
    "E'",
    "e'",
    "U&'",
    "u&\"",
    "U&",
    "B'",
    "x'",
    "N'",
    "n",
    "\\",
    "\\'",
    "\\u",
    "\\u0041",
    "\\U0001F600",
    "\\x4",
    "\\xff",
    "\\303\\251",
    "\\0",
    "\\ud83d",
    "\\ude00",
    "--",
    "-",
    "/*",
    "*/",
    "/",
    "*",
    "\n",
    "\r",
    "\t",
    " ",
    "\u{b}",
    "\u{c}",
    "\u{a0}",
    "+",
    "<",
    ">",
    "<<",
    ">>",
    "=",
    "=>",
    ":",
    "::",
    ":=",
    ".",
    "..",
    "...",
    "!",
    "@",
    "#",
    "^",
    "&",
    "|",
    "`",
    "?",
    "%",
    "~",
    "{",
    "}",
    "{{",
    "}}",
    "{{tables.a}}",
    "<<tables.a>>",
    "<<schema>>",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    "0",
    "1",
    "42",
    "0x",
    "0x1F",
    "0o7",
    "0o8",
    "0b1",
    "0b2",
    "1_000",
    "1_",
    "_1",
    "1e5",
    "1e",
    "1e+",
    ".5",
    "5.",
    "1.5e-3",
    "2147483648",
    "a",
    "select",
    "SELECT",
    "é",
    "😀",
    "a$b",
    "_",
    "uescape",
    "null",
];

/// Pieces that are tokens or several.
const WELL_FORMED: &[&str] = &[
    "''",
    "'a'",
    "'a''b'",
    "E'\\''",
    "e'\\u0041'",
    "U&'\\0041'",
    "B'01'",
    "x'1F'",
    "N'a'",
    "$$a$$",
    "$a$b$a$",
    "$a$ $$ $a$",
    "\"a\"",
    "\"a\"\"b\"",
    "u&\"a\"",
    "a",
    "SELECT",
    "é",
    "a$b",
    "_1",
    "$1",
    "$23",
    "1",
    "0x1F",
    "1_000",
    "1.5",
    ".5",
    "5.",
    "1e5",
    "1.5e-3",
    "2147483648",
    "1..2",
    "+",
    "-",
    "*",
    "/",
    "<",
    ">",
    "=",
    "<=",
    "<>",
    "!=",
    "=>",
    "->>",
    "@>",
    "<->",
    "+-",
    "@-",
    "||",
    "::",
    ":=",
    ":",
    "..",
    ".",
    ",",
    ";",
    "(",
    ")",
    "[",
    "]",
    "/**/",
    "/* /* */ */",
    "--a\n",
    "{",
    "}",
    "\\",
    "%",
    "^",
    "~",
    "?",
    "&&",
    "#",
    "`",
    "uescape",
    "u",
    "b",
    "e",
    "n",
    "x",
];

const SEPARATORS: &[&str] = &["", "", "", " ", "\n", "\t", "--c\n", "/*c*/", " \r\n "];

fn check(sql: &str) -> Result<(), TestCaseError> {
    compare(sql).map(|_| ()).map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(100_000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn token_soups_agree(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..14)) {
        check(&pieces.concat())?;
    }

    /// Most soups are refused by both; these mostly are not.
    #[test]
    fn well_formed_soups_agree(
        pieces in prop::collection::vec(prop::sample::select(WELL_FORMED), 0..20),
        separators in prop::collection::vec(prop::sample::select(SEPARATORS), 20),
    ) {
        let sql: String = pieces.iter().zip(separators).flat_map(|(piece, separator)| [*piece, separator]).collect();
        check(&sql)?;
    }

    #[test]
    fn any_text_agrees(sql in "\\PC{0,40}") {
        check(&sql)?;
    }

    #[test]
    fn any_ascii_agrees(sql in "[\\x01-\\x7f]{0,24}") {
        check(&sql)?;
    }

    #[test]
    fn any_run_of_operators_agrees(sql in "[-+*/<>=~!@#^&|`?%:a1.']{0,12}") {
        check(&sql)?;
    }
}
