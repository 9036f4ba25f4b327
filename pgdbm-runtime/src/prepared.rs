//! Queries that run many times with different arguments.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use crate::Row;
use crate::arguments::{ArgumentList, Arguments};
use crate::call::{Call, Text};
use crate::error::Error;
use crate::executor::{Access, Executor, Want};
use crate::fetch::{self, Execute, Fetch, FetchAll, FetchOne, FetchOptional};
use crate::observer::{Kind as Asked, Watch};
use crate::query::{Runnable, UnboundQuery};
use crate::row::{self, Mapper};
use crate::transaction::Transaction;

/// A query whose arguments come later: `&UnboundQuery` (and `UnboundQuery`) from a macro, or text as `&str`. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no query that waits for its arguments",
    label = "expected an unbound query",
    note = "leave the arguments out: `query!(\"… $1\")`, kept in a `const` or a variable, or pass the text as `&str`"
)]
pub trait Unbound: sealed::Sealed + Send {
    /// What a row becomes.
    type Output;
    /// How many arguments it takes: [`Exactly`] that many, or, for text, [`Unknown`].
    type Arity;

    #[doc(hidden)]
    fn into_parts(self) -> Parts<Self::Output>;
}

/// A query's text and mapper, out of the hands of its type.
#[doc(hidden)]
pub struct Parts<O> {
    text: Text,
    map: Mapper<O>,
}

/// The arity of a checked query.
#[derive(Debug)]
pub struct Exactly<const N: usize>;

/// The arity of text that is made while the program runs: the server counts.
#[derive(Debug)]
pub struct Unknown;

/// Argument lists that go with an arity.
pub trait Fits<Arity>: ArgumentList {}

impl<A: Arguments<N>, const N: usize> Fits<Exactly<N>> for A {}
impl<A: ArgumentList> Fits<Unknown> for A {}

mod sealed {
    pub trait Sealed {}
    impl<const N: usize, O> Sealed for crate::UnboundQuery<N, O> {}
    impl Sealed for &str {}
    impl Sealed for &String {}
    impl<const N: usize, O> Sealed for &crate::UnboundQuery<N, O> {}
}

impl<const N: usize, O> Unbound for UnboundQuery<N, O> {
    type Output = O;
    type Arity = Exactly<N>;

    fn into_parts(self) -> Parts<O> {
        Parts {
            text: Text::Site(self.site(), None),
            map: self.mapper(),
        }
    }
}

impl<const N: usize, O> Unbound for &UnboundQuery<N, O> {
    type Output = O;
    type Arity = Exactly<N>;

    fn into_parts(self) -> Parts<O> {
        (*self).into_parts()
    }
}

impl Unbound for &str {
    type Output = Row;
    type Arity = Unknown;

    fn into_parts(self) -> Parts<Row> {
        Parts {
            text: Text::dynamic(self),
            map: row::row,
        }
    }
}

impl Unbound for &String {
    type Output = Row;
    type Arity = Unknown;

    fn into_parts(self) -> Parts<Row> {
        self.as_str().into_parts()
    }
}

/// A query that the server has accepted, bound to what it was prepared on. Each run takes its own arguments.
///
/// ```
/// # use pgdbm_runtime::{DatabaseManager, Error, Row, UnboundQuery};
/// # async fn example(db: &DatabaseManager, by_email: UnboundQuery<1>) -> Result<(), Error> {
/// let by_email = db.prepare(by_email).await?;
/// for email in ["ada@example.com", "grace@example.com"] {
///     let user = by_email.fetch_optional((email,)).await?;
/// }
/// # Ok(()) }
/// ```
pub struct Prepared<'e, Arity, O = Row> {
    access: Access<'e>,
    text: Text,
    map: Mapper<O>,
    arity: PhantomData<fn(Arity)>,
}

impl<'e, Arity, O> Prepared<'e, Arity, O> {
    pub(crate) async fn new<U: Unbound<Arity = Arity, Output = O>>(
        access: Access<'e>,
        query: U,
    ) -> Result<Self, Error> {
        let Parts { text, map } = query.into_parts();
        access.prepare(&text).await?;
        Ok(Prepared {
            access,
            text,
            map,
            arity: PhantomData,
        })
    }

    /// Runs it and gives the number of rows that it affected or returned.
    ///
    /// # Errors
    /// What the server refuses, or why no connection could be had.
    ///
    /// # Cancellation
    /// If the future is dropped while the statement runs, the server is asked to cancel it, and the connection is closed instead of
    /// going back to the pool; whether the statement took effect is then unknown. In a transaction, roll back.
    pub fn execute<'s, A: Fits<Arity> + 's>(&'s self, arguments: A) -> Execute<'s> {
        fetch::execute(self.call(arguments), self)
    }

    /// Runs it and gives its first row.
    ///
    /// # Errors
    /// As [`execute`](Self::execute); also when there is no row, and when the row does not fit the type.
    ///
    /// # Cancellation
    /// As [`execute`](Self::execute).
    pub fn fetch_one<'s, A: Fits<Arity> + 's>(&'s self, arguments: A) -> FetchOne<'s, O> {
        fetch::fetch_one(self.call(arguments), self)
    }

    /// Runs it and gives its first row, if there is one.
    ///
    /// # Errors
    /// As [`execute`](Self::execute); also when the row does not fit the type.
    ///
    /// # Cancellation
    /// As [`execute`](Self::execute).
    pub fn fetch_optional<'s, A: Fits<Arity> + 's>(&'s self, arguments: A) -> FetchOptional<'s, O> {
        fetch::fetch_optional(self.call(arguments), self)
    }

    /// Runs it and gives all its rows.
    ///
    /// # Errors
    /// As [`execute`](Self::execute); also when a row does not fit the type.
    ///
    /// # Cancellation
    /// As [`execute`](Self::execute).
    pub fn fetch_all<'s, A: Fits<Arity> + 's>(&'s self, arguments: A) -> FetchAll<'s, O> {
        fetch::fetch_all(self.call(arguments), self)
    }

    /// Runs it and gives its rows one by one, as they arrive.
    ///
    /// # Errors
    /// As [`execute`](Self::execute), as the first item of the stream; also when a row does not fit the type, for which the stream goes on.
    ///
    /// # Cancellation
    /// If the stream is dropped before its end, the server is asked to cancel the statement, and the connection is closed instead of going
    /// back to the pool. In a transaction, roll back.
    pub fn fetch<'s, A: Fits<Arity> + 's>(&'s self, arguments: A) -> Fetch<'s, O> {
        fetch::fetch(self.call(arguments), self)
    }

    fn call<'s, A: ArgumentList + 's>(&self, arguments: A) -> Call<'s, O> {
        Call {
            text: self.text.clone(),
            arguments: Box::new(arguments),
            map: self.map,
        }
    }
}

impl<Arity, O> crate::executor::sealed::Sealed for Prepared<'_, Arity, O> {}

impl<Arity, O> Executor for Prepared<'_, Arity, O> {
    fn access(&self) -> Access<'_> {
        self.access
    }
}

impl<O> crate::query::sealed::Sealed for Call<'_, O> {}

#[diagnostic::do_not_recommend]
impl<O> Runnable for Call<'_, O> {
    type Output = O;

    fn into_call<'q>(self) -> Call<'q, O>
    where
        Self: 'q,
    {
        self
    }
}

/// The future of `execute_many`: the number of rows affected in all.
pub(crate) type Many<'e> = Pin<Box<dyn Future<Output = Result<u64, Error>> + Send + 'e>>;

/// Argument lists of one query, with their type erased.
pub(crate) type Lists<'e> = Box<dyn Iterator<Item = Box<dyn ArgumentList + 'e>> + Send + 'e>;

pub(crate) fn text_of(query: impl Unbound) -> Text {
    query.into_parts().text
}

pub(crate) fn erased<'e, A: ArgumentList + 'e>(
    lists: impl IntoIterator<Item = A, IntoIter: Send + 'e>,
) -> Lists<'e> {
    let lists = lists.into_iter();
    Box::new(lists.map(|list| Box::new(list) as Box<dyn ArgumentList + 'e>))
}

/// Runs a query for each list in a transaction of their own, and commits.
pub(crate) async fn run_each(
    transaction: Transaction<'_>,
    text: Text,
    lists: Lists<'_>,
) -> Result<u64, Error> {
    // The runs are one statement to who watches.
    let mut watch = transaction.access().watch(Asked::ExecuteMany, &text);
    watch.lent();
    let result = run_lists(transaction.access(), &text, lists, &mut watch).await;
    watch.end(result.as_ref().err());
    let affected = result?;
    transaction.commit().await?;
    Ok(affected)
}

async fn run_lists(
    access: Access<'_>,
    text: &Text,
    lists: Lists<'_>,
    watch: &mut Watch,
) -> Result<u64, Error> {
    let mut affected = 0;
    for (before, list) in (0..).zip(lists) {
        watch.set_runs(before + 1);
        affected += access
            .run_unwatched(text.clone(), list, Want::Count)
            .await?
            .affected;
        watch.set_rows(affected);
    }
    Ok(affected)
}

impl<Arity, O> fmt::Debug for Prepared<'_, Arity, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared")
            .field("sql", &self.text.source())
            .finish_non_exhaustive()
    }
}
