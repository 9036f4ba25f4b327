//! What happens on a pool's connections, told to whoever asked: the hook of the query log, and of monitoring to come.
//!
//! A configuration carries an observer, or none; its pool tells the observer of every statement once it has ended.
//! Without an observer a statement pays for one branch: no clock is read and nothing is allocated.

use std::panic::RefUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pgdbm_template::SchemaName;

use crate::call::Text;
use crate::error::{Error, QueryContext};

/// Who is told of statements. It is called where the statement ends, so it must be quick and must not wait.
pub(crate) trait Observer: Send + Sync + RefUnwindSafe {
    /// A statement has ended, well or not.
    fn ended(&self, statement: &Statement<'_>);
}

/// A statement that has ended.
#[cfg_attr(
    not(feature = "testing"),
    expect(dead_code, reason = "the testing kit reads it")
)]
pub(crate) struct Statement<'a> {
    /// Its text, with the call site if a macro made it, and the schema it was bound to.
    pub(crate) query: &'a QueryContext,
    pub(crate) kind: Kind,
    /// When it was asked for.
    pub(crate) began: Instant,
    /// How long it waited for a connection, from `began` on; all of its time if it got none.
    pub(crate) waited: Duration,
    /// How long it took after that: preparing, running, and reading its rows.
    pub(crate) took: Duration,
    /// How many times it was begun: the lists of `execute_many`, else 1.
    pub(crate) runs: u64,
    /// The rows that it affected or returned, as far as they were seen.
    pub(crate) rows: u64,
    pub(crate) ending: Ending<'a>,
}

/// What a statement was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// How many rows it affects.
    Execute,
    /// Rows, all at once.
    Fetch,
    /// Rows, as they arrive.
    Stream,
    /// To be accepted; it did not run.
    Prepare,
    /// To run once for each of many lists of arguments.
    ExecuteMany,
    /// Nothing: it began or ended a transaction or a savepoint.
    Transaction,
}

/// How a statement ended.
#[cfg_attr(
    not(feature = "testing"),
    expect(dead_code, reason = "the testing kit reads it")
)]
#[derive(Clone, Copy)]
pub(crate) enum Ending<'a> {
    Completed,
    Failed(&'a Error),
    /// Its future was dropped before the end; what became of it is unknown.
    Abandoned,
    /// It was put on its way by a drop, where nobody waits for the answer.
    Sent,
}

/// A statement that is being watched from its beginning to its end, if anybody watches. Dropping it before
/// [`end`](Self::end) means that the statement was abandoned.
pub(crate) struct Watch(Option<Box<Watched>>);

struct Watched {
    observer: Arc<dyn Observer>,
    query: QueryContext,
    kind: Kind,
    began: Instant,
    lent: Option<Instant>,
    runs: u64,
    rows: u64,
}

impl Watch {
    /// Begins to watch a query.
    pub(crate) fn query(
        observer: Option<&Arc<dyn Observer>>,
        kind: Kind,
        query: impl FnOnce() -> QueryContext,
    ) -> Watch {
        Watch(observer.map(|observer| {
            Box::new(Watched {
                observer: Arc::clone(observer),
                query: query(),
                kind,
                began: Instant::now(),
                lent: None,
                runs: 1,
                rows: 0,
            })
        }))
    }

    /// A watch for what nobody is told of.
    pub(crate) fn nobody() -> Watch {
        Watch(None)
    }

    /// Begins to watch a command of a transaction, which has its connection already.
    pub(crate) fn command(
        observer: Option<&Arc<dyn Observer>>,
        sql: &str,
        schema: &SchemaName,
    ) -> Watch {
        let mut watch = Watch::query(observer, Kind::Transaction, || {
            Text::dynamic(sql).context(schema)
        });
        watch.lent();
        watch
    }

    /// Says that the statement has its connection.
    pub(crate) fn lent(&mut self) {
        if let Some(watched) = &mut self.0 {
            watched.lent = Some(Instant::now());
        }
    }

    /// Says how many times the statement has run, with the one that is running.
    pub(crate) fn set_runs(&mut self, runs: u64) {
        if let Some(watched) = &mut self.0 {
            watched.runs = runs;
        }
    }

    /// Says that one more row was read.
    pub(crate) fn add_row(&mut self) {
        if let Some(watched) = &mut self.0 {
            watched.rows += 1;
        }
    }

    /// Says how many rows there were.
    pub(crate) fn set_rows(&mut self, rows: u64) {
        if let Some(watched) = &mut self.0 {
            watched.rows = rows;
        }
    }

    /// The statement has ended, with an error or without.
    pub(crate) fn end(&mut self, error: Option<&Error>) {
        self.tell(error.map_or(Ending::Completed, Ending::Failed));
    }

    /// The statement is on its way, and nobody waits for its end.
    pub(crate) fn sent(mut self) {
        self.tell(Ending::Sent);
    }

    fn tell(&mut self, ending: Ending<'_>) {
        let Some(watched) = self.0.take() else { return };
        let now = Instant::now();
        let lent = watched.lent.unwrap_or(now);
        watched.observer.ended(&Statement {
            query: &watched.query,
            kind: watched.kind,
            began: watched.began,
            waited: lent - watched.began,
            took: now - lent,
            runs: watched.runs,
            rows: watched.rows,
            ending,
        });
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.tell(Ending::Abandoned);
    }
}
