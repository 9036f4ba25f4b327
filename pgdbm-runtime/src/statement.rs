//! A statement as a connection keeps it, and whether it is what was meant.

use deadpool_postgres::Object;
use futures_util::future::join;
use tokio_postgres::Statement;
use tokio_postgres::error::{DbError, SqlState};

use crate::compiled::{Order, compare};
use crate::composites::Composites;
use crate::error::{Altered, Error, Kind, QueryContext};

/// The statement, and its composite types, which are what the server's are.
///
/// # Errors
/// Also when the driver cannot learn what they are: it asks the catalog as the transaction sees it.
pub(crate) async fn prepare_fresh(
    client: &Object,
    capacity: usize,
    (query, sql): (&QueryContext, &str),
    in_transaction: bool,
) -> Result<(Statement, Composites), Error> {
    let refused = |error: tokio_postgres::Error| Error::from_driver(&error, Some((query, sql)));
    for _ in 0..2 {
        let statement = prepare(client, capacity, sql).await.map_err(refused)?;
        let composites = Composites::of(&statement);
        if composites.is_empty() {
            return Ok((statement, composites));
        }
        let same = composites.are_as_remembered(client);
        let same = if in_transaction {
            // The statement itself, taken apart once more in front of the question: so its relations are locked, and what others have
            // altered is taken in. Outside of a transaction each question begins one.
            let (locked, same) = join(client.prepare(sql), same).await;
            locked.map_err(refused)?;
            same
        } else {
            same.await
        };
        if same.map_err(|error| Error::from_driver(&error, None).with_query(query))? {
            return Ok((statement, composites));
        }
        forget(client);
    }
    Err(Error::new(Kind::TypeAltered(Altered::BeforeIt)).with_query(query))
}

/// Forgets all statements of a connection, and what it knows of types: one of them is not what it was, and the server does not notice
/// that it has planned with it.
pub(crate) fn forget(client: &Object) {
    client.statement_cache.clear();
    client.clear_type_cache();
}

/// The statement as the connection knows it: out of its cache, put there if need be.
pub(crate) async fn prepare(
    client: &Object,
    capacity: usize,
    sql: &str,
) -> Result<Statement, tokio_postgres::Error> {
    if capacity == 0 {
        return client.prepare(sql).await;
    }
    let statement = client.prepare_cached(sql).await?;
    // Begins anew rather than throwing out one by one; this statement comes in again with its next use.
    if client.statement_cache.size() > capacity {
        client.statement_cache.clear();
    }
    Ok(statement)
}

/// Whether the server no longer takes a statement that it prepared: a relation has changed since, or a pooler in between
/// has given us another session.
pub(crate) fn is_stale(error: &tokio_postgres::Error) -> bool {
    let is_altered = |error: &DbError| match error.code().code() {
        "0A000" => error.routine() == Some("RevalidateCachedQuery"),
        // A type that was dropped, and made anew under its old name.
        "XX000" => error.message().starts_with("cache lookup failed"),
        _ => false,
    };
    is_forgotten(error) || error.as_db_error().is_some_and(is_altered)
}

/// Whether the session has no such statement: somebody threw all away, or it is another session.
pub(crate) fn is_forgotten(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::INVALID_SQL_STATEMENT_NAME)
}

/// Whether the statement is what was meant: by the number of its arguments, and, if the query was checked, by its types.
pub(crate) fn check(
    query: &QueryContext,
    statement: &Statement,
    given: usize,
) -> Result<Order, Kind> {
    let expected = statement.params().len();
    if given != expected {
        return Err(Kind::ArgumentCount { expected, given });
    }
    compared(query, statement)
}

/// Where the columns of a query stand, if it is what it was compiled as.
pub(crate) fn compared(query: &QueryContext, statement: &Statement) -> Result<Order, Kind> {
    match query.text.compiled() {
        Some(compiled) => {
            let parameter = |number| query.text.parameter(number);
            compare(compiled, statement, &query.schema, parameter)
                .map_err(|drift| Kind::Drift(Box::new(drift)))
        }
        None => Ok(None),
    }
}
