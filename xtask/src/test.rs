//! All tests, and fuzzing.

use std::path::PathBuf;
use std::process::Command;

use crate::run::{Outcome, cargo_with_server, exists, root, run};
use crate::server;

pub(crate) fn test(arguments: &[String]) -> Outcome {
    let server = server::ensure()?;
    let server = server.as_deref();
    let extra: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let common = ["--workspace", "--all-features", "--locked"];
    if exists("cargo-nextest") {
        run("tests", cargo_with_server(server, &["nextest", "run", "--no-fail-fast"]).args(common).args(&extra))?;
    } else {
        run("tests", cargo_with_server(server, &["test", "--no-fail-fast", "--lib", "--bins", "--tests", "--examples"]).args(common).args(&extra))?;
    }
    run("documentation tests", cargo_with_server(server, &["test", "--doc"]).args(common))
}

/// The fuzz targets, each for so many seconds.
pub(crate) fn fuzz(arguments: &[String]) -> Outcome {
    let seconds: u32 = match arguments {
        [] => 60,
        [seconds] => seconds.parse().map_err(|_| format!("`{seconds}` is no number of seconds"))?,
        _ => return Err("usage: cargo xtask fuzz [seconds]".to_owned()),
    };
    if !exists("cargo-fuzz") {
        return Err("cargo-fuzz is not installed; run `cargo install cargo-fuzz`".to_owned());
    }
    for target in targets()? {
        let mut command = Command::new("cargo");
        // libFuzzer's instrumentation needs the nightly compiler.
        command.args(["+nightly", "fuzz", "run", "--fuzz-dir", "fuzz", &target, "--"]);
        command.arg(format!("-max_total_time={seconds}")).arg("-dict=fuzz/sql.dict").current_dir(root());
        run(&format!("fuzzing {target} for {seconds} s"), &mut command)?;
    }
    Ok(())
}

fn targets() -> Result<Vec<String>, String> {
    let directory: PathBuf = root().join("fuzz/fuzz_targets");
    let entries = std::fs::read_dir(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.path().file_stem()?.to_str().map(str::to_owned))
        .collect();
    names.sort();
    Ok(names)
}
