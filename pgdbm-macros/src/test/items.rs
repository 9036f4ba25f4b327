//! The items between the parentheses of `#[test(…)]` and of `#[pgdbm(…)]` on an argument: `name = value`, `name(…)`.

use pgdbm_template::nearest;
use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{LitStr, Token};

use crate::report::Report;

/// What an attribute takes.
pub(super) struct Vocabulary {
    /// What the attribute is called in messages.
    pub(super) attribute: &'static str,
    /// The names, each with an example.
    pub(super) names: &'static [(&'static str, &'static str)],
    /// Names that belong elsewhere, and what to do with them.
    pub(super) elsewhere: &'static [(&'static str, &'static str)],
}

impl Vocabulary {
    fn example(&self, name: &str) -> &'static str {
        self.names
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, example)| example)
    }

    fn listed(&self) -> String {
        let names = self.names.iter().map(|(name, _)| format!("`{name}`"));
        names.collect::<Vec<_>>().join(", ")
    }

    /// Reads the items, and calls `parse` for each with what stands behind its name. A mistake in one keeps none of the
    /// others from being read.
    pub(super) fn parse(
        &self,
        tokens: TokenStream,
        report: &mut Report,
        mut parse: impl FnMut(&Item<'_>, ParseStream<'_>, &mut Report) -> syn::Result<()>,
    ) {
        let parsed = (|input: ParseStream<'_>| {
            let mut seen: Vec<String> = Vec::new();
            while !input.is_empty() {
                if let Err(error) = self.parse_item(input, &mut seen, report, &mut parse) {
                    report.add(error);
                    skip_item(input)?;
                }
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        })
        .parse2(tokens);
        if let Err(error) = parsed {
            report.add(error);
        }
    }

    fn parse_item(
        &self,
        input: ParseStream<'_>,
        seen: &mut Vec<String>,
        report: &mut Report,
        parse: &mut impl FnMut(&Item<'_>, ParseStream<'_>, &mut Report) -> syn::Result<()>,
    ) -> syn::Result<()> {
        let attribute = self.attribute;
        if !input.peek(Ident::peek_any) {
            let (_, example) = self.names.first().copied().unwrap_or_default();
            return Err(input.error(format!(
                "`{attribute}` takes options with names\nhelp: write for example `{example}`"
            )));
        }
        let ident = input.call(Ident::parse_any)?;
        let name = ident.to_string();
        let item = Item {
            ident: &ident,
            example: self.example(&name),
        };
        if item.example.is_empty() {
            return Err(syn::Error::new(ident.span(), self.unknown(&name)));
        }
        if seen.contains(&name) {
            return Err(syn::Error::new(
                ident.span(),
                format!("`{name}` is given twice\nhelp: remove one of the two"),
            ));
        }
        seen.push(name);
        parse(&item, input, report)?;
        if !input.is_empty() && !input.peek(Token![,]) {
            return Err(input.error(format!(
                "there is something behind the value of `{ident}`\nhelp: write a comma before the next option: `{}, …`",
                item.example
            )));
        }
        Ok(())
    }

    fn unknown(&self, name: &str) -> String {
        let help = match self.elsewhere.iter().find(|(known, _)| *known == name) {
            Some((_, help)) => (*help).to_owned(),
            None => match nearest(name, self.names.iter().map(|(known, _)| *known)) {
                Some(near) => format!("write `{}`", self.example(near)),
                None => format!("use one of {}", self.listed()),
            },
        };
        format!("`{}` has no option `{name}`\nhelp: {help}", self.attribute)
    }
}

/// One item whose name was read.
pub(super) struct Item<'i> {
    pub(super) ident: &'i Ident,
    example: &'static str,
}

impl Item<'_> {
    /// Refuses a name without a value.
    pub(super) fn has_value(&self, input: ParseStream<'_>) -> syn::Result<()> {
        if input.peek(Token![=]) && !input.peek(Token![==]) {
            return Ok(());
        }
        Err(self.value_missing())
    }

    /// Reads the `=` between the name and its value.
    pub(super) fn equals(&self, input: ParseStream<'_>) -> syn::Result<()> {
        self.has_value(input)?;
        input.parse::<Token![=]>()?;
        Ok(())
    }

    /// Reads ` = "…"`.
    pub(super) fn string(&self, input: ParseStream<'_>) -> syn::Result<LitStr> {
        self.equals(input)?;
        if !input.peek(LitStr) {
            return Err(self.wrong_value(input, "a string"));
        }
        let literal: LitStr = input.parse()?;
        if literal.suffix().is_empty() {
            return Ok(literal);
        }
        let help = format!("remove `{}`", literal.suffix());
        Err(self.error(literal, "a string literal has no suffix", Some(&help)))
    }

    /// The error for a value of another kind, at the value.
    pub(super) fn wrong_value(&self, input: ParseStream<'_>, expected: &str) -> syn::Error {
        if input.is_empty() || input.peek(Token![,]) {
            // There is nothing to point at behind the `=`.
            return self.value_missing();
        }
        input.error(format!(
            "`{}` takes {expected}\nhelp: write for example `{}`",
            self.ident, self.example
        ))
    }

    fn value_missing(&self) -> syn::Error {
        syn::Error::new(
            self.ident.span(),
            format!(
                "`{}` needs a value\nhelp: write `{}`",
                self.ident, self.example
            ),
        )
    }

    /// An error at a token of the item.
    pub(super) fn error(
        &self,
        at: impl quote::ToTokens,
        message: &str,
        help: Option<&str>,
    ) -> syn::Error {
        let help = help.map_or_else(
            || format!("write for example `{}`", self.example),
            ToOwned::to_owned,
        );
        syn::Error::new_spanned(at, format!("{message}\nhelp: {help}"))
    }
}

/// Goes on to the comma behind the item.
fn skip_item(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}
