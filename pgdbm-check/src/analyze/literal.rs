//! Constants in quotes that cannot be read as the type they get: the server reads them at once.

mod json;
mod moment;
mod named;

use pgdbm_template::{Code, nearest};

use crate::catalog::{Catalog, Major, TypeId, TypeKind, format_type, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::Span;

/// Whether the text is a value of the type. Types whose input is too rich to be judged here pass.
pub(super) fn check(catalog: &Catalog, type_id: TypeId, text: &str, span: Span) -> Result<()> {
    if let TypeKind::Enum(labels) = &catalog.type_(type_id).kind {
        if labels.iter().any(|label| label == text) {
            return Ok(());
        }
        let failure = Failure::error(
            Code::InvalidLiteral,
            span,
            format!("`{}` has no label '{text}'", format_type(catalog, type_id)),
        );
        let of = catalog.type_(type_id);
        if let Some(gone) = catalog.gone(&of.name, Some(text))
            && gone.schema == of.schema
        {
            return Err(failure.gone_label(gone));
        }
        let failure = failure.made(&of.name, of.origin);
        return Err(match nearest(text, labels.iter().map(String::as_str)) {
            Some(near) => failure.near_constant(near),
            None => failure.help(format!(
                "its labels are {}",
                labels
                    .iter()
                    .map(|label| format!("'{label}'"))
                    .collect::<Vec<_>>()
                    .join(", ")
            )),
        });
    }
    named::check(catalog, type_id, text, span)?;
    let trimmed = text.trim_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
    let number_form = NumberForm::of(catalog);
    let integer = |text, least, most| integer(text, number_form, least, most);
    let valid = match type_id {
        oid::INT2 => integer(trimmed, i128::from(i16::MIN), i128::from(i16::MAX)),
        oid::INT4 => integer(trimmed, i128::from(i32::MIN), i128::from(i32::MAX)),
        oid::INT8 => integer(trimmed, i128::from(i64::MIN), i128::from(i64::MAX)),
        oid::BOOL => boolean(trimmed),
        oid::UUID => uuid(text),
        oid::FLOAT4 => {
            number(trimmed, NumberForm::Plain)
                && !(has_digit(trimmed) && trimmed.parse().is_ok_and(f32::is_infinite))
        }
        oid::FLOAT8 => {
            number(trimmed, NumberForm::Plain)
                && !(has_digit(trimmed) && trimmed.parse().is_ok_and(f64::is_infinite))
        }
        oid::NUMERIC => number(trimmed, number_form),
        oid::JSON | oid::JSONB => json::is_json(text),
        oid::BYTEA => bytea(text),
        oid::DATE | oid::TIMESTAMP | oid::TIMESTAMPTZ => {
            may_be_moment(trimmed) && moment::may_be_day(trimmed)
        }
        oid::TIME | oid::TIMETZ => may_be_moment(trimmed) && moment::may_be_time(trimmed),
        oid::INTERVAL => may_be_interval(trimmed) && moment::may_be_interval(trimmed),
        _ => match &catalog.type_(type_id).kind {
            TypeKind::Range { .. } => may_be_range(trimmed),
            TypeKind::Multirange { .. } => trimmed.starts_with('{') && trimmed.ends_with('}'),
            _ => match (
                catalog.type_(type_id).category,
                catalog.type_(type_id).element,
            ) {
                // Two of the catalogs' own arrays are written without braces.
                (b'A', Some(element)) if !matches!(type_id, oid::INT2VECTOR | oid::OIDVECTOR) => {
                    return array(catalog, type_id, element, trimmed, span);
                }
                _ => true,
            },
        },
    };
    if valid {
        return Ok(());
    }
    Err(malformed(catalog, type_id, text, span))
}

fn malformed(catalog: &Catalog, type_id: TypeId, text: &str, span: Span) -> Box<Failure> {
    Failure::error(
        Code::InvalidLiteral,
        span,
        format!(
            "'{}' is no `{}`",
            shortened(text),
            format_type(catalog, type_id)
        ),
    )
}

/// An array is in braces, perhaps with its bounds before them. Elements are judged where nothing is quoted or nested.
fn array(
    catalog: &Catalog,
    type_id: TypeId,
    element: TypeId,
    text: &str,
    span: Span,
) -> Result<()> {
    let inner = text
        .strip_prefix('{')
        .and_then(|inner| inner.strip_suffix('}'));
    let Some(inner) = inner else {
        if text.starts_with('[') && text.ends_with('}') {
            return Ok(());
        }
        return Err(malformed(catalog, type_id, text, span)
            .help("write an array in braces: '{…}', or as `ARRAY[…]`"));
    };
    if inner.contains(['"', '\\', '{', '}', ';']) {
        return Ok(());
    }
    for part in inner.split(',').map(str::trim) {
        if !part.is_empty() && !part.eq_ignore_ascii_case("null") {
            check(catalog, element, part, span)?;
        }
    }
    Ok(())
}

/// Hexadecimal after `\x`; otherwise a backslash stands before another one or three octal digits.
fn bytea(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix("\\x") {
        let digits = digits
            .bytes()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect::<Vec<_>>();
        return digits.len().is_multiple_of(2) && digits.iter().all(u8::is_ascii_hexdigit);
    }
    let mut rest = text.as_bytes();
    while let Some(start) = rest.iter().position(|byte| *byte == b'\\') {
        rest = match rest.get(start + 1..).unwrap_or_default() {
            [b'\\', behind @ ..] => behind,
            [b'0'..=b'3', b'0'..=b'7', b'0'..=b'7', behind @ ..] => behind,
            _ => return false,
        };
    }
    true
}

/// A day or a time has a digit or is one of the words for them. More is not judged: the spellings are many.
fn may_be_moment(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.bytes().any(|byte| byte.is_ascii_digit())
        || [
            "now",
            "today",
            "tomorrow",
            "yesterday",
            "epoch",
            "infinity",
            "allballs",
        ]
        .iter()
        .any(|word| lower.contains(word))
}

/// A span of time has a digit, or is infinite, or is written as ISO 8601 does.
fn may_be_interval(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.bytes().any(|byte| byte.is_ascii_digit())
        || lower.contains("infinity")
        || lower.starts_with('p')
}

fn may_be_range(text: &str) -> bool {
    text.eq_ignore_ascii_case("empty")
        || (text.starts_with(['[', '(']) && text.ends_with([']', ')']) && text.contains(','))
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

/// How numbers may be written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NumberForm {
    Plain,
    /// With underscores between digits and in other radixes, as PostgreSQL 16 and later read them.
    Grouped,
}

impl NumberForm {
    fn of(catalog: &Catalog) -> Self {
        if catalog.builtin.major >= Major::V16 {
            NumberForm::Grouped
        } else {
            NumberForm::Plain
        }
    }

    /// A whole number in another radix, or with underscores between its digits.
    fn reads(self, unsigned: &str) -> bool {
        if self == NumberForm::Plain {
            return false;
        }
        let (digits, radix) = match unsigned.split_at_checked(2) {
            Some(("0x" | "0X", digits)) => (digits, 16),
            Some(("0o" | "0O", digits)) => (digits, 8),
            Some(("0b" | "0B", digits)) => (digits, 2),
            _ => (unsigned, 10),
        };
        // Behind the radix an underscore may come first.
        let groups = match radix {
            10 => digits,
            _ => digits.strip_prefix('_').unwrap_or(digits),
        };
        groups
            .split('_')
            .all(|group| !group.is_empty() && group.chars().all(|digit| digit.is_digit(radix)))
    }
}

fn integer(text: &str, form: NumberForm, least: i128, most: i128) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    // Whether those fit is for the server to say.
    let is_plain = unsigned.bytes().all(|byte| byte.is_ascii_digit());
    if !is_plain && form.reads(unsigned) {
        return true;
    }
    if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    text.parse::<i128>()
        .is_ok_and(|value| (least..=most).contains(&value))
}

fn boolean(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    if lower.is_empty() {
        return false;
    }
    ["true", "false", "yes", "no"]
        .iter()
        .any(|word| word.starts_with(&lower))
        || (lower.len() >= 2 && ["on", "off"].iter().any(|word| word.starts_with(&lower)))
        || matches!(lower.as_str(), "1" | "0")
}

fn uuid(text: &str) -> bool {
    let inner = match text.strip_prefix('{') {
        Some(rest) => match rest.strip_suffix('}') {
            Some(inner) => inner,
            None => return false,
        },
        None => text,
    };
    let mut digits = 0;
    let mut previous_dash = true;
    for byte in inner.bytes() {
        match byte {
            b'-' => {
                if previous_dash || digits % 4 != 0 || digits == 32 {
                    return false;
                }
                previous_dash = true;
            }
            _ if byte.is_ascii_hexdigit() => {
                digits += 1;
                previous_dash = false;
            }
            _ => return false,
        }
    }
    digits == 32
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Any spelling of a number; rarer ones pass.
fn number(text: &str, form: NumberForm) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(
        unsigned.to_ascii_lowercase().as_str(),
        "nan" | "inf" | "infinity"
    ) {
        return true;
    }
    // Floats in hexadecimal are for the server to say, as the C library reads them.
    if unsigned.starts_with("0x") || unsigned.starts_with("0X") {
        return true;
    }
    if form.reads(unsigned) {
        return true;
    }
    if form == NumberForm::Grouped && has_digit(unsigned) && unsigned.contains('_') {
        let is_of_number = |byte: u8| {
            byte.is_ascii_hexdigit() || matches!(byte, b'_' | b'.' | b'+' | b'-' | b'o' | b'O')
        };
        return unsigned.bytes().all(is_of_number);
    }
    unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && unsigned.parse::<f64>().is_ok()
}
