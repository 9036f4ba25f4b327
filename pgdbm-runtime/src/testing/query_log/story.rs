//! The log as a table for people.

use std::fmt;

use super::duration_text;
use super::statement::{LoggedStatement, StatementKind, StatementOutcome};

/// Writes one line for each statement, and one more for its error.
pub(super) fn write(
    f: &mut fmt::Formatter<'_>,
    statements: &[LoggedStatement],
    left_out: u64,
) -> fmt::Result {
    let [first, ..] = statements else {
        return f.write_str("no statement has run");
    };
    // One schema is said once; of several, each statement says its own.
    let one_schema = statements.iter().all(|s| s.schema() == first.schema());
    write!(f, "{} statement(s)", statements.len())?;
    if one_schema {
        write!(f, " in schema \"{}\"", first.schema())?;
    }
    if left_out > 0 {
        write!(f, ", after {left_out} more that are not kept")?;
    }
    let lines: Vec<[String; 5]> = statements
        .iter()
        .map(|statement| line(statement, !one_schema))
        .collect();
    let head = ["at", "took", "rows", "place", "statement"].map(str::to_owned);
    let width = |column: usize| {
        let cells = lines.iter().chain([&head]).map(|line| &line[column]);
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths = [width(0), width(1), width(2), width(3)];
    let row = |f: &mut fmt::Formatter<'_>, [at, took, rows, place, statement]: &[String; 5]| {
        write!(
            f,
            "\n  {at:>0$}  {took:>1$}  {rows:>2$}  {place:<3$}  {statement}",
            widths[0], widths[1], widths[2], widths[3]
        )
    };
    row(f, &head)?;
    for (statement, line) in statements.iter().zip(&lines) {
        row(f, line)?;
        if let Some(failure) = statement.failure() {
            let indentation = widths.iter().sum::<usize>() + 10;
            write!(f, "\n{:indentation$}  {failure}", "")?;
        }
    }
    Ok(())
}

fn line(statement: &LoggedStatement, with_schema: bool) -> [String; 5] {
    let took = match statement.outcome() {
        StatementOutcome::Sent => "-".to_owned(),
        _ => duration_text(statement.duration()),
    };
    let rows = match statement.kind() {
        StatementKind::Transaction | StatementKind::Prepare => "-".to_owned(),
        _ => statement.rows().to_string(),
    };
    let place = statement.location();
    let summary = statement.summary();
    [
        duration_text(statement.offset()),
        took,
        rows,
        place.map_or_else(|| "-".to_owned(), |place| place.to_string()),
        if with_schema {
            format!("{}: {summary}", statement.schema())
        } else {
            summary
        },
    ]
}
