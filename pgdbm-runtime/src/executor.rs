//! What a query can run on, and how it runs: prepare, send, collect.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use deadpool_postgres::Object;
use futures_util::future::maybe_done;
use futures_util::{Stream, TryStreamExt};
use tokio_postgres::types::ToSql;
use tokio_postgres::{RowStream, Statement};

use crate::arguments::ArgumentList;
use crate::call::{Rendered, Text};
use crate::compiled::Order;
use crate::composites::Composites;
use crate::connection::Connection;
use crate::error::{Altered, Error, Kind, QueryContext};
use crate::manager::DatabaseManager;
use crate::observer::{Kind as Asked, Observer, Watch};
use crate::side_by_side::SideBySide;
use crate::statement::{check, forget, is_forgotten, is_stale, prepare, prepare_fresh};
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

    fn in_transaction(self, connection: &Connection) -> bool {
        matches!(self, Access::InTransaction(_)) || connection.is_by_hand()
    }

    /// What has become of a statement that has run, if a type was altered under it.
    fn altered(self, connection: &Connection) -> Altered {
        match self.in_transaction(connection) {
            true => Altered::InTransaction,
            false => Altered::Alone,
        }
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
        let result = async {
            let started = self.start(connection, &query, &rendered, &*arguments);
            let Started {
                rows, order, check, ..
            } = started.await?;
            let (rows, affected) = collect(rows, want)
                .await
                .map_err(|error| Error::from_driver(&error, Some((&query, &rendered.sql))))?;
            if let Some(check) = check {
                unaltered(check.await, connection, &query, self.altered(connection))?;
            }
            Ok((rows, affected, order))
        };
        let result: Result<_, Error> = result.await;
        running.end();
        connection.note(result.as_ref().err());
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
            Ok((started, sql, query, lent)) => Ok(Opened {
                rows: Box::pin(started.rows),
                order: started.order,
                composites: started.composites,
                altered: self.altered(lent.connection()),
                checking: None,
                sql,
                query,
                watch,
                lent: Some(lent),
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
    ) -> Result<(Started<'static>, String, QueryContext, Lent<'e>), Error> {
        let query = self.context(text);
        let rendered = self.rendered(&query)?;
        let lent = self
            .lend()
            .await
            .map_err(|error| error.with_query(&query))?;
        watch.lent();
        let connection = lent.connection();
        let running = connection.running();
        let started = self.start(connection, &query, &rendered, &*arguments).await;
        match started.map(Started::unchecked) {
            // The stream now stands for the running statement: it ends the count, or leaves it when it is dropped early.
            Ok(started) => Ok((started, rendered.sql, query, lent)),
            Err(error) => {
                running.end();
                connection.note(Some(&error));
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
        connection.note(result.as_ref().err());
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
    async fn start<'c>(
        self,
        connection: &'c Connection,
        query: &QueryContext,
        rendered: &Rendered,
        arguments: &dyn ArgumentList,
    ) -> Result<Started<'c>, Error> {
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
        let in_transaction = self.in_transaction(connection);
        let sql = &rendered.sql;
        let client = connection.client()?;
        let mut tried_anew = false;
        loop {
            let capacity = connection.cache_size();
            let fresh = prepare_fresh(client, capacity, (query, sql), in_transaction);
            let (statement, composites) = fresh.await?;
            let error = match check(query, &statement, values.len()) {
                Err(kind) => Error::new(kind),
                Ok(order) => match send(client, &statement, sent, &composites).await {
                    Ok((rows, check)) => {
                        return Ok(Started {
                            rows,
                            order,
                            composites,
                            check,
                        });
                    }
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

/// A statement that the server has begun with.
struct Started<'c> {
    rows: RowStream,
    order: Order,
    composites: Composites,
    /// Asks behind the rows whether the composite types are still what they were; there if there are any. Its answer comes when all rows
    /// have been read.
    check: Option<Check<'c>>,
}

type Check<'c> = Pin<Box<dyn Future<Output = Result<bool, tokio_postgres::Error>> + Send + 'c>>;

impl Started<'_> {
    /// The same for a stream, which outlives this borrow and asks when it has ended.
    fn unchecked(self) -> Started<'static> {
        Started {
            rows: self.rows,
            order: self.order,
            composites: self.composites,
            check: None,
        }
    }
}

/// Sends a statement, and right behind it, in the same breath, the question for its composite types.
async fn send<'c>(
    client: &'c Object,
    statement: &Statement,
    values: &[&(dyn ToSql + Sync)],
    composites: &Composites,
) -> Result<(RowStream, Option<Check<'c>>), tokio_postgres::Error> {
    let mut rows = pin!(client.query_raw(statement, values.iter().copied()));
    if composites.is_empty() {
        return Ok((rows.await?, None));
    }
    let composites = composites.clone();
    let question = async move { composites.are_as_remembered(client).await };
    let mut check = Box::pin(maybe_done(question));
    let mut is_asked = false;
    // The driver sends a message when its future is first polled.
    let rows = poll_fn(|context| {
        let begun = rows.as_mut().poll(context);
        if begun.is_pending() && !std::mem::replace(&mut is_asked, true) {
            let _ = check.as_mut().poll(context);
        }
        begun
    });
    let rows = rows.await?;
    let answer = async move {
        check.as_mut().await;
        check.as_mut().take_output().unwrap_or(Ok(false))
    };
    Ok((rows, Some(Box::pin(answer))))
}

/// Holds the answer of the question behind a statement against the one before it.
fn unaltered(
    answer: Result<bool, tokio_postgres::Error>,
    connection: &Connection,
    query: &QueryContext,
    altered: Altered,
) -> Result<(), Error> {
    match answer {
        Ok(true) => Ok(()),
        Ok(false) => {
            if let Ok(client) = connection.client() {
                forget(client);
            }
            Err(Error::new(Kind::TypeAltered(altered)).with_query(query))
        }
        Err(error) => Err(Error::from_driver(&error, None).with_query(query)),
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
    composites: Composites,
    /// What has become of the statement if one of them was altered.
    altered: Altered,
    /// The question for the composite types, which comes behind all rows and has the connection meanwhile.
    checking: Option<Checking<'e>>,
    sql: String,
    query: QueryContext,
    watch: Watch,
    // Last: the stream goes before the connection that it reads.
    lent: Option<Lent<'e>>,
}

type Checking<'e> = Pin<Box<dyn Future<Output = (Lent<'e>, Result<(), Error>)> + Send + 'e>>;

impl<'e> Opened<'e> {
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
        if let Some(checking) = &mut self.checking {
            let (lent, answer) = ready!(checking.as_mut().poll(context));
            self.checking = None;
            self.lent = Some(lent);
            return Poll::Ready(self.end(answer.err()));
        }
        match ready!(self.rows.as_mut().poll_next(context)) {
            Some(Ok(row)) => {
                self.watch.add_row();
                Poll::Ready(Some(Ok(row)))
            }
            Some(Err(error)) => {
                let error = Error::from_driver(&error, Some((&self.query, &self.sql)));
                Poll::Ready(self.end(Some(error)))
            }
            None => {
                // What no row came of, a stream of an UPDATE for instance, has a number of rows all the same.
                if let Some(affected) = self.rows.rows_affected() {
                    self.watch.set_rows(affected);
                }
                if self.composites.is_empty() {
                    return Poll::Ready(self.end(None));
                }
                let Some(lent) = self.lent.take() else {
                    return Poll::Ready(self.end(None));
                };
                self.checking = Some(check_at_the_end(
                    lent,
                    &self.composites,
                    &self.query,
                    self.altered,
                ));
                self.poll_next(context)
            }
        }
    }

    fn end<T>(&mut self, error: Option<Error>) -> Option<Result<T, Error>> {
        if let Some(lent) = &self.lent {
            lent.connection().end_one();
            lent.connection().note(error.as_ref());
        }
        self.watch.end(error.as_ref());
        error.map(Err)
    }
}

/// Asks for the composite types of a stream behind its last row.
fn check_at_the_end<'e>(
    lent: Lent<'e>,
    composites: &Composites,
    query: &QueryContext,
    altered: Altered,
) -> Checking<'e> {
    let (composites, query) = (composites.clone(), query.clone());
    Box::pin(async move {
        let answer = match lent.connection().client() {
            Ok(client) => {
                let answer = composites.are_as_remembered(client).await;
                unaltered(answer, lent.connection(), &query, altered)
            }
            Err(error) => Err(error),
        };
        (lent, answer)
    })
}
