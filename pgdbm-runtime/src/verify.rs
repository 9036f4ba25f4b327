//! All queries of the program against live schemas, without running any of them.

mod report;
mod schema;

use std::collections::BTreeSet;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;

use futures_util::{StreamExt as _, stream};

use crate::query::{Location, QuerySite};
use crate::registry::{self, NoList};
use crate::{DatabaseManager, Error, Pool};
pub use report::{Disagreement, Verified, VerifyError};
use report::{Found, judged};

/// Holds every query of the program against the schema of a manager, without running any: the server prepares each, and its
/// description is compared with what the query was compiled against. Await it.
///
/// All call sites of `query!` and its sisters are in it, of libraries and of code that never runs too; of those that are not checked
/// (`query_unchecked!`) it is asked that the server takes them. So are the types that `#[pgdbm::migrations] mod schema {}` makes: the
/// labels of enums, the attributes of composite types, the columns of rows. One line in a test, or at the start of a program:
///
/// ```no_run
/// # use pgdbm_runtime as pgdbm;
/// # async fn example(db: pgdbm::DatabaseManager) {
/// let verified = pgdbm::verify(&db).await.unwrap();
/// assert!(verified.call_sites() > 0);
/// # }
/// ```
///
/// # Which queries
///
/// A call site belongs to the migrations of the package that it stands in, under the name of their module: `module` in that package's
/// `[package.metadata.pgdbm]`, else the name of the package. What `#[migrations(module = "…")]` says holds for the files alone: a query
/// does not see it, so a module is best named in Cargo.toml.
///
/// Left out are
///
/// - the queries of a module that the history of the schema does not know, where it knows another one of the program: they are for
///   other schemas. [`Verified::left_out`] has them. If it knows none of them (a schema that something else migrates, or none at all),
///   nothing is left out; nor are queries of packages without migrations.
/// - what [`module`](Verify::module) does not name, whatever the history knows,
/// - what [`only`](Verify::only) says no to. `query_unchecked!` is prepared as well, so queries on tables of another program, or on
///   tables that the program makes for itself, need that: `.only(|site| site.is_checked())`, or by their places.
///
/// Types belong to the module of the migrations that make them; `only` is not asked about them.
///
/// # Errors
/// [`VerifyError`], with everything that does not fit at once; or without any, where the server cannot be asked, and where there is
/// nothing to ask: no query in the program, none of a module that was named, none that `only` takes. On platforms other
/// than Linux, Android, the BSDs, those of Apple and Windows no program can list its call sites, and that is an error too.
///
/// # Cancellation and time
/// It takes one connection, and prepares on it outside of the statement cache; nothing stays behind. Dropping the future closes that
/// connection. The limits of `DatabaseConfig` hold for each query by itself; a table that another session changes is waited for. For
/// all together, wrap it in `tokio::time::timeout`.
///
/// See [PREPARE](https://www.postgresql.org/docs/current/sql-prepare.html).
pub fn verify(db: &DatabaseManager) -> Verify {
    Verify {
        managers: Ok(vec![db.clone()]),
        choice: Choice::default(),
        concurrency: 1,
    }
}

/// The same as [`verify`] for many schemas of one database, several at a time. What does not fit in the same way in a thousand
/// schemas is said once.
///
/// ```no_run
/// # use pgdbm_runtime as pgdbm;
/// # async fn example(pool: pgdbm::Pool, tenants: Vec<String>) -> Result<(), pgdbm::VerifyError> {
/// let verified = pgdbm::verify_all(&pool, &tenants).concurrency(4).await?;
/// println!("{} queries fit {} schemas", verified.call_sites(), verified.schemas());
/// # Ok(()) }
/// ```
///
/// # Errors
/// As [`verify`]; also when a name cannot be that of a schema. The first failure of a connection ends it.
///
/// # Cancellation and time
/// As [`verify`], with up to [`concurrency`](Verify::concurrency) connections of the pool.
pub fn verify_all<S: AsRef<str>>(pool: &Pool, schemas: impl IntoIterator<Item = S>) -> Verify {
    let managers = schemas
        .into_iter()
        .map(|schema| pool.manager(schema.as_ref()));
    Verify {
        managers: managers.collect(),
        choice: Choice::default(),
        // The program has other work for the rest.
        concurrency: pool.config().max_connections.div_ceil(2),
    }
}

/// A comparison that [`verify`] or [`verify_all`] begins: await it.
#[must_use = "nothing is verified before it is awaited"]
pub struct Verify {
    managers: Result<Vec<DatabaseManager>, Error>,
    choice: Choice,
    concurrency: usize,
}

/// Which call sites are meant.
#[derive(Clone, Default)]
struct Choice {
    modules: Vec<String>,
    only: Option<Arc<dyn Fn(CallSite) -> bool + Send + Sync>>,
}

impl Verify {
    /// Takes the queries of this module only, whatever the history says: by default a module has the name of its package. Several
    /// calls take several. A module that no query belongs to is an error, which says what modules there are.
    pub fn module(mut self, module: impl Into<String>) -> Self {
        self.choice.modules.push(module.into());
        self
    }

    /// Leaves out the queries for which `keep` says no: those on tables that the program makes for itself, for instance. To leave out
    /// all is an error.
    ///
    /// ```no_run
    /// # use pgdbm_runtime as pgdbm;
    /// # async fn example(db: pgdbm::DatabaseManager) -> Result<(), pgdbm::VerifyError> {
    /// pgdbm::verify(&db).only(|site| site.location().file.starts_with("src/")).await?;
    /// # Ok(()) }
    /// ```
    pub fn only(mut self, keep: impl Fn(CallSite) -> bool + Send + Sync + 'static) -> Self {
        self.choice.only = Some(Arc::new(keep));
        self
    }

    /// How many schemas are verified at the same time, each on a connection of its own; at least 1. Default: half of the pool.
    pub fn concurrency(mut self, schemas: usize) -> Self {
        self.concurrency = schemas.max(1);
        self
    }

    async fn run(self) -> Result<Verified, VerifyError> {
        let managers = self.managers.map_err(VerifyError::failed)?;
        let (types, queries): (Vec<_>, Vec<_>) = sorted()
            .map_err(VerifyError::failed)?
            .into_iter()
            .partition(|site| site.is_type());
        let mut sites = self.choice.of(&queries).map_err(VerifyError::failed)?;
        sites.extend(types.into_iter().filter(|site| self.choice.is_named(site)));
        let sites: Arc<[&'static QuerySite]> = sites.into();
        let by_history = self.choice.modules.is_empty();
        let mut found = Vec::new();
        let schemas = managers.into_iter().enumerate();
        let each = schemas.map(|(position, db)| {
            let sites = Arc::clone(&sites);
            async move {
                let found = schema::verify(&db, &sites, by_history).await?;
                Ok::<(usize, Found), Error>((position, found))
            }
        });
        let mut each = stream::iter(each).buffer_unordered(self.concurrency);
        let mut failure = None;
        while let Some(one) = each.next().await {
            match one {
                Ok(one) => found.push(one),
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        // Those that are still under way are dropped, and their connections closed.
        drop(each);
        // In the order in which the schemas were named, however they came in.
        found.sort_by_key(|(position, _)| *position);
        judged(found.into_iter().map(|(_, found)| found), failure)
    }
}

impl Choice {
    /// Those of all call sites that are meant.
    ///
    /// # Errors
    /// When that is none, or none of a module that was named: what was never asked must not pass for what fits.
    fn of(&self, all: &[&'static QuerySite]) -> Result<Vec<&'static QuerySite>, Error> {
        if all.is_empty() {
            return Err(Error::config(
                "there is no query in the program, so nothing can be verified\n  help: a test has the queries of another crate only \
                 if it uses something of that: `use my_crate as _;`",
            ));
        }
        for module in &self.modules {
            if all.iter().all(|site| site.module() != module) {
                let known: BTreeSet<&str> = all.iter().map(|site| site.module()).collect();
                let known: Vec<String> = known
                    .into_iter()
                    .filter(|module| !module.is_empty())
                    .map(|module| format!("`{module}`"))
                    .collect();
                let help = match known.is_empty() {
                    true => "none belongs to a module, for none of their packages has migrations"
                        .to_owned(),
                    false => format!("there are queries of {}", known.join(", ")),
                };
                return Err(Error::config(format!(
                    "no query of the program belongs to the module `{module}`\n  help: {help}; `module` in \
                     `[package.metadata.pgdbm]` gives those of a package another"
                )));
            }
        }
        let sites: Vec<_> = all
            .iter()
            .copied()
            .filter(|site| self.takes(site))
            .collect();
        if sites.is_empty() {
            return Err(Error::config(
                "`only` leaves out every query, so nothing can be verified\n  help: `call_sites()` lists what there is to choose from",
            ));
        }
        Ok(sites)
    }

    fn is_named(&self, site: &QuerySite) -> bool {
        let module = site.module();
        self.modules.is_empty() || self.modules.iter().any(|name| name == module)
    }

    fn takes(&self, site: &'static QuerySite) -> bool {
        self.is_named(site) && self.only.as_ref().is_none_or(|keep| keep(CallSite(site)))
    }
}

impl IntoFuture for Verify {
    type Output = Result<Verified, VerifyError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Verify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verify")
            .field("managers", &self.managers)
            .field("modules", &self.choice.modules)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

/// A call of `query!` or of one of its sisters.
#[derive(Clone, Copy)]
pub struct CallSite(&'static QuerySite);

impl CallSite {
    /// Where it stands.
    pub fn location(&self) -> Location {
        self.0.location
    }

    /// The SQL as it was written, placeholders included.
    pub fn sql(&self) -> &'static str {
        self.0.source
    }

    /// The module of the migrations of its package; none for a package without.
    pub fn module(&self) -> Option<&'static str> {
        Some(self.0.module()).filter(|module| !module.is_empty())
    }

    /// Whether it was checked against them.
    pub fn is_checked(&self) -> bool {
        self.0.facts().compiled.is_some()
    }
}

impl fmt::Debug for CallSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallSite")
            .field("sql", &self.sql())
            .field("location", &format_args!("{}", self.location()))
            .finish()
    }
}

/// All call sites of `query!` and its sisters in the program, by their places: those of libraries and of code that never runs too.
///
/// ```
/// # use pgdbm_runtime as pgdbm;
/// for site in pgdbm::call_sites()? {
///     println!("{}: {}", site.location(), site.sql());
/// }
/// # Ok::<(), pgdbm::Error>(())
/// ```
///
/// # Errors
/// On platforms other than Linux, Android, the BSDs, those of Apple and Windows, and with a linker that throws away what nothing
/// refers to ([`Error::is_config`]).
pub fn call_sites() -> Result<Vec<CallSite>, Error> {
    let sites = sorted()?.into_iter();
    Ok(sites.filter(|site| !site.is_type()).map(CallSite).collect())
}

fn sorted() -> Result<Vec<&'static QuerySite>, Error> {
    let mut sites = registry::sites().map_err(no_list)?;
    sites.sort_by_key(|site| (site.location.file, site.location.line, site.location.column));
    Ok(sites)
}

fn no_list(reason: NoList) -> Error {
    match reason {
        NoList::Platform => Error::config(format!(
            "a program for `{}` cannot list its queries, so they cannot be verified\n  help: run this on Linux, macOS or Windows",
            std::env::consts::OS
        )),
        NoList::Linker => Error::config(
            "the linker threw away the queries that nothing refers to, so they cannot be verified\n  help: link with `RUSTFLAGS=\"-C link-arg=-Wl,-z,nostart-stop-gc\"`",
        ),
    }
}
