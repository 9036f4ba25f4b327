//! An enum whose variants are labels: of an enum of the database, or text.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DataEnum;

use super::attributes::{TypeAttributes, rename};
use super::{Code, OUT, RAW, TYPE, Traits, ident};
use crate::letter_case::LetterCase;
use crate::report::Report;

/// PostgreSQL has no longer labels, nor longer values of the type `name` (its manual, sections 8.7.4 and 8.3).
const LONGEST: usize = 63;

/// The types whose values are text.
const TEXTS: [&str; 6] = ["text", "varchar", "bpchar", "char", "citext", "name"];

pub(super) fn implementation(
    code: &Code<'_>,
    attributes: &TypeAttributes,
    data: &DataEnum,
    report: &mut Report,
) -> Option<TokenStream> {
    let name = code.name();
    let rust = name.to_string();
    let stored = attributes.name.as_ref().map_or_else(
        || LetterCase::Snake.of_type(&rust),
        |written| written.value(),
    );
    let is_text = TEXTS.contains(&stored.to_ascii_lowercase().as_str());
    let is_name = !is_text || stored.eq_ignore_ascii_case("name");
    let longest = is_name.then_some(LONGEST);
    let labels = labels(attributes, data, longest, report);
    refuse_values(code, data, report)?;
    let private = &code.private;
    let types = quote!(#private::types);
    let variants: Vec<_> = data.variants.iter().map(|variant| &variant.ident).collect();
    let (ty, out, raw) = (ident(TYPE), ident(OUT), ident(RAW));
    let traits = Traits {
        sql: match is_text {
            true => quote!(#types::sql::text),
            false => quote!(#name),
        },
        accepts: match is_text {
            true => quote!(#types::derived::is_text(#ty)),
            false => quote!(#types::derived::is_named(#ty, #stored)),
        },
        encode: quote! {
            let _ = #ty;
            #types::derived::send_label(match self { #(Self::#variants => #labels,)* }, #out)
        },
        decode: quote! {
            #types::derived::read_label(#raw, #ty, #rust, |#raw| #private::Option::Some(match #raw {
                #(#labels => Self::#variants,)*
                _ => return #private::Option::None,
            }))
        },
        predicates: Vec::new(),
    };
    Some(code.traits(&traits, !is_text))
}

/// The labels of the variants; two variants cannot have one. Text can be of any length, the labels of an enum of the database cannot.
fn labels(
    attributes: &TypeAttributes,
    data: &DataEnum,
    longest: Option<usize>,
    report: &mut Report,
) -> Vec<String> {
    let mut seen: HashMap<String, String> = HashMap::new();
    let mut labels = Vec::new();
    for variant in &data.variants {
        let given = rename(&variant.attrs, report);
        let name = syn::ext::IdentExt::unraw(&variant.ident).to_string();
        let label = match (&given, &attributes.rename_all) {
            (Some(given), _) => given.value(),
            (None, Some((_, case))) => case.of_type(&name),
            (None, None) => name.clone(),
        };
        let place = |message: String, report: &mut Report| match &given {
            Some(given) => report.at(given, message),
            None => report.at(&variant.ident, message),
        };
        let length = label.len();
        if let Some(longest) = longest.filter(|longest| length > *longest) {
            place(
                format!(
                    "a label has at most {longest} bytes, and this has {length}\nhelp: write the label that the database has: `rename = \"…\"`"
                ),
                report,
            );
        }
        if let Some(other) = seen.insert(label.clone(), name) {
            place(
                format!(
                    "the label `{label}` is that of `{other}` too\nhelp: give one of them another with `#[pgdbm(rename = \"…\")]`"
                ),
                report,
            );
        }
        labels.push(label);
    }
    labels
}

/// Variants that hold values, and enums without variants or with parameters, are no enums of the database.
pub(super) fn refuse_values(code: &Code<'_>, data: &DataEnum, report: &mut Report) -> Option<()> {
    for variant in &data.variants {
        if !variant.fields.is_empty() {
            report.at(
                &variant.fields,
                format!(
                    "a variant stands for a label or a number, and `{}` holds values\n\
                     help: keep the values in columns of their own, or store the enum as JSON: `pgdbm::types::Json<{}>`",
                    variant.ident,
                    code.name()
                ),
            );
        }
    }
    if data.variants.is_empty() {
        report.at(
            code.name(),
            format!(
                "`{}` has no variants, so no value can be read\nhelp: add a variant for each label",
                code.name()
            ),
        );
    }
    if let Some(parameter) = code.input.generics.params.first() {
        report.at(
            parameter,
            "an enum of labels or numbers has no parameters\nhelp: remove them",
        );
    }
    report.is_clean().then_some(())
}
