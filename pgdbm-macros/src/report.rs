//! The mistakes found in one macro call: collected, then reported all at once.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    mistakes: Option<syn::Error>,
}

impl Report {
    /// Adds a mistake at these tokens.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.add(syn::Error::new_spanned(tokens, message));
    }

    /// Adds a mistake that syn found.
    pub(crate) fn add(&mut self, mistake: syn::Error) {
        match &mut self.mistakes {
            Some(mistakes) => mistakes.combine(mistake),
            None => self.mistakes = Some(mistake),
        }
    }

    /// Whether nothing was found.
    pub(crate) fn is_clean(&self) -> bool {
        self.mistakes.is_none()
    }

    /// One `compile_error!` for each mistake, as statements or items.
    pub(crate) fn into_compile_errors(self) -> TokenStream {
        self.mistakes
            .map_or_else(TokenStream::new, syn::Error::into_compile_error)
    }
}
