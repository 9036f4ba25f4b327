//! A database of one's own on the server.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use super::PgServer;
use crate::{DatabaseConfig, Error, Pool};

impl PgServer {
    /// Creates an empty database under a name that nobody has, and gives the configuration to reach it.
    ///
    /// For tests: the server is shared by all processes of the user, so what one test creates in the database `postgres`
    /// another one finds there. On a private server the database goes with the server, about a second after its last
    /// user; on the server of `DATABASE_URL` it stays until somebody drops it: its name begins with `pgdbm_test_`.
    ///
    /// ```
    /// # use pgdbm_runtime as pgdbm;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use pgdbm::{Pool, testing::PgServer};
    ///
    /// let server = PgServer::private()?;
    /// let pool = Pool::connect(server.fresh_database().await?).await?;
    /// let db = pool.manager("shop")?;
    /// assert!(!db.table_exists("users").await?);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// When the server cannot be reached, or does not let this role create databases.
    pub async fn fresh_database(&self) -> Result<DatabaseConfig, Error> {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let nanoseconds = since.unwrap_or_default().as_nanos();
        let name = format!("pgdbm_test_{nanoseconds}_{}_{number}", std::process::id());
        let admin = DatabaseConfig::from_url(self.url())?.max_connections(1);
        let pool = Pool::connect(admin).await?;
        let created = pool
            .public()
            .execute(format!("CREATE DATABASE {name}"))
            .await;
        pool.close().await;
        created?;
        DatabaseConfig::from_url(&self.database_url(&name))
    }
}
