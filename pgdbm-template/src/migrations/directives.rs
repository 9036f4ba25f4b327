//! Directives: comments that speak to pgdbm.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Diagnostics, excerpt};
use crate::lexer::lex;
use crate::nearest::nearest;
use crate::parameters::Span;
use crate::token::{Token, TokenKind};

/// What the directives of a migration say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Directives {
    /// `-- pgdbm:no-transaction`: the file runs statement by statement, outside a transaction.
    pub no_transaction: bool,
    /// `-- pgdbm:declare …`: what the file makes in ways that cannot be read from it, each the place of the text behind
    /// the word.
    pub declarations: Vec<Span>,
    /// What is wrong with them, by place.
    pub diagnostics: Vec<Diagnostic>,
}

const NO_TRANSACTION: &str = "no-transaction";
const DECLARE: &str = "declare";

/// Reads the directives of a migration: line comments that start with `pgdbm:`.
///
/// `no-transaction` stands before the first statement; `declare` may stand anywhere.
///
/// ```
/// use pgdbm_template::directives;
///
/// let sql = "-- pgdbm:no-transaction\nCREATE INDEX CONCURRENTLY {{indexes.users_email}} ON {{tables.users}} (email)";
/// assert!(directives(sql).no_transaction);
/// ```
#[must_use]
pub fn directives(sql: &str) -> Directives {
    let mut directives = Directives::default();
    let mut diagnostics = Diagnostics::default();
    let mut in_statements = false;
    for token in lex(sql) {
        match token.kind {
            TokenKind::LineComment => {
                directive(sql, token, in_statements, &mut directives, &mut diagnostics);
            }
            // A lone semicolon is no statement yet, but what stands after it is not at the head of the file either.
            _ => in_statements |= !token.kind.is_trivia(),
        }
    }
    directives.diagnostics = diagnostics.into_sorted();
    directives
}

fn directive(
    sql: &str,
    token: Token,
    in_statements: bool,
    directives: &mut Directives,
    diagnostics: &mut Diagnostics,
) {
    const MARK: &str = "pgdbm:";
    let comment = token.text(sql).get(2..).unwrap_or_default();
    let said = comment.trim_start_matches('-').trim_start();
    let marked = said
        .get(..MARK.len())
        .is_some_and(|mark| mark.eq_ignore_ascii_case(MARK));
    if !marked {
        return;
    }
    let body = said.get(MARK.len()..).unwrap_or_default().trim_start();
    let word_start = token.end - body.len();
    let word = body.split(char::is_whitespace).next().unwrap_or_default();
    let rest = body.get(word.len()..).unwrap_or_default();
    let word_end = word_start + word.len();
    match word {
        NO_TRANSACTION if !rest.trim().is_empty() => diagnostics.push(|| {
            let message = "the directive `no-transaction` takes nothing after it";
            let start = token.end - rest.trim_start().len();
            Diagnostic::error(
                Code::UnknownDirective,
                message,
                start,
                token.end,
                "not expected here",
            )
            .with_help("write the reason in a comment of its own")
        }),
        NO_TRANSACTION if in_statements => diagnostics.push(|| {
            let message =
                "the directive `no-transaction` stands behind a statement, where it has no effect";
            Diagnostic::error(
                Code::MisplacedDirective,
                message,
                token.start,
                token.end,
                "too late",
            )
            .with_help("move it before the first statement")
        }),
        NO_TRANSACTION => directives.no_transaction = true,
        DECLARE => directives.declarations.push(Span {
            start: token.end - rest.trim_start().len(),
            end: token.end,
        }),
        _ => diagnostics.push(|| {
            let message = format!("there is no directive `{}`", excerpt(word));
            let diagnostic = Diagnostic::error(
                Code::UnknownDirective,
                message,
                word_start,
                word_end,
                "unknown directive",
            );
            match nearest(word, [NO_TRANSACTION, DECLARE]) {
                Some(near) => diagnostic
                    .with_help(format!("write `-- pgdbm:{near}`"))
                    .with_fix(word_start, word_end, near),
                None => diagnostic.with_help(format!(
                    "write `-- pgdbm:{NO_TRANSACTION}` or `-- pgdbm:{DECLARE} …`"
                )),
            }
        }),
    }
}
