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

/// Views that nest deeper are not kept as trees.
const MOST_TO_STAY: usize = 300;

/// What one level of a proof takes, which is less than reading and analysing do.
const STACK_PER_PROOF: usize = 4 * 1024;

/// What one level takes, generously, in a build without optimisation.
const STACK_PER_LEVEL: usize = 48 * 1024;

impl Depth {
    /// An upper bound, from the nesting of parentheses and the length of the chains in them.
    pub(crate) fn of(sql: &str) -> Self {
        let mut deepest = 0;
        // The chains so far in what is open, from the outermost, and the sum of all.
        let mut open = vec![Chain::default()];
        let mut total = 0_usize;
        let mut names_follow = false;
        for token in lex(sql).filter(|token| !token.kind.is_trivia()) {
            // Behind a dot or AS any word is a name.
            let word = |word| !names_follow && token.is_word(sql, word);
            match token.kind {
                TokenKind::OpenParenthesis | TokenKind::OpenBracket => {
                    total += 1;
                    open.push(Chain::default());
                }
                TokenKind::Identifier if word("case") => {
                    total += 1;
                    open.push(Chain {
                        of_case: true,
                        ..Chain::default()
                    });
                }
                TokenKind::CloseParenthesis | TokenKind::CloseBracket => {
                    // A CASE that is open still has lost its END.
                    while let Some(chain) = open.pop_if(|chain| chain.of_case) {
                        total -= 1 + chain.length();
                    }
                    if open.len() > 1 {
                        total -= 1 + open.pop().unwrap_or_default().length();
                    }
                }
                TokenKind::Identifier if word("end") => {
                    if let Some(chain) = open.pop_if(|chain| chain.of_case) {
                        total -= 1 + chain.length();
                    }
                }
                _ => {
                    if let Some(chain) = open.last_mut() {
                        total -= chain.length();
                        chain.extend(token, sql);
                        total += chain.length();
                    }
                }
            }
            names_follow = token.kind == TokenKind::Dot || token.is_word(sql, "as");
            deepest = deepest.max(total);
        }
        Self(deepest)
    }

    pub(crate) fn is_too_deep(self) -> bool {
        self.0 > MOST
    }

    /// Whether what was made of it may stay, to be walked and dropped on any stack.
    pub(crate) fn may_stay(self) -> bool {
        self.0 <= MOST_TO_STAY
    }

    /// How far in the proofs of nullability may go on the stack that [`with_stack`] gives.
    pub(crate) fn levels(self) -> usize {
        self.0.max(IN_PLACE) * STACK_PER_LEVEL / STACK_PER_PROOF
    }
}

/// What makes a tree deeper without any parenthesis.
#[derive(Default)]
struct Chain {
    /// Of one operand of AND or OR, or one arm of CASE.
    operators: usize,
    /// BETWEEN that still waits for its AND, which does not stand between operands.
    betweens: usize,
    /// Of everything up to the next comma.
    joins: usize,
    /// Of the whole statement.
    queries: usize,
    /// It is of the arms of a CASE, not of what stands in parentheses.
    of_case: bool,
}

impl Chain {
    fn length(&self) -> usize {
        self.operators + self.joins + self.queries
    }

    /// Adds a token that opens and closes nothing.
    fn extend(&mut self, token: Token, sql: &str) {
        let is_one = |words: &[&str]| words.iter().any(|word| token.is_word(sql, word));
        match token.kind {
            TokenKind::Operator { .. } | TokenKind::Typecast | TokenKind::Dot => {
                self.operators += 1;
            }
            TokenKind::Comma => {
                self.operators = 0;
                self.betweens = 0;
                self.joins = 0;
            }
            TokenKind::Semicolon => {
                *self = Self {
                    of_case: self.of_case,
                    ..Self::default()
                };
            }
            TokenKind::Identifier if is_one(&["and"]) && self.betweens > 0 => self.betweens -= 1,
            // Their operands stand side by side in the tree.
            TokenKind::Identifier if is_one(&["and", "or"]) => self.operators = 0,
            TokenKind::Identifier if self.of_case && is_one(&["when", "then", "else"]) => {
                self.operators = 0;
            }
            TokenKind::Identifier
                if is_one(&[
                    "not", "is", "collate", "at", "like", "between", "in", "isnull", "notnull",
                ]) =>
            {
                self.operators += 1;
                self.betweens += usize::from(is_one(&["between"]));
            }
            TokenKind::Identifier if is_one(&["join"]) => self.joins += 1,
            TokenKind::Identifier
                if is_one(&["union", "intersect", "except", "explain", "prepare"]) =>
            {
                self.queries += 1;
            }
            _ => {}
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
