//! What stands between the parentheses of `#[queries(…)]`.

use proc_macro2::{Span, TokenStream};
use syn::parse::{ParseStream, Parser as _};
use syn::{LitStr, Token};

use crate::crate_path::CratePath;
use crate::report::Report;

/// The parsed attribute.
pub(crate) struct QueriesAttribute {
    pub(crate) crate_path: CratePath,
    directory: Option<LitStr>,
}

impl QueriesAttribute {
    /// Parses `["directory"] [, crate = path] [,]`.
    pub(crate) fn parse(tokens: TokenStream, report: &mut Report) -> Self {
        let mut attribute = QueriesAttribute {
            crate_path: CratePath::default_facade(),
            directory: None,
        };
        let parsed = (|input: ParseStream<'_>| {
            if let Err(error) = attribute.parse_all(input) {
                report.add(error);
            }
            input.parse::<TokenStream>()
        })
        .parse2(tokens);
        if let Err(error) = parsed {
            report.add(error);
        }
        attribute
    }

    /// The directory, relative to the one that holds Cargo.toml.
    pub(crate) fn directory(&self) -> String {
        self.directory
            .as_ref()
            .map_or_else(|| "queries".to_owned(), LitStr::value)
    }

    /// The compiler's place for all that is wrong in its files.
    pub(crate) fn span(&self) -> Span {
        self.directory
            .as_ref()
            .map_or_else(Span::call_site, LitStr::span)
    }

    fn parse_all(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        while !input.is_empty() {
            if CratePath::comes_next(input) {
                self.crate_path = CratePath::parse(input)?;
            } else if input.peek(LitStr) && self.directory.is_none() {
                self.directory = Some(input.parse()?);
            } else {
                return Err(input.error(
                    "`#[queries]` takes a directory and `crate = …`\n\
                     help: write the directory as a string literal: `#[queries(\"queries\")]`",
                ));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    }
}
