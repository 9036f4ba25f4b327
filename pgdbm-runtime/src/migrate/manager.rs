//! The migrations of one module in one schema: what is pending, what was done, and doing the rest.

use std::path::Path;
use std::time::Duration;

use pgdbm_template::{Migration, MigrationSet};

use super::apply::Run;
use super::history::{self, HistoryEntry};
use super::plan::{self, Policy};
use super::source::{self, EmbeddedMigrations, MigrationFiles, Migrations};
use super::status::{AppliedMigration, MigrationState, MigrationStatus, PlannedMigration};
use crate::{DatabaseManager, Error};

/// Applies the migrations of a module to the schema of a manager.
///
/// Under a lock of its own per database, schema and module, so that many processes may start at once; each file in a
/// transaction, together with its row in the history; never a file twice, never one that changed after it was applied.
///
/// ```no_run
/// # use pgdbm_runtime as pgdbm;
/// # use pgdbm_runtime::{EmbeddedMigrations, Migrations as Embedded};
/// # struct Migrations;
/// # impl Embedded for Migrations { const MIGRATIONS: EmbeddedMigrations = EmbeddedMigrations { module: "m", files: &[] }; }
/// # async fn example(pool: pgdbm_runtime::Pool) -> Result<(), pgdbm_runtime::Error> {
/// use pgdbm::MigrationManager;
///
/// // #[pgdbm::migrations("migrations")]
/// // struct Migrations;
/// let db = pool.manager("shop")?;
/// let report = MigrationManager::new(&db, Migrations).apply().await?;
/// println!("{} applied", report.applied.len());
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing happens before `apply`"]
pub struct MigrationManager {
    db: DatabaseManager,
    module: String,
    /// Name and content of each file.
    files: Vec<(String, String)>,
    lock_patience: Duration,
    allow_out_of_order: bool,
    ignore_missing: bool,
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationReport {
    /// What was applied, in order.
    pub applied: Vec<AppliedMigration>,
    /// How many had been applied before.
    pub already_applied: usize,
}

impl MigrationManager {
    /// The migrations that a struct with `#[pgdbm::migrations]` embeds, for the manager's schema.
    pub fn new<M: Migrations>(db: &DatabaseManager, _: M) -> Self {
        Self::embedded(db, M::MIGRATIONS)
    }

    /// Migrations that are in the program, for the manager's schema.
    pub(crate) fn embedded(db: &DatabaseManager, embedded: EmbeddedMigrations) -> Self {
        let files = embedded
            .files
            .iter()
            .map(|file| (file.name.to_owned(), file.content.to_owned()))
            .collect();
        Self::with_files(db, embedded.module, files)
    }

    /// The migrations that stand in a directory when the program runs.
    ///
    /// # Errors
    /// When the directory cannot be read, or a file breaks a rule; all mistakes at once.
    pub fn from_directory(
        db: &DatabaseManager,
        directory: impl AsRef<Path>,
        module: &str,
    ) -> Result<Self, Error> {
        Ok(MigrationFiles::read(directory)?.manager(db, module))
    }

    pub(super) fn with_files(
        db: &DatabaseManager,
        module: &str,
        files: Vec<(String, String)>,
    ) -> Self {
        MigrationManager {
            db: db.clone(),
            module: module.to_owned(),
            files,
            lock_patience: Duration::from_secs(60),
            allow_out_of_order: false,
            ignore_missing: false,
        }
    }

    /// How long to wait for another process that migrates the same schema. Default 60 s.
    pub fn lock_patience(mut self, patience: Duration) -> Self {
        self.lock_patience = patience;
        self
    }

    /// Allows a pending file whose version is lower than one that was applied: two branches that were merged.
    /// Default: an error.
    pub fn allow_out_of_order(mut self, allow: bool) -> Self {
        self.allow_out_of_order = allow;
        self
    }

    /// Allows applied migrations without a file: a newer program has been here. Default: an error.
    pub fn ignore_missing(mut self, ignore: bool) -> Self {
        self.ignore_missing = ignore;
        self
    }

    /// The module under which the history keeps these migrations.
    pub fn module(&self) -> &str {
        &self.module
    }

    /// Applies everything that is pending, and creates the schema and the history table if need be.
    ///
    /// # Errors
    /// The server's error with the file, line and column, when a statement fails: then that file left nothing behind (or, with
    /// `-- pgdbm:no-transaction`, the history says how far it came, and the next run goes on). When the history does not
    /// fit the files. When another process migrates for longer than [`lock_patience`](Self::lock_patience).
    ///
    /// # Cancellation
    /// If the future is dropped, the running file is rolled back, and the lock goes with its connection.
    pub async fn apply(&self) -> Result<MigrationReport, Error> {
        let set = source::validated(&self.files)?;
        self.db.ensure_schema().await?;
        let run = Run::begin(&self.db, &self.module, self.lock_patience).await?;
        let history = run.history().await?;
        let mut report = MigrationReport::default();
        let pending = self.pending_of(&set, &history)?;
        let is_pending = |name: &str| pending.iter().any(|migration| migration.file_name == name);
        report.already_applied = history
            .iter()
            .filter(|entry| entry.partial.is_none() && !is_pending(&entry.name))
            .count();
        for migration in pending {
            let before = history
                .iter()
                .find(|entry| entry.name == migration.file_name);
            let took = run
                .apply(migration, before)
                .await
                .map_err(|error| error.in_migration(&migration.file_name))?;
            report.applied.push(AppliedMigration {
                name: migration.file_name.clone(),
                took,
            });
        }
        Ok(report)
    }

    /// What `apply` would do now, without doing it: the files with their statements as the server would get them.
    ///
    /// # Errors
    /// As [`apply`](Self::apply), as far as it can be known without running anything.
    pub async fn dry_run(&self) -> Result<Vec<PlannedMigration>, Error> {
        let set = source::validated(&self.files)?;
        let history = self.history().await?;
        let schema = self.db.schema_name();
        Ok(self
            .pending_of(&set, &history)?
            .into_iter()
            .map(|migration| plan::planned(migration, &history, schema))
            .collect())
    }

    /// The names of the files that `apply` would apply now.
    ///
    /// # Errors
    /// As [`dry_run`](Self::dry_run).
    pub async fn pending(&self) -> Result<Vec<String>, Error> {
        Ok(self
            .dry_run()
            .await?
            .into_iter()
            .map(|migration| migration.name)
            .collect())
    }

    /// Where each migration stands: those with a file in order, then those that only the history knows.
    ///
    /// # Errors
    /// When the files break a rule or the server cannot be asked. What does not fit is a state here, not an error.
    pub async fn status(&self) -> Result<Vec<MigrationStatus>, Error> {
        let set = source::validated(&self.files)?;
        let history = self.history().await?;
        let files = set.iter().map(|migration| MigrationStatus {
            name: migration.file_name.clone(),
            state: plan::state(
                history
                    .iter()
                    .find(|entry| entry.name == migration.file_name),
                migration,
            ),
        });
        let missing = history.iter().filter(|entry| {
            set.iter()
                .all(|migration| migration.file_name != entry.name)
        });
        let missing = missing.map(|entry| MigrationStatus {
            name: entry.name.clone(),
            state: MigrationState::Missing,
        });
        Ok(files.chain(missing).collect())
    }

    /// What was applied to the schema for this module, oldest first.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn history(&self) -> Result<Vec<HistoryEntry>, Error> {
        let exists = self.db.table_exists(history::TABLE).await?;
        history::read(&self.db, exists, &self.module).await
    }

    /// Writes into the history that the files up to this one are applied, without running them: for a schema that was
    /// made by other means. Files that the history knows already stay as they are. Gives the names that were written.
    ///
    /// # Errors
    /// When there is no such file, or another process migrates.
    pub async fn baseline(&self, up_to: &str) -> Result<Vec<String>, Error> {
        let set = source::validated(&self.files)?;
        let Some(last) = set
            .versioned()
            .iter()
            .position(|migration| migration.file_name == up_to)
        else {
            return Err(Error::migrating(format!(
                "there is no versioned migration {up_to}"
            )));
        };
        self.db.ensure_schema().await?;
        let run = Run::begin(&self.db, &self.module, self.lock_patience).await?;
        let history = run.history().await?;
        let unknown = |migration: &&Migration| {
            history
                .iter()
                .all(|entry| entry.name != migration.file_name)
        };
        let files: Vec<&Migration> = set
            .versioned()
            .iter()
            .take(last + 1)
            .filter(unknown)
            .collect();
        run.record(&files).await?;
        Ok(files
            .into_iter()
            .map(|migration| migration.file_name.clone())
            .collect())
    }

    /// Says how the statement ended that a file without a transaction was running when its process died:
    /// whether it took effect. Look first; then `apply` goes on behind it, or with it.
    ///
    /// # Errors
    /// When the history knows no such open question, or another process migrates.
    pub async fn resolve_unknown(&self, name: &str, took_effect: bool) -> Result<(), Error> {
        let set = source::validated(&self.files)?;
        let Some(migration) = set.iter().find(|migration| migration.file_name == name) else {
            return Err(Error::migrating(format!("there is no migration {name}")));
        };
        let run = Run::begin(&self.db, &self.module, self.lock_patience).await?;
        run.resolve_unknown(migration, took_effect).await
    }

    fn pending_of<'s>(
        &self,
        set: &'s MigrationSet,
        history: &[HistoryEntry],
    ) -> Result<Vec<&'s Migration>, Error> {
        let policy = Policy {
            schema: self.db.schema(),
            allow_out_of_order: self.allow_out_of_order,
            ignore_missing: self.ignore_missing,
        };
        plan::pending(set, history, &policy)
    }
}
