//! `#[derive(FromRow)]`: parse, check, expand.

pub(crate) mod attributes;
pub(crate) mod checked;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{
    Data, DeriveInput, Field, Fields, GenericParam, Generics, Member, Type, TypeReference,
    WherePredicate, parse_quote,
};

use crate::crate_path::{CratePath, Private};
use crate::record::row_name;
use crate::report::Report;
use attributes::{FieldAttributes, StructAttributes};

/// Expands the derive.
///
/// After a mistake the type still implements the trait, so that its uses do not fail as well.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(tokens) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut report = Report::default();
    let attributes = StructAttributes::parse(&input.attrs, &mut report);
    let private = attributes.crate_path.private();
    let readings = readings(&input, &attributes, &mut report);
    if report.is_clean() {
        let crate_path = &attributes.crate_path;
        let implementation = implementation(&input, crate_path, &readings);
        let checked = checked::implementation(&input, crate_path, &readings);
        quote!(#implementation #checked)
    } else {
        let stub = stub(&input, &private);
        let mistakes = report.into_compile_errors();
        quote!(#mistakes #stub)
    }
}

/// How one field gets its value.
struct Reading {
    member: Member,
    field: Field,
    from: Origin,
}

enum Origin {
    /// The column with this name.
    Named(String),
    /// The column at this position.
    At(usize),
    /// The column with this name if there is one, else the default value.
    NamedOrDefault(String),
    /// The whole row.
    Row,
    /// No column: the default value.
    Default,
}

fn readings(
    input: &DeriveInput,
    attributes: &StructAttributes,
    report: &mut Report,
) -> Vec<Reading> {
    let fields = match &input.data {
        Data::Struct(data) => &data.fields,
        Data::Enum(data) => {
            report.at(
                data.enum_token,
                "a row has the shape of a struct, not of an enum\nhelp: derive `FromRow` for a struct",
            );
            return Vec::new();
        }
        Data::Union(data) => {
            report.at(
                data.union_token,
                "a row has the shape of a struct, not of a union\nhelp: derive `FromRow` for a struct",
            );
            return Vec::new();
        }
    };
    if let Fields::Unit = fields {
        report.at(
            &input.ident,
            format!("`{0}` has no fields to read columns into\nhelp: add a field, `struct {0} {{ id: i32 }}`", input.ident),
        );
    }
    let mut position = 0;
    fields
        .members()
        .zip(fields)
        .map(|(member, field)| {
            let from = origin(field, attributes, &mut position, report);
            if !matches!(from, Origin::Row | Origin::Default) {
                refuse_borrowed(&field.ty, report);
            }
            Reading {
                member,
                field: field.clone(),
                from,
            }
        })
        .collect()
}

/// Fields of a tuple struct are read by position, counted without those that are not read from a column.
fn origin(
    field: &Field,
    attributes: &StructAttributes,
    position: &mut usize,
    report: &mut Report,
) -> Origin {
    let given = FieldAttributes::parse(field, report);
    if given.skip.is_some() {
        return Origin::Default;
    }
    if given.flatten.is_some() {
        return Origin::Row;
    }
    let by_name = given
        .rename
        .map(|rename| rename.column.value())
        .or_else(|| {
            let name = field.ident.as_ref()?.unraw().to_string();
            Some(
                attributes
                    .rename_all
                    .map_or_else(|| name.clone(), |case| case.of_field(&name)),
            )
        });
    match by_name {
        Some(name) if given.default.is_some() => Origin::NamedOrDefault(name),
        Some(name) => Origin::Named(name),
        None => {
            if let Some(default) = given.default {
                report.at(
                    default,
                    "`default` is for a column that may be absent, and a position is not a name\n\
                     help: name the column as well: `#[pgdbm(rename = \"…\", default)]`",
                );
            }
            let column = *position;
            *position += 1;
            Origin::At(column)
        }
    }
}

/// The row ends when the value is made, so a value cannot borrow from it.
pub(crate) fn refuse_borrowed(field_type: &Type, report: &mut Report) {
    let mut references = References::default();
    references.visit_type(field_type);
    for reference in references.found {
        let owned = match &*reference.elem {
            Type::Path(path) if path.path.is_ident("str") => "`String`".to_owned(),
            Type::Slice(slice) => {
                let element = &slice.elem;
                format!("`Vec<{}>`", quote!(#element))
            }
            _ => "an owned type".to_owned(),
        };
        report.at(
            reference,
            format!("a value cannot borrow from its row, which ends first\nhelp: write {owned}"),
        );
    }
}

/// The references in a type, outermost first.
#[derive(Default)]
struct References<'t> {
    found: Vec<&'t TypeReference>,
}

impl<'t> Visit<'t> for References<'t> {
    fn visit_type_reference(&mut self, reference: &'t TypeReference) {
        self.found.push(reference);
    }
}

fn implementation(
    input: &DeriveInput,
    crate_path: &CratePath,
    readings: &[Reading],
) -> TokenStream {
    let private = &crate_path.private();
    let values = readings.iter().map(|reading| value(reading, private));
    let body = quote!(::core::result::Result::Ok(Self { #(#values,)* }));
    let unused = readings
        .iter()
        .all(|reading| matches!(reading.from, Origin::Default));
    let row = if unused {
        quote!(_)
    } else {
        row_name(Span::call_site()).to_token_stream()
    };
    with_body(
        input,
        private,
        &bounded(&input.generics, crate_path, readings),
        &row,
        &body,
    )
}

fn stub(input: &DeriveInput, private: &Private) -> TokenStream {
    with_body(
        input,
        private,
        &input.generics,
        &quote!(_),
        &quote!(::core::unreachable!()),
    )
}

fn with_body(
    input: &DeriveInput,
    private: &Private,
    generics: &Generics,
    row: &TokenStream,
    body: &TokenStream,
) -> TokenStream {
    let name: &Ident = &input.ident;
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #private::FromRow for #name #type_generics #where_clause {
            fn from_row(#row: &#private::Row) -> ::core::result::Result<Self, #private::Error> {
                #body
            }
        }
    }
}

/// `member: value`, at the field's type, so that a type that cannot be read is reported there.
fn value(reading: &Reading, private: &Private) -> TokenStream {
    let (member, value) = (&reading.member, value_of(reading, private));
    quote!(#member: #value)
}

/// The value itself.
fn value_of(reading: &Reading, private: &Private) -> TokenStream {
    let Reading { field, from, .. } = reading;
    let field_type = &field.ty;
    let span = field_type.span();
    let row = row_name(span);
    let get =
        |column: Literal| quote_spanned!(span=> #private::Row::get::<#field_type>(#row, #column)?);
    match from {
        Origin::Named(name) => get(Literal::string(name)),
        Origin::At(position) => get(Literal::usize_suffixed(*position)),
        Origin::NamedOrDefault(name) => {
            let value = get(Literal::string(name));
            quote_spanned! {span=>
                if #private::Row::has_column(#row, #name) {
                    #value
                } else {
                    <#field_type as ::core::default::Default>::default()
                }
            }
        }
        Origin::Row => {
            quote_spanned!(span=> <#field_type as #private::FromRow>::from_row(#row)?)
        }
        Origin::Default => {
            quote_spanned!(span=> <#field_type as ::core::default::Default>::default())
        }
    }
}

/// The generics of the struct, with what each field needs whose type depends on a parameter.
fn bounded(generics: &Generics, crate_path: &CratePath, readings: &[Reading]) -> Generics {
    let mut bounded = generics.clone();
    let predicates: Vec<WherePredicate> = readings
        .iter()
        .filter_map(|reading| bound(reading, generics, crate_path))
        .collect();
    if !predicates.is_empty() {
        bounded.make_where_clause().predicates.extend(predicates);
    }
    bounded
}

/// What a field needs if its type depends on a parameter.
fn bound(
    Reading { field, from, .. }: &Reading,
    generics: &Generics,
    crate_path: &CratePath,
) -> Option<WherePredicate> {
    if !depends_on_parameter(&field.ty, generics) {
        return None;
    }
    let (private, types) = (crate_path.private(), crate_path.types());
    let field_type = &field.ty;
    Some(match from {
        Origin::Named(_) | Origin::At(_) => parse_quote!(#field_type: #types::FromSqlOwned),
        Origin::NamedOrDefault(_) => {
            parse_quote!(#field_type: #types::FromSqlOwned + ::core::default::Default)
        }
        Origin::Row => parse_quote!(#field_type: #private::FromRow),
        Origin::Default => parse_quote!(#field_type: ::core::default::Default),
    })
}

pub(crate) fn depends_on_parameter(field_type: &Type, generics: &Generics) -> bool {
    struct Finder<'g> {
        generics: &'g Generics,
        found: bool,
    }
    impl<'ast> Visit<'ast> for Finder<'_> {
        fn visit_path(&mut self, path: &'ast syn::Path) {
            self.found |= path.leading_colon.is_none()
                && path.segments.first().is_some_and(|first| {
                    self.generics.params.iter().any(
                        |parameter| matches!(parameter, GenericParam::Type(parameter) if parameter.ident == first.ident),
                    )
                });
            syn::visit::visit_path(self, path);
        }
    }
    let mut finder = Finder {
        generics,
        found: false,
    };
    finder.visit_type(field_type);
    finder.found
}
