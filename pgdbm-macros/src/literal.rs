//! What a string literal says, and the way back from each byte of that to the token it was written as.

/// The text of one string literal, with the map from each of its bytes to the byte of the token that wrote it.
///
/// Raw literals map one to one behind their `r#"`. In the others an escape writes one character with several
/// (`\n`, `\x41`, `\u{e9}`), and `\` before the end of a line writes none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    token: String,
    text: String,
    runs: Vec<Run>,
}

/// A stretch of the text that starts at `text` and was written from `token` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    text: usize,
    token: usize,
    /// Whether each byte stands for itself; otherwise the whole stretch is one escape.
    verbatim: bool,
}

/// A place within a token: lines below its first character, and characters before it on its own line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TokenPlace {
    pub(crate) lines_below: usize,
    pub(crate) characters_before: usize,
}

impl Literal {
    /// Reads a string literal as the compiler hands it over: `"…"`, `r"…"`, `r#"…"#`.
    ///
    /// `None` for any other token, and for a literal with a suffix.
    pub(crate) fn read(token: &str) -> Option<Self> {
        let (text, runs) = match token.strip_prefix('r') {
            Some(rest) => read_raw(token, rest)?,
            None => read_escaped(token)?,
        };
        Some(Literal {
            token: token.to_owned(),
            text,
            runs,
        })
    }

    /// What the literal says.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The literal as it is written.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Where in the token the byte of the text was written; past the end it is the closing quote.
    pub(crate) fn place(&self, text_byte: usize) -> TokenPlace {
        let token_byte = self.token_byte(text_byte);
        let before = self.token.get(..token_byte).unwrap_or(&self.token);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        TokenPlace {
            lines_below: before.matches('\n').count(),
            characters_before: before[line_start..].chars().count(),
        }
    }

    fn token_byte(&self, text_byte: usize) -> usize {
        let clamped = text_byte.min(self.text.len());
        let after = self.runs.partition_point(|run| run.text <= clamped);
        // The first run starts at byte 0 of the text, so one is always found.
        self.runs.get(after.saturating_sub(1)).map_or(0, |run| {
            if run.verbatim {
                run.token + (clamped - run.text)
            } else {
                run.token
            }
        })
    }
}

fn read_raw(token: &str, after_r: &str) -> Option<(String, Vec<Run>)> {
    let content_and_close = after_r.trim_start_matches('#');
    let hashes = &after_r[..after_r.len() - content_and_close.len()];
    let text = content_and_close
        .strip_prefix('"')?
        .strip_suffix(hashes)?
        .strip_suffix('"')?;
    let start = token.len() - content_and_close.len() + 1;
    Some((
        text.to_owned(),
        vec![Run {
            text: 0,
            token: start,
            verbatim: true,
        }],
    ))
}

/// Follows <https://doc.rust-lang.org/reference/tokens.html#string-literals>.
fn read_escaped(token: &str) -> Option<(String, Vec<Run>)> {
    let content = token.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::with_capacity(content.len());
    let mut runs = vec![Run {
        text: 0,
        token: 1,
        verbatim: true,
    }];
    // Most have nothing to escape, and are not walked through by characters.
    if !content.contains('\\') && !content.contains('"') {
        text.push_str(content);
        return Some((text, runs));
    }
    let mut rest = content;
    while let Some(escape) = rest.find(['\\', '"']) {
        if rest.as_bytes()[escape] == b'"' {
            // A quote that nothing escapes ends the literal: what follows would be a suffix.
            return None;
        }
        text.push_str(&rest[..escape]);
        let escaped = &rest[escape..];
        runs.push(Run {
            text: text.len(),
            token: 1 + content.len() - escaped.len(),
            verbatim: false,
        });
        let (character, after) = read_escape(&escaped[1..])?;
        text.extend(character);
        rest = after;
        runs.push(Run {
            text: text.len(),
            token: 1 + content.len() - rest.len(),
            verbatim: true,
        });
    }
    text.push_str(rest);
    Some((text, runs))
}

/// Reads what follows the `\`: the character that it makes, and the rest.
fn read_escape(after_backslash: &str) -> Option<(Option<char>, &str)> {
    let kind = after_backslash.chars().next()?;
    let rest = &after_backslash[kind.len_utf8()..];
    let character = match kind {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '0' => '\0',
        '\\' | '\'' | '"' => kind,
        'x' => {
            let code = u8::from_str_radix(rest.get(..2)?, 16)
                .ok()
                .filter(u8::is_ascii)?;
            return Some((Some(char::from(code)), &rest[2..]));
        }
        'u' => {
            let (digits, after) = rest.strip_prefix('{')?.split_once('}')?;
            let code = u32::from_str_radix(&digits.replace('_', ""), 16).ok()?;
            return Some((Some(char::from_u32(code)?), after));
        }
        '\n' => return Some((None, rest.trim_start_matches([' ', '\t', '\n', '\r']))),
        _ => return None,
    };
    Some((Some(character), rest))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::panic,
        reason = "a test fails by panicking"
    )]

    use super::{Literal, TokenPlace};

    /// Reads the literal, checks its text against syn's reading, and finds the place of `needle` in it.
    fn place_of(token: &str, needle: &str) -> (usize, usize) {
        let literal = Literal::read(token).unwrap();
        let by_syn: syn::LitStr = syn::parse_str(token).unwrap();
        assert_eq!(literal.text(), by_syn.value(), "the text of {token}");
        let byte = literal.text().find(needle).unwrap();
        let TokenPlace {
            lines_below,
            characters_before,
        } = literal.place(byte);
        (lines_below, characters_before)
    }

    #[test]
    fn a_plain_literal_maps_behind_its_quote() {
        assert_eq!(place_of(r#""SELECT x""#, "SELECT"), (0, 1));
        assert_eq!(place_of(r#""SELECT x""#, "x"), (0, 8));
    }

    #[test]
    fn a_raw_literal_maps_behind_its_hashes() {
        assert_eq!(place_of(r#"r"SELECT \x""#, "x"), (0, 10));
        assert_eq!(place_of(r###"r##"SELECT "a"# x"##"###, "x"), (0, 16));
        assert_eq!(place_of("r#\"a\nb\n  x\"#", "x"), (2, 2));
    }

    #[test]
    fn each_escape_counts_as_it_is_written() {
        for (escape, width) in [
            (r"\n", 2),
            (r"\r", 2),
            (r"\t", 2),
            (r"\0", 2),
            (r"\\", 2),
            (r#"\""#, 2),
            (r"\'", 2),
        ] {
            assert_eq!(
                place_of(&format!("\"a{escape}x\""), "x"),
                (0, 2 + width),
                "{escape}"
            );
        }
        assert_eq!(place_of(r#""a\x41x""#, "x"), (0, 6));
        assert_eq!(place_of(r#""a\u{e9}x""#, "x"), (0, 8));
        assert_eq!(place_of(r#""a\u{1_F6_00}x""#, "x"), (0, 13));
    }

    #[test]
    fn an_escape_itself_maps_to_its_backslash() {
        assert_eq!(place_of(r#""ab\u{20AC}c""#, "\u{20AC}"), (0, 3));
        // A byte inside the escaped character belongs to the same escape.
        let literal = Literal::read(r#""ab\u{20AC}c""#).unwrap();
        assert_eq!(literal.place(3), literal.place(2));
    }

    #[test]
    fn an_escaped_line_end_starts_no_line_of_the_token() {
        assert_eq!(place_of(r#""a\nb\nx""#, "x"), (0, 7));
    }

    #[test]
    fn lines_of_the_literal_are_lines_of_the_token() {
        assert_eq!(place_of("\"SELECT a,\n       b\n  FROM x\"", "x"), (2, 7));
    }

    #[test]
    fn a_continuation_skips_the_indent() {
        assert_eq!(place_of("\"SELECT a \\\n    FROM x\"", "FROM"), (1, 4));
        assert_eq!(place_of("\"SELECT a \\\n    FROM x\"", "x"), (1, 9));
        assert_eq!(place_of("\"a\\\n\n   \t x\"", "x"), (2, 5));
        assert_eq!(place_of("\"\\\nx\"", "x"), (1, 0));
    }

    #[test]
    fn columns_count_characters_not_bytes() {
        assert_eq!(place_of("\"é🦀漢x\"", "x"), (0, 4));
        assert_eq!(place_of("r#\"é🦀漢x\"#", "x"), (0, 6));
        assert_eq!(place_of("\"é\n🦀漢x\"", "x"), (1, 2));
        // A byte order mark inside a literal is a character like any other.
        assert_eq!(place_of("\"\u{feff}x\"", "x"), (0, 2));
    }

    #[test]
    fn the_end_of_the_text_is_the_closing_quote() {
        for (token, place) in [
            ("\"abc\"", (0, 4)),
            ("\"\"", (0, 1)),
            ("r#\"abc\"#", (0, 6)),
            ("\"a\\n\"", (0, 4)),
            ("\"a\nb\"", (1, 1)),
        ] {
            let literal = Literal::read(token).unwrap();
            let TokenPlace {
                lines_below,
                characters_before,
            } = literal.place(literal.text().len());
            assert_eq!((lines_below, characters_before), place, "{token}");
            assert_eq!(
                literal.place(usize::MAX),
                literal.place(literal.text().len())
            );
        }
    }

    #[test]
    fn every_byte_of_a_mixed_literal_finds_its_own_line() {
        let token = "\"-- é \\\n   {{tables.a}}\\n\\u{1F980}\n🦀 \\\"x\\\" \\x41\"";
        let literal = Literal::read(token).unwrap();
        let mut last = (0, 0);
        for (byte, _) in literal.text().char_indices() {
            let TokenPlace {
                lines_below,
                characters_before,
            } = literal.place(byte);
            assert!(
                (lines_below, characters_before) > last,
                "byte {byte} does not move forward"
            );
            last = (lines_below, characters_before);
        }
    }

    #[test]
    fn what_is_no_string_literal_is_refused() {
        for token in [
            "b\"a\"", "c\"a\"", "br\"a\"", "'a'", "1", "", "\"", "r\"", "r#\"a\"", "\"a\"x",
            "r\"a\"x", "\"a\\q\"",
        ] {
            assert_eq!(Literal::read(token), None, "{token}");
        }
    }
}
