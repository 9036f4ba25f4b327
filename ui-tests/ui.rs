//! Compile-time behaviour: what must compile, and what must not and says why.
//!
//! `TRYBUILD=overwrite cargo test --package pgdbm-ui-tests` writes the expected messages anew. Read each of them
//! before it is committed: it is what a user sees.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn compile_time() {
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*.rs");
    cases.compile_fail("fail/*/*.rs");
}

/// The compiler may say more on other machines than where the messages were written; no path may be among it.
#[test]
fn no_message_holds_a_path_of_a_machine() {
    let foreign = ["/work", "/root", "/home", "/tmp", "/usr", "/Users", "C:\\", ".cargo", ".rustup", "target/"];
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
    assert!(cases.len() >= 45, "{} failing cases", cases.len());
    assert_eq!(cases, messages);
}

/// One mistake is one error; the cases that make several say so in their names.
#[test]
fn one_mistake_is_one_error() {
    let several = ["several", "twice", "_and_", "one_mistake_is_one_error", "attribute_unknown", "borrowed"];
    for file in files("fail", "stderr") {
        let text = fs::read_to_string(&file).unwrap();
        let errors = text.lines().filter(|line| line.starts_with("error")).count();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        if several.iter().any(|part| name.contains(part)) {
            assert!(errors >= 1, "{name}");
        } else {
            assert_eq!(errors, 1, "{name} shows {errors} errors:\n{text}");
        }
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
