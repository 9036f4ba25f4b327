//! What a query can run on, and how it runs: prepare, send, collect.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::BytesMut;
use futures_util::{Stream, TryStreamExt};
use tokio_postgres::types::ToSql;
use tokio_postgres::{RowStream, Statement};

use crate::arguments::ArgumentList;
use crate::call::Text;
use crate::connection::Connection;
use crate::error::{Error, Kind, QueryContext, chain};
use crate::manager::DatabaseManager;

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
            Access::Held(connection) | Access::InTransaction(connection) => connection.schema_name(),
        })
    }

    /// Runs a statement to its end.
    pub(crate) async fn run(self, text: Text, arguments: Box<dyn ArgumentList + 'e>, want: Want) -> Result<Outcome, Error> {
        let query = self.context(&text);
        let lent = self.lend().await.map_err(|error| error.with_query(&query))?;
        lent.connection().run(&query, &*arguments, want).await
    }

    /// Starts a statement whose rows are read as they arrive.
    pub(crate) async fn open(self, text: Text, arguments: Box<dyn ArgumentList + 'e>) -> Result<Opened<'e>, Error> {
        let query = self.context(&text);
        let lent = self.lend().await.map_err(|error| error.with_query(&query))?;
        let connection = lent.connection();
        let sent = Sent::prepare(connection, &query).await?;
        let running = connection.running();
        let rows = sent.start(connection, &query, &*arguments).await;
        let rows = match rows {
            Ok(rows) => rows,
            Err(error) => {
                running.end();
                return Err(error);
            }
        };
        // The stream now stands for the running statement: it ends the count, or leaves it when it is dropped early.
        drop(running);
        Ok(Opened { rows: Box::pin(rows), sql: sent.sql, query, lent })
    }

    /// Prepares a statement, so that a mistake in it shows now.
    pub(crate) async fn prepare(self, text: &Text) -> Result<(), Error> {
        let query = self.context(text);
        let lent = self.lend().await.map_err(|error| error.with_query(&query))?;
        Sent::prepare(lent.connection(), &query).await.map(drop)
    }
}

impl Connection {
    /// Runs a statement to its end on this connection.
    pub(crate) async fn run(&self, query: &QueryContext, arguments: &dyn ArgumentList, want: Want) -> Result<Outcome, Error> {
        let sent = Sent::prepare(self, query).await?;
        let running = self.running();
        let result = sent.collect(self, query, arguments, want).await;
        running.end();
        result
    }
}

/// A statement that the server knows.
struct Sent {
    sql: String,
    statement: Statement,
}

impl Sent {
    async fn prepare(connection: &Connection, query: &QueryContext) -> Result<Self, Error> {
        let prepared = query.text.for_schema(&query.schema)?;
        if prepared.changes_session {
            connection.mark_dirty();
        }
        let client = connection.client()?;
        let capacity = connection.pool().config().statement_cache_size;
        if client.statement_cache.size() >= capacity {
            client.statement_cache.clear();
        }
        let running = connection.running();
        let result = if capacity == 0 {
            client.prepare(&prepared.sql).await
        } else {
            client.prepare_cached(&prepared.sql).await
        };
        running.end();
        match result {
            Ok(statement) => Ok(Sent { sql: prepared.sql, statement }),
            Err(error) => Err(failed(connection, query, &prepared.sql, &error)),
        }
    }

    async fn start(&self, connection: &Connection, query: &QueryContext, arguments: &dyn ArgumentList) -> Result<RowStream, Error> {
        let mut values = Vec::new();
        arguments.append_to(&mut values);
        let expected = self.statement.params().len();
        if values.len() != expected {
            return Err(Error::new(Kind::ArgumentCount { expected, given: values.len() }).with_query(query));
        }
        let client = connection.client()?;
        match client.query_raw(&self.statement, values.iter().copied()).await {
            Ok(rows) => Ok(rows),
            Err(error) => Err(self
                .unfit_argument(&values)
                .filter(|_| error.as_db_error().is_none() && !error.is_closed())
                .map_or_else(|| failed(connection, query, &self.sql, &error), |kind| Error::new(kind).with_query(query))),
        }
    }

    async fn collect(
        &self,
        connection: &Connection,
        query: &QueryContext,
        arguments: &dyn ArgumentList,
        want: Want,
    ) -> Result<Outcome, Error> {
        let mut stream = std::pin::pin!(self.start(connection, query, arguments).await?);
        let mut rows = Vec::new();
        let mut seen = 0_u64;
        loop {
            match stream.as_mut().try_next().await {
                Ok(Some(row)) => {
                    seen += 1;
                    if want == Want::All || (want == Want::First && rows.is_empty()) {
                        rows.push(row);
                    }
                }
                Ok(None) => break,
                Err(error) => return Err(failed(connection, query, &self.sql, &error)),
            }
        }
        let affected = stream.rows_affected().unwrap_or(seen);
        Ok(Outcome { rows, affected, query: query.clone() })
    }

    /// The first argument that does not fit its parameter: asked only after the driver refused one.
    fn unfit_argument(&self, values: &[&(dyn ToSql + Sync)]) -> Option<Kind> {
        let mut scratch = BytesMut::new();
        values.iter().zip(self.statement.params()).enumerate().find_map(|(i, (value, parameter))| {
            scratch.clear();
            let error = value.to_sql_checked(parameter, &mut scratch).err()?;
            Some(Kind::ArgumentValue { number: i + 1, server: parameter.name().to_owned(), reason: chain(&*error) })
        })
    }
}

/// The driver's error as ours, and a note on the connection that a statement failed.
fn failed(connection: &Connection, query: &QueryContext, sql: &str, error: &tokio_postgres::Error) -> Error {
    connection.mark_failed(true);
    Error::from_driver(error, Some((query, sql)))
}

/// A statement whose rows are on their way.
pub(crate) struct Opened<'e> {
    rows: Pin<Box<RowStream>>,
    sql: String,
    query: QueryContext,
    // Last: the stream goes before the connection that it reads.
    lent: Lent<'e>,
}

impl Opened<'_> {
    pub(crate) fn query(&self) -> &QueryContext {
        &self.query
    }

    /// The next row; after `None` and after an error the statement has ended.
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<tokio_postgres::Row, Error>>> {
        let connection = self.lent.connection();
        let row = ready!(self.rows.as_mut().poll_next(context));
        Poll::Ready(match row {
            Some(Ok(row)) => Some(Ok(row)),
            Some(Err(error)) => {
                connection.end_one();
                Some(Err(failed(connection, &self.query, &self.sql, &error)))
            }
            None => {
                connection.end_one();
                None
            }
        })
    }
}
