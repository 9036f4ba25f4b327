//! A database of one's own for each test.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use pgdbm::testing::PgServer;
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
    database: String,
}

impl Lab {
    /// The URL of the database.
    pub(crate) fn url(&self) -> String {
        server().database_url(&self.database)
    }

    /// The address of the database.
    pub(crate) fn config(&self) -> DatabaseConfig {
        DatabaseConfig::from_url(&server().database_url(&self.database)).unwrap()
    }

    /// Another pool to the same database.
    pub(crate) async fn pool_of(&self, connections: usize) -> Pool {
        Pool::connect(self.config().max_connections(connections))
            .await
            .unwrap()
    }
}

/// Runs a test in a fresh database, which is dropped afterwards, whatever happened.
pub(crate) async fn lab(test: impl AsyncFnOnce(&Lab)) {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let database = format!("pgdbm_test_{}_{number}", std::process::id());
    let admin = Pool::connect(
        DatabaseConfig::from_url(server().url())
            .unwrap()
            .max_connections(1),
    )
    .await
    .unwrap();
    let admin = admin.public();
    admin
        .execute(format!("CREATE DATABASE {database} TEMPLATE template0"))
        .await
        .unwrap();

    let config = DatabaseConfig::from_url(&server().database_url(&database))
        .unwrap()
        .max_connections(5);
    let pool = Pool::connect(config).await.unwrap();
    let db = pool.manager("shop").unwrap();
    db.ensure_schema().await.unwrap();
    let lab = Lab { pool, db, database };

    let outcome = AssertUnwindSafe(test(&lab)).catch_unwind().await;
    admin
        .execute(format!("DROP DATABASE {} WITH (FORCE)", lab.database))
        .await
        .unwrap();
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
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
