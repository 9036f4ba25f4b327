//! A database for one test.

use std::fmt;
use std::sync::Arc;

use super::harness::TestPlan;
use super::server::PgServer;
use crate::error::Error;
use crate::{
    DatabaseConfig, DatabaseManager, EmbeddedMigrations, MigrationManager, Migrations, Pool,
};

/// A database for one test.
#[derive(Clone)]
pub struct TestDatabase {
    shared: Arc<Shared>,
}

struct Shared {
    pool: Pool,
    config: DatabaseConfig,
    db: DatabaseManager,
    _server: PgServer,
}

/// How to make a [`TestDatabase`].
#[derive(Clone, Debug, Default)]
#[must_use = "nothing happens before `create`"]
pub struct TestDatabaseOptions {
    schemas: Vec<(String, Vec<EmbeddedMigrations>)>,
    max_connections: Option<usize>,
}

impl TestDatabaseOptions {
    /// An empty database.
    pub fn new() -> Self {
        Self::default()
    }

    /// A schema with these migrations.
    pub fn migrations<M: Migrations>(mut self, schema: &str, _: M) -> Self {
        self.schemas.push((schema.to_owned(), vec![M::MIGRATIONS]));
        self
    }

    /// The most connections of the pool.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = Some(connections);
        self
    }

    pub(crate) fn of_plan(plan: &TestPlan) -> Self {
        TestDatabaseOptions {
            schemas: plan
                .schemas
                .iter()
                .map(|schema| (schema.schema.to_owned(), schema.migrations.to_vec()))
                .collect(),
            max_connections: plan.max_connections,
        }
    }

    /// Makes the database.
    ///
    /// # Errors
    /// When there is no server, or a migration fails.
    pub async fn create(self) -> Result<TestDatabase, Error> {
        let server = PgServer::start().map_err(|error| Error::config(error.to_string()))?;
        let config = server
            .fresh_database()
            .await?
            .max_connections(self.max_connections.unwrap_or(5));
        let pool = Pool::connect(config.clone()).await?;
        for (schema, modules) in &self.schemas {
            let db = pool.manager(schema)?;
            db.ensure_schema().await?;
            for module in modules {
                MigrationManager::embedded(&db, *module).apply().await?;
            }
        }
        let db = match self.schemas.first() {
            Some((schema, _)) => pool.manager(schema)?,
            None => pool.public(),
        };
        Ok(TestDatabase {
            shared: Arc::new(Shared {
                pool,
                config,
                db,
                _server: server,
            }),
        })
    }
}

impl TestDatabase {
    /// An empty database.
    ///
    /// # Errors
    /// When there is no server.
    pub async fn create() -> Result<TestDatabase, Error> {
        TestDatabaseOptions::new().create().await
    }

    /// The pool.
    pub fn pool(&self) -> &Pool {
        &self.shared.pool
    }

    /// The configuration to reach it, for pools of the test's own.
    pub fn config(&self) -> DatabaseConfig {
        self.shared.config.clone()
    }

    /// The manager of the first schema.
    pub fn manager(&self) -> &DatabaseManager {
        &self.shared.db
    }

    /// A manager for another schema.
    ///
    /// # Errors
    /// When the name is not one that a schema may have.
    pub fn manager_for(&self, schema: &str) -> Result<DatabaseManager, Error> {
        self.shared.pool.manager(schema)
    }
}

impl fmt::Debug for TestDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestDatabase")
            .field("config", &self.shared.config)
            .finish_non_exhaustive()
    }
}
