//! How an error is shown: the message first, then what helps, each on a line of its own.

use std::fmt;

use pgdbm_template::{Diagnostic, line_column, snippet};
use tokio_postgres::error::DbError;

use super::{Altered, Error, Kind, state_names};
use crate::compiled::Compiled;
use crate::row::rust_type_for;

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
                "the connection to the server broke: {reason}\n  help: whether the statement took effect is unknown, check before running it again; a transaction that stands idle for longer than `idle_in_transaction_timeout` is ended by the server"
            ),
            Kind::PoolExhausted { waited, in_use, max } => write!(
                f,
                "no connection became free within {waited:?}: {in_use} of {max} are in use\n  help: run the queries of a transaction on it, not on the manager; end transactions sooner; share one pool between managers; or raise `max_connections`"
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
            Kind::ColumnNull { column, rust, compiled } => column_null(f, column, &short_type_name(rust), *compiled),
            Kind::ColumnValue { column, reason } => write!(f, "column `{column}` could not be read: {reason}"),
            Kind::ArgumentCount { expected, given } => {
                write!(f, "the query has {expected} parameter(s), and {given} argument(s) were given; nothing was sent\n  help: give one for each parameter; `sql(…)` takes them with `.bind(value)`")
            }
            Kind::ArgumentValue { parameter, server, wrong_type } => {
                argument_value(f, parameter, server, wrong_type.as_deref())
            }
            Kind::ArgumentSize { parameter, bytes } => write!(
                f,
                "the argument for `{parameter}` has {bytes} bytes, and the server takes less than 1 GB for all arguments of a query\n  help: write it in parts, or keep it elsewhere"
            ),
            Kind::Template { source, diagnostics } => template(f, source, diagnostics),
            Kind::TransactionAborted => f.write_str(
                "the transaction was rolled back instead of committed, because one of its statements had failed\n  help: return the statement's own error, or run what may fail in a nested `transaction()`",
            ),
            Kind::Copy => f.write_str(
                "COPY from STDIN or to STDOUT moves its rows outside of a query, and was not sent\n  help: use `copy_in` or `copy_out` of the driver: `db.acquire().await?.as_driver()?`",
            ),
            Kind::TypeAltered(altered) => type_altered(f, *altered),
            Kind::TransactionControl => f.write_str(
                "this statement begins or ends a transaction, and was not sent\n  help: use `db.transaction()`, `commit()` and `rollback()`; a `Connection` from `db.acquire()` takes such statements",
            ),
            Kind::TransactionByHand => f.write_str(
                "a statement of your own began or ended a transaction on this connection before\n  help: go on with such statements, or use `transaction()` from the start",
            ),
            Kind::ArgumentRefused(message) | Kind::SchemaName(message) | Kind::Config(message) | Kind::Migration(message) | Kind::Verification(message) => f.write_str(message),
            Kind::Drift(drift) => write!(f, "{drift}"),
        }
    }
}

/// What there is to do about an error of the server that is met often, in our terms.
fn help(error: &DbError) -> Option<String> {
    Some(match error.code().code() {
        // The name stands between quotes: `relation "shop.users" does not exist`.
        "42P01" => match error.message().split('"').nth(1) {
            Some(name) if !name.contains('.') => format!(
                "write `{{{{tables.{name}}}}}`: a bare name means the schema `public`, whatever schema the manager has"
            ),
            _ => "check the name; if its migration was not applied to this schema, do that first: `MigrationManager::new(&db, Migrations).apply()`".to_owned(),
        },
        "3F000" => "create the schema with `db.ensure_schema()`, or apply the migrations, which does it too".to_owned(),
        "25P02" => "an earlier statement of this transaction failed; run what may fail in a nested `transaction()`".to_owned(),
        "57014" if error.message().contains("statement timeout") => {
            "the limit is `DatabaseConfig::statement_timeout`, 60 s unless the configuration says otherwise".to_owned()
        }
        "55P03" => "the limit is `DatabaseConfig::lock_timeout`, 5 s unless the configuration says otherwise".to_owned(),
        "40001" | "40P01" => "run the whole transaction again".to_owned(),
        _ => return None,
    })
}

fn type_altered(f: &mut fmt::Formatter<'_>, altered: Altered) -> fmt::Result {
    const RAN: &str = "a composite type in it was altered while the statement ran: what it gave is not used, and what it wrote may stand in \
                       other attributes";
    match altered {
        Altered::BeforeIt => f.write_str(
            "a composite type in it was altered while the transaction was under way, which sees the type as it was: nothing was sent\n  help: roll back, and run the transaction again",
        ),
        Altered::InTransaction => {
            write!(f, "{RAN}\n  help: roll back, and run the transaction again")
        }
        Altered::Alone => write!(
            f,
            "{RAN}\n  help: run it again if it only reads, and else look at what it wrote; in a transaction it can be rolled back"
        ),
    }
}

/// The same of a migration's statement.
fn migration_help(error: &DbError) -> Option<String> {
    Some(match error.code().code() {
        // A table, a type, a column.
        "42P07" | "42710" | "42701" => {
            "if the schema was made by other means, enter what it has into its history with `MigrationManager::baseline`; if by \
             migrations of another module, correct the module's name"
        }
        "55P04" => {
            "put `ADD VALUE` into a file of its own: a label can be used when the transaction that added it has committed"
        }
        _ => return None,
    }
    .to_owned())
}

/// What to do where the server lacks what a statement names, which the migrations had made.
fn missing_migration(error: &DbError, compiled: &Compiled) -> Option<String> {
    match error.code().code() {
        // A table, a column, a function or operator.
        "42P01" | "42703" | "42883" => compiled.behind(),
        // A type. Which file made it, nobody noted.
        "42704" => compiled.behind_newest(),
        // A label of an enum that is written in the statement: the place is that of a literal.
        "22P02" if error.position().is_some() && error.message().contains(" enum ") => {
            compiled.behind_newest()
        }
        _ => None,
    }
}

fn column_null(
    f: &mut fmt::Formatter<'_>,
    column: &str,
    rust: &str,
    compiled: bool,
) -> fmt::Result {
    let (name, _) = column.split_once(':').unwrap_or((column, ""));
    let name = name.trim_end();
    write!(
        f,
        "column `{column}` is NULL, which `{rust}` cannot hold\n  help: "
    )?;
    match name.strip_suffix('!') {
        Some(name) if compiled => write!(
            f,
            "write `AS \"{name}?\"`: it says never NULL now, with the `!`"
        ),
        _ if compiled => write!(
            f,
            "restore the constraint that allowed no NULL when the query was compiled, or write `AS \"{name}?\"` and get an `Option`"
        ),
        _ => write!(f, "read it as `Option<{rust}>`"),
    }
}

fn argument_value(
    f: &mut fmt::Formatter<'_>,
    parameter: &str,
    server: &str,
    wrong_type: Option<&str>,
) -> fmt::Result {
    let Some(reason) = wrong_type else {
        return write!(
            f,
            "the argument for `{parameter}`, which is `{server}` on the server, could not be written as that"
        );
    };
    let reason = short_type_name(reason);
    write!(
        f,
        "the argument for `{parameter}`, which is `{server}` on the server, does not fit: {reason}"
    )?;
    let is_list = reason.contains("Vec<") || reason.contains("&[");
    match rust_type_for(server) {
        Some(_) if is_list && !server.starts_with('_') => {
            write!(
                f,
                "\n  help: write `= ANY({parameter})` for a list of values"
            )
        }
        Some(rust) => write!(
            f,
            "\n  help: give a value that is `{rust}`, or text, with a cast in the SQL: `{parameter}::text::{server}`"
        ),
        None => write!(
            f,
            "\n  help: give text and cast it in the SQL: `{parameter}::text::{server}`"
        ),
    }
}

/// Names of Rust types in a text, without the paths: `Option<String>` instead of
/// `core::option::Option<alloc::string::String>`.
pub(crate) fn short_type_name(text: &str) -> String {
    let mut short = String::new();
    for part in text.split_inclusive(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
        short.push_str(part.rsplit("::").next().unwrap_or(part));
    }
    short
}

fn column_not_found(f: &mut fmt::Formatter<'_>, wanted: &str, present: &[String]) -> fmt::Result {
    if let Some(number) = wanted.strip_prefix("number ") {
        return write!(
            f,
            "the row has no column {number}: it has {}, counted from 0",
            present.len()
        );
    }
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
        let compiled = self.0.query.as_ref();
        let compiled = compiled.and_then(|query| query.text.compiled());
        if let Kind::Server { error, .. } = &self.0.kind {
            server_fields(f, error, compiled, self.0.migration.is_some())?;
        }
        if let (Some(query), false) = (&self.0.query, matches!(self.0.kind, Kind::Template { .. }))
        {
            let source = query.text.source();
            write!(f, "\n  in schema \"{}\"", query.schema.as_str())?;
            if let Some(location) = self.location() {
                let what = match compiled.is_some_and(Compiled::is_type) {
                    true => "for the migrations of the module",
                    false => "query",
                };
                write!(f, ", {what} at {location}")?;
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

fn server_fields(
    f: &mut fmt::Formatter<'_>,
    error: &DbError,
    compiled: Option<&Compiled>,
    in_migration: bool,
) -> fmt::Result {
    match error.detail() {
        // The whole row, whatever stands in it; `Error::detail` gives it to those who ask.
        Some(detail) if detail.starts_with("Failing row contains") => {}
        Some(detail) => write!(f, "\n  detail: {detail}")?,
        None => {}
    }
    if let Some(hint) = error.hint() {
        write!(f, "\n  hint: {hint}")?;
    }
    let missing = compiled.and_then(|compiled| missing_migration(error, compiled));
    let of_migration = || migration_help(error).filter(|_| in_migration);
    if let Some(help) = missing.or_else(of_migration).or_else(|| help(error)) {
        write!(f, "\n  help: {help}")?;
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
