//! The code that a function becomes.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt as _;
use syn::{Generics, Lifetime};

use crate::crate_path::Private;
use crate::query_fn::argument_type::with_lifetime;
use crate::query_fn::declaration::Declaration;
use crate::query_fn::function::{Argument, ArgumentForm, Function};
use crate::query_fn::output::{RowType, Rows};
use crate::query_fn::record::Record;

/// From so many on, the executor among them, a lint of clippy counts the arguments.
const MANY_ARGUMENTS: usize = 8;

impl Declaration<'_> {
    /// The function as an item. After a mistake its body is never reached.
    pub(crate) fn item(self, private: &Private, records: &[Record]) -> TokenStream {
        match &self.query {
            Some(query) => self.function_item(query, private),
            None => self.stub(private, records),
        }
    }

    fn function_item(&self, query: &TokenStream, private: &Private) -> TokenStream {
        let db = db();
        let run = match &self.function.output.rows {
            Rows::Ignored => quote! {
                let _ = #query.execute(#db).await?;
                #private::Ok(())
            },
            Rows::Counted => quote!(#query.execute(#db).await),
            Rows::One(_) => quote!(#query.fetch_one(#db).await),
            Rows::Optional(_) => quote!(#query.fetch_optional(#db).await),
            Rows::All(_) => quote!(#query.fetch_all(#db).await),
            Rows::Stream(_) => quote!(#query.fetch(#db)),
        };
        self.with_body(&run, private)
    }

    /// The function, with its documentation, its arguments and its type, around a body.
    fn with_body(&self, body: &TokenStream, private: &Private) -> TokenStream {
        let Function {
            attributes,
            visibility,
            ident,
            arguments,
            output,
            ..
        } = self.function;
        let documentation = documentation(self.function);
        let many = (arguments.len() + 1 >= MANY_ARGUMENTS)
            .then(|| quote!(#[allow(clippy::too_many_arguments)]));
        let unknown = quote!(());
        let row = self.row.as_ref().unwrap_or(&unknown);
        let idents: Vec<_> = arguments.iter().map(|argument| &argument.ident).collect();
        let types = arguments.iter().zip(&self.arguments);
        let types: Vec<TokenStream> = types
            .map(|(argument, known)| match known {
                Some(known) => known.clone(),
                None => unknown_type(argument, private),
            })
            .collect();
        let db = db();
        let generics = &self.function.generics;
        if let Rows::Stream(_) = output.rows {
            let lifetime = free_lifetime(generics);
            let generics = borrowed(generics.clone(), &lifetime);
            let where_clause = &generics.where_clause;
            let types = types.into_iter().map(|ty| with_lifetime(ty, &lifetime));
            return quote! {
                #(#attributes)*
                #[doc = #documentation]
                #many
                #visibility fn #ident #generics (
                    #db: &#lifetime impl #private::Executor, #(#idents: #types),*
                ) -> #private::Fetch<#lifetime, #row> #where_clause {
                    #body
                }
            };
        }
        let given = match output.rows {
            Rows::Ignored => quote!(()),
            Rows::Counted => quote!(::core::primitive::u64),
            Rows::One(_) | Rows::Stream(_) => quote!(#row),
            Rows::Optional(_) => quote!(#private::Option<#row>),
            Rows::All(_) => quote!(#private::Vec<#row>),
        };
        let where_clause = &generics.where_clause;
        quote! {
            #(#attributes)*
            #[doc = #documentation]
            #many
            #visibility async fn #ident #generics (
                #db: &impl #private::Executor, #(#idents: #types),*
            ) -> #private::Result<#given, #private::Error> #where_clause {
                #body
            }
        }
    }

    /// The mistakes, and what stands in the function's place.
    ///
    /// What is not known of its types becomes an array whose length is the mistake itself: the compiler reports that, and is silent
    /// about everything that is done with a value of such a type.
    fn stub(mut self, private: &Private, records: &[Record]) -> TokenStream {
        let function = self.function;
        let record = match function.output.rows.row() {
            Some(RowType::Record(name)) => Some(name),
            _ => None,
        };
        let is_declared = record.is_some_and(|name| Record::is_declared(records, name));
        let rows_are_known = self.row.is_some() || function.output.rows.row().is_none();
        let lacks_a_type = !rows_are_known || self.arguments.iter().any(Option::is_none);
        let report = std::mem::take(&mut self.report);
        let mut mistakes = report.into_compile_error_macros();
        if lacks_a_type && !is_declared && mistakes.is_empty() {
            // The mistake is reported elsewhere: in the migrations, or where the declaration was read.
            let mut unknown = TokenStream::new();
            if let Some(name) = record.filter(|_| !rows_are_known) {
                let visibility = &function.visibility;
                unknown = quote!(#[allow(missing_docs, missing_debug_implementations)] #visibility enum #name {});
                self.row = Some(quote!(#name));
            }
            let stub = self.unreachable(private);
            return quote!(#unknown #stub);
        }
        let mut alias = TokenStream::new();
        if rows_are_known || is_declared {
            if let (Some(name), true) = (record, is_declared) {
                self.row = Some(quote!(#name));
            }
        } else if !mistakes.is_empty() {
            let name = record.cloned().unwrap_or_else(|| {
                format_ident!(
                    "__pgdbm_{}",
                    function.ident.unraw(),
                    span = function.spot.span()
                )
            });
            let mistake = mistakes.remove(0);
            let visibility = &function.visibility;
            alias = quote! {
                #[allow(missing_docs, non_camel_case_types, dead_code)]
                #visibility type #name = [(); #mistake];
            };
            self.row = Some(quote!(#name));
            for ty in self.arguments.iter_mut().filter(|ty| ty.is_none()) {
                *ty = Some(quote!(#name));
            }
        }
        let stub = self.unreachable(private);
        quote!(#(#mistakes)* #alias #stub)
    }

    fn unreachable(&self, private: &Private) -> TokenStream {
        let idents = self
            .function
            .arguments
            .iter()
            .map(|argument| &argument.ident);
        let db = db();
        let body = quote! {
            let _ = (#db, #(#idents),*);
            ::core::unreachable!()
        };
        let stub = self.with_body(&body, private);
        quote!(#[allow(dead_code)] #stub)
    }
}

/// The first argument's name. Its place is the macro's, so that an argument of the declaration may have the same.
fn db() -> Ident {
    Ident::new("db", Span::mixed_site())
}

/// The type of an argument of which nothing is known: whatever it is given.
fn unknown_type(argument: &Argument, private: &Private) -> TokenStream {
    match argument.form {
        ArgumentForm::Optional(_) => quote!(#private::Option<impl ::core::marker::Sized>),
        _ => quote!(impl ::core::marker::Sized),
    }
}

/// A lifetime for what the stream borrows that no parameter of the function has.
fn free_lifetime(generics: &Generics) -> Lifetime {
    let is_free = |name: &&str| generics.lifetimes().all(|own| own.lifetime.ident != *name);
    let name = ["q", "query"].iter().find(|name| is_free(name));
    Lifetime::new(&format!("'{}", name.unwrap_or(&"pgdbm")), Span::call_site())
}

/// The parameters of a function, with the lifetime of all that it borrows: the others outlive it.
fn borrowed(mut generics: Generics, lifetime: &Lifetime) -> Generics {
    let lifetimes: Vec<_> = generics
        .lifetimes()
        .map(|own| own.lifetime.clone())
        .collect();
    let types: Vec<_> = generics
        .type_params()
        .map(|own| own.ident.clone())
        .collect();
    let clause = generics.make_where_clause();
    for own in lifetimes {
        clause.predicates.push(syn::parse_quote!(#own: #lifetime));
    }
    for own in types {
        clause.predicates.push(syn::parse_quote!(#own: #lifetime));
    }
    generics.params.insert(0, syn::parse_quote!(#lifetime));
    generics
}

/// What follows the user's own words: the SQL, when it fails, and what becomes of a future that is dropped.
fn documentation(function: &Function) -> String {
    let mut text = String::new();
    if let Some(body) = &function.body {
        let sql = dedented(body.sql.text());
        let fence = fence(&sql);
        text.push_str(&format!("\n# SQL\n\n{fence}sql\n{sql}\n{fence}\n"));
    }
    text.push_str(match function.output.rows {
        Rows::Stream(_) => {
            "\n# Errors\n\nThe stream gives what the server refuses as an error, and ends with it.\n\n# Cancellation\n\nThe \
             stream keeps its connection until it ends or is dropped; dropped before its end, the statement is cancelled.\n"
        }
        Rows::One(_) => {
            "\n# Errors\n\nWhen there is no row; what the server refuses, or why no connection could be had.\n"
        }
        _ => "\n# Errors\n\nWhat the server refuses, or why no connection could be had.\n",
    });
    if !matches!(function.output.rows, Rows::Stream(_)) {
        text.push_str(
            "\n# Cancellation\n\nIf the future is dropped while the statement runs, the server is asked to cancel it; whether it \
             took effect is then unknown.\n",
        );
    }
    text
}

/// More backticks than the SQL has in a row, three at least.
fn fence(sql: &str) -> String {
    let longest = sql
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    "`".repeat(3.max(longest + 1))
}

/// The text without the indent that its lines share; the first stands where the literal began, and has none.
fn dedented(sql: &str) -> String {
    let sql = sql.trim();
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let shared = sql
        .lines()
        .skip(1)
        .filter(|line| !line.trim().is_empty())
        .map(indent)
        .min()
        .unwrap_or_default();
    let mut lines = Vec::new();
    for (number, line) in sql.lines().enumerate() {
        let line = if number == 0 {
            line
        } else {
            line.get(shared..).unwrap_or_default()
        };
        lines.push(line.trim_end());
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{dedented, fence};

    #[test]
    fn the_documentation_shows_the_sql_without_its_indent() {
        let sql =
            "\n        SELECT id,\n            email\n        FROM users\n\n        LIMIT 1\n    ";
        assert_eq!(
            dedented(sql),
            "SELECT id,\n    email\nFROM users\n\nLIMIT 1"
        );
        assert_eq!(dedented("SELECT 1"), "SELECT 1");
        assert_eq!(dedented("SELECT 1,\n       2"), "SELECT 1,\n2");
    }

    #[test]
    fn the_fence_is_longer_than_what_stands_within() {
        assert_eq!(fence("SELECT 1"), "```");
        assert_eq!(fence("SELECT '````'"), "`````");
    }
}
