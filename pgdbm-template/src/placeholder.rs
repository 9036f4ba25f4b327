//! The grammar of placeholders.

use std::borrow::Cow;
use std::fmt;

use crate::code::Code;
use crate::diagnostic::{Diagnostic, excerpt};
use crate::identifier::{MAX_IDENTIFIER_BYTES, quote_identifier};
use crate::lexer::{end_of, is_identifier_continuation, is_identifier_start, is_newline, is_space};
use crate::nearest::nearest;
use crate::optional::MarkerKind;
use crate::token::PlaceholderForm;

/// What a placeholder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PlaceholderKind {
    /// `{{schema}}`: the schema itself.
    Schema,
    /// `{{tables.x}}`.
    Table,
    /// `{{views.x}}`.
    View,
    /// `{{types.x}}`.
    Type,
    /// `{{functions.x}}`.
    Function,
    /// `{{sequences.x}}`.
    Sequence,
    /// `{{indexes.x}}`.
    Index,
}

/// Every head with what it stands for. Parsing, suggestions and messages all read this table.
const HEADS: [(&str, PlaceholderKind); 7] = [
    ("schema", PlaceholderKind::Schema),
    ("tables", PlaceholderKind::Table),
    ("views", PlaceholderKind::View),
    ("types", PlaceholderKind::Type),
    ("functions", PlaceholderKind::Function),
    ("sequences", PlaceholderKind::Sequence),
    ("indexes", PlaceholderKind::Index),
];

impl PlaceholderKind {
    /// The word that a placeholder of this kind starts with, such as `tables`.
    #[must_use]
    pub fn head(self) -> &'static str {
        HEADS
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("", |(head, _)| head)
    }

    fn of_head(head: &str) -> Option<Self> {
        HEADS
            .iter()
            .find(|(word, _)| *word == head)
            .map(|(_, kind)| *kind)
    }
}

impl fmt::Display for PlaceholderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.head())
    }
}

/// A well-formed placeholder.
///
/// An unquoted name is folded to lower case as PostgreSQL folds it in UTF-8 databases: A to Z only, so that `ÄB` becomes
/// `Äb`. A quoted name keeps its case.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Placeholder<'a> {
    /// What it stands for.
    pub kind: PlaceholderKind,
    /// The schema it names itself, as in `{{tables.billing.invoices}}`; none for the schema that a manager is bound to.
    pub schema: Option<Cow<'a, str>>,
    /// The name of the object, unquoted and folded; empty for `{{schema}}`.
    pub name: Cow<'a, str>,
}

/// Where a brace placeholder that opens at `start` ends, and whether it is closed.
///
/// The search stops at characters that no placeholder holds outside quotes, so that a forgotten `}}` swallows neither
/// the statement nor the next placeholder. An unclosed one covers the braces and what looks like the names after them.
pub(crate) fn braces_extent(bytes: &[u8], start: usize) -> (usize, bool) {
    let mut at = start + 2;
    loop {
        match bytes.get(at) {
            Some(b'}') if bytes.get(at + 1) == Some(&b'}') => return (at + 2, true),
            None | Some(b'{' | b'}' | b';' | b'\'') => break,
            Some(b'"') => match quoted_part_end(bytes, at) {
                Some(end) => at = end,
                None => break,
            },
            Some(_) => at += 1,
        }
    }
    let is_name = |byte| is_identifier_continuation(byte) || byte == b'.';
    let end = end_of(bytes, start + 2, is_name);
    let one_brace = bytes.get(end) == Some(&b'}');
    (end + usize::from(one_brace), false)
}

/// Where an angle placeholder that opens at `start` ends. None where `<<` is an operator: when the head is none of
/// ours, when white space stands inside, or when anything but names stands before `>>`.
pub(crate) fn angles_extent(bytes: &[u8], start: usize) -> Option<usize> {
    let body = start + 2;
    if bytes.get(start..body)? != b"<<" {
        return None;
    }
    let head_end = end_of(bytes, body, |byte| byte.is_ascii_lowercase());
    let head = std::str::from_utf8(bytes.get(body..head_end)?).ok()?;
    let kind = PlaceholderKind::of_head(head)?;
    let mut at = head_end;
    // `x<<schema.a>>2` is arithmetic with a column of a table called schema.
    if (kind == PlaceholderKind::Schema) == (bytes.get(at) == Some(&b'.')) {
        return None;
    }
    loop {
        match bytes.get(at)? {
            b'>' if bytes.get(at + 1) == Some(&b'>') => return Some(at + 2),
            b'.' => at += 1,
            b'"' => {
                let end = quoted_part_end(bytes, at)?;
                if bytes.get(at..end)?.iter().any(|&byte| is_space(byte)) {
                    return None;
                }
                at = end;
            }
            // A name can only follow a dot; `<<schema_version` is an operator and a column.
            &byte if is_identifier_continuation(byte) && bytes.get(at - 1) == Some(&b'.') => {
                at = end_of(bytes, at, is_identifier_continuation);
            }
            _ => return None,
        }
    }
}

/// The end of the `"…"` at `start`, on one line.
fn quoted_part_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'"' if bytes.get(at + 1) == Some(&b'"') => at += 2,
            b'"' => return Some(at + 1),
            &byte if is_newline(byte) => return None,
            _ => at += 1,
        }
    }
}

/// Parses the whole text of a placeholder, braces or angles included.
///
/// # Errors
///
/// The diagnostic of what is wrong; its offsets count from `origin`, the place of the placeholder in the source.
pub(crate) fn parse(
    text: &str,
    form: PlaceholderForm,
    origin: usize,
) -> Result<Placeholder<'_>, Box<Diagnostic>> {
    let body = text
        .get(2..text.len().saturating_sub(2))
        .unwrap_or_default();
    let parser = Parser {
        text,
        body,
        form,
        origin,
    };
    parser.parse()
}

/// Looks for a well-formed placeholder at the very start of `text`, as inside literals; gives it and its length. What
/// is not well-formed is not a placeholder there, except for a name that is too long: that can be nothing else.
pub(crate) fn parse_prefix(
    text: &str,
    origin: usize,
) -> Option<(Result<Placeholder<'_>, Box<Diagnostic>>, usize)> {
    let (form, end) = match text.as_bytes() {
        [b'{', b'{', ..] => match braces_extent(text.as_bytes(), 0) {
            (end, true) => (PlaceholderForm::Braces, end),
            _ => return None,
        },
        [b'<', b'<', ..] => (PlaceholderForm::Angles, angles_extent(text.as_bytes(), 0)?),
        _ => return None,
    };
    match parse(text.get(..end)?, form, origin) {
        Err(diagnostic) if diagnostic.code != Code::IdentifierTooLong => None,
        parsed => Some((parsed, end)),
    }
}

struct Parser<'a> {
    text: &'a str,
    body: &'a str,
    form: PlaceholderForm,
    origin: usize,
}

/// One dotted part of a placeholder with its place in the body.
struct Part<'a> {
    raw: &'a str,
    start: usize,
}

impl<'a> Parser<'a> {
    fn parse(&self) -> Result<Placeholder<'a>, Box<Diagnostic>> {
        let parts = self.parts();
        let Some((head, names)) = parts.split_first() else {
            return Err(Box::new(self.empty()));
        };
        if head.raw.is_empty() && names.is_empty() {
            return Err(Box::new(self.empty()));
        }
        let Some(kind) = PlaceholderKind::of_head(head.raw) else {
            return Err(Box::new(self.unknown_head(head, names)));
        };
        match (kind, names) {
            (PlaceholderKind::Schema, []) => Ok(Placeholder {
                kind,
                schema: None,
                name: Cow::Borrowed(""),
            }),
            (PlaceholderKind::Schema, [name, ..]) => Err(Box::new(self.schema_with_name(name))),
            (_, []) => Err(Box::new(self.no_name(kind))),
            (_, [name]) => Ok(Placeholder {
                kind,
                schema: None,
                name: self.name(name)?,
            }),
            (_, [schema, name]) => Ok(Placeholder {
                kind,
                schema: Some(self.name(schema)?),
                name: self.name(name)?,
            }),
            (_, [_, _, surplus, ..]) => Err(Box::new(self.too_many_parts(kind, surplus))),
        }
    }

    /// Splits the body at the dots that stand outside quotes, white space around each part removed. At most five parts
    /// are kept: four are already too many.
    fn parts(&self) -> Vec<Part<'a>> {
        let bytes = self.body.as_bytes();
        let mut parts = Vec::new();
        let mut start = 0;
        let mut at = 0;
        loop {
            match bytes.get(at) {
                Some(b'"') => at = quoted_part_end(bytes, at).unwrap_or(bytes.len()),
                Some(byte) if *byte != b'.' => at += 1,
                end => {
                    let raw = self.body.get(start..at).unwrap_or_default();
                    let is_white =
                        |character: char| character.is_ascii() && is_space(character as u8);
                    let trimmed = raw.trim_start_matches(is_white);
                    parts.push(Part {
                        raw: trimmed.trim_end_matches(is_white),
                        start: start + raw.len() - trimmed.len(),
                    });
                    if end.is_none() || parts.len() == 5 {
                        return parts;
                    }
                    at += 1;
                    start = at;
                }
            }
        }
    }

    fn name(&self, part: &Part<'a>) -> Result<Cow<'a, str>, Box<Diagnostic>> {
        let name = match part.raw.as_bytes() {
            [] => return Err(Box::new(self.empty_name(part))),
            [b'"', ..] => self.quoted_name(part)?,
            [b'u' | b'U', b'&', b'"', ..] => {
                let message = "a placeholder takes no U&\"…\" names";
                let help = "write the name in plain quotes, with the characters themselves";
                return Err(Box::new(
                    self.malformed(part, message.to_owned(), "Unicode escapes")
                        .with_help(help),
                ));
            }
            [first, ..] => {
                if let Some(wrong) = part
                    .raw
                    .bytes()
                    .position(|byte| !is_identifier_continuation(byte))
                {
                    return Err(Box::new(self.wrong_character(part, wrong)));
                }
                if !is_identifier_start(*first) {
                    return Err(Box::new(self.wrong_character(part, 0)));
                }
                fold(part.raw)
            }
        };
        if name.len() > MAX_IDENTIFIER_BYTES {
            let start = self.place(part.start);
            let end = start + part.raw.len();
            return Err(Box::new(Diagnostic::identifier_too_long(&name, start, end)));
        }
        Ok(name)
    }

    fn quoted_name(&self, part: &Part<'a>) -> Result<Cow<'a, str>, Box<Diagnostic>> {
        let Some(end) = quoted_part_end(part.raw.as_bytes(), 0) else {
            let message = "a quoted name in a placeholder is not closed".to_owned();
            return Err(Box::new(self.malformed(part, message, "no closing quote")));
        };
        if end != part.raw.len() {
            return Err(Box::new(self.wrong_character(part, end)));
        }
        let inside = part.raw.get(1..end - 1).unwrap_or_default();
        if inside.is_empty() {
            return Err(Box::new(self.empty_name(part)));
        }
        if inside.contains('"') {
            Ok(Cow::Owned(inside.replace("\"\"", "\"")))
        } else {
            Ok(Cow::Borrowed(inside))
        }
    }

    fn place(&self, in_body: usize) -> usize {
        self.origin + 2 + in_body
    }

    fn write(&self, body: &str) -> String {
        match self.form {
            PlaceholderForm::Braces => format!("{{{{{body}}}}}"),
            PlaceholderForm::Angles => format!("<<{body}>>"),
        }
    }

    fn whole(&self, code: Code, message: String, label: &str) -> Diagnostic {
        Diagnostic::error(
            code,
            message,
            self.origin,
            self.origin + self.text.len(),
            label,
        )
    }

    fn malformed(&self, part: &Part<'_>, message: String, label: &str) -> Diagnostic {
        let start = self.place(part.start);
        Diagnostic::error(
            Code::MalformedPlaceholder,
            message,
            start,
            start + part.raw.len(),
            label,
        )
    }

    fn empty(&self) -> Diagnostic {
        let message = "the placeholder is empty".to_owned();
        self.whole(Code::MalformedPlaceholder, message, "nothing to stand for")
            .with_help(format!(
                "name what it stands for, such as {}",
                self.write("tables.users")
            ))
    }

    fn unknown_head(&self, head: &Part<'_>, names: &[Part<'_>]) -> Diagnostic {
        if MarkerKind::of(self.text).is_some() {
            let message = "optional parts stand in the query macros alone".to_owned();
            return self
                .whole(Code::OptionalPart, message, "not known here")
                .with_help(
                    "put the SQL into `query!`, or put it together before it is handed over",
                );
        }
        let message = format!("there is no placeholder `{}`", excerpt(self.text));
        let diagnostic = self.whole(Code::UnknownPlaceholder, message, "unknown placeholder");
        let heads = HEADS.iter().map(|(head, _)| *head);
        let is_name = head.raw.bytes().all(is_identifier_continuation) && !head.raw.is_empty();
        if let Some(near) =
            nearest(head.raw, heads).filter(|near| (*near == "schema") == names.is_empty())
        {
            let start = self.place(head.start);
            let tail = self
                .body
                .get(head.start + head.raw.len()..)
                .unwrap_or_default();
            let meant = self.write(&format!("{near}{}", tail.trim_end()));
            return diagnostic
                .with_help(format!("write `{}`", excerpt(&meant)))
                .with_fix(start, start + head.raw.len(), near);
        }
        if is_name && names.is_empty() {
            let meant = self.write(&format!("tables.{}", head.raw));
            return diagnostic
                .with_help(format!("say what it is: `{}` for a table", excerpt(&meant)))
                .with_fix(self.place(head.start), self.place(head.start), "tables.");
        }
        let known: Vec<String> = HEADS
            .iter()
            .map(|(head, kind)| match kind {
                PlaceholderKind::Schema => self.write(head),
                _ => self.write(&format!("{head}.name")),
            })
            .collect();
        diagnostic.with_help(format!("write one of {}", known.join(", ")))
    }

    fn schema_with_name(&self, name: &Part<'_>) -> Diagnostic {
        let message = "`schema` stands for the schema alone and takes no name".to_owned();
        let diagnostic = self.malformed(name, message, "not expected here");
        let meant = self.write(&format!("tables.{}", name.raw));
        diagnostic.with_help(format!(
            "write `{}` for a table, or `{}` and then the name",
            excerpt(&meant),
            self.write("schema")
        ))
    }

    fn no_name(&self, kind: PlaceholderKind) -> Diagnostic {
        let message = format!(
            "the placeholder `{}` does not say which",
            excerpt(self.text)
        );
        self.whole(Code::MalformedPlaceholder, message, "a name is missing")
            .with_help(format!(
                "write a dot and the name: `{}`",
                self.write(&format!("{kind}.name"))
            ))
    }

    fn too_many_parts(&self, kind: PlaceholderKind, surplus: &Part<'_>) -> Diagnostic {
        let message =
            "a placeholder takes a name, or a schema and a name, and nothing after them".to_owned();
        let meant = self.write(&format!("{kind}.schema.name"));
        self.malformed(surplus, message, "one part too many")
            .with_help(format!(
                "write `{meant}`, and quote a name that holds a dot"
            ))
    }

    fn empty_name(&self, part: &Part<'_>) -> Diagnostic {
        let message = format!(
            "a name in the placeholder `{}` is empty",
            excerpt(self.text)
        );
        let start = self.place(part.start);
        // An empty part has no character to point at; the one before it, a dot or brace, is next to it.
        let (start, end) = if part.raw.is_empty() {
            (start - 1, start)
        } else {
            (start, start + part.raw.len())
        };
        Diagnostic::error(Code::MalformedPlaceholder, message, start, end, "no name")
            .with_help("write the name")
    }

    fn wrong_character(&self, part: &Part<'_>, at: usize) -> Diagnostic {
        // Only ASCII characters are refused, so the place is the start of a character.
        let wrong = part
            .raw
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .unwrap_or(' ');
        let start = self.place(part.start) + at;
        let message = format!(
            "a name in a placeholder cannot hold `{}` there",
            wrong.escape_debug()
        );
        let diagnostic = Diagnostic::error(
            Code::MalformedPlaceholder,
            message,
            start,
            start + wrong.len_utf8(),
            "not part of a name",
        );
        if part.raw.contains('"') {
            diagnostic.with_help("write one name between the dots, quoted as a whole or not at all")
        } else {
            let quoted = quote_identifier(part.raw);
            let place = self.place(part.start);
            diagnostic
                .with_help(format!(
                    "quote the name if it is really that: {}",
                    excerpt(&quoted)
                ))
                .with_fix(place, place + part.raw.len(), quoted)
        }
    }
}

/// Folds an unquoted name as PostgreSQL does in UTF-8 databases: A to Z become lower case, other letters stay.
fn fold(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

impl Placeholder<'_> {
    /// The same placeholder, owning its names.
    #[must_use]
    pub fn into_owned(self) -> Placeholder<'static> {
        Placeholder {
            kind: self.kind,
            schema: self.schema.map(|schema| Cow::Owned(schema.into_owned())),
            name: Cow::Owned(self.name.into_owned()),
        }
    }
}
