//! What `#[derive(FromRow)]` has to say to checked queries: which columns a field reads, and that its type has to fit.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{DeriveInput, WherePredicate, parse_quote, parse_quote_spanned};

use super::{Origin, Reading};
use crate::crate_path::CratePath;
use crate::markers::Markers;
use crate::record::row_name;

/// The hash by which the columns of a query and the fields of a struct find each other: FNV-1a.
pub(crate) fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// A type that names the column in messages of the compiler; it stands in a module of its own, where it meets no other.
fn marker(name: &str) -> Ident {
    let plain = |c: char| {
        if c.is_alphanumeric() { c } else { '_' }
    };
    let name: String = name.chars().map(plain).collect();
    syn::parse_str(&name)
        .or_else(|_| syn::parse_str(&format!("r#{name}")))
        .unwrap_or_else(|_| format_ident!("column"))
}

/// The struct from any checked query that has the columns.
pub(super) fn implementation(
    input: &DeriveInput,
    crate_path: &CratePath,
    readings: &[Reading],
) -> TokenStream {
    let private = &crate_path.private();
    let columns = quote!(__PgdbmColumns);
    let mut markers = Markers::default();
    let mut generics = input.generics.clone();
    generics.params.push(parse_quote!(#columns));
    let mut read = Vec::new();
    let mut values = Vec::new();
    for reading in readings {
        let field = &reading.field.ty;
        let member = &reading.member;
        // Where an error is to be shown: at the field.
        let span = field.span();
        let row = row_name(span);
        let mut predicates: Vec<WherePredicate> = Vec::new();
        let value = match &reading.from {
            Origin::Named(name) => {
                let (hash, marker) = (hash(name), markers.add(marker(name)));
                read.push(quote!(#private::Reads::Column(#name)));
                let reads = quote_spanned!(span=> #private::ReadsColumn<#columns, #marker, #hash>);
                predicates.push(parse_quote_spanned!(span=> #field: #reads));
                quote_spanned!(span=> <#field as #reads>::read(#row)?)
            }
            Origin::At(position) => {
                read.push(quote!(#private::Reads::At(#position)));
                let reads = quote_spanned!(span=> #private::ReadsPosition<#columns, #position>);
                predicates.push(parse_quote_spanned!(span=> #field: #reads));
                quote_spanned!(span=> <#field as #reads>::read(#row)?)
            }
            Origin::NamedOrDefault(name) => {
                read.push(quote!(#private::Reads::Column(#name)));
                predicates.push(parse_quote_spanned!(span=> #columns: #private::Columns));
                quote_spanned!(span=> #private::column_or_default::<#columns, #field>(#row, #name)?)
            }
            Origin::Row => {
                let nested = quote_spanned!(span=> #private::FromChecked<#columns>);
                read.push(quote!(#private::Reads::Nested(<#field as #nested>::READ)));
                predicates.push(parse_quote_spanned!(span=> #field: #nested));
                quote_spanned!(span=> <#field as #nested>::from_checked(#row)?)
            }
            Origin::Default => super::value_of(reading, private),
        };
        if let Origin::NamedOrDefault(_) | Origin::Default = reading.from {
            predicates.extend(super::bound(reading, &input.generics, crate_path));
        }
        generics.make_where_clause().predicates.extend(predicates);
        values.push(quote!(#member: #value));
    }
    let name = &input.ident;
    let (_, of, _) = input.generics.split_for_impl();
    let (implement, _, bounds) = generics.split_for_impl();
    let row = match readings
        .iter()
        .all(|reading| matches!(reading.from, Origin::Default))
    {
        true => quote!(_),
        false => row_name(Span::call_site()).to_token_stream(),
    };
    quote! {
        const _: () = {
            #markers
            #[automatically_derived]
            impl #implement #private::FromChecked<#columns> for #name #of #bounds {
                const READ: &'static [#private::Reads] = &[#(#read),*];
                fn from_checked(#row: &#private::Row) -> #private::Result<Self, #private::Error> {
                    #private::Ok(Self { #(#values,)* })
                }
            }
        };
    }
}
