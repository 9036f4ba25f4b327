//! Applying one migration: in a transaction, or statement by statement with a note of how far it came.

use std::time::{Duration, Instant};

use pgdbm_template::{Migration, OffsetMap, SchemaName, Template, checksum, lex};
use tokio_postgres::error::ErrorPosition;

use super::history::{self, HistoryEntry, Partial, Record};
use super::lock;
use crate::call::Text;
use crate::connection::Connection;
use crate::error::QueryContext;
use crate::transaction::{Transaction, TransactionOptions};
use crate::{DatabaseManager, Error};

/// A run that holds the lock, on a connection of its own that nobody gets afterwards.
pub(super) struct Run {
    connection: Connection,
    module: String,
}

/// A statement as the server gets it, with the way back to its place in the file.
pub(super) struct Rendered {
    pub(super) sql: String,
    map: OffsetMap,
    /// Where it begins in the file.
    start: usize,
    commits: Commits,
    /// Whether it is SET or RESET, on which the statements behind it may count.
    sets: bool,
}

/// What a statement commits while it runs.
enum Commits {
    /// Nothing: it takes effect as a whole.
    No,
    /// Parts of its work: CREATE INDEX CONCURRENTLY, VACUUM, ….
    InSteps,
    /// What the code says that it calls.
    AsItLikes,
}

/// Why a statement failed.
struct Failure {
    error: Error,
    /// Whether the statement is known to have done nothing.
    did_nothing: bool,
}

impl Run {
    pub(super) async fn begin(
        db: &DatabaseManager,
        module: &str,
        patience: Duration,
    ) -> Result<Run, Error> {
        // Without a cache, because statements of migrations may throw prepared ones away.
        let connection = db.acquire().await?.without_cache();
        // The lock, and the settings of `fresh_session`, end with the session: it is closed, never given back.
        connection.mark_dirty();
        let run = Run {
            connection,
            module: module.to_owned(),
        };
        run.fresh_session().await?;
        lock::acquire(&run.connection, module, patience).await?;
        history::ensure_table(&run.connection).await?;
        Ok(run)
    }

    /// Takes back what a migration did to the session, so that none depends on the one before it.
    async fn fresh_session(&self) -> Result<(), Error> {
        // A migration may take as long as it needs; it still does not wait long for locks that others hold.
        const FRESH: &str = "\
            RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; DISCARD TEMP; \
            SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0";
        self.connection.batch(FRESH).await
    }

    pub(super) async fn history(&self) -> Result<Vec<HistoryEntry>, Error> {
        history::read(&self.connection, true, &self.module).await
    }

    pub(super) async fn apply(
        &self,
        migration: &Migration,
        before: Option<&HistoryEntry>,
    ) -> Result<Duration, Error> {
        let started = Instant::now();
        self.fresh_session().await?;
        if migration.directives.no_transaction {
            // CREATE INDEX CONCURRENTLY waits for every older transaction, which is no lock that others wait behind;
            // when it gives up, an invalid index is left.
            self.connection.batch("SET lock_timeout = 0").await?;
        }
        lock::demand(&self.connection, &self.module).await?;
        let mut record = Record::new(&self.module, &migration.file_name, before);
        if migration.directives.no_transaction {
            self.apply_statements(migration, before, &mut record)
                .await?;
            self.fresh_session().await?;
            let took = started.elapsed();
            record
                .applied(&self.connection, &migration.checksum, took)
                .await?;
            return Ok(took);
        }
        let transaction =
            Transaction::begin_on(&self.connection, TransactionOptions::new()).await?;
        for statement in statements(migration, self.connection.schema_name()) {
            self.run(migration, &statement)
                .await
                .map_err(|failure| failure.error)?;
        }
        // The history belongs to the role that migrates, not to one that a migration took on.
        self.connection
            .batch("RESET SESSION AUTHORIZATION; RESET ROLE")
            .await?;
        let took = started.elapsed();
        record
            .applied(&transaction, &migration.checksum, took)
            .await?;
        transaction.commit().await?;
        Ok(took)
    }

    /// Writes that these are applied, all or none, without running them.
    pub(super) async fn record(&self, migrations: &[&Migration]) -> Result<(), Error> {
        let transaction =
            Transaction::begin_on(&self.connection, TransactionOptions::new()).await?;
        for migration in migrations {
            Record::new(&self.module, &migration.file_name, None)
                .applied(&transaction, &migration.checksum, Duration::ZERO)
                .await?;
        }
        transaction.commit().await
    }

    /// Runs the statements behind those that took effect before.
    async fn apply_statements(
        &self,
        migration: &Migration,
        before: Option<&HistoryEntry>,
        record: &mut Record<'_>,
    ) -> Result<(), Error> {
        let statements = statements(migration, self.connection.schema_name());
        let begin = before.map_or(0, |entry| done_before(migration, entry));
        // What was done stays, but the session is another one: those behind may count on its settings.
        for statement in statements.iter().take(begin).filter(|done| done.sets) {
            let again = self.run(migration, statement).await;
            again.map_err(|failure| failure.error)?;
        }
        for (done, statement) in statements.iter().enumerate().skip(begin) {
            let running = Partial {
                statements_done: done,
                unknown: true,
            };
            self.note(migration, running, record).await?;
            let Err(Failure { error, did_nothing }) = self.run(migration, statement).await else {
                continue;
            };
            if did_nothing {
                let stopped = Partial {
                    statements_done: done,
                    unknown: false,
                };
                // Whether this succeeds or not, the first error is the one to tell.
                let _ = self.note(migration, stopped, record).await;
            }
            return Err(error);
        }
        Ok(())
    }

    async fn note(
        &self,
        migration: &Migration,
        partial: Partial,
        record: &mut Record<'_>,
    ) -> Result<(), Error> {
        let checksum = done_checksum(migration, partial);
        record.partial(&self.connection, &checksum, partial).await
    }

    /// Sends one statement by the simple protocol, which takes every kind of statement.
    async fn run(&self, migration: &Migration, statement: &Rendered) -> Result<(), Failure> {
        let client = self.connection.client().map_err(|error| Failure {
            error,
            did_nothing: true,
        })?;
        let running = self.connection.running();
        let result = client.batch_execute(&statement.sql).await;
        running.end();
        result.map_err(|driver| {
            let query = QueryContext {
                text: Text::dynamic(&migration.sql),
                schema: self.connection.schema_name().clone(),
            };
            let (sql, map) = (&statement.sql, &statement.map);
            let error = Error::from_driver_at(&driver, &query, sql, map, statement.start);
            let did_nothing = statement.did_nothing(&driver) && !error.is_connection_lost();
            Failure { error, did_nothing }
        })
    }

    pub(super) async fn resolve_unknown(
        &self,
        migration: &Migration,
        took_effect: bool,
    ) -> Result<(), Error> {
        let history = self.history().await?;
        let known = history
            .iter()
            .find(|entry| entry.name == migration.file_name)
            .and_then(|entry| Some((entry, entry.partial.filter(|partial| partial.unknown)?)));
        let Some((entry, partial)) = known else {
            return Err(Error::migrating(format!(
                "the history of schema \"{}\" knows no statement of {} whose outcome is unknown",
                self.connection.schema(),
                migration.file_name
            )));
        };
        if done_checksum(migration, partial) != entry.checksum {
            return Err(Error::migrating(format!(
                "{} has changed up to its statement {}, so nobody can say which one is meant\n  help: undo the change",
                migration.file_name,
                partial.statements_done + 1
            )));
        }
        let resolved = Partial {
            statements_done: partial.statements_done + usize::from(took_effect),
            unknown: false,
        };
        let mut record = Record::new(&self.module, &migration.file_name, Some(entry));
        self.note(migration, resolved, &mut record).await
    }
}

impl Rendered {
    /// Whether an error of the server says that this statement did nothing.
    ///
    /// Most statements are all or nothing. Those that commit on their way are not: a failed CREATE INDEX CONCURRENTLY
    /// leaves an invalid index, and a procedure or a DO block may have committed. Of them only mistakes are known to have
    /// done nothing that the server sees before it begins.
    fn did_nothing(&self, error: &tokio_postgres::Error) -> bool {
        let Some(error) = error.as_db_error() else {
            return false;
        };
        let in_the_text = matches!(error.position(), Some(ErrorPosition::Original(_)));
        let is_mistake = error.code().code().starts_with("42");
        match self.commits {
            Commits::No => true,
            Commits::InSteps => in_the_text || is_mistake,
            Commits::AsItLikes => in_the_text,
        }
    }
}

/// How many statements of a partly applied file took effect and are not to be run again.
pub(super) fn done_before(migration: &Migration, entry: &HistoryEntry) -> usize {
    match entry.partial {
        // What runs again whenever it changes begins anew when what was done has changed.
        Some(partial) if done_checksum(migration, partial) == entry.checksum => {
            partial.statements_done
        }
        _ => 0,
    }
}

/// What the history keeps while a file is partly applied: a checksum up to the last statement that took effect, or may
/// have done so. Those behind it can still be mended.
pub(super) fn done_checksum(migration: &Migration, partial: Partial) -> String {
    let template = Template::parse(&migration.sql);
    let end = (partial.statements_done + usize::from(partial.unknown))
        .checked_sub(1)
        .and_then(|last| Some(template.statements().get(last)?.end));
    checksum(
        migration
            .sql
            .get(..end.unwrap_or(0))
            .unwrap_or_default()
            .as_bytes(),
    )
}

/// The statements of a file as they are for a schema.
pub(super) fn statements(migration: &Migration, schema: &SchemaName) -> Vec<Rendered> {
    let template = Template::parse(&migration.sql);
    (0..template.statements().len())
        .map(|i| {
            let rendered = pgdbm_template::render(&template.statement_segments(i), schema);
            let statement = &template.statements()[i];
            let text = migration.sql.get(statement.start..).unwrap_or_default();
            let first = lex(text).find(|token| !token.kind.is_trivia());
            let begins_with = |words: [&str; 2]| {
                first.is_some_and(|first| words.iter().any(|word| first.is_word(text, word)))
            };
            let calls = begins_with(["call", "do"]);
            let commits = match statement.effects.refuses_transaction {
                _ if calls => Commits::AsItLikes,
                true => Commits::InSteps,
                false => Commits::No,
            };
            Rendered {
                sql: rendered.sql,
                map: rendered.map,
                start: statement.start,
                commits,
                sets: begins_with(["set", "reset"]),
            }
        })
        .collect()
}
