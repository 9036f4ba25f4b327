//! The names in Rust of what has a name in SQL: types, the values of enums, fields, modules.
//!
//! SQL's names may hold anything, and Rust's may not. The rules are in `docs/types.md`, for people.

use proc_macro2::{Ident, Span};
use syn::parse_str;

use crate::letter_case::LetterCase;
use crate::sql_source::variable;

/// The name of a type, or of a value of an enum: `order_status` is `OrderStatus`.
pub(crate) fn type_name(name: &str) -> String {
    let joined = words(name).join("_");
    let mut pascal = String::new();
    for word in joined.split('_') {
        // `1.5` and `15` are to stay apart.
        let runs_on = |text: &str| text.starts_with(|first: char| first.is_ascii_digit());
        if pascal.ends_with(|last: char| last.is_ascii_digit()) && runs_on(word) {
            pascal.push('_');
        }
        pascal.push_str(&LetterCase::Pascal.of_field(word));
    }
    identifier(pascal)
}

/// The name of a field, or of a module: the name itself where Rust has such a name, else its words in small letters.
pub(crate) fn field_name(name: &str) -> Ident {
    let spoken = |text: &str| variable(text, Span::call_site()).filter(|_| text != "self");
    spoken(name).unwrap_or_else(|| {
        let own = identifier(LetterCase::Snake.of_field(&words(name).join("_")));
        spoken(&own).unwrap_or_else(|| Ident::new("unnamed", Span::call_site()))
    })
}

/// Makes a name of Rust of letters and digits: it starts with no digit and is no keyword that cannot be a name.
fn identifier(mut name: String) -> String {
    if name.starts_with(|first: char| !starts_name(first)) {
        name.insert(0, '_');
    }
    if ["self", "Self", "super", "crate"].contains(&name.as_str()) {
        name.push('_');
    }
    name
}

/// The words of a name. What stands between words is dropped; other characters are words of their own.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut end = |word: &mut String| {
        if !word.is_empty() {
            words.push(std::mem::take(word));
        }
    };
    let characters: Vec<char> = name.chars().collect();
    for (index, &character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| characters.get(index));
        let after = characters.get(index + 1);
        let is_between = |side: Option<&char>| side.is_some_and(|side| continues_name(*side));
        if character != '_' && continues_name(character) {
            // `inProgress` has two words, and `IN` is one.
            if character.is_uppercase() && before.is_some_and(|before| before.is_lowercase()) {
                end(&mut word);
            }
            word.push(character);
            continue;
        }
        end(&mut word);
        let separates = character.is_whitespace() || "_-.,:;/\\'\"()[]{}".contains(character);
        let is_sign = character == '-' && !(is_between(before) && is_between(after));
        if !separates || is_sign {
            word = spelled(character);
            end(&mut word);
        }
    }
    end(&mut word);
    if words.is_empty() {
        words = match name {
            "" => vec!["empty".to_owned()],
            _ => name.chars().map(code_point).collect(),
        };
    }
    words
}

/// A sign as a word.
fn spelled(sign: char) -> String {
    let word = match sign {
        '+' => "plus",
        '-' => "minus",
        '*' => "star",
        '%' => "percent",
        '&' => "and",
        '#' => "sharp",
        '<' => "less",
        '>' => "greater",
        '=' => "equal",
        '!' => "not",
        '?' => "question",
        '@' => "at",
        '$' => "dollar",
        '€' => "euro",
        '|' => "bar",
        '~' => "tilde",
        '^' => "caret",
        '°' => "degree",
        _ => return code_point(sign),
    };
    word.to_owned()
}

fn code_point(character: char) -> String {
    format!("u{:x}", u32::from(character))
}

fn starts_name(character: char) -> bool {
    character == '_' || parse_str::<Ident>(&format!("{character}a")).is_ok()
}

fn continues_name(character: char) -> bool {
    match character.is_ascii() {
        true => character.is_ascii_alphanumeric() || character == '_',
        false => parse_str::<Ident>(&format!("a{character}")).is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::{field_name, type_name};

    #[test]
    fn types_and_values_are_written_in_pascal_case() {
        for (sql, rust) in [
            ("open", "Open"),
            ("order_status", "OrderStatus"),
            ("in progress", "InProgress"),
            ("in-progress", "InProgress"),
            ("IN_PROGRESS", "InProgress"),
            ("inProgress", "InProgress"),
            ("HTTP", "Http"),
            ("größe", "Größe"),
            ("日本", "日本"),
            ("self", "Self_"),
            ("type", "Type"),
        ] {
            assert_eq!(type_name(sql), rust, "{sql}");
        }
    }

    #[test]
    fn every_label_has_a_name_and_signs_count() {
        for (sql, rust) in [
            ("", "Empty"),
            ("_", "U5f"),
            ("--", "MinusMinus"),
            ("1", "_1"),
            ("2fa", "_2fa"),
            ("1.5", "_1_5"),
            ("A+", "APlus"),
            ("A-", "AMinus"),
            ("-1", "Minus1"),
            ("<=", "LessEqual"),
            ("c#", "CSharp"),
            ("50%", "_50Percent"),
            ("☃", "U2603"),
            ("x²", "XUb2"),
            ("( )", "U28U20U29"),
        ] {
            assert_eq!(type_name(sql), rust, "{sql}");
            assert!(syn::parse_str::<syn::Ident>(rust).is_ok(), "{rust}");
        }
    }

    #[test]
    fn fields_keep_their_names_where_rust_has_them() {
        for (sql, rust) in [
            ("id", "id"),
            ("userId", "userId"),
            ("type", "r#type"),
            ("self", "self_"),
            ("Self", "self_"),
            ("crate", "crate_"),
            ("Full name", "full_name"),
            ("e-mail", "e_mail"),
            ("2nd", "_2nd"),
            ("größe", "größe"),
            ("_", "u5f"),
            ("?column?", "question_column_question"),
        ] {
            assert_eq!(field_name(sql).to_string(), rust, "{sql}");
        }
    }
}
