//! The function under `#[test]`: what it takes, and what a test cannot be.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseBuffer, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, FnArg, Meta, ReturnType, Signature, Token, Type, Visibility};

use super::options::{Isolation, Options};
use super::parameter::Parameter;
use crate::report::Report;

/// The parsed function.
pub(super) struct TestFunction {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    /// Without the attributes that are ours.
    signature: Signature,
    body: TokenStream,
    parameters: Vec<Parameter>,
    is_method: bool,
}

impl TestFunction {
    /// What is no function is reported.
    pub(super) fn parse(
        tokens: TokenStream,
        options: &Options,
        report: &mut Report,
    ) -> Option<Self> {
        let Parts {
            attributes,
            visibility,
            mut signature,
            body,
        } = match syn::parse2(tokens) {
            Ok(parts) => parts,
            Err(error) => {
                report.add(error);
                return None;
            }
        };
        check_attributes(&attributes, report);
        check_signature(&signature, &attributes, report);
        check_panic(&attributes, &signature.output, report);
        let is_method = signature.receiver().is_some();
        let mut parameters = Vec::new();
        for input in &mut signature.inputs {
            if let FnArg::Typed(argument) = input {
                parameters.push(Parameter::take(argument, report));
            }
        }
        if options.isolation == Isolation::Transaction {
            check_transactions(&signature, report);
        }
        Some(TestFunction {
            attributes,
            visibility,
            signature,
            body,
            parameters,
            is_method,
        })
    }

    pub(super) fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The name as the compiler lists it.
    pub(super) fn name(&self) -> &syn::Ident {
        &self.signature.ident
    }

    /// What the test returns, as a type.
    pub(super) fn output(&self) -> TokenStream {
        match &self.signature.output {
            ReturnType::Default => quote!(()),
            ReturnType::Type(_, ty) => ty.to_token_stream(),
        }
    }

    /// Whether the test is meant to panic, as an expression: an attribute may depend on the configuration.
    pub(super) fn should_panic(&self) -> TokenStream {
        let conditions: Vec<TokenStream> =
            self.attributes.iter().filter_map(should_panic).collect();
        if conditions.is_empty() {
            quote!(false)
        } else {
            quote!(#(#conditions)||*)
        }
    }

    /// The function that the test harness calls: it takes nothing and is not async. In it stands the test itself, where
    /// nothing of what is written beside it is in the way of its names.
    pub(super) fn wrapper(&self, body: &TokenStream) -> TokenStream {
        let Self {
            attributes,
            visibility,
            signature,
            body: own_body,
            ..
        } = self;
        let Signature { ident, output, .. } = signature;
        quote! {
            #[::core::prelude::v1::test]
            #(#attributes)*
            #visibility fn #ident() #output {
                #signature #own_body
                #body
            }
        }
    }

    /// What stands in for the test after a mistake: the compiler still reads its body.
    pub(super) fn stub(&self) -> TokenStream {
        let Self {
            attributes,
            visibility,
            signature,
            body,
            ..
        } = self;
        if self.is_method {
            // A method cannot be a test, nor stand in one.
            return quote!(#[allow(dead_code)] #visibility #signature #body);
        }
        // What would be wrong once more is left out.
        let kept = attributes.iter().filter(|attribute| {
            !is_test_attribute(attribute) && !attribute.path().is_ident("should_panic")
        });
        let Signature { ident, output, .. } = signature;
        let inner = Signature {
            constness: None,
            safety: syn::Safety::Default,
            abi: None,
            variadic: None,
            ..signature.clone()
        };
        quote! {
            #[::core::prelude::v1::test]
            #(#kept)*
            #visibility fn #ident() #output {
                #[allow(dead_code)]
                #inner #body
                ::core::unreachable!()
            }
        }
    }
}

/// A function as it is written. Its body is the compiler's to read, so it stays as it is.
struct Parts {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    signature: Signature,
    body: TokenStream,
}

impl Parse for Parts {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        if !has_function(&input.fork()) {
            let other: TokenStream = input.parse()?;
            return Err(syn::Error::new_spanned(
                other,
                "`#[pgdbm::test]` stands on a function\n\
                 help: write `async fn name(db: DatabaseManager) { … }` below it",
            ));
        }
        let signature = input.parse()?;
        if !input.peek(syn::token::Brace) {
            return Err(
                input.error("a test has a body\nhelp: write `{ … }` in place of the semicolon")
            );
        }
        Ok(Parts {
            attributes,
            visibility,
            signature,
            body: input.parse::<TokenTree>()?.into(),
        })
    }
}

/// Whether `fn` stands before the first group of the item: its arguments.
fn has_function(input: &ParseBuffer<'_>) -> bool {
    while !input.is_empty() {
        match input.parse() {
            Ok(TokenTree::Ident(word)) if word == "fn" => return true,
            Ok(TokenTree::Group(_)) | Err(_) => return false,
            Ok(_) => {}
        }
    }
    false
}

fn check_attributes(attributes: &[Attribute], report: &mut Report) {
    for attribute in attributes
        .iter()
        .filter(|attribute| is_test_attribute(attribute))
    {
        report.at(
            attribute,
            "`#[pgdbm::test]` makes the function a test already\nhelp: remove this attribute",
        );
    }
}

/// `#[test]` of the language, of tokio, of whomever: each would make a test of its own.
fn is_test_attribute(attribute: &Attribute) -> bool {
    let path = attribute.path();
    path.segments
        .last()
        .is_some_and(|last| last.ident == "test")
}

/// The test harness does not take both: what is returned would never be looked at.
fn check_panic(attributes: &[Attribute], output: &ReturnType, report: &mut Report) {
    let ReturnType::Type(_, ty) = output else {
        return;
    };
    let is_unit = matches!(&**ty, Type::Tuple(tuple) if tuple.elems.is_empty());
    if !is_unit
        && attributes
            .iter()
            .any(|attribute| attribute.path().is_ident("should_panic"))
    {
        report.at(
            ty,
            "a test that should panic returns nothing\n\
             help: remove `#[should_panic]`, or remove the type and use `unwrap` in place of `?`",
        );
    }
}

fn check_signature(signature: &Signature, attributes: &[Attribute], report: &mut Report) {
    // Another test attribute above this one has made the function its own kind by now.
    let is_taken = attributes.iter().any(is_test_attribute);
    if signature.asyncness.is_none() && !is_taken {
        report.at(
            signature.fn_token,
            "a test of pgdbm is async\nhelp: write `async fn`; a test that needs no database is `#[test] fn`",
        );
    }
    if let Some(receiver) = signature.receiver() {
        report.at(
            receiver,
            "a test is no method\nhelp: write it outside of `impl` and `trait`, with the arguments it needs",
        );
    }
    if !signature.generics.params.is_empty() {
        report.at(
            &signature.generics.params,
            "a test has no parameters of its own: nobody would say what they stand for\n\
             help: write the types themselves; the lifetime of an argument is `'_`",
        );
    }
    if let Some(token) = &signature.constness {
        report.at(token, "a test is not `const`\nhelp: remove `const`");
    }
    if !matches!(signature.safety, syn::Safety::Default) {
        report.at(
            &signature.safety,
            "a test cannot be unsafe to call\nhelp: write `unsafe { … }` in it, around what is",
        );
    }
    if let Some(abi) = &signature.abi {
        report.at(abi, "a test has no other ABI than Rust's\nhelp: remove it");
    }
    if let Some(variadic) = &signature.variadic {
        report.at(
            variadic,
            "a test takes a known number of arguments\nhelp: remove `...`",
        );
    }
}

/// The macro cannot know types: that the argument is a transaction is what its trait says.
fn check_transactions(signature: &Signature, report: &mut Report) {
    let second = signature
        .inputs
        .iter()
        .filter(|input| matches!(input, FnArg::Typed(_)))
        .nth(1);
    if let Some(second) = second {
        report.at(
            second,
            "two transactions are two connections, and neither sees what the other has done\n\
             help: take one, or write `isolation = \"schema\"` for a test that needs several connections",
        );
    }
}

/// Whether the attribute says that the test panics, as an expression.
fn should_panic(attribute: &Attribute) -> Option<TokenStream> {
    if attribute.path().is_ident("should_panic") {
        return Some(quote!(true));
    }
    if !attribute.path().is_ident("cfg_attr") {
        return None;
    }
    let Meta::List(list) = &attribute.meta else {
        return None;
    };
    let metas = list
        .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
        .ok()?;
    let mut metas = metas.iter();
    let condition = metas.next()?;
    metas
        .any(|meta| meta.path().is_ident("should_panic"))
        .then(|| quote!(::core::cfg!(#condition)))
}
