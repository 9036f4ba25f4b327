//! Statements that end a transaction, which fail in ways of their own.

use std::collections::BTreeMap;

use pgdbm_template::{Token, TokenKind, lex};

use super::wire::c_string;

/// How much of a text is looked at.
pub(super) const PREFIX: usize = 4096;

/// What becomes of an open transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It goes on.
    None,
    /// The text ends with COMMIT: when that fails, the transaction is over nevertheless.
    Commit,
    /// The text begins with ROLLBACK, which does not fail.
    Rollback,
}

/// Reads the beginning of a text, up to the zero byte that ends it.
pub(super) fn ending(prefix: &[u8]) -> Ending {
    let (text, whole) = match c_string(prefix) {
        Some((text, _)) => (text, true),
        None => (prefix, false),
    };
    let sql = String::from_utf8_lossy(text);
    let (mut first, mut last) = (None, None);
    let mut begins = true;
    for token in lex(&sql) {
        match token.kind {
            TokenKind::Semicolon => begins = true,
            TokenKind::Identifier if begins => {
                last = Some(token);
                first = first.or(last);
                begins = false;
            }
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. } => {}
            _ => begins = false,
        }
    }
    let is_one_of = |token: Option<Token>, words: [&str; 2]| {
        token.is_some_and(|token| words.iter().any(|word| token.is_word(&sql, word)))
    };
    if is_one_of(first, ["rollback", "abort"]) {
        Ending::Rollback
    } else if whole && is_one_of(last, ["commit", "end"]) {
        Ending::Commit
    } else {
        Ending::None
    }
}

/// The prepared statements and portals of a session that end transactions; the others are not kept.
#[derive(Default)]
pub(super) struct Endings {
    statements: BTreeMap<Vec<u8>, Ending>,
    portals: BTreeMap<Vec<u8>, Ending>,
}

impl Endings {
    /// Reads the beginning of Parse: the name, then the text.
    pub(super) fn parse(&mut self, prefix: &[u8]) {
        if let Some((name, text)) = c_string(prefix) {
            keep(&mut self.statements, name, ending(text));
        }
    }

    /// Reads the beginning of Bind: the portal's name, then the statement's.
    pub(super) fn bind(&mut self, prefix: &[u8]) {
        if let Some((portal, rest)) = c_string(prefix)
            && let Some((statement, _)) = c_string(rest)
        {
            let ending = found(&self.statements, statement);
            keep(&mut self.portals, portal, ending);
        }
    }

    /// Reads the beginning of Execute: the portal's name.
    pub(super) fn execute(&self, prefix: &[u8]) -> Ending {
        c_string(prefix).map_or(Ending::None, |(portal, _)| found(&self.portals, portal))
    }
}

fn keep(among: &mut BTreeMap<Vec<u8>, Ending>, name: &[u8], ending: Ending) {
    if ending == Ending::None {
        among.remove(name);
    } else {
        among.insert(name.to_vec(), ending);
    }
}

fn found(among: &BTreeMap<Vec<u8>, Ending>, name: &[u8]) -> Ending {
    among.get(name).copied().unwrap_or(Ending::None)
}

#[cfg(test)]
mod tests {
    use super::{Ending, Endings, ending};

    #[test]
    fn the_first_word_and_the_last_statement_decide() {
        for (text, expected) in [
            ("COMMIT", Ending::Commit),
            (" /* a; b */ commit AND CHAIN ; -- done", Ending::Commit),
            ("end", Ending::Commit),
            ("SHOW transaction_isolation; COMMIT", Ending::Commit),
            ("ROLLBACK", Ending::Rollback),
            (
                "rollback to savepoint a; release savepoint a",
                Ending::Rollback,
            ),
            ("Abort", Ending::Rollback),
            ("COMMIT; SELECT 1", Ending::None),
            ("SELECT 'COMMIT'", Ending::None),
            ("SELECT 1; 'a' COMMIT", Ending::None),
            ("SELECT \"commit\"", Ending::None),
            ("(SELECT 1)", Ending::None),
            ("", Ending::None),
        ] {
            let mut text = text.as_bytes().to_vec();
            text.push(0);
            assert_eq!(ending(&text), expected, "{}", text.escape_ascii());
        }
        // What follows could be more statements.
        assert_eq!(ending(b"COMMIT; "), Ending::None);
        assert_eq!(ending(b"ROLLBACK; "), Ending::Rollback);
    }

    #[test]
    fn a_portal_is_what_its_statement_is() {
        let mut endings = Endings::default();
        endings.parse(b"s1\0COMMIT\0\0\0");
        endings.parse(b"s2\0SELECT 1\0\0\0");
        endings.bind(b"\0s1\0\0\0\0\0\0\0");
        assert_eq!(endings.execute(b"\0\0\0\0\0"), Ending::Commit);
        endings.bind(b"p\0s2\0\0\0\0\0\0\0");
        assert_eq!(endings.execute(b"p\0\0\0\0\0"), Ending::None);
        endings.bind(b"\0s2\0\0\0\0\0\0\0");
        assert_eq!(endings.execute(b"\0\0\0\0\0"), Ending::None);
        endings.parse(b"s1\0SELECT 1\0\0\0");
        endings.bind(b"\0s1\0\0\0\0\0\0\0");
        assert_eq!(endings.execute(b"\0\0\0\0\0"), Ending::None);
    }
}
