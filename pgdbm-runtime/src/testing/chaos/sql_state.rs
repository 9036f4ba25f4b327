//! The SQLSTATEs that can be asked for, and which of them a server says before it ends the session.

use std::fmt;

/// A SQLSTATE of an error: PostgreSQL manual, appendix A, "PostgreSQL Error Codes".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SqlState([u8; 5]);

/// What a server says as it closes the connection, each of them `FATAL`. Class 08 belongs to them.
const FATAL: [&str; 7] = [
    "57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04",
];

impl SqlState {
    /// Refuses, with the reason and what to do, what no server gives as the code of an error.
    pub(super) fn parse(code: &str) -> Result<Self, String> {
        let valid = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
        let bytes: [u8; 5] = code
            .as_bytes()
            .try_into()
            .ok()
            .filter(|bytes: &[u8; 5]| bytes.iter().all(valid))
            .ok_or_else(|| {
                format!("`{code}` is no SQLSTATE: it has five characters, digits and capital letters\n  help: take one of the PostgreSQL manual's appendix A, such as `40001`")
            })?;
        // A client that gets one of these as an error gets what no server sends.
        if matches!(&bytes[..2], b"00" | b"01" | b"02") {
            return Err(format!(
                "`{code}` is the SQLSTATE of no error: class 00 means success, 01 a warning, 02 no data\n  help: take one of another class, such as `40001`"
            ));
        }
        Ok(SqlState(bytes))
    }

    pub(super) fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether the session is over with this error.
    pub(super) fn ends_session(self) -> bool {
        self.0.starts_with(b"08") || FATAL.contains(&self.as_str())
    }
}

impl fmt::Display for SqlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says by panicking what is wrong")]
mod tests {
    use super::SqlState;

    #[test]
    fn what_is_no_code_of_an_error_is_refused() {
        for code in [
            "",
            "4001",
            "400011",
            "4000a",
            "40 01",
            "４0001",
            "4000\u{e9}",
        ] {
            let refusal = SqlState::parse(code).unwrap_err();
            assert!(refusal.contains("is no SQLSTATE") && refusal.contains("help: "));
        }
        for code in ["00000", "01000", "02000"] {
            let refusal = SqlState::parse(code).unwrap_err();
            assert!(refusal.contains("of no error") && refusal.contains("help: "));
        }
    }

    #[test]
    fn some_errors_end_the_session() {
        for code in ["57P01", "57P05", "25P03", "08006", "08P01"] {
            assert!(SqlState::parse(code).unwrap().ends_session(), "{code}");
        }
        for code in ["40001", "57014", "25P02", "53300", "XX000"] {
            assert!(!SqlState::parse(code).unwrap().ends_session(), "{code}");
        }
    }
}
