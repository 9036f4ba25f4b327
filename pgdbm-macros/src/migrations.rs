//! `#[migrations]`: parse, check, expand.

mod attribute;
mod directory;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Item, ItemStruct};

use crate::report::Report;
use attribute::MigrationsAttribute;
use directory::EmbeddedFile;

/// Expands the attribute.
///
/// After a mistake the struct still implements the trait, so that its uses do not fail as well.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut report = Report::default();
    let attribute = MigrationsAttribute::parse(arguments, &mut report);
    let item = parse_struct(item, &mut report);
    let files = if report.is_clean() {
        directory::embed(&attribute, &mut report)
    } else {
        Vec::new()
    };
    let mistakes = report.into_compile_errors();
    match item {
        Ok(item) => {
            let implementation = implementation(&item, &attribute, &files);
            quote!(#mistakes #item #implementation)
        }
        Err(other) => quote!(#mistakes #other),
    }
}

fn parse_struct(tokens: TokenStream, report: &mut Report) -> Result<ItemStruct, TokenStream> {
    let message = "`#[migrations]` stands on a struct\nhelp: write `struct Migrations;` below it";
    match syn::parse2(tokens.clone()) {
        Ok(Item::Struct(item)) => Ok(item),
        Ok(other) => {
            report.at(other, message);
            Err(tokens)
        }
        Err(error) => {
            report.add(error);
            Err(tokens)
        }
    }
}

fn implementation(
    item: &ItemStruct,
    attribute: &MigrationsAttribute,
    files: &[EmbeddedFile],
) -> TokenStream {
    let private = attribute.crate_path.private();
    let (impl_generics, type_generics, where_clause) = item.generics.split_for_impl();
    let name = &item.ident;
    let module = attribute.module();
    let files = files.iter().map(
        |EmbeddedFile {
             name,
             path,
             checksum,
         }| {
            quote! {
                #private::EmbeddedFile {
                    name: #name,
                    content: ::core::include_str!(#path),
                    checksum: #checksum,
                }
            }
        },
    );
    quote! {
        impl #impl_generics #private::Migrations for #name #type_generics #where_clause {
            const MIGRATIONS: #private::EmbeddedMigrations = #private::EmbeddedMigrations {
                module: #module,
                files: &[#(#files),*],
            };
        }
    }
    .into_token_stream()
}
