//! A connection out of the pool that is bound to a schema, and what happens when it goes back.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Waker};

use deadpool_postgres::Object;
use pgdbm_template::SchemaName;

use crate::error::{Error, Kind};
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
    /// Whether a statement failed since the last time that a transaction or savepoint began or was rolled back.
    failed: AtomicBool,
}

impl Connection {
    pub(crate) fn new(lease: Lease, pool: Pool, schema: SchemaName) -> Self {
        Connection {
            lease,
            pool,
            schema,
            unfinished: AtomicUsize::new(0),
            dirty: AtomicBool::new(false),
            failed: AtomicBool::new(false),
        }
    }

    /// The schema that placeholders name.
    pub fn schema(&self) -> &str {
        self.schema.as_str()
    }

    pub(crate) fn schema_name(&self) -> &SchemaName {
        &self.schema
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.pool
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
    /// When the server refuses, or the connection broke.
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

    pub(crate) fn mark_failed(&self, failed: bool) {
        self.failed.store(failed, Ordering::Release);
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
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

    /// Runs statements without parameters as they are, and forgets their rows.
    pub(crate) async fn batch(&self, sql: &str) -> Result<(), Error> {
        let client = self.client()?;
        let running = self.running();
        let result = client.batch_execute(sql).await;
        running.end();
        result.map_err(|error| {
            self.mark_failed(true);
            Error::from_driver(&error, None)
        })
    }

    /// Puts statements into the connection's queue without waiting for the answer: for `Drop`, which cannot wait.
    ///
    /// The driver queues a message when its future is first polled, and answers come in order: whoever uses the
    /// connection next is served after this.
    pub(crate) fn send_and_forget(&self, sql: &str) {
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
        if !busy && !*self.dirty.get_mut() {
            return;
        }
        if busy {
            self.cancel();
        }
        self.lease.discard();
    }
}

impl Connection {
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
