//! A connection out of the pool that is bound to a schema, and what happens when it goes back.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Waker};

use deadpool_postgres::Object;
use pgdbm_template::SchemaName;

use crate::error::{Error, Kind};
use crate::observer::{Observer, Watch};
use crate::pool::{Lease, Pool};
use crate::transaction::{Transaction, TransactionOptions};

/// One connection for oneself, until it is dropped: for what belongs to a session.
///
/// `LISTEN`, session advisory locks, temporary tables and `SET` live and die with a connection, so they make no sense on
/// a manager, whose every statement may take another one. Get one from
/// [`DatabaseManager::acquire`](crate::DatabaseManager::acquire).
///
/// When it is dropped it goes back to the pool only if it is clean. After a statement that changes the session, or one that
/// is still running because its future was dropped, it is closed instead; a running statement is cancelled.
pub struct Connection {
    lease: Lease,
    pool: Pool,
    schema: SchemaName,
    /// Statements that were sent and whose end nobody has seen.
    unfinished: AtomicUsize,
    /// Whether a statement left traces in the session.
    dirty: AtomicBool,
    /// Whether a statement of the user's own began or ended a transaction.
    by_hand: AtomicBool,
    /// Transactions by value that have begun and whose values still live, or were leaked.
    transactions: AtomicUsize,
    /// Whether statements are prepared anew each time.
    uncached: bool,
}

impl Connection {
    pub(crate) fn new(lease: Lease, pool: Pool, schema: SchemaName) -> Self {
        Connection {
            lease,
            pool,
            schema,
            unfinished: AtomicUsize::new(0),
            dirty: AtomicBool::new(false),
            by_hand: AtomicBool::new(false),
            transactions: AtomicUsize::new(0),
            uncached: false,
        }
    }

    /// The schema that placeholders name.
    pub fn schema(&self) -> &str {
        self.schema.as_str()
    }

    pub(crate) fn schema_name(&self) -> &SchemaName {
        &self.schema
    }

    /// The driver's client, for what this type does not offer. The connection is closed when it is dropped, as
    /// nobody can know what was done with it.
    ///
    /// # Errors
    /// When the connection is closed.
    pub fn as_driver(&self) -> Result<&tokio_postgres::Client, Error> {
        self.mark_dirty();
        self.client().map(|object| &***object)
    }

    /// Begins a transaction on this connection; it rolls back when it is dropped.
    ///
    /// # Errors
    /// When the server refuses, the connection broke, or a statement such as `BEGIN` was run on the connection before:
    /// then transactions are in the caller's own hands.
    pub async fn transaction(&mut self) -> Result<Transaction<'_>, Error> {
        Transaction::begin_on(self, TransactionOptions::new()).await
    }

    pub(crate) fn client(&self) -> Result<&Object, Error> {
        self.lease.object().ok_or_else(|| {
            Error::new(Kind::ConnectionLost {
                reason: "it was closed".to_owned(),
            })
        })
    }

    /// Says that the session is no longer as the pool handed it out.
    pub(crate) fn mark_dirty(&self) {
        self.dirty.store(true, Ordering::Release);
    }

    /// Says how a statement ended. After some errors nobody else shall have the connection.
    pub(crate) fn note(&self, error: Option<&Error>) {
        if error.is_some_and(Error::ends_session) {
            self.mark_dirty();
        }
    }

    /// Says that the user's own statements begin and end transactions here.
    pub(crate) fn mark_by_hand(&self) {
        self.by_hand.store(true, Ordering::Release);
    }

    pub(crate) fn is_by_hand(&self) -> bool {
        self.by_hand.load(Ordering::Acquire)
    }

    /// Counts a transaction by value, from before its BEGIN until its value is dropped.
    pub(crate) fn enter_transaction(&self) {
        self.transactions.fetch_add(1, Ordering::AcqRel);
    }

    pub(crate) fn leave_transaction(&self) {
        self.transactions.fetch_sub(1, Ordering::AcqRel);
    }

    /// The connection with statements that are prepared anew each time: for sessions in which somebody else's statements
    /// may throw prepared ones away.
    pub(crate) fn without_cache(mut self) -> Self {
        self.uncached = true;
        self
    }

    /// How many prepared statements may be kept.
    pub(crate) fn cache_size(&self) -> usize {
        if self.uncached {
            0
        } else {
            self.pool.config().statement_cache_size
        }
    }

    /// Who is told of the statements.
    pub(crate) fn observer(&self) -> Option<&Arc<dyn Observer>> {
        self.pool.config().observer()
    }

    /// Counts a statement as running until [`Running::end`]; dropping the count without that leaves it for good.
    pub(crate) fn running(&self) -> Running<'_> {
        self.unfinished.fetch_add(1, Ordering::AcqRel);
        Running { connection: self }
    }

    /// One more running statement, to be ended with [`end_one`](Self::end_one): for what outlives a borrow.
    pub(crate) fn end_one(&self) {
        self.unfinished.fetch_sub(1, Ordering::AcqRel);
    }

    /// Runs a command that begins or ends a transaction or a savepoint; observers see it as `shown`.
    pub(crate) async fn command(&self, sql: &str, shown: &str) -> Result<(), Error> {
        let mut watch = Watch::command(self.observer(), shown, &self.schema);
        let result = self.batch(sql).await;
        watch.end(result.as_ref().err());
        result
    }

    /// Runs statements without parameters as they are, and forgets their rows.
    pub(crate) async fn batch(&self, sql: &str) -> Result<(), Error> {
        let client = self.client()?;
        let running = self.running();
        let result = client.batch_execute(sql).await;
        running.end();
        let result = result.map_err(|error| Error::from_driver(&error, None));
        self.note(result.as_ref().err());
        result
    }

    /// Puts the end of a transaction or a savepoint into the connection's queue, without waiting for the answer.
    pub(crate) fn command_and_forget(&self, sql: &str) {
        let watch = Watch::command(self.observer(), sql, &self.schema);
        self.send_and_forget(sql);
        watch.sent();
    }

    /// Puts statements into the connection's queue without waiting for the answer: for `Drop`, which cannot wait.
    ///
    /// The driver queues a message when its future is first polled, and answers come in order: whoever uses the
    /// connection next is served after this.
    fn send_and_forget(&self, sql: &str) {
        let Ok(client) = self.client() else { return };
        let mut sending = pin!(client.batch_execute(sql));
        let _ = sending
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
    }
}

/// A statement whose end is awaited.
#[must_use = "call `end` when the statement has ended"]
pub(crate) struct Running<'c> {
    connection: &'c Connection,
}

impl Running<'_> {
    pub(crate) fn end(self) {
        self.connection.end_one();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let busy = *self.unfinished.get_mut() > 0;
        // A transaction whose value was leaked is open for good.
        let leaked = *self.transactions.get_mut() > 0;
        if !busy && !leaked && !*self.dirty.get_mut() {
            return;
        }
        if busy {
            self.cancel();
        }
        self.lease.discard();
    }
}

impl Connection {
    /// Asks the server to stop what runs and was abandoned, and waits until it was asked.
    pub(crate) async fn cancel_abandoned(&self) {
        if self.unfinished.load(Ordering::Acquire) > 0
            && let Ok(client) = self.client()
        {
            // Without success the statement runs to its end, and what follows waits for it.
            let _ = client
                .cancel_token()
                .cancel_query(self.pool.tls().for_driver())
                .await;
        }
    }

    /// Asks the server to stop what runs. A request of its own, encrypted like the connection, in the background: there
    /// is nobody to wait for it.
    fn cancel(&self) {
        let Ok(client) = self.client() else { return };
        let token = client.cancel_token();
        let tls = self.pool.tls().for_driver();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                // When it fails the server finds the closed connection by itself, only later.
                let _ = token.cancel_query(tls).await;
            });
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("schema", &self.schema.as_str())
            .finish_non_exhaustive()
    }
}
