//! The arguments of a function against the parameters of its SQL.

use pgdbm_template::{Code, Diagnostic, Parameters, Span, nearest};
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::Type;

use crate::checked::Checked;
use crate::crate_path::Private;
use crate::query_fn::argument_type::argument_type;
use crate::query_fn::function::{Argument, ArgumentForm, Body, Function, Spot};
use crate::query_fn::output::{first_argument, is_called, shown, shown_short};
use crate::report::Report;
use crate::rust_type::Unmapped;

/// What the SQL takes from the arguments.
pub(crate) struct Taken<'p> {
    pub(crate) parameters: &'p Parameters,
    /// Optional parts hang on these names.
    pub(crate) toggles: Vec<(&'p str, Span)>,
    /// Whether this is all that the user meant.
    pub(crate) certain: bool,
}

impl Taken<'_> {
    /// Whether a part of the query hangs on this argument.
    fn is_toggle(&self, name: &str) -> bool {
        self.toggles.iter().any(|(toggle, _)| *toggle == name)
    }

    /// Whether an argument only decides on parts and is sent nowhere.
    pub(crate) fn is_flag(&self, name: &str) -> bool {
        let names = self.parameters.names();
        self.is_toggle(name) && names.iter().all(|known| known.name != name)
    }

    /// The names in the SQL: those of the parameters in the order of their numbers, then those that are sent nowhere.
    fn names(&self) -> Vec<(&str, Span)> {
        let mut names: Vec<_> = self.parameters.names().iter().collect();
        names.sort_by_key(|name| name.number);
        let names = names
            .into_iter()
            .map(|name| (name.name.as_str(), name.first_use()));
        let flags = self.toggles.iter().filter(|(name, _)| self.is_flag(name));
        names.chain(flags.copied()).collect()
    }
}

/// The argument of each parameter, `$1` first: its place in the declaration.
pub(crate) fn matched(
    function: &Function,
    body: &Body,
    taken: &Taken<'_>,
    report: &mut Report,
) -> Vec<Option<usize>> {
    let arguments = &function.arguments;
    let certain = taken.certain && function.arguments_are_certain;
    let parameters = taken.parameters;
    if let (Some(named), Some(numbered)) =
        (parameters.names().first(), parameters.positional().first())
    {
        let help = match arguments.get(numbered.number - 1) {
            Some(argument) if argument.name != named.name => {
                format!(
                    "write `${}` instead of `${}`",
                    argument.name, numbered.number
                )
            }
            _ => "write all of them by their names".to_owned(),
        };
        let mistake = Diagnostic::error(
            Code::MissingArgument,
            "the parameters of a function are all numbered, or all named as its arguments are",
            numbered.span.start,
            numbered.span.end,
            "",
        );
        body.sql.report(&mistake.with_help(help), report);
        return Vec::new();
    }
    if parameters.positional().is_empty() {
        by_name(function, body, taken, certain, report)
    } else {
        by_number(function, body, parameters, certain, report)
    }
}

fn by_name(
    function: &Function,
    body: &Body,
    taken: &Taken<'_>,
    certain: bool,
    report: &mut Report,
) -> Vec<Option<usize>> {
    let arguments = &function.arguments;
    let names = taken.names();
    let is_used = |name: &str| names.iter().any(|(known, _)| *known == name);
    let mut misspelt = Vec::new();
    let mut matched = Vec::new();
    for &(name, place) in &names {
        let found = arguments.iter().position(|argument| argument.name == name);
        matched.push(found);
        if found.is_some() || !certain {
            continue;
        }
        let waiting = arguments
            .iter()
            .map(|argument| argument.name.as_str())
            .filter(|name| !is_used(name));
        let help = match nearest(name, waiting) {
            Some(near) => {
                misspelt.push(near.to_owned());
                format!("write `${near}`, or call the argument `{name}`")
            }
            None => {
                let mut all: Vec<_> = arguments.iter().map(written).collect();
                all.push(name.to_owned());
                format!(
                    "add the argument: `fn {}({})`",
                    function.ident,
                    all.join(", ")
                )
            }
        };
        let mistake = Diagnostic::error(
            Code::MissingArgument,
            format!("`{}` has no argument `{name}`", function.ident),
            place.start,
            place.end,
            "",
        );
        body.sql.report(&mistake.with_help(help), report);
    }
    for argument in arguments.iter().filter(|_| certain) {
        if !is_used(&argument.name) && !misspelt.contains(&argument.name) {
            refuse_unused(argument, report);
        }
    }
    matched.truncate(taken.parameters.count());
    matched
}

fn by_number(
    function: &Function,
    body: &Body,
    parameters: &Parameters,
    certain: bool,
    report: &mut Report,
) -> Vec<Option<usize>> {
    let arguments = &function.arguments;
    let count = parameters.count();
    let of = |number: usize| (number < arguments.len()).then_some(number);
    let missing = parameters
        .positional()
        .iter()
        .find(|parameter| parameter.number == arguments.len() + 1);
    if let Some(first) = missing.filter(|_| certain) {
        let mistake = Diagnostic::error(
            Code::MissingArgument,
            format!(
                "`${}` has no argument: `{}` has {}",
                first.number,
                function.ident,
                counted(arguments.len())
            ),
            first.span.start,
            first.span.end,
            "",
        );
        let help = "add an argument for it: they come in the order of the numbers";
        body.sql.report(&mistake.with_help(help), report);
    }
    for argument in arguments.iter().skip(count).filter(|_| certain) {
        refuse_unused(argument, report);
    }
    (0..count).map(of).collect()
}

fn counted(count: usize) -> String {
    match count {
        0 => "none".to_owned(),
        1 => "1 argument".to_owned(),
        _ => format!("{count} arguments"),
    }
}

/// An argument as it was declared.
fn written(argument: &Argument) -> String {
    match &argument.form {
        ArgumentForm::Inferred => argument.name.clone(),
        ArgumentForm::Optional(_) => format!("{}?", argument.name),
        ArgumentForm::Typed(ty) => format!("{}: {}", argument.name, shown(ty)),
    }
}

fn refuse_unused(argument: &Argument, report: &mut Report) {
    let name = &argument.name;
    let is_executor =
        name == "db" || matches!(&argument.form, ArgumentForm::Typed(ty) if names_an_executor(ty));
    let (message, help) = if is_executor {
        (
            format!(
                "a function takes what it runs on as its first argument by itself, and `{name}` would be another"
            ),
            "remove it".to_owned(),
        )
    } else {
        (
            format!("the SQL does not use the argument `{name}`"),
            format!("remove it, or write `${name}` in the SQL where its value belongs"),
        )
    };
    argument
        .spot
        .report(Code::SurplusArgument, &message, &help, report);
}

fn names_an_executor(ty: &Type) -> bool {
    let text = ty.to_token_stream().to_string();
    ["Executor", "DatabaseManager", "Transaction", "Connection"]
        .iter()
        .any(|name| text.contains(name))
}

/// The type of each argument as the function's signature has it; `None` where that is not known, which is reported unless
/// something else was.
pub(crate) fn types(
    function: &Function,
    taken: &Taken<'_>,
    parameters: &[Option<usize>],
    checked: Option<&Checked>,
    private: &Private,
    report: &mut Report,
) -> Vec<Option<TokenStream>> {
    let arguments = function.arguments.iter().enumerate();
    let types = arguments.map(|(place, argument)| {
        if let ArgumentForm::Typed(ty) = &argument.form {
            let number = parameters.iter().position(|found| *found == Some(place));
            if let (Some(number), Some(checked)) = (number, checked) {
                refuse_unfit(argument, ty, number, checked, taken, private, report);
            }
            return Some(quote!(#ty));
        }
        let name = &argument.name;
        let is_optional = matches!(argument.form, ArgumentForm::Optional(_));
        if taken.is_flag(name) {
            if let ArgumentForm::Optional(question) = &argument.form {
                question.report(
                    Code::OptionalPart,
                    &format!("`{name}` is sent nowhere: it is true or false, and a part of the query is there or not"),
                    "remove the `?`",
                    report,
                );
            }
            return Some(quote!(#private::bool));
        }
        if taken.is_toggle(name) && !is_optional {
            argument.spot.report(
                Code::OptionalPart,
                &format!("a part of the query is left out where `{name}` has no value, and here it always has one"),
                &format!("write `{name}?`"),
                report,
            );
        }
        let number = parameters.iter().position(|found| *found == Some(place))?;
        let checked = checked?;
        let parameter = checked.parameters_described.get(number)?.as_ref()?;
        let mapping = checked.mapping(private);
        if let ArgumentForm::Optional(question) = &argument.form
            && parameter.nullable == Some(false)
            && !taken.is_toggle(name)
        {
            question.report(
                Code::NullValue,
                &format!("`{name}` must have a value: it goes where NULL is refused"),
                "remove the `?`, or let the column take NULL",
                report,
            );
        }
        let Some(sql_type) = &parameter.sql_type else {
            argument.spot.report(
                Code::UndeterminedType,
                &format!("nothing says which type `{name}` has"),
                &format!("write its type: `{name}: i64`; or say it in the SQL: `${name}::bigint`"),
                report,
            );
            return None;
        };
        match argument_type(sql_type, &mapping) {
            Ok(ty) if is_optional => {
                Some(quote!(#private::Option<#ty>))
            }
            Ok(ty) => Some(ty),
            Err(unmapped) => {
                let sql = parameter.type_name.as_deref().unwrap_or("unknown");
                argument.spot.report(
                    Code::UnmappedType,
                    &format!("no type of Rust is known for `{name}`, which is `{sql}`"),
                    &help_without_a_type(&unmapped, name),
                    report,
                );
                None
            }
        }
    });
    types.collect()
}

/// Refuses a type of the language that does not fit. In a call the compiler says so, at the type; of a file it has no places, so
/// what it would say of it is said here.
fn refuse_unfit(
    argument: &Argument,
    ty: &Type,
    number: usize,
    checked: &Checked,
    taken: &Taken<'_>,
    private: &Private,
    report: &mut Report,
) {
    let name = &argument.name;
    let described = checked
        .parameters_described
        .get(number)
        .and_then(Option::as_ref);
    let (Spot::File(..), Some(parameter), Some(plain)) = (&argument.spot, described, Plain::of(ty))
    else {
        return;
    };
    let mapping = checked.mapping(private);
    let known = parameter
        .sql_type
        .as_ref()
        .and_then(|ty| mapping.of(ty).ok());
    let Some(wanted) = known
        .map(|known| shown_short(known.owned))
        .filter(|name| is_plain(name))
    else {
        return;
    };
    let sql = parameter.type_name.as_deref().unwrap_or("unknown");
    if wanted != plain.name {
        let written = if wanted == "String" { "&str" } else { &wanted };
        argument.spot.report(
            Code::TypeMismatch,
            &format!(
                "`{name}` is `{sql}`: it takes `{written}`, and this is `{}`",
                shown(ty)
            ),
            &format!(
                "write `{name}: {}`, or leave the type out",
                plain.around(written)
            ),
            report,
        );
    } else if plain.is_optional && parameter.nullable == Some(false) && !taken.is_toggle(name) {
        argument.spot.report(
            Code::NullValue,
            &format!(
                "`{name}` must have a value: it goes where NULL is refused, and `{}` may have none",
                shown(ty)
            ),
            "leave out the `Option`, or let the column take NULL",
            report,
        );
    }
}

/// A type of the language, or `String`, as an argument.
struct Plain {
    /// As a column of that kind is read.
    name: String,
    is_optional: bool,
}

impl Plain {
    /// The type, if it is plain: borrowed or not, in an `Option` or not.
    fn of(ty: &Type) -> Option<Self> {
        match ty {
            Type::Paren(paren) => Self::of(&paren.elem),
            Type::Reference(reference) => Self::of(&reference.elem),
            Type::Path(path) => {
                if let Some(within) = is_called(path, "Option")
                    .then(|| first_argument(path))
                    .flatten()
                {
                    return Self::of(within).map(|plain| Plain {
                        is_optional: true,
                        ..plain
                    });
                }
                let name = path.path.get_ident()?.to_string();
                let name = if name == "str" {
                    "String".to_owned()
                } else {
                    name
                };
                is_plain(&name).then_some(Plain {
                    name,
                    is_optional: false,
                })
            }
            _ => None,
        }
    }

    fn around(&self, ty: &str) -> String {
        match self.is_optional {
            true => format!("Option<{ty}>"),
            false => ty.to_owned(),
        }
    }
}

/// The types of which each stands for types of PostgreSQL that no other of them stands for.
fn is_plain(name: &str) -> bool {
    ["bool", "i16", "i32", "i64", "f32", "f64", "String"].contains(&name)
}

fn help_without_a_type(unmapped: &Unmapped, name: &str) -> String {
    // What is said for a column ends with a cast, which an argument does not have.
    match unmapped.help.split_once(", or cast it") {
        Some((feature, _)) if feature.starts_with("turn on") => {
            format!("{feature}, or write a type: `{name}: Type`")
        }
        _ => format!("write a type that implements `ToSql`: `{name}: Type`"),
    }
}
