//! From text to syntax trees.
//!
//! The tokens are those of [`pgdbm_template::lex`]; [`reader`] walks over them, and each of the other modules reads one
//! part of the grammar into the tree of [`ast`]. All of the server's grammar is read, though of some statements only the
//! beginning is kept.

pub(crate) mod ast;
mod call;
mod change;
mod definition;
mod expression;
mod from;
mod json;
mod keyword;
pub(crate) mod literal;
mod maintenance;
#[cfg(feature = "oracle")]
pub(crate) mod oracle;
mod primary;
mod privilege;
mod query;
mod reader;
mod statement;
mod type_name;
mod xml;

use pgdbm_template::{TokenKind, lex, nearest, quote_identifier};

use ast::{Span, Statement, TypeName};
use reader::{Reader, Stop, Tokens};

/// What became of a text.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) statements: Vec<Statement>,
    pub(crate) errors: Vec<SyntaxError>,
}

/// A statement that PostgreSQL's grammar does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub(crate) message: String,
    pub(crate) span: Span,
    /// What to do, starting with a verb.
    pub(crate) help: Option<String>,
}

/// Reads all statements of a text. One that is wrong is left out, and said to be wrong; the others are there.
pub(crate) fn parse(sql: &str) -> Parsed {
    read(&tokens(sql))
}

/// The type that a text names, as `'…'::regtype` reads it; None where it names none.
pub(crate) fn type_name(text: &str) -> Option<TypeName> {
    let tokens = tokens(text);
    let mut reader = Reader::new(&tokens, 0, tokens.len());
    let named = reader.type_name().ok()?;
    reader.at_end().then_some(named)
}

/// A name as it is written in SQL: in quotes where it needs them.
pub(crate) fn written_name(name: &str) -> String {
    if needs_quotes(name) {
        quote_identifier(name)
    } else {
        name.to_owned()
    }
}

fn tokens(sql: &str) -> Tokens<'_> {
    let list = lex(sql).filter(|token| !token.kind.is_trivia());
    Tokens::new(sql, list.collect())
}

fn read(tokens: &Tokens<'_>) -> Parsed {
    let mut parsed = Parsed::default();
    for (start, end) in statement_ranges(tokens) {
        if let Some(malformed) = (start..end).find(|position| {
            tokens
                .kind(*position)
                .is_some_and(|kind| kind.is_malformed() || kind == TokenKind::Unknown)
        }) {
            parsed.errors.push(SyntaxError {
                message: format!("`{}` is no token of SQL", shortened(tokens.text(malformed))),
                span: tokens.span(malformed),
                help: None,
            });
            continue;
        }
        let mut reader = Reader::new(tokens, start, end);
        match reader.whole_statement() {
            Ok(statement) => parsed.statements.push(statement),
            Err(stop) => parsed.errors.push(refused(tokens, end, stop)),
        }
    }
    parsed
}

/// Where the statements stand: between semicolons outside the parentheses of rules and outside `BEGIN ATOMIC … END`.
fn statement_ranges(tokens: &Tokens<'_>) -> Vec<(usize, usize)> {
    let mut ranges = Vec::new();
    let mut start = 0;
    let mut parentheses = 0_usize;
    // How many ENDs are owed, of the body and of CASEs in it.
    let mut atomic = 0_usize;
    for position in 0..tokens.len() {
        match tokens.kind(position) {
            Some(TokenKind::OpenParenthesis) => parentheses += 1,
            Some(TokenKind::CloseParenthesis) => parentheses = parentheses.saturating_sub(1),
            // A parenthesis that is never closed must not hide the statements behind it: only rules hold semicolons.
            Some(TokenKind::Semicolon) if parentheses > 0 && makes_rule(tokens, start) => {}
            Some(TokenKind::Semicolon) if atomic == 0 => {
                if start < position {
                    ranges.push((start, position));
                }
                start = position + 1;
                parentheses = 0;
            }
            Some(TokenKind::Identifier) => match tokens.word(position) {
                "atomic" if position > start && tokens.word(position - 1) == "begin" => atomic = 1,
                "case" if atomic > 0 => atomic += 1,
                "end" if atomic > 0 => atomic -= 1,
                _ => {}
            },
            _ => {}
        }
    }
    if start < tokens.len() {
        ranges.push((start, tokens.len()));
    }
    ranges
}

fn makes_rule(tokens: &Tokens<'_>, start: usize) -> bool {
    let words = |at: usize, words: &[&str]| {
        let mut numbered = words.iter().enumerate();
        numbered.all(|(index, word)| tokens.word(at + index) == *word)
    };
    words(start, &["create", "rule"]) || words(start, &["create", "or", "replace", "rule"])
}

/// The error for a statement that cannot be read.
fn refused(tokens: &Tokens<'_>, end: usize, stop: Stop) -> SyntaxError {
    if let Some((alias, near)) = mistyped_alias(tokens, stop.position, end) {
        return SyntaxError {
            message: format!("syntax error at `{}`", shortened(tokens.text(alias))),
            span: tokens.span(alias),
            help: Some(did_you_mean(near)),
        };
    }
    let span = tokens.span(stop.position.min(end.saturating_sub(1)));
    let expected = match keyword::find(stop.expected) {
        Some(keyword) => format!("`{}`", keyword.text.to_ascii_uppercase()),
        None => stop.expected.to_owned(),
    };
    let message = if stop.position >= end {
        format!("syntax error at the end of the statement: expected {expected}")
    } else {
        format!(
            "syntax error at `{}`: expected {expected}",
            shortened(tokens.text(stop.position))
        )
    };
    SyntaxError {
        message,
        span,
        help: remedy(tokens, stop.position, end),
    }
}

/// The words that statements and their clauses begin with, the likelier first.
const CLAUSES: &[&str] = &[
    "select",
    "insert",
    "update",
    "delete",
    "from",
    "where",
    "set",
    "values",
    "into",
    "join",
    "order",
    "group",
    "having",
    "limit",
    "offset",
    "returning",
    "using",
    "inner",
    "left",
    "union",
    "distinct",
    "conflict",
    "references",
    "primary",
    "table",
    "merge",
    "with",
    "and",
    "as",
    "create",
    "alter",
    "drop",
];

/// What to do about a token that nothing begins with: a word that was mistyped, a parameter as other libraries write it.
fn remedy(tokens: &Tokens<'_>, position: usize, end: usize) -> Option<String> {
    let at = |position: usize| (position < end).then(|| tokens.text(position));
    let before = position.checked_sub(1);
    let text = at(position).unwrap_or_default();
    if text == "?" || before.and_then(at) == Some("?") {
        return Some("write a parameter as `$1`, or by a name: `$name`".to_owned());
    }
    if text == ":"
        && tokens.kind(position + 1) == Some(TokenKind::Identifier)
        && let Some(name) = at(position + 1)
    {
        return Some(format!("write a parameter by its name as `${name}`"));
    }
    mistyped(tokens, position, end).map(did_you_mean)
}

fn did_you_mean(near: &str) -> String {
    format!("did you mean `{}`?", near.to_ascii_uppercase())
}

/// The clause that a word is nearly the beginning of.
fn mistyped(tokens: &Tokens<'_>, position: usize, end: usize) -> Option<&'static str> {
    let word = (position < end).then(|| tokens.text(position));
    let word = word.filter(|word| word.len() > 2 && keyword::find(word).is_none())?;
    (tokens.kind(position) == Some(TokenKind::Identifier))
        .then(|| nearest(word, CLAUSES.iter().copied()))
        .flatten()
}

/// `id form users`: the word before was mistyped, and became an alias.
fn mistyped_alias(
    tokens: &Tokens<'_>,
    position: usize,
    end: usize,
) -> Option<(usize, &'static str)> {
    if mistyped(tokens, position, end).is_some() {
        return None;
    }
    let before = position.checked_sub(1)?;
    let behind_name = keyword::find(tokens.text(before.checked_sub(1)?)).is_none();
    let near = behind_name
        .then(|| mistyped(tokens, before, end))
        .flatten()?;
    Some((before, near))
}

/// A token's text for a message.
fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Whether a name must be written in quotes to be read as itself wherever an identifier may stand.
pub(crate) fn needs_quotes(name: &str) -> bool {
    let plain = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    !plain
        || keyword::find(name)
            .is_some_and(|keyword| keyword.category != keyword::Category::Unreserved)
}
