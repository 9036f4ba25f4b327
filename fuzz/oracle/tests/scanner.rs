//! pgdbm's lexer against PostgreSQL's scanner: on the corpus, and on token soups.

use std::fs;
use std::path::Path;

use pgdbm_oracle::compare;
use proptest::prelude::*;

/// The corpus lies with the crate that it is about. Entries stand between lines of `%%`.
fn corpus() -> Vec<(String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pgdbm-template/tests/data/lexer");
    let mut entries = Vec::new();
    for file in fs::read_dir(directory).expect("the corpus is there") {
        let path = file.expect("a readable entry").path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            let text = fs::read_to_string(&path).expect("a text");
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            entries.extend(text.split("\n%%\n").map(|entry| (name.clone(), entry.to_owned())));
        }
    }
    entries
}

#[test]
fn the_corpus_agrees() {
    let corpus = corpus();
    assert!(corpus.len() > 300, "{}", corpus.len());
    let wrong: Vec<String> = corpus
        .iter()
        .filter_map(|(file, entry)| compare(entry).err().map(|error| format!("{file}: {error}")))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Pieces that make trouble where they meet.
const PIECES: &[&str] = &[
    "'", "''", "\"", "\"\"", "$", "$$", "$a$", "$ab$", "$1", "$23", "$1a", "$name", "$é", "E'", "e'", "U&'", "u&\"",
    "U&", "B'", "x'", "N'", "n", "\\", "\\'", "\\u", "\\u0041", "\\U0001F600", "\\x4", "\\xff", "\\303\\251", "\\0",
    "\\ud83d", "\\ude00", "--", "-", "/*", "*/", "/", "*", "\n", "\r", "\t", " ", "\u{b}", "\u{c}", "\u{a0}", "+",
    "<", ">", "<<", ">>", "=", "=>", ":", "::", ":=", ".", "..", "...", "!", "@", "#", "^", "&", "|", "`", "?", "%",
    "~", "{", "}", "{{", "}}", "{{tables.a}}", "<<tables.a>>", "<<schema>>", "(", ")", "[", "]", ",", ";", "0", "1",
    "42", "0x", "0x1F", "0o7", "0o8", "0b1", "0b2", "1_000", "1_", "_1", "1e5", "1e", "1e+", ".5", "5.", "1.5e-3",
    "2147483648", "a", "select", "SELECT", "é", "😀", "a$b", "_", "uescape", "null",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn token_soups_agree(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..14)) {
        let sql: String = pieces.concat();
        if let Err(error) = compare(&sql) {
            return Err(TestCaseError::fail(error));
        }
    }

    #[test]
    fn any_text_agrees(sql in "\\PC{0,40}") {
        if let Err(error) = compare(&sql) {
            return Err(TestCaseError::fail(error));
        }
    }

    #[test]
    fn any_ascii_agrees(sql in "[\\x01-\\x7f]{0,24}") {
        if let Err(error) = compare(&sql) {
            return Err(TestCaseError::fail(error));
        }
    }

    #[test]
    fn any_run_of_operators_agrees(sql in "[-+*/<>=~!@#^&|`?%:a1.']{0,12}") {
        if let Err(error) = compare(&sql) {
            return Err(TestCaseError::fail(error));
        }
    }
}
