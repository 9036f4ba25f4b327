//! `#[derive(Type)]`: parse, check, expand.

mod attributes;
mod composite;
mod labels;
mod newtype;
mod numbers;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Data, DeriveInput, Fields, Generics, WherePredicate};

use crate::crate_path::{CratePath, Private};
use crate::report::Report;
use attributes::TypeAttributes;

/// Expands the derive.
///
/// After a mistake the type still implements the traits, so that its uses do not fail as well.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(tokens) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut report = Report::default();
    let attributes = TypeAttributes::parse(&input.attrs, &mut report);
    let crate_path = attributes.crate_path.clone();
    let code = Code {
        private: crate_path.private(),
        crate_path,
        input: &input,
    };
    let implementation = shape(&code, &attributes, &mut report);
    match implementation {
        Some(implementation) if report.is_clean() => implementation,
        _ => {
            let stub = code.stub();
            let mistakes = report.into_compile_errors();
            quote!(#mistakes #stub)
        }
    }
}

/// What generated code is made of.
struct Code<'c> {
    private: Private,
    crate_path: CratePath,
    input: &'c DeriveInput,
}

/// Chooses what the type stands for.
fn shape(code: &Code<'_>, attributes: &TypeAttributes, report: &mut Report) -> Option<TokenStream> {
    match &code.input.data {
        Data::Struct(data) => {
            let is_single = newtype::values(&data.fields).count() == 1;
            let is_newtype = attributes.transparent.is_some()
                || matches!(&data.fields, Fields::Unnamed(_) if is_single);
            if is_newtype {
                return newtype::implementation(code, attributes, &data.fields, report);
            }
            composite::implementation(code, attributes, &data.fields, report)
        }
        Data::Enum(data) => {
            if let Some(transparent) = &attributes.transparent {
                report.at(
                    transparent,
                    "`transparent` is for a struct with one field, and this is an enum\n\
                     help: remove it; an enum of the database takes `name = \"…\"`, one with numbers `#[repr(i32)]` above it",
                );
                return None;
            }
            match numbers::representation(code.input, attributes, data) {
                Some(integer) => numbers::implementation(code, data, &integer, report),
                None => labels::implementation(code, attributes, data, report),
            }
        }
        Data::Union(data) => {
            report.at(
                data.union_token,
                "no type of PostgreSQL is a union\nhelp: derive `Type` for a struct or an enum",
            );
            None
        }
    }
}

/// The four traits of a type that is a PostgreSQL type of its own, or stands for one.
struct Traits {
    /// The marker of the PostgreSQL type; the type itself for one of its own.
    sql: TokenStream,
    accepts: TokenStream,
    encode: TokenStream,
    decode: TokenStream,
    /// What the fields need whose types depend on a parameter of the type.
    predicates: Vec<WherePredicate>,
}

/// The names of arguments in generated code, which nothing of the caller's can meet.
const TYPE: &str = "__pgdbm_type";
const OUT: &str = "__pgdbm_out";
const RAW: &str = "__pgdbm_raw";

impl Code<'_> {
    fn name(&self) -> &Ident {
        &self.input.ident
    }

    /// Writes out the traits of a type with one marker.
    fn traits(&self, traits: &Traits, is_own: bool) -> TokenStream {
        let private = &self.private;
        let types = quote!(#private::types);
        let Traits {
            sql,
            accepts,
            encode,
            decode,
            predicates,
        } = traits;
        let name = self.name();
        let mut generics = self.input.generics.clone();
        if !predicates.is_empty() {
            let clause = generics.make_where_clause();
            clause.predicates.extend(predicates.iter().cloned());
        }
        let (implement, of, bounds) = generics.split_for_impl();
        let mut printable = generics.clone();
        printable
            .make_where_clause()
            .predicates
            .push(is_printable(name, &self.input.generics));
        let (_, _, printable) = printable.split_for_impl();
        let reading = self.with_lifetime(&generics);
        let (reading, _, _) = reading.split_for_impl();
        let (ty, out, raw) = (ident(TYPE), ident(OUT), ident(RAW));
        let result = quote!(#private::Result<#types::IsNull, #types::CodecError>);
        let own = is_own.then(|| {
            quote! {
                #[automatically_derived]
                impl #implement #types::sql::SqlType for #name #of #bounds {
                    type Expected = Self;
                    type Owned = Self;
                }
                #[automatically_derived]
                impl #implement #types::own::Own for #name #of #bounds {
                    type Null = #types::Never;
                }
            }
        });
        quote! {
            #own
            #[automatically_derived]
            impl #implement #types::Encode<#sql> for #name #of #bounds {
                type Null = #types::Never;
                fn encode(&self, #ty: &#types::Type, #out: &mut #private::BytesMut) -> #result {
                    #encode
                }
            }
            #[automatically_derived]
            impl #implement #types::Decode<#sql> for #name #of #bounds {
                type Null = #types::Never;
                fn decode(
                    #ty: &#types::Type,
                    #raw: #private::Option<&[#private::u8]>,
                ) -> #private::Result<Self, #types::CodecError> {
                    #decode
                }
            }
            #[automatically_derived]
            impl #implement #types::ToSql for #name #of #printable {
                fn to_sql(&self, #ty: &#types::Type, #out: &mut #private::BytesMut) -> #result {
                    <Self as #types::Encode<#sql>>::encode(self, #ty, #out)
                }
                fn accepts(#ty: &#types::Type) -> #private::bool {
                    #accepts
                }
                fn to_sql_checked(&self, #ty: &#types::Type, #out: &mut #private::BytesMut) -> #result {
                    #types::derived::to_sql_checked(self, #ty, #out)
                }
            }
            #[automatically_derived]
            impl #reading #types::FromSql<'__pgdbm_raw> for #name #of #bounds {
                fn from_sql(
                    #ty: &#types::Type,
                    #raw: &'__pgdbm_raw [#private::u8],
                ) -> #private::Result<Self, #types::CodecError> {
                    <Self as #types::Decode<#sql>>::decode(#ty, #private::Option::Some(#raw))
                }
                fn accepts(#ty: &#types::Type) -> #private::bool {
                    #accepts
                }
            }
        }
    }

    fn with_lifetime(&self, generics: &Generics) -> Generics {
        let mut reading = generics.clone();
        let lifetime: syn::GenericParam = syn::parse_quote!('__pgdbm_raw);
        reading.params.insert(0, lifetime);
        reading
    }

    /// The traits of a type with a mistake in it, so that its uses do not fail as well.
    fn stub(&self) -> TokenStream {
        let name = self.name();
        let never = quote!(::core::unreachable!());
        let (_, of, _) = self.input.generics.split_for_impl();
        let traits = Traits {
            sql: quote!(#name #of),
            accepts: never.clone(),
            encode: never.clone(),
            decode: never,
            predicates: Vec::new(),
        };
        let traits = self.traits(&traits, true);
        // The arguments of these functions are not used.
        quote! {
            #[allow(unused_variables)]
            const _: () = { #traits };
        }
    }
}

/// `ToSql` can be printed for messages; a type that cannot has everything but `ToSql`. The binder keeps the compiler from proving it
/// at once.
fn is_printable(name: &Ident, generics: &Generics) -> WherePredicate {
    let (_, of, _) = generics.split_for_impl();
    syn::parse_quote!(for<'__pgdbm_any> #name #of: ::core::fmt::Debug)
}

fn ident(name: &str) -> Ident {
    Ident::new(name, proc_macro2::Span::mixed_site())
}
