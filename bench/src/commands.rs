//! Commands of users whose time is taken, and the directory where they are run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::samples::Samples;

/// What a command took.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// By the clock.
    pub wall: Duration,
    /// In the processor, outside the system: of the command and of all that it started.
    pub user: Duration,
}

impl Cost {
    /// The medians of several.
    pub fn median(costs: &[Cost]) -> Cost {
        let median =
            |time: fn(&Cost) -> Duration| costs.iter().map(time).collect::<Samples>().median();
        Cost {
            wall: median(|cost| cost.wall),
            user: median(|cost| cost.user),
        }
    }
}

/// Runs a command to its end and takes its time.
///
/// # Errors
/// When it cannot be run or fails; with what it said.
pub fn timed(command: &mut Command) -> Result<Cost, String> {
    // The shell knows what its children took, and says so in the same words on every system.
    let mut shell = Command::new("sh");
    shell.args(["-c", r#""$@" || exit; times"#, "sh"]);
    shell.arg(command.get_program()).args(command.get_args());
    if let Some(directory) = command.get_current_dir() {
        shell.current_dir(directory);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.stdin(Stdio::null());
    let started = Instant::now();
    let output = shell
        .output()
        .map_err(|error| format!("cannot run sh: {error}"))?;
    let wall = started.elapsed();
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{command:?}: {}\n{said}{errors}", output.status));
    }
    let user = said.lines().last().and_then(user_of_children);
    let user = user.ok_or_else(|| format!("sh does not say what {command:?} took: {said}"))?;
    Ok(Cost { wall, user })
}

/// Of the second line of `times`, `1m2.5s 0m0.3s`, the first time.
fn user_of_children(line: &str) -> Option<Duration> {
    let (minutes, seconds) = line.split_whitespace().next()?.split_once('m')?;
    let seconds: f64 = seconds.strip_suffix('s')?.parse().ok()?;
    let minutes: f64 = minutes.parse().ok()?;
    Some(Duration::from_secs_f64(minutes * 60.0 + seconds))
}

/// A directory for what is generated and compiled, under `target/` of this package; it goes with this value.
#[derive(Debug)]
pub struct Workshop(PathBuf);

impl Workshop {
    /// An empty one.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new(name: &str) -> Result<Workshop, String> {
        let name = format!("{name}-{}", std::process::id());
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("target/workshop")
            .join(name);
        fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Workshop(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // What is left behind costs room, and nothing else.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::{timed, user_of_children};

    #[test]
    fn times_are_read_as_shells_write_them() {
        assert_eq!(
            user_of_children("1m2.5s 0m0.300s"),
            Some(Duration::from_millis(62_500))
        );
        assert_eq!(user_of_children(""), None);
    }

    #[test]
    fn a_command_that_fails_has_no_time() {
        assert!(timed(&mut Command::new("true")).is_ok());
        assert!(timed(&mut Command::new("false")).is_err());
        assert!(timed(&mut Command::new("/nowhere")).is_err());
    }
}
