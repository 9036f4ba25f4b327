//! What a query can run on, and how it runs: prepare, send, collect.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::{Stream, TryStreamExt};
use tokio_postgres::RowStream;

use crate::arguments::ArgumentList;
use crate::call::{Rendered, Text};
use crate::compiled::Order;
use crate::connection::Connection;
use crate::error::{Error, Kind, QueryContext};
use crate::manager::DatabaseManager;
use crate::observer::{Kind as Asked, Observer, Watch};
use crate::side_by_side::SideBySide;
use crate::statement::{check, is_forgotten, is_stale, prepare, prepare_fresh};
use crate::unfit_argument::{refused_lengths, too_large, unfit_argument};

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
