//! What stands between the parentheses of `#[migrations(…)]`.

use pgdbm_template::nearest;
use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, LitStr, Token};

use crate::crate_path::CratePath;
use crate::migrations::directory::DirectoryName;
use crate::package::Settings;
use crate::report::Report;

/// The parsed attribute.
#[derive(Clone)]
pub(crate) struct MigrationsAttribute {
    pub(crate) crate_path: CratePath,
    directory: Option<LitStr>,
    module: Option<LitStr>,
}

impl MigrationsAttribute {
    /// Parses `["directory"] [, module = "name"] [, crate = path] [,]`.
    pub(crate) fn parse(tokens: TokenStream, report: &mut Report) -> Self {
        let mut attribute = MigrationsAttribute {
            crate_path: CratePath::default_facade(),
            directory: None,
            module: None,
        };
        let parsed = (|input: ParseStream<'_>| {
            if let Err(error) = attribute.parse_all(input, report) {
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

    /// The directory: what the attribute says, else Cargo.toml, else `migrations`.
    pub(crate) fn directory(&self, settings: &Settings) -> DirectoryName {
        match (&self.directory, &settings.migrations) {
            (Some(literal), _) => DirectoryName::written(literal),
            (None, Some(name)) => DirectoryName::of_manifest(name),
            (None, None) => DirectoryName::customary(),
        }
    }

    /// The name of the migrations in the history of a schema.
    pub(crate) fn module(&self, settings: &Settings) -> String {
        self.module
            .as_ref()
            .map_or_else(|| settings.module(), LitStr::value)
    }

    fn parse_all(&mut self, input: ParseStream<'_>, report: &mut Report) -> syn::Result<()> {
        while !input.is_empty() {
            if input.peek(LitStr) {
                let directory: LitStr = input.parse()?;
                match self.directory {
                    None => self.directory = Some(directory),
                    Some(_) => report.at(
                        directory,
                        "the directory is given twice\nhelp: write one `#[migrations]` struct for each directory",
                    ),
                }
            } else {
                self.parse_named(input, report)?;
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    }

    fn parse_named(&mut self, input: ParseStream<'_>, report: &mut Report) -> syn::Result<()> {
        if CratePath::comes_next(input) {
            self.crate_path = CratePath::parse(input)?;
            return Ok(());
        }
        if !(input.peek(Ident::peek_any) && input.peek2(Token![=])) {
            return Err(syn::Error::new(
                input.span(),
                "`#[migrations]` takes a directory, `module = \"…\"` and `crate = …`\n\
                 help: write the directory as a string literal: `#[migrations(\"migrations\")]`",
            ));
        }
        let name = input.call(Ident::parse_any)?;
        input.parse::<Token![=]>()?;
        if name == "module" {
            let module: LitStr = input.parse()?;
            if module.value().trim().is_empty() {
                report.at(
                    &module,
                    "a module has a name\nhelp: write the name, or leave `module` out",
                );
            }
            self.module = Some(module);
            return Ok(());
        }
        // The value is read, so that the items behind it are looked at as well.
        let _: Expr = input.parse()?;
        let help = match nearest(&name.to_string(), ["module", "crate"]) {
            Some(near) => format!("write `{near} = …`"),
            None => "use `module = \"…\"` or `crate = …`, or write the directory without a name"
                .to_owned(),
        };
        report.at(
            &name,
            format!("`#[migrations]` has no argument `{name}`\nhelp: {help}"),
        );
        Ok(())
    }
}
