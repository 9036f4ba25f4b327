//! Harm on purpose: a proxy between a pool and its server.

mod backend;
mod connection;
mod control;
mod frontend;
mod pipe;
mod proxy;
mod session;
mod sql_state;
mod statement;
mod upstream;
mod wire;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use self::control::Control;
use self::proxy::Proxy;
use self::sql_state::SqlState;
use super::test_database::TestDatabase;
use crate::{DatabaseConfig, Error, SslMode};

/// A proxy before a server that does harm on purpose: connections that break, statements that fail, a slow network.
///
/// It shows what a program does on the bad days: whether it tries a transaction again, gives up in time, or gets over a
/// restart of the server.
///
/// ```
/// # use pgdbm_runtime as pgdbm;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), pgdbm::Error> {
/// use pgdbm::{Pool, testing::TestDatabase};
///
/// let database = TestDatabase::create().await?;
/// let chaos = database.chaos().await?;
/// let pool = Pool::connect(chaos.config()).await?;
/// let db = pool.public();
///
/// let tx = db.transaction().await?;
/// chaos.fail_next("40001");
/// let error = tx.execute("SELECT 1").await.unwrap_err();
/// assert!(error.is_retryable());
/// // As after a failure of the server's own, the transaction is aborted.
/// assert!(tx.execute("SELECT 1").await.unwrap_err().is_transaction_aborted());
/// tx.rollback().await?;
///
/// chaos.drop_connections();
/// assert!(db.execute("SELECT 1").await.unwrap_err().is_connection_lost());
/// # Ok(()) }
/// ```
///
/// # What it does
///
/// It listens on a port of 127.0.0.1 and passes on what clients and server say, without limits of size. Any client may
/// use it, not only this library's pool. It follows the PostgreSQL manual's chapter "Frontend/Backend Protocol", and
/// knows of it what it needs to do harm at the right moment. Requests to cancel a statement reach the server that runs
/// it, prepared statements and COPY work as without the proxy.
///
/// It has a thread of its own. A test may block its own thread, or wait for a program such as `psql` that connects to
/// the proxy.
///
/// # Failing statements
///
/// [`fail_next`](Self::fail_next) lets a statement fail *in the server*: the proxy sends, in its place, one that raises
/// the error. So the server is in the state in which that failure would leave it:
///
/// - In a transaction block the transaction is aborted, and waits for ROLLBACK or for ROLLBACK TO SAVEPOINT.
/// - A COMMIT that fails ends the transaction, and nothing of it stays.
/// - With the codes `57P01` to `57P05`, `25P03`, `25P04` and those of class 08 the session is over, and what was open is
///   rolled back before the client hears of it.
///
/// A statement is whatever a client has the server execute: a query, and also BEGIN, SAVEPOINT and COMMIT, which
/// [`Transaction`](crate::Transaction) sends by itself. Ask for the failure when the statement that is to meet it comes
/// next. These meet none, and leave it to what comes after them:
///
/// - Preparing a statement and closing it. The pool does this by itself.
/// - ROLLBACK, with or without a savepoint: the server never refuses it.
/// - Whatever is sent in a failed transaction: the server refuses that already.
///
/// When the driver meets a type for the first time that PostgreSQL does not have by itself, such as an enum of yours, it
/// asks the server about it with queries of its own, which are statements too: prepare such a query, or run it once,
/// before you ask for a failure.
///
/// # What it does not
///
/// - It cannot have a statement take effect and then fail; for that use [`drop_connections`](Self::drop_connections)
///   while the statement runs.
/// - Clients talk to it without encryption. Its own connections to the server are encrypted as the configuration asks.
///   `channel_binding=require` and `sslnegotiation=direct` are refused.
/// - Of several hosts it serves the first that answers when it starts, and stays with that.
/// - It changes no data, loses no single packet, and reorders nothing: TCP does not let that happen to a client either.
///
/// Dropping the value stops the proxy and breaks its connections; it returns when they are closed. The database lives as
/// long as its [`TestDatabase`], so keep that.
#[must_use = "dropping it stops the proxy"]
pub struct Chaos {
    proxy: Proxy,
    control: Arc<Control>,
    config: DatabaseConfig,
    server: String,
}

impl Chaos {
    /// Starts a proxy before the server of this configuration, and connects to that once to see that it is there.
    ///
    /// ```
    /// # use pgdbm_runtime as pgdbm;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use pgdbm::testing::{Chaos, PgServer};
    /// use pgdbm::{DatabaseConfig, Pool};
    ///
    /// let server = PgServer::start()?;
    /// let config = DatabaseConfig::from_url(server.url())?.max_connections(2);
    /// let chaos = Chaos::start(&config).await?;
    /// let pool = Pool::connect(chaos.config()).await?;
    /// pool.public().execute("SELECT 1").await?;
    /// assert_eq!((chaos.connections(), chaos.statements()), (1, 1));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// When the server cannot be reached ([`Error::is_unreachable`], [`Error::is_timeout`]) or encrypted connections
    /// cannot be made as asked ([`Error::is_tls`]); when the configuration is wrong, or asks for what an unencrypted
    /// connection cannot do ([`Error::is_config`]). User and password are the clients' affair, and are not tried.
    ///
    /// # Cancellation
    /// Safe: a proxy that nobody got ends by itself, at the latest when the limit for connecting is reached.
    pub async fn start(config: &DatabaseConfig) -> Result<Chaos, Error> {
        let control = Arc::new(Control::new());
        let proxy = Proxy::start(config.clone(), Arc::clone(&control)).await?;
        let through = config
            .clone()
            .host(&proxy.address.ip().to_string())
            .port(proxy.address.port())
            .ssl_mode(SslMode::Disable);
        Ok(Chaos {
            proxy,
            control,
            config: through,
            server: config.to_string(),
        })
    }

    /// The configuration that the proxy was started with, to connect through the proxy: host and port are the proxy's,
    /// and nothing is encrypted.
    pub fn config(&self) -> DatabaseConfig {
        self.config.clone()
    }

    /// Where the proxy listens: a port of 127.0.0.1, for clients that do not take a [`DatabaseConfig`].
    pub fn address(&self) -> SocketAddr {
        self.proxy.address
    }

    /// Breaks all connections, and gives how many there were. Those that are made afterwards work.
    ///
    /// When it returns they are closed, and nothing more passes. Clients see a reset (`ECONNRESET`), without an error of
    /// the server's: as when a machine or the network between goes. The server sees its client gone and rolls back. A
    /// statement that runs at this moment runs on, and takes effect if it stands for itself.
    ///
    /// A pool learns of it with its next use of each connection: a statement then fails with
    /// [`Error::is_connection_lost`], and the next one gets a new connection.
    pub fn drop_connections(&self) -> usize {
        self.proxy.drop_connections()
    }

    /// Has new connections refused, or no longer; those that are open stay. [`Pool::connect`](crate::Pool::connect) and
    /// statements that need a new connection fail with [`Error::is_unreachable`].
    ///
    /// They are reset as soon as they are accepted: the port itself stays the proxy's.
    pub fn refuse_connections(&self, refuse: bool) {
        self.control.set_refuses(refuse);
    }

    /// Has the server refuse the next new connection with this SQLSTATE, such as `53300` (too many connections) or
    /// `57P03` (the server is starting up). Several calls add up: each is for one more connection, in order.
    ///
    /// The proxy answers in the server's place, which is not asked.
    ///
    /// # Panics
    /// As [`fail_next`](Self::fail_next).
    #[track_caller]
    pub fn fail_next_connection(&self, sqlstate: &str) {
        self.control.connection_failures().add(checked(sqlstate), 1);
    }

    /// Has the next statement fail with this SQLSTATE, on whatever connection it comes. Several calls add up: each is
    /// for one more statement, in order. What counts as a statement the [type](Self) says.
    ///
    /// ```
    /// # use pgdbm_runtime as pgdbm;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), pgdbm::Error> {
    /// # use pgdbm::{Pool, testing::TestDatabase};
    /// # let database = TestDatabase::create().await?;
    /// # let chaos = database.chaos().await?;
    /// # let db = Pool::connect(chaos.config()).await?.public();
    /// chaos.fail_next("40001");
    /// chaos.fail_next("40P01");
    /// assert_eq!(db.execute("SELECT 1").await.unwrap_err().code(), Some("40001"));
    /// assert_eq!(db.execute("SELECT 1").await.unwrap_err().code(), Some("40P01"));
    /// db.execute("SELECT 1").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// The server raises the error with PL/pgSQL. Where it does not have that, or the user may not use it, the server
    /// fails all the same; the client gets the code that was asked for, and reads the reason in the error's detail.
    ///
    /// The codes are those of the PostgreSQL manual, appendix A.
    ///
    /// # Panics
    /// When it is no SQLSTATE (five digits and capital letters), or one that is no error (classes 00, 01 and 02).
    #[track_caller]
    pub fn fail_next(&self, sqlstate: &str) {
        self.fail_next_n(sqlstate, 1);
    }

    /// Has the next `n` statements fail with this SQLSTATE; as `n` calls of [`fail_next`](Self::fail_next).
    ///
    /// # Panics
    /// As [`fail_next`](Self::fail_next).
    #[track_caller]
    pub fn fail_next_n(&self, sqlstate: &str, n: usize) {
        self.control.statement_failures().add(checked(sqlstate), n);
    }

    /// How many failures wait for a statement: a test that ends with some has not run what it meant to.
    pub fn pending_failures(&self) -> usize {
        self.control.statement_failures().len()
    }

    /// Forgets the failures that wait, those of statements and those of connections.
    pub fn clear_failures(&self) {
        self.control.statement_failures().clear();
        self.control.connection_failures().clear();
    }

    /// Lets each round trip take that much longer, also on connections that are open. [`Duration::ZERO`] ends it.
    ///
    /// What a client sends is held up for that time, counted from when it came. Statements that are sent without waiting
    /// for one another wait together: two in flight take the latency once. At most 64 pieces of 16 KiB wait on a
    /// connection, so a high latency slows down large amounts of data too, as on a real line.
    pub fn latency(&self, latency: Duration) {
        self.control.set_latency(latency);
    }

    /// Lets nothing pass any more in either direction, while all connections stay open: a network that hangs. New
    /// connections are accepted and get no answer.
    ///
    /// What has reached the proxy before may still pass.
    pub fn pause(&self) {
        self.control.set_paused(true);
    }

    /// Ends [`pause`](Self::pause): what was held up passes now. Nothing is lost.
    pub fn resume(&self) {
        self.control.set_paused(false);
    }

    /// How many connections to the server are open through the proxy now.
    pub fn connections(&self) -> usize {
        self.control.open()
    }

    /// How many connections to the server were ever made through the proxy.
    pub fn total_connections(&self) -> u64 {
        self.control.opened()
    }

    /// How many statements clients have sent through the proxy, those that were made to fail included. A simple query
    /// is one, however many statements its text has.
    pub fn statements(&self) -> u64 {
        self.control.statements()
    }
}

impl fmt::Debug for Chaos {
    /// Shows no password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chaos")
            .field("address", &self.proxy.address)
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

impl TestDatabase {
    /// Starts a [`Chaos`] proxy before this database: connect through it with [`Chaos::config`], and keep both values.
    ///
    /// # Errors
    /// As [`Chaos::start`].
    pub async fn chaos(&self) -> Result<Chaos, Error> {
        Chaos::start(&self.config()).await
    }
}

#[track_caller]
#[allow(clippy::panic, reason = "a test says by panicking what is wrong")]
fn checked(sqlstate: &str) -> SqlState {
    match SqlState::parse(sqlstate) {
        Ok(code) => code,
        Err(refusal) => panic!("{refusal}"),
    }
}
