//! A table's rows at one moment, to compare with another moment.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::panic::Location;

use super::comparison::limited;
use super::table::Table;
use super::text_table::{TextTable, aligned, cell_text};
use crate::call::Text;
use crate::connection::Connection;
use crate::error::Error;
use crate::executor::{Access, Want};
use crate::testing::TestDatabase;

/// All rows of a table at one moment, from [`TestDatabase::snapshot_table`].
///
/// Snapshots are equal when their columns and rows are, whatever their tables are called. `Display` shows the rows as a table;
/// `Debug` does not.
#[derive(Clone)]
pub struct TableSnapshot {
    /// As the test named it.
    table: String,
    content: TextTable,
    /// The positions of the primary key's columns; empty without one.
    key: Vec<usize>,
}

/// How one snapshot differs from an earlier one, from [`TableSnapshot::difference`].
#[derive(Clone)]
pub struct TableDifference {
    columns: Vec<String>,
    /// The columns of the earlier one, if they were others.
    columns_before: Option<Vec<String>>,
    key: Vec<usize>,
    added: Vec<Row>,
    removed: Vec<Row>,
    changed: Vec<(Row, Row)>,
}

type Row = Vec<Option<String>>;

/// The names of the columns of a table or view, and where each stands in its primary key.
const COLUMNS: &str = "\
    SELECT a.attname::text, coalesce(pg_catalog.array_position(x.indkey::int2[], a.attnum) + 0, -1) \
    FROM pg_catalog.pg_attribute a \
    LEFT JOIN pg_catalog.pg_index x ON x.indrelid = a.attrelid AND x.indisprimary \
    WHERE a.attrelid = $1::text::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped \
    ORDER BY a.attnum";

impl TestDatabase {
    /// All rows of a table (or a view) as they are now, each value as the server's text for it, times in UTC. In the order of
    /// the primary key; without one, in the order of all columns.
    ///
    /// A table is named `"users"` in the first schema, or `"billing.invoices"`. Rows that a transaction has written and not
    /// committed are not among them.
    ///
    /// ```
    /// # use pgdbm_runtime as pgdbm;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let database = pgdbm::testing::TestDatabase::create().await?;
    /// # let db = database.manager();
    /// db.execute("CREATE TABLE {{tables.users}} (id int PRIMARY KEY, name text)").await?;
    /// let before = database.snapshot_table("users").await?;
    /// db.execute("INSERT INTO {{tables.users}} VALUES (1, 'ada')").await?;
    /// let after = database.snapshot_table("users").await?;
    /// assert_eq!(before.difference(&after).added(), 1);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// When there is no such table, or no connection can be had.
    ///
    /// # Cancellation
    /// Safe: nothing is changed.
    pub async fn snapshot_table(&self, table: &str) -> Result<TableSnapshot, Error> {
        let named = Table::named(self, table)?;
        let connection = named.manager().acquire().await?;
        let (names, key) = columns(&connection, named.qualified()).await?;
        let quoted = |column: &usize| pgdbm_template::quote_identifier(&names[*column]);
        let order: Vec<String> = if key.is_empty() {
            // Some types have no order of their own; their text has.
            let columns = (0..names.len()).map(|column| quoted(&column));
            columns
                .map(|name| format!("{name}::text COLLATE \"C\""))
                .collect()
        } else {
            key.iter().map(quoted).collect()
        };
        let order = match order.as_slice() {
            [] => String::new(),
            order => format!(" ORDER BY {}", order.join(", ")),
        };
        let text = Text::dynamic(&format!("SELECT * FROM {}{order}", named.placeholder()));
        Ok(TableSnapshot {
            table: table.to_owned(),
            content: TextTable::read(&connection, &text).await?,
            key,
        })
    }
}

/// The names of a table's columns, and the positions of its primary key's in the order of the key.
async fn columns(
    connection: &Connection,
    qualified: &str,
) -> Result<(Vec<String>, Vec<usize>), Error> {
    let rows = Access::Held(connection)
        .run_unwatched(
            Text::dynamic(COLUMNS),
            Box::new((qualified.to_owned(),)),
            Want::All,
        )
        .await?
        .rows;
    let mut names = Vec::new();
    let mut key = BTreeMap::new();
    for (position, row) in rows.into_iter().enumerate() {
        let (name, place): (String, i32) = crate::row::from_row(crate::Row::plain(row))?;
        names.push(name);
        if place >= 0 {
            key.insert(place, position);
        }
    }
    Ok((names, key.into_values().collect()))
}

impl TableSnapshot {
    /// The table, as it was named when the snapshot was taken.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.content.columns
    }

    /// The rows, each value as the server's text for it, `None` for NULL.
    pub fn rows(&self) -> &[Vec<Option<String>>] {
        &self.content.rows
    }

    /// What changed from this snapshot to a `later` one. Rows are the same row when the primary key is; without one, when all
    /// columns are.
    pub fn difference(&self, later: &TableSnapshot) -> TableDifference {
        let columns_before =
            (self.content.columns != later.content.columns).then(|| self.content.columns.clone());
        // With other columns no row is as it was, and values cannot be told by their places.
        let key = if columns_before.is_none() && self.key == later.key {
            later.key.clone()
        } else {
            Vec::new()
        };
        let mut before: BTreeMap<Row, Vec<&Row>> = BTreeMap::new();
        for row in &self.content.rows {
            before.entry(key_of(row, &key)).or_default().push(row);
        }
        let (mut added, mut changed) = (Vec::new(), Vec::new());
        for row in &later.content.rows {
            match before.get_mut(&key_of(row, &key)).and_then(Vec::pop) {
                Some(old) if old == row => {}
                Some(old) => changed.push((old.clone(), row.clone())),
                None => added.push(row.clone()),
            }
        }
        // What was not taken is gone; told in the order of the snapshot.
        let mut removed = Vec::new();
        for row in &self.content.rows {
            if let Some(left) = before.get_mut(&key_of(row, &key))
                && left.pop().is_some()
            {
                removed.push(row.clone());
            }
        }
        TableDifference {
            columns: later.content.columns.clone(),
            columns_before,
            key,
            added,
            removed,
            changed,
        }
    }

    /// Checks that the table still is as it was.
    ///
    /// ```
    /// # use pgdbm_runtime as pgdbm;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let database = pgdbm::testing::TestDatabase::create().await?;
    /// # database.manager().execute("CREATE TABLE {{tables.users}} (id int PRIMARY KEY, name text)").await?;
    /// let users = database.snapshot_table("users").await?;
    /// // … what must leave the users alone …
    /// users.assert_unchanged(&database).await;
    /// # Ok(()) }
    /// ```
    ///
    /// # Panics
    /// When a row was added, removed or changed, or the table cannot be read. The message lists the rows.
    #[track_caller]
    #[allow(clippy::panic, reason = "an assertion says by panicking what is wrong")]
    pub fn assert_unchanged<'a>(
        &'a self,
        database: &'a TestDatabase,
    ) -> impl Future<Output = ()> + Send + 'a {
        let at = Location::caller();
        async move {
            match database.snapshot_table(&self.table).await {
                Ok(now) if now == *self => {}
                Ok(now) => panic!(
                    "{at}: the table `{}` has changed\n{}",
                    self.table,
                    self.difference(&now)
                ),
                Err(error) => panic!("{at}: the table `{}` cannot be read: {error}", self.table),
            }
        }
    }
}

/// The values that make a row that row: those of the key, without one all.
fn key_of(row: &Row, key: &[usize]) -> Row {
    if key.is_empty() {
        return row.clone();
    }
    let values = key.iter().map(|column| row.get(*column).cloned().flatten());
    values.collect()
}

impl PartialEq for TableSnapshot {
    fn eq(&self, other: &Self) -> bool {
        self.content == other.content
    }
}

impl Eq for TableSnapshot {}

impl fmt::Display for TableSnapshot {
    /// As a table, in the form that [`TestDatabase::assert_rows`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.content, f)
    }
}

impl fmt::Debug for TableSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableSnapshot")
            .field("table", &self.table)
            .field("columns", &self.content.columns)
            .field("rows", &self.content.rows.len())
            .finish()
    }
}

impl TableDifference {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.columns_before.is_none()
            && self.added.is_empty()
            && self.removed.is_empty()
            && self.changed.is_empty()
    }

    /// How many rows are new.
    pub fn added(&self) -> usize {
        self.added.len()
    }

    /// How many rows are gone.
    pub fn removed(&self) -> usize {
        self.removed.len()
    }

    /// How many rows have the primary key of an earlier one, and other values. None without a primary key: such a row is gone
    /// and another one is new.
    pub fn changed(&self) -> usize {
        self.changed.len()
    }

    /// Which row, and how its columns changed: `id = 7: email: a@example.com -> b@example.com`.
    fn change(&self, old: &Row, new: &Row) -> String {
        let cell = |row: &Row, column: usize| {
            cell_text(row.get(column).and_then(|value| value.as_deref()))
        };
        let key = self.key.iter().filter_map(|column| {
            let name = self.columns.get(*column)?;
            Some(format!("{name} = {}", cell(new, *column)))
        });
        let changes = self
            .columns
            .iter()
            .enumerate()
            .filter_map(|(column, name)| {
                let (old, new) = (cell(old, column), cell(new, column));
                (old != new).then(|| format!("{name}: {old} -> {new}"))
            });
        format!(
            "{}: {}",
            key.collect::<Vec<_>>().join(", "),
            changes.collect::<Vec<_>>().join("; ")
        )
    }
}

impl fmt::Display for TableDifference {
    /// The rows that are new (`+`), gone (`-`) and changed (`~`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("no difference");
        }
        let mut text = format!(
            "  {} row(s) added, {} removed, {} changed",
            self.added.len(),
            self.removed.len(),
            self.changed.len()
        );
        if let Some(before) = &self.columns_before {
            text.push_str(&format!(
                "\n  the columns were {}\n  and are {}",
                before.join(", "),
                self.columns.join(", ")
            ));
        }
        let cells = |row: &Row| -> Vec<String> {
            let cells = row.iter().map(|cell| cell_text(cell.as_deref()));
            cells.collect()
        };
        let rows: Vec<(char, Vec<String>)> = [('+', &self.added), ('-', &self.removed)]
            .into_iter()
            .flat_map(|(mark, rows)| rows.iter().map(move |row| (mark, cells(row))))
            .collect();
        if !rows.is_empty() {
            let mut lines: Vec<&[String]> = vec![&self.columns];
            lines.extend(rows.iter().map(|(_, cells)| cells.as_slice()));
            let marks = [' '].into_iter().chain(rows.iter().map(|(mark, _)| *mark));
            for (line, mark) in aligned(&lines).into_iter().zip(marks) {
                text.push_str(&format!("\n  {mark} {line}"));
            }
        }
        for (old, new) in &self.changed {
            text.push_str(&format!("\n  ~ {}", self.change(old, new)));
        }
        f.write_str(&limited(&text))
    }
}

impl fmt::Debug for TableDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableDifference")
            .field("added", &self.added.len())
            .field("removed", &self.removed.len())
            .field("changed", &self.changed.len())
            .finish_non_exhaustive()
    }
}
