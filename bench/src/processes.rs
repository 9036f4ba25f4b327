//! Processes of this benchmark's own.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// Looks again until there is an answer, or the time is over.
pub fn until<T>(patience: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + patience;
    loop {
        let seen = look();
        if seen.is_some() || Instant::now() >= deadline {
            return seen;
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// Runs a program and takes what it says. One that does not end is killed, with those that it has started: whatever is
/// measured, it is no measurement to wait for ever.
///
/// # Errors
/// When it cannot be run, or does not end within two minutes.
pub fn output(command: &mut Command) -> Result<Output, String> {
    let program = command.get_program().to_owned();
    let failed = |error: std::io::Error| format!("cannot run {}: {error}", program.display());
    command
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command.spawn().map_err(failed)?;
    let group = child.id();
    let (ended, is_ended) = mpsc::channel::<()>();
    let watch = thread::spawn(move || {
        let overdue = is_ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout);
        if overdue {
            kill_group(group);
        }
        overdue
    });
    let output = child.wait_with_output().map_err(failed);
    drop(ended);
    if watch.join().map_err(|_| "a thread panicked")? {
        return Err(format!(
            "{} did not end within {PATIENCE:?} and was killed",
            program.display()
        ));
    }
    output
}

const PATIENCE: Duration = Duration::from_secs(120);

fn kill_group(leader: u32) {
    let leader = i32::try_from(leader).ok();
    if let Some(group) = leader.and_then(rustix::process::Pid::from_raw) {
        // There is nothing to kill when all have gone.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

/// A process that is the first of a group of its own.
#[derive(Debug)]
pub struct Group(Child);

impl Group {
    /// Starts it, silently.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> Result<Group, String> {
        command
            .process_group(0)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let started = command.spawn();
        started
            .map(Group)
            .map_err(|error| format!("cannot start a test: {error}"))
    }

    /// Kills everything in the group as `kill -9` does. Gives how the process had ended if it had, and nothing if it was
    /// killed.
    ///
    /// # Errors
    /// When the system does not say what became of it.
    pub fn kill(mut self) -> Result<Option<ExitStatus>, String> {
        let failed = |error: std::io::Error| format!("cannot end a test: {error}");
        // Not waited for yet, so that the number is still this process's.
        kill_group(self.0.id());
        let status = self.0.wait().map_err(failed)?;
        Ok(status.code().map(|_| status))
    }
}

/// Numbers without a pattern (xorshift), for moments.
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// From the clock.
    pub fn new() -> Random {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let nanoseconds = now.map(|now| now.subsec_nanos()).unwrap_or_default();
        Random(u64::from(nanoseconds) << 20 | u64::from(std::process::id()) | 1)
    }

    /// A duration below this one.
    pub fn below(&mut self, most: Duration) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let microseconds = u64::try_from(most.as_micros()).unwrap_or(u64::MAX).max(1);
        Duration::from_micros(self.0 % microseconds)
    }
}

impl Default for Random {
    fn default() -> Self {
        Self::new()
    }
}
