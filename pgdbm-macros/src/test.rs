//! `#[test]`: parse, check, expand.

mod expansion;
mod fixture;
mod function;
mod items;
mod options;
mod parameter;
mod schemas;
mod timeout;

use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::package::Settings;
use crate::report::Report;
use function::TestFunction;
use options::Options;
use schemas::Schemas;

/// Expands the attribute.
///
/// After a mistake the function is still there with its body, so that it is type-checked and its uses do not fail.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut report = Report::default();
    let options = Options::parse(arguments, &mut report);
    let Some(function) = TestFunction::parse(item.clone(), &options, &mut report) else {
        let mistakes = report.into_compile_errors();
        return quote!(#mistakes #item);
    };
    let settings = Settings::read(Span::call_site(), &mut report);
    let schemas = Schemas::resolve(&options, &settings, function.parameters(), &mut report);
    let fixtures = fixture::embed(&options.fixtures, &mut report);
    if report.is_clean() {
        expansion::test(&options, &settings, &function, &schemas, &fixtures)
    } else {
        let stub = function.stub();
        let mistakes = report.into_compile_errors();
        quote!(#mistakes #stub)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proc_macro2::TokenStream;

    use super::expand;

    fn expansion(arguments: &str, item: &str) -> String {
        let tokens = |text: &str| text.parse::<TokenStream>().unwrap();
        expand(tokens(arguments), &tokens(item)).to_string()
    }

    #[test]
    fn the_attributes_of_the_test_stay_and_those_of_its_arguments_go() {
        let text = expansion(
            "migrations = false",
            "/// Says.\n#[should_panic = \"a\"] pub(crate) async fn t(#[pgdbm(schema = \"b\")] #[allow(x)] db: Db) { 7 }",
        );
        for part in [
            "# [:: core :: prelude :: v1 :: test] # [doc = \" Says.\"] # [should_panic = \"a\"] pub (crate) fn t ()",
            "async fn t (# [allow (x)] db : Db) { 7 }",
            "should_panic : true",
            ":: core :: include_bytes ! (\"",
            "/Cargo.toml\")",
            "schema : \"pgdbm_macros\"",
            "schema : \"b\"",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(!text.contains("compile_error"), "{text}");
    }

    #[test]
    fn an_attribute_that_depends_on_the_configuration_is_asked_for_when_it_is_known() {
        let text = expansion(
            "",
            "#[cfg_attr(unix, ignore, should_panic)] async fn t() {}",
        );
        assert!(
            text.contains("should_panic : :: core :: cfg ! (unix)"),
            "{text}"
        );
        let text = expansion("", "#[cfg_attr(unix, ignore)] async fn t() {}");
        assert!(text.contains("should_panic : false"), "{text}");
    }

    #[test]
    fn the_override_leaves_no_trace_of_the_default_path() {
        let text = expansion(
            "crate = a::b, migrations = C, timeout = 1",
            "async fn t(d: D) -> R {}",
        );
        assert!(text.contains("a :: b :: __private"), "{text}");
        assert!(!text.contains(":: pgdbm ::"), "{text}");
    }

    #[test]
    fn after_a_mistake_the_test_is_still_there() {
        let text = expansion(
            "tiemout = 5",
            "#[should_panic] async fn t(db: Db) -> () { body() }",
        );
        assert!(text.contains("compile_error"), "{text}");
        assert!(
            text.contains("async fn t (db : Db) -> () { body () }"),
            "{text}"
        );
        assert!(!text.contains("TestPlan"), "{text}");
        assert!(!text.contains("should_panic"), "{text}");
        // What no test can be is not repeated: each would be an error once more.
        let text = expansion("", "const async unsafe extern \"C\" fn t(a: A, ...) {}");
        assert_eq!(text.matches("compile_error").count(), 4, "{text}");
        assert!(text.contains("async fn t (a : A ,) { }"), "{text}");
    }

    #[test]
    fn nothing_makes_the_macro_panic() {
        let arguments = [
            "",
            ",",
            "=",
            "a",
            "a =",
            "a = ,",
            "timeout",
            "timeout =",
            "timeout = ,",
            "timeout == 5",
            "fixtures",
            "fixtures()",
            "fixtures(,)",
            "fixtures(5,)",
            "fixtures = [\"a\"]",
            "crate",
            "crate =",
            "crate = 5",
            "migrations = ,",
            "migrations = &A",
            "migrations = [A]",
            "schema = \"\"",
            "schema = r#\"a\"#b",
            "module = \"\"",
            "max_repeats = 99999999999999999999",
            "max_repeats = 5.0",
            "worker_threads = 0x10u8",
            "flavor = \"\"",
            "isolation(\"schema\")",
            "timeout = \"5s\"; schema",
            "# [a] b",
            "fixtures(\"\")",
            "fixtures(\"..\")",
            "fixtures(\".sql\")",
            "fixtures(\"a\\0.sql\")",
            "migrations = \"\"",
            "migrations = \"a\\0\"",
        ];
        let items = [
            "",
            ";",
            "fn",
            "fn t",
            "fn t()",
            "fn t();",
            "async fn t() {}",
            "async fn t(self) {}",
            "fn t(a) {}",
            "async fn t(&'_ mut self, a: A) {}",
            "async fn t<'a, T: X>(a: T) -> impl X where T: Y {}",
            "mod a {}",
            "async fn t(#[pgdbm] a: A, #[pgdbm(schema)] b: B, #[pgdbm = 5] c: C) {}",
            "const A: u8 = 5;",
            "extern crate a;",
            "async fn t(#[pgdbm(schema = \"a\")] #[pgdbm(schema = \"a\")] a: A) {}",
            "impl A {}",
            "macro_rules! a { (fn) => {} }",
            "pub async fn t() {} fn u() {}",
        ];
        for argument in arguments {
            let text = expansion(argument, "async fn t() {}");
            let is_right = argument.is_empty();
            assert!(
                is_right || text.contains("compile_error"),
                "{argument} is not refused: {text}"
            );
            for item in items {
                drop(expansion(argument, item));
            }
        }
        for item in items.iter().filter(|item| **item != "async fn t() {}") {
            assert!(
                expansion("", item).contains("compile_error"),
                "{item} is not refused"
            );
        }
    }
}
