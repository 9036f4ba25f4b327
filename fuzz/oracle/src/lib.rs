//! Compares pgdbm's lexer with PostgreSQL's own scanner, as libpg_query carries it.
//!
//! PostgreSQL knows neither placeholders nor named parameters. Before the comparison they are rewritten to tokens of the
//! same length that it knows, and it is checked that this moves no boundary.

use pg_query::protobuf::Token as Theirs;
use pgdbm_template::{Token, TokenKind, lex};

/// What both scanners can say of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    LineComment,
    BlockComment,
    Word,
    QuotedIdentifier,
    UnicodeIdentifier,
    String,
    UnicodeString,
    BitString,
    HexString,
    NationalString,
    Integer,
    Fraction,
    Parameter,
    Operator,
    EqualsGreater,
    Typecast,
    ColonEquals,
    DotDot,
    Character(u8),
}

/// A token that both scanners can be asked for: class, start, end.
pub type Place = (Class, usize, usize);

/// Compares the two scanners on one text.
///
/// # Errors
///
/// Says where they differ.
pub fn compare(sql: &str) -> Result<(), String> {
    let sql = &rewrite(sql)?;
    if sql.contains('\0') {
        return Ok(());
    }
    let tokens: Vec<Token> = lex(sql).collect();
    let malformed = tokens.iter().find(|token| token.kind.is_malformed() || is_huge_parameter(sql, token));
    let theirs = match (scan(sql), malformed) {
        (Ok(theirs), None) => theirs,
        (Err(_), Some(_)) => return Ok(()),
        (Err(error), None) => return Err(format!("{sql:?}: PostgreSQL says {error}, we say nothing: {tokens:?}")),
        (Ok(theirs), Some(token)) => {
            return Err(format!("{sql:?}: PostgreSQL takes it as {theirs:?}, we refuse {token:?}"));
        }
    };
    let ours: Vec<Place> = tokens
        .iter()
        .filter(|token| token.kind != TokenKind::Whitespace)
        .map(|token| (class(sql, token), token.start, token.end))
        .collect();
    if ours == theirs {
        Ok(())
    } else {
        let first = ours.iter().zip(&theirs).position(|(ours, theirs)| ours != theirs);
        let first = first.unwrap_or(ours.len().min(theirs.len()));
        Err(format!("{sql:?}: token {first} is {:?} for us and {:?} for PostgreSQL", ours.get(first), theirs.get(first)))
    }
}

/// How many parameters PostgreSQL's scanner sees.
///
/// # Errors
///
/// Its own error.
pub fn parameters(sql: &str) -> Result<usize, String> {
    Ok(scan(sql)?.iter().filter(|(class, ..)| *class == Class::Parameter).count())
}

/// PostgreSQL's tokens.
///
/// # Errors
///
/// Its own error.
pub fn scan(sql: &str) -> Result<Vec<Place>, String> {
    let tokens = pg_query::scan_tokens(sql).map_err(|error| error.to_string())?;
    let mut places: Vec<Place> = Vec::new();
    for token in tokens {
        let (start, end) = (token.start as usize, token.end as usize);
        let text = &sql[start..end];
        let class = theirs(text, token.token);
        // For N'…' PostgreSQL gives the letter as a token of its own.
        if class == Class::String
            && let Some((last, from, to)) = places.last_mut()
            && *to == start
            && *last == Class::Word
            && sql[*from..*to].eq_ignore_ascii_case("n")
        {
            (*last, *to) = (Class::NationalString, end);
            continue;
        }
        places.push((class, start, end));
    }
    Ok(places)
}

/// Puts tokens of the same length that PostgreSQL knows in the place of ours.
fn rewrite(sql: &str) -> Result<String, String> {
    let mut rewritten = String::with_capacity(sql.len());
    let mut moved = false;
    for token in lex(sql) {
        let text = token.text(sql);
        match token.kind {
            // libpg_query leaves out the rule param_junk, so that it takes `$1abc`; servers from 15 on refuse it.
            TokenKind::NamedParameter | TokenKind::Parameter { valid: false } => {
                rewritten.push('$');
                rewritten.extend(std::iter::repeat_n('0', text.len() - 2));
                rewritten.push('1');
            }
            // Brackets: no character of them joins with a neighbour, and none is longer than one byte.
            TokenKind::Placeholder { .. } => {
                rewritten.extend(std::iter::repeat_n(']', text.len()));
                moved = true;
            }
            _ => rewritten.push_str(text),
        }
    }
    let boundaries = |sql: &str| -> Vec<usize> {
        lex(sql).filter(|token| token.kind != TokenKind::CloseBracket).map(|token| token.start).collect()
    };
    if !moved {
        let (before, after) = (boundaries(sql), boundaries(&rewritten));
        if before != after {
            return Err(format!("{sql:?} and {rewritten:?} differ in their tokens"));
        }
    }
    Ok(rewritten)
}

/// PostgreSQL's scanner refuses numbers beyond 32 bits; we do when parameters are counted.
fn is_huge_parameter(sql: &str, token: &Token) -> bool {
    matches!(token.kind, TokenKind::Parameter { .. }) && token.text(sql)[1..].parse::<i32>().is_err()
}

fn class(sql: &str, token: &Token) -> Class {
    match token.kind {
        TokenKind::LineComment => Class::LineComment,
        TokenKind::BlockComment { .. } => Class::BlockComment,
        TokenKind::Identifier => Class::Word,
        TokenKind::QuotedIdentifier { .. } => Class::QuotedIdentifier,
        TokenKind::UnicodeIdentifier { .. } => Class::UnicodeIdentifier,
        TokenKind::String { .. } | TokenKind::EscapeString { .. } | TokenKind::DollarString { .. } => Class::String,
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

fn theirs(text: &str, token: i32) -> Class {
    let first = text.bytes().next().unwrap_or_default();
    match Theirs::try_from(token) {
        Ok(Theirs::SqlComment) => Class::LineComment,
        Ok(Theirs::CComment) => Class::BlockComment,
        Ok(Theirs::Ident) if first == b'"' => Class::QuotedIdentifier,
        Ok(Theirs::Uident) => Class::UnicodeIdentifier,
        Ok(Theirs::Sconst) => Class::String,
        Ok(Theirs::Usconst) => Class::UnicodeString,
        Ok(Theirs::Bconst) => Class::BitString,
        Ok(Theirs::Xconst) => Class::HexString,
        Ok(Theirs::Iconst) => Class::Integer,
        // An integer beyond 32 bits is a numeric for PostgreSQL.
        Ok(Theirs::Fconst) => {
            let prefixed = text.len() > 1 && first == b'0' && text.as_bytes()[1].is_ascii_alphabetic();
            let fraction = text.contains(['.', 'e', 'E']) && !(prefixed && !text.starts_with("0e") && !text.starts_with("0E"));
            if fraction { Class::Fraction } else { Class::Integer }
        }
        Ok(Theirs::Param) => Class::Parameter,
        Ok(Theirs::Op | Theirs::LessEquals | Theirs::GreaterEquals | Theirs::NotEquals) => Class::Operator,
        Ok(Theirs::EqualsGreater) => Class::EqualsGreater,
        Ok(Theirs::Typecast) => Class::Typecast,
        Ok(Theirs::ColonEquals) => Class::ColonEquals,
        Ok(Theirs::DotDot) => Class::DotDot,
        _ if text.len() == 1 && b"+-*/%^<>=".contains(&first) => Class::Operator,
        _ if first.is_ascii_alphabetic() || first == b'_' || first >= 0x80 => Class::Word,
        _ => Class::Character(first),
    }
}
