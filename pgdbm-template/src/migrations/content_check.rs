//! What is wrong with the content of one migration.

use super::bare_name::{bare_name, search_path};
use super::directives::Directives;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Diagnostics, Label, Severity, excerpt};
use crate::lexer::lex;
use crate::parameters::Span;
use crate::statement::Statement;
use crate::template::Template;
use crate::token::{Token, TokenKind};

/// Checks the content of one migration.
pub(super) fn check(sql: &str, directives: &Directives) -> Vec<Diagnostic> {
    let template = Template::parse(sql);
    let stop = Stop::find(sql, &template);
    let end = stop.as_ref().map_or(usize::MAX, |stop| stop.place);
    let mut diagnostics = Diagnostics::default();
    let found = template.diagnostics().iter().chain(&directives.diagnostics);
    for diagnostic in found.filter(|diagnostic| diagnostic.primary.start < end) {
        diagnostics.push(|| softened(diagnostic, sql));
    }
    for span in parameters(&template).filter(|span| span.start < end) {
        diagnostics.push(|| parameter(sql, span));
    }
    let mut path_is_set = false;
    for statement in template
        .statements()
        .iter()
        .filter(|statement| statement.end <= end)
    {
        check_statement(sql, statement, directives, &mut diagnostics);
        if let Some(is_set) = search_path(sql, statement, !directives.no_transaction) {
            // From here on bare names mean what the file itself says.
            path_is_set = is_set;
        } else if !path_is_set && let Some(diagnostic) = bare_name(sql, statement) {
            diagnostics.push(|| diagnostic);
        }
    }
    match stop {
        Some(stop) => diagnostics.push(|| stop.diagnostic),
        None if template.statements().is_empty() => diagnostics.push(|| {
            let message = "the migration is empty";
            Diagnostic::error(
                Code::EmptyMigration,
                message,
                0,
                0,
                "no statement, only comments at most",
            )
            .with_help("write a statement, or remove the file if it was never applied")
        }),
        None => {}
    }
    diagnostics.into_sorted()
}

/// A long name of the file's own is cut by PostgreSQL, here as ever: files that were applied long ago have such names,
/// and may not change. In a placeholder it stays an error.
fn softened(diagnostic: &Diagnostic, sql: &str) -> Diagnostic {
    let place = diagnostic.primary.start;
    let mut diagnostic = diagnostic.clone();
    if diagnostic.code == Code::IdentifierTooLong
        && let Some(token) = lex(sql).find(|token| place < token.end)
        && !matches!(token.kind, TokenKind::Placeholder { .. })
    {
        diagnostic.severity = Severity::Warning;
    }
    diagnostic
}

/// Where the file stops being SQL: what follows would be misread, so nothing is said about it.
struct Stop {
    place: usize,
    diagnostic: Diagnostic,
}

impl Stop {
    fn find(sql: &str, template: &Template<'_>) -> Option<Self> {
        let copy = template
            .statements()
            .iter()
            .find(|statement| statement.effects.copy_from_stdin);
        let copy = copy.map(|statement| Self {
            place: statement.end,
            diagnostic: copy_from_stdin(sql, statement),
        });
        let command = meta_command(sql).map(|(start, end)| Self {
            place: start,
            diagnostic: psql_command(sql, start, end),
        });
        match (copy, command) {
            (Some(copy), Some(command)) => Some(if copy.place < command.place {
                copy
            } else {
                command
            }),
            (copy, command) => copy.or(command),
        }
    }
}

/// The first backslash outside literals, with the word behind it. SQL has no other use for it.
fn meta_command(sql: &str) -> Option<(usize, usize)> {
    let mut tokens =
        lex(sql).skip_while(|token| token.kind != TokenKind::Unknown || token.text(sql) != "\\");
    let backslash = tokens.next()?;
    let word = tokens.next().filter(|token| !token.kind.is_trivia());
    Some((backslash.start, word.map_or(backslash.end, |word| word.end)))
}

fn psql_command(sql: &str, start: usize, end: usize) -> Diagnostic {
    let command = excerpt(sql.get(start..end).unwrap_or_default());
    let message = format!("`{command}` is a command of psql, and the server does not know it");
    let help = match command.as_str() {
        "\\i" | "\\ir" | "\\include" => "put the SQL of that file into a migration of its own",
        "\\copy" => "insert the rows with INSERT, or load them from the program with COPY",
        "\\c" | "\\connect" => "connect to the other database and migrate that one on its own",
        _ => "remove it, and write what it does in SQL",
    };
    Diagnostic::error(Code::MetaCommand, message, start, end, "not SQL").with_help(help)
}

fn copy_from_stdin(sql: &str, statement: &Statement) -> Diagnostic {
    let message = "the migration reads rows from standard input, and there is none";
    let (start, end) = head(sql, statement);
    Diagnostic::error(Code::CopyStream, message, start, end, "COPY … FROM STDIN")
        .with_help("write the rows as INSERT statements (pg_dump does with --inserts), or load them from the program")
}

fn check_statement(
    sql: &str,
    statement: &Statement,
    directives: &Directives,
    diagnostics: &mut Diagnostics,
) {
    let effects = statement.effects;
    let (start, end) = head(sql, statement);
    let word = excerpt(sql.get(start..end).unwrap_or_default()).to_ascii_uppercase();
    if effects.controls_transaction {
        diagnostics.push(|| {
            let help = if directives.no_transaction {
                "remove it: with `no-transaction` each statement runs on its own, so that the file can be resumed"
            } else {
                "remove it: each file runs in one transaction already; split the file if parts must stand on their own"
            };
            let message = format!("`{word}` begins or ends a transaction");
            Diagnostic::error(Code::TransactionControl, message, start, end, "pgdbm does that").with_help(help)
        });
    } else if effects.refuses_transaction && !directives.no_transaction {
        diagnostics.push(|| {
            let shown = shown_words(sql, statement);
            let message = format!("PostgreSQL refuses `{shown}` inside a transaction, where migrations run");
            Diagnostic::error(Code::RefusesTransaction, message, statement.start, end, "needs to run on its own")
                .with_help(
                    "put the statement into a file of its own with the line `-- pgdbm:no-transaction` at the top",
                )
                .with_fix(0, 0, "-- pgdbm:no-transaction\n")
        });
    } else if effects.changes_session {
        diagnostics.push(|| {
            let message = format!("`{word}` changes the connection beyond the migration");
            let help = if word == "SET" && !directives.no_transaction {
                "write SET LOCAL, which ends with the migration"
            } else {
                "leave the connection as it is: others get it after the migration"
            };
            Diagnostic::warning(
                Code::SessionState,
                message,
                start,
                end,
                "outlives the migration",
            )
            .with_help(help)
        });
    }
}

fn parameters(template: &Template<'_>) -> impl Iterator<Item = Span> {
    let positional = template
        .parameters()
        .positional()
        .iter()
        .map(|parameter| parameter.span);
    let named = template
        .parameters()
        .names()
        .iter()
        .flat_map(|name| name.uses.iter().copied());
    positional.chain(named)
}

fn parameter(sql: &str, span: Span) -> Diagnostic {
    let shown = excerpt(sql.get(span.start..span.end).unwrap_or_default());
    let message =
        format!("the migration has the parameter `{shown}`, and there is nothing to give for it");
    Diagnostic::error(
        Code::MigrationParameter,
        message,
        span.start,
        span.end,
        "parameter",
    )
    .with_help(
        "write the value itself; for a dollar-quoted body, write both delimiters, such as $$ … $$",
    )
}

/// The first word of a statement.
fn head(sql: &str, statement: &Statement) -> (usize, usize) {
    let text = sql.get(statement.start..statement.end).unwrap_or_default();
    let length = lex(text).next().map_or(0, |token: Token| token.end);
    (statement.start, statement.start + length)
}

/// The first words of a statement, as far as they are keywords or names.
fn shown_words(sql: &str, statement: &Statement) -> String {
    let text = sql.get(statement.start..statement.end).unwrap_or_default();
    let words = lex(text)
        .filter(|token| !token.kind.is_trivia())
        .take_while(|token| token.kind == TokenKind::Identifier)
        .take(3);
    let words: Vec<String> = words
        .map(|token| token.text(text).to_ascii_uppercase())
        .collect();
    excerpt(&words.join(" "))
}

/// A label that points to another file as a whole.
pub(super) fn other_file(name: &str, text: &str) -> Label {
    Label::new(0, 0, text).in_file(name)
}
