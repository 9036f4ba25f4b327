//! `#[migrations]`: parse, check, expand.

mod attribute;
mod directory;
mod made_item;
mod made_site;
mod module;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Item, ItemMod, ItemStruct};

use crate::crate_path::CratePath;
use crate::migrated::Migrated;
use crate::package::Settings;
use crate::report::Report;
use attribute::MigrationsAttribute;
pub(crate) use directory::{DirectoryName, EmbeddedFile, embed, read_directory, stamp};
use module::Filling;

/// What the attribute stands on.
enum Bearer {
    Struct(ItemStruct),
    Module(ItemMod),
    Other(TokenStream),
}

/// Expands the attribute.
///
/// After a mistake the struct still implements the trait, and the module still has the types, so that their uses do not fail as
/// well.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut report = Report::default();
    let attribute = MigrationsAttribute::parse(arguments, &mut report);
    let bearer = Bearer::parse(item, &mut report);
    let settings = Settings::read(Span::call_site(), &mut report);
    let (files, migrated) = if report.is_clean() {
        let directory = attribute.directory(&settings);
        let files = embed(&directory, &mut report);
        let clean = report.is_clean();
        let is_module = matches!(bearer, Bearer::Module(_));
        // What the server would refuse of them shows now, and not when they run.
        let migrated = (clean || is_module && directory.exists())
            .then(|| Migrated::of_directory(&directory, &settings, directory.span(), &mut report));
        (files, migrated)
    } else {
        (Vec::new().into(), None)
    };
    let expanded = match bearer {
        Bearer::Struct(item) => {
            let implementation = implementation(&item, &attribute, &settings, &files);
            quote!(#item #implementation)
        }
        Bearer::Module(module) => {
            let filling = Filling {
                attribute: &attribute,
                settings: &settings,
                files: &files,
                migrated: migrated.as_deref(),
            };
            filling.fill(module, &mut report)
        }
        Bearer::Other(other) => other,
    };
    let mistakes = report.into_compile_errors();
    quote!(#mistakes #expanded)
}

impl Bearer {
    fn parse(tokens: TokenStream, report: &mut Report) -> Self {
        match syn::parse2(tokens.clone()) {
            Ok(Item::Struct(item)) => return Bearer::Struct(item),
            Ok(Item::Mod(module)) => return Bearer::Module(module),
            Ok(other) => report.at(
                other,
                "`#[migrations]` stands on a struct or a module\n\
                 help: write `struct Migrations;` below it, or `mod schema {}` for the types of the migrations as well",
            ),
            Err(error) => report.add(error),
        }
        Bearer::Other(tokens)
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
