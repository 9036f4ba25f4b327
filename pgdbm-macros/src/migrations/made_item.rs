//! The item of Rust for a type that the migrations make: an enum, a struct with the attributes, a newtype.

mod serde;

use std::collections::HashMap;

use pgdbm_check::{Home, MadeAttribute, MadeKind, SqlType, SqlTypeKind};
use pgdbm_template::Code;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote};

use crate::checked::described_type;
use crate::made_types::Made;
use crate::report::Report;
use crate::rust_name::{field_name, type_name};
use crate::rust_type::{Mapping, RustType};

/// Makes the item, and what it implements.
pub(super) struct MadeItems<'i> {
    pub(super) made: &'i Made,
    pub(super) mapping: &'i Mapping<'i>,
    /// Where mistakes are reported.
    pub(super) place: &'i Ident,
}

/// The way of an attribute, and its types.
struct Exchanged {
    way: TokenStream,
    marker: TokenStream,
    owned: TokenStream,
    /// It may lack traits that the types of this crate have.
    is_foreign: bool,
}

impl MadeItems<'_> {
    pub(super) fn items(&self, report: &mut Report) -> TokenStream {
        match &self.made.ty.kind {
            MadeKind::Enum(labels) => self.enumeration(labels, report),
            MadeKind::Composite(attributes) => self.composite(attributes, report),
            MadeKind::Table(Some(columns)) | MadeKind::View(Some(columns)) => {
                self.composite(columns, report)
            }
            MadeKind::Domain(base) => self.domain(base),
            _ => TokenStream::new(),
        }
    }

    fn enumeration(&self, labels: &[String], report: &mut Report) -> TokenStream {
        let private = self.mapping.private;
        let name = self.made.ident();
        let documentation = self.documentation();
        let mut taken: HashMap<String, &str> = HashMap::new();
        let (mut values, mut shown, mut documented) = (Vec::new(), Vec::new(), Vec::new());
        for label in labels {
            let value = type_name(label);
            if self.is_taken(&mut taken, &value, label, "labels", report) {
                continue;
            }
            // Every character of it was asked whether it may stand in a name.
            let Ok(ident) = syn::parse_str::<Ident>(&value) else {
                continue;
            };
            documented.push(doc(&[format!("The label {}.", code(label))]));
            values.push(ident);
            shown.push(label);
        }
        let (sql, schema) = (&self.made.ty.name, self.schema());
        quote! {
            #documentation
            #[derive(
                ::core::clone::Clone,
                ::core::marker::Copy,
                ::core::fmt::Debug,
                ::core::cmp::PartialEq,
                ::core::cmp::Eq,
                ::core::hash::Hash,
                ::core::cmp::PartialOrd,
                ::core::cmp::Ord,
            )]
            pub enum #name {
                #(#documented #values,)*
            }
            #private::types::made::enumeration! { #name #sql [#schema] #(#values #shown)* }
        }
    }

    fn composite(&self, attributes: &[MadeAttribute], report: &mut Report) -> TokenStream {
        let private = self.mapping.private;
        let name = self.made.ident();
        let documentation = self.documentation();
        let noun = match self.made.is_row() {
            true => "columns",
            false => "attributes",
        };
        let mut taken: HashMap<String, &str> = HashMap::new();
        let (mut fields, mut parts, mut foreign) = (Vec::new(), Vec::new(), Vec::new());
        for attribute in attributes {
            let column = attribute.name.as_str();
            let field = field_name(column);
            let Some(exchanged) = self.exchanged(attribute) else {
                continue;
            };
            let (way, marker, owned) = (exchanged.way, exchanged.marker, exchanged.owned);
            if self.is_taken(&mut taken, &field.to_string(), column, noun, report) {
                continue;
            }
            let ty = match attribute.nullable {
                true => quote!(#private::Option<#owned>),
                false => owned,
            };
            let documentation = attribute_documentation(attribute, noun);
            let described = self.described(&attribute.sql_type);
            let index = Literal::usize_unsuffixed(fields.len());
            let renamed = serde::name(&field, column);
            parts.push(quote!(#field #index #column #described #way #marker, #ty;));
            fields.push(quote!(#documentation #renamed pub #field: #ty,));
            if exchanged.is_foreign {
                foreign.push(ty);
            }
        }
        let (sql, schema) = (&self.made.ty.name, self.schema());
        let implement = match self.made.is_row() {
            true => quote!(row),
            false => quote!(composite),
        };
        let serde = serde::derive(private, &foreign, &TokenStream::new());
        quote! {
            #documentation
            #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq)]
            #serde
            pub struct #name {
                #(#fields)*
            }
            #private::types::made::#implement! { #name #sql [#schema] #(#parts)* }
        }
    }

    fn domain(&self, base: &SqlType) -> TokenStream {
        let Ok(RustType {
            sql: Some(sql),
            owned,
            is_foreign,
            ..
        }) = self.mapping.of(base)
        else {
            return TokenStream::new();
        };
        let described = self.described(base.base());
        let private = self.mapping.private;
        let name = self.made.ident();
        let documentation = self.documentation();
        // Of a type that the package wants instead, nobody knows what it has.
        let traits = match self.mapping.is_overridden(base) {
            true => TokenStream::new(),
            false => traits(base),
        };
        let foreign = is_foreign.then(|| owned.to_token_stream());
        let serde = serde::derive(private, foreign.as_slice(), &quote!(transparent,));
        quote! {
            #documentation
            #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq, #traits)]
            #serde
            pub struct #name(
                /// The value.
                pub #owned,
            );
            #private::types::made::domain! { #name #described #sql, #owned }
        }
    }

    /// How an attribute is sent and read: see `made/exchange.rs` of the runtime.
    fn exchanged(&self, attribute: &MadeAttribute) -> Option<Exchanged> {
        let overrides = self.mapping.overrides;
        let known = self.mapping.of(&attribute.sql_type).ok()?;
        let wanted = overrides.of_attribute(&self.made.ty, &attribute.name);
        let is_foreign = known.is_foreign || wanted.is_some();
        let (way, owned) = match wanted {
            Some(wanted) => (quote!(driver), quote!(#wanted)),
            None if self.mapping.is_overridden(&attribute.sql_type) => {
                (quote!(driver), known.owned.into_token_stream())
            }
            None if known.is_own => (quote!(own), known.owned.into_token_stream()),
            None => (quote!(known), known.owned.into_token_stream()),
        };
        Some(Exchanged {
            way,
            marker: known
                .sql
                .map_or_else(|| quote!(()), ToTokens::into_token_stream),
            owned,
            is_foreign,
        })
    }

    /// Whether another name of SQL has become this one of Rust already; that is reported.
    fn is_taken<'n>(
        &self,
        taken: &mut HashMap<String, &'n str>,
        rust: &str,
        sql: &'n str,
        noun: &str,
        report: &mut Report,
    ) -> bool {
        let Some(other) = taken.get(rust) else {
            taken.insert(rust.to_owned(), sql);
            return false;
        };
        let of = match &self.made.ty.declared {
            Some(file) => format!("{} of `{file}`", self.made.described()),
            None => self.made.described(),
        };
        let name = &self.made.name;
        report.at(
            self.place,
            format!(
                "the {noun} `{other}` and `{sql}` of {of} would both be `{rust}` [{}]\n\
                 help: write a `{name}` of your own in this module, or bring one in with `use`: then none is made",
                Code::AmbiguousName
            ),
        );
        true
    }

    /// The schema, as the runtime's macros read it.
    fn schema(&self) -> Option<&str> {
        match &self.made.ty.home {
            Home::Schema(schema) => Some(schema),
            _ => None,
        }
    }

    /// An attribute's type, for the comparison with the server's.
    pub(super) fn described(&self, ty: &SqlType) -> String {
        let described = described_type(Some(ty));
        // A type of the manager's schema in one of another schema: which schema that is, only the manager knows.
        let bare = described.trim_start_matches('a');
        match (self.schema(), bare.strip_prefix('o')) {
            (Some(_), Some(name)) => {
                let arrays = "a".repeat(described.len() - bare.len());
                format!("{arrays}n{name}")
            }
            _ => described,
        }
    }

    fn documentation(&self) -> TokenStream {
        let ty = &self.made.ty;
        let what = self.made.described();
        let what = match self.made.is_row() {
            true => format!("A row of {what}"),
            false => what.replacen('t', "T", 1),
        };
        let origin = match &ty.declared {
            Some(file) => format!("{what}, which {} makes.", code(file)),
            None => format!("{what}."),
        };
        let mut lines = commented(ty.comment.as_deref());
        lines.push(origin);
        doc(&lines)
    }
}

fn attribute_documentation(attribute: &MadeAttribute, noun: &str) -> TokenStream {
    let mut lines = commented(attribute.comment.as_deref());
    lines.push(format!(
        "The {} {}, of the type {}.",
        noun.trim_end_matches('s'),
        code(&attribute.name),
        code(&attribute.type_name)
    ));
    doc(&lines)
}

/// What a newtype has beside what every value has: what its value has for sure.
fn traits(base: &SqlType) -> TokenStream {
    let of_value = quote! {
        ::core::cmp::Eq, ::core::hash::Hash, ::core::cmp::PartialOrd, ::core::cmp::Ord,
    };
    let and_copy = quote!(#of_value ::core::marker::Copy,);
    match &base.kind {
        SqlTypeKind::Domain(base) => traits(base),
        SqlTypeKind::Enum => and_copy,
        SqlTypeKind::Base => match base.name.as_str() {
            "bool" | "char" | "int2" | "int4" | "int8" | "oid" | "uuid" | "date" | "time"
            | "timestamp" | "timestamptz" => and_copy,
            "text" | "varchar" | "bpchar" | "name" | "citext" | "xml" | "ltree" | "bytea" => {
                of_value
            }
            _ => TokenStream::new(),
        },
        _ => TokenStream::new(),
    }
}

/// Paragraphs of documentation.
fn doc(paragraphs: &[String]) -> TokenStream {
    let text = paragraphs.join("\n\n");
    let lines = text.lines().map(|line| match line {
        "" => String::new(),
        line => format!(" {line}"),
    });
    quote!(#(#[doc = #lines])*)
}

/// The text of COMMENT ON as it is: no Markdown, and no code that `cargo test` would run.
fn commented(comment: Option<&str>) -> Vec<String> {
    let Some(comment) = comment.filter(|comment| !comment.trim().is_empty()) else {
        return Vec::new();
    };
    let lines = comment.trim().lines().map(|line| {
        let mut escaped = String::new();
        for character in line.trim().chars() {
            if "\\`*_[]<>#~|&".contains(character) {
                escaped.push('\\');
            }
            escaped.push(character);
        }
        escaped
    });
    vec![lines.collect::<Vec<_>>().join("\n")]
}

/// A name as code.
fn code(name: &str) -> String {
    let name = name.replace(char::is_whitespace, " ");
    match name.contains('`') || name.trim().is_empty() {
        false => format!("`{name}`"),
        true => format!("`` {name} ``"),
    }
}
