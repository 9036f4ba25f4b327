//! Identifiers: quoting and decoding.

use std::borrow::Cow;

/// The longest identifier that PostgreSQL keeps whole, in bytes: NAMEDATALEN - 1 in the server's standard build.
pub const MAX_IDENTIFIER_BYTES: usize = 63;

/// Writes a name as a quoted identifier: in double quotes, quotes inside it doubled.
///
/// Follows the manual's [Identifiers and Key Words](https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS).
///
/// ```
/// use pgdbm_template::quote_identifier;
///
/// assert_eq!(quote_identifier("users"), r#""users""#);
/// assert_eq!(quote_identifier(r#"6" pipe"#), r#""6"" pipe""#);
/// ```
#[must_use]
pub fn quote_identifier(name: &str) -> String {
    let mut quoted = String::with_capacity(name.len() + 2);
    quoted.push('"');
    for (index, piece) in name.split('"').enumerate() {
        if index > 0 {
            quoted.push_str("\"\"");
        }
        quoted.push_str(piece);
    }
    quoted.push('"');
    quoted
}

/// The name that a `"…"` token stands for.
pub(crate) fn unquote_identifier(token: &str) -> Cow<'_, str> {
    let inside = token.strip_prefix('"').unwrap_or(token);
    let inside = inside.strip_suffix('"').unwrap_or(inside);
    if inside.contains("\"\"") {
        Cow::Owned(inside.replace("\"\"", "\""))
    } else {
        Cow::Borrowed(inside)
    }
}

/// How many bytes the name of a `U&"…"` token has once its escapes (`\XXXX`, `\+XXXXXX`, `\\`) are read, in UTF-8.
pub(crate) fn unicode_identifier_bytes(token: &str, escape: char) -> usize {
    let name = unquote_identifier(token.get(2..).unwrap_or_default());
    let mut bytes = 0;
    let mut rest = name.as_ref();
    while let Some(character) = rest.chars().next() {
        let after = rest.get(character.len_utf8()..).unwrap_or_default();
        let (length, next) = if character == escape {
            escaped_character(after, escape)
        } else {
            (character.len_utf8(), after)
        };
        bytes += length;
        rest = next;
    }
    bytes
}

fn escaped_character(after: &str, escape: char) -> (usize, &str) {
    if let Some(rest) = after.strip_prefix(escape) {
        return (escape.len_utf8(), rest);
    }
    let (digits, wanted) = match after.strip_prefix('+') {
        Some(digits) => (digits, 6),
        None => (after, 4),
    };
    let code = digits
        .get(..wanted)
        .and_then(|digits| u32::from_str_radix(digits, 16).ok());
    match (code, digits.get(wanted..)) {
        // A surrogate stands for half of a character that takes four bytes.
        (Some(code), Some(rest)) => (char::from_u32(code).map_or(2, char::len_utf8), rest),
        // Not an escape: the server refuses it, and its length is no matter.
        _ => (0, after),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unquoting_undoes_quoting() {
        for name in ["users", "a\"b", "\"", "\"\"", "a b", "é"] {
            assert_eq!(unquote_identifier(&quote_identifier(name)), name);
        }
    }

    #[test]
    fn a_unicode_identifier_counts_what_it_stands_for() {
        assert_eq!(unicode_identifier_bytes(r#"U&"d\0061t\+000061""#, '\\'), 4);
        assert_eq!(unicode_identifier_bytes(r#"U&"a\\b""#, '\\'), 3);
        assert_eq!(unicode_identifier_bytes(r#"U&"!00e9""#, '!'), 2);
        assert_eq!(unicode_identifier_bytes(r#"u&"\d83d\de00""#, '\\'), 4);
        assert_eq!(unicode_identifier_bytes(r#"U&"a""b""#, '\\'), 3);
    }
}
