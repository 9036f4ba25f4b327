//! Compile-time behaviour: what must compile, and what must not and says why.
//!
//! `TRYBUILD=overwrite cargo test --package pgdbm-ui-tests` writes the expected messages anew. Read each of them
//! before it is committed: it is what a user sees.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn compile_time() {
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*.rs");
    cases.pass("pass/*/*.rs");
    cases.compile_fail("fail/*/*.rs");
}

/// The compiler may say more on other machines than where the messages were written; no path may be among it.
#[test]
fn no_message_holds_a_path_of_a_machine() {
    let foreign = [
        "/work", "/root", "/home", "/tmp", "/usr", "/Users", "C:\\", ".cargo", ".rustup", "target/",
    ];
    let messages = files("fail", "stderr");
    assert!(!messages.is_empty());
    for file in messages {
        let text = fs::read_to_string(&file).unwrap();
        for part in foreign {
            assert!(!text.contains(part), "{} holds `{part}`", file.display());
        }
    }
}

/// A case without its message would pass unseen, and so would a message without its case.
#[test]
fn each_failing_case_has_its_message() {
    let stem = |file: PathBuf| file.with_extension("");
    let cases: Vec<_> = files("fail", "rs").into_iter().map(stem).collect();
    let messages: Vec<_> = files("fail", "stderr").into_iter().map(stem).collect();
    assert!(cases.len() >= 100, "{} failing cases", cases.len());
    assert_eq!(cases, messages);
}

/// The cases that make several mistakes, and how many; everywhere else one mistake is one error.
const SEVERAL: &[(&str, usize)] = &[
    ("binding/one_mistake_is_one_error", 2),
    ("checked/argument_none_for_an_enum", 4),
    ("checked/fields_that_do_not_fit", 4),
    ("checked/override_of_another_type", 3),
    ("checked/struct_with_several_other_fields", 3),
    ("from_row/attribute_unknown", 2),
    ("from_row/borrowed", 2),
    ("made_types/argument_for_any_row", 4),
    ("migrations/refused_by_the_server", 3),
    ("migrations/several_files", 3),
    ("migrations/transaction_control", 2),
    ("migrations_misnamed/directory_that_is_not_there", 2),
    ("migrations_refused/one_mistake_is_one_error", 3),
    ("overrides/type_without_the_derive", 2),
    ("overrides_mistakes/mistakes", 7),
    ("parameter/several_surplus", 2),
    ("placeholder/several_mistakes", 3),
    ("queries/declaration_with_mistakes", 6),
    ("queries/types_that_do_not_fit", 3),
    ("query_file/unknown_name_and_two_statements", 2),
    ("query_fn/several_functions_with_mistakes", 3),
    ("test/argument_by_reference", 2),
    ("test/argument_that_comes_and_goes", 2),
    ("test/fixture_of_another_kind", 3),
    ("test/fixture_with_mistakes", 5),
    ("test/second_test_attribute", 2),
    ("test/values_of_another_kind", 10),
    ("test_settings/mistakes", 2),
];

#[test]
fn one_mistake_is_one_error_and_no_warning() {
    for file in files("fail", "stderr") {
        let text = fs::read_to_string(&file).unwrap();
        let lines = |word: &str| text.lines().filter(|line| line.starts_with(word)).count();
        let case = file.strip_prefix("fail").unwrap().with_extension("");
        let expected = SEVERAL
            .iter()
            .find(|(name, _)| Path::new(name) == case)
            .map_or(1, |(_, errors)| *errors);
        assert_eq!(
            lines("error"),
            expected,
            "the errors of {}:\n{text}",
            case.display()
        );
        assert_eq!(
            lines("warning"),
            0,
            "the warnings of {}:\n{text}",
            case.display()
        );
    }
}

fn files(directory: impl AsRef<Path>, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// What the README shows as an error is one.
#[test]
fn the_error_in_the_readme_is_a_real_one() {
    let golden = include_str!("fail/placeholder/unknown_head.stderr");
    let shown = golden.replace("fail/placeholder/unknown_head.rs", "src/main.rs");
    assert!(include_str!("../README.md").contains(shown.trim_end()));
}
