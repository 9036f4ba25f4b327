//! Running programs, loudly: what is run is shown, and a failure names it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// What a command of ours gives: nothing, or why it failed.
pub(crate) type Outcome = Result<(), String>;

/// The repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// `cargo` with these arguments, in the repository.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// The same, with tests and examples finding the server whose programs lie in `server`.
pub(crate) fn cargo_with_server(server: Option<&Path>, arguments: &[&str]) -> Command {
    let mut command = cargo(arguments);
    if let Some(directory) = server {
        command.env("PGDBM_PG_BIN", directory);
    }
    command
}

/// Runs a program to its end and demands success.
pub(crate) fn run(title: &str, command: &mut Command) -> Outcome {
    eprintln!("\n── {title}");
    let started = Instant::now();
    let status = command
        .status()
        .map_err(|error| format!("{title}: cannot start {:?}: {error}", command.get_program()))?;
    if !status.success() {
        return Err(format!("{title}: {status}"));
    }
    eprintln!("── {title}: {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// What a program prints, if it runs and succeeds.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command
        .stderr(Stdio::null())
        .stdin(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program can be started.
pub(crate) fn exists(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}
