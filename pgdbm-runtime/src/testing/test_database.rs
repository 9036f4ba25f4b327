//! A database for one test.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::harness::{Isolation, TestPlan};
use super::keeper::{Keeper, Order};
use super::lease::{Fate, Lease};
use super::private_schema::OwnSchemas;
use super::query_log::QueryLog;
use super::server::PgServer;
use super::session::patiently;
use super::template::Template;
use super::{fixture, kept};
use crate::error::Error;
use crate::{DatabaseConfig, DatabaseManager, EmbeddedMigrations, Migrations, Pool, Transaction};

/// A database for one test: fresh, migrated, and gone afterwards.
///
/// `#[pgdbm::test]` hands one to each test. Under another test harness, make one with [`create`](Self::create) or with
/// [`TestDatabaseOptions`]:
///
/// ```
/// # use pgdbm_runtime as pgdbm;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), pgdbm::Error> {
/// use pgdbm::testing::TestDatabaseOptions;
///
/// let database = TestDatabaseOptions::new().schema("shop").create().await?;
/// let db = database.manager();
/// db.execute("CREATE TABLE {{tables.users}} (id int PRIMARY KEY)").await?;
/// assert!(db.table_exists("users").await?);
/// database.close().await;
/// # Ok(()) }
/// ```
///
/// A clone is the same database. It goes away with the last clone: in the background, so that nobody waits for it.
/// [`close`](Self::close) lets a process wait for that. When it is dropped while its thread panics, it is kept for some
/// minutes, and standard error says where it is. The [module](crate::testing) says how that works.
#[derive(Clone)]
pub struct TestDatabase {
    shared: Arc<Shared>,
}

struct Shared {
    pool: Pool,
    config: DatabaseConfig,
    db: DatabaseManager,
    isolation: Isolation,
    /// What is loaded before a transaction is handed to the test.
    fixtures: Vec<(String, String)>,
    keeper: Arc<Keeper>,
    /// What is to be given back; nothing once it was.
    loan: Mutex<Option<Loan>>,
    test: String,
    log: QueryLog,
}

enum Loan {
    Database(Lease),
    Schemas(OwnSchemas),
}

/// What a [`TestDatabase`] is to be.
#[derive(Clone, Debug)]
#[must_use = "nothing happens before `create`"]
pub struct TestDatabaseOptions {
    schemas: Vec<(String, Vec<EmbeddedMigrations>)>,
    isolation: Isolation,
    fixtures: Vec<(String, String)>,
    max_connections: usize,
    name: Option<String>,
    server: Option<PgServer>,
}

impl Default for TestDatabaseOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl TestDatabaseOptions {
    /// A database of one's own with an empty schema `public`, and a pool of at most five connections.
    pub fn new() -> Self {
        TestDatabaseOptions {
            schemas: Vec::new(),
            isolation: Isolation::Database,
            fixtures: Vec::new(),
            max_connections: 5,
            name: None,
            server: None,
        }
    }

    /// With this schema, which is empty unless [`migrations`](Self::migrations) name it too. The first schema is that of
    /// [`TestDatabase::manager`].
    pub fn schema(mut self, schema: &str) -> Self {
        self.modules(schema);
        self
    }

    /// With a schema that these migrations have made. Several modules may migrate one schema, in the order of the calls.
    pub fn migrations<M: Migrations>(mut self, schema: &str, _: M) -> Self {
        self.modules(schema).push(M::MIGRATIONS);
        self
    }

    /// What the test has for itself. Default: a database.
    ///
    /// [`Isolation::Schema`] makes its schemas in the server's own database, for roles that may not create databases: name them
    /// through [`TestDatabase::manager_for`], because the pool's own managers reach what else is in that database.
    /// [`Isolation::Transaction`] gives a migrated database that tests share and nobody can write to, except in the transactions
    /// of [`TestDatabase::transaction`]; the fixtures are in each of those.
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.isolation = isolation;
        self
    }

    /// With what a file holds: statements (`users.sql`), or rows for the table that the file is named for (`users.csv`, whose
    /// first line names the columns). Loaded into the first schema, in the order of the calls.
    pub fn fixture(mut self, name: &str, content: &str) -> Self {
        self.fixtures.push((name.to_owned(), content.to_owned()));
        self
    }

    /// How many connections the test's pool has at most. Default 5. So many are reserved on the server before the test
    /// begins, for all processes together.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// The test's name, under which a kept database is found again. Default: the name of the thread, which libtest calls as
    /// the test.
    pub fn name(mut self, test: &str) -> Self {
        self.name = Some(test.to_owned());
        self
    }

    /// On this server. Default: [`PgServer::start`].
    pub fn on(mut self, server: &PgServer) -> Self {
        self.server = Some(server.clone());
        self
    }

    pub(crate) fn of_plan(plan: &TestPlan) -> Self {
        let defaults = Self::new();
        let fixtures = plan.fixtures.iter();
        TestDatabaseOptions {
            schemas: plan
                .schemas
                .iter()
                .map(|schema| (schema.schema.to_owned(), schema.migrations.to_vec()))
                .collect(),
            isolation: plan.isolation,
            fixtures: fixtures
                .map(|fixture| (fixture.name.to_owned(), fixture.content.to_owned()))
                .collect(),
            max_connections: plan.max_connections.unwrap_or(match plan.isolation {
                Isolation::Transaction => 1,
                _ => defaults.max_connections,
            }),
            name: Some(plan.name.to_owned()),
            server: None,
        }
    }

    fn modules(&mut self, schema: &str) -> &mut Vec<EmbeddedMigrations> {
        let known = self.schemas.iter().position(|(name, _)| name == schema);
        let index = known.unwrap_or_else(|| {
            self.schemas.push((schema.to_owned(), Vec::new()));
            self.schemas.len() - 1
        });
        &mut self.schemas[index].1
    }

    /// Makes the database: takes a copy that waits for it, or else makes one.
    ///
    /// # Errors
    /// When there is no server, the role may not create databases, a migration or a fixture fails, or the server has not as
    /// many connections as the test may open.
    ///
    /// # Cancellation
    /// If the future is dropped, what was made so far goes away in the background.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn create(mut self) -> Result<TestDatabase, Error> {
        let server = match self.server.take() {
            Some(server) => server,
            None => start_server().await?,
        };
        let keeper = Keeper::of(&server)?;
        let test = self.name.take().unwrap_or_else(|| {
            let thread = std::thread::current();
            thread.name().unwrap_or("a test without a name").to_owned()
        });
        let mut schemas = std::mem::take(&mut self.schemas);
        if schemas.is_empty() {
            schemas.push(("public".to_owned(), Vec::new()));
        }
        for (schema, _) in &schemas {
            crate::manager::valid_schema(schema)?;
        }
        let order = Order {
            template: Template::new(schemas, keeper.role()),
            connections: self.max_connections,
            test,
        };
        let (mut loan, config) = self.borrow(&keeper, &order).await?;
        let log = QueryLog::new();
        let config = config
            .max_connections(self.max_connections)
            .observed_by(log.observer());
        let config = match self.isolation {
            // What other tests share is changed in the test's transaction only, which is never committed.
            Isolation::Transaction => config.setting("default_transaction_read_only", "on"),
            _ => config,
        };
        let pool = patiently(|| Pool::connect(config.clone())).await?;
        match &mut loan {
            Loan::Schemas(own) => {
                for (schema, modules) in order.template.schemas() {
                    let db = pool.manager(&own.physical(schema))?;
                    Template::migrate_schema(&db, modules)
                        .await
                        .map_err(|error| cannot_make_schemas(error, &config))?;
                }
                own.begin_sweeping();
            }
            Loan::Database(lease) => {
                lease.begin_tending(&order);
            }
        }
        let first = order.template.schemas().first();
        let first = first.map_or("public", |(schema, _)| schema.as_str());
        let db = pool.manager(&loan.physical(first))?;
        let database = TestDatabase {
            shared: Arc::new(Shared {
                pool,
                config,
                db,
                isolation: self.isolation,
                fixtures: self.fixtures,
                keeper,
                loan: Mutex::new(Some(loan)),
                test: order.test,
                log,
            }),
        };
        if self.isolation != Isolation::Transaction && !database.shared.fixtures.is_empty() {
            let connection = database.manager().acquire().await?;
            database.load_fixtures(&connection).await?;
        }
        // How the database was made is no part of the test's story.
        database.shared.log.clear();
        Ok(database)
    }

    async fn borrow(
        &self,
        keeper: &Arc<Keeper>,
        order: &Order,
    ) -> Result<(Loan, DatabaseConfig), Error> {
        let (keeper, order) = (Arc::clone(keeper), order.clone());
        Ok(match self.isolation {
            Isolation::Database | Isolation::Transaction => {
                let lease = if self.isolation == Isolation::Database {
                    keeper.spawn(Arc::clone(&keeper).take(order)).await
                } else {
                    keeper.spawn(Arc::clone(&keeper).share(order)).await
                };
                let lease = lease.map_err(|error| stopped(&error))??;
                let config = keeper.database(lease.name())?;
                (Loan::Database(lease), config)
            }
            Isolation::Schema => {
                let claim = OwnSchemas::claim(Arc::clone(&keeper), order);
                let own = keeper
                    .spawn(claim)
                    .await
                    .map_err(|error| stopped(&error))??;
                let config = DatabaseConfig::from_url(keeper.server().url())?;
                (Loan::Schemas(own), config)
            }
        })
    }
}

impl Loan {
    /// The name that a schema of the test has on the server.
    fn physical(&self, schema: &str) -> String {
        match self {
            Loan::Database(_) => schema.to_owned(),
            Loan::Schemas(own) => own.physical(schema),
        }
    }

    async fn end(self, fate: Fate) {
        match self {
            Loan::Database(lease) => lease.end(fate).await,
            Loan::Schemas(own) => own.end(fate).await,
        }
    }
}

fn cannot_make_schemas(error: Error, config: &DatabaseConfig) -> Error {
    if error.code() != Some("42501") || error.is_migration() {
        return error;
    }
    let (database, role) = (config.database_name(), config.role());
    Error::config(format!(
        "the tests' schemas cannot be made: {error}\n  help: give the role the right: GRANT CREATE ON DATABASE {database} TO {role}"
    ))
}

/// Starting may take a second, and blocks.
async fn start_server() -> Result<PgServer, Error> {
    tokio::task::spawn_blocking(PgServer::start)
        .await
        .map_err(|error| stopped(&error))?
        .map_err(|error| Error::config(error.to_string()))
}

fn stopped(error: &tokio::task::JoinError) -> Error {
    Error::config(format!("the testing kit stopped: {error}"))
}

impl TestDatabase {
    /// A database of one's own with an empty schema `public`: [`TestDatabaseOptions::new`] and
    /// [`create`](TestDatabaseOptions::create).
    ///
    /// # Errors
    /// As [`TestDatabaseOptions::create`].
    pub async fn create() -> Result<TestDatabase, Error> {
        TestDatabaseOptions::new().create().await
    }

    /// The pool that all managers of the test share.
    pub fn pool(&self) -> &Pool {
        &self.shared.pool
    }

    /// The configuration to reach the database, for pools of the test's own.
    pub fn config(&self) -> DatabaseConfig {
        self.shared.config.clone()
    }

    /// The manager for the first schema.
    pub fn manager(&self) -> &DatabaseManager {
        &self.shared.db
    }

    /// A manager for a schema of the test. Where tests share a database ([`Isolation::Schema`]), the schema's name on the
    /// server is another one, which no other test has.
    ///
    /// # Errors
    /// When the name is not one that a schema may have, or the database was closed.
    pub fn manager_for(&self, schema: &str) -> Result<DatabaseManager, Error> {
        crate::manager::valid_schema(schema)?;
        let loan = self.loan();
        let physical = match &*loan {
            Some(loan) => loan.physical(schema),
            None => {
                return Err(Error::config(
                    "the test's database was closed\n  help: take the manager before `close`",
                ));
            }
        };
        self.shared.pool.manager(&physical)
    }

    /// What the test has sent to the server so far.
    pub fn query_log(&self) -> &QueryLog {
        &self.shared.log
    }

    /// The name of the database.
    pub fn name(&self) -> &str {
        self.shared.config.database_name()
    }

    /// What the test has for itself.
    pub fn isolation(&self) -> Isolation {
        self.shared.isolation
    }

    /// The server that the database is on.
    pub fn server(&self) -> &PgServer {
        self.shared.keeper.server()
    }

    /// Begins a transaction in a schema. With [`Isolation::Transaction`] it is one that can never be committed, with the
    /// fixtures in it: its `commit` ends well, and others see nothing of it.
    ///
    /// ```
    /// # use pgdbm_runtime as pgdbm;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), pgdbm::Error> {
    /// use pgdbm::testing::{Isolation, TestDatabaseOptions};
    ///
    /// let options = TestDatabaseOptions::new().schema("shop").isolation(Isolation::Transaction);
    /// let database = options.create().await?;
    /// let tx = database.transaction("shop").await?;
    /// tx.execute("CREATE TABLE {{tables.users}} (id int PRIMARY KEY)").await?;
    /// assert!(tx.table_exists("users").await?);
    /// # drop(tx);
    /// # database.close().await;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// When the name is not one that a schema may have, no connection can be had, or a fixture fails.
    pub async fn transaction(&self, schema: &str) -> Result<Transaction<'static>, Error> {
        let db = self.manager_for(schema)?;
        if self.shared.isolation != Isolation::Transaction {
            return db.transaction().await;
        }
        let connection = db.acquire().await?;
        connection.batch("BEGIN READ WRITE").await?;
        self.load_fixtures(&connection).await?;
        Transaction::begin_inside(connection).await
    }

    /// Gives the database back. The last one of a process waits until all that were given back are dropped or as good as new.
    /// Clones are of no use afterwards.
    ///
    /// # Cancellation
    /// If the future is dropped, that goes on in the background.
    pub async fn close(self) {
        let loan = self.loan().take();
        self.shared.pool.close().await;
        // The connections' tasks were woken by that, and say goodbye when it is their turn.
        tokio::task::yield_now().await;
        if let Some(loan) = loan {
            loan.end(Fate::Drop).await;
        }
    }

    /// What becomes of the database at the end of a test; blocks until the server knows it, and is no part of any runtime.
    pub(super) fn end(&self, failed: bool) {
        let Some(loan) = self.loan().take() else {
            return;
        };
        let fate = self.shared.fate(&loan, failed);
        self.shared.end_now(loan, fate);
    }

    /// What the server does in the database now.
    pub(super) async fn activity(&self) -> Vec<String> {
        let name = self.name().to_owned();
        let keeper = Arc::clone(&self.shared.keeper);
        let asked = self.shared.keeper.spawn(keeper.activity(name)).await;
        asked.ok().and_then(Result::ok).unwrap_or_default()
    }

    async fn load_fixtures(&self, on: &crate::Connection) -> Result<(), Error> {
        for (name, content) in &self.shared.fixtures {
            let within = self.shared.isolation == Isolation::Transaction;
            fixture::load(on, name, content, within).await?;
        }
        if !self.shared.fixtures.is_empty() {
            // The rows may bring numbers of their own, from which the sequences have to go on.
            Self::advance_sequences(on).await?;
        }
        Ok(())
    }

    fn loan(&self) -> std::sync::MutexGuard<'_, Option<Loan>> {
        self.shared
            .loan
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// Blocks until the server knows what becomes of the loan.
    fn end_now(&self, loan: Loan, fate: Fate) {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        self.keeper.spawn(async move {
            loan.end(fate).await;
            let _ = sender.send(());
        });
        // What the server does not get to know now, it learns from the next process that sweeps.
        let _ = receiver.recv_timeout(std::time::Duration::from_secs(10));
    }

    /// Keeps what a failed test had, unless there is nothing to keep or nobody wants to look, and says where it is.
    fn fate(&self, loan: &Loan, failed: bool) -> Fate {
        let time = if failed && self.isolation != Isolation::Transaction {
            kept::time()
        } else {
            None
        };
        let Some(time) = time else { return Fate::Drop };
        let server = self.keeper.server();
        let (what, schemas) = match loan {
            Loan::Database(lease) => {
                kept::hold(server, lease.name(), time);
                ("database is", &[self.db.schema().to_owned()][..])
            }
            Loan::Schemas(own) => {
                kept::hold(server, &own.kept_name(), time);
                ("schemas are", own.names())
            }
        };
        eprintln!(
            "{}",
            kept::notice(&self.config, what, schemas, &self.test, time)
        );
        Fate::Keep(time)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let loan = self.loan.get_mut().unwrap_or_else(PoisonError::into_inner);
        let Some(loan) = loan.take() else { return };
        let panicking = std::thread::panicking();
        let fate = self.fate(&loan, panicking);
        if panicking {
            // A process that fails may end at once.
            self.end_now(loan, fate);
        } else {
            drop(self.keeper.spawn(loan.end(fate)));
        }
    }
}

impl fmt::Debug for TestDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestDatabase")
            .field("url", &format_args!("{}", self.shared.config))
            .field("schema", &self.shared.db.schema())
            .finish_non_exhaustive()
    }
}
