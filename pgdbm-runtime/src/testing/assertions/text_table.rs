//! Rows as text: read from the server, read from a test, and written so that a test can hold them.

use std::fmt;

use tokio_postgres::SimpleQueryMessage;

use crate::call::Text;
use crate::connection::Connection;
use crate::error::{Error, Kind};

/// Columns and rows, each value as the server's text for it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct TextTable {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Option<String>>>,
}

/// So that the text of a value is the same on every machine, whatever the server and the pool are set to.
const SETTINGS: &str = "\
    SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, MDY'; SET LOCAL IntervalStyle = 'postgres'; \
    SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1";

impl TextTable {
    /// What a query gives. It runs in a transaction of its own, which is committed.
    pub(super) async fn read(connection: &Connection, text: &Text) -> Result<TextTable, Error> {
        let query = text.context(connection.schema_name());
        let rendered = text.for_schema(connection.schema_name())?;
        if rendered.controls_transaction {
            return Err(Error::new(Kind::TransactionControl).with_query(&query));
        }
        if rendered.changes_session {
            connection.mark_dirty();
        }
        // Each of these either ends or, when its future is dropped, closes the connection: no transaction stays open.
        connection.batch(&format!("BEGIN; {SETTINGS}")).await?;
        let client = connection.client()?;
        let running = connection.running();
        let result = client.simple_query(&rendered.sql).await;
        running.end();
        match result {
            Ok(messages) => {
                connection.batch("COMMIT").await?;
                Ok(TextTable::of(&messages))
            }
            Err(error) => {
                let error = Error::from_driver(&error, Some((&query, &rendered.sql)));
                connection.batch("ROLLBACK").await?;
                Err(error)
            }
        }
    }

    fn of(messages: &[SimpleQueryMessage]) -> TextTable {
        let mut table = TextTable {
            columns: Vec::new(),
            rows: Vec::new(),
        };
        for message in messages {
            match message {
                SimpleQueryMessage::RowDescription(columns) => {
                    let names = columns.iter().map(|column| column.name().to_owned());
                    table.columns = names.collect();
                }
                SimpleQueryMessage::Row(row) => {
                    let values = (0..row.len()).map(|i| row.get(i).map(str::to_owned));
                    table.rows.push(values.collect());
                }
                _ => {}
            }
        }
        table
    }

    /// Reads a table out of a test. `Err` says what is malformed.
    pub(super) fn parse(text: &str) -> Result<TextTable, String> {
        let lines = text.lines().enumerate();
        let mut lines = lines
            .map(|(i, line)| (i + 1, line))
            .filter(|(_, line)| !line.trim().is_empty());
        let Some((_, head)) = lines.next() else {
            return Err(
                "the expected table has no line\n  help: name the columns in the first line, also when no row is expected: `id | email`"
                    .to_owned(),
            );
        };
        let columns: Vec<String> = cells(head)
            .into_iter()
            .map(|cell| cell.unwrap_or_else(|| "NULL".to_owned()))
            .collect();
        let mut rows = Vec::new();
        let mut first = true;
        for (number, line) in lines {
            if std::mem::take(&mut first) && is_rule(line.trim()) {
                continue;
            }
            let cells = cells(line);
            if cells.len() != columns.len() {
                return Err(format!(
                    "line {number} of the expected table has {} cell(s), and its first line names {} column(s):\n    {}\n  help: put a `|` between two cells; a `|` in a value is written `\\|`",
                    cells.len(),
                    columns.len(),
                    line.trim()
                ));
            }
            rows.push(cells);
        }
        Ok(TextTable { columns, rows })
    }

    /// The first line and the rows, as cells that [`parse`](Self::parse) reads.
    pub(super) fn written(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let columns = self.columns.iter().map(|name| cell_text(Some(name)));
        let rows = self.rows.iter().enumerate().map(|(i, row)| {
            let mut cells: Vec<String> =
                row.iter().map(|cell| cell_text(cell.as_deref())).collect();
            // A first row of dashes would be taken for the line of dashes.
            if i == 0 && is_rule(&cells.join("|")) {
                cells[0].insert(0, '\\');
            }
            cells
        });
        (columns.collect(), rows.collect())
    }

    /// The table as a Rust literal, each line indented.
    pub(super) fn literal(&self) -> String {
        let text = self.to_string();
        let mut hashes = String::new();
        while text.contains(&format!("\"{hashes}")) {
            hashes.push('#');
        }
        let mut literal = format!("    r{hashes}\"\n");
        for line in text.lines() {
            literal.push_str(&format!("        {line}\n"));
        }
        literal.push_str(&format!("    \"{hashes}"));
        literal
    }
}

/// The cells of a line.
fn cells(line: &str) -> Vec<Option<String>> {
    let mut cells = Vec::new();
    let mut cell = Cell::default();
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        match c {
            '|' => cells.push(std::mem::take(&mut cell).value()),
            '\\' => match characters.next() {
                Some('n') => cell.push_exactly('\n'),
                Some('r') => cell.push_exactly('\r'),
                Some('t') => cell.push_exactly('\t'),
                Some(escaped) => cell.push_exactly(escaped),
                // An editor took the space at the end of the line away.
                None => cell.push_exactly(' '),
            },
            c => cell.push(c),
        }
    }
    cells.push(cell.value());
    cells
}

/// A cell that is being read.
#[derive(Default)]
struct Cell {
    text: String,
    /// The length up to the last character that counts: what is behind it is white space.
    counts: usize,
    escaped: bool,
}

impl Cell {
    fn push(&mut self, c: char) {
        if c.is_whitespace() {
            // At the beginning it does not count at all.
            if self.counts > 0 {
                self.text.push(c);
            }
            return;
        }
        self.text.push(c);
        self.counts = self.text.len();
    }

    fn push_exactly(&mut self, c: char) {
        self.escaped = true;
        self.text.push(c);
        self.counts = self.text.len();
    }

    fn value(mut self) -> Option<String> {
        self.text.truncate(self.counts);
        match self.text.as_str() {
            "NULL" if !self.escaped => None,
            "''" if !self.escaped => Some(String::new()),
            _ => Some(self.text),
        }
    }
}

/// Whether a line is the one of dashes that psql prints below the names.
fn is_rule(line: &str) -> bool {
    line.contains('-') && line.chars().all(|c| matches!(c, '-' | '+' | '|' | ' '))
}

/// A value as a cell.
pub(super) fn cell_text(value: Option<&str>) -> String {
    match value {
        None => "NULL".to_owned(),
        Some("") => "''".to_owned(),
        Some(text @ ("NULL" | "''")) => format!("\\{text}"),
        Some(text) => escaped(text),
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let last = text.chars().count().saturating_sub(1);
    for (i, c) in text.chars().enumerate() {
        match c {
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '|' | '\\' => escaped.extend(['\\', c]),
            c if c.is_whitespace() && (i == 0 || i == last || c != ' ') => {
                escaped.extend(['\\', c]);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

/// Lines of cells below each other.
pub(super) fn aligned(lines: &[&[String]]) -> Vec<String> {
    let columns = lines.iter().map(|line| line.len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let line = |cells: &&[String]| {
        let padded = cells.iter().zip(&widths);
        let text = padded.map(|(cell, width)| format!("{cell:<width$}"));
        let text = text.collect::<Vec<_>>().join(" | ");
        // Not the space that is escaped.
        let kept = cells.last().map_or(0, |last| last.chars().count());
        let padding = widths
            .get(cells.len().wrapping_sub(1))
            .map_or(0, |w| w - kept);
        text[..text.len() - padding].to_owned()
    };
    lines.iter().map(line).collect()
}

impl fmt::Display for TextTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (columns, rows) = self.written();
        let mut lines: Vec<&[String]> = vec![&columns];
        lines.extend(rows.iter().map(Vec::as_slice));
        f.write_str(&aligned(&lines).join("\n"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests {
    use super::TextTable;

    fn row(cells: &[Option<&str>]) -> Vec<Option<String>> {
        cells.iter().map(|cell| cell.map(str::to_owned)).collect()
    }

    #[test]
    fn white_space_blank_lines_and_psqls_line_do_not_count() {
        let plain = TextTable::parse("id | email\n1 | a b\n2 | NULL")
            .ok()
            .unwrap();
        let psql = "\n\n   id |  email \n  ----+-------\n    1 | a b   \n\n    2 | NULL\n  ";
        assert!(TextTable::parse(psql).ok().unwrap() == plain);
        assert_eq!(plain.columns, ["id", "email"]);
        assert_eq!(
            plain.rows,
            [row(&[Some("1"), Some("a b")]), row(&[Some("2"), None])]
        );
    }

    #[test]
    fn empty_strings_nulls_and_escapes_are_told_apart() {
        let table = TextTable::parse(
            r"a | b | c | d | e
            '' |  | NULL | \NULL | \''
            \| | \\ | \n | \ | x\ ",
        )
        .ok()
        .unwrap();
        assert_eq!(
            table.rows,
            [
                row(&[Some(""), Some(""), None, Some("NULL"), Some("''")]),
                row(&[Some("|"), Some("\\"), Some("\n"), Some(" "), Some("x ")]),
            ]
        );
    }

    #[test]
    fn a_line_with_too_many_cells_is_named() {
        let message = TextTable::parse("a | b\n\n1 | 2 | 3").err().unwrap();
        assert!(
            message.starts_with("line 3 of the expected table has 3 cell(s)"),
            "{message}"
        );
        assert!(
            TextTable::parse(" \n ")
                .err()
                .unwrap()
                .contains("has no line")
        );
    }

    #[test]
    fn what_is_written_is_read_again() {
        let parts = [
            "", "a", "é", " ", "\u{a0}", "|", "\\", "\n", "\r", "\t", "-", "+", "'", "\"", "#",
            "N", "NULL",
        ];
        let mut values: Vec<Option<String>> = vec![None];
        for a in parts {
            for b in parts {
                values.extend(parts.map(|c| Some(format!("{a}{b}{c}"))));
            }
        }
        // Each value is once the first row of one column, and stands once in every place of a row of three.
        let tables = values.iter().map(|value| vec![vec![value.clone()]]);
        let rows = (0..values.len()).map(|i| {
            (i..i + 3)
                .map(|i| values[i % values.len()].clone())
                .collect()
        });
        for rows in tables.chain([rows.collect()]) {
            let columns = (0..rows[0].len()).map(|i| format!("c{i}")).collect();
            let table = TextTable { columns, rows };
            let read = TextTable::parse(&table.to_string()).ok();
            assert!(read.as_ref() == Some(&table), "{table}");
        }
    }
}
