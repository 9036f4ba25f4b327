//! The manager: queries, bound to one schema for life.

use std::fmt;
use std::sync::Arc;

use pgdbm_template::{SchemaName, quote_identifier};
use tokio_postgres::types::FromSqlOwned;

use crate::connection::Connection;
use crate::error::Error;
use crate::executor::{Access, Executor};
use crate::pool::Pool;
use crate::sql::sql;

/// Runs queries in one schema. It is bound to that schema for life; for another schema make another manager.
///
/// Cheap to clone and to make: all managers of a pool share its connections.
///
/// ```no_run
/// # async fn example(pool: pgdbm_runtime::Pool) -> Result<(), pgdbm_runtime::Error> {
/// let db = pool.manager("shop")?;
/// db.ensure_schema().await?;
/// db.execute("CREATE TABLE IF NOT EXISTS {{tables.users}} (id int PRIMARY KEY)").await?;
/// let users: i64 = db.fetch_value("SELECT count(*) FROM {{tables.users}}").await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct DatabaseManager {
    pool: Pool,
    schema: Arc<SchemaName>,
}

/// The methods of everything that runs queries, with their documentation, once.
macro_rules! query_methods {
    () => {
        /// Runs a query and gives the number of rows that it affected or returned.
        ///
        /// # Errors
        /// What the server refuses, or why no connection could be had.
        ///
        /// # Cancellation
        /// If the future is dropped while the statement runs, the server is asked to cancel it; whether it took effect is
        /// then unknown. Inside a transaction, roll back.
        pub fn execute<'e, Q: $crate::Runnable + 'e>(
            &'e self,
            query: Q,
        ) -> $crate::fetch::Execute<'e> {
            $crate::fetch::execute(query, self)
        }

        /// Runs a query and gives its first row.
        ///
        /// # Errors
        /// As [`execute`](Self::execute); also when there is no row
        /// ([`Error::is_row_not_found`](crate::Error::is_row_not_found)) and when the row does not fit the type.
        ///
        /// # Cancellation
        /// As [`execute`](Self::execute).
        pub fn fetch_one<'e, Q: $crate::Runnable + 'e>(
            &'e self,
            query: Q,
        ) -> $crate::fetch::FetchOne<'e, Q::Output> {
            $crate::fetch::fetch_one(query, self)
        }

        /// Runs a query and gives its first row, if there is one.
        ///
        /// # Errors
        /// As [`execute`](Self::execute); also when the row does not fit the type.
        ///
        /// # Cancellation
        /// As [`execute`](Self::execute).
        pub fn fetch_optional<'e, Q: $crate::Runnable + 'e>(
            &'e self,
            query: Q,
        ) -> $crate::fetch::FetchOptional<'e, Q::Output> {
            $crate::fetch::fetch_optional(query, self)
        }

        /// Runs a query and gives all its rows.
        ///
        /// # Errors
        /// As [`execute`](Self::execute); also when a row does not fit the type.
        ///
        /// # Cancellation
        /// As [`execute`](Self::execute).
        pub fn fetch_all<'e, Q: $crate::Runnable + 'e>(
            &'e self,
            query: Q,
        ) -> $crate::fetch::FetchAll<'e, Q::Output> {
            $crate::fetch::fetch_all(query, self)
        }

        /// Runs a query and gives its rows one by one, as they arrive.
        ///
        /// # Errors
        /// As [`execute`](Self::execute), as the first item of the stream; also when a row does not fit the type, for which the stream goes on.
        ///
        /// # Cancellation
        /// If the stream is dropped before its end, the server is asked to cancel the statement, and the connection is closed instead of going
        /// back to the pool. In a transaction, roll back.
        pub fn fetch<'e, Q: $crate::Runnable + 'e>(
            &'e self,
            query: Q,
        ) -> $crate::fetch::Fetch<'e, Q::Output> {
            $crate::fetch::fetch(query, self)
        }

        /// Runs a query and gives the first column of its first row.
        ///
        /// # Errors
        /// As [`fetch_one`](Self::fetch_one).
        ///
        /// # Cancellation
        /// As [`execute`](Self::execute).
        pub async fn fetch_value<'e, T: ::tokio_postgres::types::FromSqlOwned>(
            &'e self,
            query: impl $crate::Runnable + 'e,
        ) -> Result<T, $crate::Error> {
            $crate::manager::first_value($crate::Executor::access(self), query.into_call()).await
        }

        /// Runs an INSERT and gives the new row's `id`. `RETURNING id` is added unless the query returns something itself;
        /// then its first column is given.
        ///
        /// # Errors
        /// As [`fetch_one`](Self::fetch_one).
        ///
        /// # Cancellation
        /// As [`execute`](Self::execute).
        pub async fn execute_and_return_id<'e, T: ::tokio_postgres::types::FromSqlOwned>(
            &'e self,
            query: impl $crate::Runnable + 'e,
        ) -> Result<T, $crate::Error> {
            let mut call = query.into_call();
            call.text = call.text.returning_id();
            $crate::manager::first_value($crate::Executor::access(self), call).await
        }

        /// Prepares a query for many runs with different arguments, and shows now if the server refuses it.
        ///
        /// # Errors
        /// As [`execute`](Self::execute).
        ///
        /// # Cancellation
        /// As [`execute`](Self::execute).
        pub async fn prepare<'e, U: $crate::Unbound>(
            &'e self,
            query: U,
        ) -> Result<$crate::Prepared<'e, U::Arity, U::Output>, $crate::Error> {
            $crate::Prepared::new($crate::Executor::access(self), query).await
        }

        /// Whether a table (or partitioned or foreign table) of this name exists in the schema.
        ///
        /// # Errors
        /// As [`execute`](Self::execute).
        ///
        /// # Cancellation
        /// As [`execute`](Self::execute).
        pub async fn table_exists(&self, table: &str) -> Result<bool, $crate::Error> {
            $crate::manager::table_exists(self, self.schema(), table).await
        }
    };
}
pub(crate) use query_methods;

impl DatabaseManager {
    pub(crate) fn new(pool: Pool, schema: SchemaName) -> Self {
        DatabaseManager {
            pool,
            schema: Arc::new(schema),
        }
    }

    /// The schema that this manager is bound to.
    pub fn schema(&self) -> &str {
        self.schema.as_str()
    }

    pub(crate) fn schema_name(&self) -> &SchemaName {
        &self.schema
    }

    /// The pool that this manager takes its connections from.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// A connection for oneself, until it is dropped: for session state. See [`Connection`].
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn acquire(&self) -> Result<Connection, Error> {
        self.pool.acquire(&self.schema).await
    }

    /// Creates the schema if it does not exist.
    ///
    /// # Errors
    /// When the role may not create schemas in this database.
    pub async fn ensure_schema(&self) -> Result<(), Error> {
        const EXISTS: &str =
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1)";
        // Asked first, because IF NOT EXISTS needs the right to create even when there is nothing to do.
        let exists = || async {
            self.fetch_value::<bool>(sql(EXISTS).bind(self.schema()))
                .await
        };
        if exists().await? {
            return Ok(());
        }
        match self.execute("CREATE SCHEMA IF NOT EXISTS {{schema}}").await {
            Ok(_) => Ok(()),
            // Two that create at once can both pass the server's own test; the loser sees the winner's schema.
            Err(error) if error.is_unique_violation() && exists().await? => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The SQL that a query with placeholders becomes for this schema: for looking at, and for other tools.
    ///
    /// # Errors
    /// When the text breaks a rule of the placeholder syntax.
    pub fn render(&self, query: &str) -> Result<String, Error> {
        crate::call::Text::dynamic(query)
            .for_schema(&self.schema)
            .map(|prepared| prepared.sql)
    }

    /// The quoted, schema-qualified name of a relation, such as `"shop"."users"`.
    pub fn qualify(&self, relation: &str) -> String {
        format!("{}.{}", self.schema.quoted(), quote_identifier(relation))
    }

    query_methods!();
}

impl Connection {
    query_methods!();
}

impl Executor for DatabaseManager {
    fn access(&self) -> Access<'_> {
        Access::Pooled(self)
    }
}

/// Whether a schema may have this name; the error says why not.
#[cfg(feature = "testing")]
pub(crate) fn valid_schema(name: &str) -> Result<(), Error> {
    match SchemaName::new(name) {
        Ok(_) => Ok(()),
        Err(error) => Err(Error::new(crate::error::Kind::SchemaName(
            error.to_string(),
        ))),
    }
}

pub(crate) async fn first_value<T: FromSqlOwned, O>(
    access: Access<'_>,
    call: crate::call::Call<'_, O>,
) -> Result<T, Error> {
    let outcome = access
        .run(call.text, call.arguments, crate::executor::Want::First)
        .await?;
    match outcome.rows.into_iter().next() {
        Some(row) => crate::row::scalar(crate::Row::plain(row))
            .map_err(|error| error.with_query(&outcome.query)),
        None => Err(Error::row_not_found().with_query(&outcome.query)),
    }
}

pub(crate) async fn table_exists(
    on: &impl Executor,
    schema: &str,
    table: &str,
) -> Result<bool, Error> {
    const QUERY: &str = "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
        WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'f'))";
    let call = crate::query::Runnable::into_call(sql(QUERY).bind(schema).bind(table));
    first_value(on.access(), call).await
}

impl fmt::Debug for DatabaseManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseManager")
            .field("schema", &self.schema.as_str())
            .field("pool", &self.pool)
            .finish()
    }
}
