//! The janitor: a detached shell script that stops the server and removes its directory when nobody uses it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Stdio;

use super::child;
use super::error::ServerError;
use super::file_lock::{self, Mode};
use super::gate::Gate;

/// A program that can lock a file which it inherits. A shell cannot, and no single one is on every system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockTool {
    Flock,
    Perl,
    Python,
}

impl LockTool {
    pub(crate) fn find() -> Result<LockTool, ServerError> {
        LockTool::choose(|name| child::find_program(name).is_some())
    }

    fn choose(is_there: impl Fn(&str) -> bool) -> Result<LockTool, ServerError> {
        LockTool::ALL.into_iter().find(|tool| is_there(tool.name())).ok_or_else(|| {
            ServerError::start(
                "the private server's janitor needs one of the programs flock (in util-linux and BusyBox), perl and \
                 python3 to notice that nobody uses the server any more; none is in PATH or the system's directories; \
                 install util-linux, or set DATABASE_URL to a server of your own",
            )
        })
    }

    const ALL: [LockTool; 3] = [LockTool::Flock, LockTool::Perl, LockTool::Python];

    /// The program's name, which is also what the script calls the tool.
    pub(crate) fn name(self) -> &'static str {
        match self {
            LockTool::Flock => "flock",
            LockTool::Perl => "perl",
            LockTool::Python => "python3",
        }
    }
}

/// The files of an instance that the janitor works with.
pub(crate) struct Post<'a> {
    pub(crate) instance: &'a Path,
    /// The users' lock file.
    pub(crate) lock: &'a Path,
    /// What the users' lock file contains: it tells this instance from a later one at the same path.
    pub(crate) token: &'a str,
    /// The janitor's own lock file.
    pub(crate) janitor: &'a Path,
}

/// Whether no janitor lives.
pub(crate) fn is_vacant(janitor: &Path) -> io::Result<bool> {
    file_lock::attempt(&file_lock::open(janitor)?, Mode::Exclusive)
}

/// Hires a janitor unless one lives.
///
/// The janitor inherits its lock from here, so there is no moment at which it lives without one.
pub(crate) fn hire(post: &Post<'_>, tool: LockTool, gate: &Gate) -> Result<(), ServerError> {
    let failed = |error: &io::Error| {
        ServerError::start(format!("cannot start the server's janitor: {error}"))
    };
    let own = file_lock::open(post.janitor).map_err(|error| failed(&error))?;
    if !file_lock::attempt(&own, Mode::Exclusive).map_err(|error| failed(&error))? {
        return Ok(());
    }
    own.set_len(0).map_err(|error| failed(&error))?;
    let script = post.instance.join("janitor.sh");
    write_script(&script).map_err(|error| failed(&error))?;
    // Files of its own: duplicates of ours would share our locks instead of waiting for them.
    let users = file_lock::open(post.lock).map_err(|error| failed(&error))?;
    let gate = file_lock::open(&gate.path()).map_err(|error| failed(&error))?;
    let mut launcher = child::command("/bin/sh");
    launcher.stdout(gate).stderr(own);
    let arguments: [&OsStr; 7] = [
        "/bin/sh".as_ref(),
        script.as_ref(),
        "watch".as_ref(),
        post.instance.as_ref(),
        post.token.as_ref(),
        tool.name().as_ref(),
        GRACE_SECONDS.as_ref(),
    ];
    child::detach(launcher, &arguments, users).map_err(|error| failed(&error))
}

/// Stops the server of an instance, if one runs.
pub(crate) fn stop(instance: &Path, gate: &Gate) -> Result<(), ServerError> {
    run_once("stop", instance, gate)
}

/// Stops the server of an instance and removes its directory.
pub(crate) fn sweep(instance: &Path, gate: &Gate) -> Result<(), ServerError> {
    run_once("sweep", instance, gate)
}

/// So long newcomers may join a server without users: the pause between two test binaries of one `cargo test`.
const GRACE_SECONDS: &str = "1";

const SCRIPT: &str = include_str!("janitor.sh");

fn write_script(path: &Path) -> io::Result<()> {
    File::create(path)?.write_all(SCRIPT.as_bytes())
}

fn run_once(mode: &str, instance: &Path, gate: &Gate) -> Result<(), ServerError> {
    let failed = |why: &dyn std::fmt::Display| {
        ServerError::start(format!(
            "cannot stop the server in {}: {why}",
            instance.display()
        ))
    };
    let guard = gate.file().try_clone().map_err(|error| failed(&error))?;
    let output = child::command("/bin/sh")
        .args(["-c", SCRIPT, "janitor", mode])
        .arg(instance)
        .stdin(guard)
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| failed(&error))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(failed(&String::from_utf8_lossy(&output.stderr).trim_end()))
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that fails may panic"
)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::thread;
    use std::time::{Duration, Instant};

    use super::{LockTool, Post, hire, is_vacant};
    use crate::testing::child;
    use crate::testing::file_lock::{self, Mode};
    use crate::testing::gate::Gate;

    #[test]
    fn the_first_tool_that_is_there_is_taken_and_none_is_an_error_that_names_them_all() {
        assert_eq!(LockTool::choose(|_| true).ok(), Some(LockTool::Flock));
        assert_eq!(
            LockTool::choose(|name| name != "flock").ok(),
            Some(LockTool::Perl)
        );
        assert_eq!(
            LockTool::choose(|name| name == "python3").ok(),
            Some(LockTool::Python)
        );
        let Err(error) = LockTool::choose(|_| false) else {
            panic!("a tool was found")
        };
        for needed in ["flock", "perl", "python3", "DATABASE_URL"] {
            assert!(error.to_string().contains(needed), "{error}");
        }
    }

    #[test]
    fn with_each_tool_the_janitor_waits_for_every_user_and_then_removes_the_directory() {
        let mut tried = 0;
        for tool in LockTool::ALL {
            if child::find_program(tool.name()).is_some() {
                tried += 1;
                serve_two_users(tool);
            }
        }
        assert!(tried > 0);
    }

    fn serve_two_users(tool: LockTool) {
        let base = PathBuf::from(format!(
            "/tmp/pgdbm-janitor-{}-{}",
            std::process::id(),
            tool.name()
        ));
        let gate = Gate::enter(&base, None).unwrap();
        let instance = base.join("1-a");
        fs::create_dir(&instance).unwrap();
        let (lock, janitor) = (instance.join("lock"), instance.join("janitor"));
        fs::write(&lock, "the token\n").unwrap();
        let first = shared(&lock);
        let second = shared(&lock);
        let post = Post {
            instance: &instance,
            lock: &lock,
            token: "the token",
            janitor: &janitor,
        };
        assert!(is_vacant(&janitor).unwrap());
        hire(&post, tool, &gate).unwrap();
        until("the janitor has said who it is", || {
            fs::read_to_string(&janitor).is_ok_and(|id| id.ends_with('\n'))
        });
        assert!(!is_vacant(&janitor).unwrap());
        let id = fs::read_to_string(&janitor).unwrap();
        hire(&post, tool, &gate).unwrap();
        assert_eq!(
            fs::read_to_string(&janitor).unwrap(),
            id,
            "one janitor is enough"
        );
        drop(gate);

        drop(first);
        // While one is left, nobody else gets the exclusive lock.
        assert!(!file_lock::attempt(&file_lock::open(&lock).unwrap(), Mode::Exclusive).unwrap());
        assert!(instance.exists());
        drop(second);
        until("everything is gone", || !base.exists());
    }

    fn shared(path: &Path) -> fs::File {
        let file = file_lock::open(path).unwrap();
        assert!(file_lock::attempt(&file, Mode::Shared).unwrap());
        file
    }

    fn until(what: &str, is_so: impl Fn() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !is_so() {
            assert!(Instant::now() < deadline, "not in time: {what}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}
