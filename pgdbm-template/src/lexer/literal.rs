//! String literals in quotes: where they end, their pieces, and whether their escapes are valid.

use std::ops::Range;

use super::{end_of, is_newline, is_space};

/// How the inside of a quoted string literal is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LiteralStyle {
    /// `'…'`.
    Standard,
    /// `N'…'`.
    National,
    /// `E'…'`.
    Escape,
    /// `U&'…'`.
    Unicode,
    /// `B'…'`.
    Bit,
    /// `X'…'`.
    Hex,
}

impl LiteralStyle {
    pub(super) fn of_prefix(prefix: &[u8]) -> Self {
        match prefix.first() {
            Some(b'n' | b'N') => Self::National,
            Some(b'e' | b'E') => Self::Escape,
            Some(b'u' | b'U') => Self::Unicode,
            Some(b'b' | b'B') => Self::Bit,
            Some(b'x' | b'X') => Self::Hex,
            _ => Self::Standard,
        }
    }

    /// scan.l has no xqdouble in the states xb and xh: there `''` ends the literal and starts another.
    fn doubles_quotes(self) -> bool {
        !matches!(self, Self::Bit | Self::Hex)
    }
}

/// Scans the literal whose opening quote stands at `open`, with its continuations. Gives the end, and whether the
/// closing quote was found.
pub(super) fn scan(bytes: &[u8], open: usize, style: LiteralStyle) -> (usize, bool) {
    let mut open = open;
    loop {
        let escapes = style == LiteralStyle::Escape;
        let Some(close) = closing_quote(bytes, open + 1, b'\'', style.doubles_quotes(), escapes)
        else {
            return (bytes.len(), false);
        };
        match continuation(bytes, close + 1) {
            Some(next) => open = next,
            None => return (close + 1, true),
        }
    }
}

/// The pieces of a literal token's text between its quotes: one for `'a'`, two for `'a'` continued on the next line.
/// What stands between pieces is white space and comments.
pub(crate) fn literal_pieces(
    text: &str,
    style: LiteralStyle,
) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut open = bytes.iter().position(|&byte| byte == b'\'');
    std::iter::from_fn(move || {
        let start = open? + 1;
        let escapes = style == LiteralStyle::Escape;
        let close = closing_quote(bytes, start, b'\'', style.doubles_quotes(), escapes);
        open = close.and_then(|close| continuation(bytes, close + 1));
        Some(start..close.unwrap_or(bytes.len()))
    })
}

/// The closing `quote` of what was opened before `start`.
pub(super) fn closing_quote(
    bytes: &[u8],
    start: usize,
    quote: u8,
    doubles: bool,
    escapes: bool,
) -> Option<usize> {
    let mut at = start;
    loop {
        at += bytes
            .get(at..)?
            .iter()
            .position(|&byte| byte == quote || (escapes && byte == b'\\'))?;
        if bytes.get(at) == Some(&b'\\') || (doubles && bytes.get(at + 1) == Some(&quote)) {
            at += 2;
        } else {
            return Some(at);
        }
    }
}

/// scan.l: quotecontinue. White space and line comments with at least one line break, then a quote: the literal goes
/// on there. Gives the place of that quote.
fn continuation(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    let mut broken = false;
    loop {
        match *bytes.get(at)? {
            b'\'' if broken => return Some(at),
            byte if is_space(byte) => {
                broken |= is_newline(byte);
                at += 1;
            }
            b'-' if bytes.get(at + 1) == Some(&b'-') => {
                at = end_of(bytes, at, |byte| !is_newline(byte));
            }
            _ => return None,
        }
    }
}

/// scan.l: xeescape, xeoctesc, xehexesc, xeunicode, xeunicodefail, xeu, and the encoding check of the whole literal
/// that follows when an escape made a byte that is not ASCII. `text` is the whole token.
pub(super) fn escapes_are_valid(text: &[u8]) -> bool {
    if !text.contains(&b'\\') {
        return true;
    }
    let Ok(text) = std::str::from_utf8(text) else {
        return false;
    };
    let mut decoder = EscapeDecoder::default();
    for piece in literal_pieces(text, LiteralStyle::Escape) {
        let piece = text.as_bytes().get(piece).unwrap_or_default();
        if !decoder.decode(piece) {
            return false;
        }
    }
    !decoder.made_bytes
        || (!decoder.value.contains(&0) && std::str::from_utf8(&decoder.value).is_ok())
}

#[derive(Default)]
struct EscapeDecoder {
    value: Vec<u8>,
    made_bytes: bool,
    high_surrogate: Option<u32>,
}

impl EscapeDecoder {
    fn decode(&mut self, piece: &[u8]) -> bool {
        let mut at = 0;
        while let Some(&byte) = piece.get(at) {
            let escape = if byte == b'\\' {
                piece.get(at + 1)
            } else {
                None
            };
            if self.high_surrogate.is_some() && !matches!(escape, Some(b'u' | b'U')) {
                return false;
            }
            match escape {
                None => {
                    self.value.push(byte);
                    at += 1;
                }
                Some(b'0'..=b'7') => {
                    let (value, length) = digits(piece, at + 1, 3, 8);
                    // Three octal digits reach 511; PostgreSQL keeps the low byte.
                    self.push_byte((value & 0xff) as u8);
                    at += 1 + length;
                }
                Some(b'x') if piece.get(at + 2).is_some_and(u8::is_ascii_hexdigit) => {
                    let (value, length) = digits(piece, at + 2, 2, 16);
                    self.push_byte((value & 0xff) as u8);
                    at += 2 + length;
                }
                Some(&letter @ (b'u' | b'U')) => {
                    let wanted = if letter == b'u' { 4 } else { 8 };
                    let (value, length) = digits(piece, at + 2, wanted, 16);
                    if length < wanted || !self.push_character(value) {
                        return false;
                    }
                    at += 2 + length;
                }
                Some(&other) => {
                    self.value.push(other);
                    at += 2;
                }
            }
        }
        // A pair of surrogates must not be divided between two pieces.
        self.high_surrogate.is_none()
    }

    fn push_byte(&mut self, byte: u8) {
        self.made_bytes |= byte == 0 || byte >= 0x80;
        self.value.push(byte);
    }

    fn push_character(&mut self, value: u32) -> bool {
        let code = match (self.high_surrogate.take(), value) {
            (None, 0xd800..=0xdbff) => {
                self.high_surrogate = Some(value);
                return true;
            }
            (Some(high), 0xdc00..=0xdfff) => 0x10000 + ((high - 0xd800) << 10) + (value - 0xdc00),
            (Some(_), _) | (None, 0) => return false,
            (None, _) => value,
        };
        match char::from_u32(code) {
            Some(character) => {
                let mut buffer = [0; 4];
                self.value
                    .extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
                true
            }
            None => false,
        }
    }
}

/// Reads up to `most` digits of `radix`; gives their value and how many they are.
fn digits(bytes: &[u8], start: usize, most: usize, radix: u32) -> (u32, usize) {
    let mut value = 0_u32;
    let mut length = 0;
    while length < most
        && let Some(digit) = bytes
            .get(start + length)
            .and_then(|&byte| char::from(byte).to_digit(radix))
    {
        value = value.wrapping_mul(radix).wrapping_add(digit);
        length += 1;
    }
    (value, length)
}
