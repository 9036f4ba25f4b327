//! What stands between the braces of `query_fn!`.

use pgdbm_template::Code;
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{
    Attribute, Expr, Generics, Ident, LitStr, Meta, Token, Visibility, braced, parenthesized,
};

use crate::crate_path::CratePath;
use crate::query_fn::function::{Argument, ArgumentForm, Body, Function, Spot};
use crate::query_fn::output::Output;
use crate::report::Report;
use crate::sql_source::SqlSource;

/// What one call declares.
pub(crate) struct Declarations {
    pub(crate) crate_path: CratePath,
    pub(crate) functions: Vec<Function>,
}

impl Declarations {
    /// Parses `[crate = path,] function*`. What could not be parsed is reported, and what follows it is read all the same.
    pub(crate) fn parse(tokens: TokenStream, report: &mut Report) -> Self {
        let mut declarations = Declarations {
            crate_path: CratePath::default_facade(),
            functions: Vec::new(),
        };
        let parsed = (|input: ParseStream<'_>| {
            if let Err(error) = declarations.parse_crate(input) {
                report.add(error);
            }
            while !input.is_empty() {
                match parse_function(input, &declarations.crate_path) {
                    Ok(function) => declarations.functions.push(function),
                    Err(error) => {
                        report.add(error);
                        skip_to_the_next(input)?;
                    }
                }
            }
            Ok(())
        })
        .parse2(tokens);
        if let Err(error) = parsed {
            report.add(error);
        }
        if declarations.functions.is_empty() && report.is_clean() {
            report.add(syn::Error::new(
                proc_macro2::Span::call_site(),
                "`query_fn!` declares no function\n\
                 help: write `query_fn! { pub fn user(id) -> Option<User> { \"SELECT …\" } }`",
            ));
        }
        declarations
    }

    fn parse_crate(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        if CratePath::comes_next(input) {
            self.crate_path = CratePath::parse(input)?;
            input.parse::<Token![,]>()?;
        }
        Ok(())
    }
}

/// A mistake at what comes next, or at the end.
fn expected(input: ParseStream<'_>, message: &str) -> syn::Error {
    syn::Error::new(input.span(), message)
}

/// Goes on behind the next body.
fn skip_to_the_next(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() {
        let skipped: TokenTree = input.parse()?;
        if matches!(&skipped, TokenTree::Group(group) if group.delimiter() == proc_macro2::Delimiter::Brace)
        {
            break;
        }
    }
    Ok(())
}

fn parse_function(input: ParseStream<'_>, crate_path: &CratePath) -> syn::Result<Function> {
    let mut report = Report::default();
    let attributes = Attribute::parse_outer(input)?;
    let (attributes, record_attributes) = of_the_record(attributes, &mut report);
    let visibility: Visibility = input.parse()?;
    // Written or not, the function is async.
    input.parse::<Option<Token![async]>>()?;
    if !input.peek(Token![fn]) {
        return Err(expected(
            input,
            "a function is expected here\nhelp: write `pub fn user(id) -> Option<User> { \"SELECT …\" }`",
        ));
    }
    input.parse::<Token![fn]>()?;
    let ident: Ident = input.parse()?;
    let mut generics: Generics = input.parse()?;
    let within;
    let _ = parenthesized!(within in input);
    let arguments = parse_arguments(&within, &mut report)?;
    let output = if input.peek(Token![->]) {
        input.parse::<Token![->]>()?;
        let written = written_output(input)?;
        let spot = Spot::Tokens(written.clone());
        let read = Output::read(written.clone(), spot, &mut report);
        read.map_err(|error| syn::Error::new_spanned(written, error))?
    } else {
        Output::nothing(Spot::Tokens(ident.to_token_stream()))
    };
    generics.where_clause = input.parse()?;
    if !input.peek(syn::token::Brace) {
        return Err(expected(
            input,
            "the SQL is expected here, between braces\nhelp: write `{ \"SELECT …\" }`",
        ));
    }
    let within;
    let _ = braced!(within in input);
    let body = parse_body(&within, crate_path, &mut report).unwrap_or_else(|error| {
        report.add(error);
        None
    });
    within.parse::<TokenStream>()?;
    let spot = Spot::Tokens(ident.to_token_stream());
    Ok(Function {
        attributes,
        record_attributes,
        visibility,
        ident,
        generics,
        arguments,
        arguments_are_certain: true,
        output,
        body,
        spot,
        report,
    })
}

/// What stands between the arrow and the body, or the conditions before that.
fn written_output(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut written = TokenStream::new();
    while !(input.is_empty() || input.peek(syn::token::Brace) || input.peek(Token![where])) {
        let token: TokenTree = input.parse()?;
        written.extend([token]);
    }
    if written.is_empty() {
        return Err(expected(
            input,
            "what a row becomes is expected here\nhelp: write `-> Option<Name>`, `-> Vec<crate::User>`, `-> i64`",
        ));
    }
    Ok(written)
}

/// Takes `#[record(…)]` out of the attributes of a function.
pub(crate) fn of_the_record(
    attributes: Vec<Attribute>,
    report: &mut Report,
) -> (Vec<Attribute>, Vec<TokenStream>) {
    let mut of_record = Vec::new();
    let mut of_function = Vec::new();
    for attribute in attributes {
        if !attribute.path().is_ident("record") {
            of_function.push(attribute);
            continue;
        }
        let inner = match &attribute.meta {
            Meta::List(list) => Some(list.tokens.clone()),
            _ => None,
        };
        match inner.and_then(split_at_commas) {
            Some(parts) => of_record.extend(parts),
            None => report.at(
                &attribute,
                "`#[record(…)]` holds the attributes of the record\nhelp: write `#[record(derive(Eq, Hash))]`",
            ),
        }
    }
    (of_function, of_record)
}

/// The attributes between the parentheses.
fn split_at_commas(tokens: TokenStream) -> Option<Vec<TokenStream>> {
    let mut parts = vec![TokenStream::new()];
    for token in tokens {
        match (&token, parts.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => {
                parts.push(TokenStream::new());
            }
            (_, Some(last)) => last.extend([token]),
            (_, None) => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    (!parts.is_empty()).then_some(parts)
}

fn parse_arguments(input: ParseStream<'_>, report: &mut Report) -> syn::Result<Vec<Argument>> {
    let mut arguments: Vec<Argument> = Vec::new();
    while !input.is_empty() {
        let argument = parse_argument(input)?;
        if arguments
            .iter()
            .any(|earlier| earlier.name == argument.name)
        {
            refuse_second(&argument, report);
        } else {
            arguments.push(argument);
        }
        if !input.is_empty() {
            input.parse::<Token![,]>().map_err(|error| {
                let help = "write `name`, `name?` for one that may be `None`, or `name: Type`";
                syn::Error::new(
                    error.span(),
                    format!("a comma is expected here\nhelp: {help}"),
                )
            })?;
        }
    }
    Ok(arguments)
}

/// Says that there is an argument of this name already.
pub(crate) fn refuse_second(argument: &Argument, report: &mut Report) {
    argument.spot.report(
        Code::SurplusArgument,
        &format!("the argument `{}` is there twice", argument.name),
        "remove one of the two",
        report,
    );
}

fn parse_argument(input: ParseStream<'_>) -> syn::Result<Argument> {
    if !input.peek(Ident) {
        return Err(expected(
            input,
            "the name of an argument is expected here\n\
             help: write `name`, `name?` for one that may be `None`, or `name: Type`",
        ));
    }
    let ident: Ident = input.parse()?;
    let form = if input.peek(Token![?]) {
        let question: Token![?] = input.parse()?;
        ArgumentForm::Optional(Spot::Tokens(quote!(#question)))
    } else if input.peek(Token![:]) {
        input.parse::<Token![:]>()?;
        ArgumentForm::Typed(Box::new(input.parse()?))
    } else {
        ArgumentForm::Inferred
    };
    Ok(Argument {
        name: ident.unraw().to_string(),
        spot: Spot::Tokens(ident.to_token_stream()),
        ident,
        form,
    })
}

fn parse_body(
    input: ParseStream<'_>,
    crate_path: &CratePath,
    report: &mut Report,
) -> syn::Result<Option<Body>> {
    if input.is_empty() {
        return Err(input
            .error("the SQL is missing\nhelp: write it between the braces: `{ \"SELECT …\" }`"));
    }
    let expression: Expr = input.parse()?;
    if !input.is_empty() {
        return Err(expected(
            input,
            "nothing may follow the SQL: the arguments stand between the parentheses of the function\nhelp: remove this",
        ));
    }
    let of = |sql: Option<SqlSource>, is_checked| sql.map(|sql| Body { sql, is_checked });
    Ok(match called(&expression) {
        Some(("query", tokens)) => of(literal(tokens, crate_path, report)?, true),
        Some(("query_unchecked", tokens)) => of(literal(tokens, crate_path, report)?, false),
        Some(("query_file", tokens)) => of(file(tokens, report)?, true),
        Some((_, tokens)) => of(file(tokens, report)?, false),
        None => of(
            SqlSource::from_expression(&expression, &crate_path.public("sql"), report),
            true,
        ),
    })
}

/// The macro that a body names, and what stands between its parentheses.
fn called(expression: &Expr) -> Option<(&'static str, TokenStream)> {
    let Expr::Macro(call) = expression else {
        return None;
    };
    let last = call.mac.path.segments.last()?;
    [
        "query",
        "query_unchecked",
        "query_file",
        "query_file_unchecked",
    ]
    .into_iter()
    .find(|name| last.ident == name)
    .map(|name| (name, call.mac.tokens.clone()))
}

fn literal(
    tokens: TokenStream,
    crate_path: &CratePath,
    report: &mut Report,
) -> syn::Result<Option<SqlSource>> {
    let expression = only(tokens, |input| input.parse::<Expr>())?;
    Ok(SqlSource::from_expression(
        &expression,
        &crate_path.public("sql"),
        report,
    ))
}

fn file(tokens: TokenStream, report: &mut Report) -> syn::Result<Option<SqlSource>> {
    let path = only(tokens, |input| input.parse::<LitStr>())?;
    Ok(SqlSource::from_file(&path, report))
}

/// The one thing that such a macro holds here.
fn only<T>(
    tokens: TokenStream,
    parse: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<T> {
    (|input: ParseStream<'_>| {
        let parsed = parse(input)?;
        input.parse::<Option<Token![,]>>()?;
        if !input.is_empty() {
            return Err(expected(input, "the arguments of the query stand between the parentheses of the function\nhelp: remove this"));
        }
        Ok(parsed)
    })
    .parse2(tokens)
}
