//! A made type among the call sites of the program, so that `verify` holds it against the server's: `CompiledMade` of the runtime reads
//! what is written here.

use pgdbm_check::{Home, MadeAttribute, MadeKind};
use proc_macro2::TokenStream;
use quote::quote;

use super::made_item::MadeItems;

impl MadeItems<'_> {
    /// The item. `package` is the text of the package in front of a description.
    pub(super) fn site(&self, package: &str) -> TokenStream {
        let ty = &self.made.ty;
        let mut described = format!("{package}\0");
        match &ty.kind {
            MadeKind::Enum(labels) => {
                described.push('{');
                for label in labels {
                    described.push_str("\0'");
                    described.push_str(label);
                }
            }
            MadeKind::Composite(attributes) => self.describe('(', attributes, &mut described),
            MadeKind::Table(Some(columns)) | MadeKind::View(Some(columns)) => {
                self.describe('[', columns, &mut described);
            }
            MadeKind::Domain(base) => {
                let base = self.described(base.base());
                described.push_str(&format!("<\0.{}\0{base}", ty.name));
            }
            _ => return TokenStream::new(),
        }
        let private = self.mapping.private;
        let source = self.question();
        quote! {
            const _: fn() = || {
                let _ = #private::site!(#source #described);
            };
        }
    }

    fn describe(&self, kind: char, attributes: &[MadeAttribute], described: &mut String) {
        described.push(kind);
        for attribute in attributes {
            let ty = self.described(&attribute.sql_type);
            described.push_str(&format!("\0.{}\0{ty}", attribute.name));
        }
    }

    /// A query for a value of the type. With a placeholder, even where the package's own queries have none: so no other type of that
    /// name is meant.
    fn question(&self) -> String {
        let ty = &self.made.ty;
        let name = quoted(&ty.name);
        let name = match &ty.home {
            Home::Schema(schema) => format!("{}.{name}", quoted(schema)),
            _ => name,
        };
        let head = if self.made.is_row() {
            "tables"
        } else {
            "types"
        };
        format!("SELECT NULL::{{{{{head}.{name}}}}}")
    }
}

/// The name in quotes, unless it needs none.
fn quoted(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    match plain {
        true => name.to_owned(),
        false => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}
