//! Rows that are there before a test begins: files of statements, and files of comma-separated values.

use std::path::Path;

use bytes::Bytes;
use futures_util::SinkExt as _;
use pgdbm_template::quote_identifier;

use crate::call::Text;
use crate::connection::Connection;
use crate::error::Error;

/// What a fixture's name says it is.
enum Kind<'f> {
    Statements,
    /// Rows for the table that the file is named for.
    Rows {
        table: &'f str,
    },
}

/// Loads a fixture: `users.sql` with statements and placeholders, or `users.csv` with rows for the table `users`.
///
/// `within` a transaction that nothing may end. PostgreSQL manual, `COPY`, "CSV Format".
pub(crate) async fn load(
    on: &Connection,
    name: &str,
    content: &str,
    within: bool,
) -> Result<(), Error> {
    let content = content.strip_prefix('\u{feff}').unwrap_or(content);
    let loaded = match kind(name) {
        Some(Kind::Statements) => run(on, content, within).await,
        Some(Kind::Rows { table }) => copy(on, table, content).await,
        None => Err(Error::config(
            "its name ends neither in `.sql` nor in `.csv`\n  help: rename the file",
        )),
    };
    loaded.map_err(|error| {
        Error::config(format!("the fixture `{name}` could not be loaded: {error}"))
    })
}

fn kind(name: &str) -> Option<Kind<'_>> {
    let path = Path::new(name);
    let extension = path.extension()?.to_str()?;
    if extension.eq_ignore_ascii_case("sql") {
        return Some(Kind::Statements);
    }
    let table = path.file_stem()?.to_str()?;
    extension
        .eq_ignore_ascii_case("csv")
        .then_some(Kind::Rows { table })
}

/// All statements in one message, and so in one transaction unless the file says otherwise.
async fn run(on: &Connection, content: &str, within: bool) -> Result<(), Error> {
    let text = Text::dynamic(content);
    let query = text.context(on.schema_name());
    let template = pgdbm_template::Template::parse(content);
    let mistakes: Vec<_> = template
        .diagnostics()
        .iter()
        .filter(|diagnostic| diagnostic.is_error())
        .cloned()
        .collect();
    if !mistakes.is_empty() {
        return Err(Error::template(content, mistakes));
    }
    let effects = template.effects();
    if effects.copy_from_stdin || effects.copy_to_stdout {
        return Err(Error::config(
            "`COPY` from or to the client has no client here\n  help: put the rows into a file that is named for the table, such \
             as `users.csv`, or write INSERT",
        ));
    }
    if effects.controls_transaction && within {
        return Err(Error::config(
            "it begins or ends a transaction, and the test's own is open around it\n  help: leave out BEGIN, COMMIT and \
             ROLLBACK, or write `isolation = \"schema\"`",
        ));
    }
    if effects.controls_transaction || effects.changes_session {
        // A setting such as session_replication_role is the fixture's, and must not reach the test.
        on.mark_dirty();
    }
    let sql = template.render(on.schema_name()).sql;
    let client = on.client()?;
    let running = on.running();
    let outcome = client.batch_execute(&sql).await;
    running.end();
    outcome.map_err(|error| Error::from_driver(&error, Some((&query, &sql))))?;
    // The server sets a savepoint only where a transaction is open.
    if effects.controls_transaction && on.batch("SAVEPOINT pgdbm_fixture").await.is_ok() {
        return Err(Error::config(
            "it begins a transaction and does not end it, so its rows would be lost\n  help: end it with COMMIT, or leave \
             out BEGIN: a file is one transaction anyway",
        ));
    }
    Ok(())
}

async fn copy(on: &Connection, table: &str, content: &str) -> Result<(), Error> {
    let columns = header(content)
        .ok_or_else(|| {
            Error::config("its first line names no columns\n  help: begin the file with the names of the columns, separated by commas")
        })?
        .iter()
        .map(|column| quote_identifier(column))
        .collect::<Vec<_>>()
        .join(", ");
    let (schema, table) = (on.schema_name().quoted(), quote_identifier(table));
    let sql = format!("COPY {schema}.{table} ({columns}) FROM STDIN WITH (FORMAT csv, HEADER)");
    let client = on.client()?;
    let running = on.running();
    let outcome = async {
        let sink = client.copy_in::<_, Bytes>(&sql).await?;
        let mut sink = std::pin::pin!(sink);
        sink.send(Bytes::copy_from_slice(content.as_bytes()))
            .await?;
        sink.finish().await
    }
    .await;
    running.end();
    // The server's context says the line of the file.
    outcome
        .map(drop)
        .map_err(|error| Error::from_driver(&error, None))
}

/// The names in the first line, by the rules of the CSV format: quoted ones may hold commas and doubled quotes.
fn header(content: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut name = String::new();
    let mut quoted = false;
    let mut characters = content.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                name.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => names.push(std::mem::take(&mut name)),
            '\r' | '\n' if !quoted => break,
            c => name.push(c),
        }
    }
    names.push(name);
    names.iter().all(|name| !name.is_empty()).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::header;

    #[test]
    fn the_first_line_names_the_columns() {
        let names = |content| header(content).unwrap_or_default();
        assert_eq!(names("id,email\r\n1,2"), ["id", "email"]);
        assert_eq!(names("\"a,b\",\"c\"\"d\"\n"), ["a,b", "c\"d"]);
        assert_eq!(names("id"), ["id"]);
        assert!(header("").is_none());
        assert!(header("id,,email\n").is_none());
    }
}
