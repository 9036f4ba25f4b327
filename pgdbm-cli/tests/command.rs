//! The command as its user runs it, on a real server.
#![allow(clippy::unwrap_used, reason = "a test says by panicking what is wrong")]

use std::path::PathBuf;
use std::process::{Command, Output};

use pgdbm_runtime::testing::PgServer;

/// A directory with these files.
fn files(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let directory =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    for (file, content) in files {
        std::fs::write(directory.join(file), content).unwrap();
    }
    directory
}

fn pgdbm(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pgdbm"))
        .args(arguments)
        .env_remove("DATABASE_URL")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn migrate_and_status_on_two_schemas() {
    let server = PgServer::start().unwrap();
    let directory = files(
        "good",
        &[
            ("001_t.sql", "CREATE TABLE {{tables.t}} (n int);"),
            ("002_u.sql", "SELECT 1;"),
        ],
    );
    let directory = directory.to_str().unwrap();
    let (one, two) = (
        format!("cli_{}_a", std::process::id()),
        format!("cli_{}_b", std::process::id()),
    );
    let on_both = |command: &str, more: &[&str]| {
        let mut arguments = vec![
            command,
            "-d",
            directory,
            "-m",
            "m",
            "-s",
            &one,
            "-s",
            &two,
            "--url",
            server.url(),
        ];
        arguments.extend(more);
        let output = pgdbm(&arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let plan = on_both("migrate", &["--dry-run"]);
    assert!(
        plan.contains(&format!("CREATE TABLE \"{one}\".\"t\" (n int);")),
        "{plan}"
    );
    assert!(on_both("status", &[]).contains("pending      001_t.sql"));
    let applied = on_both("migrate", &[]);
    assert!(
        applied.contains(&format!("{one}: 2 applied, 0 already there")),
        "{applied}"
    );
    assert!(
        applied.contains(&format!("{two}: 2 applied, 0 already there")),
        "{applied}"
    );
    assert!(on_both("migrate", &[]).contains("0 applied, 2 already there"));
    assert!(on_both("status", &[]).contains("applied      002_u.sql"));
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn check_needs_no_server_and_shows_every_mistake() {
    let directory = files(
        "bad",
        &[
            ("001_t.sql", "DROP TABLE {{tabels.t}};"),
            ("001_u.sql", "SELECT $1;"),
            ("x.sql", "SELECT 1"),
        ],
    );
    let output = pgdbm(&["check", "-d", directory.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stderr);
    for part in ["001_t.sql", "tables", "001_u.sql", "x.sql"] {
        assert!(shown.contains(part), "{part} is missing in:\n{shown}");
    }
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn a_wrong_address_and_a_wrong_argument_are_said_plainly_and_without_the_password() {
    let directory = files("addr", &[("001_t.sql", "SELECT 1")]);
    let directory = directory.to_str().unwrap();
    let url = "postgres://u:topsecret@127.0.0.1:1/d";
    let output = pgdbm(&[
        "status", "-d", directory, "-m", "m", "-s", "shop", "--url", url,
    ]);
    let shown = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        shown.contains("127.0.0.1:1") && !shown.contains("topsecret"),
        "{shown}"
    );
    let output = pgdbm(&[
        "status", "-d", directory, "-m", "m", "-s", "Shop;", "--url", url,
    ]);
    assert!(!output.status.success());
    assert_eq!(pgdbm(&["migrat"]).status.code(), Some(2));
    std::fs::remove_dir_all(directory).unwrap();
}
