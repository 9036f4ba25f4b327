//! The lexer: PostgreSQL's rules, and pgdbm's placeholders and named parameters.

use crate::placeholder;
use crate::token::{PlaceholderForm, Token, TokenKind};

mod literal;
mod number;
mod operator;

pub(crate) use literal::{LiteralStyle, literal_pieces};

/// Splits SQL text into tokens.
///
/// Never fails, on any text: what PostgreSQL would refuse is a token that says so. The rules are those of PostgreSQL's
/// `scan.l` as of version 18, with `standard_conforming_strings` on; version 15 and older know no `0x1F`, no `1_000`
/// and no vertical tab as white space, so that a server of that age may refuse a number that is taken here.
///
/// Two things are pgdbm's own: placeholders (`{{tables.users}}`, `<<tables.users>>`) and named parameters (`$name`).
///
/// ```
/// use pgdbm_template::{TokenKind, lex};
///
/// let sql = "SELECT 1 -- one";
/// let kinds: Vec<TokenKind> = lex(sql).map(|token| token.kind).collect();
/// assert_eq!(
///     kinds,
///     [
///         TokenKind::Identifier,
///         TokenKind::Whitespace,
///         TokenKind::Integer,
///         TokenKind::Whitespace,
///         TokenKind::LineComment,
///     ]
/// );
/// ```
#[must_use]
pub fn lex(sql: &str) -> Lexer<'_> {
    Lexer {
        bytes: sql.as_bytes(),
        at: 0,
        operators: operator::OperatorRun::default(),
    }
}

/// The iterator that [`lex`] gives.
#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    operators: operator::OperatorRun,
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let first = *self.bytes.get(self.at)?;
        let start = self.at;
        let (kind, end) = self.scan(first);
        // Every rule consumes at least its first byte; the bound keeps the iteration finite whatever happens.
        self.at = end.clamp(start + 1, self.bytes.len());
        Some(Token {
            kind,
            start,
            end: self.at,
        })
    }
}

impl std::iter::FusedIterator for Lexer<'_> {}

impl Lexer<'_> {
    fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn scan(&mut self, first: u8) -> (TokenKind, usize) {
        let one = self.at + 1;
        match first {
            _ if is_space(first) => (TokenKind::Whitespace, self.end_of(is_space)),
            b'-' if self.byte(1) == Some(b'-') => (
                TokenKind::LineComment,
                self.end_of(|byte| !is_newline(byte)),
            ),
            b'/' if self.byte(1) == Some(b'*') => self.block_comment(),
            b'\'' => self.string(0),
            b'"' => self.quoted_identifier(0),
            b'$' => self.dollar(),
            b'0'..=b'9' => number::scan(self.bytes, self.at),
            b'.' => match self.byte(1) {
                Some(b'0'..=b'9') => number::scan(self.bytes, self.at),
                // scan.l: dot_dot.
                Some(b'.') => (TokenKind::DotDot, self.at + 2),
                _ => (TokenKind::Dot, one),
            },
            b':' => match self.byte(1) {
                // scan.l: typecast, colon_equals.
                Some(b':') => (TokenKind::Typecast, self.at + 2),
                Some(b'=') => (TokenKind::ColonEquals, self.at + 2),
                _ => (TokenKind::Colon, one),
            },
            b'(' => (TokenKind::OpenParenthesis, one),
            b')' => (TokenKind::CloseParenthesis, one),
            b'[' => (TokenKind::OpenBracket, one),
            b']' => (TokenKind::CloseBracket, one),
            b',' => (TokenKind::Comma, one),
            b';' => (TokenKind::Semicolon, one),
            b'{' if self.byte(1) == Some(b'{') => {
                let (end, terminated) = placeholder::braces_extent(self.bytes, self.at);
                let form = PlaceholderForm::Braces;
                (TokenKind::Placeholder { form, terminated }, end)
            }
            b'<' if self.byte(1) == Some(b'<')
                && let Some(end) = placeholder::angles_extent(self.bytes, self.at) =>
            {
                let form = PlaceholderForm::Angles;
                let terminated = true;
                (TokenKind::Placeholder { form, terminated }, end)
            }
            _ if operator::is_operator_byte(first) => self.operators.scan(self.bytes, self.at),
            _ if is_identifier_start(first) => self.word(first),
            _ => (TokenKind::Unknown, one),
        }
    }

    fn end_of(&self, belongs: impl Fn(u8) -> bool) -> usize {
        end_of(self.bytes, self.at, belongs)
    }

    /// scan.l: xcstart, xcstop, xcinside. Comments nest; a counter is enough, so the depth costs nothing.
    fn block_comment(&self) -> (TokenKind, usize) {
        let mut at = self.at + 2;
        let mut depth = 1_usize;
        while let Some(&byte) = self.bytes.get(at) {
            match (byte, self.bytes.get(at + 1)) {
                (b'/', Some(b'*')) => {
                    depth += 1;
                    at += 2;
                }
                (b'*', Some(b'/')) => {
                    depth -= 1;
                    at += 2;
                    if depth == 0 {
                        return (TokenKind::BlockComment { terminated: true }, at);
                    }
                }
                _ => at += 1,
            }
        }
        (
            TokenKind::BlockComment { terminated: false },
            self.bytes.len(),
        )
    }

    /// scan.l: identifier, xufailed, and the prefixes of xb, xh, xn, xe, xui, xus, which must touch their quote.
    fn word(&self, first: u8) -> (TokenKind, usize) {
        match (first, self.byte(1), self.byte(2)) {
            (b'b' | b'B' | b'e' | b'E' | b'n' | b'N' | b'x' | b'X', Some(b'\''), _) => {
                self.string(1)
            }
            (b'u' | b'U', Some(b'&'), Some(b'\'')) => self.string(2),
            (b'u' | b'U', Some(b'&'), Some(b'"')) => self.quoted_identifier(2),
            _ => (
                TokenKind::Identifier,
                self.end_of(is_identifier_continuation),
            ),
        }
    }

    /// scan.l: xq, xe, xus, xb, xh and quotecontinue; the opening quote stands `prefix` bytes ahead.
    fn string(&self, prefix: usize) -> (TokenKind, usize) {
        let style = LiteralStyle::of_prefix(
            self.bytes
                .get(self.at..self.at + prefix)
                .unwrap_or_default(),
        );
        let (end, terminated) = literal::scan(self.bytes, self.at + prefix, style);
        let kind = match style {
            LiteralStyle::Standard => TokenKind::String { terminated },
            LiteralStyle::National => TokenKind::NationalString { terminated },
            LiteralStyle::Escape => TokenKind::EscapeString {
                terminated,
                valid: literal::escapes_are_valid(self.bytes.get(self.at..end).unwrap_or_default()),
            },
            LiteralStyle::Unicode => TokenKind::UnicodeString { terminated },
            LiteralStyle::Bit => TokenKind::BitString { terminated },
            LiteralStyle::Hex => TokenKind::HexString { terminated },
        };
        (kind, end)
    }

    /// scan.l: xd, xui, xddouble; the opening quote stands `prefix` bytes ahead.
    fn quoted_identifier(&self, prefix: usize) -> (TokenKind, usize) {
        let open = self.at + prefix;
        let (end, terminated) =
            match literal::closing_quote(self.bytes, open + 1, b'"', true, false) {
                Some(close) => (close + 1, true),
                None => (self.bytes.len(), false),
            };
        let empty = terminated && end == open + 2;
        let kind = if prefix == 0 {
            TokenKind::QuotedIdentifier { terminated, empty }
        } else {
            TokenKind::UnicodeIdentifier { terminated, empty }
        };
        (kind, end)
    }

    /// scan.l: param, param_junk, dolqdelim, dolqfailed. Where scan.l gives a lone `$` (dolqfailed), pgdbm reads a
    /// named parameter.
    fn dollar(&self) -> (TokenKind, usize) {
        let name = self.at + 1;
        match self.byte(1) {
            Some(b'0'..=b'9') => {
                let digits = end_of(self.bytes, name, |byte| byte.is_ascii_digit());
                if self
                    .bytes
                    .get(digits)
                    .copied()
                    .is_some_and(is_identifier_start)
                {
                    let end = end_of(self.bytes, digits, is_identifier_continuation);
                    (TokenKind::Parameter { valid: false }, end)
                } else {
                    (TokenKind::Parameter { valid: true }, digits)
                }
            }
            Some(b'$') => self.dollar_string(2),
            Some(byte) if is_identifier_start(byte) => {
                let end = end_of(self.bytes, name, is_dollar_tag_continuation);
                if self.bytes.get(end) == Some(&b'$') {
                    self.dollar_string(end + 1 - self.at)
                } else {
                    (TokenKind::NamedParameter, end)
                }
            }
            _ => (TokenKind::Unknown, name),
        }
    }

    /// scan.l: xdolq. Since every `$` of the body starts a match there and a failed delimiter gives its last `$` back,
    /// the end is the first occurrence of the delimiter.
    fn dollar_string(&self, delimiter: usize) -> (TokenKind, usize) {
        let body = self.at + delimiter;
        let tag = self.bytes.get(self.at..body).unwrap_or_default();
        let rest = self.bytes.get(body..).unwrap_or_default();
        match find_delimiter(rest, tag) {
            Some(offset) => (
                TokenKind::DollarString { terminated: true },
                body + offset + delimiter,
            ),
            None => (
                TokenKind::DollarString { terminated: false },
                self.bytes.len(),
            ),
        }
    }
}

/// Finds `delimiter`, which starts and ends with `$` and has none between, in linear time: after a failed comparison at
/// one `$`, the bytes compared hold no other `$` before the last one looked at.
fn find_delimiter(text: &[u8], delimiter: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text.get(at..)?.iter().position(|&byte| byte == b'$')?;
        if text.get(at..)?.starts_with(delimiter) {
            return Some(at);
        }
        at += 1;
    }
}

pub(crate) fn end_of(bytes: &[u8], start: usize, belongs: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    rest.iter()
        .position(|&byte| !belongs(byte))
        .map_or(bytes.len(), |offset| start + offset)
}

/// scan.l: space.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// scan.l: newline.
pub(crate) fn is_newline(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// scan.l: ident_start.
pub(crate) fn is_identifier_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

/// scan.l: ident_cont.
pub(crate) fn is_identifier_continuation(byte: u8) -> bool {
    is_identifier_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

/// scan.l: dolq_cont.
fn is_dollar_tag_continuation(byte: u8) -> bool {
    is_identifier_start(byte) || byte.is_ascii_digit()
}
