//! What is wrong with a text or a token whatever stands around it.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Diagnostics, excerpt};
use crate::identifier::{MAX_IDENTIFIER_BYTES, unicode_identifier_bytes, unquote_identifier};
use crate::lexer::{LiteralStyle, literal_pieces};
use crate::token::{PlaceholderForm, Token, TokenKind};

/// Checks the text as a whole.
pub(super) fn text(source: &str, longest: usize, diagnostics: &mut Diagnostics) {
    if source.len() > longest {
        diagnostics.push(|| {
            let message = format!(
                "the text has {} bytes, PostgreSQL takes {longest}",
                source.len()
            );
            Diagnostic::error(Code::StatementTooLong, message, 0, 0, "too long")
                .with_help("send the data as parameters or with COPY")
        });
    }
    for (place, _) in source
        .match_indices('\0')
        .take(crate::diagnostic::MOST_DIAGNOSTICS)
    {
        diagnostics.push(|| {
            let message = "there is a NUL character in the text, and PostgreSQL takes none";
            Diagnostic::error(Code::NulCharacter, message, place, place + 1, "NUL")
                .with_help("remove it; bytes that may be zero go into a bytea parameter")
        });
    }
}

/// Checks one token.
pub(super) fn token(source: &str, token: Token, diagnostics: &mut Diagnostics) {
    let text = token.text(source);
    let opening = |length: usize| token.start + length.min(text.len());
    match token.kind {
        TokenKind::BlockComment { terminated: false } => diagnostics.push(|| {
            let message = "the comment is not closed";
            Diagnostic::error(Code::UnterminatedComment, message, token.start, opening(2), "opened here")
                .with_help("write `*/` for every `/*`: comments nest")
        }),
        TokenKind::QuotedIdentifier { terminated: false, .. } | TokenKind::UnicodeIdentifier { terminated: false, .. } => {
            let quote = text.find('"').unwrap_or_default() + 1;
            diagnostics.push(|| {
                let message = "the quoted identifier is not closed";
                Diagnostic::error(Code::UnterminatedIdentifier, message, token.start, opening(quote), "opened here")
                    .with_help("write the closing `\"`, and double a quote that belongs to the name")
            });
        }
        TokenKind::QuotedIdentifier { empty: true, .. } | TokenKind::UnicodeIdentifier { empty: true, .. } => {
            diagnostics.push(|| {
                let message = "an identifier cannot be empty";
                Diagnostic::error(Code::EmptyIdentifier, message, token.start, token.end, "nothing between the quotes")
                    .with_help("write the name, or `''` if an empty string is meant")
            });
        }
        TokenKind::QuotedIdentifier { .. } if text.len() > MAX_IDENTIFIER_BYTES => {
            identifier_length(&unquote_identifier(text), token, diagnostics);
        }
        TokenKind::Identifier => plain_identifier(text, token, diagnostics),
        TokenKind::String { terminated: false } | TokenKind::NationalString { terminated: false } => {
            unterminated_string(text, token, LiteralStyle::Standard, diagnostics);
        }
        TokenKind::EscapeString { terminated: false, .. } => {
            unterminated_string(text, token, LiteralStyle::Escape, diagnostics);
        }
        TokenKind::UnicodeString { terminated: false } => {
            unterminated_string(text, token, LiteralStyle::Unicode, diagnostics);
        }
        TokenKind::BitString { terminated: false } | TokenKind::HexString { terminated: false } => {
            unterminated_string(text, token, LiteralStyle::Bit, diagnostics);
        }
        TokenKind::DollarString { terminated: false } => diagnostics.push(|| {
            let tag = super::naming::dollar_delimiter(text);
            let message = "the dollar-quoted literal is not closed";
            Diagnostic::error(Code::UnterminatedString, message, token.start, opening(tag.len()), "opened here")
                .with_help(format!("write `{}` at its end; for two parameters, write a space between them", excerpt(tag)))
        }),
        TokenKind::EscapeString { valid: false, .. } => diagnostics.push(|| {
            let message = "the literal holds an escape that PostgreSQL refuses";
            Diagnostic::error(Code::InvalidEscape, message, token.start, token.end, "in here")
                .with_help("write \\uXXXX or \\UXXXXXXXX with all digits, and \\x only for bytes that are UTF-8 together")
        }),
        TokenKind::MalformedNumber => diagnostics.push(|| malformed_number(text, token)),
        TokenKind::Parameter { valid: false } => diagnostics.push(|| {
            let digits = text.get(1..).unwrap_or_default();
            let digits = digits.bytes().take_while(u8::is_ascii_digit).count();
            let message = format!("letters follow the parameter `{}` directly", excerpt(text.get(..=digits).unwrap_or_default()));
            Diagnostic::error(Code::MalformedParameter, message, token.start, token.end, "read as one")
                .with_help("write a space after the number, or start a name with a letter")
        }),
        TokenKind::Operator { valid: false } => diagnostics.push(|| {
            let message = format!("the operator `{}` is longer than PostgreSQL takes", excerpt(text));
            Diagnostic::error(Code::OperatorTooLong, message, token.start, token.end, "too long")
                .with_help("write spaces between operators")
        }),
        TokenKind::Placeholder { terminated: false, form } => diagnostics.push(|| unterminated_placeholder(text, token, form)),
        TokenKind::Unknown if text != "\0" => diagnostics.push(|| unexpected_character(text, token)),
        _ => {}
    }
}

/// Checks a `U&"…"` token, which is read with its escape character.
pub(super) fn unicode_identifier(
    source: &str,
    token: Token,
    escape: char,
    diagnostics: &mut Diagnostics,
) {
    let text = token.text(source);
    let length = unicode_identifier_bytes(text, escape);
    if length > MAX_IDENTIFIER_BYTES {
        diagnostics.push(|| {
            let mut diagnostic = Diagnostic::identifier_too_long(text, token.start, token.end);
            diagnostic.message = format!(
                "the identifier `{}` has {length} bytes, PostgreSQL keeps {MAX_IDENTIFIER_BYTES}",
                excerpt(text)
            );
            diagnostic
        });
    }
}

/// A literal may go on over several lines; the piece that is not closed is the last one.
fn unterminated_string(
    text: &str,
    token: Token,
    style: LiteralStyle,
    diagnostics: &mut Diagnostics,
) {
    diagnostics.push(|| {
        let pieces: Vec<usize> = literal_pieces(text, style)
            .map(|piece| piece.start)
            .collect();
        let start = match pieces.as_slice() {
            [] | [_] => 0,
            [.., last] => last - 1,
        };
        let quote = text
            .get(start..)
            .and_then(|rest| rest.find('\''))
            .unwrap_or_default();
        let (start, end) = (token.start + start, token.start + start + quote + 1);
        let message = "the string literal is not closed";
        Diagnostic::error(Code::UnterminatedString, message, start, end, "opened here")
            .with_help("write the closing `'`, and double a quote that belongs to the text")
    });
}

fn plain_identifier(text: &str, token: Token, diagnostics: &mut Diagnostics) {
    identifier_length(text, token, diagnostics);
    if text.is_ascii() {
        return;
    }
    if let Some((place, character)) = text
        .char_indices()
        .find(|(_, character)| is_invisible(*character))
    {
        diagnostics.push(|| {
            let code = u32::from(character);
            let message = format!("the character U+{code:04X} looks like a space or like nothing, and is part of a name");
            let start = token.start + place;
            let end = start + character.len_utf8();
            Diagnostic::warning(Code::InvisibleCharacter, message, start, end, "this character")
                .with_help("write a plain space, or quote the name if it is really that")
                .with_fix(start, end, " ")
        });
    }
}

fn identifier_length(name: &str, token: Token, diagnostics: &mut Diagnostics) {
    if name.len() > MAX_IDENTIFIER_BYTES {
        diagnostics.push(|| Diagnostic::identifier_too_long(name, token.start, token.end));
    }
}

/// White space that PostgreSQL takes for letters, as it does every character outside ASCII.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200b}'
                | '\u{2028}'
                | '\u{2029}'
                | '\u{202f}'
                | '\u{205f}'
                | '\u{2060}'
                | '\u{3000}'
                | '\u{feff}'
    )
}

fn malformed_number(text: &str, token: Token) -> Diagnostic {
    let shown = excerpt(text);
    let bytes = text.as_bytes();
    let prefixed = bytes.first() == Some(&b'0')
        && matches!(bytes.get(1), Some(b'x' | b'X' | b'o' | b'O' | b'b' | b'B'));
    let help = if prefixed {
        "write hexadecimal digits after 0x, octal ones after 0o, binary ones after 0b"
    } else {
        "write a space after the number, or quote the name if it is one"
    };
    let message = format!("`{shown}` is not a number, and no name either");
    Diagnostic::error(
        Code::MalformedNumber,
        message,
        token.start,
        token.end,
        "starts like a number",
    )
    .with_help(help)
}

fn unterminated_placeholder(text: &str, token: Token, form: PlaceholderForm) -> Diagnostic {
    let closing = match form {
        PlaceholderForm::Braces => "}}",
        PlaceholderForm::Angles => ">>",
    };
    let message = format!("the placeholder `{}` is not closed", excerpt(text));
    let diagnostic = Diagnostic::error(
        Code::UnterminatedPlaceholder,
        message,
        token.start,
        token.end,
        format!("no `{closing}` after it"),
    )
    .with_help(format!("write `{closing}` behind the name"));
    if text.len() > 3 {
        let missing = if text.ends_with('}') { "}" } else { closing };
        diagnostic.with_fix(token.end, token.end, missing)
    } else {
        diagnostic
    }
}

fn unexpected_character(text: &str, token: Token) -> Diagnostic {
    let message = format!(
        "the character `{}` starts nothing that PostgreSQL knows",
        excerpt(text)
    );
    let help = match text {
        "{" | "}" => "write placeholders with two braces: {{tables.users}}",
        "$" => "write a number or a name directly behind the dollar",
        "\\" => "remove it: commands of psql do not reach the server, and escapes belong into E'…'",
        _ => "remove it",
    };
    Diagnostic::error(
        Code::UnexpectedCharacter,
        message,
        token.start,
        token.end,
        "not SQL",
    )
    .with_help(help)
}
