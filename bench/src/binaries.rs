//! The test programs, and the commands that run them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::processes::output;

/// The test programs of this package, and its own program, by name.
#[derive(Clone, Debug)]
pub struct Binaries(HashMap<String, PathBuf>);

impl Binaries {
    /// Has cargo build them, and asks it where they are.
    ///
    /// # Errors
    /// When they do not compile, or cargo cannot be run.
    pub fn build() -> Result<Binaries, String> {
        let mut cargo = cargo("test");
        cargo.args(["--no-run", "--message-format=json"]);
        let output = cargo
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("cannot run cargo: {error}"))?;
        if !output.status.success() {
            return Err(format!("cargo test --no-run: {}", output.status));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let programs = text.lines().filter_map(|line| {
            let message: serde_json::Value = serde_json::from_str(line).ok()?;
            let name = message.pointer("/target/name")?.as_str()?.to_owned();
            let kind = message.pointer("/target/kind/0")?.as_str()?;
            let path = message.get("executable")?.as_str()?;
            let is_harness = message.pointer("/profile/test")?.as_bool()?;
            // This program itself is built anew with its tests, and then lies where it was started from.
            let is_wanted = matches!((kind, is_harness), ("test", true) | ("bin", false));
            is_wanted.then(|| (name, PathBuf::from(path)))
        });
        Ok(Binaries(programs.collect()))
    }

    /// A program without arguments.
    ///
    /// # Errors
    /// When there is no such program.
    pub fn program(&self, name: &str) -> Result<Command, String> {
        let path = self.0.get(name);
        path.map(Command::new)
            .ok_or_else(|| format!("cargo has built no program `{name}`"))
    }

    /// One test in a process of its own, as `cargo nextest` starts it.
    ///
    /// # Errors
    /// When there is no such program.
    pub fn single(&self, program: &str, test: &str) -> Result<Command, String> {
        let mut command = self.program(program)?;
        command
            .args([test, "--exact", "--nocapture"])
            .current_dir(package())
            .env_remove("DATABASE_URL")
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::null());
        Ok(command)
    }
}

/// What runs the tests of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    /// `cargo test`: all tests in one process, a thread each.
    CargoTest,
    /// `cargo nextest run`: a process for each test.
    Nextest,
}

impl Runner {
    /// Both.
    pub const ALL: [Runner; 2] = [Runner::CargoTest, Runner::Nextest];

    /// As people write it.
    pub fn name(self) -> &'static str {
        match self {
            Runner::CargoTest => "cargo test",
            Runner::Nextest => "cargo nextest run",
        }
    }

    /// Runs all tests of a program to their end: how long the whole command took, and how long the tests did by the runner's
    /// own account.
    ///
    /// # Errors
    /// When a test fails, or not as many run as there should be.
    pub fn run(
        self,
        program: &str,
        tests: usize,
        database_url: Option<&str>,
    ) -> Result<Run, String> {
        let mut command = match self {
            Runner::CargoTest => cargo("test"),
            Runner::Nextest => cargo("nextest"),
        };
        if self == Runner::Nextest {
            command.args(["run", "--color=never"]);
        }
        command.args(["--test", program]).env("RUST_BACKTRACE", "0");
        match database_url {
            Some(url) => command.env("DATABASE_URL", url),
            None => command.env_remove("DATABASE_URL"),
        };
        let started = Instant::now();
        let output = output(&mut command)?;
        let whole = started.elapsed();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        let passed = format!("{tests} passed");
        if !output.status.success() || !said.contains(&passed) {
            return Err(format!(
                "{} --test {program}: {}\n{}",
                self.name(),
                output.status,
                end_of(&said)
            ));
        }
        if said.contains("   Compiling ") {
            return Err(
                "a source file changed while its tests were measured\n  help: run this again when nobody edits the sources"
                    .to_owned(),
            );
        }
        let own = match self {
            Runner::CargoTest => number_after(&said, "finished in "),
            Runner::Nextest => number_after(&said, "Summary ["),
        };
        let own = own.ok_or_else(|| {
            format!(
                "{} did not say how long it took:\n{}",
                self.name(),
                end_of(&said)
            )
        })?;
        Ok(Run { whole, own })
    }
}

/// How long a run of tests took.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// The whole command, with cargo's look for what has changed.
    pub whole: Duration,
    /// The tests, as the runner says.
    pub own: Duration,
}

/// What a program said last: enough to see what went wrong.
fn end_of(said: &str) -> String {
    let lines: Vec<&str> = said.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}

/// The seconds that stand behind some words.
fn number_after(text: &str, words: &str) -> Option<Duration> {
    let (_, behind) = text.rsplit_once(words)?;
    let behind = behind.trim_start();
    let end = behind.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let seconds: f64 = behind.get(..end)?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn cargo(command: &str) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.arg(command);
    cargo.current_dir(package());
    cargo
}

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[cfg(test)]
mod tests {
    use super::number_after;

    #[test]
    fn a_runner_says_how_long_it_took() {
        let read = |text, words| number_after(text, words).map(|time| time.as_millis());
        let libtest = "test result: ok. 50 passed; 0 failed; finished in 1.03s\n";
        assert_eq!(read(libtest, "finished in "), Some(1030));
        let nextest = "     Summary [   1.304s] 50 tests run: 50 passed, 0 skipped\n";
        assert_eq!(read(nextest, "Summary ["), Some(1304));
        assert_eq!(read(nextest, "finished in "), None);
    }
}
