//! `PGDBM_EXPAND=1`: shows what the macros expand to.

use proc_macro2::TokenStream;

/// Prints the expansion to standard error if the environment asks for it, and gives it back.
pub(crate) fn printed(macro_name: &str, expansion: TokenStream) -> TokenStream {
    if std::env::var_os("PGDBM_EXPAND").is_some_and(|value| !value.is_empty() && value != "0") {
        eprintln!("// {macro_name}\n{expansion}\n");
    }
    expansion
}
