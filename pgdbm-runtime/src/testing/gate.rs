//! The gate of a base directory: whoever makes or removes something in it holds an exclusive lock.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::account::ServerAccount;
use super::directory;
use super::error::ServerError;
use super::file_lock::{self, Mode};

/// The name of the lock file in the base directory; the janitor's script knows it too.
pub(crate) const FILE_NAME: &str = "gate";

pub(crate) struct Gate {
    base: PathBuf,
    file: File,
}

impl Gate {
    /// Makes the base directory when it is missing and waits until nobody else changes it.
    pub(crate) fn enter(base: &Path, account: Option<&ServerAccount>) -> Result<Gate, ServerError> {
        let path = base.join(FILE_NAME);
        // Each further attempt means that a server's end came in between; so many in a row mean something else.
        let mut attempts = 1000;
        loop {
            attempts -= 1;
            let opened = directory::claim(base, account).and_then(|()| {
                file_lock::open(&path).map_err(|error| ServerError::path("open", &path, &error))
            });
            let file = match opened {
                Ok(file) => file,
                // The last server's janitor has removed the base directory since the line above.
                Err(error) if error.is_missing_path() && attempts > 0 => continue,
                Err(error) => return Err(error),
            };
            let file = file_lock::wait(file, Mode::Exclusive, file_lock::PATIENCE).map_err(|error| {
                if error.kind() == io::ErrorKind::TimedOut {
                    ServerError::start(format!(
                        "another process has been starting or stopping a server in {} for {} seconds; \
                         end the process that has {} open",
                        base.display(),
                        file_lock::PATIENCE.as_secs(),
                        path.display()
                    ))
                } else {
                    ServerError::path("lock", &path, &error)
                }
            })?;
            // The lock may be on a file that was removed while this process waited: then it guards nothing.
            if file_lock::is_at(&file, &path) {
                return Ok(Gate {
                    base: base.to_owned(),
                    file,
                });
            }
        }
    }

    /// Where the lock file is, for those who must wait for it themselves.
    pub(crate) fn path(&self) -> PathBuf {
        self.base.join(FILE_NAME)
    }

    /// The locked file, for workers that must keep the gate shut.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }
}

impl Drop for Gate {
    /// Leaves no empty base directory after a start that failed. Those who wait at the gate see that it moved.
    fn drop(&mut self) {
        let only_the_gate = fs::read_dir(&self.base).is_ok_and(|entries| {
            entries
                .flatten()
                .all(|entry| entry.file_name() == FILE_NAME)
        });
        if only_the_gate {
            // Somebody else's file may have come in; then the directory stays, and that is no harm.
            drop(fs::remove_file(self.path()).and_then(|()| fs::remove_dir(&self.base)));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::thread;

    use super::Gate;

    fn base(name: &str) -> PathBuf {
        Path::new("/tmp").join(format!("pgdbm-gate-{}-{name}", std::process::id()))
    }

    #[test]
    fn an_empty_base_directory_goes_with_the_gate_and_one_with_a_server_stays() {
        let base = base("drop");
        drop(Gate::enter(&base, None).unwrap());
        assert!(!base.exists());
        let gate = Gate::enter(&base, None).unwrap();
        fs::create_dir(base.join("17-server")).unwrap();
        drop(gate);
        assert!(base.join("gate").exists());
        fs::remove_dir_all(base).unwrap();
    }

    #[test]
    fn only_one_is_inside_however_often_the_gate_is_removed_and_made_again() {
        let base = base("inside");
        let inside = base.with_extension("inside");
        let enter = || {
            for _ in 0..200 {
                let gate = Gate::enter(&base, None).unwrap();
                // The directory can be made only if nobody else is between these two lines.
                fs::create_dir(&inside).unwrap();
                fs::remove_dir(&inside).unwrap();
                drop(gate);
            }
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(enter)).collect();
            threads
                .into_iter()
                .for_each(|thread| thread.join().unwrap());
        });
        assert!(!base.exists());
    }
}
