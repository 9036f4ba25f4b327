//! SQL that is made while the program runs, with the same placeholders.

use std::fmt;
use std::panic::Location;

use tokio_postgres::types::ToSql;

use crate::Row;
use crate::call::{Call, Text};
use crate::query::Runnable;
use crate::row::{self, FromRow, Mapper};

/// SQL that is made while the program runs, with its arguments.
///
/// The placeholders are those of `query!`, and are checked when it runs. Values go through `$1`, `$2`, … and
/// [`bind`](Self::bind), never into the text.
///
/// ```
/// # use pgdbm_runtime as pgdbm;
/// # async fn example(db: &pgdbm::DatabaseManager, descending: bool) -> Result<(), pgdbm::Error> {
/// let order = if descending { "DESC" } else { "ASC" };
/// let rows = pgdbm::sql(&format!("SELECT id FROM {{{{tables.users}}}} WHERE age > $1 ORDER BY id {order}"))
///     .bind(18)
///     .fetch_all(db)
///     .await?;
/// # Ok(()) }
/// ```
#[must_use = "a query does nothing until one of its `fetch_…` methods or `execute` is awaited"]
pub struct Sql<'v, O = Row> {
    text: Text,
    arguments: Vec<Box<dyn ToSql + Send + Sync + 'v>>,
    map: Mapper<O>,
}

/// SQL that is made while the program runs, for [`bind`](Sql::bind) and one of the `fetch_…` methods. See [`Sql`].
///
/// ```
/// # use pgdbm_runtime as pgdbm;
/// # async fn example(db: &pgdbm::DatabaseManager) -> Result<(), pgdbm::Error> {
/// let name = pgdbm::sql("SELECT name FROM {{tables.users}} WHERE id = $1").bind(7).scalar::<String>().fetch_one(db).await?;
/// # Ok(()) }
/// ```
#[track_caller]
pub fn sql<'v>(text: &str) -> Sql<'v> {
    Sql {
        text: Text::dynamic_at(text, Location::caller()),
        arguments: Vec::new(),
        map: row::row,
    }
}

impl<'v, O> Sql<'v, O> {
    /// Gives the next parameter its value.
    pub fn bind(mut self, value: impl ToSql + Send + Sync + 'v) -> Self {
        self.arguments.push(Box::new(value));
        self
    }

    /// Makes each row a `T`.
    pub fn map_into<T: FromRow>(self) -> Sql<'v, T> {
        Sql {
            text: self.text,
            arguments: self.arguments,
            map: row::from_row,
        }
    }

    /// Takes the first column of each row.
    pub fn scalar<T: tokio_postgres::types::FromSqlOwned>(self) -> Sql<'v, T> {
        Sql {
            text: self.text,
            arguments: self.arguments,
            map: row::scalar,
        }
    }

    crate::fetch::fetch_methods!(O; );
}

impl<O> Runnable for Sql<'_, O> {
    type Output = O;

    fn into_call<'q>(self) -> Call<'q, O>
    where
        Self: 'q,
    {
        Call {
            text: self.text,
            arguments: Box::new(self.arguments),
            map: self.map,
        }
    }
}

macro_rules! without_parameters {
    ($($text:ty),+) => {$(
        impl Runnable for $text {
            type Output = Row;

            fn into_call<'q>(self) -> Call<'q, Row>
            where
                Self: 'q,
            {
                Call { text: Text::dynamic(self.as_ref()), arguments: Box::new(()), map: row::row }
            }
        }
    )+};
}

without_parameters!(&str, String, &String);

impl<O> fmt::Debug for Sql<'_, O> {
    /// The SQL and the number of arguments; their values stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sql")
            .field("sql", &self.text.source())
            .field("arguments", &self.arguments.len())
            .finish()
    }
}
