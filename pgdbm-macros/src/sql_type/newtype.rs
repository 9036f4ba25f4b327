//! A struct with one field, which is sent and read as that field is: `#[pgdbm(transparent)] struct UserId(i64);`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Field, Fields, Member, Type, parse_quote};

use super::attributes::TypeAttributes;
use super::{Code, OUT, RAW, TYPE, ident, is_printable};
use crate::report::Report;

pub(super) fn implementation(
    code: &Code<'_>,
    attributes: &TypeAttributes,
    fields: &Fields,
    report: &mut Report,
) -> Option<TokenStream> {
    refuse_names(attributes, fields, report);
    let values: Vec<_> = values(fields).collect();
    let [(member, field)] = values.as_slice() else {
        report.at(
            code.name(),
            format!(
                "a transparent struct has one field, and `{}` has {}\n\
                 help: leave one field, or remove `transparent`: a struct with several named fields is a composite type",
                code.name(),
                values.len()
            ),
        );
        return None;
    };
    let markers = fields.members().zip(fields);
    let markers = markers.filter(|(_, field)| is_marker(&field.ty));
    let markers: Vec<Member> = markers.map(|(member, _)| member).collect();
    Some(traits(code, member, field, &markers))
}

/// The fields that hold something. `PhantomData` does not: `struct Id<T>(i64, PhantomData<T>)` is a newtype.
pub(super) fn values(fields: &Fields) -> impl Iterator<Item = (Member, &Field)> {
    let all = fields.members().zip(fields);
    all.filter(|(_, field)| !is_marker(&field.ty))
}

fn is_marker(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| last.ident == "PhantomData")
        }
        _ => false,
    }
}

fn refuse_names(attributes: &TypeAttributes, fields: &Fields, report: &mut Report) {
    if let Some(name) = &attributes.name {
        report.at(
            name,
            "a newtype has no name in the database: it is sent as its field is, where that is a domain too\n\
             help: remove `name`",
        );
    }
    if let Some((name, _)) = &attributes.rename_all {
        report.at(
            name,
            "a newtype has no names to write\nhelp: remove `rename_all`",
        );
    }
    for field in fields {
        super::attributes::rename(&field.attrs, report).inspect(|name| {
            report.at(
                name,
                "the field of a newtype has no name in the database\nhelp: remove `rename`",
            );
        });
    }
}

/// The traits for whatever the field has them for.
fn traits(code: &Code<'_>, member: &Member, field: &Field, markers: &[Member]) -> TokenStream {
    let private = &code.private;
    let types = quote!(#private::types);
    let (name, inner) = (code.name(), &field.ty);
    let (ty, out, raw) = (ident(TYPE), ident(OUT), ident(RAW));
    let generics = &code.input.generics;
    let (implement, of, _) = generics.split_for_impl();

    let mut of_any = generics.clone();
    of_any.params.push(parse_quote!(__PgdbmSql));
    let with = |bound: syn::WherePredicate| {
        let mut generics = of_any.clone();
        generics.make_where_clause().predicates.push(bound);
        generics
    };
    let encoding = with(parse_quote!(#inner: #types::Encode<__PgdbmSql>));
    let decoding = with(parse_quote!(#inner: #types::Decode<__PgdbmSql>));
    let (any, _, encoding) = encoding.split_for_impl();
    let (_, _, decoding) = decoding.split_for_impl();

    let mut sending = generics.clone();
    let clause = sending.make_where_clause();
    clause.predicates.extend([
        parse_quote!(for<'__pgdbm_any> #inner: #types::ToSql),
        is_printable(name, generics),
    ]);
    let (_, _, sending) = sending.split_for_impl();
    let mut reading = code.with_lifetime(generics);
    let clause = reading.make_where_clause();
    clause
        .predicates
        .push(parse_quote!(#inner: #types::FromSql<'__pgdbm_raw>));
    let (reader, _, reading) = reading.split_for_impl();

    let result = quote!(#private::Result<#types::IsNull, #types::CodecError>);
    let made = quote!(#private::Result<Self, #types::CodecError>);
    let value = |value: TokenStream| quote!(Self { #member: #value #(, #markers: ::core::marker::PhantomData)* });
    let decoded = value(quote!(<#inner as #types::Decode<__PgdbmSql>>::decode(#ty, #raw)?));
    let read = value(quote!(<#inner as #types::FromSql<'__pgdbm_raw>>::from_sql(#ty, #raw)?));
    let read_null = value(quote!(<#inner as #types::FromSql<'__pgdbm_raw>>::from_sql_null(#ty)?));
    // As the driver's trait: asked for with a lifetime, because a field of another kind would be a mistake otherwise.
    let mut standing = generics.clone();
    let clause = standing.make_where_clause();
    let own = parse_quote!(for<'__pgdbm_any> #inner: #types::own::Own);
    clause.predicates.push(own);
    let (_, _, standing) = standing.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #implement #types::own::Own for #name #of #standing {
            type Null = <#inner as #types::own::Own>::Null;
        }
        #[automatically_derived]
        impl #any #types::Encode<__PgdbmSql> for #name #of #encoding {
            type Null = <#inner as #types::Encode<__PgdbmSql>>::Null;
            fn encode(&self, #ty: &#types::Type, #out: &mut #private::BytesMut) -> #result {
                <#inner as #types::Encode<__PgdbmSql>>::encode(&self.#member, #ty, #out)
            }
        }
        #[automatically_derived]
        impl #any #types::Decode<__PgdbmSql> for #name #of #decoding {
            type Null = <#inner as #types::Decode<__PgdbmSql>>::Null;
            fn decode(#ty: &#types::Type, #raw: #private::Option<&[#private::u8]>) -> #made {
                #private::Ok(#decoded)
            }
        }
        #[automatically_derived]
        impl #implement #types::ToSql for #name #of #sending {
            fn to_sql(&self, #ty: &#types::Type, #out: &mut #private::BytesMut) -> #result {
                #types::derived::send(&self.#member, #ty, #out)
            }
            fn accepts(#ty: &#types::Type) -> #private::bool {
                #types::derived::accepts::<#inner>(#ty)
            }
            fn to_sql_checked(&self, #ty: &#types::Type, #out: &mut #private::BytesMut) -> #result {
                #types::derived::to_sql_checked(self, #ty, #out)
            }
        }
        #[automatically_derived]
        impl #reader #types::FromSql<'__pgdbm_raw> for #name #of #reading {
            fn from_sql(#ty: &#types::Type, #raw: &'__pgdbm_raw [#private::u8]) -> #made {
                #private::Ok(#read)
            }
            fn from_sql_null(#ty: &#types::Type) -> #made {
                #private::Ok(#read_null)
            }
            fn accepts(#ty: &#types::Type) -> #private::bool {
                <#inner as #types::FromSql<'__pgdbm_raw>>::accepts(#ty)
            }
        }
    }
}
