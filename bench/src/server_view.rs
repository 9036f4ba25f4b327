//! A look at a server from outside: the databases that the kit has made there.

use std::time::Duration;

use pgdbm::testing::PgServer;
use pgdbm::{DatabaseConfig, DatabaseManager, Pool, sql};
use tokio::runtime::{Builder, Runtime};

use crate::processes::until;

/// A connection for looking. It is no user of the kit, so nothing is swept because of it.
#[derive(Debug)]
pub struct ServerView {
    runtime: Runtime,
    maintenance: DatabaseManager,
    server: PgServer,
}

/// What the registry and the server say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Databases {
    /// Templates that are whole.
    pub templates: i64,
    /// Copies that wait for a test.
    pub spares: i64,
    /// Of tests that run, or ran and were not cleared away; being made; or of a failed test.
    pub busy: i64,
    /// Rows whose database is not there.
    pub rows_without_database: i64,
    /// Databases that no row knows, besides the registry.
    pub without_row: i64,
    /// Advisory locks in the registry: of processes that live, or that the server takes for living.
    pub locks: i64,
}

impl ServerView {
    /// Connects.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub fn of(server: &PgServer) -> Result<ServerView, String> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        let maintenance = runtime.block_on(connect(server.url()))?;
        Ok(ServerView {
            runtime,
            maintenance,
            server: server.clone(),
        })
    }

    /// Looks.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn databases(&self) -> Result<Databases, String> {
        self.runtime.block_on(self.look())
    }

    /// How many processes of clients there are, without this one.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn clients(&self) -> Result<i64, String> {
        let text = "SELECT count(*) FROM pg_stat_activity
                    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
        let count = sql(text).scalar().fetch_one(&self.maintenance);
        self.runtime
            .block_on(count)
            .map_err(|error| error.to_string())
    }

    /// Waits until nobody uses or makes a copy of the template that a test has asked for; for some seconds at most. Gives how
    /// many copies wait then.
    ///
    /// # Errors
    /// When it does not come to that.
    pub fn rest(&self, test: &str) -> Result<i64, String> {
        let mut last = Ok((0, 0));
        let rested = until(Duration::from_secs(20), || {
            last = self.runtime.block_on(self.stock(test));
            match &last {
                Ok((spares, 0)) => Some(*spares),
                _ => None,
            }
        });
        rested.ok_or_else(|| {
            format!("the server does not come to rest (copies that wait, and others): {last:?}")
        })
    }

    /// Copies that wait, and copies that are used or being made.
    async fn stock(&self, test: &str) -> Result<(i64, i64), String> {
        let Some(db) = self.registry().await? else {
            return Ok((0, 0));
        };
        let stock = sql(STOCK)
            .bind(test.to_owned())
            .map_into()
            .fetch_one(&db)
            .await;
        db.pool().close().await;
        stock.map_err(|error| error.to_string())
    }

    async fn look(&self) -> Result<Databases, String> {
        let Some(db) = self.registry().await? else {
            return Ok(Databases::default());
        };
        let counts = sql(COUNTS)
            .map_into::<(i64, i64, i64, i64, i64, i64)>()
            .fetch_one(&db)
            .await
            .map_err(|error| error.to_string())?;
        db.pool().close().await;
        let (templates, spares, busy, rows_without_database, without_row, locks) = counts;
        Ok(Databases {
            templates,
            spares,
            busy,
            rows_without_database,
            without_row,
            locks,
        })
    }

    /// The database that the kit keeps its books in; none before the first test.
    async fn registry(&self) -> Result<Option<DatabaseManager>, String> {
        let text = "SELECT datname::text FROM pg_database WHERE datname LIKE 'pgdbm\\_test\\_registry\\_%'";
        let name: Option<String> = sql(text)
            .scalar()
            .fetch_optional(&self.maintenance)
            .await
            .map_err(|error| error.to_string())?;
        let Some(name) = name else { return Ok(None) };
        let db = connect(&self.server.database_url(&name)).await?;
        // Whoever made the database may have been killed before it made the table.
        let is_laid_out = db.table_exists("databases").await;
        match is_laid_out.map_err(|error| error.to_string())? {
            true => Ok(Some(db)),
            false => Ok(None),
        }
    }
}

const STOCK: &str = "
    SELECT count(*) FILTER (WHERE d.state = 'spare'), count(*) FILTER (WHERE d.state IN ('making', 'used'))
    FROM databases AS d JOIN pg_database AS p ON p.datname = d.name
    WHERE d.template = (SELECT template FROM {{tables.databases}} WHERE test = $1 ORDER BY since DESC LIMIT 1)";

const COUNTS: &str = "
    SELECT count(*) FILTER (WHERE d.state = 'template' AND p.datname IS NOT NULL),
           count(*) FILTER (WHERE d.state = 'spare' AND p.datname IS NOT NULL),
           count(*) FILTER (WHERE d.state NOT IN ('template', 'spare') AND p.datname IS NOT NULL),
           count(*) FILTER (WHERE p.datname IS NULL),
           count(*) FILTER (WHERE d.name IS NULL),
           (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')
    FROM {{tables.databases}} AS d
    FULL JOIN (
        SELECT datname FROM pg_database
        WHERE datname LIKE 'pgdbm\\_test\\_%' AND datname <> current_database()
    ) AS p ON p.datname = d.name";

async fn connect(url: &str) -> Result<DatabaseManager, String> {
    let config = DatabaseConfig::from_url(url)
        .map_err(|error| error.to_string())?
        .max_connections(1);
    let pool = Pool::connect(config)
        .await
        .map_err(|error| error.to_string())?;
    Ok(pool.public())
}
