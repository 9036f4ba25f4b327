//! What was applied to a schema: the table `pgdbm_migrations` in it.

use std::time::{Duration, SystemTime};

use crate::connection::Connection;
use crate::executor::Executor;
use crate::sql::{Sql, sql};
use crate::{Error, Row};

pub(super) const TABLE: &str = "pgdbm_migrations";

const CREATE: &str = "\
CREATE TABLE IF NOT EXISTS {{tables.pgdbm_migrations}} (
    module text NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    state text NOT NULL CHECK (state IN ('applied', 'partial')),
    statements_done integer NOT NULL DEFAULT 0,
    statement_running boolean NOT NULL DEFAULT false,
    started_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    applied_at timestamptz,
    duration_ms bigint,
    applied_by text NOT NULL DEFAULT current_user,
    PRIMARY KEY (module, name)
)";

/// One row of the history: a migration that was applied to the schema, whole or in part.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HistoryEntry {
    /// The module that the migration belongs to.
    pub module: String,
    /// The file's name.
    pub name: String,
    /// SHA-256 of the file when it was applied.
    pub checksum: String,
    /// When it was finished; none while it is partly applied.
    pub applied_at: Option<SystemTime>,
    /// How long it took.
    pub duration: Duration,
    /// The role that applied it.
    pub applied_by: String,
    /// Only for a file with `-- pgdbm:no-transaction` that stopped on its way.
    pub(super) partial: Option<Partial>,
}

/// How far a file without a transaction came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Partial {
    pub(super) statements_done: usize,
    /// Whether the next one was sent and nobody learned how it ended.
    pub(super) unknown: bool,
}

impl HistoryEntry {
    fn read(row: &Row) -> Result<Self, Error> {
        let done = row.get::<i32>("statements_done")?;
        let partial = Partial {
            statements_done: usize::try_from(done).unwrap_or_default(),
            unknown: row.get("statement_running")?,
        };
        let milliseconds = row.get::<Option<i64>>("duration_ms")?.unwrap_or_default();
        Ok(HistoryEntry {
            module: row.get("module")?,
            name: row.get("name")?,
            checksum: row.get("checksum")?,
            applied_at: row.get("applied_at")?,
            duration: Duration::from_millis(u64::try_from(milliseconds).unwrap_or_default()),
            applied_by: row.get("applied_by")?,
            partial: (row.get::<&str>("state")? == "partial").then_some(partial),
        })
    }
}

/// Creates the table if need be. To be called under the lock.
pub(super) async fn ensure_table(connection: &Connection) -> Result<(), Error> {
    // Asked first: another module's lock does not stop it from creating the same table, and IF NOT EXISTS
    // needs the right to create even when there is nothing to do.
    if connection.table_exists(TABLE).await? {
        return Ok(());
    }
    match connection.execute(CREATE).await {
        Ok(_) => Ok(()),
        Err(error) if was_faster(&error) && connection.table_exists(TABLE).await? => Ok(()),
        Err(error) => Err(error),
    }
}

/// What the server says to the slower one of two that create the same table, which depends on how far each has come:
/// unique_violation, duplicate_object (of the table's row type), duplicate_table.
fn was_faster(error: &Error) -> bool {
    matches!(error.code(), Some("23505" | "42710" | "42P07"))
}

/// The module's history, oldest first; empty when the table does not exist.
pub(super) async fn read(
    on: &impl Executor,
    exists: bool,
    module: &str,
) -> Result<Vec<HistoryEntry>, Error> {
    if !exists {
        return Ok(Vec::new());
    }
    const QUERY: &str = "SELECT module, name, checksum, state, statements_done, statement_running, applied_at, duration_ms, applied_by \
        FROM {{tables.pgdbm_migrations}} WHERE module = $1 ORDER BY started_at, name";
    let rows = sql(QUERY).bind(module).fetch_all(on).await?;
    rows.iter().map(HistoryEntry::read).collect()
}

/// The history's row of one migration, and what it says as far as this run knows.
///
/// The lock keeps other runs away. Should it be lost all the same, the row does: nothing is written over what this run
/// has not seen, so of two runs that apply the same file one fails, and its transaction with it.
pub(super) struct Record<'r> {
    module: &'r str,
    name: &'r str,
    /// Checksum and state; none when there is no row yet.
    seen: Option<(String, &'static str)>,
}

impl<'r> Record<'r> {
    pub(super) fn new(module: &'r str, name: &'r str, before: Option<&HistoryEntry>) -> Self {
        let state = |entry: &HistoryEntry| match entry.partial {
            Some(_) => "partial",
            None => "applied",
        };
        let seen = before.map(|entry| (entry.checksum.clone(), state(entry)));
        Record { module, name, seen }
    }

    /// Writes that the migration is applied.
    pub(super) async fn applied(
        &mut self,
        on: &impl Executor,
        checksum: &str,
        took: Duration,
    ) -> Result<(), Error> {
        const INSERT: &str = "\
            INSERT INTO {{tables.pgdbm_migrations}} (module, name, checksum, state, applied_at, duration_ms) \
            VALUES ($1, $2, $3, 'applied', pg_catalog.clock_timestamp(), $4)";
        const UPDATE: &str = "\
            UPDATE {{tables.pgdbm_migrations}} SET checksum = $3, state = 'applied', duration_ms = $4, \
                statement_running = false, applied_at = pg_catalog.clock_timestamp(), applied_by = current_user \
            WHERE module = $1 AND name = $2 AND checksum = $5 AND state = $6";
        let milliseconds = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
        let query = sql(if self.seen.is_none() { INSERT } else { UPDATE })
            .bind(self.module)
            .bind(self.name)
            .bind(checksum)
            .bind(milliseconds);
        self.write(on, query, checksum, "applied").await
    }

    /// Writes how far the migration, which has no transaction, has come.
    pub(super) async fn partial(
        &mut self,
        on: &impl Executor,
        checksum: &str,
        partial: Partial,
    ) -> Result<(), Error> {
        const INSERT: &str = "\
            INSERT INTO {{tables.pgdbm_migrations}} (module, name, checksum, state, statements_done, statement_running) \
            VALUES ($1, $2, $3, 'partial', $4, $5)";
        const UPDATE: &str = "\
            UPDATE {{tables.pgdbm_migrations}} SET checksum = $3, state = 'partial', statements_done = $4, \
                statement_running = $5, applied_at = NULL \
            WHERE module = $1 AND name = $2 AND checksum = $6 AND state = $7";
        let done = i32::try_from(partial.statements_done).unwrap_or(i32::MAX);
        let query = sql(if self.seen.is_none() { INSERT } else { UPDATE })
            .bind(self.module)
            .bind(self.name)
            .bind(checksum)
            .bind(done)
            .bind(partial.unknown);
        self.write(on, query, checksum, "partial").await
    }

    async fn write(
        &mut self,
        on: &impl Executor,
        query: Sql<'_>,
        checksum: &str,
        state: &'static str,
    ) -> Result<(), Error> {
        let query = match self.seen.take() {
            Some((checksum, state)) => query.bind(checksum).bind(state),
            None => query,
        };
        match query.execute(on).await {
            Ok(1) => {
                self.seen = Some((checksum.to_owned(), state));
                Ok(())
            }
            Ok(_) => Err(overtaken(self.name)),
            Err(error) if error.is_unique_violation() => Err(overtaken(self.name)),
            Err(error) => Err(error),
        }
    }
}

fn overtaken(name: &str) -> Error {
    Error::migrating(format!(
        "another process has applied {name} meanwhile, so this run stops\n  help: look for what released the lock: a migration that calls `pg_advisory_unlock_all` or DISCARD ALL, or a pooler that shares sessions"
    ))
}
