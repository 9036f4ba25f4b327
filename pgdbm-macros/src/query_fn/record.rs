//! The records that functions declare for their rows.

use pgdbm_template::Code;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::{Attribute, Visibility};

use crate::crate_path::Private;
use crate::query_fn::function::Spot;
use crate::query_fn::output::shown_short;
use crate::record::Fields;
use crate::report::Report;

/// A record as one function declares it.
pub(crate) struct Declared {
    pub(crate) name: Ident,
    pub(crate) fields: Fields,
    /// What `#[record(…)]` puts on it.
    pub(crate) attributes: Vec<TokenStream>,
    /// Of the function.
    pub(crate) visibility: Visibility,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) function: Ident,
    /// Where the function names it.
    pub(crate) spot: Spot,
}

/// One record, of the functions that have its name.
pub(crate) struct Record {
    first: Declared,
    others: Vec<Declared>,
}

impl Record {
    /// Takes a function's declaration in: functions whose rows are the same share one record.
    ///
    /// Whether that was possible; a record of the same name and other fields is a mistake.
    pub(crate) fn declare(
        records: &mut Vec<Record>,
        declared: Declared,
        report: &mut Report,
    ) -> bool {
        let written = declared.fields.written();
        let is_same = |record: &&mut Record| {
            record.first.name == declared.name && record.first.fields.written() == written
        };
        if let Some(record) = records.iter_mut().find(is_same) {
            record.others.push(declared);
            return true;
        }
        // What is compiled only sometimes may be there several times, with other fields each time.
        let always_there = |record: &&Record| {
            record.first.name == declared.name
                && record.all().any(|declared| declared.cfgs.is_empty())
        };
        if declared.cfgs.is_empty()
            && let Some(Record { first, .. }) = records.iter().find(always_there)
        {
            declared.spot.report(
                Code::InvalidFunction,
                &format!(
                    "`{}` is the record of `{}` as well, with other fields: there it has {}, and here {}",
                    first.name,
                    first.function,
                    shown_fields(&first.fields),
                    shown_fields(&declared.fields),
                ),
                "give this one another name, or select the same columns",
                report,
            );
            return false;
        }
        records.push(Record {
            first: declared,
            others: Vec::new(),
        });
        true
    }

    /// As all its functions declare it.
    fn all(&self) -> impl Iterator<Item = &Declared> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// Whether a record of this name is there.
    pub(crate) fn is_declared(records: &[Record], name: &Ident) -> bool {
        records.iter().any(|record| record.first.name == *name)
    }

    /// The struct, as an item.
    pub(crate) fn item(&self, private: &Private) -> TokenStream {
        let Declared { name, fields, .. } = &self.first;
        let functions: Vec<_> = self
            .all()
            .map(|declared| format!("`{}`", declared.function))
            .collect();
        let documentation = format!(" A row of {}.", functions.join(", "));
        let mut attributes: Vec<&TokenStream> = Vec::new();
        for attribute in self.all().flat_map(|declared| &declared.attributes) {
            let is_there = |known: &&TokenStream| known.to_string() == attribute.to_string();
            if !attributes.iter().any(is_there) {
                attributes.push(attribute);
            }
        }
        // What is written out of the traits goes together with what is derived.
        let allowed =
            (!attributes.is_empty()).then(|| quote!(#[allow(clippy::derived_hash_with_manual_eq)]));
        let cfg = self.cfg();
        let visibility = self
            .all()
            .map(|declared| &declared.visibility)
            .max_by_key(|visibility| match visibility {
                Visibility::Public(_) => 2,
                Visibility::Restricted(_) => 1,
                Visibility::Inherited => 0,
            });
        let Fields {
            shown,
            names,
            types,
            is_foreign,
            documentation: of_fields,
            ..
        } = fields;
        let foreign = types.iter().zip(is_foreign);
        let foreign = foreign
            .filter(|(_, is_foreign)| **is_foreign)
            .map(|(ty, _)| ty);
        // Two implementations of one trait would be one too many.
        let is_serialized = attributes
            .iter()
            .any(|attribute| names_serialize((*attribute).clone()));
        let declare = match is_serialized {
            true => quote!(plain_record),
            false => quote!(named_record),
        };
        quote! {
            #private::#declare! {
                [#cfg]
                [#[doc = #documentation] #allowed #(#[#attributes])*]
                [#(#foreign),*] #visibility #name #shown #(#[doc = #of_fields] #names: #types),*
            }
        }
    }

    /// The record is there when one of its functions is.
    fn cfg(&self) -> Option<TokenStream> {
        let all = std::iter::once(&self.first).chain(&self.others);
        let conditions: Option<Vec<TokenStream>> = all
            .map(|declared| {
                let each = declared.cfgs.iter().filter_map(|cfg| match &cfg.meta {
                    syn::Meta::List(list) => Some(list.tokens.clone()),
                    _ => None,
                });
                let each: Vec<_> = each.collect();
                (!each.is_empty()).then(|| quote!(all(#(#each),*)))
            })
            .collect();
        conditions.map(|conditions| quote!(#[cfg(any(#(#conditions),*))]))
    }
}

/// Whether an attribute derives `Serialize`.
fn names_serialize(attribute: TokenStream) -> bool {
    attribute.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "Serialize",
        TokenTree::Group(group) => names_serialize(group.stream()),
        _ => false,
    })
}

fn shown_fields(fields: &Fields) -> String {
    let each = fields.names.iter().zip(&fields.types);
    let each = each.map(|(name, ty)| format!("{name}: {}", shown_short(ty)));
    format!("`{}`", each.collect::<Vec<_>>().join(", "))
}
