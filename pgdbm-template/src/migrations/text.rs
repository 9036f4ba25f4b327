//! From the bytes of a file to its text.

use std::fmt;

use crate::code::Code;
use crate::diagnostic::Diagnostic;

/// The text of a migration file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationText<'a> {
    /// The text, without a byte order mark.
    pub sql: &'a str,
    /// Whether the file starts with a byte order mark; offsets in `sql` are then 3 less than in the file.
    pub has_bom: bool,
}

impl<'a> MigrationText<'a> {
    /// Reads bytes as UTF-8.
    ///
    /// # Errors
    ///
    /// Says at which byte and in which line the text stops being UTF-8.
    pub fn decode(content: &'a [u8]) -> Result<Self, InvalidUtf8> {
        let text = without_bom(content);
        match std::str::from_utf8(text) {
            Ok(sql) => Ok(Self {
                sql,
                has_bom: text.len() < content.len(),
            }),
            Err(error) => {
                let offset = content.len() - text.len() + error.valid_up_to();
                let before = content.get(..offset).unwrap_or_default();
                let breaks = before.iter().filter(|&&byte| byte == b'\n').count();
                Err(InvalidUtf8 {
                    offset,
                    line: breaks + 1,
                    utf16: content.starts_with(&[0xff, 0xfe]) || content.starts_with(&[0xfe, 0xff]),
                })
            }
        }
    }
}

/// Where a file stops being UTF-8 text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidUtf8 {
    /// The offset in the file of the first byte that is wrong.
    pub offset: usize,
    /// Its line, counted from 1.
    pub line: usize,
    /// Whether the file starts as UTF-16 does.
    pub utf16: bool,
}

impl InvalidUtf8 {
    /// The same as a diagnostic.
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic {
        let help = if self.utf16 {
            "save the file as UTF-8: it is UTF-16 now"
        } else {
            "save the file as UTF-8"
        };
        Diagnostic::error(
            Code::InvalidUtf8,
            self.to_string(),
            self.offset,
            self.offset + 1,
            "not UTF-8",
        )
        .with_help(help)
    }
}

impl fmt::Display for InvalidUtf8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the file is not UTF-8 text from byte {}, in line {}, on",
            self.offset, self.line
        )
    }
}

impl std::error::Error for InvalidUtf8 {}

pub(super) fn without_bom(content: &[u8]) -> &[u8] {
    content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        assert_eq!(
            MigrationText::decode(b"\xef\xbb\xbfSELECT 1"),
            Ok(MigrationText {
                sql: "SELECT 1",
                has_bom: true
            })
        );
        assert_eq!(MigrationText::decode(b"").map(|text| text.sql), Ok(""));
    }

    #[test]
    fn invalid_bytes_have_a_place() {
        let wrong = |content: &[u8]| {
            MigrationText::decode(content)
                .map_err(|error| (error.offset, error.line, error.utf16))
                .err()
        };
        assert_eq!(wrong(b"a\nb\xe9"), Some((3, 2, false)));
        assert_eq!(wrong(b"\xef\xbb\xbfab\xff"), Some((5, 1, false)));
        assert_eq!(wrong(b"\xff\xfeS\0E\0"), Some((0, 1, true)));
    }
}
