//! The type of an argument that says none: what its parameter takes, borrowed where a column of the type is owned.

use std::iter::Peekable;

use pgdbm_check::{SqlType, SqlTypeKind};
use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::{GenericArgument, Lifetime, PathArguments, Type};

use crate::rust_type::{Mapping, Unmapped};

/// The types that are given as they are: they are small, and copied.
const BY_VALUE: &[&str] = &[
    "bool",
    "i8",
    "i16",
    "i32",
    "i64",
    "u32",
    "f32",
    "f64",
    "Uuid",
    "Decimal",
    "Date",
    "Time",
    "PrimitiveDateTime",
    "OffsetDateTime",
    "NaiveDate",
    "NaiveTime",
    "NaiveDateTime",
    "DateTime",
    "Timestamp",
    "SystemTime",
    "Interval",
    "PgLsn",
    "IpAddr",
    "IpInet",
    "IpCidr",
    "MacAddress",
    "MacAddr",
    "MacAddr8",
    "Money",
    "TimeTz",
    "Point",
    "Rect",
    "Rectangle",
    "Line",
    "LineSegment",
    "Circle",
];

/// The type of an argument for a parameter of this type: `&str` for `text`, `&[i32]` for `integer[]`, `i32` for `integer`.
pub(crate) fn argument_type(ty: &SqlType, mapping: &Mapping<'_>) -> Result<TokenStream, Unmapped> {
    let owned = mapping.of(ty)?.owned.into_token_stream();
    let Ok(parsed) = syn::parse2::<Type>(owned.clone()) else {
        return Ok(quote!(&#owned));
    };
    let is_enum = matches!(ty.base().kind, SqlTypeKind::Enum);
    // Whatever the caller calls `str`.
    let text = quote!(::core::primitive::str);
    Ok(match Shape::of(&parsed) {
        Shape::Text => quote!(&#text),
        Shape::Slice(element) => {
            let element = match Shape::of(element) {
                Shape::Text => quote!(&#text),
                Shape::Slice(bytes) if is_byte(bytes) => quote!(&[#bytes]),
                _ => quote!(#element),
            };
            quote!(&[#element])
        }
        Shape::Value => owned,
        Shape::Other if is_enum => owned,
        Shape::Other => quote!(&#owned),
    })
}

/// What an owned type is, as far as it matters to how it is borrowed.
enum Shape<'t> {
    Text,
    Slice(&'t Type),
    Value,
    Other,
}

impl<'t> Shape<'t> {
    fn of(ty: &'t Type) -> Self {
        let Type::Path(path) = ty else {
            return Shape::Other;
        };
        let Some(last) = path.path.segments.last() else {
            return Shape::Other;
        };
        if last.ident == "String" {
            return Shape::Text;
        }
        if last.ident == "Vec"
            && let PathArguments::AngleBracketed(arguments) = &last.arguments
            && let Some(GenericArgument::Type(element)) = arguments.args.first()
        {
            return Shape::Slice(element);
        }
        if BY_VALUE.iter().any(|name| last.ident == name) {
            return Shape::Value;
        }
        Shape::Other
    }
}

fn is_byte(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "u8"))
}

/// Gives the references of a type that name no lifetime this one.
pub(crate) fn with_lifetime(ty: TokenStream, lifetime: &Lifetime) -> TokenStream {
    let mut named = TokenStream::new();
    let mut tokens = ty.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let next_is = |found: char, tokens: &mut Peekable<IntoIter>| matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == found);
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '&' => {
                named.extend([TokenTree::from(punct)]);
                if !next_is('\'', &mut tokens) && !next_is('&', &mut tokens) {
                    lifetime.to_tokens(&mut named);
                }
            }
            TokenTree::Punct(punct) if punct.as_char() == '\'' => match tokens.next() {
                Some(TokenTree::Ident(name)) if name == "_" => lifetime.to_tokens(&mut named),
                name => {
                    named.extend([TokenTree::from(punct)]);
                    named.extend(name);
                }
            },
            TokenTree::Group(group) => {
                let within = with_lifetime(group.stream(), lifetime);
                let mut replaced = Group::new(group.delimiter(), within);
                replaced.set_span(group.span());
                named.extend([TokenTree::from(replaced)]);
            }
            other => named.extend([other]),
        }
    }
    named
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proc_macro2::{Span, TokenStream};
    use syn::Lifetime;

    use super::with_lifetime;

    #[test]
    fn references_without_a_lifetime_get_one() {
        for (written, expected) in [
            ("&str", "&'q str"),
            ("Option<&[&str]>", "Option<&'q [&'q str]>"),
            ("&'a [Cow<'_, str>]", "&'a [Cow<'q, str>]"),
            ("&'static str", "&'static str"),
            ("(&i32, [&T; 2])", "(&'q i32, [&'q T; 2])"),
            ("i32", "i32"),
        ] {
            let tokens: TokenStream = written.parse().unwrap();
            let lifetime = Lifetime::new("'q", Span::call_site());
            let named = with_lifetime(tokens, &lifetime).to_string();
            let close = |text: &str| text.replace(' ', "");
            assert_eq!(close(&named), close(expected), "{written}");
        }
    }
}
