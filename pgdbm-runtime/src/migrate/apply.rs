//! Applying one migration: in a transaction, or statement by statement with a note of how far it came.

use std::time::{Duration, Instant};

use pgdbm_template::{Migration, OffsetMap, SchemaName, Template, checksum};

use super::history::{self, HistoryEntry, Partial};
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
}

impl Run {
    pub(super) async fn begin(
        db: &DatabaseManager,
        module: &str,
        patience: Duration,
    ) -> Result<Run, Error> {
        let connection = db.acquire().await?;
        // The lock, and the settings below, end with the session: it is closed, never given back.
        connection.mark_dirty();
        // A migration may take as long as it needs; it still does not wait long for locks that others hold.
        connection
            .batch("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
            .await?;
        lock::acquire(&connection, module, patience).await?;
        history::ensure_table(&connection).await?;
        Ok(Run {
            connection,
            module: module.to_owned(),
        })
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
        if migration.directives.no_transaction {
            self.apply_statements(migration, before.and_then(|entry| entry.partial))
                .await?;
            let took = started.elapsed();
            history::record_applied(
                &self.connection,
                &self.module,
                &migration.file_name,
                &migration.checksum,
                took,
            )
            .await?;
            return Ok(took);
        }
        let transaction =
            Transaction::begin_on(&self.connection, TransactionOptions::new()).await?;
        for statement in statements(migration, self.connection.schema_name()) {
            self.run(migration, &statement).await?;
        }
        let took = started.elapsed();
        history::record_applied(
            &transaction,
            &self.module,
            &migration.file_name,
            &migration.checksum,
            took,
        )
        .await?;
        transaction.commit().await?;
        Ok(took)
    }

    /// Writes that these are applied, all or none, without running them.
    pub(super) async fn record(&self, migrations: &[&Migration]) -> Result<(), Error> {
        let transaction =
            Transaction::begin_on(&self.connection, TransactionOptions::new()).await?;
        for migration in migrations {
            let (name, checksum) = (&migration.file_name, &migration.checksum);
            history::record_applied(&transaction, &self.module, name, checksum, Duration::ZERO)
                .await?;
        }
        transaction.commit().await
    }

    /// Runs the statements behind those that took effect before.
    async fn apply_statements(
        &self,
        migration: &Migration,
        before: Option<Partial>,
    ) -> Result<(), Error> {
        let done_before = match before {
            Some(Partial {
                unknown: true,
                statements_done,
            }) => return Err(unknown(&migration.file_name, statements_done + 1)),
            Some(partial) => partial.statements_done,
            None => 0,
        };
        let statements = statements(migration, self.connection.schema_name());
        for (done, statement) in statements.iter().enumerate().skip(done_before) {
            self.note(
                migration,
                Partial {
                    statements_done: done,
                    unknown: true,
                },
            )
            .await?;
            if let Err(error) = self.run(migration, statement).await {
                // An error that the server gave says that the statement did nothing. Anything else leaves the note as it is.
                if error.code().is_some() && !error.is_connection_lost() {
                    self.note(
                        migration,
                        Partial {
                            statements_done: done,
                            unknown: false,
                        },
                    )
                    .await?;
                }
                return Err(error);
            }
        }
        Ok(())
    }

    async fn note(&self, migration: &Migration, partial: Partial) -> Result<(), Error> {
        let done = done_checksum(migration, partial.statements_done);
        history::record_partial(
            &self.connection,
            &self.module,
            &migration.file_name,
            &done,
            partial,
        )
        .await
    }

    /// Sends one statement by the simple protocol, which takes every kind of statement.
    async fn run(&self, migration: &Migration, statement: &Rendered) -> Result<(), Error> {
        let running = self.connection.running();
        let result = self
            .connection
            .client()?
            .batch_execute(&statement.sql)
            .await;
        running.end();
        result.map_err(|error| {
            self.connection.mark_failed(true);
            let file = Text::dynamic(&migration.sql);
            let query = QueryContext {
                text: file,
                schema: self.connection.schema_name().clone(),
            };
            Error::from_driver_at(
                &error,
                &query,
                &statement.sql,
                &statement.map,
                statement.start,
            )
        })
    }

    pub(super) async fn resolve_unknown(
        &self,
        migration: &Migration,
        took_effect: bool,
    ) -> Result<(), Error> {
        let history = self.history().await?;
        let entry = history
            .iter()
            .find(|entry| entry.name == migration.file_name);
        let Some(partial) = entry
            .and_then(|entry| entry.partial)
            .filter(|partial| partial.unknown)
        else {
            return Err(Error::migrating(format!(
                "the history of schema \"{}\" knows no statement of {} whose outcome is unknown",
                self.connection.schema(),
                migration.file_name
            )));
        };
        let statements_done = partial.statements_done + usize::from(took_effect);
        self.note(
            migration,
            Partial {
                statements_done,
                unknown: false,
            },
        )
        .await
    }
}

/// What the history keeps while a file is partly applied: a checksum of the statements that took effect, so that
/// those behind them can still be mended.
pub(super) fn done_checksum(migration: &Migration, statements_done: usize) -> String {
    let template = Template::parse(&migration.sql);
    let end = statements_done
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

fn unknown(name: &str, number: usize) -> Error {
    Error::migrating(format!(
        "{name} has no transaction, and the last run ended while its statement {number} was running: nobody knows whether it took effect\n  help: look at the schema, then say so with `resolve_unknown(\"{name}\", true)` or `false`, and apply again"
    ))
}

/// The statements of a file as they are for a schema.
pub(super) fn statements(migration: &Migration, schema: &SchemaName) -> Vec<Rendered> {
    let template = Template::parse(&migration.sql);
    (0..template.statements().len())
        .map(|i| {
            let rendered = pgdbm_template::render(&template.statement_segments(i), schema);
            Rendered {
                sql: rendered.sql,
                map: rendered.map,
                start: template.statements()[i].start,
            }
        })
        .collect()
}
