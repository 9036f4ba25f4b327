//! Types as generated code spells them.

use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;

use crate::crate_path::Private;

/// A type. Nearly all are known by a path of the facade, of which a query holds a dozen: those become tokens where they are written and
/// not before, because each stream of tokens that goes into another is a call to the compiler.
#[derive(Clone)]
pub(crate) enum Spelled {
    /// A path below the facade's module for generated code, and what stands between its angle brackets.
    Known(Private, &'static str, Vec<Spelled>),
    /// Any other.
    Written(TokenStream),
}

impl Spelled {
    /// One without angle brackets.
    pub(crate) fn known(private: &Private, path: &'static str) -> Self {
        Spelled::Known(private.clone(), path, Vec::new())
    }

    /// Whether it is a path of the facade through and through.
    pub(crate) fn is_known(&self) -> bool {
        match self {
            Spelled::Known(_, _, within) => within.iter().all(Self::is_known),
            Spelled::Written(_) => false,
        }
    }

    /// One of another, `Vec<…>`.
    pub(crate) fn of(private: &Private, path: &'static str, within: Spelled) -> Self {
        Spelled::Known(private.clone(), path, vec![within])
    }
}

impl From<TokenStream> for Spelled {
    fn from(tokens: TokenStream) -> Self {
        Spelled::Written(tokens)
    }
}

impl ToTokens for Spelled {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let punct = |character, spacing| TokenTree::Punct(Punct::new(character, spacing));
        match self {
            Spelled::Written(written) => written.to_tokens(tokens),
            Spelled::Known(private, path, within) => {
                private.to_tokens(tokens);
                for segment in path.split("::") {
                    tokens.extend([
                        punct(':', Spacing::Joint),
                        punct(':', Spacing::Alone),
                        TokenTree::Ident(Ident::new(segment, Span::call_site())),
                    ]);
                }
                let Some((last, before)) = within.split_last() else {
                    return;
                };
                tokens.extend([punct('<', Spacing::Alone)]);
                for ty in before {
                    ty.to_tokens(tokens);
                    tokens.extend([punct(',', Spacing::Alone)]);
                }
                last.to_tokens(tokens);
                tokens.extend([punct('>', Spacing::Alone)]);
            }
        }
    }
}
