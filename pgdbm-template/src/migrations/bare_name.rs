//! Names without a schema in what a migration creates.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, excerpt};
use crate::lexer::lex;
use crate::statement::Statement;
use crate::token::{Token, TokenKind};

/// What CREATE makes, and the head of the placeholder that names it.
const CREATED: &[(&str, &str)] = &[
    ("table", "tables"),
    ("view", "views"),
    ("sequence", "sequences"),
    ("type", "types"),
    ("domain", "types"),
    ("function", "functions"),
    ("procedure", "functions"),
    ("aggregate", "functions"),
];

/// Words between CREATE and what it makes.
const BETWEEN: &[&str] = &[
    "or",
    "replace",
    "unlogged",
    "recursive",
    "materialized",
    "foreign",
];

/// A statement that creates something under a bare name.
///
/// Where that lands depends on `search_path`, which nobody sets: in `public`, once for all schemas together. What is
/// meant to be there says so, `public.users`; a file may also set the path itself. Temporary relations have no schema to
/// name.
pub(super) fn bare_name(sql: &str, statement: &Statement) -> Option<Diagnostic> {
    let text = sql.get(statement.start..statement.end)?;
    let mut tokens = lex(text).filter(|token| !token.kind.is_trivia()).peekable();
    if !tokens.next()?.is_word(text, "create") {
        return None;
    }
    let is_between = |token: &Token| BETWEEN.iter().any(|word| token.is_word(text, word));
    while tokens.next_if(is_between).is_some() {}
    let made = tokens.next()?;
    let (_, head) = CREATED.iter().find(|(word, _)| made.is_word(text, word))?;
    for word in ["if", "not", "exists"] {
        tokens.next_if(|token| token.is_word(text, word));
    }
    let name = tokens.next()?;
    let is_name = matches!(
        name.kind,
        TokenKind::Identifier | TokenKind::QuotedIdentifier { .. }
    );
    if !is_name
        || tokens
            .next()
            .is_some_and(|next| next.kind == TokenKind::Dot)
    {
        return None;
    }
    let written = text.get(name.start..name.end)?;
    let shown = excerpt(written);
    let (start, end) = (statement.start + name.start, statement.start + name.end);
    let placeholder = format!("{{{{{head}.{written}}}}}");
    Some(
        Diagnostic::error(
            Code::BareName,
            format!(
                "`{shown}` has no schema: it would be created in `public`, which all schemas share"
            ),
            start,
            end,
            "a bare name",
        )
        .with_help(format!(
            "write `{{{{{head}.{shown}}}}}`, or `public.{shown}` if it is meant for all of them"
        ))
        .with_fix(start, end, placeholder),
    )
}

/// What a statement does to the path on which bare names are looked up: true when it sets one, false when it takes it
/// back. Where every statement stands by itself, SET LOCAL does nothing.
pub(super) fn search_path(sql: &str, statement: &Statement, in_transaction: bool) -> Option<bool> {
    let text = sql.get(statement.start..statement.end)?;
    let mut tokens = lex(text).filter(|token| !token.kind.is_trivia()).peekable();
    let is_path = |token: &Token| token.is_word(text, "search_path");
    if tokens
        .next_if(|token| token.is_word(text, "reset"))
        .is_some()
    {
        let what = tokens.next()?;
        return (is_path(&what) || what.is_word(text, "all")).then_some(false);
    }
    tokens.next_if(|token| token.is_word(text, "set"))?;
    let local = tokens
        .next_if(|token| token.is_word(text, "local"))
        .is_some();
    tokens.next_if(|token| token.is_word(text, "session"));
    tokens.next_if(is_path)?;
    let is_default = tokens
        .nth(1)
        .is_some_and(|value| value.is_word(text, "default"));
    match (is_default, local && !in_transaction) {
        (true, _) => Some(false),
        (false, true) => None,
        (false, false) => Some(true),
    }
}
