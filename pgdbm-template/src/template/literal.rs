//! Placeholders inside literals.

use std::borrow::Cow;

use super::analysis::{Replacement, rendition};
use super::naming::{self, Naming};
use super::{Diagnostic, Diagnostics, PlaceholderContext, PlaceholderUse};
use crate::code::Code;
use crate::diagnostic::excerpt;
use crate::lexer::{LiteralStyle, literal_pieces};
use crate::placeholder::{self, Placeholder, PlaceholderKind};
use crate::token::Token;

/// Where placeholders found in one literal go.
pub(super) struct LiteralContext<'a, 'out> {
    pub(super) source: &'a str,
    /// The literal's token.
    pub(super) text: &'a str,
    pub(super) diagnostics: &'out mut Diagnostics,
    pub(super) replacements: &'out mut Vec<(usize, usize, Replacement<'a>)>,
    pub(super) placeholders: &'out mut Vec<PlaceholderUse<'a>>,
}

impl<'a> LiteralContext<'a, '_> {
    /// Replaces placeholders in a literal in quotes. `custom_escape` says that `UESCAPE` gives a `U&'…'` literal an
    /// escape character which the schema's name could hold.
    pub(super) fn quoted(&mut self, token: Token, style: LiteralStyle, custom_escape: bool) {
        if !may_hold_placeholder(self.text) {
            return;
        }
        for piece in literal_pieces(self.text, style) {
            let content = self.text.get(piece.clone()).unwrap_or_default();
            for found in placeholders(content) {
                let start = token.start + piece.start + found.start;
                let end = start + found.length;
                if custom_escape {
                    self.diagnostics.push(|| in_unicode_string(start, end));
                } else if let Some(placeholder) = self.cooked(start, end, style) {
                    let replacement = match rendition(&placeholder, found.naming) {
                        // `'{{schema}}'` is the name itself, as the system catalogs have it.
                        Replacement::Schema if found.length == content.len() => {
                            Replacement::BareSchema
                        }
                        rendition => escaped(rendition, style),
                    };
                    self.take(
                        start,
                        end,
                        placeholder,
                        replacement,
                        PlaceholderContext::Literal,
                    );
                }
            }
        }
    }

    /// Replaces placeholders in a dollar-quoted literal, where nothing is escaped.
    pub(super) fn dollar_quoted(&mut self, token: Token) {
        if !may_hold_placeholder(self.text) {
            return;
        }
        let body = naming::dollar_body(self.text);
        let delimiter = naming::dollar_delimiter(self.text);
        let content = self.text.get(body.clone()).unwrap_or_default();
        for found in placeholders(content) {
            let start = token.start + body.start + found.start;
            let end = start + found.length;
            let Some(placeholder) = self.cooked(start, end, LiteralStyle::Bit) else {
                continue;
            };
            let replacement = rendition(&placeholder, found.naming);
            if let Replacement::Qualified(text) | Replacement::Fixed(text) = &replacement
                && text.contains(delimiter)
            {
                self.diagnostics
                    .push(|| ends_dollar_quote(start, end, delimiter));
                continue;
            }
            self.take(
                start,
                end,
                placeholder,
                replacement,
                PlaceholderContext::DollarQuoted,
            );
        }
    }

    /// The placeholder at `start` as it reads once the literal's own escapes are undone.
    fn cooked(&mut self, start: usize, end: usize, style: LiteralStyle) -> Option<Placeholder<'a>> {
        let written = self.source.get(start..end)?;
        let parsed = match undo_escapes(written, style)? {
            Cow::Borrowed(text) => placeholder::parse_prefix(text, start)?.0,
            Cow::Owned(text) => match placeholder::parse_prefix(&text, start)?.0 {
                Ok(placeholder) => Ok(placeholder.into_owned()),
                Err(mut diagnostic) => {
                    (diagnostic.primary.start, diagnostic.primary.end) = (start, end);
                    Err(diagnostic)
                }
            },
        };
        match parsed {
            Ok(placeholder) => Some(placeholder),
            Err(diagnostic) => {
                self.diagnostics.push(|| *diagnostic);
                None
            }
        }
    }

    fn take(
        &mut self,
        start: usize,
        end: usize,
        placeholder: Placeholder<'a>,
        replacement: Replacement<'a>,
        context: PlaceholderContext,
    ) {
        self.replacements.push((start, end, replacement));
        self.placeholders.push(PlaceholderUse {
            placeholder,
            start,
            end,
            context,
        });
    }
}

fn may_hold_placeholder(text: &str) -> bool {
    text.contains("{{") || text.contains("<<")
}

struct Found {
    start: usize,
    length: usize,
    naming: Naming,
}

/// The well-formed placeholders of a literal's content.
fn placeholders(content: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let bytes = content.as_bytes();
    let mut at = 0;
    while let Some(next) = next_opening(bytes, at) {
        let rest = content.get(next..).unwrap_or_default();
        match placeholder::parse_prefix(rest, 0) {
            Some((parsed, length)) => {
                let is_index =
                    parsed.is_ok_and(|placeholder| placeholder.kind != PlaceholderKind::Schema);
                let naming = if is_index {
                    Naming::Bare
                } else {
                    Naming::Qualified
                };
                found.push(Found {
                    start: next,
                    length,
                    naming,
                });
                at = next + length;
            }
            None => at = next + 1,
        }
    }
    // Reading the content as SQL is only worth while for a placeholder that may take a bare name.
    if found.iter().any(|found| found.naming == Naming::Bare) {
        let sites = naming::bare_sites(content);
        for place in &mut found {
            if sites.binary_search(&place.start).is_err() {
                place.naming = Naming::Qualified;
            }
        }
    }
    found
}

fn next_opening(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += bytes
            .get(at..)?
            .iter()
            .position(|byte| matches!(byte, b'{' | b'<'))?;
        if bytes.get(at) == bytes.get(at + 1) {
            return Some(at);
        }
        at += 1;
    }
}

/// What `written` reads as inside a literal: doubled quotes are one, and doubled backslashes where they escape. Another
/// escape could stand for anything; what holds one is no placeholder.
fn undo_escapes(written: &str, style: LiteralStyle) -> Option<Cow<'_, str>> {
    let mut text = Cow::Borrowed(written);
    if escapes_with_backslash(style) && text.contains('\\') {
        let undone = text.replace("\\\\", "\0");
        if undone.contains('\\') {
            return None;
        }
        text = Cow::Owned(undone.replace('\0', "\\"));
    }
    if style != LiteralStyle::Bit && text.contains('\'') {
        text = Cow::Owned(text.replace("''", "'"));
    }
    Some(text)
}

/// Writes a rendition inside a literal. The schema's name holds nothing that needs an escape.
fn escaped(replacement: Replacement<'_>, style: LiteralStyle) -> Replacement<'_> {
    let escape = |text: Cow<'_, str>| {
        let mut text = text.replace('\'', "''");
        if escapes_with_backslash(style) {
            text = text.replace('\\', "\\\\");
        }
        Cow::Owned(text)
    };
    match replacement {
        Replacement::Qualified(text) => Replacement::Qualified(escape(text)),
        Replacement::Fixed(text) => Replacement::Fixed(escape(text)),
        other => other,
    }
}

fn escapes_with_backslash(style: LiteralStyle) -> bool {
    matches!(style, LiteralStyle::Escape | LiteralStyle::Unicode)
}

fn in_unicode_string(start: usize, end: usize) -> Diagnostic {
    let message =
        "a placeholder cannot stand in a U&'…' literal with an escape character of its own";
    Diagnostic::error(
        Code::PlaceholderInUnicodeString,
        message,
        start,
        end,
        "not replaced here",
    )
    .with_help("leave UESCAPE out and escape with backslashes, or write a plain literal")
}

fn ends_dollar_quote(start: usize, end: usize, delimiter: &str) -> Diagnostic {
    let shown = excerpt(delimiter);
    let message = format!("the name holds `{shown}`, which ends the literal that it stands in");
    Diagnostic::error(
        Code::PlaceholderEndsDollarQuote,
        message,
        start,
        end,
        "not replaced here",
    )
    .with_help(format!("quote the literal with another tag than `{shown}`"))
}
