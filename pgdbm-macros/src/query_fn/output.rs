//! What a function gives back: how many rows, and what each becomes.

use pgdbm_template::Code;
use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::{GenericArgument, PathArguments, Type, TypePath};

use crate::query_fn::function::Spot;
use crate::report::Report;

/// The part behind `->`.
pub(crate) struct Output {
    pub(crate) rows: Rows,
    /// `Type as FromRow`: the type's derive says which columns its fields read.
    pub(crate) as_from_row: bool,
    pub(crate) spot: Spot,
}

/// How many rows there are, and what each becomes.
pub(crate) enum Rows {
    /// `()`, or nothing behind the parentheses: rows are not looked at.
    Ignored,
    /// `u64`: rows that the statement changes.
    Counted,
    One(RowType),
    Optional(RowType),
    All(RowType),
    Stream(RowType),
}

/// What a row becomes.
pub(crate) enum RowType {
    /// `_`: the value of the only column, as the migrations have it.
    Inferred,
    /// A name by itself: a record that is declared for it.
    Record(Ident),
    /// A type that is there: a tuple, a struct with a field for each column, or the type of the only column.
    Existing(Box<Type>),
    /// What is written says none, which was reported.
    Unknown,
}

impl Output {
    /// Of a function that says nothing.
    pub(crate) fn nothing(spot: Spot) -> Self {
        Output {
            rows: Rows::Ignored,
            as_from_row: false,
            spot,
        }
    }

    /// Reads what stands behind `->`.
    ///
    /// # Errors
    /// If it is no type.
    pub(crate) fn read(tokens: TokenStream, spot: Spot, report: &mut Report) -> syn::Result<Self> {
        let (tokens, as_from_row) = without_from_row(tokens);
        let ty: Type = syn::parse2(tokens)?;
        let mut rows = Rows::read(&ty, &spot, report);
        if as_from_row {
            rows.name_what_is_there();
        }
        Ok(Output {
            rows,
            as_from_row,
            spot,
        })
    }
}

/// Takes an `as FromRow` out of a type, in which it may stand at any depth: `Vec<crate::User as FromRow>`.
fn without_from_row(tokens: TokenStream) -> (TokenStream, bool) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_word =
        |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(ident) if ident == word);
    let is_path = |token: &TokenTree| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    };
    let begins = |(at, token): (usize, &TokenTree)| {
        let behind = tokens.get(at + 1..).unwrap_or_default();
        let length = behind.iter().take_while(|token| is_path(token)).count();
        let last = behind.get(..length)?.last()?;
        (is_word(token, "as") && is_word(last, "FromRow")).then_some(at..at + 1 + length)
    };
    let found = tokens.iter().enumerate().find_map(begins);
    match found {
        Some(range) => {
            let rest = tokens
                .iter()
                .enumerate()
                .filter(|(at, _)| !range.contains(at));
            (rest.map(|(_, token)| token.clone()).collect(), true)
        }
        None => (tokens.into_iter().collect(), false),
    }
}

impl Rows {
    fn read(ty: &Type, spot: &Spot, report: &mut Report) -> Self {
        match ty {
            Type::Group(group) => return Self::read(&group.elem, spot, report),
            Type::Paren(paren) => return Self::read(&paren.elem, spot, report),
            Type::Tuple(tuple) if tuple.elems.is_empty() => return Rows::Ignored,
            Type::Path(path) if is_word(path, "u64") => return Rows::Counted,
            _ => {}
        }
        match around(ty) {
            Some(("Option", row)) => Rows::Optional(RowType::read(row, spot, report)),
            Some(("Vec", row)) => Rows::All(RowType::read(row, spot, report)),
            Some(("Stream", row)) => Rows::Stream(RowType::read(row, spot, report)),
            _ => Rows::One(RowType::read(ty, spot, report)),
        }
    }

    /// The form with another type for a row, as it is written.
    pub(crate) fn shown_around(&self, row: &str) -> String {
        match self {
            Rows::Ignored => "()".to_owned(),
            Rows::Counted => "u64".to_owned(),
            Rows::One(_) => row.to_owned(),
            Rows::Optional(_) => format!("Option<{row}>"),
            Rows::All(_) => format!("Vec<{row}>"),
            Rows::Stream(_) => format!("Stream<{row}>"),
        }
    }

    /// A name by itself is that of a struct, and not of a record.
    fn name_what_is_there(&mut self) {
        if let Rows::One(row) | Rows::Optional(row) | Rows::All(row) | Rows::Stream(row) = self
            && let RowType::Record(name) = row
        {
            *row = RowType::Existing(Box::new(syn::parse_quote!(#name)));
        }
    }

    /// What a row becomes, if rows are looked at.
    pub(crate) fn row(&self) -> Option<&RowType> {
        match self {
            Rows::Ignored | Rows::Counted => None,
            Rows::One(row) | Rows::Optional(row) | Rows::All(row) | Rows::Stream(row) => Some(row),
        }
    }
}

impl RowType {
    fn read(ty: &Type, spot: &Spot, report: &mut Report) -> Self {
        match ty {
            Type::Group(group) => Self::read(&group.elem, spot, report),
            Type::Paren(paren) => Self::read(&paren.elem, spot, report),
            Type::Infer(_) => RowType::Inferred,
            Type::Tuple(_) => RowType::Existing(Box::new(ty.clone())),
            Type::Path(path) if path.qself.is_none() => {
                if is_called(path, "Result") {
                    let row = match first_argument(path) {
                        Some(row) => shown(row),
                        None => "Name".to_owned(),
                    };
                    refuse(
                        "the function gives a `Result` by itself",
                        &format!("leave it out: `-> {row}`"),
                        spot,
                        report,
                    );
                    return RowType::Unknown;
                }
                match path.path.get_ident() {
                    Some(name) if !is_value(&name.to_string()) => RowType::Record(name.clone()),
                    _ => RowType::Existing(Box::new(ty.clone())),
                }
            }
            Type::ImplTrait(_) => {
                refuse(
                    "`impl …` does not say what a row becomes",
                    "write `-> Stream<Name>` for rows that are read as they arrive, or `-> Vec<Name>` for all of them",
                    spot,
                    report,
                );
                RowType::Unknown
            }
            _ => {
                refuse(
                    "a row becomes a record, a struct, a tuple or a value, and this is none of them",
                    "write the name of a record to be declared, `-> Option<FoundUser>`; the path of a struct, \
                     `-> Vec<crate::User>`; or `_` for the value of the only column",
                    spot,
                    report,
                );
                RowType::Unknown
            }
        }
    }
}

fn refuse(message: &str, help: &str, spot: &Spot, report: &mut Report) {
    spot.report(Code::InvalidFunction, message, help, report);
}

/// The types that no record can be called by: those of the language, and the text of the standard library.
pub(crate) fn is_value(name: &str) -> bool {
    matches!(
        name,
        "bool"
            | "char"
            | "str"
            | "String"
            | "i8"
            | "i16"
            | "i32"
            | "i64"
            | "i128"
            | "isize"
            | "u8"
            | "u16"
            | "u32"
            | "u64"
            | "u128"
            | "usize"
            | "f32"
            | "f64"
            | "Self"
    )
}

/// `Option<…>`, `Vec<…>` and `Stream<…>`, by themselves or behind the path of a crate: the last name, and what is within.
fn around(ty: &Type) -> Option<(&'static str, &Type)> {
    let Type::Path(path) = ty else {
        return None;
    };
    let name = ["Option", "Vec", "Stream"]
        .into_iter()
        .find(|name| is_called(path, name))?;
    Some((name, first_argument(path)?))
}

/// Whether this is the path of the standard library's (or of `futures`') type of this name.
pub(crate) fn is_called(path: &TypePath, name: &str) -> bool {
    let segments = &path.path.segments;
    let known_home = || {
        segments.first().is_some_and(|first| {
            [
                "std",
                "core",
                "alloc",
                "futures_core",
                "futures_util",
                "futures",
            ]
            .iter()
            .any(|home| first.ident == home)
        })
    };
    segments.last().is_some_and(|last| last.ident == name) && (segments.len() == 1 || known_home())
}

fn is_word(path: &TypePath, word: &str) -> bool {
    path.qself.is_none() && path.path.is_ident(word)
}

/// The first type between the angle brackets of a path.
pub(crate) fn first_argument(path: &TypePath) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// A type as a user writes it.
pub(crate) fn shown(ty: impl quote::ToTokens) -> String {
    // The compiler breaks long types into lines.
    let text = ty.to_token_stream().to_string();
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (spaced, written) in [
        (" :: ", "::"),
        (" < ", "<"),
        (" >", ">"),
        (" ,", ","),
        ("& ", "&"),
        ("( ", "("),
        (" )", ")"),
        ("< ", "<"),
        (" <", "<"),
        (":: ", "::"),
        (" ::", "::"),
    ] {
        text = text.replace(spaced, written);
    }
    text
}

/// A type without the paths in it, whose last names say enough.
pub(crate) fn shown_short(ty: impl quote::ToTokens) -> String {
    let ty = shown(ty);
    let mut short = String::new();
    let mut word = String::new();
    let mut characters = ty.chars().peekable();
    while let Some(c) = characters.next() {
        if c == ':' && characters.peek() == Some(&':') {
            characters.next();
            word.clear();
        } else if c.is_alphanumeric() || c == '_' {
            word.push(c);
        } else {
            short.push_str(&std::mem::take(&mut word));
            short.push(c);
        }
    }
    short + &word
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;

    use super::{shown, shown_short, without_from_row};

    #[test]
    fn the_derive_is_named_at_any_depth() {
        for (written, rest) in [
            ("User as FromRow", "User"),
            (
                "Option<crate::User as pgdbm::FromRow>",
                "Option<crate::User>",
            ),
            ("Vec<Page<i32> as ::pgdbm::FromRow>", "Vec<Page<i32>>"),
        ] {
            let (tokens, found) = without_from_row(written.parse().unwrap_or_default());
            assert!(found && shown(tokens) == rest, "{written}");
        }
        for written in ["User", "Vec<<A as B>::C>", "User as Row"] {
            let (tokens, found) = without_from_row(written.parse().unwrap_or_default());
            assert!(!found && shown(tokens) == written, "{written}");
        }
    }

    #[test]
    fn types_are_shown_as_they_are_written() {
        for (ty, short) in [
            ("Option<crate::User>", "Option<User>"),
            ("Result<Option<User>, Error>", "Result<Option<User>, Error>"),
            ("(i64, Option<String>)", "(i64, Option<String>)"),
            ("&'static str", "&'static str"),
            ("::pgdbm::__private::Vec<::core::primitive::u8>", "Vec<u8>"),
        ] {
            let tokens: TokenStream = ty.parse().unwrap_or_default();
            assert_eq!(shown(&tokens), ty);
            assert_eq!(shown_short(&tokens), short);
        }
    }
}
