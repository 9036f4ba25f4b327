//! Bounds for recursion: how deep a text may nest, and the stack that it takes.
//!
//! Reading, analysing and dropping a tree all recurse. The depth of a text is estimated from its tokens before any of that,
//! so that the work runs on a thread whose stack is large enough, or not at all.

use pgdbm_template::{Template, Token, TokenKind, lex};

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
        Self::of_tokens(sql, lex(sql).filter(|token| !token.kind.is_trivia()))
    }

    /// That of what a template renders to.
    pub(crate) fn of_template(template: &Template<'_>) -> Self {
        Self::of_tokens(template.source(), template.tokens().iter().copied())
    }

    fn of_tokens(sql: &str, tokens: impl Iterator<Item = Token>) -> Self {
        let mut deepest = 0;
        // The chains so far in what is open, from the outermost, and the sum of all.
        let mut open = vec![Chain::default()];
        let mut total = 0_usize;
        let mut names_follow = false;
        for token in tokens {
            let word = Word::of(token, sql);
            match token.kind {
                TokenKind::OpenParenthesis | TokenKind::OpenBracket => {
                    total += 1;
                    open.push(Chain::default());
                }
                // Behind a dot or AS any word is a name.
                TokenKind::Identifier if word == Word::Case && !names_follow => {
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
                TokenKind::Identifier if word == Word::End && !names_follow => {
                    if let Some(chain) = open.pop_if(|chain| chain.of_case) {
                        total -= 1 + chain.length();
                    }
                }
                _ => {
                    if let Some(chain) = open.last_mut() {
                        total -= chain.length();
                        chain.extend(token.kind, word);
                        total += chain.length();
                    }
                }
            }
            names_follow = token.kind == TokenKind::Dot || word == Word::As;
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
    fn extend(&mut self, kind: TokenKind, word: Word) {
        match kind {
            // A placeholder stands for two names with a dot between them.
            TokenKind::Operator { .. }
            | TokenKind::Typecast
            | TokenKind::Dot
            | TokenKind::Placeholder { .. } => self.operators += 1,
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
            _ => match word {
                Word::And if self.betweens > 0 => self.betweens -= 1,
                // Their operands stand side by side in the tree.
                Word::And | Word::Or => self.operators = 0,
                Word::Arm if self.of_case => self.operators = 0,
                Word::Between => {
                    self.operators += 1;
                    self.betweens += 1;
                }
                Word::Operator => self.operators += 1,
                Word::Join => self.joins += 1,
                Word::Query => self.queries += 1,
                Word::Case | Word::End | Word::As | Word::Arm | Word::Other => {}
            },
        }
    }
}

/// What a word does to the nesting.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Case,
    End,
    As,
    And,
    Or,
    Between,
    /// WHEN, THEN, ELSE.
    Arm,
    Join,
    /// What stands between two queries, or before one.
    Query,
    /// Any other word that is an operator.
    Operator,
    Other,
}

impl Word {
    /// Each token of each query comes along here, in builds without optimisation: one look at its bytes has to do.
    fn of(token: Token, sql: &str) -> Self {
        let text = token.text(sql).as_bytes();
        let mut lower = [0; "intersect".len()];
        if token.kind != TokenKind::Identifier || text.len() > lower.len() {
            return Word::Other;
        }
        for (lower, byte) in lower.iter_mut().zip(text) {
            *lower = byte.to_ascii_lowercase();
        }
        match lower.get(..text.len()).unwrap_or_default() {
            b"case" => Word::Case,
            b"end" => Word::End,
            b"as" => Word::As,
            b"and" => Word::And,
            b"or" => Word::Or,
            b"between" => Word::Between,
            b"when" | b"then" | b"else" => Word::Arm,
            b"join" => Word::Join,
            b"union" | b"intersect" | b"except" | b"explain" | b"prepare" => Word::Query,
            b"not" | b"is" | b"collate" | b"at" | b"like" | b"in" | b"isnull" | b"notnull" => {
                Word::Operator
            }
            _ => Word::Other,
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
