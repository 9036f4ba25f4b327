//! Locks on files, which the kernel drops with the process, and which are not waited for without end.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
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
