//! Where one statement ends and the next begins.

use std::ops::Range;

use crate::effects::Effects;
use crate::token::{Token, TokenKind};

/// One statement of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statement {
    /// The offset of its first token in the source; white space and comments before it do not belong to it.
    pub start: usize,
    /// The offset after its last token, without the `;`.
    pub end: usize,
    /// What it does beyond reading and writing rows.
    pub effects: Effects,
    /// Whether `$1` in it means an argument of its own, not of the query: routines and `PREPARE`.
    pub(crate) own_parameters: bool,
    /// Its tokens among the significant ones.
    pub(crate) tokens: Range<usize>,
}

/// Splits at the semicolons that end statements: those outside parentheses (`CREATE RULE … DO (a; b)`) and outside the
/// SQL bodies of routines (`BEGIN ATOMIC … END`). Empty statements are left out.
///
/// Follows what psql does to know where a statement ends
/// ([Examples of a function body](https://www.postgresql.org/docs/current/sql-createfunction.html)), narrowed: only
/// `BEGIN ATOMIC` opens a body, so that a function may be called `begin`.
pub(crate) fn split(sql: &str, significant: &[Token]) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut first = 0;
    let mut state = State::default();
    for (index, token) in significant.iter().enumerate() {
        if token.kind == TokenKind::Semicolon && state.is_outermost() {
            statements.extend(statement(sql, significant, first..index));
            first = index + 1;
            state = State::default();
        } else {
            let position = index - first;
            let before = if position > 0 {
                significant.get(index - 1)
            } else {
                None
            };
            state.take(sql, token, before, position);
        }
    }
    statements.extend(statement(sql, significant, first..significant.len()));
    statements
}

fn statement(sql: &str, significant: &[Token], range: Range<usize>) -> Option<Statement> {
    let tokens = significant.get(range.clone())?;
    let effects = Effects::of_statement(sql, tokens);
    Some(Statement {
        start: tokens.first()?.start,
        end: tokens.last()?.end,
        effects,
        own_parameters: has_own_parameters(sql, tokens),
        tokens: range,
    })
}

fn has_own_parameters(sql: &str, tokens: &[Token]) -> bool {
    let is = |index: usize, word: &str| {
        tokens
            .get(index)
            .is_some_and(|token| token.is_word(sql, word))
    };
    if is(0, "prepare") {
        return !is(1, "transaction");
    }
    let kind = if is(1, "or") && is(2, "replace") {
        3
    } else {
        1
    };
    is(0, "create") && (is(kind, "function") || is(kind, "procedure"))
}

#[derive(Default)]
struct State {
    parentheses: usize,
    /// How many `END`s are awaited: one for the body, one for each `CASE` in it.
    bodies: usize,
    /// How much of `CREATE [OR REPLACE] FUNCTION` has been seen at the start of the statement.
    prefix: Prefix,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Prefix {
    #[default]
    Start,
    Create,
    Or,
    Replace,
    Routine,
    Other,
}

impl State {
    fn is_outermost(&self) -> bool {
        self.parentheses == 0 && self.bodies == 0
    }

    fn take(&mut self, sql: &str, token: &Token, before: Option<&Token>, position: usize) {
        if position < 4 && !matches!(self.prefix, Prefix::Routine | Prefix::Other) {
            self.prefix = self.prefix.then(sql, token);
        }
        match token.kind {
            TokenKind::OpenParenthesis => self.parentheses += 1,
            // A parenthesis too many is the server's to report; it must not hide the ends of all later statements.
            TokenKind::CloseParenthesis => self.parentheses = self.parentheses.saturating_sub(1),
            TokenKind::Identifier if self.prefix == Prefix::Routine => {
                self.take_word(sql, token, before);
            }
            _ => {}
        }
    }

    fn take_word(&mut self, sql: &str, token: &Token, before: Option<&Token>) {
        // After a dot or AS these words are names.
        let is_name =
            before.is_some_and(|before| before.kind == TokenKind::Dot || before.is_word(sql, "as"));
        if self.bodies == 0 {
            let begins = before.is_some_and(|before| before.is_word(sql, "begin"));
            if begins && self.parentheses == 0 && token.is_word(sql, "atomic") {
                self.bodies = 1;
            }
        } else if is_name {
        } else if token.is_word(sql, "case") {
            self.bodies += 1;
        } else if token.is_word(sql, "end") {
            self.bodies -= 1;
        }
    }
}

impl Prefix {
    fn then(self, sql: &str, token: &Token) -> Self {
        let is = |word| token.is_word(sql, word);
        match self {
            Self::Start if is("create") => Self::Create,
            Self::Create if is("or") => Self::Or,
            Self::Or if is("replace") => Self::Replace,
            Self::Create | Self::Replace if is("function") || is("procedure") => Self::Routine,
            _ => Self::Other,
        }
    }
}
