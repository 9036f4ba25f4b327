//! Transactions that roll back unless they are committed, nested ones included.

use std::fmt;
use std::ops::Deref;

use crate::connection::Connection;
use crate::error::{Error, Kind};
use crate::executor::{Access, Executor};
use crate::manager::DatabaseManager;

/// A transaction, or inside one a savepoint.
///
/// Nothing takes effect before [`commit`](Self::commit). When it is dropped instead (an early return with `?`, a panic, a
/// cancelled task) it rolls back: the server gets the command at once, before anybody else can use the connection.
///
/// ```
/// # async fn example(db: &pgdbm_runtime::DatabaseManager) -> Result<(), pgdbm_runtime::Error> {
/// let mut tx = db.transaction().await?;
/// tx.execute("UPDATE {{tables.stock}} SET amount = amount - 1").await?;
/// {
///     let audit = tx.transaction().await?;
///     audit.execute("INSERT INTO {{tables.audit}} (what) VALUES ('sold')").await?;
///     // Dropped here without `commit`: the audit row is gone, the update stays.
/// }
/// tx.commit().await?;
/// # Ok(()) }
/// ```
///
/// See the PostgreSQL manual, `BEGIN`, `SAVEPOINT` and `ROLLBACK TO SAVEPOINT`.
#[must_use = "a transaction that is dropped rolls back"]
pub struct Transaction<'c> {
    connection: Held<'c>,
    /// 0 for the transaction itself, 1 for a savepoint in it, and so on.
    depth: u32,
    /// Whether it was committed or rolled back.
    ended: bool,
}

enum Held<'c> {
    Own(Box<Connection>),
    Lent(&'c Connection),
}

impl Deref for Held<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match self {
            Held::Own(connection) => connection,
            Held::Lent(connection) => connection,
        }
    }
}

/// How a transaction sees and changes data: `BEGIN`'s options.
///
/// ```
/// let options = pgdbm_runtime::TransactionOptions::new().serializable().read_only();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TransactionOptions {
    isolation: Option<&'static str>,
    read_only: bool,
    deferrable: bool,
}

impl TransactionOptions {
    /// The server's defaults: read committed, read and write.
    #[must_use]
    pub const fn new() -> Self {
        TransactionOptions {
            isolation: None,
            read_only: false,
            deferrable: false,
        }
    }

    /// Every statement sees what was committed before the transaction's first one.
    #[must_use]
    pub const fn repeatable_read(self) -> Self {
        TransactionOptions {
            isolation: Some("REPEATABLE READ"),
            ..self
        }
    }

    /// As if transactions ran one after the other; be ready to try again, see [`Error::is_retryable`].
    #[must_use]
    pub const fn serializable(self) -> Self {
        TransactionOptions {
            isolation: Some("SERIALIZABLE"),
            ..self
        }
    }

    /// The transaction may not write.
    #[must_use]
    pub const fn read_only(self) -> Self {
        TransactionOptions {
            read_only: true,
            ..self
        }
    }

    /// With [`serializable`](Self::serializable) and [`read_only`](Self::read_only): waits until it cannot fail.
    #[must_use]
    pub const fn deferrable(self) -> Self {
        TransactionOptions {
            deferrable: true,
            ..self
        }
    }

    fn begin(self) -> String {
        let mut sql = "BEGIN".to_owned();
        if let Some(isolation) = self.isolation {
            sql.push_str(" ISOLATION LEVEL ");
            sql.push_str(isolation);
        }
        if self.read_only {
            sql.push_str(" READ ONLY");
        }
        if self.deferrable {
            sql.push_str(" DEFERRABLE");
        }
        sql
    }
}

impl<'c> Transaction<'c> {
    pub(crate) async fn begin(
        connection: Connection,
        options: TransactionOptions,
    ) -> Result<Transaction<'static>, Error> {
        Transaction::started(Held::Own(Box::new(connection)), 0, &options.begin()).await
    }

    pub(crate) async fn begin_on(
        connection: &'c Connection,
        options: TransactionOptions,
    ) -> Result<Transaction<'c>, Error> {
        Transaction::started(Held::Lent(connection), 0, &options.begin()).await
    }

    async fn started(
        connection: Held<'c>,
        depth: u32,
        sql: &str,
    ) -> Result<Transaction<'c>, Error> {
        // The value exists before the command is sent: if this future is dropped while it waits, its drop rolls back.
        let mut transaction = Transaction {
            connection,
            depth,
            ended: false,
        };
        let failed_before = transaction.connection.has_failed();
        if depth == 0 {
            transaction.connection.mark_failed(false);
        }
        if let Err(error) = transaction.connection.batch(sql).await {
            transaction.ended = true;
            // A savepoint that was refused says nothing new about the transaction around it.
            transaction
                .connection
                .mark_failed(failed_before || depth > 0);
            return Err(error);
        }
        Ok(transaction)
    }

    /// Begins a nested transaction: a savepoint. While it lives, this one cannot be used.
    ///
    /// # Errors
    /// When the server refuses (a statement of this transaction failed before), or the connection broke.
    pub async fn transaction(&mut self) -> Result<Transaction<'_>, Error> {
        let depth = self.depth + 1;
        Transaction::started(
            Held::Lent(&self.connection),
            depth,
            &format!("SAVEPOINT {}", savepoint(depth)),
        )
        .await
    }

    /// Makes everything that was done take effect.
    ///
    /// # Errors
    /// When a statement had failed ([`Error::is_transaction_aborted`]: everything was rolled back), a deferred constraint
    /// is violated, or two transactions collide ([`Error::is_retryable`]). If the connection breaks meanwhile
    /// ([`Error::is_connection_lost`]), whether the commit took effect is unknown.
    ///
    /// # Cancellation
    /// If the future is dropped while it waits, the commit was sent and probably takes effect.
    pub async fn commit(mut self) -> Result<(), Error> {
        if self.depth > 0 {
            self.connection
                .batch(&format!("RELEASE SAVEPOINT {}", savepoint(self.depth)))
                .await?;
            self.ended = true;
            return Ok(());
        }
        // The server answers COMMIT of a failed transaction with a silent ROLLBACK: that must not look like success.
        if self.connection.has_failed() {
            self.rollback().await?;
            return Err(Error::new(Kind::TransactionAborted));
        }
        self.ended = true;
        self.connection.batch("COMMIT").await
    }

    /// Undoes everything that was done, and waits until it is undone.
    ///
    /// # Errors
    /// When the connection broke; then the server has rolled back as well, or will.
    pub async fn rollback(mut self) -> Result<(), Error> {
        self.ended = true;
        let result = self.connection.batch(&self.undo()).await;
        self.connection.mark_failed(false);
        result
    }

    /// The schema that placeholders name.
    pub fn schema(&self) -> &str {
        self.connection.schema()
    }

    fn undo(&self) -> String {
        match self.depth {
            0 => "ROLLBACK".to_owned(),
            depth => format!(
                "ROLLBACK TO SAVEPOINT {0}; RELEASE SAVEPOINT {0}",
                savepoint(depth)
            ),
        }
    }

    crate::manager::query_methods!();
}

/// Savepoints are named by depth: a deeper one is always gone before its name is used again.
fn savepoint(depth: u32) -> String {
    format!("pgdbm_{depth}")
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.connection.send_and_forget(&self.undo());
            self.connection.mark_failed(false);
        }
    }
}

impl Executor for Transaction<'_> {
    fn access(&self) -> Access<'_> {
        Access::InTransaction(&self.connection)
    }
}

impl DatabaseManager {
    /// Begins a transaction; it rolls back when it is dropped without [`commit`](Transaction::commit).
    ///
    /// # Errors
    /// When no connection can be had, or the server refuses.
    ///
    /// # Cancellation
    /// Safe: a transaction that nobody got is rolled back.
    pub async fn transaction(&self) -> Result<Transaction<'static>, Error> {
        self.transaction_with(TransactionOptions::new()).await
    }

    /// Begins a transaction with an isolation level or read only; see [`transaction`](Self::transaction).
    ///
    /// # Errors
    /// When no connection can be had, or the server refuses.
    pub async fn transaction_with(
        &self,
        options: TransactionOptions,
    ) -> Result<Transaction<'static>, Error> {
        Transaction::begin(self.acquire().await?, options).await
    }
}

impl fmt::Debug for Transaction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction")
            .field("schema", &self.schema())
            .field("depth", &self.depth)
            .finish_non_exhaustive()
    }
}
