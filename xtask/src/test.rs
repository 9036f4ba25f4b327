//! All tests, and fuzzing.

use std::path::PathBuf;
use std::process::Command;

use crate::run::{Outcome, cargo, cargo_with_server, exists, root, run};
use crate::server;

pub(crate) fn test(arguments: &[String]) -> Outcome {
    let server = server::ensure()?;
    let server = server.as_deref();
    let extra: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let common = ["--workspace", "--all-features", "--locked"];
    if exists("cargo-nextest") {
        run(
            "tests",
            cargo_with_server(server, &["nextest", "run", "--no-fail-fast"])
                .args(common)
                .args(&extra),
        )?;
    } else {
        run(
            "tests",
            cargo_with_server(
                server,
                &[
                    "test",
                    "--no-fail-fast",
                    "--lib",
                    "--bins",
                    "--tests",
                    "--examples",
                ],
            )
            .args(common)
            .args(&extra),
        )?;
    }
    run(
        "documentation tests",
        cargo_with_server(server, &["test", "--doc"]).args(common),
    )?;
    oracle()
}

/// Compares our lexer with PostgreSQL's own scanner. In the fuzzing workspace, because building that scanner takes a C
/// compiler and libclang.
fn oracle() -> Outcome {
    if !libclang_is_there() {
        eprintln!("\n── scanner oracle: skipped, libclang is not installed (Debian: libclang-dev)");
        return Ok(());
    }
    let manifest = root().join("fuzz/Cargo.toml");
    let mut command = cargo(&[
        "test",
        "--locked",
        "--package",
        "pgdbm-oracle",
        "--manifest-path",
    ]);
    run("scanner oracle", command.arg(manifest))
}

fn libclang_is_there() -> bool {
    let directories = [
        "/usr/lib",
        "/usr/lib64",
        "/usr/local/lib",
        "/opt/homebrew/opt/llvm/lib",
        "/Library/Developer/CommandLineTools/usr/lib",
    ];
    let versions = std::fs::read_dir("/usr/lib")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()));
    let llvm = versions
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("llvm"))
        })
        .map(|path| path.join("lib"));
    let multiarch = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];
    let mut places = directories
        .iter()
        .chain(&multiarch)
        .map(PathBuf::from)
        .chain(llvm);
    let holds_libclang = |directory: PathBuf| {
        let entries = std::fs::read_dir(directory)
            .into_iter()
            .flatten()
            .filter_map(Result::ok);
        let mut names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.any(|name| name.starts_with("libclang.") || name.starts_with("libclang-"))
    };
    std::env::var_os("LIBCLANG_PATH").is_some() || places.any(holds_libclang)
}

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
        let mut command = Command::new("cargo");
        // libFuzzer's instrumentation needs the nightly compiler.
        command.args([
            "+nightly",
            "fuzz",
            "run",
            "--fuzz-dir",
            "fuzz",
            &target,
            "--",
        ]);
        command
            .arg(format!("-max_total_time={seconds}"))
            .arg("-dict=fuzz/sql.dict")
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
