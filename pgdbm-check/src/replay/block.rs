//! DO blocks: what of their definitions can be read.
//!
//! Migrations use them to make things only where they are missing: `BEGIN CREATE TYPE …; EXCEPTION WHEN duplicate_object …`,
//! `IF NOT EXISTS (…) THEN ALTER TABLE …`. The definitions in such blocks are replayed as if they were reached, and what is
//! there already is no mistake then. What a block puts together as text (`EXECUTE`) nobody can read.

use pgdbm_template::{Code, Token, TokenKind, lex};

use super::{Replay, unreadable};
use crate::catalog::Makes;
use crate::depth::{Depth, with_stack};
use crate::failure::{Failure, Result};
use crate::syntax::{self, ast::Span};

/// So many blocks in one another are followed.
const MOST_BLOCKS: usize = 8;

impl Replay<'_> {
    pub(super) fn block(&mut self, body: &str, span: Span) -> Result<()> {
        let tokens = lex(body)
            .filter(|token| !token.kind.is_trivia())
            .collect::<Vec<_>>();
        let mut starts_statement = true;
        let mut makes = self.made_by_text(body).0;
        let mut position = 0;
        while let Some(token) = tokens.get(position) {
            let word = |words: &[&str]| words.iter().any(|word| token.is_word(body, word));
            if starts_statement && word(&["create", "alter", "drop", "comment"]) {
                let end = tokens
                    .iter()
                    .skip(position)
                    .position(|token| token.kind == TokenKind::Semicolon)
                    .map_or(tokens.len(), |ahead| position + ahead);
                let text_end = tokens.get(end).map_or(body.len(), |token| token.start);
                let text = body.get(token.start..text_end).unwrap_or_default();
                makes = makes.and(self.replay_in_block(text, span));
                position = end;
                continue;
            }
            if word(&["execute"]) {
                let text = tokens.get(position + 1..).unwrap_or_default();
                match executed(body, text) {
                    Some(text) => makes = makes.and(self.replay_in_block(&text, span)),
                    None if defines(body) => {
                        makes = makes.and(unreadable::of_execute(body, text));
                    }
                    None => {}
                }
            }
            starts_statement =
                token.kind == TokenKind::Semicolon || word(&["begin", "then", "else", "loop"]);
            position += 1;
        }
        if !makes.is_nothing() {
            return Err(Box::new(Failure {
                code: Code::CannotReplay,
                makes,
                ..*Failure::cannot_check(
                    span,
                    "what this block makes by EXECUTE or by what it calls cannot be read",
                )
                .help("tell what it makes: `-- pgdbm:declare CREATE TABLE …`")
            }));
        }
        Ok(())
    }

    /// Replays what stands in a block; gives what it may make and cannot be read.
    fn replay_in_block(&mut self, text: &str, span: Span) -> Makes {
        let called = self.made_by_text(text).0;
        let depth = Depth::of(text);
        if self.blocks >= MOST_BLOCKS || depth.is_too_deep() {
            return Makes::ALL;
        }
        let around = std::mem::replace(&mut self.depth, depth);
        let makes = with_stack(depth, || self.replay_text(text, span)).unwrap_or(Makes::ALL);
        self.depth = around;
        makes.and(called)
    }

    fn replay_text(&mut self, text: &str, span: Span) -> Makes {
        self.blocks += 1;
        let mut makes = Makes::NOTHING;
        let before = std::mem::replace(&mut self.tolerant, true);
        for mut statement in syntax::parse(text).statements {
            statement.span = span;
            // Whether the block gets there is not known, so that a failure is none of the migration.
            if let Err(failure) = self.statement(&statement)
                && failure.code == Code::CannotReplay
            {
                makes = makes.and(failure.makes);
            }
        }
        self.tolerant = before;
        self.blocks -= 1;
        makes
    }
}

/// The text that EXECUTE runs, where it stands there: a constant, or `format` of one that only takes values.
fn executed(body: &str, tokens: &[Token]) -> Option<String> {
    let is_call = tokens.first()?.is_word(body, "format")
        && tokens.get(1)?.kind == TokenKind::OpenParenthesis;
    let constant = if is_call {
        tokens.get(2)?
    } else {
        tokens.first()?
    };
    let text = match constant.kind {
        TokenKind::String { .. } => {
            let quoted = constant.text(body);
            quoted
                .get(1..quoted.len().saturating_sub(1))?
                .replace("''", "'")
        }
        TokenKind::DollarString { .. } => {
            let quoted = constant.text(body);
            let tag = quoted.get(1..)?.find('$')? + 2;
            quoted
                .get(tag..quoted.len().saturating_sub(tag))?
                .to_owned()
        }
        _ => return None,
    };
    if !is_call {
        let after = tokens.get(1)?;
        let whole = after.kind == TokenKind::Semicolon
            || after.is_word(body, "using")
            || after.is_word(body, "into");
        return whole.then_some(text);
    }
    // A value may be any; a name is one that nobody knows here.
    let text = text.replace("%L", "NULL").replace("%%", "%");
    (!text.contains("%I") && !text.contains("%s") && !text.contains("$I")).then_some(text)
}

/// Whether a text speaks of definitions at all.
pub(super) fn defines(body: &str) -> bool {
    let lower = body.to_ascii_lowercase();
    ["create ", "alter ", "drop ", "rename "]
        .iter()
        .any(|word| lower.contains(word))
}
