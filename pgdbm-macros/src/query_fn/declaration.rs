//! A function put to the checker: what is wrong with it, and the types of its arguments and rows.

use pgdbm_template::{Code, Template};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, Type};

use crate::binding::{Binding, Value};
use crate::checked::Checked;
use crate::crate_path::Private;
use crate::expansion::{Expansion, Row, Site, SitePlace};
use crate::invocation::Rows as QueryRows;
use crate::parts::{Parts, Toggle};
use crate::query::{check_statements, check_template, parameters_are_certain};
use crate::query_fn::arguments::{self, Taken};
use crate::query_fn::function::{Argument, ArgumentForm, Body, Function, Spot};
use crate::query_fn::output::{RowType, is_called, is_value};
use crate::query_fn::record::Record;
use crate::query_fn::row::{RowFinder, RowOf};
use crate::report::Report;

/// What is known of a function.
pub(crate) struct Declaration<'f> {
    pub(crate) function: &'f Function,
    /// The type of each argument, where it is known.
    pub(crate) arguments: Vec<Option<TokenStream>>,
    /// The type of a row, where it is known.
    pub(crate) row: Option<TokenStream>,
    /// The query as an expression; nothing after a mistake.
    pub(crate) query: Option<TokenStream>,
    pub(crate) report: Report,
}

impl<'f> Declaration<'f> {
    /// Checks a function. Its record goes to the others'.
    pub(crate) fn of(
        function: &'f Function,
        report: Report,
        private: &Private,
        records: &mut Vec<Record>,
    ) -> Self {
        let mut declaration = Declaration {
            function,
            arguments: function
                .arguments
                .iter()
                .map(Argument::written_type)
                .collect(),
            row: None,
            query: None,
            report,
        };
        if let Some(body) = &function.body {
            declaration.check(body, private, records);
        }
        declaration
    }

    fn check(&mut self, body: &Body, private: &Private, records: &mut Vec<Record>) {
        let function = self.function;
        // What is wrong with the declaration hinders no check of its SQL.
        let mut of_sql = Report::default();
        let parts = Parts::find(&body.sql, &mut of_sql);
        let skeleton = parts.as_ref().map(|parts| parts.skeleton.as_str());
        let template = Template::parse(skeleton.unwrap_or(body.sql.text()));
        check_template(&template, &body.sql, &mut of_sql);
        check_statements(&template, &body.sql, &mut of_sql);
        let checked = (body.is_checked && of_sql.is_clean())
            .then(|| Checked::of(&body.sql, &template, parts.as_ref(), private, &mut of_sql))
            .flatten();
        self.report.append(of_sql);
        let report = &mut self.report;
        let toggles = parts.iter().flat_map(|parts| parts.found.toggles());
        let taken = Taken {
            parameters: template.parameters(),
            toggles: toggles
                .map(|toggle| (toggle.name.as_str(), toggle.first))
                .collect(),
            certain: parameters_are_certain(&template),
        };
        let parameters = arguments::matched(function, body, &taken, report);
        self.arguments = arguments::types(
            function,
            &taken,
            &parameters,
            checked.as_ref(),
            private,
            report,
        );
        let row = match &checked {
            Some(checked) => RowFinder {
                function,
                body,
                checked,
                private,
            }
            .find(records, report),
            None if body.is_checked => None,
            None => unchecked_row(function, private, report),
        };
        let Some(row) = row else {
            return;
        };
        self.row = Some(row.ty);
        if !self.report.is_clean() {
            return;
        }
        let expansion = Expansion {
            private: private.clone(),
            rows: unchecked_rows(function, private),
            target: unchecked_target(function),
            is_checked: body.is_checked,
            place: site_place(function),
        };
        let checked_row = checked.as_ref().map(|checked| Row {
            mapper: row.mapper,
            checked,
        });
        let toggles = parts.as_ref().map(|_| toggles_of(function, &taken));
        self.query = Some(expansion.of(
            &Site {
                sql: &body.sql,
                toggles: toggles.as_deref(),
            },
            &Binding::Bound(values(function, &parameters)),
            checked_row.as_ref(),
            Report::default(),
        ));
    }
}

impl Argument {
    /// The type that the declaration gives it.
    fn written_type(&self) -> Option<TokenStream> {
        match &self.form {
            ArgumentForm::Typed(ty) => Some(quote!(#ty)),
            _ => None,
        }
    }

    /// The argument as a value; an unfit one is shown at the type that was written for it.
    fn value(&self) -> Expr {
        let mut ident = self.ident.clone();
        if let ArgumentForm::Typed(ty) = &self.form {
            let at = syn::spanned::Spanned::span(&**ty);
            ident.set_span(ident.span().located_at(at));
        }
        syn::parse_quote!(#ident)
    }
}

/// The values in the order of the parameters.
fn values(function: &Function, parameters: &[Option<usize>]) -> Vec<Value> {
    let found = parameters.iter().flatten();
    found
        .filter_map(|&place| function.arguments.get(place))
        .enumerate()
        .map(|(place, argument)| Value::Given(argument.value(), place))
        .collect()
}

/// What decides on the optional parts of the query.
fn toggles_of(function: &Function, taken: &Taken<'_>) -> Vec<Toggle> {
    let arguments = &function.arguments;
    let toggle = |name: &str| {
        let mut names = taken.parameters.names().iter();
        if let Some(parameter) = names.find(|parameter| parameter.name == name) {
            return Some(Toggle::Parameter(parameter.number.saturating_sub(1)));
        }
        let place = arguments
            .iter()
            .position(|argument| argument.name == name)?;
        Some(Toggle::Flag(Value::Given(
            arguments.get(place)?.value(),
            usize::MAX,
        )))
    };
    taken
        .toggles
        .iter()
        .filter_map(|(name, _)| toggle(name))
        .collect()
}

/// Where the function is declared: the place that the runtime shows.
fn site_place(function: &Function) -> Option<SitePlace> {
    match &function.spot {
        Spot::Tokens(_) => SitePlace::of_token(function.ident.span()),
        Spot::File(file, range) => {
            let place = file.place(range.start);
            let name = place.file;
            Some(SitePlace {
                file: quote!(#name),
                line: place.line,
                column: place.column,
            })
        }
    }
}

/// What a row of a query that is not checked becomes.
fn unchecked_row(function: &Function, private: &Private, report: &mut Report) -> Option<RowOf> {
    for argument in &function.arguments {
        if !matches!(argument.form, ArgumentForm::Typed(_)) {
            let name = &argument.name;
            argument.spot.report(
                Code::UndeterminedType,
                &format!("nobody looks at the parameters of an unchecked query, so the type of `{name}` is not known"),
                &format!("write it: `{name}: i64`"),
                report,
            );
        }
    }
    let mapper = quote!(#private::row);
    match function.output.rows.row() {
        None => Some(RowOf {
            ty: quote!(()),
            mapper,
        }),
        Some(RowType::Existing(ty)) => Some(RowOf {
            ty: quote!(#ty),
            mapper,
        }),
        Some(RowType::Unknown) => None,
        Some(row) => {
            let name = match row {
                RowType::Record(name) => name.to_string(),
                _ => "User".to_owned(),
            };
            function.output.spot.report(
                Code::InvalidFunction,
                "nobody looks at the columns of an unchecked query, so what a row becomes has to be there already",
                &format!("write the path of a type that implements `FromRow`: `crate::{name}`, or `pgdbm::Row`"),
                report,
            );
            None
        }
    }
}

/// How `query_unchecked!` and its sisters would read the rows.
fn unchecked_rows(function: &Function, private: &Private) -> QueryRows {
    match function.output.rows.row() {
        // Rows that are read by name.
        Some(RowType::Existing(ty)) if private.is_path_of(ty, "Row") => QueryRows::Row,
        Some(RowType::Existing(ty)) if is_one_value(ty) => QueryRows::Scalar,
        Some(_) => QueryRows::Mapped,
        None => QueryRows::Row,
    }
}

fn unchecked_target(function: &Function) -> Option<Type> {
    match function.output.rows.row() {
        Some(RowType::Existing(ty)) => Some((**ty).clone()),
        _ => None,
    }
}

/// Types of the language and of the standard library, which are no rows.
fn is_one_value(ty: &Type) -> bool {
    let Type::Path(path) = ty else {
        return false;
    };
    let name = path.path.get_ident();
    name.is_some_and(|name| is_value(&name.to_string()))
        || ["Option", "Vec", "Box", "HashMap"]
            .iter()
            .any(|name| is_called(path, name))
        || path.path.segments.first().is_some_and(|first| {
            path.path.segments.len() > 1
                && ["std", "core", "alloc"]
                    .iter()
                    .any(|name| first.ident == name)
        })
}
