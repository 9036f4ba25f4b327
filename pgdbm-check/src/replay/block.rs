//! DO blocks: what of their definitions can be read.
//!
//! Migrations use them to make things only where they are missing: `BEGIN CREATE TYPE …; EXCEPTION WHEN duplicate_object …`,
//! `IF NOT EXISTS (…) THEN ALTER TABLE …`. The definitions in such blocks are replayed as if they were reached, and what is
//! there already is no mistake then. What a block puts together as text (`EXECUTE`) nobody can read.

use pgdbm_template::{Code, TokenKind, lex};

use super::Replay;
use crate::failure::{Failure, Result};
use crate::syntax::{self, ast::Span};

impl Replay<'_> {
    pub(super) fn block(&mut self, body: &str, span: Span) -> Result<()> {
        let tokens = lex(body)
            .filter(|token| !token.kind.is_trivia())
            .collect::<Vec<_>>();
        let mut starts_statement = true;
        let mut dynamic = false;
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
                self.replay_in_block(body.get(token.start..text_end).unwrap_or_default(), span);
                position = end;
                continue;
            }
            dynamic |= word(&["execute"]) && defines(body);
            starts_statement = token.kind == TokenKind::Semicolon
                || word(&["begin", "then", "else", "loop"]);
            position += 1;
        }
        if dynamic {
            return Err(Box::new(Failure {
                code: Code::CannotReplay,
                ..*Failure::cannot_check(
                    span,
                    "this block makes things by EXECUTE, which cannot be read",
                )
                .help("tell what it makes: `-- pgdbm:declare CREATE TABLE …`")
            }));
        }
        Ok(())
    }

    fn replay_in_block(&mut self, text: &str, span: Span) {
        let before = std::mem::replace(&mut self.tolerant, true);
        for mut statement in syntax::parse(text).statements {
            statement.span = span;
            // Whether the block gets there is not known, so that a failure is none of the migration.
            let _reached = self.statement(&statement);
        }
        self.tolerant = before;
    }
}

/// Whether a text speaks of definitions at all.
fn defines(body: &str) -> bool {
    let lower = body.to_ascii_lowercase();
    ["create ", "alter ", "drop ", "rename "]
        .iter()
        .any(|word| lower.contains(word))
}
