//! What a server leaves on the machine: directories, processes, locks, shared memory.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pgdbm::testing::PgServer;

use crate::processes::until;

/// Where a server's traces are looked for.
#[derive(Clone, Debug)]
pub struct Traces {
    /// The server's own directory, in the base directory.
    instance: PathBuf,
}

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The server's directory, and what it stands in.
    pub directories: usize,
    /// Processes of the server.
    pub servers: usize,
    /// Janitors.
    pub janitors: usize,
    /// Locks on files that the server and its users had locked.
    pub locks: usize,
    /// Segments of System V shared memory that nobody uses.
    pub segments: usize,
}

impl Traces {
    /// Of a private server; none of any other.
    pub fn of(server: &PgServer) -> Option<Traces> {
        let instance = server.socket_directory()?.parent()?.to_owned();
        Some(Traces { instance })
    }

    /// Waits until the server's directory is gone; gives whether it came to that.
    pub fn wait_until_gone(&self, patience: Duration) -> bool {
        until(patience, || self.directories().is_empty().then_some(())).is_some()
    }

    /// The server's directory, under its name or under the one that it gets while it is removed, and the base directory if
    /// that is there for no other server.
    fn directories(&self) -> Vec<PathBuf> {
        let base = self.instance.parent().unwrap_or(&self.instance);
        let name = self
            .instance
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let (mut own, others): (Vec<PathBuf>, Vec<PathBuf>) = entries(base)
            .into_iter()
            .filter(|path| path.is_dir())
            .partition(|path| path.to_string_lossy().contains(&*name));
        if others.is_empty() && base.exists() {
            own.push(base.to_owned());
        }
        own
    }

    /// The files that the server and its users lock now, as [`Traces::find`] takes them.
    pub fn files(&self) -> BTreeSet<u64> {
        entries(&self.instance)
            .iter()
            .filter_map(|path| fs::symlink_metadata(path).ok())
            .filter(fs::Metadata::is_file)
            .map(|metadata| metadata.ino())
            .collect()
    }

    /// Looks. `files` are those whose locks count.
    pub fn find(&self, files: &BTreeSet<u64>) -> Found {
        let (mut servers, mut janitors) = (0, 0);
        for process in entries(Path::new("/proc")) {
            // A directory that was removed is still one in which a process works.
            let works_here = fs::read_link(process.join("cwd"))
                .is_ok_and(|directory| directory.starts_with(&self.instance));
            servers += usize::from(works_here);
            let arguments = fs::read(process.join("cmdline")).unwrap_or_default();
            let mut arguments = arguments
                .split(|byte| *byte == 0)
                .map(String::from_utf8_lossy);
            let is_janitor =
                arguments.any(|argument| Path::new(&*argument) == self.instance.join("janitor.sh"));
            janitors += usize::from(is_janitor);
        }
        Found {
            directories: self.directories().len(),
            servers,
            janitors,
            locks: locks(files),
            segments: unused_segments(),
        }
    }
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// The locks that the kernel knows on files with these numbers.
fn locks(files: &BTreeSet<u64>) -> usize {
    let table = fs::read_to_string("/proc/locks").unwrap_or_default();
    let numbers = table.lines().filter_map(|line| {
        // Such as `1: FLOCK  ADVISORY  WRITE 708 00:13:1234 0 EOF`.
        let file = line
            .split_whitespace()
            .find(|word| word.matches(':').count() == 2)?;
        file.rsplit(':').next()?.parse::<u64>().ok()
    });
    numbers.filter(|number| files.contains(number)).count()
}

/// Segments to which no process is attached: what a server leaves that was killed.
pub fn unused_segments() -> usize {
    let table = fs::read_to_string("/proc/sysvipc/shm").unwrap_or_default();
    let users = table
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().nth(6));
    users.filter(|users| *users == "0").count()
}
