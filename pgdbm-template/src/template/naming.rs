//! What the words around a token say about it.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, excerpt};
use crate::lexer::{LiteralStyle, end_of, is_identifier_continuation, lex};
use crate::placeholder::{self, PlaceholderKind};
use crate::token::{PlaceholderForm, Token, TokenKind};

/// Whether PostgreSQL takes a schema before a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    Qualified,
    Bare,
}

/// How a placeholder of `kind` is written at the token `index`.
///
/// The grammar has a plain name, not a qualified one, in `CREATE INDEX`, in `USING INDEX` and `CLUSTER … USING`, in
/// `CLUSTER ON`, and after `RENAME TO`.
pub(super) fn of_place(
    sql: &str,
    significant: &[Token],
    index: usize,
    kind: PlaceholderKind,
) -> Naming {
    let back = Back {
        sql,
        significant,
        index,
    };
    let bare = match kind {
        PlaceholderKind::Schema => false,
        PlaceholderKind::Index => {
            back.reads(&["rename", "to"])
                || back.reads(&["using", "index"])
                || back.reads(&["using"])
                || back.reads(&["cluster", "on"])
                || back.creates_index()
        }
        _ => back.reads(&["rename", "to"]),
    };
    if bare {
        Naming::Bare
    } else {
        Naming::Qualified
    }
}

/// The words before a token.
#[derive(Clone, Copy)]
struct Back<'a> {
    sql: &'a str,
    significant: &'a [Token],
    index: usize,
}

impl Back<'_> {
    fn reads(self, words: &[&str]) -> bool {
        self.skip(words).is_some()
    }

    /// The place before `words`, if they stand directly before this one.
    fn skip(self, words: &[&str]) -> Option<Self> {
        let index = self.index.checked_sub(words.len())?;
        let tokens = self.significant.get(index..self.index)?;
        let matches = tokens
            .iter()
            .zip(words)
            .all(|(token, word)| token.is_word(self.sql, word));
        matches.then_some(Self { index, ..self })
    }

    fn skip_optional(self, words: &[&str]) -> Self {
        self.skip(words).unwrap_or(self)
    }

    /// `CREATE [UNIQUE] INDEX [CONCURRENTLY] [IF NOT EXISTS]`.
    fn creates_index(self) -> bool {
        self.skip_optional(&["if", "not", "exists"])
            .skip_optional(&["concurrently"])
            .skip(&["index"])
            .is_some_and(|back| back.skip_optional(&["unique"]).reads(&["create"]))
    }
}

/// How deep SQL in literals in SQL in literals is read.
const DEEPEST: usize = 4;

/// The offsets in `text`, a literal's content that may be SQL, of the index placeholders that take a bare name.
pub(super) fn bare_sites(text: &str) -> Vec<usize> {
    let mut sites = Vec::new();
    collect_bare_sites(text, 0, DEEPEST, &mut sites);
    sites.sort_unstable();
    sites
}

fn collect_bare_sites(text: &str, origin: usize, depth: usize, sites: &mut Vec<usize>) {
    if !may_be_bare(text) {
        return;
    }
    let significant: Vec<Token> = lex(text).filter(|token| !token.kind.is_trivia()).collect();
    for (index, token) in significant.iter().enumerate() {
        match token.kind {
            TokenKind::Placeholder {
                form,
                terminated: true,
            } => {
                let kind = placeholder::parse(token.text(text), form, 0)
                    .map(|placeholder| placeholder.kind);
                let is_bare = |kind| of_place(text, &significant, index, kind) == Naming::Bare;
                if kind.is_ok_and(is_bare) {
                    sites.push(origin + token.start);
                }
            }
            TokenKind::String { .. }
            | TokenKind::EscapeString { .. }
            | TokenKind::DollarString { .. }
                if depth > 0 =>
            {
                // The delimiters are no part of the SQL inside, and the words that matter stand behind them.
                let inside = match token.kind {
                    TokenKind::DollarString { .. } => dollar_body(token.text(text)),
                    _ => quoted_body(token.text(text)),
                };
                let start = token.start + inside.start;
                if let Some(inside) = token.text(text).get(inside) {
                    collect_bare_sites(inside, origin + start, depth - 1, sites);
                }
            }
            _ => {}
        }
    }
}

/// Whether looking closer can find anything; most literals end here.
fn may_be_bare(text: &str) -> bool {
    text.contains("{{") || text.contains("<<")
}

/// The body of a `$tag$…$tag$` token.
pub(super) fn dollar_body(token: &str) -> std::ops::Range<usize> {
    let delimiter = dollar_delimiter(token).len();
    let end = if token.len() >= 2 * delimiter && token.ends_with(dollar_delimiter(token)) {
        token.len() - delimiter
    } else {
        token.len()
    };
    delimiter..end
}

/// The `$tag$` that a token starts with.
pub(super) fn dollar_delimiter(token: &str) -> &str {
    let close = token
        .get(1..)
        .and_then(|rest| rest.find('$'))
        .unwrap_or_default();
    token.get(..close + 2).unwrap_or_default()
}

fn quoted_body(token: &str) -> std::ops::Range<usize> {
    let start = token.find('\'').map_or(0, |quote| quote + 1);
    start..token.len()
}

/// The escape character of the `U&` token at `index`: what `UESCAPE` after it says, else the backslash.
pub(super) fn unicode_escape(sql: &str, significant: &[Token], index: usize) -> char {
    let follows = significant
        .get(index + 1)
        .is_some_and(|token| token.is_word(sql, "uescape"));
    let character = significant
        .get(index + 2)
        .filter(|_| follows)
        .and_then(|token| {
            let text = token.text(sql);
            let piece = crate::lexer::literal_pieces(text, LiteralStyle::Standard).next()?;
            text.get(piece)?.chars().next()
        });
    character.unwrap_or('\\')
}

/// The words after which a relation or another object is named, so that `<<` cannot be an operator.
const NAMING_WORDS: [&str; 10] = [
    "exists",
    "from",
    "function",
    "into",
    "join",
    "only",
    "references",
    "sequence",
    "table",
    "update",
];

/// What is wrong with an operator `<<` that was meant to open a placeholder: one with an unknown head, or one that is
/// not closed.
pub(super) fn stray_angles(sql: &str, significant: &[Token], index: usize) -> Option<Diagnostic> {
    let operator = significant.get(index)?;
    let name = significant.get(index + 1)?;
    let before = significant.get(index.checked_sub(1)?)?;
    let names = NAMING_WORDS.iter().any(|word| before.is_word(sql, word));
    let from_expression =
        before.is_word(sql, "from") && takes_expression(sql, significant, index - 1);
    let touches = name.start == operator.end && name.kind == TokenKind::Identifier;
    if operator.text(sql) != "<<" || !names || from_expression || !touches {
        return None;
    }
    let end = end_of(sql.as_bytes(), name.start, |byte| {
        is_identifier_continuation(byte) || byte == b'.' || byte == b'"'
    });
    let written = sql.get(operator.start..end)?;
    if sql.get(end..)?.starts_with(">>") {
        let whole = sql.get(operator.start..end + 2)?;
        return placeholder::parse(whole, PlaceholderForm::Angles, operator.start)
            .err()
            .map(|diagnostic| *diagnostic);
    }
    // Whether an unclosed one was meant at all shows in its head alone.
    placeholder::parse(&format!("{written}>>"), PlaceholderForm::Angles, 0).ok()?;
    let message = format!("the placeholder `{}` is not closed", excerpt(written));
    let diagnostic = Diagnostic::error(
        Code::UnterminatedPlaceholder,
        message,
        operator.start,
        end,
        "no `>>` after it",
    );
    Some(
        diagnostic
            .with_help(
                "write `>>` directly behind the name: no white space may stand inside `<<…>>`",
            )
            .with_fix(end, end, ">>"),
    )
}

/// How many tokens back an opening parenthesis is looked for.
const FARTHEST: usize = 60;

/// Whether the FROM at `index` is followed by an expression: that of `IS DISTINCT FROM`, and that inside the parentheses
/// of functions such as EXTRACT and SUBSTRING, which hold no query.
fn takes_expression(sql: &str, significant: &[Token], index: usize) -> bool {
    let before = significant
        .get(index.saturating_sub(FARTHEST)..index)
        .unwrap_or_default();
    if before
        .last()
        .is_some_and(|token| token.is_word(sql, "distinct"))
    {
        return true;
    }
    let mut depth = 0_usize;
    for (place, token) in before.iter().enumerate().rev() {
        match token.kind {
            TokenKind::CloseParenthesis => depth += 1,
            TokenKind::OpenParenthesis if depth > 0 => depth -= 1,
            TokenKind::OpenParenthesis => {
                let opens_query = |token: &Token| {
                    ["select", "with", "delete"]
                        .iter()
                        .any(|word| token.is_word(sql, word))
                };
                return !before.get(place + 1).is_some_and(opens_query);
            }
            _ => {}
        }
    }
    false
}
