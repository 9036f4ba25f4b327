//! The messages of the protocol that the proxy writes and reads itself.
//!
//! PostgreSQL manual, chapter "Frontend/Backend Protocol", sections "Message Formats" and "Error and Notice Message
//! Fields".

use super::sql_state::SqlState;

/// The types of the messages that clients send.
pub(super) mod frontend {
    pub(in super::super) const BIND: u8 = b'B';
    pub(in super::super) const CLOSE: u8 = b'C';
    pub(in super::super) const COPY_DONE: u8 = b'c';
    pub(in super::super) const COPY_FAIL: u8 = b'f';
    pub(in super::super) const DESCRIBE: u8 = b'D';
    pub(in super::super) const EXECUTE: u8 = b'E';
    pub(in super::super) const FLUSH: u8 = b'H';
    pub(in super::super) const FUNCTION_CALL: u8 = b'F';
    pub(in super::super) const PARSE: u8 = b'P';
    pub(in super::super) const QUERY: u8 = b'Q';
    pub(in super::super) const SYNC: u8 = b'S';
    pub(in super::super) const TERMINATE: u8 = b'X';
}

/// The types of the messages that servers send.
pub(super) mod backend {
    pub(in super::super) const BIND_COMPLETE: u8 = b'2';
    pub(in super::super) const CLOSE_COMPLETE: u8 = b'3';
    pub(in super::super) const COMMAND_COMPLETE: u8 = b'C';
    pub(in super::super) const COPY_BOTH_RESPONSE: u8 = b'W';
    pub(in super::super) const COPY_IN_RESPONSE: u8 = b'G';
    pub(in super::super) const EMPTY_QUERY_RESPONSE: u8 = b'I';
    pub(in super::super) const ERROR_RESPONSE: u8 = b'E';
    pub(in super::super) const NO_DATA: u8 = b'n';
    pub(in super::super) const PARSE_COMPLETE: u8 = b'1';
    pub(in super::super) const PORTAL_SUSPENDED: u8 = b's';
    pub(in super::super) const READY_FOR_QUERY: u8 = b'Z';
    pub(in super::super) const ROW_DESCRIPTION: u8 = b'T';
}

/// The codes that stand in place of a version in a client's first packet.
pub(super) const CANCEL_REQUEST: u32 = 80_877_102;
pub(super) const SSL_REQUEST: u32 = 80_877_103;
pub(super) const GSSENC_REQUEST: u32 = 80_877_104;

/// What the proxy asks of a server that should encrypt: the packet's length and [`SSL_REQUEST`].
pub(super) const SSL_REQUEST_PACKET: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// The longest first packet that PostgreSQL takes.
pub(super) const LONGEST_STARTUP_PACKET: usize = 10_000;

/// A message without a body.
pub(super) const fn bare(tag: u8) -> [u8; 5] {
    [tag, 0, 0, 0, 4]
}

/// A simple query.
pub(super) fn query(sql: &str) -> Vec<u8> {
    let mut body = sql.as_bytes().to_vec();
    body.push(0);
    message(frontend::QUERY, &body)
}

/// A query that fails with this code, wherever it is run: in a transaction block it aborts the transaction.
pub(super) fn raise(code: SqlState) -> Vec<u8> {
    query(&format!(
        "DO LANGUAGE plpgsql $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}', MESSAGE = '{}'; END $$",
        failure_text(code)
    ))
}

/// The message of an error that was asked for.
pub(super) fn failure_text(code: SqlState) -> String {
    format!("the chaos proxy was asked to fail with {code}")
}

/// An error that the proxy makes up. The severity is `ERROR` or `FATAL`.
pub(super) fn error_response(
    severity: &str,
    code: &str,
    message_text: &str,
    detail: Option<&str>,
) -> Vec<u8> {
    let mut body = Vec::new();
    let fields = [
        // For people, in their language, and the same for programs.
        (b'S', Some(severity)),
        (b'V', Some(severity)),
        (b'C', Some(code)),
        (b'M', Some(message_text)),
        (b'D', detail),
    ];
    for (field, value) in fields {
        let Some(value) = value else { continue };
        body.push(field);
        body.extend(value.bytes().filter(|&byte| byte != 0));
        body.push(0);
    }
    body.push(0);
    message(backend::ERROR_RESPONSE, &body)
}

/// A field of an error's body.
pub(super) fn error_field(mut body: &[u8], wanted: u8) -> Option<&[u8]> {
    loop {
        let (&field, rest) = body.split_first()?;
        let (value, rest) = c_string(rest)?;
        if field == wanted {
            return Some(value);
        }
        body = rest;
    }
}

/// The string up to the first zero byte, and what follows that; nothing when there is none.
pub(super) fn c_string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|&byte| byte == 0)?;
    Some((bytes.get(..end)?, bytes.get(end + 1..)?))
}

fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
    let mut message = vec![tag];
    message.extend(length.to_be_bytes());
    message.extend(body);
    message
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says by panicking what is wrong")]
mod tests {
    use super::{SSL_REQUEST, SSL_REQUEST_PACKET, error_field, error_response, query};

    #[test]
    fn messages_are_as_the_manual_has_them() {
        assert_eq!(query("ab"), b"Q\0\0\0\x07ab\0");
        assert_eq!(SSL_REQUEST_PACKET[4..], SSL_REQUEST.to_be_bytes());
    }

    #[test]
    fn an_error_gives_back_what_was_put_in() {
        let error = error_response("FATAL", "57P01", "it is\0 over", Some("because"));
        let (head, body) = error.split_at(5);
        assert_eq!(head[0], b'E');
        assert_eq!(
            head[1..],
            u32::try_from(body.len() + 4).unwrap().to_be_bytes()
        );
        assert_eq!(error_field(body, b'V').unwrap(), b"FATAL");
        assert_eq!(error_field(body, b'C').unwrap(), b"57P01");
        assert_eq!(error_field(body, b'M').unwrap(), b"it is over");
        assert_eq!(error_field(body, b'D').unwrap(), b"because");
        assert!(error_field(body, b'H').is_none());
        assert!(error_field(b"Cabc", b'C').is_none(), "cut off");
    }
}
