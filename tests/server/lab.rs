//! A database of one's own for each test.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use pgdbm::testing::{PgServer, TestDatabase, TestDatabaseOptions};
use pgdbm::{DatabaseConfig, DatabaseManager, Pool};

/// The server that all tests of this process share.
pub(crate) fn server() -> &'static PgServer {
    static SERVER: OnceLock<PgServer> = OnceLock::new();
    SERVER.get_or_init(|| PgServer::start().unwrap())
}

/// A fresh database, a pool to it, and a manager for the schema `shop`.
pub(crate) struct Lab {
    pub(crate) pool: Pool,
    pub(crate) db: DatabaseManager,
    database: TestDatabase,
}

impl Lab {
    /// The URL of the database.
    pub(crate) fn url(&self) -> String {
        server().database_url(self.database.name())
    }

    /// The address of the database.
    pub(crate) fn config(&self) -> DatabaseConfig {
        DatabaseConfig::from_url(&self.url()).unwrap()
    }

    /// Another pool to the same database.
    pub(crate) async fn pool_of(&self, connections: usize) -> Pool {
        Pool::connect(self.config().max_connections(connections))
            .await
            .unwrap()
    }
}

/// Runs a test in a fresh database, which is kept if it fails.
pub(crate) async fn lab(test: impl AsyncFnOnce(&Lab)) {
    let options = TestDatabaseOptions::new().schema("shop").on(server());
    let database = options.create().await.unwrap();
    let lab = Lab {
        pool: database.pool().clone(),
        db: database.manager().clone(),
        database,
    };
    test(&lab).await;
    lab.database.close().await;
}

/// A table of users in the manager's schema.
pub(crate) async fn users(db: &DatabaseManager) {
    db.ensure_schema().await.unwrap();
    db.execute(
        "CREATE TABLE {{tables.users}} (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, age int CHECK (age >= 0))",
    )
    .await
    .unwrap();
}

/// Asks again until the answer is yes, for what happens in another process. Fails after a generous time.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds().await {
        assert!(Instant::now() < deadline, "never came true: {what}");
        tokio::task::yield_now().await;
    }
}
