//! Compares pgdbm's lexer with PostgreSQL's own scanner, as libpg_query carries it.
//!
//! PostgreSQL knows neither placeholders nor named parameters. Before the comparison they are rewritten to tokens of the
//! same length that it knows, and it is checked that this moves no boundary.

use std::path::PathBuf;

use pg_query::protobuf::Token as Theirs;
use pgdbm_template::{TokenKind, lex};

#[path = "../../../pgdbm-template/tests/lexer/class.rs"]
pub mod class;

use class::{Class, Place, ours, written};

/// Where the crate lies that is compared.
#[must_use]
pub fn crate_directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../pgdbm-template")
}

/// Compares the two scanners on one text. Gives how many tokens they agree on; none where both refuse it.
///
/// # Errors
///
/// Says where they differ.
pub fn compare(sql: &str) -> Result<usize, String> {
    let sql = &rewrite(sql)?;
    if sql.contains('\0') {
        return Ok(0);
    }
    let (ours, theirs) = (ours(sql), scan(sql));
    if ours.as_ref() == theirs.as_ref().ok() {
        return Ok(ours.map_or(0, |places| places.len()));
    }
    let error = theirs
        .as_ref()
        .err()
        .map(String::as_str)
        .unwrap_or_default();
    let (ours, theirs) = (written(ours.as_deref()), written(theirs.as_deref().ok()));
    Err(format!(
        "{sql:?}\n  PostgreSQL {theirs} {error}\n  pgdbm      {ours}"
    ))
}

/// PostgreSQL's tokens.
///
/// # Errors
///
/// Its own error.
pub fn scan(sql: &str) -> Result<Vec<Place>, String> {
    // Not `scan_tokens`, which makes a slice of a null pointer when there is no token.
    let tokens = pg_query::scan(sql)
        .map_err(|error| error.to_string())?
        .tokens;
    let mut places: Vec<Place> = Vec::new();
    for token in tokens {
        let (start, end) = (token.start as usize, token.end as usize);
        let text = &sql[start..end];
        let class = theirs(text, token.token);
        // For N'…' PostgreSQL gives the letter as a token of its own.
        if class == Class::String
            && let Some(Place(last, from, to)) = places.last_mut()
            && *to == start
            && *last == Class::Word
            && sql[*from..*to].eq_ignore_ascii_case("n")
        {
            (*last, *to) = (Class::NationalString, end);
            continue;
        }
        places.push(Place(class, start, end));
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
        lex(sql)
            .filter(|token| token.kind != TokenKind::CloseBracket)
            .map(|token| token.start)
            .collect()
    };
    if !moved {
        let (before, after) = (boundaries(sql), boundaries(&rewritten));
        if before != after {
            return Err(format!("{sql:?} and {rewritten:?} differ in their tokens"));
        }
    }
    Ok(rewritten)
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
            let prefixed =
                text.len() > 1 && first == b'0' && text.as_bytes()[1].is_ascii_alphabetic();
            let fraction = text.contains(['.', 'e', 'E'])
                && !(prefixed && !text.starts_with("0e") && !text.starts_with("0E"));
            if fraction {
                Class::Fraction
            } else {
                Class::Integer
            }
        }
        Ok(Theirs::Param) => Class::Parameter,
        Ok(Theirs::Op | Theirs::LessEquals | Theirs::GreaterEquals | Theirs::NotEquals) => {
            Class::Operator
        }
        Ok(Theirs::EqualsGreater) => Class::EqualsGreater,
        Ok(Theirs::Typecast) => Class::Typecast,
        Ok(Theirs::ColonEquals) => Class::ColonEquals,
        Ok(Theirs::DotDot) => Class::DotDot,
        _ if text.len() == 1 && b"+-*/%^<>=".contains(&first) => Class::Operator,
        _ if first.is_ascii_alphabetic() || first == b'_' || first >= 0x80 => Class::Word,
        _ => Class::Character(first),
    }
}
