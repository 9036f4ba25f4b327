//! What a statement does beyond reading and writing rows.

use std::ops::BitOr;

use crate::lexer::lex;
use crate::token::{Token, TokenKind};

/// What statements do to the connection that runs them.
///
/// Read from the words of the statement alone, and therefore a floor, not a proof: a function that is called may do any
/// of it out of sight. `DO` blocks are looked into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Effects {
    /// It changes what outlives the transaction on its connection: `SET` (not `SET LOCAL`), `RESET`, `LISTEN`,
    /// `PREPARE`, `EXECUTE`, `DECLARE … WITH HOLD`, `LOAD`, `DISCARD`, temporary relations, `set_config`, advisory
    /// locks of the session.
    pub changes_session: bool,
    /// It begins or ends a transaction: `BEGIN`, `COMMIT`, `ROLLBACK` (not to a savepoint), `PREPARE TRANSACTION`, ….
    pub controls_transaction: bool,
    /// It sets, releases or goes back to a savepoint.
    pub uses_savepoints: bool,
    /// PostgreSQL refuses it inside a transaction block: `VACUUM`, `CREATE INDEX CONCURRENTLY`, `CREATE DATABASE`, ….
    pub refuses_transaction: bool,
    /// It waits for rows from the client: `COPY … FROM STDIN`.
    pub copy_from_stdin: bool,
    /// It sends rows in COPY format: `COPY … TO STDOUT`.
    pub copy_to_stdout: bool,
}

impl BitOr for Effects {
    type Output = Self;

    /// What two statements do together.
    fn bitor(self, other: Self) -> Self {
        Self {
            changes_session: self.changes_session | other.changes_session,
            controls_transaction: self.controls_transaction | other.controls_transaction,
            uses_savepoints: self.uses_savepoints | other.uses_savepoints,
            refuses_transaction: self.refuses_transaction | other.refuses_transaction,
            copy_from_stdin: self.copy_from_stdin | other.copy_from_stdin,
            copy_to_stdout: self.copy_to_stdout | other.copy_to_stdout,
        }
    }
}

impl Effects {
    /// The effects of one statement, given without white space and comments.
    pub(crate) fn of_statement(sql: &str, tokens: &[Token]) -> Self {
        let words = Words { sql, tokens };
        let mut effects = Self::default();
        let mut calls = true;
        match words.lower(0).as_str() {
            "set" => effects.changes_session = words.sets_session(),
            "reset" | "listen" | "unlisten" | "execute" | "deallocate" | "load" => {
                effects.changes_session = true;
            }
            "discard" => {
                effects.changes_session = true;
                effects.refuses_transaction = words.is(1, "all");
            }
            "prepare" if words.is(1, "transaction") => effects.controls_transaction = true,
            "prepare" => {
                effects.changes_session = true;
                calls = false;
            }
            "declare" => effects.changes_session = words.holds_cursor(),
            "begin" | "end" | "abort" => effects.controls_transaction = true,
            "start" => effects.controls_transaction = words.is(1, "transaction"),
            "commit" | "rollback" => {
                let word = if words.is(1, "work") || words.is(1, "transaction") {
                    2
                } else {
                    1
                };
                if words.is(word, "to") {
                    effects.uses_savepoints = true;
                } else {
                    effects.controls_transaction = true;
                    effects.refuses_transaction = words.is(1, "prepared");
                }
            }
            "savepoint" | "release" => effects.uses_savepoints = true,
            "copy" => (effects.copy_from_stdin, effects.copy_to_stdout) = words.copies(),
            "create" => {
                effects.changes_session = words.creates_temporary();
                effects.refuses_transaction = words.creates_outside_transaction();
                calls = !words.creates_routine();
            }
            "drop" | "alter" | "reindex" | "cluster" | "vacuum" => {
                effects.refuses_transaction = words.alters_outside_transaction();
            }
            "do" => effects = words.block(),
            _ => effects.changes_session = words.selects_into_temporary(),
        }
        effects.changes_session |= calls && words.calls_session_function();
        effects
    }
}

/// The tokens of a statement, asked for words.
#[derive(Clone, Copy)]
struct Words<'a> {
    sql: &'a str,
    tokens: &'a [Token],
}

/// The functions that change the session, wherever they are called.
const SESSION_FUNCTIONS: [&str; 9] = [
    "pg_advisory_lock",
    "pg_advisory_lock_shared",
    "pg_try_advisory_lock",
    "pg_try_advisory_lock_shared",
    "pg_advisory_unlock",
    "pg_advisory_unlock_shared",
    "pg_advisory_unlock_all",
    "setseed",
    "dblink_connect",
];

/// The most tokens that are searched for the end of a call's arguments.
const LONGEST_CALL: usize = 200;

impl Words<'_> {
    fn is(&self, index: usize, word: &str) -> bool {
        self.tokens
            .get(index)
            .is_some_and(|token| token.is_word(self.sql, word))
    }

    fn is_any(&self, index: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(index, word))
    }

    /// The word at `index` in lower case; empty where something else stands, or a word too long for a keyword.
    fn lower(&self, index: usize) -> String {
        match self.tokens.get(index) {
            Some(token) if token.kind == TokenKind::Identifier && token.end - token.start <= 20 => {
                token.text(self.sql).to_ascii_lowercase()
            }
            _ => String::new(),
        }
    }

    fn contains(&self, sequence: &[&str]) -> bool {
        (0..self.tokens.len()).any(|index| {
            sequence
                .iter()
                .enumerate()
                .all(|(offset, word)| self.is(index + offset, word))
        })
    }

    /// `SET LOCAL`, `SET CONSTRAINTS` and `SET TRANSACTION` end with the transaction.
    fn sets_session(&self) -> bool {
        !self.is_any(1, &["local", "constraints", "transaction"])
    }

    fn holds_cursor(&self) -> bool {
        self.tokens
            .iter()
            .position(|token| token.is_word(self.sql, "for"))
            .and_then(|end| self.tokens.get(..end))
            .is_some_and(|tokens| Words { tokens, ..*self }.contains(&["with", "hold"]))
    }

    /// `COPY … FROM STDIN`, `COPY … TO STDOUT`; PostgreSQL takes the two words for each other.
    fn copies(&self) -> (bool, bool) {
        let mut depth = 0_usize;
        let mut from = false;
        let mut to = false;
        for (index, token) in self.tokens.iter().enumerate() {
            match token.kind {
                TokenKind::OpenParenthesis => depth += 1,
                TokenKind::CloseParenthesis => depth = depth.saturating_sub(1),
                TokenKind::Identifier
                    if depth == 0 && self.is_any(index + 1, &["stdin", "stdout"]) =>
                {
                    from |= token.is_word(self.sql, "from");
                    to |= token.is_word(self.sql, "to");
                }
                _ => {}
            }
        }
        (from, to)
    }

    /// `CREATE [OR REPLACE] [GLOBAL | LOCAL] TEMP …`, and anything made in `pg_temp`.
    fn creates_temporary(&self) -> bool {
        let mut index = if self.is(1, "or") && self.is(2, "replace") {
            3
        } else {
            1
        };
        index += usize::from(self.is_any(index, &["global", "local"]));
        self.is_any(index, &["temp", "temporary"]) || self.names_temporary_schema()
    }

    fn names_temporary_schema(&self) -> bool {
        let pairs = self.tokens.iter().zip(self.tokens.iter().skip(1));
        pairs
            .take(12)
            .any(|(name, dot)| dot.kind == TokenKind::Dot && is_name(self.sql, name, "pg_temp"))
    }

    fn creates_routine(&self) -> bool {
        let kind = if self.is(1, "or") && self.is(2, "replace") {
            3
        } else {
            1
        };
        self.is_any(kind, &["function", "procedure", "rule"])
    }

    fn creates_outside_transaction(&self) -> bool {
        let index = 1 + usize::from(self.is(1, "unique"));
        if self.is(index, "index") {
            return self.is(index + 1, "concurrently");
        }
        // A subscription that is told not to make its slot may be created in a transaction.
        let subscribes = self.is(1, "subscription")
            && !["create_slot", "connect"]
                .iter()
                .any(|option| self.contains(&[option]));
        self.is_any(1, &["database", "tablespace"]) || subscribes
    }

    fn alters_outside_transaction(&self) -> bool {
        match self.lower(0).as_str() {
            "vacuum" => true,
            "drop" => {
                self.is_any(1, &["database", "tablespace", "subscription"])
                    || (self.is(1, "index") && self.is(2, "concurrently"))
            }
            "alter" => {
                self.is(1, "system")
                    || (self.is(1, "database") && self.contains(&["set", "tablespace"]))
                    || (self.is(1, "table")
                        && self.contains(&["detach", "partition"])
                        && self.is(self.tokens.len() - 1, "concurrently"))
            }
            // Without a table, all of them are clustered, each in a transaction of its own.
            "cluster" => !self.tokens.iter().skip(1).any(|token| {
                is_relation_name(self.sql, token) && !token.is_word(self.sql, "verbose")
            }),
            "reindex" => self.reindexes_outside_transaction(),
            _ => false,
        }
    }

    fn reindexes_outside_transaction(&self) -> bool {
        let parenthesized = self
            .tokens
            .get(1)
            .is_some_and(|token| token.kind == TokenKind::OpenParenthesis);
        let options = if parenthesized {
            let close = |token: &Token| token.kind == TokenKind::CloseParenthesis;
            self.tokens
                .iter()
                .position(close)
                .unwrap_or(self.tokens.len())
        } else {
            0
        };
        let concurrently = (1..options).any(|index| {
            self.is(index, "concurrently") && !self.is_any(index + 1, &["false", "off"])
        });
        concurrently
            || self.is_any(options + 1, &["database", "system", "schema"])
            || self.is(options + 2, "concurrently")
    }

    /// `SELECT … INTO TEMP t`; a relation may be called `temp` itself.
    fn selects_into_temporary(&self) -> bool {
        const AFTER_NAME: [&str; 13] = [
            "except",
            "fetch",
            "for",
            "from",
            "group",
            "having",
            "intersect",
            "limit",
            "offset",
            "order",
            "union",
            "where",
            "window",
        ];
        (1..self.tokens.len()).any(|index| {
            let next = index + 1 + usize::from(self.is_any(index + 1, &["global", "local"]));
            self.is(index, "into")
                && !self.is_any(index - 1, &["insert", "merge"])
                && self.is_any(next, &["temp", "temporary"])
                && !self.is_any(next + 1, &AFTER_NAME)
                && self
                    .tokens
                    .get(next + 1)
                    .is_some_and(|token| is_relation_name(self.sql, token))
        })
    }

    fn calls_session_function(&self) -> bool {
        self.tokens.iter().enumerate().any(|(index, token)| {
            let called = self
                .tokens
                .get(index + 1)
                .is_some_and(|token| token.kind == TokenKind::OpenParenthesis);
            called
                && (SESSION_FUNCTIONS
                    .iter()
                    .any(|name| is_name(self.sql, token, name))
                    || (is_name(self.sql, token, "set_config") && !self.ends_with_true(index + 1)))
        })
    }

    /// Whether the arguments in the parentheses that open at `open` end with `true`, which makes `set_config` local.
    fn ends_with_true(&self, open: usize) -> bool {
        let mut depth = 0_usize;
        for index in open..(open + LONGEST_CALL).min(self.tokens.len()) {
            match self.tokens.get(index).map(|token| token.kind) {
                Some(TokenKind::OpenParenthesis) => depth += 1,
                Some(TokenKind::CloseParenthesis) => depth = depth.saturating_sub(1),
                _ => continue,
            }
            if depth == 0 {
                let before = self.tokens.get(index - 2).map(|token| token.kind);
                return self.is(index - 1, "true")
                    && matches!(
                        before,
                        Some(TokenKind::Comma | TokenKind::EqualsGreater | TokenKind::ColonEquals)
                    );
            }
        }
        false
    }

    /// The effects of a `DO` block, whose body is a literal.
    fn block(&self) -> Effects {
        let other_language = self.tokens.iter().enumerate().any(|(index, token)| {
            token.is_word(self.sql, "language")
                && self.tokens.get(index + 1).is_some_and(|name| {
                    let name = name.text(self.sql).trim_matches(['\'', '"']);
                    !name.eq_ignore_ascii_case("plpgsql")
                })
        });
        let body = self.tokens.iter().enumerate().find_map(|(index, token)| {
            let is_body = match token.kind {
                TokenKind::DollarString { .. } => true,
                TokenKind::String { .. } => !self.is(index.wrapping_sub(1), "language"),
                _ => false,
            };
            is_body.then(|| token.text(self.sql))
        });
        match body {
            Some(body) if !other_language => block_effects(inside_literal(body)),
            _ => Effects::default(),
        }
    }
}

/// The inside of a `$tag$…$tag$` or `'…'` token.
fn inside_literal(text: &str) -> &str {
    let opening = match text.strip_prefix('$').and_then(|rest| rest.find('$')) {
        Some(tag) => tag + 2,
        None => 1,
    };
    text.get(opening..text.len().saturating_sub(opening))
        .unwrap_or_default()
}

/// The effects of a block of PL/pgSQL. A statement starts after `;` and after the words that open one; there, `BEGIN`
/// and `END` belong to the block itself and start no transaction.
fn block_effects(body: &str) -> Effects {
    let tokens: Vec<Token> = lex(body).filter(|token| !token.kind.is_trivia()).collect();
    let mut effects = Effects::default();
    let mut start = 0;
    for (index, token) in tokens.iter().enumerate() {
        let opens = ["begin", "then", "else", "loop"]
            .iter()
            .any(|word| token.is_word(body, word));
        let last = index + 1 == tokens.len();
        if token.kind != TokenKind::Semicolon && !opens && !last {
            continue;
        }
        let end = if opens || token.kind == TokenKind::Semicolon {
            index
        } else {
            index + 1
        };
        let statement = tokens.get(start..end).unwrap_or_default();
        start = index + 1;
        let words = Words {
            sql: body,
            tokens: statement,
        };
        // A cursor variable of the block is no DECLARE of SQL, EXECUTE is PL/pgSQL's, and a DO block in a DO block
        // could go on for ever.
        if !words.is_any(0, &["begin", "end", "declare", "execute", "do"]) {
            effects = effects | Effects::of_statement(body, statement);
        }
    }
    effects
}

fn is_relation_name(sql: &str, token: &Token) -> bool {
    match token.kind {
        TokenKind::Identifier => !token.is_word(sql, "on"),
        TokenKind::QuotedIdentifier { .. }
        | TokenKind::UnicodeIdentifier { .. }
        | TokenKind::Placeholder { .. } => true,
        _ => false,
    }
}

/// Whether the token is the name, quoted or not.
fn is_name(sql: &str, token: &Token, name: &str) -> bool {
    match token.kind {
        TokenKind::Identifier => token.text(sql).eq_ignore_ascii_case(name),
        TokenKind::QuotedIdentifier { .. } => token.text(sql).trim_matches('"') == name,
        _ => false,
    }
}
