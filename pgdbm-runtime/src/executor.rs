//! What a query can run on, and how it runs: prepare, send, collect.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::BytesMut;
use deadpool_postgres::Object;
use futures_util::{Stream, TryStreamExt};
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::types::{ToSql, WrongType};
use tokio_postgres::{RowStream, Statement};

use crate::arguments::ArgumentList;
use crate::call::{Rendered, Text};
use crate::compiled::{Order, compare};
use crate::composites;
use crate::connection::Connection;
use crate::error::{Error, Kind, QueryContext};
use crate::manager::DatabaseManager;
use crate::observer::{Kind as Asked, Observer, Watch};
use crate::side_by_side::SideBySide;
use crate::types::Mistake;

/// Something that queries run on: [`DatabaseManager`], [`Connection`] or [`Transaction`](crate::Transaction).
///
/// A manager takes a connection from the pool for each query; the other two have one. Sealed.
#[diagnostic::on_unimplemented(
    message = "queries do not run on `{Self}`",
    label = "expected `&DatabaseManager`, `&Transaction` or `&Connection`",
    note = "a pool has no schema: bind a manager to one with `pool.manager(\"name\")?`"
)]
pub trait Executor: sealed::Sealed + Sync {
    #[doc(hidden)]
    fn access(&self) -> Access<'_>;
}

pub(crate) mod sealed {
    pub trait Sealed {}
    impl Sealed for crate::DatabaseManager {}
    impl Sealed for crate::Connection {}
    impl Sealed for crate::Transaction<'_> {}
    impl<T: Sealed + ?Sized> Sealed for &T {}
}

impl<T: Executor + ?Sized> Executor for &T {
    fn access(&self) -> Access<'_> {
        (**self).access()
    }
}

impl Executor for Connection {
    fn access(&self) -> Access<'_> {
        Access::Held(self)
    }
}

/// Where a statement's connection comes from.
#[derive(Clone, Copy)]
pub enum Access<'e> {
    /// The pool, for one statement.
    #[doc(hidden)]
    Pooled(&'e DatabaseManager),
    /// A connection that the caller holds.
    #[doc(hidden)]
    Held(&'e Connection),
    /// A connection on which the caller has begun a transaction.
    #[doc(hidden)]
    InTransaction(&'e Connection),
}

/// How much of the result the caller wants.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    Count,
    First,
    All,
}

/// What a statement gave.
pub(crate) struct Outcome {
    pub(crate) rows: Vec<tokio_postgres::Row>,
    pub(crate) order: Order,
    pub(crate) affected: u64,
    pub(crate) query: QueryContext,
}

/// A connection for as long as a statement needs it.
enum Lent<'e> {
    Own(Box<Connection>),
    Held(&'e Connection),
}

impl Lent<'_> {
    fn connection(&self) -> &Connection {
        match self {
            Lent::Own(connection) => connection,
            Lent::Held(connection) => connection,
        }
    }
}

impl<'e> Access<'e> {
    async fn lend(self) -> Result<Lent<'e>, Error> {
        Ok(match self {
            Access::Pooled(manager) => Lent::Own(Box::new(manager.acquire().await?)),
            Access::Held(connection) | Access::InTransaction(connection) => Lent::Held(connection),
        })
    }

    fn context(self, text: &Text) -> QueryContext {
        text.context(match self {
            Access::Pooled(manager) => manager.schema_name(),
            Access::Held(connection) | Access::InTransaction(connection) => {
                connection.schema_name()
            }
        })
    }

    /// Who is told of the statements.
    fn observer(self) -> Option<&'e Arc<dyn Observer>> {
        match self {
            Access::Pooled(manager) => manager.pool().config().observer(),
            Access::Held(connection) | Access::InTransaction(connection) => connection.observer(),
        }
    }

    /// Begins to watch a statement, if there is an observer.
    pub(crate) fn watch(self, asked: Asked, text: &Text) -> Watch {
        Watch::query(self.observer(), asked, || self.context(text))
    }

    /// Runs a statement to its end.
    pub(crate) async fn run(
        self,
        text: Text,
        arguments: Box<dyn ArgumentList + 'e>,
        want: Want,
    ) -> Result<Outcome, Error> {
        let asked = match want {
            Want::Count => Asked::Execute,
            Want::First | Want::All => Asked::Fetch,
        };
        let mut watch = self.watch(asked, &text);
        let result = self.run_watched(text, arguments, want, &mut watch).await;
        if let Ok(outcome) = &result {
            watch.set_rows(outcome.affected);
        }
        watch.end(result.as_ref().err());
        result
    }

    /// Runs a statement that nobody is told of: one of many that are told of as one, or one of our own tools'.
    pub(crate) async fn run_unwatched(
        self,
        text: Text,
        arguments: Box<dyn ArgumentList + 'e>,
        want: Want,
    ) -> Result<Outcome, Error> {
        self.run_watched(text, arguments, want, &mut Watch::nobody())
            .await
    }

    async fn run_watched(
        self,
        text: Text,
        arguments: Box<dyn ArgumentList + 'e>,
        want: Want,
        watch: &mut Watch,
    ) -> Result<Outcome, Error> {
        let query = self.context(&text);
        let rendered = self.rendered(&query)?;
        let lent = self
            .lend()
            .await
            .map_err(|error| error.with_query(&query))?;
        watch.lent();
        let connection = lent.connection();
        let running = connection.running();
        let result = match self.start(connection, &query, &rendered, &*arguments).await {
            Ok((rows, order)) => collect(rows, want)
                .await
                .map(|(rows, affected)| (rows, affected, order))
                .map_err(|error| Error::from_driver(&error, Some((&query, &rendered.sql)))),
            Err(error) => Err(error),
        };
        running.end();
        let (rows, affected, order) = result?;
        Ok(Outcome {
            rows,
            order,
            affected,
            query,
        })
    }

    /// Starts a statement whose rows are read as they arrive.
    pub(crate) async fn open(
        self,
        text: Text,
        arguments: Box<dyn ArgumentList + 'e>,
    ) -> Result<Opened<'e>, Error> {
        let mut watch = self.watch(Asked::Stream, &text);
        match self.open_watched(&text, arguments, &mut watch).await {
            Ok((rows, order, sql, query, lent)) => Ok(Opened {
                rows,
                order,
                sql,
                query,
                watch,
                lent,
            }),
            Err(error) => {
                watch.end(Some(&error));
                Err(error)
            }
        }
    }

    async fn open_watched(
        self,
        text: &Text,
        arguments: Box<dyn ArgumentList + 'e>,
        watch: &mut Watch,
    ) -> Result<(Pin<Box<RowStream>>, Order, String, QueryContext, Lent<'e>), Error> {
        let query = self.context(text);
        let rendered = self.rendered(&query)?;
        let lent = self
            .lend()
            .await
            .map_err(|error| error.with_query(&query))?;
        watch.lent();
        let connection = lent.connection();
        let running = connection.running();
        match self.start(connection, &query, &rendered, &*arguments).await {
            // The stream now stands for the running statement: it ends the count, or leaves it when it is dropped early.
            Ok((rows, order)) => Ok((Box::pin(rows), order, rendered.sql, query, lent)),
            Err(error) => {
                running.end();
                Err(error)
            }
        }
    }

    /// Prepares a statement, so that a mistake in it shows now.
    pub(crate) async fn prepare(self, text: &Text) -> Result<(), Error> {
        let mut watch = self.watch(Asked::Prepare, text);
        let result = self.prepare_watched(text, &mut watch).await;
        watch.end(result.as_ref().err());
        result
    }

    async fn prepare_watched(self, text: &Text, watch: &mut Watch) -> Result<(), Error> {
        let query = self.context(text);
        let rendered = self.rendered(&query)?;
        let lent = self
            .lend()
            .await
            .map_err(|error| error.with_query(&query))?;
        watch.lent();
        let connection = lent.connection();
        let running = connection.running();
        let result = match connection.client() {
            Ok(client) => prepare(client, connection.cache_size(), &rendered.sql)
                .await
                .map(drop)
                .map_err(|error| Error::from_driver(&error, Some((&query, &rendered.sql)))),
            Err(error) => Err(error),
        };
        running.end();
        result
    }

    /// The SQL for the schema, if it is one that may run here.
    fn rendered(self, query: &QueryContext) -> Result<Rendered, Error> {
        let rendered = query.text.for_schema(&query.schema)?;
        if rendered.controls_transaction && !matches!(self, Access::Held(_)) {
            // On a manager the next statement would stand outside of the transaction; in a transaction it would be over
            // while its value still lives.
            return Err(Error::new(Kind::TransactionControl).with_query(query));
        }
        Ok(rendered)
    }

    /// Prepares and sends a statement, and waits until the server has begun with it.
    async fn start(
        self,
        connection: &Connection,
        query: &QueryContext,
        rendered: &Rendered,
        arguments: &dyn ArgumentList,
    ) -> Result<(RowStream, Order), Error> {
        if rendered.changes_session || rendered.controls_transaction {
            connection.mark_dirty();
        }
        if rendered.controls_transaction {
            connection.mark_by_hand();
        }
        let mut values = Vec::new();
        arguments.append_to(&mut values);
        let values = query.text.select(values);
        let arrays = SideBySide::of(query.text.compiled(), &values);
        let measured = arrays.as_ref().map(SideBySide::values);
        let sent = measured.as_deref().unwrap_or(&values);
        let in_transaction = matches!(self, Access::InTransaction(_)) || connection.is_by_hand();
        let sql = &rendered.sql;
        let client = connection.client()?;
        let mut tried_anew = false;
        loop {
            let capacity = connection.cache_size();
            let statement = prepare_fresh(client, capacity, (query, sql), in_transaction).await?;
            let error = match check(query, &statement, values.len()) {
                Err(kind) => Error::new(kind),
                Ok(order) => match client.query_raw(&statement, sent.iter().copied()).await {
                    Ok(rows) => return Ok((rows, order)),
                    Err(error) if is_stale(&error) => {
                        client.statement_cache.remove(sql, &[]);
                        if is_forgotten(&error) {
                            // So are the driver's own, with which it learns of types: what it knows of them is still right, but it
                            // can learn nothing more, and nobody else shall have the connection.
                            connection.mark_dirty();
                        } else {
                            client.clear_type_cache();
                        }
                        // The server refused before it did anything. A transaction, though, is aborted now.
                        if !in_transaction && !std::mem::replace(&mut tried_anew, true) {
                            continue;
                        }
                        return Err(Error::from_driver(&error, Some((query, sql))));
                    }
                    Err(error) if error.as_db_error().is_none() && !error.is_closed() => {
                        if let Some(message) = refused_lengths(arrays.as_ref(), query) {
                            return Err(
                                Error::new(Kind::ArgumentRefused(message)).with_query(query)
                            );
                        }
                        match unfit_argument(&statement, &values, query) {
                            Some(kind @ Kind::ArgumentSize { .. }) => {
                                return Err(Error::new(kind).with_query(query));
                            }
                            Some(kind) => Error::new(kind),
                            None => return Err(Error::from_driver(&error, Some((query, sql)))),
                        }
                    }
                    Err(error) => {
                        // The server hangs up on a message that is too long, in the middle of it.
                        let too_large = error
                            .is_closed()
                            .then(|| too_large(&statement, &values, query));
                        return Err(match too_large.flatten() {
                            Some(kind) => Error::new(kind).with_query(query),
                            None => Error::from_driver(&error, Some((query, sql))),
                        });
                    }
                },
            };
            // Nothing was sent. If the statement is an old one, its parameters may have other types by now.
            // So may the types themselves, as the driver remembers them.
            client.clear_type_cache();
            if client.statement_cache.remove(sql, &[]).is_some()
                && !std::mem::replace(&mut tried_anew, true)
            {
                continue;
            }
            return Err(error.with_query(query));
        }
    }
}

/// The statement, with composite types that are what the server's are.
///
/// # Errors
/// Also when the driver cannot learn what they are: it asks the catalog as the transaction sees it.
async fn prepare_fresh(
    client: &Object,
    capacity: usize,
    (query, sql): (&QueryContext, &str),
    in_transaction: bool,
) -> Result<Statement, Error> {
    let refused = |error: tokio_postgres::Error| Error::from_driver(&error, Some((query, sql)));
    for _ in 0..2 {
        let statement = prepare(client, capacity, sql).await.map_err(refused)?;
        let same = composites::are_as_remembered(client, &statement, in_transaction);
        if same.await.map_err(refused)? {
            return Ok(statement);
        }
        client.statement_cache.remove(sql, &[]);
        client.clear_type_cache();
    }
    Err(Error::new(Kind::TypeAltered).with_query(query))
}

/// The statement as the connection knows it: out of its cache, put there if need be.
async fn prepare(
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
fn is_stale(error: &tokio_postgres::Error) -> bool {
    let is_altered = |error: &DbError| match error.code().code() {
        "0A000" => error.routine() == Some("RevalidateCachedQuery"),
        // A type that was dropped, and made anew under its old name.
        "XX000" => error.message().starts_with("cache lookup failed"),
        _ => false,
    };
    is_forgotten(error) || error.as_db_error().is_some_and(is_altered)
}

/// Whether the session has no such statement: somebody threw all away, or it is another session.
fn is_forgotten(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::INVALID_SQL_STATEMENT_NAME)
}

/// Whether the statement is what was meant: by the number of its arguments, and, if the query was checked, by its types.
fn check(query: &QueryContext, statement: &Statement, given: usize) -> Result<Order, Kind> {
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

/// What is wrong with arrays that go side by side, if that is what the driver stumbled over.
fn refused_lengths(arrays: Option<&SideBySide<'_>>, query: &QueryContext) -> Option<String> {
    arrays?.refused(|number| query.text.parameter(number))
}

/// The first argument that does not fit its parameter: asked only after the driver refused one.
fn unfit_argument(
    statement: &Statement,
    values: &[&(dyn ToSql + Sync)],
    query: &QueryContext,
) -> Option<Kind> {
    let mut scratch = BytesMut::new();
    let unfit =
        values
            .iter()
            .zip(statement.params())
            .enumerate()
            .find_map(|(i, (value, parameter))| {
                scratch.clear();
                let error = value.to_sql_checked(parameter, &mut scratch).err()?;
                let (name, server) = (query.text.parameter(i + 1), parameter.name());
                if error.is::<Mistake>() {
                    return Some(Kind::ArgumentRefused(format!(
                        "the argument for `{name}`, which is `{server}` on the server, cannot be sent: {error}"
                    )));
                }
                Some(Kind::ArgumentValue {
                    parameter: name,
                    server: server.to_owned(),
                    // Other errors are the type's own, and may repeat the value.
                    wrong_type: error.is::<WrongType>().then(|| error.to_string()),
                })
            });
    unfit.or_else(|| too_large(statement, values, query))
}

/// `MaxAllocSize` of the server.
const MOST_BYTES: usize = 0x3fff_ffff;

/// The largest argument, if all together are more than the server takes: asked only after something failed.
fn too_large(
    statement: &Statement,
    values: &[&(dyn ToSql + Sync)],
    query: &QueryContext,
) -> Option<Kind> {
    let mut scratch = BytesMut::new();
    let mut sizes = Vec::with_capacity(values.len());
    for (value, parameter) in values.iter().zip(statement.params()) {
        scratch.clear();
        value.to_sql_checked(parameter, &mut scratch).ok()?;
        sizes.push(scratch.len());
    }
    let (i, bytes) = largest_of_too_many(&sizes)?;
    Some(Kind::ArgumentSize {
        parameter: query.text.parameter(i + 1),
        bytes,
    })
}

/// The place and size of the largest, if together they are more than the server takes.
fn largest_of_too_many(sizes: &[usize]) -> Option<(usize, usize)> {
    let together = sizes
        .iter()
        .fold(0_usize, |all, size| all.saturating_add(*size));
    let largest = sizes
        .iter()
        .copied()
        .enumerate()
        .max_by_key(|(_, size)| *size);
    largest.filter(|_| together > MOST_BYTES)
}

/// Reads a result to its end, and keeps what is wanted of it.
async fn collect(
    rows: RowStream,
    want: Want,
) -> Result<(Vec<tokio_postgres::Row>, u64), tokio_postgres::Error> {
    let mut stream = pin!(rows);
    let mut rows = Vec::new();
    let mut seen = 0_u64;
    while let Some(row) = stream.as_mut().try_next().await? {
        seen += 1;
        if want == Want::All || (want == Want::First && rows.is_empty()) {
            rows.push(row);
        }
    }
    Ok((rows, stream.rows_affected().unwrap_or(seen)))
}

/// A statement whose rows are on their way.
pub(crate) struct Opened<'e> {
    rows: Pin<Box<RowStream>>,
    order: Order,
    sql: String,
    query: QueryContext,
    watch: Watch,
    // Last: the stream goes before the connection that it reads.
    lent: Lent<'e>,
}

impl Opened<'_> {
    pub(crate) fn query(&self) -> &QueryContext {
        &self.query
    }

    pub(crate) fn order(&self) -> Order {
        self.order.clone()
    }

    /// The next row; after `None` and after an error the statement has ended.
    pub(crate) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<tokio_postgres::Row, Error>>> {
        let connection = self.lent.connection();
        let row = ready!(self.rows.as_mut().poll_next(context));
        Poll::Ready(match row {
            Some(Ok(row)) => {
                self.watch.add_row();
                Some(Ok(row))
            }
            Some(Err(error)) => {
                connection.end_one();
                let error = Error::from_driver(&error, Some((&self.query, &self.sql)));
                self.watch.end(Some(&error));
                Some(Err(error))
            }
            None => {
                connection.end_one();
                // What no row came of, a stream of an UPDATE for instance, has a number of rows all the same.
                if let Some(affected) = self.rows.rows_affected() {
                    self.watch.set_rows(affected);
                }
                self.watch.end(None);
                None
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_BYTES, largest_of_too_many};

    #[test]
    fn what_the_server_takes_is_not_too_large() {
        for (sizes, expected) in [
            (vec![], None),
            (vec![MOST_BYTES], None),
            (vec![MOST_BYTES / 2, MOST_BYTES / 2], None),
            (
                vec![MOST_BYTES / 2, 7, MOST_BYTES / 2],
                Some(MOST_BYTES / 2),
            ),
            (vec![1, MOST_BYTES, 1], Some(MOST_BYTES)),
            (vec![usize::MAX, usize::MAX], Some(usize::MAX)),
        ] {
            let found = largest_of_too_many(&sizes);
            assert_eq!(found.map(|(_, bytes)| bytes), expected, "{sizes:?}");
            assert!(found.is_none_or(|(place, bytes)| sizes.get(place) == Some(&bytes)));
        }
    }
}
