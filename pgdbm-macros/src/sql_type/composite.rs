//! A struct for a composite type: a field for each attribute.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Fields, Ident, Index, WherePredicate, parse_quote};

use super::attributes::{TypeAttributes, rename};
use super::{Code, OUT, RAW, TYPE, Traits, ident};
use crate::from_row::{depends_on_parameter, refuse_borrowed};
use crate::letter_case::LetterCase;
use crate::report::Report;

pub(super) fn implementation(
    code: &Code<'_>,
    attributes: &TypeAttributes,
    fields: &Fields,
    report: &mut Report,
) -> Option<TokenStream> {
    let name = code.name();
    let Fields::Named(fields) = fields else {
        let message = match fields {
            Fields::Unnamed(_) => format!(
                "the attributes of a composite type have names, and the fields of `{name}` have none\n\
                 help: name them, `struct {name} {{ street: String, … }}`, or leave one field: a newtype"
            ),
            _ => format!(
                "`{name}` has no fields\nhelp: add a field for each attribute, or one: a newtype"
            ),
        };
        report.at(name, message);
        return None;
    };
    let mut names: HashMap<String, String> = HashMap::new();
    let mut parts: Vec<(&Ident, &syn::Type, String)> = Vec::new();
    for field in &fields.named {
        refuse_borrowed(&field.ty, report);
        let given = rename(&field.attrs, report);
        let Some(member) = &field.ident else { continue };
        let written = member.unraw().to_string();
        let attribute = match (&given, &attributes.rename_all) {
            (Some(given), _) => given.value(),
            (None, Some((_, case))) => case.of_field(&written),
            (None, None) => written.clone(),
        };
        if let Some(other) = names.insert(attribute.clone(), written) {
            report.at(
                member,
                format!("the attribute `{attribute}` is that of `{other}` too\nhelp: give one of them another with `#[pgdbm(rename = \"…\")]`"),
            );
        }
        parts.push((member, &field.ty, attribute));
    }
    let private = &code.private;
    let types = code.crate_path.types();
    let inner = quote!(#private::types);
    let rust = name.to_string();
    let stored = attributes.name.as_ref().map_or_else(
        || LetterCase::Snake.of_type(&rust),
        |written| written.value(),
    );
    let (ty, out, raw) = (ident(TYPE), ident(OUT), ident(RAW));
    let (_, of, _) = code.input.generics.split_for_impl();
    let all = Ident::new("__pgdbm_all", proc_macro2::Span::mixed_site());
    let sent = parts
        .iter()
        .enumerate()
        .map(|(index, (member, _, attribute))| {
            let index = Index::from(index);
            quote!((#attribute, #all.#index.of(&#raw.#member)))
        });
    let read = parts
        .iter()
        .enumerate()
        .map(|(index, (member, _, attribute))| {
            let index = Index::from(index);
            quote!(#member: #all.#index.read(#raw, #attribute)?)
        });
    let predicates: Vec<WherePredicate> = parts
        .iter()
        .filter(|(_, field, _)| depends_on_parameter(field, &code.input.generics))
        .map(|(_, field, _)| parse_quote!(#field: #types::ToSql + #types::FromSqlOwned))
        .collect();
    let traits = Traits {
        sql: quote!(#name #of),
        accepts: quote!(#inner::derived::is_named(#ty, #stored)),
        encode: quote!(#inner::derived::send_composite(self, #ty, #rust, #out)),
        decode: quote!(#inner::derived::read_composite(#raw, #ty, #rust)),
        predicates,
    };
    let mut generics = code.input.generics.clone();
    if !traits.predicates.is_empty() {
        let clause = generics.make_where_clause();
        clause.predicates.extend(traits.predicates.iter().cloned());
    }
    let (implement, of, bounds) = generics.split_for_impl();
    // At the types of the fields, so that one that cannot be sent or read is reported there.
    let each = parts.iter().map(|(_, field, _)| {
        let span = field.span();
        quote_spanned!(span=> #inner::derived::attribute::<#field>())
    });
    let traits = code.traits(&traits, true);
    Some(quote! {
        #traits
        #[automatically_derived]
        impl #implement #inner::derived::Attributes for #name #of #bounds {
            fn exchange(
                #ty: #inner::derived::Exchange<'_, '_, Self>,
            ) -> #private::Result<#private::Option<Self>, #inner::CodecError> {
                let #all = (#(#each,)*);
                match #ty {
                    #inner::derived::Exchange::Send(#raw, #out) => #out.send(&[#(#sent),*]),
                    #inner::derived::Exchange::Read(#raw) => {
                        #private::Ok(#private::Option::Some(Self { #(#read),* }))
                    }
                }
            }
        }
    })
}
