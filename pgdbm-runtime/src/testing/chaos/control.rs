//! What the proxy is told to do, and what it has counted: between the test's threads and the proxy's own.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::sql_state::SqlState;

/// Longer than any test, and short enough that a point in time can be that far off.
const LONGEST_LATENCY: Duration = Duration::from_secs(30 * 24 * 60 * 60);

pub(super) struct Control {
    statement_failures: Failures,
    connection_failures: Failures,
    latency: Mutex<Duration>,
    refuses: AtomicBool,
    paused: watch::Sender<bool>,
    open: AtomicUsize,
    opened: AtomicU64,
    statements: AtomicU64,
}

impl Control {
    pub(super) fn new() -> Self {
        Control {
            statement_failures: Failures::default(),
            connection_failures: Failures::default(),
            latency: Mutex::new(Duration::ZERO),
            refuses: AtomicBool::new(false),
            paused: watch::Sender::new(false),
            open: AtomicUsize::new(0),
            opened: AtomicU64::new(0),
            statements: AtomicU64::new(0),
        }
    }

    /// The failures that statements are to meet.
    pub(super) fn statement_failures(&self) -> &Failures {
        &self.statement_failures
    }

    /// The failures that new connections are to meet.
    pub(super) fn connection_failures(&self) -> &Failures {
        &self.connection_failures
    }

    pub(super) fn latency(&self) -> Duration {
        *lock(&self.latency)
    }

    pub(super) fn set_latency(&self, latency: Duration) {
        *lock(&self.latency) = latency.min(LONGEST_LATENCY);
    }

    pub(super) fn refuses(&self) -> bool {
        self.refuses.load(Ordering::SeqCst)
    }

    pub(super) fn set_refuses(&self, refuses: bool) {
        self.refuses.store(refuses, Ordering::SeqCst);
    }

    pub(super) fn paused(&self) -> watch::Receiver<bool> {
        self.paused.subscribe()
    }

    pub(super) fn set_paused(&self, paused: bool) {
        self.paused.send_replace(paused);
    }

    /// Counts a connection as open until the value is dropped.
    pub(super) fn connection(&self) -> OpenConnection<'_> {
        self.open.fetch_add(1, Ordering::SeqCst);
        self.opened.fetch_add(1, Ordering::SeqCst);
        OpenConnection(self)
    }

    pub(super) fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    pub(super) fn opened(&self) -> u64 {
        self.opened.load(Ordering::SeqCst)
    }

    pub(super) fn count_statement(&self) {
        self.statements.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn statements(&self) -> u64 {
        self.statements.load(Ordering::SeqCst)
    }
}

/// A connection that is open.
pub(super) struct OpenConnection<'c>(&'c Control);

impl Drop for OpenConnection<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Failures in the order in which they are to happen, each with how often.
#[derive(Default)]
pub(super) struct Failures(Mutex<VecDeque<(SqlState, usize)>>);

impl Failures {
    pub(super) fn add(&self, code: SqlState, times: usize) {
        if times > 0 {
            lock(&self.0).push_back((code, times));
        }
    }

    pub(super) fn take(&self) -> Option<SqlState> {
        let mut failures = lock(&self.0);
        let (code, times) = failures.front_mut()?;
        let code = *code;
        *times -= 1;
        if *times == 0 {
            failures.pop_front();
        }
        Some(code)
    }

    pub(super) fn len(&self) -> usize {
        let failures = lock(&self.0);
        failures
            .iter()
            .fold(0, |sum, (_, times)| sum.saturating_add(*times))
    }

    pub(super) fn clear(&self) {
        lock(&self.0).clear();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says by panicking what is wrong")]
mod tests {
    use super::{Failures, SqlState};

    #[test]
    fn failures_happen_in_order_and_as_often_as_asked() {
        let [first, second] = ["40001", "40P01"].map(|code| SqlState::parse(code).unwrap());
        let failures = Failures::default();
        failures.add(first, 2);
        failures.add(first, 0);
        failures.add(second, usize::MAX);
        assert_eq!(failures.len(), usize::MAX);
        assert_eq!(failures.take(), Some(first));
        assert_eq!(failures.take(), Some(first));
        assert_eq!(failures.take(), Some(second));
        failures.clear();
        assert_eq!((failures.len(), failures.take()), (0, None));
    }
}
