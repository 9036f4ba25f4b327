//! The one error of the runtime: opaque, with predicates, and a `Display` that shows what helps.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use pgdbm_template::{Diagnostic, OffsetMap, SchemaName};
use tokio_postgres::error::{DbError, ErrorPosition, Severity};

use crate::call::Text;
use crate::compiled::Drift;
use crate::query::Location;
use crate::verify::VerifyError;

mod connecting;
pub(crate) mod display;
mod state_names;

/// What went wrong, where, and what to do about it.
///
/// Ask it with the predicates (`is_unique_violation`, `is_row_not_found`, `is_retryable`, …) and show it with
/// `Display`: the server's message, detail and hint, the place in the SQL as *you* wrote it, the constraint and
/// the SQLSTATE. Of its own it never shows the values of arguments, nor a password; the server's message and detail
/// may name a value (`Key (email)=(…) already exists`), and a detail that shows a whole row is left out.
///
/// The SQLSTATE codes are those of the PostgreSQL manual, appendix A.
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    query: Option<QueryContext>,
    /// The migration that it belongs to: a file's name.
    migration: Option<String>,
    /// What was being read: `DATABASE_URL`, ….
    during: Option<&'static str>,
}

/// The query that an error belongs to.
#[derive(Clone)]
pub(crate) struct QueryContext {
    pub(crate) text: Text,
    pub(crate) schema: SchemaName,
}

/// What has become of a statement under which a type was altered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Altered {
    /// It was not sent.
    BeforeIt,
    /// It has run, and can be rolled back.
    InTransaction,
    /// It has run by itself, and taken effect.
    Alone,
}

pub(crate) enum Kind {
    /// The server answered a statement with an error.
    Server {
        error: Box<DbError>,
        place: Option<Place>,
    },
    /// Nothing that speaks PostgreSQL answers at the address.
    Unreachable {
        target: String,
        reason: String,
    },
    /// The server answered and did not let us in, for a reason other than the password.
    Refused {
        target: String,
        reason: String,
        code: Option<String>,
    },
    /// The server did not accept the user or the password.
    Authentication {
        target: String,
        reason: String,
    },
    /// The connection could not be encrypted, or the server did not prove who it is.
    Tls {
        target: String,
        reason: String,
        help: Option<&'static str>,
    },
    /// The connection broke while it was used.
    ConnectionLost {
        reason: String,
    },
    PoolExhausted {
        waited: Duration,
        in_use: usize,
        max: usize,
    },
    PoolClosed,
    ConnectTimeout {
        target: String,
        waited: Duration,
    },
    RowNotFound,
    ColumnNotFound {
        wanted: String,
        present: Vec<String>,
    },
    ColumnType {
        column: String,
        server: String,
        reason: String,
    },
    ColumnNull {
        column: String,
        rust: &'static str,
        /// Whether the query was compiled as one without it.
        compiled: bool,
    },
    ColumnValue {
        column: String,
        reason: String,
    },
    /// The schema is not what a query was compiled against.
    Drift(Box<Drift>),
    /// Queries that do not fit a schema: all of them.
    Verification(String),
    ArgumentCount {
        expected: usize,
        given: usize,
    },
    ArgumentValue {
        parameter: String,
        server: String,
        wrong_type: Option<String>,
    },
    /// Arguments that are larger than what the server takes.
    ArgumentSize {
        parameter: String,
        bytes: usize,
    },
    /// An argument that its own type, or a rule of ours, refuses to send: why.
    ArgumentRefused(String),
    /// SQL that was made while the program runs and that our own rules refuse.
    Template {
        source: String,
        diagnostics: Vec<Diagnostic>,
    },
    /// A composite type was altered while a statement was on its way, or under a transaction that sees the catalog as it was before.
    TypeAltered(Altered),
    /// A commit of a transaction in which a statement had failed.
    TransactionAborted,
    /// A statement that begins or ends a transaction, where a value does that.
    TransactionControl,
    /// A transaction by value on a connection where one was begun by hand.
    TransactionByHand,
    /// COPY from or to the client, which is no query.
    Copy,
    SchemaName(String),
    Config(String),
    Migration(String),
}

/// Where in a query the server saw the mistake.
pub(crate) struct Place {
    /// Byte offset in the SQL as the user wrote it.
    offset: usize,
}

impl Error {
    pub(crate) fn new(kind: Kind) -> Self {
        Error(Box::new(Inner {
            kind,
            query: None,
            migration: None,
            during: None,
        }))
    }

    pub(crate) fn config(message: impl Into<String>) -> Self {
        Error::new(Kind::Config(message.into()))
    }

    pub(crate) fn row_not_found() -> Self {
        Error::new(Kind::RowNotFound)
    }

    pub(crate) fn migrating(message: impl Into<String>) -> Self {
        Error::new(Kind::Migration(message.into()))
    }

    pub(crate) fn template(source: &str, diagnostics: Vec<Diagnostic>) -> Self {
        Error::new(Kind::Template {
            source: source.to_owned(),
            diagnostics,
        })
    }

    /// An error that the driver gave while a statement ran.
    pub(crate) fn from_driver(
        error: &tokio_postgres::Error,
        context: Option<(&QueryContext, &str)>,
    ) -> Self {
        let Some(db) = error.as_db_error() else {
            let reason = chain(error);
            return Error::new(Kind::ConnectionLost { reason }).with_context(context);
        };
        let place = context.and_then(|(query, sent)| query.place(sent, db.position()?));
        Error::new(Kind::Server {
            error: Box::new(db.clone()),
            place,
        })
        .with_context(context)
    }

    /// Whether the connection is of no more use: the server has ended the session, which the driver may not have noticed yet.
    pub(crate) fn ends_session(&self) -> bool {
        match &self.0.kind {
            Kind::Server { error, .. } => matches!(
                error.parsed_severity(),
                Some(Severity::Fatal | Severity::Panic)
            ),
            Kind::ConnectionLost { .. } => true,
            _ => false,
        }
    }

    /// An error of a statement that is part of a larger text: `map` leads back to it, and `start` is where the statement begins.
    pub(crate) fn from_driver_at(
        error: &tokio_postgres::Error,
        query: &QueryContext,
        sent: &str,
        map: &OffsetMap,
        start: usize,
    ) -> Self {
        let mut ours = Error::from_driver(error, None);
        if let Kind::Server { error, place } = &mut ours.0.kind {
            let byte = error
                .position()
                .and_then(|position| byte_of(sent, position));
            *place = Some(Place {
                offset: byte.map_or(start, |byte| map.to_source(byte)),
            });
        }
        ours.with_query(query)
    }

    fn with_context(self, context: Option<(&QueryContext, &str)>) -> Self {
        match context {
            Some((query, _)) => self.with_query(query),
            None => self,
        }
    }

    /// Names the query, unless the error names one already.
    pub(crate) fn with_query(mut self, query: &QueryContext) -> Self {
        self.0.query.get_or_insert_with(|| query.clone());
        self
    }

    /// Says where the mistake was read.
    pub(crate) fn during(mut self, what: &'static str) -> Self {
        self.0.during = Some(what);
        self
    }

    /// Names the migration that was applied.
    pub(crate) fn in_migration(mut self, file: &str) -> Self {
        self.0.migration = Some(file.to_owned());
        self
    }

    /// What went wrong, without the query it went wrong with.
    pub(crate) fn reason(&self) -> String {
        self.0.kind.to_string()
    }

    pub(crate) fn verification(error: &VerifyError) -> Self {
        Error::new(Kind::Verification(error.to_string()))
    }

    fn db(&self) -> Option<&DbError> {
        match &self.0.kind {
            Kind::Server { error, .. } => Some(error),
            _ => None,
        }
    }

    /// The SQLSTATE: five characters, such as `23505`; none when the error is not the server's.
    pub fn code(&self) -> Option<&str> {
        match &self.0.kind {
            Kind::Refused { code, .. } => code.as_deref(),
            _ => self.db().map(|db| db.code().code()),
        }
    }

    /// The server's detail.
    pub fn detail(&self) -> Option<&str> {
        self.db().and_then(DbError::detail)
    }

    /// The server's hint.
    pub fn hint(&self) -> Option<&str> {
        self.db().and_then(DbError::hint)
    }

    /// The violated constraint.
    pub fn constraint(&self) -> Option<&str> {
        self.db().and_then(DbError::constraint)
    }

    /// The table that the server names.
    pub fn table(&self) -> Option<&str> {
        self.db().and_then(DbError::table)
    }

    /// The column that the server names, or that could not be read.
    pub fn column(&self) -> Option<&str> {
        match &self.0.kind {
            Kind::ColumnNotFound { wanted: column, .. }
            | Kind::ColumnType { column, .. }
            | Kind::ColumnNull { column, .. }
            | Kind::ColumnValue { column, .. } => Some(column),
            Kind::Drift(drift) => drift.column(),
            _ => self.db().and_then(DbError::column),
        }
    }

    /// The SQL as it was written, placeholders included.
    pub fn query(&self) -> Option<&str> {
        match &self.0.kind {
            Kind::Template { source, .. } => Some(source),
            _ => self.0.query.as_ref().map(|query| query.text.source()),
        }
    }

    /// The schema that the query was bound to.
    pub fn schema(&self) -> Option<&str> {
        self.0.query.as_ref().map(|query| query.schema.as_str())
    }

    /// Where the query stands in the program, when a macro or [`sql`](crate::sql) made it.
    pub fn location(&self) -> Option<Location> {
        self.0.query.as_ref()?.text.location()
    }

    /// The place of the mistake: a byte offset in [`query`](Self::query).
    pub fn position(&self) -> Option<usize> {
        match &self.0.kind {
            Kind::Server { place, .. } => place.as_ref().map(|place| place.offset),
            Kind::Template { diagnostics, .. } => {
                diagnostics.first().map(|first| first.primary.start)
            }
            _ => None,
        }
    }

    /// A unique constraint or index refused a duplicate (23505).
    pub fn is_unique_violation(&self) -> bool {
        self.code() == Some("23505")
    }

    /// A foreign key refused the row (23503).
    pub fn is_foreign_key_violation(&self) -> bool {
        self.code() == Some("23503")
    }

    /// A check constraint refused the row (23514).
    pub fn is_check_violation(&self) -> bool {
        self.code() == Some("23514")
    }

    /// A NOT NULL column got a NULL (23502).
    pub fn is_not_null_violation(&self) -> bool {
        self.code() == Some("23502")
    }

    /// An exclusion constraint refused the row (23P01).
    pub fn is_exclusion_violation(&self) -> bool {
        self.code() == Some("23P01")
    }

    /// A relation that the statement names does not exist (42P01): often a schema without its migrations.
    pub fn is_undefined_table(&self) -> bool {
        self.code() == Some("42P01")
    }

    /// The whole transaction may succeed when it is tried again: serialization failure (40001), deadlock (40P01), or a composite type
    /// that was altered meanwhile. Not so of a statement by itself that has run by then: it may have written.
    pub fn is_retryable(&self) -> bool {
        matches!(self.code(), Some("40001" | "40P01"))
            || matches!(
                self.0.kind,
                Kind::TypeAltered(Altered::BeforeIt | Altered::InTransaction)
            )
    }

    /// A query that must give a row gave none.
    pub fn is_row_not_found(&self) -> bool {
        matches!(self.0.kind, Kind::RowNotFound)
    }

    /// The schema is not what the query was compiled against: a parameter or a column has another type, or a column is missing.
    /// Nothing was run.
    ///
    /// What the query names and the schema lacks is the server's own error instead, such as
    /// [`is_undefined_table`](Self::is_undefined_table).
    pub fn is_schema_drift(&self) -> bool {
        matches!(self.0.kind, Kind::Drift(_))
    }

    /// A row did not fit the Rust type: column missing, of another type, or NULL.
    pub fn is_decode(&self) -> bool {
        matches!(
            self.0.kind,
            Kind::ColumnNotFound { .. }
                | Kind::ColumnType { .. }
                | Kind::ColumnNull { .. }
                | Kind::ColumnValue { .. }
        )
    }

    /// An argument did not fit its parameter, their numbers differ, or they are too large for the server. Nothing was run.
    pub fn is_argument(&self) -> bool {
        matches!(
            self.0.kind,
            Kind::ArgumentCount { .. }
                | Kind::ArgumentValue { .. }
                | Kind::ArgumentSize { .. }
                | Kind::ArgumentRefused(_)
        )
    }

    /// The SQL breaks a rule of the placeholder syntax. Nothing was sent.
    pub fn is_template(&self) -> bool {
        matches!(self.0.kind, Kind::Template { .. })
    }

    /// A name is not allowed as a schema.
    pub fn is_schema_name(&self) -> bool {
        matches!(self.0.kind, Kind::SchemaName(_))
    }

    /// The configuration is wrong or incomplete.
    pub fn is_config(&self) -> bool {
        matches!(self.0.kind, Kind::Config(_))
    }

    /// Nothing answers at the server's address: it is down, or the address is wrong.
    pub fn is_unreachable(&self) -> bool {
        matches!(self.0.kind, Kind::Unreachable { .. })
    }

    /// The server answered but let nobody in: no such database, too many connections, starting up, `pg_hba.conf`.
    pub fn is_refused(&self) -> bool {
        matches!(self.0.kind, Kind::Refused { .. })
    }

    /// The server did not accept the user or the password.
    pub fn is_authentication(&self) -> bool {
        matches!(self.0.kind, Kind::Authentication { .. })
    }

    /// The connection could not be encrypted as the configuration asks: the server does not offer it, its certificate
    /// does not pass, or it does not take ours.
    pub fn is_tls(&self) -> bool {
        matches!(self.0.kind, Kind::Tls { .. })
    }

    /// The connection broke while a statement ran. Whether the statement took effect is unknown.
    pub fn is_connection_lost(&self) -> bool {
        matches!(self.0.kind, Kind::ConnectionLost { .. })
            || matches!(self.code(), Some("57P01" | "57P02" | "08006" | "08003"))
    }

    /// Every connection of the pool was in use for the whole time that one may wait.
    pub fn is_pool_exhausted(&self) -> bool {
        matches!(self.0.kind, Kind::PoolExhausted { .. })
    }

    /// The pool was closed.
    pub fn is_pool_closed(&self) -> bool {
        matches!(self.0.kind, Kind::PoolClosed)
    }

    /// A limit of time was reached: waiting for a connection, connecting, a statement (57014) or a lock (55P03).
    pub fn is_timeout(&self) -> bool {
        matches!(
            self.0.kind,
            Kind::PoolExhausted { .. } | Kind::ConnectTimeout { .. }
        ) || matches!(self.code(), Some("57014" | "55P03" | "25P03" | "25P04"))
    }

    /// A commit found that a statement of the transaction had failed; everything was rolled back.
    pub fn is_transaction_aborted(&self) -> bool {
        matches!(self.0.kind, Kind::TransactionAborted) || self.code() == Some("25P02")
    }

    /// A migration could not be applied, or the history does not fit the files.
    pub fn is_migration(&self) -> bool {
        matches!(self.0.kind, Kind::Migration(_)) || self.0.migration.is_some()
    }

    /// The file of the migration that could not be applied.
    pub fn migration(&self) -> Option<&str> {
        self.0.migration.as_deref()
    }
}

impl QueryContext {
    /// The place in the user's SQL for the server's position, which counts *characters* of the SQL that was sent.
    fn place(&self, sent: &str, position: &ErrorPosition) -> Option<Place> {
        let byte = byte_of(sent, position)?;
        let map = OffsetMap::new(&self.text.segments(), &self.schema);
        Some(Place {
            offset: map.to_source(byte),
        })
    }
}

/// The byte of the SQL that was sent, for the server's position, which counts characters.
fn byte_of(sent: &str, position: &ErrorPosition) -> Option<usize> {
    let ErrorPosition::Original(position) = position else {
        // A position inside a function or view body: not in the text that was sent.
        return None;
    };
    let characters = usize::try_from(*position).ok()?.checked_sub(1)?;
    Some(
        sent.char_indices()
            .nth(characters)
            .map_or(sent.len(), |(byte, _)| byte),
    )
}

/// An error and all its causes on one line.
pub(crate) fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        next = cause.source();
    }
    text
}

impl fmt::Debug for Error {
    /// As [`Display`](fmt::Display), so that a test that returns the error, or `unwrap`, shows it readably.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.db().map(|db| db as &(dyn StdError + 'static))
    }
}
