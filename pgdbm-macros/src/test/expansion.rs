//! What a test expands to.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::fixture::EmbeddedFixture;
use super::function::TestFunction;
use super::options::{Flavor, Isolation, Options};
use super::parameter::Parameter;
use super::schemas::{Schema, SchemaMigrations, Schemas};
use crate::crate_path::CratePath;
use crate::migrations::embedded;
use crate::package::Settings;

/// The test: a function that the harness calls, with the plan in a `static` and the async test inside.
pub(super) fn test(
    options: &Options,
    settings: &Settings,
    function: &TestFunction,
    schemas: &Schemas,
    fixtures: &[EmbeddedFixture],
) -> TokenStream {
    let testing = testing(&options.crate_path);
    let plan = plan(options, function, schemas, fixtures);
    let watch = settings.watch();
    let name = function.name();
    let output = function.output();
    let database = Ident::new("database", Span::mixed_site());
    let arguments: Vec<Ident> = (0..function.parameters().len())
        .map(|position| format_ident!("argument_{position}", span = Span::mixed_site()))
        .collect();
    let values = function
        .parameters()
        .iter()
        .map(|parameter| argument(parameter, &schemas.of(parameter), &database));
    let import = import(options, function);
    // At the type that the test returns, where the compiler says that it is none a test can return.
    let run = quote_spanned!(output.span()=> run::<#output, _>);
    function.wrapper(&quote! {
        {
            #watch
            #import
            static PLAN: #testing::TestPlan = #plan;
            #testing::#run(&PLAN, |#database| async move {
                #(let #arguments = #values;)*
                #name(#(#arguments),*).await
            })
        }
    })
}

fn testing(crate_path: &CratePath) -> TokenStream {
    let private = crate_path.private();
    quote!(#private::testing)
}

/// One argument. It stands where its type does, from the first token on, so that there the compiler says what the type is
/// not; which type it is, the test says when it takes the argument.
fn argument(parameter: &Parameter, schema: &str, database: &Ident) -> TokenStream {
    quote_spanned!(parameter.ty.span()=> take_argument(&#database, #schema).await)
}

/// What gives an argument its value, under a name of one token.
fn import(options: &Options, function: &TestFunction) -> Option<TokenStream> {
    let testing = testing(&options.crate_path);
    let name = match options.isolation {
        Isolation::Transaction => quote!(transaction_argument),
        Isolation::Database | Isolation::Schema => quote!(argument),
    };
    (!function.parameters().is_empty()).then(|| quote!(use #testing::#name as take_argument;))
}

fn plan(
    options: &Options,
    function: &TestFunction,
    schemas: &Schemas,
    fixtures: &[EmbeddedFixture],
) -> TokenStream {
    let testing = testing(&options.crate_path);
    let name = format!("::{}", function.name().unraw());
    let isolation = match options.isolation {
        Isolation::Database => quote!(Database),
        Isolation::Schema => quote!(Schema),
        Isolation::Transaction => quote!(Transaction),
    };
    let schemas = schemas
        .iter()
        .map(|schema| schema_plan(&options.crate_path, schema));
    let fixtures = fixtures.iter().map(|EmbeddedFixture { name, path }| {
        quote! {
            #testing::Fixture {
                name: #name,
                content: ::core::include_str!(#path),
            }
        }
    });
    let timeout = optional(options.timeout.map(|timeout| {
        // A day at most, so that this holds it.
        let milliseconds = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        quote!(::core::time::Duration::from_millis(#milliseconds))
    }));
    let size = |number: u32| {
        let number = number as usize;
        quote!(#number)
    };
    let max_connections = optional(options.max_connections.map(size));
    let max_repeats = optional(options.max_repeats.map(size));
    let worker_threads = optional(match options.flavor {
        Flavor::CurrentThread => None,
        Flavor::MultiThread { workers } => Some(size(workers)),
    });
    let should_panic = function.should_panic();
    quote! {
        #testing::TestPlan {
            name: ::core::concat!(::core::module_path!(), #name),
            isolation: #testing::Isolation::#isolation,
            schemas: &[#(#schemas),*],
            fixtures: &[#(#fixtures),*],
            timeout: #timeout,
            max_connections: #max_connections,
            worker_threads: #worker_threads,
            max_repeats: #max_repeats,
            should_panic: #should_panic,
        }
    }
}

fn schema_plan(crate_path: &CratePath, schema: &Schema) -> TokenStream {
    let testing = testing(crate_path);
    let name = &schema.name;
    let migrations = match &schema.migrations {
        SchemaMigrations::None => TokenStream::new(),
        SchemaMigrations::Files { module, files } => embedded(crate_path, module, files),
        SchemaMigrations::Type(carrier) => {
            let private = crate_path.private();
            quote_spanned!(carrier.span()=> <#carrier as #private::Migrations>::MIGRATIONS)
        }
    };
    quote! {
        #testing::SchemaPlan {
            schema: #name,
            migrations: &[#migrations],
        }
    }
}

fn optional(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
