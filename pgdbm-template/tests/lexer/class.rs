//! The classes of tokens that PostgreSQL's scanner and ours can both be asked for, and the corpus.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use pgdbm_template::{Token, TokenKind, lex};

/// What both scanners can say of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `-- …`
    LineComment,
    /// `/* … */`
    BlockComment,
    /// An identifier or keyword.
    Word,
    /// `"…"`
    QuotedIdentifier,
    /// `U&"…"`
    UnicodeIdentifier,
    /// `'…'`, `E'…'`, `$$…$$`
    String,
    /// `U&'…'`
    UnicodeString,
    /// `B'…'`
    BitString,
    /// `X'…'`
    HexString,
    /// `N'…'`
    NationalString,
    /// A number without fraction and exponent.
    Integer,
    /// A number with either.
    Fraction,
    /// `$1`
    Parameter,
    /// Any operator of one or more characters.
    Operator,
    /// `=>`
    EqualsGreater,
    /// `::`
    Typecast,
    /// `:=`
    ColonEquals,
    /// `..`
    DotDot,
    /// Anything else, by its character.
    Character(u8),
}

/// A token that both scanners can be asked for: class, start, end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(pub Class, pub usize, pub usize);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Class::Character(byte) => write!(f, "{}", byte.escape_ascii())?,
            class => write!(f, "{class:?}")?,
        }
        write!(f, ":{}-{}", self.1, self.2)
    }
}

/// The tokens of our lexer, or None where it says that PostgreSQL refuses one.
pub fn ours(sql: &str) -> Option<Vec<Place>> {
    let tokens: Vec<Token> = lex(sql).collect();
    if tokens
        .iter()
        .any(|token| token.kind.is_malformed() || is_huge_parameter(sql, token))
    {
        return None;
    }
    let places = tokens
        .iter()
        .filter(|token| token.kind != TokenKind::Whitespace);
    Some(
        places
            .map(|token| Place(class(sql, token), token.start, token.end))
            .collect(),
    )
}

/// PostgreSQL's scanner refuses numbers beyond 32 bits; we do when parameters are counted.
fn is_huge_parameter(sql: &str, token: &Token) -> bool {
    matches!(token.kind, TokenKind::Parameter { .. })
        && token.text(sql)[1..].parse::<i32>().is_err()
}

fn class(sql: &str, token: &Token) -> Class {
    match token.kind {
        TokenKind::LineComment => Class::LineComment,
        TokenKind::BlockComment { .. } => Class::BlockComment,
        TokenKind::Identifier => Class::Word,
        TokenKind::QuotedIdentifier { .. } => Class::QuotedIdentifier,
        TokenKind::UnicodeIdentifier { .. } => Class::UnicodeIdentifier,
        TokenKind::String { .. }
        | TokenKind::EscapeString { .. }
        | TokenKind::DollarString { .. } => Class::String,
        TokenKind::UnicodeString { .. } => Class::UnicodeString,
        TokenKind::BitString { .. } => Class::BitString,
        TokenKind::HexString { .. } => Class::HexString,
        TokenKind::NationalString { .. } => Class::NationalString,
        TokenKind::Integer => Class::Integer,
        TokenKind::Decimal | TokenKind::Real => Class::Fraction,
        TokenKind::Parameter { .. } => Class::Parameter,
        TokenKind::Operator { .. } => Class::Operator,
        TokenKind::EqualsGreater => Class::EqualsGreater,
        TokenKind::Typecast => Class::Typecast,
        TokenKind::ColonEquals => Class::ColonEquals,
        TokenKind::DotDot => Class::DotDot,
        _ => Class::Character(token.text(sql).bytes().next().unwrap_or_default()),
    }
}

/// One file of the corpus.
pub struct CorpusFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its snippets.
    pub snippets: Vec<String>,
    /// What PostgreSQL says of each, as it was written down.
    pub expected: Vec<String>,
}

/// Reads the corpus below the directory of the crate `pgdbm-template`.
pub fn corpus(crate_directory: &Path) -> Vec<CorpusFile> {
    let directory = crate_directory.join("tests/data/lexer");
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).expect("the corpus is there") {
        let path = entry.expect("a readable entry").path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            let text = fs::read_to_string(&path).expect("a text");
            let expected = fs::read_to_string(path.with_extension("tokens")).unwrap_or_default();
            files.push(CorpusFile {
                path,
                snippets: text.lines().map(snippet).collect(),
                expected: expected.lines().map(str::to_owned).collect(),
            });
        }
    }
    files
}

fn snippet(line: &str) -> String {
    line.replace('⏎', "\n")
        .replace('␍', "\r")
        .replace('⇥', "\t")
        .replace('␋', "\u{b}")
        .replace('␌', "\u{c}")
}

/// What a scanner says of a snippet, in one line.
pub fn written(places: Option<&[Place]>) -> String {
    match places {
        None => "refused".to_owned(),
        Some(places) => {
            let words: Vec<String> = places.iter().map(Place::to_string).collect();
            words.join(" ")
        }
    }
}
