//! Types that stand for columns, so that the compiler's messages name those.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

/// The types, in a module of their own: a column may be called as a module or a crate is that the code around names. Messages show
/// the name of the module, so it is one to be read, and one that hardly anybody has.
#[derive(Default)]
pub(crate) struct Markers(Vec<Ident>);

impl Markers {
    /// The path of the type with this name.
    pub(crate) fn path(name: &Ident) -> TokenStream {
        quote!(row_columns::#name)
    }

    /// Adds the type with this name; gives its path.
    pub(crate) fn add(&mut self, name: Ident) -> TokenStream {
        let path = Self::path(&name);
        if !self.0.contains(&name) {
            self.0.push(name);
        }
        path
    }
}

impl ToTokens for Markers {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let names = &self.0;
        tokens.extend(quote! {
            #[allow(non_camel_case_types, dead_code)]
            mod row_columns {
                #(pub(super) enum #names {})*
            }
        });
    }
}
