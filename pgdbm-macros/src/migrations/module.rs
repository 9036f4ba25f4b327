//! `#[migrations] mod schema {}`: the module is filled with the types that the migrations make.
//!
//! What stands in the module stays, and goes before what would be made: a type of its own instead of a generated one.

use std::collections::{BTreeMap, HashMap, HashSet};

use pgdbm_check::{Home, MadeKind};
use pgdbm_template::Code;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Item, ItemMod, ItemStruct, Path, UseTree, parse_quote};

use super::EmbeddedFile;
use super::attribute::MigrationsAttribute;
use super::made_item::MadeItems;
use crate::crate_path::Private;
use crate::made_types::Made;
use crate::migrated::Migrated;
use crate::package::Settings;
use crate::report::Report;
use crate::rust_name::field_name;
use crate::rust_type::Mapping;
use crate::site::Package;

/// What the module is filled from.
pub(super) struct Filling<'f> {
    pub(super) attribute: &'f MigrationsAttribute,
    pub(super) settings: &'f Settings,
    pub(super) files: &'f [EmbeddedFile],
    /// Nothing where the files could not be read.
    pub(super) migrated: Option<&'f Migrated>,
}

/// The made types of one schema, which are one module.
struct Scope<'s> {
    /// From the module to the one that was written.
    types: Path,
    private: Private,
    /// The name of the migrations in the history of a schema.
    module: String,
    settings: &'s Settings,
    migrated: &'s Migrated,
    /// What is there already.
    written: HashSet<String>,
    /// The names that were given, each with what has it.
    given: HashMap<String, String>,
    tokens: TokenStream,
}

impl Filling<'_> {
    /// Fills the module; what is wrong with the names of the types is reported at the module's own.
    pub(super) fn fill(&self, mut module: ItemMod, report: &mut Report) -> TokenStream {
        let Some((_, items)) = &mut module.content else {
            report.at(
                &module,
                "the module is filled with the types of the migrations, and stands in another file\n\
                 help: write `mod schema {}`, with braces",
            );
            return quote!(#module);
        };
        let migrations = self.migrations(items);
        items.push(Item::Verbatim(migrations));
        let left_out = match self.migrated {
            Some(migrated) => self.types(migrated, &module.ident, items, report),
            None => Vec::new(),
        };
        self.document(&mut module, &left_out);
        quote!(#module)
    }

    /// The struct that stands for the files.
    fn migrations(&self, items: &[Item]) -> TokenStream {
        let written = items.iter().find_map(|item| match item {
            Item::Struct(item) if item.ident == "Migrations" => Some(item.clone()),
            _ => None,
        });
        let mut attribute = self.attribute.clone();
        attribute.crate_path = attribute.crate_path.seen_from_within(1);
        let implementation =
            |item: &ItemStruct| super::implementation(item, &attribute, self.settings, self.files);
        if let Some(written) = written {
            return implementation(&written);
        }
        let doc = format!(
            " The migrations of `{}`, for `MigrationManager`.",
            self.attribute.module(self.settings)
        );
        let item: ItemStruct = parse_quote! {
            #[doc = #doc]
            #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
            pub struct Migrations;
        };
        let implementation = implementation(&item);
        quote!(#item #implementation)
    }

    /// Makes the types, those of other schemas in modules of their own. Gives what could not be made, for people.
    fn types(
        &self,
        migrated: &Migrated,
        place: &Ident,
        items: &mut Vec<Item>,
        report: &mut Report,
    ) -> Vec<String> {
        let mut by_schema: BTreeMap<Option<&str>, Vec<&Made>> = BTreeMap::new();
        for made in &migrated.made().types {
            let schema = match &made.ty.home {
                Home::Schema(schema) => Some(schema.as_str()),
                _ => None,
            };
            by_schema.entry(schema).or_default().push(made);
        }
        let mut left_out = Vec::new();
        let mut top = self.scope(migrated, 0, items);
        let migrations = "the struct for the migrations".to_owned();
        top.given.insert("Migrations".to_owned(), migrations);
        for made in by_schema.remove(&None).into_iter().flatten() {
            top.add(made, place, &mut left_out, report);
        }
        let mut modules = Vec::new();
        for (schema, made) in by_schema {
            let schema = schema.unwrap_or_default();
            let name = field_name(schema);
            let own = items.iter_mut().find_map(|item| match item {
                Item::Mod(own) if own.ident == name => own.content.as_mut(),
                _ => None,
            });
            if own.is_none() && top.written.contains(&name.to_string()) {
                continue;
            }
            let described = format!("the module for the schema `{schema}`");
            if !top.give(&name.to_string(), described, place, report) {
                continue;
            }
            let within = own.as_ref().map_or(&[][..], |(_, items)| items);
            let mut scope = self.scope(migrated, 1, within);
            for made in made {
                scope.add(made, place, &mut left_out, report);
            }
            let tokens = scope.tokens;
            match own {
                Some((_, items)) => items.push(Item::Verbatim(tokens)),
                None => {
                    let doc = format!(" The types of the schema `{schema}`.");
                    modules.push(quote!(#[doc = #doc] pub mod #name { #tokens }));
                }
            }
        }
        let tokens = top.tokens;
        items.push(Item::Verbatim(quote!(#tokens #(#modules)*)));
        left_out
    }

    /// A module `depth` below the one that was written.
    fn scope<'s>(&'s self, migrated: &'s Migrated, depth: usize, items: &[Item]) -> Scope<'s> {
        let mut written = HashSet::new();
        for item in items {
            names_of(item, &mut written);
        }
        Scope {
            types: match depth {
                0 => parse_quote!(self),
                _ => parse_quote!(super),
            },
            private: self
                .attribute
                .crate_path
                .seen_from_within(depth + 1)
                .private(),
            module: self.attribute.module(self.settings),
            settings: self.settings,
            migrated,
            written,
            given: HashMap::new(),
            tokens: TokenStream::new(),
        }
    }

    /// Says what the module holds, if nobody has, and what it does not hold.
    fn document(&self, module: &mut ItemMod, left_out: &[String]) {
        let directory = self.attribute.directory(self.settings);
        let mut lines = Vec::new();
        if !module
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("doc"))
        {
            lines.push(format!(
                " The types that the migrations in `{}` make.",
                directory.name()
            ));
        }
        if !left_out.is_empty() {
            lines.push(String::new());
            lines.push(" Left out:".to_owned());
            lines.push(String::new());
            lines.extend(left_out.iter().map(|one| format!(" - {one}")));
        }
        for line in lines {
            module.attrs.push(parse_quote!(#[doc = #line]));
        }
    }
}

impl Scope<'_> {
    fn add(&mut self, made: &Made, place: &Ident, left_out: &mut Vec<String>, report: &mut Report) {
        let is_unwanted = matches!(made.ty.kind, MadeKind::Domain(_)) && !self.settings.domains;
        if is_unwanted || self.written.contains(&made.name) {
            return;
        }
        if let Some(reason) = &made.missing {
            left_out.push(format!("{}: {reason}", made.described()));
            return;
        }
        let described = match &made.ty.declared {
            Some(file) => format!("{} of `{file}`", made.described()),
            None => made.described(),
        };
        if !self.give(&made.name, described, place, report) {
            return;
        }
        let mapping = Mapping {
            private: &self.private,
            types: Some(&self.types),
            overrides: &self.migrated.overrides,
            domains: self.settings.domains,
            migrated: self.migrated,
        };
        let items = MadeItems {
            made,
            mapping: &mapping,
            place,
        };
        self.tokens.extend(items.items(report));
        let package = Package::of_type(&self.module, self.migrated);
        self.tokens.extend(items.site(&package.text()));
    }

    /// Gives a name to what is described so, unless something has it; that is reported.
    fn give(&mut self, name: &str, what: String, place: &Ident, report: &mut Report) -> bool {
        if let Some(other) = self.given.get(name) {
            report.at(
                place,
                format!(
                    "{other} and {what} would both be `{name}` [{}]\n\
                     help: write a `{name}` of your own in this module, or bring one in with `use`: then none is made",
                    Code::AmbiguousName
                ),
            );
            return false;
        }
        self.given.insert(name.to_owned(), what);
        true
    }
}

/// The names that an item gives to types and modules.
fn names_of(item: &Item, names: &mut HashSet<String>) {
    let ident = match item {
        Item::Enum(item) => &item.ident,
        Item::Mod(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::TraitAlias(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        Item::Use(item) => return used_names(&item.tree, names),
        _ => return,
    };
    names.insert(ident.to_string());
}

fn used_names(tree: &UseTree, names: &mut HashSet<String>) {
    match tree {
        UseTree::Path(path) => used_names(&path.tree, names),
        UseTree::Name(name) => {
            names.insert(name.ident.to_string());
        }
        UseTree::Rename(rename) => {
            names.insert(rename.rename.to_string());
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                used_names(tree, names);
            }
        }
        UseTree::Glob(_) => {}
    }
}
