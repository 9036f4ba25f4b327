//! Numbers.

use super::{end_of, is_identifier_continuation, is_identifier_start};
use crate::token::TokenKind;

/// Scans the number at `start`, where a digit stands, or a dot and a digit. Of the rules that match, flex takes the
/// longest; each branch below says which those are.
pub(super) fn scan(bytes: &[u8], start: usize) -> (TokenKind, usize) {
    if let Some(prefixed) = prefixed_integer(bytes, start) {
        return prefixed;
    }
    let mut kind = TokenKind::Integer;
    let mut end = decimal_digits(bytes, start);
    if bytes.get(end) == Some(&b'.') {
        // scan.l: numericfail, so that `1..10` is a range and not `1.` and `.10`.
        if end > start && bytes.get(end + 1) == Some(&b'.') {
            return (TokenKind::Integer, end);
        }
        // scan.l: numeric.
        kind = TokenKind::Decimal;
        end = decimal_digits(bytes, end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = matches!(bytes.get(end + 1), Some(b'+' | b'-'));
        let exponent = end + 1 + usize::from(sign);
        let exponent_end = decimal_digits(bytes, exponent);
        if exponent_end > exponent {
            // scan.l: real.
            kind = TokenKind::Real;
            end = exponent_end;
        } else if sign {
            // scan.l: realfail.
            return (TokenKind::MalformedNumber, exponent);
        }
    }
    // scan.l: integer_junk, numeric_junk, real_junk. The name that makes the junk may start inside what was taken as a
    // number, at an underscore or an exponent, and a name may go on with `$`: `1_000$` is junk, `1000$` is not.
    let junk = match bytes.get(end) {
        Some(b'$') => {
            let taken = bytes.get(start..end).unwrap_or_default();
            let last_run = taken
                .rsplit(|&byte| !is_identifier_continuation(byte))
                .next();
            last_run.is_some_and(|run| run.iter().any(|&byte| is_identifier_start(byte)))
        }
        Some(&byte) => is_identifier_start(byte),
        None => false,
    };
    if junk {
        return (
            TokenKind::MalformedNumber,
            end_of(bytes, end, is_identifier_continuation),
        );
    }
    (kind, end)
}

/// scan.l: hexinteger, octinteger, bininteger; hexfail, octfail, binfail; and integer_junk where it is longer.
fn prefixed_integer(bytes: &[u8], start: usize) -> Option<(TokenKind, usize)> {
    if bytes.get(start) != Some(&b'0') {
        return None;
    }
    let is_digit: fn(u8) -> bool = match bytes.get(start + 1)? {
        b'x' | b'X' => |byte| byte.is_ascii_hexdigit(),
        b'o' | b'O' => |byte| matches!(byte, b'0'..=b'7'),
        b'b' | b'B' => |byte| matches!(byte, b'0' | b'1'),
        _ => return None,
    };
    let mut end = start + 2;
    loop {
        let digit = end + usize::from(bytes.get(end) == Some(&b'_'));
        if !bytes.get(digit).copied().is_some_and(is_digit) {
            break;
        }
        end = digit + 1;
    }
    // The junk rule reads `0` and then an identifier that starts with the prefix letter.
    let junk = end_of(bytes, start + 1, is_identifier_continuation);
    if junk > end || end == start + 2 {
        Some((TokenKind::MalformedNumber, junk))
    } else {
        Some((TokenKind::Integer, end))
    }
}

/// scan.l: decinteger, digits with single underscores between them. Gives `start` where no digit stands.
fn decimal_digits(bytes: &[u8], start: usize) -> usize {
    let mut end = start;
    loop {
        let digit = end + usize::from(end > start && bytes.get(end) == Some(&b'_'));
        if !bytes.get(digit).is_some_and(u8::is_ascii_digit) {
            return end;
        }
        end = digit + 1;
    }
}
