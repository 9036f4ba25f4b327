//! Emptying tables.

use super::table::Table;
use crate::call::Text;
use crate::error::Error;
use crate::executor::{Access, Want};
use crate::testing::TestDatabase;

/// The tables that refer to these, directly or through others, and the parts of all of them: what CASCADE reaches. The
/// foreign keys of a partition that its table has made for it are left out: the table stands for it.
const REACHED: &str = "\
    WITH RECURSIVE named (oid) AS (SELECT name::pg_catalog.regclass::oid FROM unnest($1::text[]) AS given (name)), \
    below (above, oid) AS ( \
        SELECT confrelid, conrelid FROM pg_catalog.pg_constraint WHERE contype = 'f' AND conparentid = 0 \
        UNION ALL SELECT inhparent, inhrelid FROM pg_catalog.pg_inherits), \
    reached (oid) AS (SELECT oid FROM named UNION SELECT below.oid FROM reached JOIN below ON below.above = reached.oid) \
    SELECT n.nspname::text, c.relname::text \
    FROM reached JOIN pg_catalog.pg_class c ON c.oid = reached.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE reached.oid NOT IN (SELECT oid FROM named) AND NOT c.relispartition \
    ORDER BY 1, 2";

impl TestDatabase {
    /// Empties tables, and those that refer to them; their sequences begin anew: `TRUNCATE … RESTART IDENTITY CASCADE`.
    /// Gives the tables that were emptied besides those that are named, as `shop.orders`.
    ///
    /// A table is named `"users"` in the first schema, or `"billing.invoices"`.
    ///
    /// ```
    /// # use pgdbm_runtime as pgdbm;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let database = pgdbm::testing::TestDatabase::create().await?;
    /// # let db = database.manager();
    /// db.execute("CREATE TABLE {{tables.users}} (id int PRIMARY KEY)").await?;
    /// db.execute("CREATE TABLE {{tables.orders}} (user_id int REFERENCES {{tables.users}})").await?;
    /// assert_eq!(database.truncate(&["users"]).await?, ["public.orders"]);
    /// # Ok(()) }
    /// ```
    ///
    /// PostgreSQL manual, `TRUNCATE`.
    ///
    /// # Errors
    /// When there is no such table, no connection can be had, or a transaction that is open uses one of the tables for longer
    /// than `lock_timeout`.
    ///
    /// # Cancellation
    /// All of them are emptied or none; which, is unknown if the future is dropped.
    pub async fn truncate(&self, tables: &[&str]) -> Result<Vec<String>, Error> {
        if tables.is_empty() {
            return Ok(Vec::new());
        }
        let tables = tables.iter().map(|table| Table::named(self, table));
        let tables: Vec<String> = tables
            .map(|table| table.map(|table| table.qualified().to_owned()))
            .collect::<Result<_, Error>>()?;
        let connection = self.manager().acquire().await?;
        let access = Access::Held(&connection);
        let truncate = format!(
            "TRUNCATE TABLE {} RESTART IDENTITY CASCADE",
            tables.join(", ")
        );
        let reached = access
            .run_unwatched(Text::dynamic(REACHED), Box::new((tables,)), Want::All)
            .await?;
        access
            .run_unwatched(Text::dynamic(&truncate), Box::new(()), Want::Count)
            .await?;
        let names = reached.rows.into_iter().map(|row| {
            let (schema, name): (String, String) = crate::row::from_row(crate::Row::plain(row))?;
            Ok(format!("{schema}.{name}"))
        });
        names.collect()
    }
}
