//! Fuzzing of what reads foreign text.

use std::path::PathBuf;
use std::process::Command;

use crate::run::{Outcome, exists, root, run};

/// The fuzz targets, each for so many seconds.
pub(crate) fn fuzz(arguments: &[String]) -> Outcome {
    let seconds: u32 = match arguments {
        [] => 60,
        [seconds] => seconds
            .parse()
            .map_err(|_| format!("`{seconds}` is no number of seconds"))?,
        _ => return Err("usage: cargo xtask fuzz [seconds]".to_owned()),
    };
    if !exists("cargo-fuzz") {
        return Err("cargo-fuzz is not installed; run `cargo install cargo-fuzz`".to_owned());
    }
    for target in targets()? {
        // What the fuzzer finds goes into the first directory; the seeds stay as they are.
        let found = root().join("target/fuzz-corpus").join(&target);
        std::fs::create_dir_all(&found).map_err(|error| format!("{}: {error}", found.display()))?;
        let mut command = Command::new("cargo");
        // libFuzzer's instrumentation needs the nightly compiler.
        command.args(["+nightly", "fuzz", "run", "--fuzz-dir", "fuzz", &target]);
        command.arg(found).arg(format!("fuzz/corpus/{target}"));
        command
            .arg("--")
            .arg(format!("-max_total_time={seconds}"))
            .current_dir(root());
        run(&format!("fuzzing {target} for {seconds} s"), &mut command)?;
    }
    Ok(())
}

fn targets() -> Result<Vec<String>, String> {
    let directory: PathBuf = root().join("fuzz/fuzz_targets");
    let entries = std::fs::read_dir(&directory)
        .map_err(|error| format!("{}: {error}", directory.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.path().file_stem()?.to_str().map(str::to_owned))
        .collect();
    names.sort();
    Ok(names)
}
