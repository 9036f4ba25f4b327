//! The initialised cluster that is kept, of which each new server gets a copy.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::child;
use super::directory;
use super::error::ServerError;
use super::file_lock::{self, Mode};
use super::plan::{Caches, Plan};

/// Fills `destination` with an initialised cluster, from the cache where one can be used.
///
/// `guard` is inherited by the programs that write to the destination.
pub(crate) fn fill(plan: &Plan, destination: &Path, guard: &File) -> Result<(), ServerError> {
    let staging = destination.with_extension("new");
    directory::remove(&staging)?;
    match Cache::open(plan)? {
        Some(cache) => cache.copy(plan, &staging, guard)?,
        None => {
            directory::entrust(&staging, plan.account.as_ref())?;
            initialise(plan, &staging, guard)?;
        }
    }
    // In one step, so that a data directory that exists is a whole one.
    fs::rename(&staging, destination).map_err(|error| ServerError::path("rename", &staging, &error))
}

/// Forgets the kept cluster, because a server did not start from it.
pub(crate) fn discard(plan: &Plan) -> Result<(), ServerError> {
    let Some(cache) = Cache::open(plan)? else {
        return Ok(());
    };
    let _lock = cache.lock(Mode::Exclusive)?;
    directory::remove(&cache.cluster(plan))
}

struct Cache {
    directory: PathBuf,
}

impl Cache {
    fn open(plan: &Plan) -> Result<Option<Cache>, ServerError> {
        match &plan.caches {
            Caches::Chosen(directory) => Cache::at(plan, directory).map(Some),
            Caches::Usual(directories) => Ok(directories
                .iter()
                .find_map(|directory| Cache::at(plan, directory).ok())),
        }
    }

    fn at(plan: &Plan, path: &Path) -> Result<Cache, ServerError> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)
                .map_err(|error| ServerError::path("make", parent, &error))?;
        }
        let directory = directory::resolve(path)?;
        directory::claim(&directory, plan.account.as_ref())?;
        directory::check_reachable(&directory.join(CLUSTER), plan.account.as_ref())?;
        let cache = Cache { directory };
        // Shows whether files can be made: a home directory may be read-only.
        file_lock::open(&cache.lock_path())
            .map_err(|error| ServerError::path("open", &cache.lock_path(), &error))?;
        Ok(cache)
    }

    /// Copies the kept cluster, after making it when there is none or when it has lost files.
    fn copy(&self, plan: &Plan, destination: &Path, guard: &File) -> Result<(), ServerError> {
        let cluster = self.cluster(plan);
        let reading = self.lock(Mode::Shared)?;
        if is_whole(&cluster) {
            return self.copy_locked(plan, &cluster, destination, guard);
        }
        drop(reading);
        let writing = self.lock(Mode::Exclusive)?;
        // Another process may have made it while this one waited.
        if !is_whole(&cluster) {
            self.build(plan, &cluster, &writing)?;
        }
        self.copy_locked(plan, &cluster, destination, guard)
    }

    fn copy_locked(
        &self,
        plan: &Plan,
        cluster: &Path,
        destination: &Path,
        guard: &File,
    ) -> Result<(), ServerError> {
        // Says when it was last used. A cache on which that fails only looks older than it is.
        drop(
            File::open(cluster.join(CONTENTS))
                .and_then(|file| file.set_modified(SystemTime::now())),
        );
        // As the server's account: nothing that this account may have put there is read with root's rights.
        let source = cluster.join(CLUSTER);
        let arguments = [
            OsStr::new("-pR"),
            source.as_os_str(),
            destination.as_os_str(),
        ];
        child::work(Path::new("cp"), &arguments, plan.account.as_ref(), guard)
    }

    fn build(&self, plan: &Plan, cluster: &Path, lock: &File) -> Result<(), ServerError> {
        self.remove_unused();
        let staging = cluster.with_extension("new");
        directory::remove(&staging)?;
        directory::remove(cluster)?;
        directory::claim(&staging, plan.account.as_ref())?;
        let data = staging.join(CLUSTER);
        directory::entrust(&data, plan.account.as_ref())?;
        initialise(plan, &data, lock)?;
        let contents = staging.join(CONTENTS);
        fs::write(&contents, measure(&data))
            .map_err(|error| ServerError::path("write", &contents, &error))?;
        fs::rename(&staging, cluster).map_err(|error| ServerError::path("rename", &staging, &error))
    }

    /// Updates of the server leave clusters behind that nobody asks for again.
    fn remove_unused(&self) {
        for entry in fs::read_dir(&self.directory)
            .into_iter()
            .flatten()
            .flatten()
        {
            let used = entry
                .path()
                .join(CONTENTS)
                .metadata()
                .and_then(|metadata| metadata.modified());
            let age = used.ok().and_then(|used| used.elapsed().ok());
            if age.is_some_and(|age| age > UNUSED) {
                // What cannot be removed is tried again next time; it takes space and does no other harm.
                drop(directory::remove(&entry.path()));
            }
        }
    }

    fn cluster(&self, plan: &Plan) -> PathBuf {
        self.directory.join(plan.cluster_name())
    }

    fn lock_path(&self) -> PathBuf {
        self.directory.join("lock")
    }

    fn lock(&self, mode: Mode) -> Result<File, ServerError> {
        let path = self.lock_path();
        file_lock::open(&path)
            .and_then(|file| file_lock::wait(file, mode, file_lock::PATIENCE))
            .map_err(|error| ServerError::path("lock", &path, &error))
    }
}

/// The cluster inside its directory, and beside it what it should contain.
const CLUSTER: &str = "cluster";
const CONTENTS: &str = "contents";

const UNUSED: Duration = Duration::from_secs(60 * 24 * 60 * 60);

/// `initdb`, without waiting for the disk.
fn initialise(plan: &Plan, directory: &Path, guard: &File) -> Result<(), ServerError> {
    let arguments = [
        "-A",
        "trust",
        "-U",
        "postgres",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C",
        "-D",
    ];
    let mut arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    arguments.push(directory.as_os_str());
    child::work(
        &plan.installation.program("initdb"),
        &arguments,
        plan.account.as_ref(),
        guard,
    )
}

/// Whether every file is there that was there when the cluster was made: systems clean old files out of caches.
fn is_whole(cluster: &Path) -> bool {
    fs::read_to_string(cluster.join(CONTENTS))
        .is_ok_and(|contents| contents == measure(&cluster.join(CLUSTER)))
}

/// The number and the total size of the files in a directory, as text.
fn measure(directory: &Path) -> String {
    fn add(directory: &Path, files: &mut u64, bytes: &mut u64) -> io::Result<()> {
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            *files += 1;
            if metadata.is_dir() {
                add(&entry.path(), files, bytes)?;
            } else {
                *bytes += metadata.len();
            }
        }
        Ok(())
    }
    let (mut files, mut bytes) = (0, 0);
    match add(directory, &mut files, &mut bytes) {
        Ok(()) => format!("{files} files, {bytes} bytes\n"),
        Err(error) => format!("unreadable: {error}\n"),
    }
}
