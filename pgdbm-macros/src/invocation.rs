//! What stands between the parentheses of `query!` and its sisters.

use proc_macro2::{Ident, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprLit, ExprPath, LitStr, Token, Type};

use crate::binding::Value;
use crate::crate_path::CratePath;
use crate::report::Report;
use crate::sql_source::{SqlSource, is_keyword};

/// One of the query macros: what its rows become, and where its SQL stands.
#[derive(Clone, Copy)]
pub(crate) struct Form {
    /// The name of the macro, for messages.
    pub(crate) name: &'static str,
    pub(crate) rows: Rows,
    pub(crate) sql: SqlPosition,
    /// Whether the query is checked against the migrations.
    pub(crate) checked: bool,
}

/// What a row becomes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// A record with the columns as fields; without the check a row that is read by name or by index.
    Row,
    /// The type that the call names.
    Mapped,
    /// The value of the only column.
    Scalar,
}

/// Where the SQL stands.
#[derive(Clone, Copy)]
pub(crate) enum SqlPosition {
    Literal,
    File,
}

/// One parsed call. What could not be parsed is missing, and reported.
pub(crate) struct Invocation {
    pub(crate) crate_path: CratePath,
    /// The type of `query_as!`.
    pub(crate) target: Option<Type>,
    /// `Type as FromRow`: the type's derive says which columns its fields read.
    pub(crate) as_from_row: bool,
    pub(crate) sql: Option<SqlSource>,
    pub(crate) arguments: GivenArguments,
}

/// The arguments as they are written.
#[derive(Default)]
pub(crate) struct GivenArguments {
    pub(crate) positional: Vec<Expr>,
    pub(crate) named: Vec<NamedArgument>,
    /// Whether something could not be parsed, so that their number is not known.
    pub(crate) broken: bool,
}

/// `name = value`.
pub(crate) struct NamedArgument {
    pub(crate) ident: Ident,
    /// Without the `r#` of a raw identifier: the SQL writes `$type`.
    pub(crate) name: String,
    pub(crate) value: Expr,
    /// Its place among the arguments with names.
    pub(crate) place: usize,
}

impl Invocation {
    /// Parses a call: `[crate = path,] [Type,] sql [, argument]* [,]`.
    pub(crate) fn parse(form: Form, tokens: TokenStream, report: &mut Report) -> Self {
        let mut invocation = Invocation {
            crate_path: CratePath::default_facade(),
            target: None,
            as_from_row: false,
            sql: None,
            arguments: GivenArguments::default(),
        };
        // The parser never fails, so that what was understood before a mistake is kept and checked as well.
        let parsed = (|input: ParseStream<'_>| {
            if let Err(error) = invocation.parse_all(form, input, report) {
                invocation.arguments.broken = true;
                report.add(error);
            }
            input.parse::<TokenStream>()
        })
        .parse2(tokens);
        if let Err(error) = parsed {
            report.add(error);
        }
        invocation
    }

    fn parse_all(
        &mut self,
        form: Form,
        input: ParseStream<'_>,
        report: &mut Report,
    ) -> syn::Result<()> {
        if CratePath::comes_next(input) {
            self.crate_path = CratePath::parse(input)?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        if form.rows == Rows::Mapped {
            if input.is_empty() {
                return Err(syn::Error::new(
                    input.span(),
                    format!(
                        "`{0}!` needs the type of its rows and the SQL\nhelp: write `{0}!(Type, \"…\")`",
                        form.name
                    ),
                ));
            }
            self.target = Some(without_groups(parse_target(form, input)?));
            if form.checked && input.peek(Token![as]) {
                self.as_from_row = true;
                parse_from_row(input)?;
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        if form.rows == Rows::Scalar {
            refuse_type(form, input, report)?;
        }
        if input.is_empty() {
            let example = match (form.rows, form.sql) {
                (Rows::Mapped, SqlPosition::Literal) => "(Type, \"SELECT …\")",
                (Rows::Mapped, SqlPosition::File) => "(Type, \"queries/name.sql\")",
                (_, SqlPosition::Literal) => "(\"SELECT …\")",
                (_, SqlPosition::File) => "(\"queries/name.sql\")",
            };
            return Err(syn::Error::new(
                input.span(),
                format!("`{0}!` needs SQL\nhelp: write `{0}!{example}`", form.name),
            ));
        }
        self.sql = match form.sql {
            SqlPosition::Literal => SqlSource::from_expression(
                &parse_expression(input)?,
                &self.crate_path.public("sql"),
                report,
            ),
            SqlPosition::File => SqlSource::from_file(&parse_path(form, input)?, report),
        };
        self.arguments.parse(input, report)
    }
}

fn parse_target(form: Form, input: ParseStream<'_>) -> syn::Result<Type> {
    if input.peek(syn::Lit) {
        return Err(input.error(format!(
            "`{0}!` needs the type of its rows before the SQL\n\
             help: write `{0}!(Type, …)`, or use `{1}!` for rows without a type of their own",
            form.name,
            form.name.replace("_as", "")
        )));
    }
    input.parse()
}

/// The type itself, where it has passed through `macro_rules!` as `$t:ty`: then it arrives in an invisible group.
fn without_groups(mut ty: Type) -> Type {
    while let Type::Group(group) = ty {
        ty = *group.elem;
    }
    ty
}

/// Refuses a type before the SQL, which others take there; what follows is read all the same.
fn refuse_type(form: Form, input: ParseStream<'_>, report: &mut Report) -> syn::Result<()> {
    if input.peek(syn::Lit) {
        return Ok(());
    }
    let ahead = input.fork();
    let Ok(ty @ (Type::Path(_) | Type::Tuple(_) | Type::Reference(_))) = ahead.parse() else {
        return Ok(());
    };
    // `SQL, "Ada"` is a constant with an argument: constants are shouted.
    let is_constant = matches!(&ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| {
        let name = last.ident.to_string();
        name.len() > 1 && name == name.to_uppercase()
    }));
    if is_constant || ahead.parse::<Token![,]>().is_err() || !ahead.peek(LitStr) {
        return Ok(());
    }
    input.parse::<Type>()?;
    input.parse::<Token![,]>()?;
    let help = match form.checked {
        true => {
            "remove the type; to read the column as another one, write `AS \"name: Type\"` in the SQL"
        }
        false => "remove the type: what the value is used as says it",
    };
    report.at(
        ty,
        format!(
            "`{}!` takes no type before the SQL\nhelp: {help}",
            form.name
        ),
    );
    Ok(())
}

/// Parses the `as FromRow` behind a type.
fn parse_from_row(input: ParseStream<'_>) -> syn::Result<()> {
    input.parse::<Token![as]>()?;
    let path: syn::Path = input.parse()?;
    if path
        .segments
        .last()
        .is_some_and(|last| last.ident == "FromRow")
    {
        return Ok(());
    }
    Err(syn::Error::new_spanned(
        path,
        "a row becomes a struct by its fields, or by its derive\n\
         help: write `Type, \"…\"`, or `Type as FromRow, \"…\"` for a struct with `#[derive(FromRow)]`",
    ))
}

fn parse_path(form: Form, input: ParseStream<'_>) -> syn::Result<LitStr> {
    let expression: Expr = input.parse()?;
    let mut inner = &expression;
    while let Expr::Group(group) = inner {
        inner = &group.expr;
    }
    match inner {
        Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Str(path) => Ok(path.clone()),
            other => Err(path_expected(form, other)),
        },
        other => Err(path_expected(form, other)),
    }
}

fn path_expected(form: Form, found: impl ToTokens) -> syn::Error {
    syn::Error::new_spanned(
        found,
        format!(
            "`{}!` takes the path of a file, as a string literal\n\
             help: write a path relative to the directory that holds Cargo.toml: \"queries/name.sql\"",
            form.name
        ),
    )
}

impl GivenArguments {
    /// Whether the call gives no arguments at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.positional.is_empty() && self.named.is_empty() && !self.broken
    }

    /// Takes out the argument with this name.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        let index = self
            .named
            .iter()
            .position(|argument| argument.name == name)?;
        let argument = self.named.remove(index);
        Some(Value::Given(
            argument.value,
            self.positional.len() + argument.place,
        ))
    }

    fn parse(&mut self, input: ParseStream<'_>, report: &mut Report) -> syn::Result<()> {
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            if is_named(input) {
                let place = self.named.len();
                self.push_named(NamedArgument::parse(input, place)?, report);
            } else {
                let value = parse_expression(input)?;
                if let Some(named) = self.named.first() {
                    report.at(
                        &value,
                        format!(
                            "positional arguments come before named ones\nhelp: move this argument before `{} = …`",
                            named.name
                        ),
                    );
                    self.broken = true;
                }
                self.positional.push(value);
            }
        }
        Ok(())
    }

    fn push_named(&mut self, argument: NamedArgument, report: &mut Report) {
        if self
            .named
            .iter()
            .any(|earlier| earlier.name == argument.name)
        {
            report.at(
                &argument.ident,
                format!(
                    "the argument `{}` is given twice\nhelp: remove one of the two",
                    argument.name
                ),
            );
        }
        self.named.push(argument);
    }
}

impl NamedArgument {
    fn parse(input: ParseStream<'_>, place: usize) -> syn::Result<Self> {
        let ident = Ident::parse_any(input)?;
        input.parse::<Token![=]>()?;
        Ok(NamedArgument {
            name: ident.unraw().to_string(),
            ident,
            value: parse_expression(input)?,
            place,
        })
    }
}

/// An expression up to a comma. Most are a literal or a name, and to try all that else begins with one takes several times as long.
fn parse_expression(input: ParseStream<'_>) -> syn::Result<Expr> {
    let alone = input.cursor().token_tree().filter(|(_, rest)| {
        let comma = rest.punct().filter(|(punct, _)| punct.as_char() == ',');
        rest.eof() || comma.is_some()
    });
    match alone {
        Some((TokenTree::Literal(_), _)) => Ok(Expr::Lit(ExprLit {
            attrs: Vec::new(),
            lit: input.parse()?,
        })),
        // Keywords are none: some are expressions of another kind, and the others mistakes.
        Some((TokenTree::Ident(name), _)) if !is_keyword(&name.to_string()) => {
            Ok(Expr::Path(ExprPath {
                attrs: Vec::new(),
                qself: None,
                path: Ident::parse_any(input)?.into(),
            }))
        }
        _ => input.parse(),
    }
}

/// Whether `name = value` comes next.
fn is_named(input: ParseStream<'_>) -> bool {
    let Some((_, behind)) = input.cursor().ident() else {
        return false;
    };
    let equals = behind.punct().filter(|(punct, _)| punct.as_char() == '=');
    equals.is_some_and(|(equals, behind)| {
        // `==` and `=>` are other tokens.
        equals.spacing() == Spacing::Alone
            || !behind
                .punct()
                .is_some_and(|(next, _)| matches!(next.as_char(), '=' | '>'))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::mem::discriminant;

    use quote::ToTokens as _;
    use syn::Expr;
    use syn::parse::Parser as _;

    use super::parse_expression;

    #[test]
    fn what_stands_alone_is_the_expression_that_the_whole_grammar_makes_of_it() {
        for text in [
            "1", "\"a\"", "true", "id", "r#type", "self", "-1", "id.name", "id()", "a::b",
            "b\"a\"", "1 + 2",
        ] {
            let whole: Expr = syn::parse_str(text).unwrap();
            let parsed = parse_expression.parse_str(text).unwrap();
            assert_eq!(discriminant(&parsed), discriminant(&whole), "{text}");
            assert_eq!(
                parsed.to_token_stream().to_string(),
                whole.to_token_stream().to_string()
            );
        }
        for text in ["type", "", ",", "id id"] {
            assert!(parse_expression.parse_str(text).is_err(), "{text}");
        }
    }
}
