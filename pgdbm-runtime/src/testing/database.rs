//! A database of one's own on the server.

use std::sync::Arc;

use super::PgServer;
use super::keeper::{Keeper, Order};
use super::template::Template;
use crate::{DatabaseConfig, Error};

impl PgServer {
    /// Gives an empty database that nobody else has, and the configuration to reach it. It stays for as long as this process.
    ///
    /// For demonstrations and tools. A test takes a [`TestDatabase`](super::TestDatabase), which goes when the test ends. The
    /// server is shared by all processes of the user, so what one creates in the database `postgres` another one finds there.
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
    ///
    /// # Cancellation
    /// If the future is dropped, so is the database.
    pub async fn fresh_database(&self) -> Result<DatabaseConfig, Error> {
        let keeper = Keeper::of(self)?;
        let order = Order {
            template: Template::new(Vec::new(), keeper.role()),
            // How many a program opens is its own affair.
            connections: 0,
            test: "fresh_database".to_owned(),
        };
        let taking = Arc::clone(&keeper).take(order.clone());
        let mut lease = keeper
            .spawn(taking)
            .await
            .map_err(|error| Error::config(format!("the testing kit stopped: {error}")))??;
        lease.begin_tending(&order);
        let config = keeper.database(lease.name())?;
        keeper.hold(lease);
        Ok(config)
    }
}
