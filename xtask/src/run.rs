//! Running programs, loudly: what is run is shown, and a failure names it.

use std::io::{BufRead as _, BufReader};
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

/// The same, with tests and examples finding the server whose programs lie in `server`, and no other.
pub(crate) fn cargo_with_server(server: Option<&Path>, arguments: &[&str]) -> Command {
    let mut command = cargo(arguments);
    if let Some(directory) = server {
        command.env("PGDBM_PG_BIN", directory);
        command.env_remove("DATABASE_URL");
    }
    command
}

/// Runs a program to its end and demands success.
pub(crate) fn run(title: &str, command: &mut Command) -> Outcome {
    let started = Instant::now();
    run_last(title, command)?;
    eprintln!("── {title}: {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// Runs a program whose own words are to be the last ones.
pub(crate) fn run_last(title: &str, command: &mut Command) -> Outcome {
    eprintln!("\n── {title}");
    let status = command
        .status()
        .map_err(|error| format!("{title}: cannot start {:?}: {error}", command.get_program()))?;
    if status.success() {
        return Ok(());
    }
    Err(format!("{title}: {status}"))
}

/// Runs a program and looks at each line of its standard error, which is shown as it comes. Gives whether it succeeded.
pub(crate) fn watch(
    title: &str,
    command: &mut Command,
    mut line: impl FnMut(&str),
) -> Result<bool, String> {
    eprintln!("\n── {title}");
    let program = command.get_program().to_owned();
    let problem = |error| format!("{title}: cannot run {program:?}: {error}");
    let mut child = command.stderr(Stdio::piped()).spawn().map_err(problem)?;
    if let Some(words) = child.stderr.take() {
        for text in BufReader::new(words).split(b'\n') {
            let text = text.map_err(problem)?;
            let text = String::from_utf8_lossy(&text);
            eprintln!("{text}");
            line(&text);
        }
    }
    Ok(child.wait().map_err(problem)?.success())
}

/// Whether this is root, for whom some things are elsewhere.
pub(crate) fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0")
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
