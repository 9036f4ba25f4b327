//! Queries that run again and again where one would do: the N+1 detector.

use std::collections::HashMap;
use std::fmt;

use pgdbm_template::{TokenKind, lex};

use super::QueryLog;
use super::statement::{LoggedStatement, StatementKind};
use crate::Location;
use crate::call::Text;

/// A query that ran more than once; see [`QueryLog::repeats`].
#[derive(Clone, Debug)]
pub struct Repeat {
    first: LoggedStatement,
    times: usize,
}

/// How many of the repeats a failed check lists.
const LISTED: usize = 5;

impl QueryLog {
    /// The queries that ran more than once, most often first.
    ///
    /// Runs count together when they come from the same macro in the program, or, for text that is made while the program
    /// runs, when the text is the same but for its constants and white space; and only in the same schema, because one query
    /// cannot ask several. Runs inside of
    /// transactions, failed runs and those of prepared queries count as others do. `execute_many` is one run, whatever
    /// the number of its lists; `prepare` and the commands of transactions are none.
    ///
    /// It counts the statements that are kept: the last 10,000.
    ///
    /// ```
    /// # use pgdbm_runtime as pgdbm;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let database = pgdbm::testing::TestDatabase::create().await?;
    /// for id in [3, 5, 8] {
    ///     database.manager().execute(pgdbm::sql("SELECT $1::int4").bind(id)).await?;
    /// }
    /// let repeats = database.query_log().repeats();
    /// assert_eq!(repeats[0].times(), 3);
    /// # Ok(()) }
    /// ```
    pub fn repeats(&self) -> Vec<Repeat> {
        let mut places: HashMap<(Site, String), usize> = HashMap::new();
        let mut repeats: Vec<Repeat> = Vec::new();
        for statement in self.statements() {
            if matches!(
                statement.kind(),
                StatementKind::Prepare | StatementKind::Transaction
            ) {
                continue;
            }
            let key = (Site::of(&statement), statement.schema().to_owned());
            let place = *places.entry(key).or_insert(repeats.len());
            match repeats.get_mut(place) {
                Some(repeat) => repeat.times += 1,
                None => repeats.push(Repeat {
                    first: statement,
                    times: 1,
                }),
            }
        }
        repeats.retain(|repeat| repeat.times > 1);
        // A stable sort: what ran equally often stays in the order of the story.
        repeats.sort_by_key(|repeat| std::cmp::Reverse(repeat.times));
        repeats
    }

    /// Checks that no query ran more than `limit` times: the mark of code that asks for one row after the other where one
    /// query would give them all (N+1 queries). How runs are counted: [`repeats`](Self::repeats).
    ///
    /// ```
    /// # use pgdbm_runtime as pgdbm;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let database = pgdbm::testing::TestDatabase::create().await?;
    /// database.manager().execute("SELECT 1").await?;
    /// database.query_log().assert_no_repeats(1);
    /// # Ok(()) }
    /// ```
    ///
    /// # Panics
    /// When a query ran more often. The message says which, where it stands, how often it ran, and what to do.
    #[track_caller]
    #[allow(clippy::panic, reason = "an assertion says by panicking what is wrong")]
    pub fn assert_no_repeats(&self, limit: usize) {
        if let Err(message) = self.check_repeats(limit) {
            panic!("{message}");
        }
    }

    /// The message of [`assert_no_repeats`](Self::assert_no_repeats), if it would panic.
    pub(crate) fn check_repeats(&self, limit: usize) -> Result<(), String> {
        let mut repeats = self.repeats();
        repeats.retain(|repeat| repeat.times > limit);
        let Some(most) = repeats.first().map(Repeat::times) else {
            return Ok(());
        };
        let mut message = format!(
            "{} ran more often than the {limit} time(s) that are allowed:",
            match repeats.len() {
                1 => "a query".to_owned(),
                queries => format!("{queries} queries"),
            }
        );
        for repeat in repeats.iter().take(LISTED) {
            message.push_str("\n  ");
            message.push_str(&repeat.to_string());
        }
        if let Some(more) = repeats.len().checked_sub(LISTED).filter(|more| *more > 0) {
            message.push_str(&format!("\n  … and {more} more"));
        }
        message.push_str(
            "\n  help: ask once for all rows, with a list as the argument (`WHERE id = ANY($1)`) or a join; write many rows with `execute_many`",
        );
        message.push_str(&format!(
            "\n  help: if the test means to run it so often, allow {most}"
        ));
        Err(message)
    }
}

impl Repeat {
    /// The SQL as it was written, placeholders included.
    pub fn sql(&self) -> &str {
        self.first.sql()
    }

    /// The schema that it ran in.
    pub fn schema(&self) -> &str {
        self.first.schema()
    }

    /// Where it stands in the program, as far as that is known: see [`LoggedStatement::location`]. Text that several places
    /// run has the place that ran it first.
    pub fn location(&self) -> Option<Location> {
        self.first.location()
    }

    /// How many times it ran.
    pub fn times(&self) -> usize {
        self.times
    }
}

impl fmt::Display for Repeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} times", self.times)?;
        if let Some(location) = self.location() {
            write!(f, " at {location}")?;
        }
        write!(
            f,
            ", in schema \"{}\":\n    {}",
            self.schema(),
            self.first.summary()
        )
    }
}

/// What makes runs the same query.
#[derive(PartialEq, Eq, Hash)]
enum Site {
    Macro(&'static str, u32, u32),
    Shape(String),
}

impl Site {
    fn of(statement: &LoggedStatement) -> Site {
        let site = match statement.text() {
            Text::Site(site, _) => site,
            Text::Dynamic(_) => return Site::Shape(shape(statement.sql())),
        };
        let Location { file, line, column } = site.location;
        Site::Macro(file, line, column)
    }
}

/// The text without what a program writes into it for each run: its constants. White space and comments are no part either.
fn shape(sql: &str) -> String {
    let mut shape = String::with_capacity(sql.len());
    for token in lex(sql) {
        let text = match token.kind {
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. } => {
                continue;
            }
            TokenKind::String { .. }
            | TokenKind::EscapeString { .. }
            | TokenKind::UnicodeString { .. }
            | TokenKind::BitString { .. }
            | TokenKind::HexString { .. }
            | TokenKind::NationalString { .. }
            | TokenKind::DollarString { .. }
            | TokenKind::Integer
            | TokenKind::Decimal
            | TokenKind::Real => "?",
            _ => sql.get(token.start..token.end).unwrap_or_default(),
        };
        shape.push_str(text);
        shape.push(' ');
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn texts_that_differ_in_constants_and_spaces_have_one_shape() {
        for (one, other) in [
            ("SELECT 1", "SELECT  2 -- two"),
            ("SELECT 'a', 1.5", "SELECT E'b',2e3"),
            (
                "SELECT * FROM t WHERE id = 7",
                "SELECT * FROM t\nWHERE id = 12",
            ),
        ] {
            assert_eq!(shape(one), shape(other));
        }
        assert_ne!(shape("SELECT a"), shape("SELECT b"));
        assert_ne!(shape("SELECT $1"), shape("SELECT $2"));
    }
}
