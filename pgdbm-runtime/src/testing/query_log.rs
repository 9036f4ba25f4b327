//! What a test's queries did, as a story: the query log, and the queries that ran again and again.

mod repeats;
mod statement;
mod story;

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::observer::{Observer, Statement};

pub use repeats::Repeat;
pub use statement::{LoggedStatement, StatementKind, StatementOutcome};

/// How many statements are kept.
const KEPT: usize = 10_000;

/// The statements that ran on a test's database, in the order in which they began.
///
/// [`TestDatabase::query_log`](super::TestDatabase::query_log) gives it. It sees what runs on the database's pool and on
/// pools made from its configuration: queries, streams, prepared and many-times executed ones, and the commands of
/// transactions. It does not see what goes to the driver directly ([`Connection::as_driver`](crate::Connection::as_driver)),
/// the statements in migration files, and those of the kit itself, such as
/// [`count_rows`](super::TestDatabase::count_rows).
///
/// A statement is in the log once it has ended. The values of arguments are never in it; an error's summary is the
/// server's own sentence, which may name one. The last 10,000 statements are kept; [`left_out`](Self::left_out) says how
/// many there were before them. Cheap to clone: all clones are the same log.
///
/// ```
/// # use pgdbm_runtime as pgdbm;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use pgdbm::testing::TestDatabase;
///
/// let database = TestDatabase::create().await?;
/// let log = database.query_log();
/// let before = log.mark();
/// let one: i32 = database.manager().fetch_value("SELECT 1").await?;
/// assert_eq!(log.since(before).len(), 1);
/// println!("{log}");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct QueryLog {
    recorder: Arc<Recorder>,
}

/// A moment in a [`QueryLog`], from [`QueryLog::mark`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogMark(u64);

struct Recorder {
    entries: Mutex<Entries>,
}

struct Entries {
    kept: VecDeque<LoggedStatement>,
    /// When the log began, or was cleared.
    since: Instant,
    /// How many statements were kept and are no longer.
    left_out: u64,
    /// The number that the next statement gets. It counts on when the log is cleared, so that marks stay true.
    next: u64,
}

impl QueryLog {
    /// An empty log, which sees nothing before a configuration is [observed](Self::observer) by it.
    pub(crate) fn new() -> QueryLog {
        QueryLog {
            recorder: Arc::new(Recorder {
                entries: Mutex::new(Entries {
                    kept: VecDeque::new(),
                    since: Instant::now(),
                    left_out: 0,
                    next: 0,
                }),
            }),
        }
    }

    /// What a configuration is to be observed by, so that this log has its statements.
    pub(crate) fn observer(&self) -> Arc<dyn Observer> {
        Arc::clone(&self.recorder) as Arc<dyn Observer>
    }

    /// The statements that are kept, in the order in which they began.
    pub fn statements(&self) -> Vec<LoggedStatement> {
        self.since(LogMark(0))
    }

    /// How many statements have ended since the log began or was [cleared](Self::clear), the commands of transactions and
    /// those that are not kept included.
    pub fn count(&self) -> usize {
        let entries = self.entries();
        usize::try_from(entries.left_out).unwrap_or(usize::MAX) + entries.kept.len()
    }

    /// How many statements there were before those that are kept.
    pub fn left_out(&self) -> u64 {
        self.entries().left_out
    }

    /// This moment, for [`since`](Self::since).
    pub fn mark(&self) -> LogMark {
        LogMark(self.entries().next)
    }

    /// The statements that have ended after a moment and are kept, in the order in which they began.
    pub fn since(&self, mark: LogMark) -> Vec<LoggedStatement> {
        let entries = self.entries();
        let first = entries.next - entries.kept.len() as u64;
        let skip = usize::try_from(mark.0.saturating_sub(first)).unwrap_or(usize::MAX);
        let mut statements: Vec<_> = entries.kept.iter().skip(skip).cloned().collect();
        drop(entries);
        // They are kept in the order of their ends. A stable sort: those that began at once stay in it.
        statements.sort_by_key(LoggedStatement::offset);
        statements
    }

    /// Forgets everything, and counts times from now on.
    pub fn clear(&self) {
        let mut entries = self.entries();
        entries.kept.clear();
        entries.left_out = 0;
        entries.since = Instant::now();
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.recorder.entries()
    }
}

impl Recorder {
    /// Nothing panics while it holds the lock, and what a panic elsewhere leaves is whole.
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Recorder {
    fn ended(&self, statement: &Statement<'_>) {
        let mut entries = self.entries();
        // What began before the log was cleared counts from there.
        let offset = statement.began.saturating_duration_since(entries.since);
        entries
            .kept
            .push_back(LoggedStatement::new(statement, offset));
        entries.next += 1;
        if entries.kept.len() > KEPT {
            entries.kept.pop_front();
            entries.left_out += 1;
        }
    }
}

impl fmt::Display for QueryLog {
    /// The story as a table: when each statement began, how long it took, its rows, its place in the program, and its SQL on
    /// one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        story::write(f, &self.statements(), self.left_out())
    }
}

impl fmt::Debug for QueryLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryLog")
            .field("count", &self.count())
            .finish_non_exhaustive()
    }
}

/// A time as people read it: `0.4 ms`, `1.25 s`.
fn duration_text(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
    } else {
        format!("{:.2} s", duration.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use pgdbm_template::SchemaName;

    use super::{KEPT, QueryLog};
    use crate::call::Text;
    use crate::observer::Watch;

    #[test]
    fn old_statements_make_room_for_new_ones() {
        let log = QueryLog::new();
        let observer = log.observer();
        let run = |n: usize| {
            let text = format!("SELECT {n}");
            Watch::command(Some(&observer), &text, &SchemaName::public()).sent();
        };
        (0..KEPT).for_each(run);
        assert_eq!((log.statements().len(), log.left_out()), (KEPT, 0));
        let mark = log.mark();
        (KEPT..KEPT + 5).for_each(run);
        assert_eq!((log.statements().len(), log.left_out()), (KEPT, 5));
        assert_eq!(log.count(), KEPT + 5);
        assert_eq!(log.statements()[0].sql(), "SELECT 5");
        assert_eq!(log.since(mark).len(), 5);
        assert!(
            log.to_string()
                .contains(", after 5 more that are not kept\n")
        );
        log.clear();
        assert_eq!((log.count(), log.left_out()), (0, 0));
    }

    #[test]
    fn text_keeps_its_size_but_for_one_pointer() {
        let before = size_of::<std::sync::Arc<str>>();
        assert_eq!(size_of::<Text>(), before + size_of::<usize>());
    }
}
