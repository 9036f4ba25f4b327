//! Running one test: what `#[pgdbm::test]` expands to calls.

use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::pin::Pin;
use std::process::ExitCode;
use std::time::Duration;

use futures_util::FutureExt;

use super::test_database::{TestDatabase, TestDatabaseOptions};
use crate::{DatabaseManager, EmbeddedMigrations, Error, Pool, Transaction};

/// What `#[pgdbm::test(…)]` says of a test. One `static` per test.
#[derive(Debug)]
pub struct TestPlan {
    /// The test's path, such as `shop::orders::refund`.
    pub name: &'static str,
    /// What a test has for itself.
    pub isolation: Isolation,
    /// The schemas with their migrations; the first is that of arguments which name none. Never empty.
    pub schemas: &'static [SchemaPlan],
    /// What is loaded before the test begins, in order.
    pub fixtures: &'static [Fixture],
    /// How long the test may take.
    pub timeout: Option<Duration>,
    /// The most connections of the test's pool.
    pub max_connections: Option<usize>,
    /// The threads of a multi-threaded runtime, 0 for as many as the machine has processors; `None`: a current-thread
    /// runtime.
    pub worker_threads: Option<usize>,
    /// How often one call site may run before the test fails (the N+1 detector).
    pub max_repeats: Option<usize>,
    /// Whether the test carries `#[should_panic]`.
    pub should_panic: bool,
}

/// A schema and the migrations that make it, module by module.
#[derive(Debug)]
pub struct SchemaPlan {
    /// The schema's name.
    pub schema: &'static str,
    /// Applied in this order; none leaves the schema empty.
    pub migrations: &'static [EmbeddedMigrations],
}

/// A file that is loaded before the test: statements (`.sql`) or rows for the table that the file is named for (`.csv`).
#[derive(Debug)]
pub struct Fixture {
    /// As it stands in the attribute.
    pub name: &'static str,
    /// The file's content.
    pub content: &'static str,
}

/// What a test has for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Isolation {
    /// A database.
    Database,
    /// Schemas in a database that tests share.
    Schema,
    /// A transaction in a database that tests share; it is rolled back.
    Transaction,
}

/// A type that a test may take as an argument: [`DatabaseManager`], [`Pool`], [`TestDatabase`], [`Transaction`]. Sealed.
#[diagnostic::on_unimplemented(
    message = "a test cannot take `{Self}` as an argument",
    label = "expected `DatabaseManager`, `Pool`, `TestDatabase` or `Transaction`",
    note = "a test takes its arguments by value: `async fn test(db: DatabaseManager)`"
)]
pub trait TestArgument: Sized + sealed::Sealed {
    #[doc(hidden)]
    fn from_database<'d>(
        database: &'d TestDatabase,
        schema: &'d str,
    ) -> Pin<Box<dyn Future<Output = Result<Self, Error>> + Send + 'd>>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for crate::DatabaseManager {}
    impl Sealed for crate::Pool {}
    impl Sealed for super::TestDatabase {}
    impl Sealed for crate::Transaction<'static> {}
}

impl TestArgument for DatabaseManager {
    fn from_database<'d>(
        database: &'d TestDatabase,
        schema: &'d str,
    ) -> Pin<Box<dyn Future<Output = Result<Self, Error>> + Send + 'd>> {
        Box::pin(async move { database.manager_for(schema) })
    }
}

impl TestArgument for Pool {
    fn from_database<'d>(
        database: &'d TestDatabase,
        _: &'d str,
    ) -> Pin<Box<dyn Future<Output = Result<Self, Error>> + Send + 'd>> {
        Box::pin(async move {
            if database.isolation() == Isolation::Schema {
                return Err(Error::config(
                    "with `isolation = \"schema\"` the pool is that of a database which others use: a manager made from it \
                     would reach their schemas\n  help: take a `DatabaseManager` for each schema, or `TestDatabase` and its \
                     `manager_for`",
                ));
            }
            Ok(database.pool().clone())
        })
    }
}

impl TestArgument for TestDatabase {
    fn from_database<'d>(
        database: &'d TestDatabase,
        _: &'d str,
    ) -> Pin<Box<dyn Future<Output = Result<Self, Error>> + Send + 'd>> {
        Box::pin(async move { Ok(database.clone()) })
    }
}

impl TestArgument for Transaction<'static> {
    fn from_database<'d>(
        database: &'d TestDatabase,
        schema: &'d str,
    ) -> Pin<Box<dyn Future<Output = Result<Self, Error>> + Send + 'd>> {
        Box::pin(database.transaction(schema))
    }
}

/// One argument of a test. Called by generated code.
#[allow(clippy::panic, reason = "a test says by panicking what is wrong")]
pub async fn argument<T: TestArgument>(database: &TestDatabase, schema: &str) -> T {
    match T::from_database(database, schema).await {
        Ok(argument) => argument,
        Err(error) => panic!("the test cannot begin: {error}"),
    }
}

/// A type that a test with `isolation = "transaction"` may take as its argument: [`Transaction`]. Sealed.
#[diagnostic::on_unimplemented(
    message = "a test with `isolation = \"transaction\"` cannot take `{Self}` as its argument",
    label = "expected `Transaction<'_>`: anything else uses other connections, which do not see what the transaction did",
    note = "write `isolation = \"schema\"` for a test that needs more than one connection"
)]
pub trait TransactionArgument: TestArgument {}

impl TransactionArgument for Transaction<'static> {}

/// The argument of a test with `isolation = "transaction"`. Called by generated code.
pub async fn transaction_argument<T: TransactionArgument>(
    database: &TestDatabase,
    schema: &str,
) -> T {
    argument(database, schema).await
}

/// What a test may return, and whether it says that the test failed. Sealed by its module.
#[diagnostic::on_unimplemented(
    message = "a test cannot return `{Self}`",
    label = "expected `()`, `Result<(), E>` or `ExitCode`"
)]
pub trait TestOutcome {
    #[doc(hidden)]
    fn is_failure(&self) -> bool;

    /// What a test with `#[should_panic]` gives that could not begin: a panic would say that all is well. The attribute goes
    /// with `()` alone.
    #[doc(hidden)]
    fn without_panic() -> Option<Self>
    where
        Self: Sized,
    {
        None
    }
}

impl TestOutcome for () {
    fn without_panic() -> Option<()> {
        Some(())
    }

    fn is_failure(&self) -> bool {
        false
    }
}

impl<T: TestOutcome, E: fmt::Debug> TestOutcome for Result<T, E> {
    fn is_failure(&self) -> bool {
        self.as_ref().map_or(true, TestOutcome::is_failure)
    }
}

impl TestOutcome for ExitCode {
    fn is_failure(&self) -> bool {
        *self != ExitCode::SUCCESS
    }
}

/// Runs a test on a database of its own. Called by generated code.
#[track_caller]
#[allow(clippy::panic, reason = "a test says by panicking what is wrong")]
pub fn run<O, F>(plan: &'static TestPlan, test: impl FnOnce(TestDatabase) -> F) -> O
where
    O: TestOutcome,
    F: Future<Output = O>,
{
    let mut outcome = None;
    let place = &mut outcome;
    let begun = run_erased(
        plan,
        Box::new(move |database| {
            Box::pin(async move {
                let outcome = test(database).await;
                let failed = outcome.is_failure();
                *place = Some(outcome);
                failed
            })
        }),
    );
    match (outcome, begun) {
        (Some(outcome), _) => outcome,
        (None, Ok(())) => panic!("the test ended without an outcome"),
        (None, Err(reason)) => match O::without_panic() {
            Some(outcome) if plan.should_panic => {
                eprintln!("{reason}");
                outcome
            }
            _ => panic!("{reason}"),
        },
    }
}

/// A test without its types, so that the compiler does not make all that follows anew for each. It gives whether it failed.
type ErasedTest<'t> = Box<dyn FnOnce(TestDatabase) -> ErasedFuture<'t> + 't>;
type ErasedFuture<'t> = Pin<Box<dyn Future<Output = bool> + 't>>;

/// How a test ended that has no outcome.
enum Failure {
    /// It panicked, and that was shown when it happened.
    Panic(Box<dyn std::any::Any + Send>),
    /// The kit has something to say.
    Message(String),
}

/// Returns when the test has an outcome, and panics otherwise. The error says why the test could not begin.
#[track_caller]
#[allow(clippy::panic, reason = "a test says by panicking what is wrong")]
fn run_erased(plan: &'static TestPlan, test: ErasedTest<'_>) -> Result<(), String> {
    let cannot_begin = |error: &dyn fmt::Display| format!("the test cannot begin: {error}");
    let runtime = runtime(plan).map_err(|error| cannot_begin(&error))?;
    let (database, ended) = runtime.block_on(async {
        let created = TestDatabaseOptions::of_plan(plan).create().await;
        let database = created.map_err(|error| cannot_begin(&error))?;
        // What the test does when it is called belongs to it as well.
        let test = AssertUnwindSafe(async { test(database.clone()).await }).catch_unwind();
        let ended = within(plan.timeout, test, &database).await;
        let ended = checked(plan, &database, ended);
        Ok::<_, String>((database, ended))
    })?;
    let failed = ended.as_ref().map_or(true, |failed| *failed);
    // With the runtime the test's connections go, and then nobody is in the database that is to be dropped.
    runtime.shutdown_background();
    database.end(failed != plan.should_panic);
    match ended {
        Ok(_) => Ok(()),
        Err(Failure::Panic(panic)) => resume_unwind(panic),
        Err(Failure::Message(message)) => panic!("{message}"),
    }
}

/// The N+1 detector looks at tests that went well.
fn checked(
    plan: &TestPlan,
    database: &TestDatabase,
    ended: Result<bool, Failure>,
) -> Result<bool, Failure> {
    match (ended, plan.max_repeats) {
        (Ok(false), Some(limit)) => match database.query_log().check_repeats(limit) {
            Ok(()) => Ok(false),
            Err(message) => Err(Failure::Message(message)),
        },
        (ended, _) => ended,
    }
}

fn runtime(plan: &TestPlan) -> std::io::Result<tokio::runtime::Runtime> {
    let mut builder = match plan.worker_threads {
        None => tokio::runtime::Builder::new_current_thread(),
        Some(threads) => {
            let mut builder = tokio::runtime::Builder::new_multi_thread();
            if threads > 0 {
                builder.worker_threads(threads);
            }
            builder
        }
    };
    builder.enable_all().build()
}

/// Awaits the test, for so long; then says what it was busy with.
async fn within(
    timeout: Option<Duration>,
    test: impl Future<Output = std::thread::Result<bool>>,
    database: &TestDatabase,
) -> Result<bool, Failure> {
    let Some(timeout) = timeout else {
        return test.await.map_err(Failure::Panic);
    };
    let mut test = std::pin::pin!(test);
    if let Ok(ended) = tokio::time::timeout(timeout, test.as_mut()).await {
        return ended.map_err(Failure::Panic);
    }
    // The test is still there, with its connections as they stand.
    let mut message = format!("the test did not end within {timeout:?}");
    let busy = database.activity().await;
    if !busy.is_empty() {
        message.push_str("\nThe connections to its database:");
        for line in busy {
            message.push_str(&format!("\n    {line}"));
        }
    }
    let log = database.query_log();
    if log.count() > 0 {
        message.push_str(&format!("\nIts statements:\n{log}"));
    }
    Err(Failure::Message(message))
}
