//! Which value goes to which parameter: the arguments of a call against the parameters of its SQL.

use pgdbm_template::{Code, Diagnostic, Label, Parameters, Span, nearest};
use proc_macro2::Ident;
use syn::Expr;

use crate::expansion::TUPLE_LENGTH;
use crate::invocation::GivenArguments;
use crate::report::Report;
use crate::sql_source::{SqlSource, variable};

/// How the parameters of a query get their values.
pub(crate) enum Binding {
    /// In the call, in the order of the parameters.
    Bound(Vec<Value>),
    /// Later: the call gives no arguments, and the query has so many parameters.
    Unbound(usize),
}

/// The value of one parameter.
pub(crate) enum Value {
    /// An expression of the call, with its place among the others; the query takes it.
    Given(Expr, usize),
    /// The variable that `$name` names; the query borrows it, as format strings do.
    Captured(Ident),
}

impl Binding {
    /// The binding of a call whose SQL is not known: it keeps the arguments, so that none looks unused.
    pub(crate) fn of_unknown_sql(arguments: GivenArguments) -> Self {
        let named = arguments.named.into_iter().map(|argument| argument.value);
        let all = arguments.positional.into_iter().chain(named).enumerate();
        Binding::Bound(
            all.map(|(place, value)| Value::Given(value, place))
                .collect(),
        )
    }

    /// Finds the value of each parameter, and reports what is missing or left over.
    ///
    /// `certain` says whether the parameters are all that the user meant: a literal that is not terminated, for
    /// instance, may have swallowed some, and then counting would make two mistakes of one.
    /// After a mistake the binding still holds every argument.
    pub(crate) fn find(
        arguments: GivenArguments,
        parameters: &Parameters,
        certain: bool,
        sql: &SqlSource,
        report: &mut Report,
    ) -> Self {
        if arguments.is_empty() && !parameters.positional().is_empty() {
            refuse_mixed_parameters(parameters, sql, report);
            if certain {
                refuse_too_many_to_bind(parameters, sql, report);
            }
            return Binding::Unbound(parameters.count());
        }
        if !certain {
            return Binding::Bound(values(arguments, parameters, &[], sql, report));
        }
        if !arguments.broken {
            refuse_surplus(&arguments, parameters, report);
            refuse_missing(&arguments, parameters, sql, report);
        }
        let misspelt = refuse_unknown_names(&arguments, parameters, report);
        Binding::Bound(values(arguments, parameters, &misspelt, sql, report))
    }
}

/// Without any argument `$1` waits for its value, but `$name` takes one at once: a query cannot do both.
fn refuse_mixed_parameters(parameters: &Parameters, sql: &SqlSource, report: &mut Report) {
    let (Some(named), Some(positional)) =
        (parameters.names().first(), parameters.positional().first())
    else {
        return;
    };
    let mistake = Diagnostic::error(
        Code::MissingArgument,
        format!(
            "without arguments this query would wait for the value of `${}` and capture the variable `{}` at once",
            positional.number, named.name
        ),
        positional.span.start,
        positional.span.end,
        "waits for its value",
    )
    .with_label(Label::new(named.first_use().start, named.first_use().end, "captures the variable"))
    .with_help(format!(
        "give the argument of `${}`, or write all parameters as `$name`, or number all of them and bind them later",
        positional.number
    ));
    sql.report(&mistake, report);
}

/// The values come as one tuple, and tuples of the runtime end somewhere; the arguments of a call do not.
fn refuse_too_many_to_bind(parameters: &Parameters, sql: &SqlSource, report: &mut Report) {
    let Some(first) = parameters
        .positional()
        .iter()
        .find(|parameter| parameter.number > TUPLE_LENGTH)
    else {
        return;
    };
    let mistake = Diagnostic::error(
        Code::MissingArgument,
        format!(
            "a query whose values come later has at most {TUPLE_LENGTH} parameters, and this one has {}",
            parameters.count()
        ),
        first.span.start,
        first.span.end,
        "",
    )
    .with_help("give the arguments in the call, which takes any number of them");
    sql.report(&mistake, report);
}

fn refuse_surplus(arguments: &GivenArguments, parameters: &Parameters, report: &mut Report) {
    let expected = highest_position(parameters);
    for (index, argument) in arguments.positional.iter().enumerate().skip(expected) {
        let names = parameters.names();
        let message = match (expected, names) {
            (0, []) => "this query has no parameters [surplus-argument]\n\
                        help: remove the argument, or write `$1` in the SQL where its value belongs: outside of quotes, \
                        `'%' || $1 || '%'`, and not as `?`"
                .to_owned(),
            (0, [first, ..]) => format!(
                "every parameter of this query has a name, and this argument has none [surplus-argument]\n\
                 help: write `{0} = …`, or leave the argument out: `${0}` captures the variable `{0}`",
                first.name
            ),
            (expected, _) => format!(
                "this is argument {}, and the query has {} [surplus-argument]\n\
                 help: remove the argument, or write `${0}` in the SQL where its value belongs",
                index + 1,
                counted(expected, "positional parameter")
            ),
        };
        report.at(argument, message);
    }
}

fn refuse_missing(
    arguments: &GivenArguments,
    parameters: &Parameters,
    sql: &SqlSource,
    report: &mut Report,
) {
    let given = arguments.positional.len();
    let expected = highest_position(parameters);
    // An argument with a name that the query does not have was meant for a number: that is said at the argument.
    if given >= expected || has_unknown_name(arguments, parameters) {
        return;
    }
    let Some(first) = parameters
        .positional()
        .iter()
        .find(|parameter| parameter.number == given + 1)
    else {
        return;
    };
    let missing = match expected - given {
        1 => format!("`${expected}` has no value"),
        _ => format!("`${}` to `${expected}` have no values", given + 1),
    };
    let mistake = Diagnostic::error(
        Code::MissingArgument,
        format!(
            "{missing}: the query has {}, and the call gives {}",
            counted(expected, "positional parameter"),
            counted(given, "positional argument")
        ),
        first.span.start,
        first.span.end,
        "",
    )
    .with_help(match expected - given {
        1 => "add the missing argument".to_owned(),
        missing => format!("add the {missing} missing arguments"),
    });
    sql.report(&mistake, report);
}

/// Gives the names in the SQL that such an argument was probably meant for: they capture no variable.
fn refuse_unknown_names(
    arguments: &GivenArguments,
    parameters: &Parameters,
    report: &mut Report,
) -> Vec<String> {
    let names = parameters.names();
    let is_given = |name: &str| arguments.named.iter().any(|argument| argument.name == name);
    let mut misspelt = Vec::new();
    for argument in arguments
        .named
        .iter()
        .filter(|argument| names.iter().all(|known| known.name != argument.name))
    {
        let name = &argument.name;
        let waiting = names
            .iter()
            .map(|known| known.name.as_str())
            .filter(|known| !is_given(known));
        let help = match nearest(name, waiting) {
            Some(near) => {
                misspelt.push(near.to_owned());
                format!("write `{near} = …` here, or `${name}` in the SQL instead of `${near}`")
            }
            None if highest_position(parameters) > arguments.positional.len() => {
                "write the argument without its name: the parameters of this query are numbered"
                    .to_owned()
            }
            None => format!(
                "remove the argument, or write `${name}` in the SQL where its value belongs"
            ),
        };
        report.at(
            &argument.ident,
            format!("the query has no parameter `${name}` [surplus-argument]\nhelp: {help}"),
        );
    }
    misspelt
}

/// The values in the order of the parameters: positional ones first, then named ones by their numbers.
fn values(
    mut arguments: GivenArguments,
    parameters: &Parameters,
    misspelt: &[String],
    sql: &SqlSource,
    report: &mut Report,
) -> Vec<Value> {
    let positional = arguments.positional.drain(..).enumerate();
    let mut values: Vec<Value> = positional
        .map(|(place, value)| Value::Given(value, place))
        .collect();
    // Named arguments stand behind all positional ones in the call.
    let before = values.len();
    let mut named = arguments.named;
    let mut names: Vec<_> = parameters.names().iter().collect();
    names.sort_by_key(|name| name.number);
    for parameter in names {
        if let Some(index) = named
            .iter()
            .position(|argument| argument.name == parameter.name)
        {
            let argument = named.remove(index);
            values.push(Value::Given(argument.value, before + argument.place));
        } else if misspelt.iter().all(|name| *name != parameter.name) {
            let Span { start, end } = parameter.first_use();
            match variable(&parameter.name, sql.span_at(start)) {
                Some(variable) => values.push(Value::Captured(variable)),
                None => sql.report(
                    &Diagnostic::error(
                        Code::MalformedParameter,
                        format!(
                            "`${0}` cannot capture a variable: Rust has none named `{0}`",
                            parameter.name
                        ),
                        start,
                        end,
                        "",
                    )
                    .with_help("choose another name for the parameter"),
                    report,
                ),
            }
        }
    }
    let left_over = named.into_iter();
    values.extend(left_over.map(|argument| Value::Given(argument.value, before + argument.place)));
    values
}

fn has_unknown_name(arguments: &GivenArguments, parameters: &Parameters) -> bool {
    let is_known = |name: &str| parameters.names().iter().any(|known| known.name == name);
    arguments
        .named
        .iter()
        .any(|argument| !is_known(&argument.name))
}

/// The highest `$n`: as many positional arguments are needed. Named parameters are numbered after it.
fn highest_position(parameters: &Parameters) -> usize {
    parameters.count() - parameters.names().len()
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        0 => format!("no {noun}"),
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
