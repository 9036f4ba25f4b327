//! An enum whose variants are numbers: `#[repr(i32)]`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{DataEnum, DeriveInput};

use super::attributes::{TypeAttributes, rename};
use super::labels::refuse_values;
use super::{Code, OUT, RAW, TYPE, ident, is_printable};
use crate::report::Report;

/// The integers that PostgreSQL has.
const INTEGERS: [&str; 4] = ["i16", "i32", "i64", "i8"];

/// The integer of an enum that is stored as numbers: one with a `repr`, unless something names its labels.
pub(super) fn representation(
    input: &DeriveInput,
    attributes: &TypeAttributes,
    data: &DataEnum,
) -> Option<Ident> {
    let mut ignored = Report::default();
    let mut renamed = |variant: &syn::Variant| rename(&variant.attrs, &mut ignored).is_some();
    if attributes.name.is_some()
        || attributes.rename_all.is_some()
        || data.variants.iter().any(&mut renamed)
    {
        return None;
    }
    let mut integer = None;
    for attribute in &input.attrs {
        if attribute.path().is_ident("repr") {
            // What the compiler refuses of it is the compiler's to say.
            let _ = attribute.parse_nested_meta(|item| {
                if let Some(name) = item.path.get_ident()
                    && (name.to_string().starts_with(['i', 'u']))
                {
                    integer = Some(name.clone());
                }
                Ok(())
            });
        }
    }
    integer
}

pub(super) fn implementation(
    code: &Code<'_>,
    data: &DataEnum,
    integer: &Ident,
    report: &mut Report,
) -> Option<TokenStream> {
    if !INTEGERS.contains(&integer.to_string().as_str()) {
        report.at(
            integer,
            format!(
                "PostgreSQL has no integer for `{integer}`\n\
                 help: write `#[repr(i16)]`, `#[repr(i32)]` or `#[repr(i64)]`; for an enum of the database add `#[pgdbm(name = \"…\")]`"
            ),
        );
        return None;
    }
    refuse_values(code, data, report)?;
    let private = &code.private;
    let types = quote!(#private::types);
    let name = code.name();
    let rust = name.to_string();
    let variants: Vec<_> = data.variants.iter().map(|variant| &variant.ident).collect();
    let (ty, out, raw) = (ident(TYPE), ident(OUT), ident(RAW));
    let number =
        quote!(match self { #(Self::#variants => Self::#variants as #private::#integer,)* });
    let found = quote! {
        #types::derived::variant(#raw, #rust, |#raw| {
            #(if #raw == Self::#variants as #private::#integer {
                return #private::Option::Some(Self::#variants);
            })*
            #private::Option::None
        })
    };
    let integer = quote!(#private::#integer);
    let printable = is_printable(name, &code.input.generics);
    let result = quote!(#private::Result<#types::IsNull, #types::CodecError>);
    let made = quote!(#private::Result<Self, #types::CodecError>);
    Some(quote! {
        #[automatically_derived]
        impl<__PgdbmSql> #types::Encode<__PgdbmSql> for #name
        where
            #integer: #types::Encode<__PgdbmSql>,
        {
            type Null = #types::Never;
            fn encode(&self, #ty: &#types::Type, #out: &mut #private::BytesMut) -> #result {
                <#integer as #types::Encode<__PgdbmSql>>::encode(&#number, #ty, #out)
            }
        }
        #[automatically_derived]
        impl<__PgdbmSql> #types::Decode<__PgdbmSql> for #name
        where
            #integer: #types::Decode<__PgdbmSql>,
        {
            type Null = #types::Never;
            fn decode(#ty: &#types::Type, #raw: #private::Option<&[#private::u8]>) -> #made {
                let #raw = <#integer as #types::Decode<__PgdbmSql>>::decode(#ty, #raw)?;
                #found
            }
        }
        #[automatically_derived]
        impl #types::ToSql for #name
        where
            #printable
        {
            fn to_sql(&self, #ty: &#types::Type, #out: &mut #private::BytesMut) -> #result {
                #types::derived::send(&#number, #ty, #out)
            }
            fn accepts(#ty: &#types::Type) -> #private::bool {
                #types::derived::accepts::<#integer>(#ty)
            }
            fn to_sql_checked(&self, #ty: &#types::Type, #out: &mut #private::BytesMut) -> #result {
                #types::derived::to_sql_checked(self, #ty, #out)
            }
        }
        #[automatically_derived]
        impl<'__pgdbm_raw> #types::FromSql<'__pgdbm_raw> for #name {
            fn from_sql(#ty: &#types::Type, #raw: &'__pgdbm_raw [#private::u8]) -> #made {
                let #raw = <#integer as #types::FromSql<'__pgdbm_raw>>::from_sql(#ty, #raw)?;
                #found
            }
            fn accepts(#ty: &#types::Type) -> #private::bool {
                <#integer as #types::FromSql<'__pgdbm_raw>>::accepts(#ty)
            }
        }
    })
}
