//! The environment of the programs that are run for the server.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::account::ServerAccount;
use super::error::ServerError;

/// A command that inherits nothing but what it needs.
///
/// The server outlives the process that starts it, so it must not keep that process's secrets, its directory or its
/// pipes; and `PGPORT`, `PGDATA`, `LC_ALL` and their like would change what the programs do.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", search_path())
        .env("LC_ALL", "C")
        .env("HOME", "/");
    for name in [
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
        "DYLD_FALLBACK_LIBRARY_PATH",
    ] {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// The caller's `PATH` and the directories where the system's own programs are, which a bare environment may lack.
pub(crate) fn search_path() -> OsString {
    let mut path = env::var_os("PATH").unwrap_or_default();
    if !path.is_empty() {
        path.push(":");
    }
    path.push("/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
    path
}

/// The first executable file of this name on [`search_path`].
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    env::split_paths(&search_path())
        .map(|directory| directory.join(name))
        .find(|path| is_executable(path))
}

pub(crate) fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// Runs a program to its end as the server's account.
///
/// The worker has `guard` as its standard input: a lock on that file lasts until the worker is done, even if this
/// process is killed meanwhile.
pub(crate) fn work(
    program: &Path,
    arguments: &[&OsStr],
    account: Option<&ServerAccount>,
    guard: &File,
) -> Result<(), ServerError> {
    let shown = || {
        let user = account
            .map(|account| format!(" (as {})", account.name))
            .unwrap_or_default();
        format!("{}{user}", program.display())
    };
    let failed = |error: &io::Error| ServerError::start(format!("cannot run {}: {error}", shown()));
    let mut worker = command(program);
    worker
        .args(arguments)
        .stdin(guard.try_clone().map_err(|error| failed(&error))?);
    // In a group of its own, a ctrl-c at the terminal does not leave half a cluster.
    worker
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    if let Some(account) = account {
        account.apply(&mut worker);
    }
    let output = worker.output().map_err(|error| failed(&error))?;
    if output.status.success() {
        return Ok(());
    }
    let arguments = arguments.join(OsStr::new(" "));
    Err(ServerError::start(format!(
        "{} {} failed ({}):\n{}",
        shown(),
        arguments.display(),
        output.status,
        beginning(&String::from_utf8_lossy(&output.stderr))
    )))
}

/// The first lines: `cp` on a full disk has one for each file.
fn beginning(text: &str) -> String {
    const MOST: usize = 10;
    let text = text.trim_end();
    let mut lines: Vec<&str> = text.lines().take(MOST).collect();
    let rest = text.lines().count() - lines.len();
    let more = format!("(and {rest} lines more)");
    if rest > 0 {
        lines.push(&more);
    }
    lines.join("\n")
}

/// Starts a program in a session of its own, so that neither a ctrl-c at the terminal nor the end of this process's
/// group or terminal reaches it, and as nobody's child, so that no zombie is left in a long-lived process.
///
/// The program finds `guard` open as descriptor 9. Its standard input is `/dev/null`, its other streams are given.
pub(crate) fn detach(mut launcher: Command, arguments: &[&OsStr], guard: File) -> io::Result<()> {
    launcher
        .arg("-c")
        .arg(DETACH)
        .arg("sh")
        .args(arguments)
        .stdin(guard)
        .process_group(0);
    let status = launcher.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("its launcher failed ({status})")))
    }
}

/// Descriptors that this process inherited without close-on-exec (a job server's, a supervisor's) end here as well.
///
/// `setsid` forks when it is started as the leader of a group, which it is, and does not wait for the program.
/// Without it (macOS) the group alone is new; it never is the terminal's foreground group.
const DETACH: &str = "\
umask 077
exec 9<&0 </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&-
if command -v setsid >/dev/null 2>&1; then exec setsid \"$@\" 9<&9; else \"$@\" 9<&9 & fi";

#[cfg(test)]
mod tests {
    use super::beginning;

    #[test]
    fn what_a_program_says_about_each_of_a_thousand_files_is_cut() {
        assert_eq!(beginning("one\ntwo\n"), "one\ntwo");
        let said = beginning(&"cp: no space\n".repeat(1000));
        assert!(said.ends_with("(and 990 lines more)"), "{said}");
        assert_eq!(said.lines().count(), 11);
    }
}
