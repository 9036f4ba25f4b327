//! All tests.

mod outcomes;
mod selection;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::run::{Outcome, cargo_with_server, exists, root, run, run_last, watch};
use crate::{kit, oracle, server, tracking};
use outcomes::{Row, Verdict};
use selection::Selection;

pub(crate) fn test(arguments: &[String]) -> Outcome {
    let selection = selection::parse(arguments, &kit::majors()?)?;
    match selection.majors[..] {
        [] => {
            let server = server::ensure()?;
            once(&selection, server.as_deref())
        }
        [major] => {
            let server = kit::server(major)?;
            eprintln!(
                "The tests run on {} ({}).",
                server.version,
                server.bin_directory.display()
            );
            once(&selection, Some(&server.bin_directory))
        }
        _ => on_each(&selection),
    }
}

/// All tests on one server. The many come last, so that what is read first is how they ended.
fn once(selection: &Selection, server: Option<&Path>) -> Outcome {
    if !selection.server_only {
        beside(server)?;
    }
    let mut command = many(server, selection.server_only);
    run_last("tests", command.arg(ALL).args(&selection.extra))
}

/// The tests on several servers, one after the other; what needs no server runs on the first one only.
fn on_each(selection: &Selection) -> Outcome {
    // A server that cannot be had is an error before anything runs, not a row that is missing at the end.
    let servers = selection.majors.iter().map(|major| kit::server(*major));
    let servers = servers.collect::<Result<Vec<_>, String>>()?;
    if !selection.server_only {
        beside(servers.first().map(|first| first.bin_directory.as_path()))?;
    }
    run("compiling the tests", many(None, false).arg("--no-run"))?;
    let mut rows = Vec::new();
    for (major, server) in selection.majors.iter().zip(&servers) {
        let server_only = selection.server_only || !rows.is_empty();
        let mut command = many(Some(&server.bin_directory), server_only);
        let mut summary = None;
        let started = Instant::now();
        let passed = watch(
            &format!("tests on {}", server.version),
            command.arg(ALL).args(&selection.extra),
            |line| {
                if let Some(words) = outcomes::summary(line) {
                    summary = Some(words.to_owned());
                }
            },
        )?;
        rows.push(Row {
            major: *major,
            version: server.version.clone(),
            verdict: if passed {
                Verdict::Passed
            } else {
                Verdict::Failed
            },
            tests: summary,
            seconds: started.elapsed().as_secs_f64(),
        });
    }
    eprint!("\n{}", outcomes::table(&rows));
    outcomes::judge(&rows)
}

/// What is no test of a crate, or no binary: the comparison with PostgreSQL's scanner, what cargo does when files change, and the
/// examples in the documentation.
fn beside(server: Option<&Path>) -> Outcome {
    oracle::oracle()?;
    tracking::tracking(&[])?;
    run(
        "documentation tests",
        cargo_with_server(server, &["test", "--doc"]).args(COMMON),
    )
}

/// The command that runs the test binaries.
fn many(server: Option<&Path>, server_only: bool) -> Command {
    let mut command;
    if exists("cargo-nextest") {
        command = cargo_with_server(server, &["nextest", "run"]);
        command.args(COMMON);
        if server_only {
            let file = root().join("xtask/nextest.toml");
            command.arg("--tool-config-file");
            command.arg(format!("xtask:{}", file.display()));
            command.args(["--profile", "server"]);
        }
    } else {
        let kinds = ["--lib", "--bins", "--tests", "--examples"];
        command = cargo_with_server(server, &["test"]);
        command.args(kinds).args(COMMON);
        if server_only {
            command.args(SERVERLESS.iter().flat_map(|name| ["--exclude", name]));
        }
    }
    command
}

/// A failure does not hide the ones behind it.
const ALL: &str = "--no-fail-fast";

const COMMON: [&str; 3] = ["--workspace", "--all-features", "--locked"];

/// The crates whose tests need no server; `nextest.toml` names them too.
const SERVERLESS: [&str; 4] = ["pgdbm-template", "pgdbm-macros", "pgdbm-ui-tests", "xtask"];

#[cfg(test)]
mod tests {
    #[test]
    fn both_ways_of_running_tests_leave_out_the_same_crates() {
        let list: Vec<String> = super::SERVERLESS
            .iter()
            .map(|name| format!("package({name})"))
            .collect();
        let filter = format!("not ({})", list.join(" + "));
        assert!(
            include_str!("../nextest.toml").contains(&filter),
            "{filter}"
        );
    }
}
