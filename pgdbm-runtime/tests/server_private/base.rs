//! A directory for the servers of one test, and the proof that nothing of them is left.

use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use pgdbm_runtime::testing::PgServerOptions;

/// `/tmp/pgdbm-t-<process>-<name>`, with the base directory and whatever else the test needs in it.
pub(crate) struct Base {
    root: PathBuf,
}

impl Base {
    pub(crate) fn new(name: &str) -> Base {
        // The path as the kernel shows it; on macOS `/tmp` is a symbolic link.
        let root = fs::canonicalize("/tmp").unwrap();
        let root = root.join(format!("pgdbm-t-{}-{name}", std::process::id()));
        fs::DirBuilder::new().mode(0o755).create(&root).unwrap();
        fs::set_permissions(&root, fs::Permissions::from_mode(0o755)).unwrap();
        Base { root }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The base directory of the servers. It comes and goes with them.
    pub(crate) fn path(&self) -> PathBuf {
        self.root.join("b")
    }

    /// A cache of the test's own, for tests about the cache; the others share the usual one and are faster.
    pub(crate) fn cache(&self) -> PathBuf {
        self.root.join("c")
    }

    pub(crate) fn options(&self) -> PgServerOptions {
        PgServerOptions::new().base_directory(self.path())
    }

    /// The one directory of a server in the base directory.
    pub(crate) fn instance(&self) -> PathBuf {
        let mut instances = self.instances();
        assert_eq!(instances.len(), 1, "{instances:?}");
        instances.pop().unwrap()
    }

    pub(crate) fn instances(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path()).into_iter().flatten().flatten();
        let directories = entries
            .map(|entry| entry.path())
            .filter(|path| path.is_dir());
        directories.collect()
    }

    /// The tickets with which the server in the base directory is joined.
    pub(crate) fn tickets(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.instance()).unwrap().flatten();
        let is_ticket = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("ticket-")
        };
        entries
            .map(|entry| entry.path())
            .filter(is_ticket)
            .collect()
    }

    /// Makes the next process join the long way.
    pub(crate) fn forget_tickets(&self) {
        for ticket in self.tickets() {
            fs::remove_file(ticket).unwrap();
        }
    }

    pub(crate) fn postmaster(&self) -> i32 {
        let file = self.instance().join("run/data/postmaster.pid");
        let text = fs::read_to_string(file).unwrap();
        text.lines().next().unwrap().parse().unwrap()
    }

    pub(crate) fn janitor(&self) -> i32 {
        let file = self.instance().join("janitor");
        let mut id = String::new();
        until("the janitor has said who it is", || {
            id = fs::read_to_string(&file).unwrap_or_default();
            id.ends_with('\n')
        });
        id.trim().parse().unwrap()
    }

    /// Waits until the base directory and every process that had to do with it have gone.
    pub(crate) fn until_gone(&self) {
        until("the base directory is gone", || !self.path().exists());
        until("every process is gone", || self.processes().is_empty());
    }

    /// The processes that work in the base directory or were started with it as an argument.
    pub(crate) fn processes(&self) -> Vec<i32> {
        let base = self.path();
        processes()
            .into_iter()
            .filter(|(_, directory, command)| {
                directory.starts_with(&base) || command.contains(&*base.to_string_lossy())
            })
            .map(|(id, _, _)| id)
            .collect()
    }
}

impl Drop for Base {
    fn drop(&mut self) {
        if thread::panicking() {
            return;
        }
        self.until_gone();
        fs::remove_dir_all(&self.root).unwrap();
    }
}

/// Every living process with its working directory, where the system shows it, and its command line.
pub(crate) fn processes() -> Vec<(i32, PathBuf, String)> {
    if !Path::new("/proc/self").exists() {
        let output = std::process::Command::new("ps")
            .args(["-axo", "pid=,args="])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let split = |line: &str| {
            let (id, command) = line.trim().split_once(' ')?;
            Some((id.parse().ok()?, PathBuf::new(), command.to_owned()))
        };
        return text.lines().filter_map(split).collect();
    }
    let ids = fs::read_dir("/proc").unwrap().flatten();
    let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    ids.filter_map(|id| {
        let directory = fs::read_link(format!("/proc/{id}/cwd")).unwrap_or_default();
        let command = fs::read(format!("/proc/{id}/cmdline")).ok()?;
        let command = String::from_utf8_lossy(&command).replace('\0', " ");
        Some((id, directory, command))
    })
    .collect()
}

/// The owner of a process, on systems that have `/proc`.
pub(crate) fn owner(process: i32) -> Option<u32> {
    Some(fs::metadata(format!("/proc/{process}")).ok()?.uid())
}

pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Looks until it is so. Nothing here takes that long; a machine under load may.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(40);
    while !is_so() {
        assert!(Instant::now() < deadline, "not in time: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Kills it, and waits until it is dead: on a busy machine the signal is sent long before.
pub(crate) fn kill(process: i32) {
    let pid = rustix::process::Pid::from_raw(process).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    until("the killed process is dead", || is_dead(process));
}

/// Whether it has ended, be it that nobody has waited for it yet.
fn is_dead(process: i32) -> bool {
    if !Path::new("/proc/self").exists() {
        let pid = rustix::process::Pid::from_raw(process).unwrap();
        return rustix::process::test_kill_process(pid).is_err();
    }
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The state stands behind the name, which is in parentheses and may hold any.
    let state = stat.rsplit_once(')').map(|(_, rest)| rest.trim_start());
    state.is_none_or(|state| state.starts_with(['Z', 'X']))
}
