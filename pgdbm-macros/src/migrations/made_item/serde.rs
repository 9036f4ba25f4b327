//! What the feature `serde` adds to the structs of a module of types. Their parts have the names that they have in the database, as
//! records have, and as the server has them in `row_to_json`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;

use crate::crate_path::Private;

/// The derives, and how they are done. A struct has them as far as the types in it do of which nobody here knows what they have,
/// `foreign`. Such a type is a fixed one, and the compiler would prove at once that it lacks a trait: the binder keeps it from that.
pub(super) fn derive(private: &Private, foreign: &[TokenStream], how: &TokenStream) -> TokenStream {
    if !cfg!(feature = "serde") {
        return TokenStream::new();
    }
    let serde = quote!(#private::types::made::serde);
    let bounds = |demanded: TokenStream| {
        let of_each = foreign
            .iter()
            .map(|ty| quote!(for<'__pgdbm_any> #ty: #demanded));
        quote!(#(#of_each),*).to_string()
    };
    let serialize = bounds(quote!(#serde::Serialize));
    let deserialize = bounds(quote!(#serde::Deserialize<'de>));
    let path = serde.to_string();
    quote! {
        #[derive(#serde::Serialize, #serde::Deserialize)]
        #[serde(#how crate = #path, bound(serialize = #serialize, deserialize = #deserialize))]
    }
}

/// The name of a field, where Rust has another than the database.
pub(super) fn name(field: &Ident, column: &str) -> Option<TokenStream> {
    let differs = field.unraw() != column;
    (cfg!(feature = "serde") && differs).then(|| quote!(#[serde(rename = #column)]))
}
