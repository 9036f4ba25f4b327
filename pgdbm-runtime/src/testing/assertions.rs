//! What is in a test's tables: counting, comparing, emptying.

mod comparison;
mod sequences;
mod snapshot;
mod table;
mod text_table;
mod truncate;

use std::future::Future;
use std::panic::Location;

use self::table::Table;
use self::text_table::TextTable;
use super::test_database::TestDatabase;
use crate::call::Text;
use crate::error::Error;
use crate::executor::{Access, Want};

pub use snapshot::{TableDifference, TableSnapshot};

impl TestDatabase {
    /// How many rows a table (or a view) has: `"users"` in the first schema, or `"billing.invoices"`. Rows that a
    /// transaction has written and not committed are not among them.
    ///
    /// ```
    /// # use pgdbm_runtime as pgdbm;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let database = pgdbm::testing::TestDatabase::create().await?;
    /// database.manager().execute("CREATE TABLE {{tables.users}} (id int PRIMARY KEY)").await?;
    /// assert_eq!(database.count_rows("users").await?, 0);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// When there is no such table, or no connection can be had.
    ///
    /// # Cancellation
    /// Safe.
    pub async fn count_rows(&self, table: &str) -> Result<u64, Error> {
        let table = Table::named(self, table)?;
        let connection = table.manager().acquire().await?;
        let text = Text::dynamic(&format!("SELECT count(*) FROM {}", table.placeholder()));
        let outcome = Access::Held(&connection)
            .run_unwatched(text, Box::new(()), Want::First)
            .await?;
        let Some(row) = outcome.rows.into_iter().next() else {
            return Err(Error::row_not_found());
        };
        let rows: i64 = crate::row::scalar(crate::Row::plain(row))?;
        Ok(rows.unsigned_abs())
    }

    /// Checks what a query gives, against a table that is written as text:
    ///
    /// ```
    /// # use pgdbm_runtime as pgdbm;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let database = pgdbm::testing::TestDatabase::create().await?;
    /// # let db = database.manager();
    /// # db.execute("CREATE TABLE {{tables.users}} (id int PRIMARY KEY, email text, age int)").await?;
    /// # db.execute("INSERT INTO {{tables.users}} VALUES (1, 'ada@example.com', 36), (2, 'grace@example.com', NULL)").await?;
    /// database
    ///     .assert_rows(
    ///         "SELECT email, age FROM {{tables.users}} ORDER BY id",
    ///         "email             | age
    ///          ada@example.com   | 36
    ///          grace@example.com | NULL",
    ///     )
    ///     .await;
    /// # Ok(()) }
    /// ```
    ///
    /// The first line names the columns; each line behind it is a row. White space around cells, blank lines and
    /// indentation do not count; below the first line there may be a line of dashes, as psql prints it. In a cell,
    ///
    /// - `NULL` is NULL,
    /// - `''` is the empty string, and so is a cell with nothing in it,
    /// - `\|` is a bar, `\\` a backslash, `\n`, `\r` and `\t` are a line break, a carriage return and a tab, and a backslash
    ///   before another character is that character: `\NULL` is the text and no NULL, `\ ` a space that counts.
    ///
    /// Values are the server's text for them, as psql shows it; times are in UTC. The rows' order always counts, so write
    /// ORDER BY. The query is one statement without parameters, with the placeholders of `query!`, in the first schema; what
    /// it writes is committed.
    ///
    /// # Panics
    /// When the rows differ, the query fails, or the expected table is malformed. The message shows both tables, the
    /// difference line by line, and the actual rows in a form to paste into the test.
    #[track_caller]
    #[allow(clippy::panic, reason = "an assertion says by panicking what is wrong")]
    pub fn assert_rows<'a>(
        &'a self,
        query: &'a str,
        expected: &'a str,
    ) -> impl Future<Output = ()> + Send + 'a {
        let at = Location::caller();
        async move {
            let expected = match TextTable::parse(expected) {
                Ok(expected) => expected,
                Err(message) => panic!("{at}: {message}"),
            };
            let found = match self.rows_as_text(query).await {
                Ok(found) => found,
                Err(error) => panic!("{at}: the query failed: {error}"),
            };
            if let Some(difference) = comparison::difference(&expected, &found) {
                panic!(
                    "{at}: the query gives other rows than expected\n  query:\n{}{difference}",
                    comparison::indented(query, 4)
                );
            }
        }
    }

    async fn rows_as_text(&self, query: &str) -> Result<TextTable, Error> {
        let connection = self.manager().acquire().await?;
        TextTable::read(&connection, &Text::dynamic(query)).await
    }
}
