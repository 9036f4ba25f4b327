//! Operators.

use crate::placeholder;
use crate::token::TokenKind;

/// The longest operator that PostgreSQL takes, in bytes: NAMEDATALEN - 1.
const LONGEST: usize = 63;

/// What is known about the run of operator characters that the lexer stands in.
///
/// One run may give many tokens (`+-+-+-` gives six), and each needs to know where the run ends. Remembering it keeps
/// the lexer linear on hostile input.
#[derive(Clone, Debug, Default)]
pub(super) struct OperatorRun {
    /// Where the run ends: at a character of another kind, at a comment, or at an angle placeholder.
    end: usize,
    /// After the last character that marks an operator as PostgreSQL's own, not standard SQL's; 0 where there is none.
    after_special: usize,
    /// After the last character that is neither `+` nor `-`; 0 where there is none.
    after_other_than_sign: usize,
}

impl OperatorRun {
    /// scan.l: operator. An operator ends before `/*` and `--`; unless it holds a character that standard SQL's
    /// operators do not, it does not end in `+` or `-`, so that `1=-1` reads as `=` and `-`.
    pub(super) fn scan(&mut self, bytes: &[u8], start: usize) -> (TokenKind, usize) {
        if start >= self.end {
            self.measure(bytes, start);
        }
        let mut end = self.end.max(start + 1);
        let signed = matches!(bytes.get(end - 1), Some(b'+' | b'-'));
        if end - start > 1 && signed && self.after_special <= start {
            end = self.after_other_than_sign.max(start + 1);
        }
        let kind = if bytes.get(start..end) == Some(b"=>") {
            TokenKind::EqualsGreater
        } else {
            TokenKind::Operator {
                valid: end - start <= LONGEST,
            }
        };
        (kind, end)
    }

    fn measure(&mut self, bytes: &[u8], start: usize) {
        *self = Self::default();
        let mut at = start;
        while let Some(&byte) = bytes.get(at)
            && is_operator_byte(byte)
        {
            let next = bytes.get(at + 1);
            if at > start && matches!((byte, next), (b'/', Some(b'*')) | (b'-', Some(b'-'))) {
                break;
            }
            // A placeholder's head is made of letters, so only the last two characters of a run can open one.
            if at > start
                && byte == b'<'
                && next == Some(&b'<')
                && placeholder::angles_extent(bytes, at).is_some()
            {
                break;
            }
            at += 1;
            if is_special(byte) {
                self.after_special = at;
            }
            if !matches!(byte, b'+' | b'-') {
                self.after_other_than_sign = at;
            }
        }
        self.end = at;
    }
}

/// scan.l: op_chars.
pub(super) fn is_operator_byte(byte: u8) -> bool {
    is_special(byte) || matches!(byte, b'+' | b'-' | b'*' | b'/' | b'<' | b'>' | b'=')
}

fn is_special(byte: u8) -> bool {
    matches!(
        byte,
        b'~' | b'!' | b'@' | b'#' | b'^' | b'&' | b'|' | b'`' | b'?' | b'%'
    )
}
