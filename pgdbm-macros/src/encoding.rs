//! Files that are not UTF-8.

use std::string::FromUtf8Error;

/// Says where a file stops being UTF-8, and what to do.
pub(crate) fn not_utf8(file: &str, error: &FromUtf8Error) -> String {
    let valid = error.utf8_error().valid_up_to();
    let before = &error.as_bytes()[..valid];
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let found = error.as_bytes().get(valid).copied().unwrap_or_default();
    format!(
        "`{file}` is not UTF-8: on line {line}, byte {valid} of the file is 0x{found:02X}, which begins no character \
         [invalid-utf8]\n\
         help: save the file as UTF-8"
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::not_utf8;

    #[test]
    fn the_line_and_the_byte_are_named() {
        let error = String::from_utf8(b"SELECT 1;\n-- caf\xe9".to_vec()).unwrap_err();
        let text = not_utf8("a.sql", &error);
        assert!(
            text.starts_with("`a.sql` is not UTF-8: on line 2, byte 16 of the file is 0xE9"),
            "{text}"
        );
    }
}
