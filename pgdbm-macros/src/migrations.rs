//! `#[migrations]`: parse, check, expand.

mod attribute;
mod directory;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Item, ItemStruct};

use crate::crate_path::CratePath;
use crate::migrated::Migrated;
use crate::package::Settings;
use crate::report::Report;
use attribute::MigrationsAttribute;
pub(crate) use directory::{DirectoryName, EmbeddedFile, embed, read_directory, stamp};

/// Expands the attribute.
///
/// After a mistake the struct still implements the trait, so that its uses do not fail as well.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut report = Report::default();
    let attribute = MigrationsAttribute::parse(arguments, &mut report);
    let item = parse_struct(item, &mut report);
    let settings = Settings::read(Span::call_site(), &mut report);
    let files = if report.is_clean() {
        let directory = attribute.directory(&settings);
        let files = embed(&directory, &mut report);
        if report.is_clean() {
            // What the server would refuse of them shows now, and not when they run.
            Migrated::of_directory(&directory, &settings, directory.span(), &mut report);
        }
        files
    } else {
        Vec::new().into()
    };
    let mistakes = report.into_compile_errors();
    match item {
        Ok(item) => {
            let implementation = implementation(&item, &attribute, &settings, &files);
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
    settings: &Settings,
    files: &[EmbeddedFile],
) -> TokenStream {
    let private = attribute.crate_path.private();
    let (impl_generics, type_generics, where_clause) = item.generics.split_for_impl();
    let name = &item.ident;
    let embedded = embedded(&attribute.crate_path, &attribute.module(settings), files);
    let watch = settings.watch();
    quote! {
        impl #impl_generics #private::Migrations for #name #type_generics #where_clause {
            const MIGRATIONS: #private::EmbeddedMigrations = #embedded;
        }
        #watch
    }
}

/// The files of a module, as an expression of the type `EmbeddedMigrations`. The compiler reads them itself, and so sees
/// when they change.
pub(crate) fn embedded(
    crate_path: &CratePath,
    module: &str,
    files: &[EmbeddedFile],
) -> TokenStream {
    let private = crate_path.private();
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
        #private::EmbeddedMigrations {
            module: #module,
            files: &[#(#files),*],
        }
    }
}
