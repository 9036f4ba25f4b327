//! One statement of the log.

use std::fmt;
use std::time::Duration;

use pgdbm_template::{SchemaName, lex};

use super::duration_text;
use crate::Location;
use crate::call::Text;
use crate::observer::{Ending, Kind, Statement};

/// A statement that has ended, as a [`QueryLog`](super::QueryLog) keeps it.
#[derive(Clone, Debug)]
pub struct LoggedStatement {
    text: Text,
    schema: SchemaName,
    kind: StatementKind,
    outcome: StatementOutcome,
    offset: Duration,
    waited: Duration,
    took: Duration,
    runs: u64,
    rows: u64,
    code: Option<String>,
    error: Option<String>,
}

/// What a statement was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatementKind {
    /// A number of rows: `execute`.
    Execute,
    /// Rows: `fetch_one`, `fetch_optional`, `fetch_all`, `fetch_value`.
    Fetch,
    /// Rows as they arrive: `fetch`.
    Stream,
    /// To be accepted: `prepare`. Its runs are statements of their own.
    Prepare,
    /// To run once for each list of arguments: `execute_many`. One statement, whatever the number of
    /// [`runs`](LoggedStatement::runs).
    ExecuteMany,
    /// BEGIN, COMMIT, ROLLBACK and the commands of savepoints, where [`Transaction`](crate::Transaction) sends them.
    Transaction,
}

/// How a statement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatementOutcome {
    /// Well.
    Completed,
    /// With an error, the server's or our own; some of ours come before anything is sent.
    Failed,
    /// Its future or stream was dropped before the end. Whether it took effect is unknown.
    Abandoned,
    /// It was put on its way where nobody can wait: the ROLLBACK of a transaction that was dropped.
    Sent,
}

impl LoggedStatement {
    pub(super) fn new(statement: &Statement<'_>, offset: Duration) -> LoggedStatement {
        let (outcome, error) = match statement.ending {
            Ending::Completed => (StatementOutcome::Completed, None),
            Ending::Failed(error) => (StatementOutcome::Failed, Some(error)),
            Ending::Abandoned => (StatementOutcome::Abandoned, None),
            Ending::Sent => (StatementOutcome::Sent, None),
        };
        LoggedStatement {
            text: statement.query.text.clone(),
            schema: statement.query.schema.clone(),
            kind: match statement.kind {
                Kind::Execute => StatementKind::Execute,
                Kind::Fetch => StatementKind::Fetch,
                Kind::Stream => StatementKind::Stream,
                Kind::Prepare => StatementKind::Prepare,
                Kind::ExecuteMany => StatementKind::ExecuteMany,
                Kind::Transaction => StatementKind::Transaction,
            },
            outcome,
            offset,
            waited: statement.waited,
            took: statement.took,
            runs: statement.runs,
            rows: statement.rows,
            code: error.and_then(|error| error.code()).map(str::to_owned),
            // The rest of an error repeats the query, which stands beside it.
            error: error.map(|error| {
                let text = error.to_string();
                text.lines().next().unwrap_or_default().to_owned()
            }),
        }
    }

    /// The SQL as it was written, placeholders included.
    pub fn sql(&self) -> &str {
        self.text.source()
    }

    /// The schema that it was bound to.
    pub fn schema(&self) -> &str {
        self.schema.as_str()
    }

    /// Where it stands in the program: the macro, or the call of [`sql`](crate::sql()). Not known of text that was passed as
    /// `&str`, and of the commands of transactions.
    pub fn location(&self) -> Option<Location> {
        self.text.location()
    }

    /// What it was asked for.
    pub fn kind(&self) -> StatementKind {
        self.kind
    }

    /// How it ended.
    pub fn outcome(&self) -> StatementOutcome {
        self.outcome
    }

    /// When it was asked for, counted from the beginning of the log or from when it was cleared.
    pub fn offset(&self) -> Duration {
        self.offset
    }

    /// How long it waited for a connection, from [`offset`](Self::offset) on.
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// How long it took once it had a connection: preparing, running, reading its rows. For a stream that includes the time
    /// between its rows.
    pub fn duration(&self) -> Duration {
        self.took
    }

    /// The rows that it affected or returned, as far as they were seen.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// How many times it was run: the lists of `execute_many`, else 1.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// The SQLSTATE of the error, if it failed with one: PostgreSQL manual, appendix A.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The first line of the error, if it failed.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    pub(super) fn text(&self) -> &Text {
        &self.text
    }

    /// What a line about it says beside its times: the SQL on one line, how it was asked for, how it ended.
    pub(super) fn summary(&self) -> String {
        let mut summary = match self.kind {
            StatementKind::Prepare => "prepare: ".to_owned(),
            StatementKind::ExecuteMany => format!("{} times: ", self.runs),
            _ => String::new(),
        };
        summary.push_str(&one_line(self.sql()));
        match self.outcome {
            StatementOutcome::Abandoned => summary.push_str("  (abandoned)"),
            StatementOutcome::Sent => summary.push_str("  (not awaited)"),
            StatementOutcome::Completed | StatementOutcome::Failed => {}
        }
        summary
    }

    /// The error with its SQLSTATE, on one line.
    pub(super) fn failure(&self) -> Option<String> {
        let error = self.error.as_deref()?;
        Some(match &self.code {
            Some(code) => format!("error {code}: {error}"),
            None => format!("error: {error}"),
        })
    }
}

impl fmt::Display for LoggedStatement {
    /// Its time, rows, SQL and place on one line, and its error on a second one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.summary())?;
        if let Some(location) = self.location() {
            write!(f, " at {location}")?;
        }
        write!(f, ", {}", duration_text(self.took))?;
        if self.kind != StatementKind::Transaction {
            write!(f, ", rows: {}", self.rows)?;
        }
        if let Some(failure) = self.failure() {
            write!(f, "\n  {failure}")?;
        }
        Ok(())
    }
}

/// SQL on one line, without its comments, and not too long.
fn one_line(sql: &str) -> String {
    const CHARACTERS: usize = 120;
    let mut line = String::new();
    let mut space = false;
    for token in lex(sql) {
        if token.kind.is_trivia() {
            space = true;
            continue;
        }
        if std::mem::take(&mut space) && !line.is_empty() {
            line.push(' ');
        }
        let text = sql.get(token.start..token.end).unwrap_or_default();
        // A literal may have lines of its own.
        line.extend(text.chars().map(|c| if c.is_control() { ' ' } else { c }));
        if line.chars().count() > CHARACTERS {
            line = line.chars().take(CHARACTERS).collect();
            line.push('…');
            break;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn sql_stands_on_one_line_without_its_comments() {
        let sql = "\n  SELECT id, -- the key\n    'two\nlines' /* and\n more */ FROM t\n";
        assert_eq!(one_line(sql), "SELECT id, 'two lines' FROM t");
    }

    #[test]
    fn long_sql_is_cut_between_characters() {
        let line = one_line(&format!("SELECT '{}'", "ä".repeat(500)));
        assert_eq!(line.chars().count(), 121);
        assert!(line.ends_with("ä…"));
    }
}
