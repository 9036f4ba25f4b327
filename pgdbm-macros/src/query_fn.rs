//! `query_fn!`: functions for queries, with their arguments' types inferred and records of their own.

mod argument_type;
mod arguments;
mod declaration;
mod expansion;
mod function;
mod output;
mod parse;
mod record;
mod row;

use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::crate_path::CratePath;
use crate::migrated::Migrated;
use crate::package::Settings;
use crate::report::Report;
use declaration::Declaration;
pub(crate) use function::{Argument, ArgumentForm, Body, Function, Spot};
pub(crate) use output::Output;
use parse::Declarations;
pub(crate) use parse::{of_the_record, refuse_second};
use record::Record;

/// Expands one call.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut report = Report::default();
    let Declarations {
        crate_path,
        functions,
    } = Declarations::parse(tokens, &mut report);
    let mistakes = report.into_compile_errors();
    let inputs = inputs(&functions);
    let functions = self::functions(functions, &crate_path);
    quote!(#mistakes #inputs #functions)
}

/// Items by which the compiler sees that what the functions are checked against has changed. They stand beside the functions: one that
/// is configured away would take them along, and no other expansion has them.
pub(crate) fn inputs(functions: &[Function]) -> TokenStream {
    let settings = Settings::read_silently(Span::call_site());
    let mut bodies = functions
        .iter()
        .filter_map(|function| function.body.as_ref());
    if bodies.any(|body| body.is_checked) {
        Migrated::watch_beside(&settings)
    } else {
        settings.watch_once()
    }
}

/// The items of these functions: each function, and the records that they share.
///
/// A function with a mistake is there all the same, and its types are such that nothing which is done with it fails as well.
pub(crate) fn functions(mut functions: Vec<Function>, crate_path: &CratePath) -> TokenStream {
    let private = crate_path.private();
    let mut records: Vec<Record> = Vec::new();
    let reports = functions
        .iter_mut()
        .map(|function| std::mem::take(&mut function.report));
    let reports: Vec<_> = reports.collect();
    let declarations: Vec<_> = functions
        .iter()
        .zip(reports)
        .map(|(function, report)| Declaration::of(function, report, &private, &mut records))
        .collect();
    let items = declarations
        .into_iter()
        .map(|declaration| declaration.item(&private, &records));
    let items: TokenStream = items.collect();
    let records = records.iter().map(|record| record.item(&private));
    quote!(#(#records)* #items)
}

#[cfg(test)]
mod tests {
    use super::expand;

    fn expansion(call: &str) -> String {
        let tokens = call.parse().unwrap_or_default();
        expand(tokens).to_string().replace(' ', "")
    }

    #[test]
    fn a_function_is_declared_as_it_was_asked_for() {
        for (call, parts) in [
            (
                "pub fn one() -> i32 { query_unchecked!(\"SELECT 1\") }",
                &[
                    "pubasyncfnone(",
                    "->::pgdbm::__private::Result<i32,",
                    ".fetch_one(db).await",
                ][..],
            ),
            (
                "fn all(id: &str) -> Stream<i32> { query_unchecked!(\"SELECT $id\") }",
                &[
                    "fnall<'q>(",
                    "id:&'qstr",
                    "->::pgdbm::__private::Fetch<'q,i32>",
                    ".fetch(db)",
                ][..],
            ),
            (
                "crate = db, fn none(id: i32) { query_unchecked!(\"SELECT $1\") }",
                &[
                    "asyncfnnone(",
                    "->db::__private::Result<(),",
                    ".execute(db).await?",
                ][..],
            ),
            (
                "fn few(id: i32) -> Option<a::B> { query_unchecked!(\"SELECT $1\") }",
                &[
                    "from_row::<a::B>",
                    "Option<a::B>",
                    "```sql\\nSELECT$1\\n```",
                ][..],
            ),
        ] {
            let text = expansion(call);
            assert!(!text.contains("compile_error"), "{text}");
            for part in parts {
                assert!(text.contains(part), "no `{part}` in {text}");
            }
        }
    }

    #[test]
    fn no_call_makes_the_macro_panic() {
        for call in [
            "",
            ",",
            "crate",
            "crate = x",
            "fn",
            "fn a",
            "fn a()",
            "fn a() {}",
            "fn a() { 1 }",
            "fn a(b c) { \"SELECT 1\" }",
            "fn a(self) { \"SELECT 1\" }",
            "fn a(b?:i32) { \"SELECT 1\" }",
            "fn a() -> { \"SELECT 1\" }",
            "fn a() -> impl X { \"SELECT 1\" }",
            "fn a() -> &'static str { \"SELECT 1\" }",
            "fn a() -> X { query_unchecked!() }",
            "fn a() -> X { query_file!(1) }",
            "fn a() -> X { query!(\"SELECT $1\", 1) }",
            "fn a(b) -> Option<_> { query_unchecked!(\"SELECT $b\") }",
            "fn a() -> u64 { \"$1 $x '\" }",
            "#[record] fn a() { \"SELECT 1\" }",
            "struct X;",
        ] {
            let text = expansion(call);
            assert!(
                text.contains("compile_error"),
                "{call} is wrong, and is not refused: {text}"
            );
        }
    }
}
