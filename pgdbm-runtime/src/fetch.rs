//! The futures of a running query: generic in their output only, so that a call site costs the compiler little.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::Stream;

use crate::call::Call;
use crate::compiled::Order;
use crate::error::QueryContext;
use crate::executor::{Access, Executor, Opened, Outcome, Want};
use crate::row::Mapper;
use crate::{Error, Row};

type Running<'e> = Pin<Box<dyn Future<Output = Result<Outcome, Error>> + Send + 'e>>;
type Opening<'e> = Pin<Box<dyn Future<Output = Result<Opened<'e>, Error>> + Send + 'e>>;

/// The methods of everything that can run, with their documentation, once.
macro_rules! fetch_methods {
    ($output:ty; $($bound:tt)*) => {
        /// Runs the query and gives the number of rows that it affected or returned.
        ///
        /// # Errors
        /// What the server refuses, or why no connection could be had.
        ///
        /// # Cancellation
        /// If the future is dropped while the statement runs, the server is asked to cancel it, and the connection
        /// is closed instead of going back to the pool; whether the statement took effect is then unknown.
        /// Inside a transaction, roll back.
        pub fn execute<'e>(self, on: &'e impl $crate::Executor) -> $crate::fetch::Execute<'e>
        where
            Self: 'e, $($bound)*
        {
            $crate::fetch::execute(self, on)
        }

        /// Runs the query and gives its first row.
        ///
        /// # Errors
        /// As [`execute`](Self::execute); also when there is no row
        /// ([`Error::is_row_not_found`](crate::Error::is_row_not_found)) and when the row does not fit the type.
        ///
        /// # Cancellation
        /// As [`execute`](Self::execute).
        pub fn fetch_one<'e>(self, on: &'e impl $crate::Executor) -> $crate::fetch::FetchOne<'e, $output>
        where
            Self: 'e, $($bound)*
        {
            $crate::fetch::fetch_one(self, on)
        }

        /// Runs the query and gives its first row, if there is one.
        ///
        /// # Errors
        /// As [`execute`](Self::execute); also when the row does not fit the type.
        ///
        /// # Cancellation
        /// As [`execute`](Self::execute).
        pub fn fetch_optional<'e>(self, on: &'e impl $crate::Executor) -> $crate::fetch::FetchOptional<'e, $output>
        where
            Self: 'e, $($bound)*
        {
            $crate::fetch::fetch_optional(self, on)
        }

        /// Runs the query and gives all its rows.
        ///
        /// # Errors
        /// As [`execute`](Self::execute); also when a row does not fit the type.
        ///
        /// # Cancellation
        /// As [`execute`](Self::execute).
        pub fn fetch_all<'e>(self, on: &'e impl $crate::Executor) -> $crate::fetch::FetchAll<'e, $output>
        where
            Self: 'e, $($bound)*
        {
            $crate::fetch::fetch_all(self, on)
        }

        /// Runs the query and gives its rows one by one, as they arrive.
        ///
        /// The stream keeps its connection until it ends or is dropped.
        ///
        /// # Errors
        /// As [`execute`](Self::execute), as the first item of the stream; also when a row does not fit the type, for which the stream goes on.
        ///
        /// # Cancellation
        /// If the stream is dropped before its end, the server is asked to cancel the statement, and the connection is closed instead of going
        /// back to the pool. In a transaction, roll back.
        pub fn fetch<'e>(self, on: &'e impl $crate::Executor) -> $crate::fetch::Fetch<'e, $output>
        where
            Self: 'e, $($bound)*
        {
            $crate::fetch::fetch(self, on)
        }
    };
}
pub(crate) use fetch_methods;

pub(crate) fn execute<'e, Q: crate::Runnable + 'e>(query: Q, on: &'e impl Executor) -> Execute<'e> {
    Execute {
        running: running(on.access(), query.into_call(), Want::Count).0,
    }
}

pub(crate) fn fetch_one<'e, Q: crate::Runnable + 'e>(
    query: Q,
    on: &'e impl Executor,
) -> FetchOne<'e, Q::Output> {
    let (running, map) = running(on.access(), query.into_call(), Want::First);
    FetchOne { running, map }
}

pub(crate) fn fetch_optional<'e, Q: crate::Runnable + 'e>(
    query: Q,
    on: &'e impl Executor,
) -> FetchOptional<'e, Q::Output> {
    let (running, map) = running(on.access(), query.into_call(), Want::First);
    FetchOptional { running, map }
}

pub(crate) fn fetch_all<'e, Q: crate::Runnable + 'e>(
    query: Q,
    on: &'e impl Executor,
) -> FetchAll<'e, Q::Output> {
    let (running, map) = running(on.access(), query.into_call(), Want::All);
    FetchAll { running, map }
}

pub(crate) fn fetch<'e, Q: crate::Runnable + 'e>(
    query: Q,
    on: &'e impl Executor,
) -> Fetch<'e, Q::Output> {
    let Call {
        text,
        arguments,
        map,
    } = query.into_call();
    Fetch {
        state: State::Opening(Box::pin(on.access().open(text, arguments))),
        map,
    }
}

fn running<'e, O>(access: Access<'e>, call: Call<'e, O>, want: Want) -> (Running<'e>, Mapper<O>) {
    (
        Box::pin(access.run(call.text, call.arguments, want)),
        call.map,
    )
}

macro_rules! futures {
    ($($(#[$doc:meta])* $name:ident => $output:ty, |$outcome:ident, $map:ident| $finish:expr;)+) => {$(
        $(#[$doc])*
        #[must_use = "futures do nothing unless awaited"]
        pub struct $name<'e, O> {
            running: Running<'e>,
            map: Mapper<O>,
        }

        impl<O> Future for $name<'_, O> {
            type Output = Result<$output, Error>;

            fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
                let $outcome = match ready!(self.running.as_mut().poll(context)) {
                    Ok(outcome) => outcome,
                    Err(error) => return Poll::Ready(Err(error)),
                };
                let $map = self.map;
                Poll::Ready($finish)
            }
        }

        impl<O> fmt::Debug for $name<'_, O> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )+};
}

futures! {
    /// The first row of a running query; made by `fetch_one`.
    FetchOne => O, |outcome, map| {
        let Outcome { rows, order, query, .. } = outcome;
        match rows.into_iter().next() {
            Some(row) => mapped(map, row, order, &query),
            None => Err(Error::row_not_found().with_query(&query)),
        }
    };
    /// The first row of a running query, if there is one; made by `fetch_optional`.
    FetchOptional => Option<O>, |outcome, map| {
        let Outcome { rows, order, query, .. } = outcome;
        rows.into_iter().next().map(|row| mapped(map, row, order, &query)).transpose()
    };
    /// All rows of a running query; made by `fetch_all`.
    FetchAll => Vec<O>, |outcome, map| {
        let Outcome { rows, order, query, .. } = outcome;
        rows.into_iter().map(|row| mapped(map, row, order.clone(), &query)).collect()
    };
}

fn mapped<O>(
    map: Mapper<O>,
    row: tokio_postgres::Row,
    order: Order,
    query: &QueryContext,
) -> Result<O, Error> {
    map(Row::new(row, order)).map_err(|error| error.with_query(query))
}

/// The number of rows that a running query affects; made by `execute`.
#[must_use = "futures do nothing unless awaited"]
pub struct Execute<'e> {
    running: Running<'e>,
}

impl Future for Execute<'_> {
    type Output = Result<u64, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.running
            .as_mut()
            .poll(context)
            .map_ok(|outcome| outcome.affected)
    }
}

impl fmt::Debug for Execute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Execute").finish_non_exhaustive()
    }
}

/// The rows of a running query, one by one; made by `fetch`.
///
/// It is a [`Stream`]; [`next`](Self::next) reads it without an extension trait. Dropping it before its end cancels
/// the statement and closes the connection: its other rows are still on their way.
///
/// In a transaction, read it to its end before running another statement: the answer of that one stands behind the rows
/// that nobody reads, and both would wait for ever.
#[must_use = "streams do nothing unless polled"]
pub struct Fetch<'e, O> {
    state: State<'e>,
    map: Mapper<O>,
}

enum State<'e> {
    Opening(Opening<'e>),
    Open(Opened<'e>),
    Ended,
}

impl<O> Fetch<'_, O> {
    /// The next row, or `None` at the end.
    ///
    /// # Cancellation
    /// Safe: a row is never lost.
    pub async fn next(&mut self) -> Option<Result<O, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<O> Stream for Fetch<'_, O> {
    type Item = Result<O, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let map = self.map;
        loop {
            match &mut self.state {
                State::Opening(opening) => match ready!(opening.as_mut().poll(context)) {
                    Ok(opened) => self.state = State::Open(opened),
                    Err(error) => {
                        self.state = State::Ended;
                        return Poll::Ready(Some(Err(error)));
                    }
                },
                State::Open(opened) => {
                    let item = ready!(opened.poll_next(context));
                    let Some(row) = item else {
                        self.state = State::Ended;
                        return Poll::Ready(None);
                    };
                    let item = match row {
                        Ok(row) => mapped(map, row, opened.order(), opened.query()),
                        Err(error) => {
                            self.state = State::Ended;
                            Err(error)
                        }
                    };
                    return Poll::Ready(Some(item));
                }
                State::Ended => return Poll::Ready(None),
            }
        }
    }
}

impl<O> fmt::Debug for Fetch<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetch").finish_non_exhaustive()
    }
}

impl<O> Unpin for Fetch<'_, O> {}
