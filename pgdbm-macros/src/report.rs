//! The mistakes found in one macro call: collected, then reported all at once.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::sync::{Mutex, PoisonError};

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

use crate::package::local_file;

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    mistakes: Option<syn::Error>,
    /// Whether a mistake was found that an earlier expansion has reported.
    reported_before: bool,
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

    /// Adds a mistake of the package's files, unless another expansion has reported it: one mistake in a file that two
    /// hundred tests use is one error.
    ///
    /// rust-analyzer's process outlives what it shows, so there each place reports. It is told by its blank spans.
    pub(crate) fn once(&mut self, span: Span, message: &str) {
        static REPORTED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
        let is_new = local_file(span).is_none()
            || REPORTED
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(message.to_owned());
        if is_new {
            self.add(syn::Error::new(span, message));
        } else {
            self.reported_before = true;
        }
    }

    /// The same for a mistake with which other expansions can go on.
    pub(crate) fn once_for_all(&mut self, span: Span, message: &str) {
        let before = self.reported_before;
        self.once(span, message);
        self.reported_before = before;
    }

    /// Says that what fails here follows from a mistake that another expansion reports.
    pub(crate) fn leave_to_others(&mut self) {
        self.reported_before = true;
    }

    /// Adds what another report has.
    pub(crate) fn append(&mut self, other: Report) {
        self.reported_before |= other.reported_before;
        if let Some(mistakes) = other.mistakes {
            self.add(mistakes);
        }
    }

    /// Whether nothing was found.
    pub(crate) fn is_clean(&self) -> bool {
        self.mistakes.is_none() && !self.reported_before
    }

    /// One `compile_error!` for each mistake, as expressions.
    pub(crate) fn into_compile_error_expressions(self) -> Vec<TokenStream> {
        let mistakes = self.mistakes.into_iter().flatten();
        mistakes
            .map(|mistake| {
                let error = mistake.into_compile_error();
                quote::quote!({ #error })
            })
            .collect()
    }

    /// One `compile_error!` for each mistake, for the place of an item, an expression or the length of an array.
    pub(crate) fn into_compile_error_macros(self) -> Vec<TokenStream> {
        let mistakes = self.mistakes.into_iter().flatten();
        mistakes
            .map(|mistake| mistake.into_compile_error())
            .collect()
    }

    /// One `compile_error!` for each mistake, as statements or items.
    pub(crate) fn into_compile_errors(self) -> TokenStream {
        self.mistakes
            .map_or_else(TokenStream::new, syn::Error::into_compile_error)
    }
}
