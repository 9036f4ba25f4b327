//! Bounds for recursion: how deep a text may nest, and the stack that it takes.
//!
//! Reading, analysing and dropping a tree all recurse. The depth of a text is estimated from its tokens before any of that,
//! so that the work runs on a thread whose stack is large enough, or not at all.

use pgdbm_template::{Token, TokenKind, lex};

/// How deep a text nests, at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Depth(usize);

/// Up to here the work runs on the caller's own stack.
const IN_PLACE: usize = 24;

/// Beyond this a text is refused. The server gives up far earlier in its usual configuration.
const MOST: usize = 40_000;

/// What one level takes, generously, in a build without optimisation.
const STACK_PER_LEVEL: usize = 48 * 1024;

impl Depth {
    /// An upper bound, from the nesting of parentheses and the length of the chains in them.
    pub(crate) fn of(sql: &str) -> Self {
        let mut deepest = 0;
        // The chains so far in the open parentheses, from the outermost, and the sum of all.
        let mut open = vec![Chain::default()];
        let mut total = 0_usize;
        for token in lex(sql) {
            match token.kind {
                TokenKind::OpenParenthesis | TokenKind::OpenBracket => {
                    total += 1;
                    open.push(Chain::default());
                }
                TokenKind::CloseParenthesis | TokenKind::CloseBracket if open.len() > 1 => {
                    total -= 1 + open.pop().unwrap_or_default().length();
                }
                TokenKind::Comma | TokenKind::Semicolon => {
                    if let Some(chain) = open.last_mut() {
                        total -= std::mem::take(chain).length();
                    }
                }
                // Their operands stand side by side in the tree.
                TokenKind::Identifier if token.is_word(sql, "and") || token.is_word(sql, "or") => {
                    if let Some(chain) = open.last_mut() {
                        total -= std::mem::take(&mut chain.operators);
                    }
                }
                _ => {
                    if let Some(chain) = open.last_mut()
                        && let Some(links) = chain.links(token, sql)
                    {
                        *links += 1;
                        total += 1;
                    }
                }
            }
            deepest = deepest.max(total);
        }
        Self(deepest)
    }

    pub(crate) fn is_too_deep(self) -> bool {
        self.0 > MOST
    }
}

/// What makes a tree deeper without any parenthesis.
#[derive(Default)]
struct Chain {
    /// Of one operand of AND or OR.
    operators: usize,
    /// Of everything up to the next comma.
    clauses: usize,
}

impl Chain {
    fn length(&self) -> usize {
        self.operators + self.clauses
    }

    /// What the token makes longer, if it does.
    fn links(&mut self, token: Token, sql: &str) -> Option<&mut usize> {
        let is_one = |words: &[&str]| words.iter().any(|word| token.is_word(sql, word));
        match token.kind {
            TokenKind::Operator { .. } | TokenKind::Typecast | TokenKind::Dot => {
                Some(&mut self.operators)
            }
            TokenKind::Identifier
                if is_one(&[
                    "not", "is", "collate", "at", "like", "between", "in", "isnull", "notnull",
                ]) =>
            {
                Some(&mut self.operators)
            }
            TokenKind::Identifier
                if is_one(&[
                    "case",
                    "union",
                    "intersect",
                    "except",
                    "join",
                    "explain",
                    "prepare",
                ]) =>
            {
                Some(&mut self.clauses)
            }
            _ => None,
        }
    }
}

/// Runs work that recurses as deep as `depth` says. Everything that the work makes and that nests as deep must be dropped
/// inside of it.
pub(crate) fn with_stack<R: Send>(depth: Depth, work: impl FnOnce() -> R + Send) -> Option<R> {
    if depth.0 <= IN_PLACE {
        return Some(work());
    }
    let size = 1024 * 1024 + depth.0.min(MOST) * STACK_PER_LEVEL;
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(size)
            .spawn_scoped(scope, work)
            .ok()?
            .join()
            .ok()
    })
}
