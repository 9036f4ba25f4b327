//! Locks on files, which the kernel drops with the process, and which are not waited for without end.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// How long another process may take to initialise a cluster or to start a server before this one gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Shared,
    Exclusive,
}

/// Opens a lock file, which only its owner may open, and makes it when it is missing.
///
/// Each call gives an open file of its own, and with it locks of its own.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
}

/// Waits for the lock and fails with [`io::ErrorKind::TimedOut`] when it does not come in time.
///
/// The waiting thread of a lock that came too late drops the file and so the lock.
pub(crate) fn wait(file: File, mode: Mode, patience: Duration) -> io::Result<File> {
    if attempt(&file, mode)? {
        return Ok(file);
    }
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name("pgdbm file lock".to_owned())
        .spawn(move || {
            let locked = match mode {
                Mode::Shared => file.lock_shared(),
                Mode::Exclusive => file.lock(),
            };
            // Nobody listens any more when the patience has ended; the file is closed either way.
            drop(sender.send(locked.map(|()| file)));
        })?;
    match receiver.recv_timeout(patience) {
        Ok(locked) => locked,
        Err(RecvTimeoutError::Timeout) => Err(io::ErrorKind::TimedOut.into()),
        Err(RecvTimeoutError::Disconnected) => Err(io::Error::other(
            "the thread that waited for the lock is gone",
        )),
    }
}

/// Takes the lock if nobody has a conflicting one.
pub(crate) fn attempt(file: &File, mode: Mode) -> io::Result<bool> {
    let outcome = match mode {
        Mode::Shared => file.try_lock_shared(),
        Mode::Exclusive => file.try_lock(),
    };
    match outcome {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether the open file is the one that the path leads to.
pub(crate) fn is_at(file: &File, path: &Path) -> bool {
    let (Ok(opened), Ok(found)) = (file.metadata(), fs::symlink_metadata(path)) else {
        return false;
    };
    (opened.dev(), opened.ino()) == (found.dev(), found.ino())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests {
    use std::fs;
    use std::io;
    use std::path::PathBuf;
    use std::thread;
    use std::time::{Duration, Instant};

    use super::{Mode, PATIENCE, attempt, open, wait};

    fn path(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("pgdbm-file-lock-{}-{name}", std::process::id()))
    }

    #[test]
    fn a_lock_that_comes_in_time_is_waited_for() {
        let path = path("in-time");
        let first = open(&path).unwrap();
        assert!(attempt(&first, Mode::Shared).unwrap());
        assert!(attempt(&open(&path).unwrap(), Mode::Shared).unwrap());
        assert!(!attempt(&open(&path).unwrap(), Mode::Exclusive).unwrap());
        let waiting = open(&path).unwrap();
        let waiting = thread::spawn(|| wait(waiting, Mode::Exclusive, PATIENCE));
        drop(first);
        let second = waiting.join().unwrap().unwrap();
        assert!(!attempt(&open(&path).unwrap(), Mode::Shared).unwrap());
        drop(second);
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_lock_that_comes_too_late_is_given_back() {
        let path = path("too-late");
        let first = open(&path).unwrap();
        assert!(attempt(&first, Mode::Exclusive).unwrap());
        let error = wait(
            open(&path).unwrap(),
            Mode::Exclusive,
            Duration::from_millis(1),
        )
        .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(first);
        // The thread that waited in vain comes to its lock in one of the pauses, and must not keep it.
        for _ in 0..50 {
            let third = open(&path).unwrap();
            let deadline = Instant::now() + Duration::from_secs(20);
            while !attempt(&third, Mode::Exclusive).unwrap() {
                assert!(
                    Instant::now() < deadline,
                    "the waiting thread keeps the lock"
                );
                thread::sleep(Duration::from_millis(1));
            }
            drop(third);
            thread::sleep(Duration::from_millis(1));
        }
        fs::remove_file(path).unwrap();
    }
}
