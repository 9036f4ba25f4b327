//! Sequences that go on behind the rows that are there.

use crate::call::Text;
use crate::connection::Connection;
use crate::error::Error;
use crate::executor::{Access, Want};
use crate::testing::TestDatabase;

/// A query that gives one statement for each sequence of the schema that belongs to an integer column, made by the server,
/// which knows how to quote. In the statement `%1$L` and `%1$s` are the sequence, `%4$s` is its start, and `used %6$s …` asks
/// whether the last number in use is at or behind something.
macro_rules! for_each_sequence {
    ($statement:literal) => {
        concat!(
            "SELECT pg_catalog.format('",
            $statement,
            " FROM (SELECT %5$s(%3$I)::bigint AS used FROM %2$s) AS rows', \
                pg_catalog.format('%I.%I', sn.nspname, sc.relname), \
                pg_catalog.format('%I.%I', n.nspname, c.relname), \
                a.attname, s.seqstart, \
                CASE WHEN s.seqincrement > 0 THEN 'max' ELSE 'min' END, \
                CASE WHEN s.seqincrement > 0 THEN '>=' ELSE '<=' END) \
            FROM pg_catalog.pg_sequence s \
            JOIN pg_catalog.pg_class sc ON sc.oid = s.seqrelid \
            JOIN pg_catalog.pg_namespace sn ON sn.oid = sc.relnamespace \
            JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = s.seqrelid \
                AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i') \
            JOIN pg_catalog.pg_class c ON c.oid = d.refobjid \
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
            JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid \
            JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
            WHERE n.nspname = $1 AND coalesce(nullif(t.typbasetype, 0), t.oid) IN (20, 21, 23) \
            ORDER BY sn.nspname, sc.relname"
        )
    };
}

/// Behind the last number in use; at the start if there is none, or if all stand before it.
const RESET: &str = for_each_sequence!(
    "SELECT CASE WHEN used %6$s %4$s THEN pg_catalog.setval(%1$L::pg_catalog.regclass, used, true) \
     ELSE pg_catalog.setval(%1$L::pg_catalog.regclass, %4$s, false) END"
);

/// Behind the last number in use, unless the sequence stands there already: what somebody has set is not taken back.
const ADVANCE: &str = for_each_sequence!(
    "SELECT CASE WHEN used %6$s (SELECT last_value FROM %1$s) \
     THEN pg_catalog.setval(%1$L::pg_catalog.regclass, used, true) END"
);

impl TestDatabase {
    /// Sets every sequence of the first schema behind the rows that are there, so that the next number is a free one: for
    /// use after rows were written with numbers of their own. Gives how many sequences it set.
    ///
    /// It concerns the sequences of `GENERATED … AS IDENTITY`, of `serial`, and those that are `OWNED BY` a column, if the
    /// column holds integers. The next number is the one behind the column's largest; of an empty table, and when all numbers
    /// are smaller, the sequence's start. Of a descending sequence it is the other way round.
    ///
    /// ```
    /// # use pgdbm_runtime as pgdbm;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let database = pgdbm::testing::TestDatabase::create().await?;
    /// # let db = database.manager();
    /// db.execute("CREATE TABLE {{tables.users}} (id serial PRIMARY KEY, name text)").await?;
    /// db.execute("INSERT INTO {{tables.users}} (id) VALUES (1), (7)").await?;
    /// assert_eq!(database.reset_sequences().await?, 1);
    /// let id: i32 = db.execute_and_return_id("INSERT INTO {{tables.users}} (name) VALUES ('ada')").await?;
    /// assert_eq!(id, 8);
    /// # Ok(()) }
    /// ```
    ///
    /// PostgreSQL manual, "Sequence Manipulation Functions".
    ///
    /// # Errors
    /// When a number is beyond what its sequence may give, or no connection can be had.
    ///
    /// # Cancellation
    /// Safe to repeat: some sequences may be set and others not.
    pub async fn reset_sequences(&self) -> Result<usize, Error> {
        let connection = self.manager().acquire().await?;
        set_sequences(&connection, RESET).await
    }

    /// Moves the sequences of the connection's schema on where rows stand in their way, seeing the rows of a transaction that
    /// is open on it.
    pub(crate) async fn advance_sequences(connection: &Connection) -> Result<(), Error> {
        set_sequences(connection, ADVANCE).await.map(drop)
    }
}

/// Runs the statements that a query makes; gives how many there were.
async fn set_sequences(connection: &Connection, query: &str) -> Result<usize, Error> {
    let access = Access::Held(connection);
    let schema = connection.schema().to_owned();
    let statements = access
        .run_unwatched(Text::dynamic(query), Box::new((schema,)), Want::All)
        .await?
        .rows;
    let mut batch = String::new();
    let count = statements.len();
    for row in statements {
        let statement: String = crate::row::scalar(crate::Row::plain(row))?;
        batch.push_str(&statement);
        batch.push_str(";\n");
    }
    if count > 0 {
        connection.batch(&batch).await?;
    }
    Ok(count)
}
