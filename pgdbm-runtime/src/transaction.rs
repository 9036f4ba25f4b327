//! Transactions that roll back unless they are committed, nested ones included.

use std::fmt;
use std::ops::Deref;

use crate::connection::Connection;
use crate::error::{Error, Kind};
use crate::executor::{Access, Executor};
use crate::manager::DatabaseManager;
use crate::prepared::{self, Fits, Many, Unbound};

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
/// # use pgdbm_runtime as pgdbm;
/// let options = pgdbm::TransactionOptions::new().serializable().read_only();
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
        if connection.is_by_hand() {
            return Err(Error::new(Kind::TransactionByHand));
        }
        Transaction::started(Held::Lent(connection), 0, &options.begin()).await
    }

    /// A transaction inside one that is open on the connection, which nobody will commit: the connection is closed when the
    /// value is dropped.
    #[cfg(feature = "testing")]
    pub(crate) async fn begin_inside(
        connection: Connection,
    ) -> Result<Transaction<'static>, Error> {
        connection.mark_dirty();
        let sql = format!("SAVEPOINT {}", savepoint(1));
        Transaction::started(Held::Own(Box::new(connection)), 1, &sql).await
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
        transaction.connection.enter_transaction();
        if let Err(error) = transaction.connection.command(sql, sql).await {
            transaction.ended = true;
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
    /// If the future is dropped while it waits, whether the commit takes effect is unknown.
    pub async fn commit(mut self) -> Result<(), Error> {
        // From here on the command is on its way: a drop must not send a second one behind it.
        self.ended = true;
        let command = match self.depth {
            // The server answers COMMIT of a failed transaction with a silent ROLLBACK, which must not look like success.
            // It alone knows whether one failed; asked for anything else it says so, and then COMMIT is not run.
            0 => "SHOW transaction_isolation; COMMIT".to_owned(),
            depth => format!("RELEASE SAVEPOINT {}", savepoint(depth)),
        };
        let shown = if self.depth == 0 { "COMMIT" } else { &command };
        let Err(error) = self.connection.command(&command, shown).await else {
            return Ok(());
        };
        self.ended = false;
        if self.depth == 0 && error.code() == Some("25P02") {
            self.rollback().await?;
            return Err(Error::new(Kind::TransactionAborted));
        }
        Err(error)
    }

    /// Undoes everything that was done, and waits until it is undone. A statement that was abandoned is cancelled first.
    ///
    /// # Errors
    /// When the connection broke; then the server has rolled back as well, or will.
    ///
    /// # Cancellation
    /// Safe: what is left is done as when the transaction is dropped.
    pub async fn rollback(mut self) -> Result<(), Error> {
        self.connection.cancel_abandoned().await;
        self.ended = true;
        let undo = self.undo();
        self.connection.command(&undo, &undo).await
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

    /// Runs a query once for each list of arguments, and gives the number of rows affected in all: every list takes
    /// effect or, when one fails or the future is dropped, none does. What the transaction did before stays.
    ///
    /// # Errors
    /// As [`execute`](Self::execute), for the first list that fails.
    pub fn execute_many<'e, U, A>(
        &'e mut self,
        query: U,
        lists: impl IntoIterator<Item = A, IntoIter: Send + 'e>,
    ) -> Many<'e>
    where
        U: Unbound,
        A: Fits<U::Arity> + 'e,
    {
        let text = prepared::text_of(query);
        let lists = prepared::erased(lists);
        Box::pin(async move {
            let nested = self.transaction().await?;
            prepared::run_each(nested, text, lists).await
        })
    }
}

impl Connection {
    /// Runs a query once for each list of arguments, and gives the number of rows affected in all. The runs are one
    /// transaction: every list takes effect or none does.
    ///
    /// # Errors
    /// As [`execute`](Self::execute), for the first list that fails; and as [`transaction`](Self::transaction).
    pub fn execute_many<'e, U, A>(
        &'e mut self,
        query: U,
        lists: impl IntoIterator<Item = A, IntoIter: Send + 'e>,
    ) -> Many<'e>
    where
        U: Unbound,
        A: Fits<U::Arity> + 'e,
    {
        let text = prepared::text_of(query);
        let lists = prepared::erased(lists);
        Box::pin(async move {
            let transaction = self.transaction().await?;
            prepared::run_each(transaction, text, lists).await
        })
    }
}

/// Savepoints are named by depth: a deeper one is always gone before its name is used again.
fn savepoint(depth: u32) -> String {
    format!("pgdbm_{depth}")
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.connection.command_and_forget(&self.undo());
        }
        self.connection.leave_transaction();
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

impl DatabaseManager {
    /// Runs a query once for each list of arguments, and gives the number of rows affected in all. The runs are one
    /// transaction: every list takes effect or none does.
    ///
    /// ```
    /// # use pgdbm_runtime as pgdbm;
    /// # async fn example(db: &pgdbm::DatabaseManager) -> Result<(), pgdbm::Error> {
    /// let people = [("ada@example.com", 36), ("grace@example.com", 85)];
    /// db.execute_many("INSERT INTO {{tables.users}} (email, age) VALUES ($1, $2)", people).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`execute`](Self::execute), for the first list that fails.
    pub fn execute_many<'e, U, A>(
        &'e self,
        query: U,
        lists: impl IntoIterator<Item = A, IntoIter: Send + 'e>,
    ) -> Many<'e>
    where
        U: Unbound,
        A: Fits<U::Arity> + 'e,
    {
        let text = prepared::text_of(query);
        let lists = prepared::erased(lists);
        Box::pin(async move {
            let transaction = self.transaction().await?;
            prepared::run_each(transaction, text, lists).await
        })
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
