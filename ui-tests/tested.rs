//! Compile-time behaviour of `#[pgdbm::test]` that shows only where tests are compiled: elsewhere the compiler removes
//! what `#[test]` stands on before it looks at any type.
//!
//! `tested/pass` must compile without a warning, `tested/fail` must say what stands beside it in `.stderr`.
//! `TRYBUILD=overwrite cargo test --package pgdbm-ui-tests --test tested` writes those messages anew. Read each of them
//! before it is committed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

#[test]
fn compile_time_of_tests() {
    let mut passing = cases("tested/pass");
    passing.extend(cases("tested/pass_settings"));
    let failing = cases("tested/fail");
    assert!(passing.len() >= 5 && failing.len() >= 5);
    let said = compile(passing.iter().chain(&failing));
    let mut wrong = String::new();
    for case in &passing {
        if let Some(messages) = said.get(&name(case)) {
            write!(
                wrong,
                "\n{} must compile, and says:\n{messages}",
                case.display()
            )
            .unwrap();
        }
    }
    for case in &failing {
        let messages = said.get(&name(case)).map_or("", String::as_str);
        let golden = case.with_extension("stderr");
        if std::env::var_os("TRYBUILD").is_some_and(|mode| mode == "overwrite") {
            fs::write(&golden, messages).unwrap();
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        if messages.is_empty() || messages != expected {
            let case = case.display();
            write!(
                wrong,
                "\n{case} must say:\n{expected}\nand says:\n{messages}"
            )
            .unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    check_messages(&failing);
}

/// The files of a directory that are Rust.
fn cases(directory: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(here().join(directory))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .collect();
    found.sort();
    found
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn name(case: &Path) -> String {
    let kind = case.parent().and_then(Path::file_name).unwrap();
    let stem = case.file_stem().unwrap();
    format!("{}_{}", kind.to_str().unwrap(), stem.to_str().unwrap())
}

/// Compiles each case as the tests of one package, and gives what the compiler says of it.
fn compile<'c>(cases: impl Iterator<Item = &'c PathBuf>) -> BTreeMap<String, String> {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tested");
    let workspace = here().parent().unwrap();
    let mut manifest = format!(
        "[package]\nname = \"tested\"\nversion = \"0.0.0\"\nedition = \"2024\"\nautotests = false\n\
         [workspace]\n\
         [lib]\npath = \"lib.rs\"\n\
         [dependencies]\npgdbm = {{ path = {workspace:?}, features = [\"testing\"] }}\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n"
    );
    for case in cases {
        let name = name(case);
        write!(manifest, "[[test]]\nname = {name:?}\npath = {case:?}\n").unwrap();
    }
    fs::create_dir_all(&package).unwrap();
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    fs::write(package.join("lib.rs"), "").unwrap();
    // So that the versions are those of the workspace, all of which are here already.
    fs::copy(workspace.join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["check", "--tests", "--offline", "--keep-going"])
        .args(["--message-format", "json", "--quiet"])
        .env("CARGO_TARGET_DIR", package.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .current_dir(&package)
        .output()
        .unwrap();
    let mut said = BTreeMap::<String, String>::new();
    let mut reached = 0;
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let of_case = line["target"]["kind"][0] == "test";
        reached += usize::from(of_case);
        if !of_case || line["reason"] != "compiler-message" {
            continue;
        }
        let rendered = line["message"]["rendered"].as_str().unwrap();
        // How many there were, and where to read more: neither is about the case.
        let is_summary = line["message"]["spans"]
            .as_array()
            .is_some_and(Vec::is_empty);
        if !is_summary {
            let target = line["target"]["name"].as_str().unwrap();
            *said.entry(target.to_owned()).or_default() += &normalized(rendered);
        }
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(reached > 0, "nothing was compiled:\n{errors}");
    said
}

/// The message without what changes from machine to machine, and with each change of the runtime.
fn normalized(rendered: &str) -> String {
    let here = format!("{}/", here().display());
    let workspace = here.strip_suffix("ui-tests/").unwrap();
    let mut text = String::new();
    let mut is_foreign = false;
    for line in rendered.lines() {
        let mut line = line.replace(&here, "").replace(workspace, "$WORKSPACE/");
        let shown = line.trim_start();
        if shown.starts_with("--> ") || shown.starts_with("::: ") {
            if let Some((before, after)) = line.split_once("/rustc/") {
                let after = after.split_once('/').map_or("", |(_, after)| after);
                line = format!("{before}$RUST/{after}");
            }
            is_foreign = line.contains('$');
            if is_foreign && let Some(numbers) = line.find(".rs:") {
                line.truncate(numbers + 3);
            }
        } else if is_foreign && (line.contains('|') || line == "...") {
            // Lines of a file that the case is not about.
            continue;
        }
        writeln!(text, "{}", line.trim_end()).unwrap();
    }
    text
}

/// No message holds a path of a machine, and one mistake is one error.
fn check_messages(cases: &[PathBuf]) {
    for case in cases {
        let text = fs::read_to_string(case.with_extension("stderr")).unwrap();
        for part in [
            "/work", "/root", "/home", "/tmp", "/usr", ".cargo", ".rustup", "target/",
        ] {
            assert!(!text.contains(part), "{} holds `{part}`", case.display());
        }
        let errors = text
            .lines()
            .filter(|line| line.starts_with("error"))
            .count();
        // The test harness of the language has its own word on what a test returns.
        let expected = 1 + usize::from(case.ends_with("returns_something.rs"));
        assert_eq!(
            errors,
            expected,
            "the errors of {}:\n{text}",
            case.display()
        );
        assert!(
            !text.contains("\nwarning"),
            "the warnings of {}:\n{text}",
            case.display()
        );
    }
}
