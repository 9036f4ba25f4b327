//! The checksum of a migration's content.

use sha2::{Digest, Sha256};

use super::text::without_bom;

/// The SHA-256 of a file's content in hexadecimal digits, blind to what editors and version control change on their
/// own: a byte order mark at the start is left out, and `\r\n` and `\r` count as `\n`.
///
/// ```
/// use pgdbm_template::checksum;
///
/// assert_eq!(checksum(b"SELECT 1;\r\n"), checksum(b"SELECT 1;\n"));
/// assert_ne!(checksum(b"SELECT 1;\n"), checksum(b"SELECT 2;\n"));
/// ```
#[must_use]
pub fn checksum(content: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut hash = Sha256::new();
    let mut rest = without_bom(content);
    while let Some(place) = rest.iter().position(|&byte| byte == b'\r') {
        let (before, after) = rest.split_at(place);
        hash.update(before);
        hash.update(b"\n");
        rest = after
            .strip_prefix(b"\r\n")
            .or_else(|| after.strip_prefix(b"\r"))
            .unwrap_or_default();
    }
    hash.update(rest);
    let digest = hash.finalize();
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(DIGITS[usize::from(digit & 15)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_digests() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(checksum(b""), empty);
        assert_eq!(checksum(b"\xef\xbb\xbf"), empty);
        assert_eq!(
            checksum(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn line_endings_make_no_difference_and_their_number_does() {
        assert_eq!(checksum(b"a\r\nb\rc\n"), checksum(b"a\nb\nc\n"));
        assert_eq!(checksum(b"a\r\r\nb"), checksum(b"a\n\nb"));
        assert_ne!(checksum(b"a\n\nb"), checksum(b"a\nb"));
        assert_ne!(checksum(b"a\n"), checksum(b"a"));
        assert_ne!(checksum(b"a\xef\xbb\xbf"), checksum(b"a"));
    }
}
