//! How an error is shown: the message first, then what helps, each on a line of its own.

use std::fmt;

use pgdbm_template::{Diagnostic, line_column, snippet};
use tokio_postgres::error::DbError;

use super::{Error, Kind, state_names};

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Server { error, .. } => f.write_str(error.message()),
            Kind::Unreachable { target, reason } => write!(
                f,
                "no PostgreSQL server answers at {target}: {reason}\n  help: start the server, or correct the host and port of the configuration"
            ),
            Kind::Refused { target, reason, .. } => write!(f, "the server at {target} refused the connection: {reason}"),
            Kind::Authentication { target, reason } => write!(
                f,
                "the server at {target} did not accept the credentials: {reason}\n  help: check the user, and the password in the configuration or in DB_PASSWORD"
            ),
            Kind::Tls { target, reason, help } => {
                write!(f, "no encrypted connection to {target} could be made: {reason}")?;
                help.map_or(Ok(()), |help| write!(f, "\n  help: {help}"))
            }
            Kind::ConnectionLost { reason } => write!(
                f,
                "the connection to the server broke: {reason}\n  help: whether the statement took effect is unknown; check before running it again"
            ),
            Kind::PoolExhausted { waited, in_use, max } => write!(
                f,
                "no connection became free within {waited:?}: {in_use} of {max} are in use\n  help: end transactions sooner, share one pool between managers, or raise `max_connections`"
            ),
            Kind::PoolClosed => f.write_str("the pool is closed"),
            Kind::ConnectTimeout { target, waited } => write!(
                f,
                "connecting to {target} took longer than {waited:?}\n  help: check the network, or raise `connect_timeout`"
            ),
            Kind::RowNotFound => f.write_str(
                "the query gave no row, and one was asked for\n  help: use `fetch_optional` when there may be none",
            ),
            Kind::ColumnNotFound { wanted, present } => column_not_found(f, wanted, present),
            Kind::ColumnType { column, server, reason } => {
                write!(f, "column `{column}` has the type `{server}` on the server: {reason}")
            }
            Kind::ColumnNull { column, rust } => write!(
                f,
                "column `{column}` is NULL, which `{rust}` cannot hold\n  help: read it as `Option<{rust}>`"
            ),
            Kind::ColumnValue { column, reason } => write!(f, "column `{column}` could not be read: {reason}"),
            Kind::ArgumentCount { expected, given } => {
                write!(f, "the query has {expected} parameter(s), and {given} argument(s) were given; nothing was sent")
            }
            Kind::ArgumentValue { number, server, reason } => {
                write!(f, "the argument for `${number}`, which is `{server}` on the server, does not fit: {reason}")
            }
            Kind::Template { source, diagnostics } => template(f, source, diagnostics),
            Kind::TransactionAborted => f.write_str(
                "the transaction was rolled back instead of committed, because one of its statements had failed\n  help: return the statement's own error, or run what may fail in a nested `transaction()`",
            ),
            Kind::Copy => f.write_str(
                "COPY from STDIN or to STDOUT moves its rows outside of a query, and was not sent\n  help: use `copy_in` or `copy_out` of the driver: `db.acquire().await?.as_driver()?`",
            ),
            Kind::TransactionControl => f.write_str(
                "this statement begins or ends a transaction, and was not sent\n  help: use `db.transaction()`, `commit()` and `rollback()`; a `Connection` from `db.acquire()` takes such statements",
            ),
            Kind::SchemaName(message) | Kind::Config(message) | Kind::Migration(message) => f.write_str(message),
        }
    }
}

fn column_not_found(f: &mut fmt::Formatter<'_>, wanted: &str, present: &[String]) -> fmt::Result {
    write!(f, "the row has no column `{wanted}`")?;
    if let Some(near) = pgdbm_template::nearest(wanted, present.iter().map(String::as_str)) {
        write!(f, "; did you mean `{near}`?")?;
    }
    write!(
        f,
        "\n  columns: {}",
        if present.is_empty() {
            "none".to_owned()
        } else {
            present.join(", ")
        }
    )
}

fn template(f: &mut fmt::Formatter<'_>, source: &str, diagnostics: &[Diagnostic]) -> fmt::Result {
    for (i, diagnostic) in diagnostics.iter().enumerate() {
        if i > 0 {
            f.write_str("\n")?;
        }
        let place = line_column(source, diagnostic.primary.start);
        write!(
            f,
            "{} (line {}, column {})",
            diagnostic.message, place.line, place.column
        )?;
        indented(
            f,
            &snippet(source, diagnostic.primary.start, diagnostic.primary.end),
        )?;
        if let Some(help) = &diagnostic.help {
            write!(f, "\n  help: {help}")?;
        }
    }
    Ok(())
}

fn indented(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for line in text.lines() {
        write!(f, "\n    {}", line.trim_end())?;
    }
    Ok(())
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(what) = self.0.during {
            write!(f, "{what}: ")?;
        }
        if let Some(file) = &self.0.migration {
            write!(f, "migration {file}: ")?;
        }
        write!(f, "{}", self.0.kind)?;
        if let Kind::Server { error, .. } = &self.0.kind {
            server_fields(f, error)?;
        }
        if let (Some(query), false) = (&self.0.query, matches!(self.0.kind, Kind::Template { .. }))
        {
            let source = query.text.source();
            write!(f, "\n  in schema \"{}\"", query.schema.as_str())?;
            if let Some(location) = self.location() {
                write!(f, ", query at {location}")?;
            }
            match self.position() {
                Some(offset) => {
                    let place = line_column(source, offset);
                    write!(
                        f,
                        ", line {}, column {} of the SQL",
                        place.line, place.column
                    )?;
                    indented(f, &snippet(source, offset, offset + 1))?;
                }
                None => indented(f, &shortened(source))?,
            }
        }
        Ok(())
    }
}

fn server_fields(f: &mut fmt::Formatter<'_>, error: &DbError) -> fmt::Result {
    if let Some(detail) = error.detail() {
        write!(f, "\n  detail: {detail}")?;
    }
    if let Some(hint) = error.hint() {
        write!(f, "\n  hint: {hint}")?;
    }
    if let Some(constraint) = error.constraint() {
        write!(f, "\n  constraint: {constraint}")?;
        if let Some(table) = error.table() {
            write!(
                f,
                " on {}{table}",
                error.schema().map(|s| format!("{s}.")).unwrap_or_default()
            )?;
        }
    }
    if let Some(context) = error.where_() {
        write!(f, "\n  context: {}", context.replace('\n', "\n           "))?;
    }
    let code = error.code().code();
    match state_names::name(code) {
        Some(name) => write!(f, "\n  sqlstate: {code} ({name})"),
        None => write!(f, "\n  sqlstate: {code}"),
    }
}

/// The first lines of a query: enough to know which one it is.
fn shortened(source: &str) -> String {
    const LINES: usize = 6;
    let source = source.trim_end();
    let mut text: Vec<String> = source
        .lines()
        .take(LINES)
        .map(|line| {
            if line.chars().count() > 160 {
                format!("{}…", line.chars().take(160).collect::<String>())
            } else {
                line.to_owned()
            }
        })
        .collect();
    if source.lines().count() > LINES {
        text.push("…".to_owned());
    }
    text.join("\n")
}
