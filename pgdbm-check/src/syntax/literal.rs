//! What constants and quoted identifiers stand for.
//!
//! Follows the manual's chapter [Lexical Structure](https://www.postgresql.org/docs/current/sql-syntax-lexical.html). The
//! tokens were lexed already; what is malformed in them gives some text, never a failure.

use super::ast::Literal;

/// The longest identifier that the server keeps.
const MAX_IDENTIFIER_BYTES: usize = pgdbm_template::MAX_IDENTIFIER_BYTES;

/// The name that an identifier's token stands for: unquoted as it is, otherwise in lower case.
pub(super) fn identifier(token: &str) -> String {
    let mut name = if let Some(quoted) = token.strip_prefix('"') {
        let inside = quoted.strip_suffix('"').unwrap_or(quoted);
        if inside.contains("\"\"") {
            inside.replace("\"\"", "\"")
        } else {
            inside.to_owned()
        }
    } else {
        token.to_ascii_lowercase()
    };
    truncate(&mut name);
    name
}

/// The name that a `U&"…"` token stands for.
pub(super) fn unicode_identifier(token: &str, escape: char) -> String {
    let quoted = token.get(2..).unwrap_or_default();
    let inside = quoted.strip_prefix('"').unwrap_or(quoted);
    let inside = inside.strip_suffix('"').unwrap_or(inside);
    let mut name = unescape_unicode(&inside.replace("\"\"", "\""), escape);
    truncate(&mut name);
    name
}

/// The server cuts a name that is too long, at a character's end.
fn truncate(name: &mut String) {
    if name.len() > MAX_IDENTIFIER_BYTES {
        name.truncate(clipped(name, MAX_IDENTIFIER_BYTES).len());
    }
}

/// The longest beginning of so many bytes that ends with a character.
pub(crate) fn clipped(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev();
    end.filter_map(|end| text.get(..end))
        .next()
        .unwrap_or_default()
}

/// `'…'` with its continuations on further lines.
pub(super) fn plain_string(token: &str) -> String {
    join_pieces(token, false, |piece, text| {
        text.push_str(&piece.replace("''", "'"));
    })
}

/// `E'…'`.
pub(super) fn escape_string(token: &str) -> String {
    join_pieces(token.get(1..).unwrap_or_default(), true, unescape)
}

/// `U&'…'`.
pub(super) fn unicode_string(token: &str, escape: char) -> String {
    join_pieces(token.get(2..).unwrap_or_default(), false, |piece, text| {
        text.push_str(&unescape_unicode(&piece.replace("''", "'"), escape));
    })
}

/// `$tag$…$tag$`.
pub(super) fn dollar_string(token: &str) -> String {
    let Some(tag_end) = token.get(1..).and_then(|rest| rest.find('$')) else {
        return String::new();
    };
    let tag = tag_end + 2;
    let inside = token.get(tag..).unwrap_or_default();
    let end = inside.len().saturating_sub(tag);
    inside.get(..end).unwrap_or(inside).to_owned()
}

/// `B'…'` and `X'…'`.
pub(super) fn bits(token: &str) -> Literal {
    let letter = if token.starts_with(['b', 'B']) {
        'b'
    } else {
        'x'
    };
    let mut text = String::from(letter);
    text.push_str(&plain_string(token.get(1..).unwrap_or_default()));
    Literal::Bits(text)
}

/// Hands each quoted piece of a string, without its quotes, to `take`. Pieces are parted by white space with a line break
/// (and comments), which the lexer has seen to. `backslash`: a backslash hides the character behind it.
fn join_pieces(token: &str, backslash: bool, mut take: impl FnMut(&str, &mut String)) -> String {
    let mut text = String::with_capacity(token.len());
    let bytes = token.as_bytes();
    let mut position = 0;
    while let Some(quote) = find(bytes, position, b'\'') {
        let start = quote + 1;
        let mut end = start;
        loop {
            match bytes.get(end) {
                None => break,
                Some(b'\'') if bytes.get(end + 1) == Some(&b'\'') => end += 2,
                Some(b'\'') => break,
                Some(b'\\') if backslash => end += 2,
                Some(_) => end += 1,
            }
        }
        take(token.get(start..end).unwrap_or_default(), &mut text);
        position = skip_between(bytes, end + 1);
    }
    text
}

fn find(bytes: &[u8], from: usize, wanted: u8) -> Option<usize> {
    bytes
        .get(from..)?
        .iter()
        .position(|byte| *byte == wanted)
        .map(|found| from + found)
}

/// Steps over white space and `--` comments between the pieces of a string.
fn skip_between(bytes: &[u8], mut position: usize) -> usize {
    while let Some(byte) = bytes.get(position) {
        if *byte == b'-' && bytes.get(position + 1) == Some(&b'-') {
            position = find(bytes, position, b'\n').unwrap_or(bytes.len());
        } else if *byte == b'\'' {
            break;
        } else {
            position += 1;
        }
    }
    position
}

/// The escapes of `E'…'`.
fn unescape(piece: &str, text: &mut String) {
    let mut bytes = Vec::with_capacity(piece.len());
    let mut characters = piece.chars().peekable();
    let mut buffer = [0; 4];
    while let Some(character) = characters.next() {
        if character == '\'' {
            characters.next_if_eq(&'\'');
            bytes.push(b'\'');
            continue;
        }
        if character != '\\' {
            bytes.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
            continue;
        }
        let Some(escaped) = characters.next() else {
            break;
        };
        let mut digits = |most: usize, radix: u32, first: u32| {
            let mut value = first;
            for _ in 0..most {
                let Some(digit) = characters.next_if(|next| next.is_digit(radix)) else {
                    break;
                };
                value = value
                    .wrapping_mul(radix)
                    .wrapping_add(digit.to_digit(radix).unwrap_or_default());
            }
            value
        };
        match escaped {
            'b' => bytes.push(8),
            'f' => bytes.push(12),
            'n' => bytes.push(b'\n'),
            'r' => bytes.push(b'\r'),
            't' => bytes.push(b'\t'),
            'v' => bytes.push(11),
            '0'..='7' => {
                let value = digits(2, 8, escaped.to_digit(8).unwrap_or_default());
                bytes.extend(value.to_le_bytes().first());
            }
            'x' => {
                let value = digits(2, 16, 0);
                bytes.extend(value.to_le_bytes().first());
            }
            'u' | 'U' => {
                let value = digits(if escaped == 'u' { 4 } else { 8 }, 16, 0);
                if let Some(character) = char::from_u32(value) {
                    bytes.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
                }
            }
            other => bytes.extend_from_slice(other.encode_utf8(&mut buffer).as_bytes()),
        }
    }
    text.push_str(&String::from_utf8_lossy(&bytes));
}

/// The escapes of `U&`: `\XXXX`, `\+XXXXXX` and the escape character twice.
fn unescape_unicode(piece: &str, escape: char) -> String {
    let mut text = String::with_capacity(piece.len());
    let mut rest = piece;
    while let Some(character) = rest.chars().next() {
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
        if character != escape {
            text.push(character);
            continue;
        }
        if let Some(after) = rest.strip_prefix(escape) {
            text.push(escape);
            rest = after;
            continue;
        }
        let (digits, length) = match rest.strip_prefix('+') {
            Some(after) => (after.get(..6), 7),
            None => (rest.get(..4), 4),
        };
        if let Some(decoded) = digits
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32)
        {
            text.push(decoded);
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    text
}

/// A number's token: a whole number that fits an `int4`, or its digits.
pub(super) fn number(token: &str) -> Literal {
    let digits = if token.contains('_') {
        token.replace('_', "")
    } else {
        token.to_owned()
    };
    let lower = digits.to_ascii_lowercase();
    let radix = match lower.get(..2) {
        Some("0x") => 16,
        Some("0o") => 8,
        Some("0b") => 2,
        _ => {
            return match digits.parse::<i32>() {
                Ok(value) => Literal::Integer(value),
                Err(_) => Literal::Numeric(digits),
            };
        }
    };
    match u128::from_str_radix(lower.get(2..).unwrap_or_default(), radix) {
        Ok(value) => match i32::try_from(value) {
            Ok(value) => Literal::Integer(value),
            Err(_) => Literal::Numeric(value.to_string()),
        },
        // Beyond any whole number of the server: only its being a numeric matters.
        Err(_) => Literal::Numeric("340282366920938463463374607431768211456".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_as_the_server_reads_them() {
        assert_eq!(plain_string("'it''s'"), "it's");
        assert_eq!(plain_string(r"'a\'"), r"a\");
        assert_eq!(plain_string("'a'\n  -- more\n 'b'"), "ab");
        assert_eq!(escape_string(r"E'a\'b\n\x41\u00e9\101'"), "a'b\nAéA");
        assert_eq!(escape_string(r"E'\\'"), r"\");
        assert_eq!(unicode_string(r"U&'d\0061t\+000061'", '\\'), "data");
        assert_eq!(dollar_string("$a$x $$ y$a$"), "x $$ y");
        assert_eq!(identifier("Users"), "users");
        assert_eq!(identifier("\"Us\"\"ers\""), "Us\"ers");
    }

    #[test]
    fn numbers_are_read_as_the_server_reads_them() {
        assert_eq!(number("2147483647"), Literal::Integer(i32::MAX));
        assert_eq!(
            number("2147483648"),
            Literal::Numeric("2147483648".to_owned())
        );
        assert_eq!(number("1_000"), Literal::Integer(1000));
        assert_eq!(number("0xFF"), Literal::Integer(255));
        assert_eq!(number("1.5e3"), Literal::Numeric("1.5e3".to_owned()));
    }
}
