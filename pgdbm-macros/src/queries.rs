//! `#[queries]`: a directory of SQL files whose queries become the functions of a module.

mod attribute;
mod directory;
mod header;
mod query_file;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{AttrStyle, Item, ItemMod};

use crate::expansion::watch;
use crate::query_fn;
use crate::report::Report;
use attribute::QueriesAttribute;
use directory::read_directory;
pub(crate) use query_file::{QueryFile, Section};

/// Expands the attribute. The module keeps what stands in it.
///
/// After a mistake the functions without one are still there.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut report = Report::default();
    let attribute = QueriesAttribute::parse(arguments, &mut report);
    let module = match parse_module(item, &mut report) {
        Ok(module) => module,
        Err(other) => {
            let mistakes = report.into_compile_errors();
            return quote!(#mistakes #other);
        }
    };
    let (files, functions) = if report.is_clean() {
        read_directory(&attribute, &mut report)
    } else {
        // Which directory is meant is not known.
        (Vec::new(), Vec::new())
    };
    let watched = files.iter().map(|file| watch(&file.path));
    let mistakes = report.into_compile_errors();
    let inputs = query_fn::inputs(&functions);
    let functions = query_fn::functions(functions, &attribute.crate_path);
    let (outer, inner): (Vec<_>, Vec<_>) = module
        .attrs
        .iter()
        .partition(|attribute| matches!(attribute.style, AttrStyle::Outer));
    let ItemMod {
        vis,
        mod_token,
        ident,
        content,
        ..
    } = &module;
    let items = content.iter().flat_map(|(_, items)| items);
    quote! {
        #inputs
        #(#outer)*
        #vis #mod_token #ident {
            #(#inner)*
            #(#items)*
            #mistakes
            #(#watched)*
            #functions
        }
    }
}

fn parse_module(tokens: TokenStream, report: &mut Report) -> Result<ItemMod, TokenStream> {
    let message =
        "`#[queries]` stands on a module, which it fills\nhelp: write `mod queries {}` below it";
    match syn::parse2(tokens.clone()) {
        Ok(Item::Mod(module)) if module.content.is_some() => Ok(module),
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
