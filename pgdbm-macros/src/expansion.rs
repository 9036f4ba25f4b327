//! The code that a query macro becomes.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Index, Type};

use crate::binding::{Binding, Value};
use crate::checked::{Checked, CheckedParameter, Demand};
use crate::crate_path::Private;
use crate::invocation::Rows;
use crate::package::local_file;
use crate::parts::Toggle;
use crate::report::Report;
use crate::site::Package;
use crate::sql_source::SqlSource;

/// The runtime binds tuples of up to so many values to a query that waits for them.
pub(crate) const TUPLE_LENGTH: usize = 32;

/// The runtime has functions of their own for so many parameters.
const NUMBERED: usize = 8;

/// The parameters of the closure that lists the arguments. Patterns may be constants and unit structs of the caller,
/// whatever the hygiene, so these are names that nobody has.
const TUPLE: &str = "__pgdbm_tuple";
const LIST: &str = "__pgdbm_list";

/// What an expansion needs to know besides its SQL and its arguments.
pub(crate) struct Expansion {
    /// The path of the facade's module for generated code.
    pub(crate) private: Private,
    pub(crate) rows: Rows,
    /// The type of `query_as!`; nothing if it could not be parsed.
    pub(crate) target: Option<Type>,
    /// Whether the query is one that is checked against the migrations.
    pub(crate) is_checked: bool,
    /// Where the query is written, if that is not where the macro stands.
    pub(crate) place: Option<SitePlace>,
}

/// The place of a query that is one of many of a macro, or that stands in a file.
pub(crate) struct SitePlace {
    /// An expression.
    pub(crate) file: TokenStream,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl SitePlace {
    /// Of a token of the call, if the compiler knows it.
    pub(crate) fn of_token(span: Span) -> Option<Self> {
        let file = local_file(span)?;
        // A token that another macro brings along is of another file perhaps, and the call is the better place.
        (local_file(Span::call_site())? == file).then(|| {
            let span = span.unwrap();
            SitePlace {
                file: quote!(::core::file!()),
                line: span.line(),
                column: span.column(),
            }
        })
    }
}

/// What is known of the rows and the parameters of a query that was checked.
pub(crate) struct Row<'r> {
    /// The function that makes a value of a row.
    pub(crate) mapper: TokenStream,
    pub(crate) checked: &'r Checked,
}

/// The SQL of the call site.
pub(crate) struct Site<'s> {
    pub(crate) sql: &'s SqlSource,
    /// What decides on its optional parts, if it has any.
    pub(crate) toggles: Option<&'s [Toggle]>,
}

impl Expansion {
    /// The query, or the mistakes and a query of the same type that has no SQL.
    pub(crate) fn of(
        &self,
        site: &Site<'_>,
        binding: &Binding,
        row: Option<&Row<'_>>,
        report: Report,
    ) -> TokenStream {
        let watched = site.sql.file().map(|path| watch(path));
        let (described, inputs) = match row {
            _ if !report.is_clean() => (String::new(), TokenStream::new()),
            Some(row) => (row.checked.described.clone(), row.checked.watch.clone()),
            None => Package::of_unchecked(),
        };
        let source = if report.is_clean() {
            site.sql.text()
        } else {
            ""
        };
        let place = self.site(source, &described);
        let place = match (&watched, inputs.is_empty()) {
            (None, true) => place,
            _ => quote!({ #inputs #watched #place }),
        };
        self.query(&place, binding, site.toggles, row, report)
    }

    /// The mistakes of a call whose SQL is not known, and a query without SQL.
    pub(crate) fn without_sql(&self, binding: &Binding, report: Report) -> TokenStream {
        self.query(&self.site("", ""), binding, None, None, report)
    }

    fn query(
        &self,
        site: &TokenStream,
        binding: &Binding,
        toggles: Option<&[Toggle]>,
        row: Option<&Row<'_>>,
        report: Report,
    ) -> TokenStream {
        if self.is_checked && !report.is_clean() {
            return self.failed(binding, report);
        }
        let private = &self.private;
        let mapper = row.map_or_else(|| self.mapper(), |row| row.mapper.clone());
        let output = match row {
            // The mapper's; a closure says it, and the functions do.
            Some(_) => quote!(_),
            None => self.output(),
        };
        let query = match binding {
            Binding::Bound(values) => match (toggles, row) {
                (Some(toggles), _) => {
                    self.query_with_parts(site, values, toggles, &mapper, &output, row)
                }
                (None, Some(row)) => self.checked_query(site, values, row),
                (None, None) => {
                    let arguments = self.arguments(values, None);
                    let lister = self.lister(values);
                    quote!(#private::Query::<_, #output>::__new(#site, #arguments, #lister, #mapper))
                }
            },
            Binding::Unbound(count) => {
                quote!(#private::UnboundQuery::<#count, #output>::__new(#site, #mapper))
            }
        };
        if report.is_clean() {
            return query;
        }
        let mistakes = report.into_compile_errors();
        quote!({ #mistakes #query })
    }

    /// The mistakes of a checked query, as an expression of no type, so that nothing that would be done with its rows fails as
    /// well. The arguments are mentioned, so that none looks unused.
    fn failed(&self, binding: &Binding, report: Report) -> TokenStream {
        let mistakes = report.into_compile_error_expressions();
        let arguments = match binding {
            Binding::Bound(values) => self.arguments(values, None),
            Binding::Unbound(_) => joined(&[] as &[TokenStream], &self.private),
        };
        let Some((last, before)) = mistakes.split_last() else {
            // The mistake is one of the package, which another expansion has reported. Without a mistake of its own this one would have
            // a type that nobody knows, and the compiler would say that instead.
            return quote!({
                let _ = #arguments;
                ::core::compile_error!(
                    "not checked: a mistake in the migrations or in Cargo.toml is reported elsewhere"
                )
            });
        };
        quote!({ let _ = #arguments; #(#before;)* #last })
    }

    fn output(&self) -> TokenStream {
        let private = &self.private;
        match (self.rows, &self.target) {
            (Rows::Mapped, Some(target)) => quote!(#target),
            (Rows::Row, _) | (Rows::Mapped, None) => quote!(#private::Row),
            (Rows::Scalar, _) => quote!(_),
        }
    }

    fn mapper(&self) -> TokenStream {
        let private = &self.private;
        match (self.rows, &self.target) {
            // At the type itself, so that "this type is not FromRow" is said there.
            (Rows::Mapped, Some(target)) => {
                quote_spanned!(target.span()=> #private::from_row::<#target>)
            }
            (Rows::Row, _) | (Rows::Mapped, None) => quote!(#private::row),
            (Rows::Scalar, _) => quote!(#private::scalar),
        }
    }

    /// The `static` of the call site: text alone, which the runtime reads when the query first runs.
    fn site(&self, source: &str, described: &str) -> TokenStream {
        let private = &self.private;
        let place = self.place.as_ref().map(|SitePlace { file, line, column }| {
            let line = Literal::usize_unsuffixed(*line);
            let column = Literal::usize_unsuffixed(*column);
            quote!(.located(#file, #line, #column))
        });
        quote!(#private::site!(#source #described #place))
    }

    /// The values, as one tuple: in the order in which the call has them, so that they are evaluated in it. Those of a checked
    /// query come with what they are sent as.
    fn arguments(&self, values: &[Value], checked: Option<&Checked>) -> TokenTree {
        let private = &self.private;
        let order = in_call_order(values).into_iter();
        match checked {
            Some(checked) => {
                let values: Vec<_> = order
                    .map(|position| self.given(values, position, Some(checked)))
                    .collect();
                joined(&values, private)
            }
            None => {
                let values = order.map(|position| match &values[position] {
                    Value::Given(expression, _) => left_to_the_server(expression)
                        .unwrap_or(expression)
                        .to_token_stream(),
                    Value::Captured(variable) => quote!(&#variable),
                });
                let values = quote!(#(#values,)*);
                TokenTree::Group(Group::new(Delimiter::Parenthesis, values))
            }
        }
    }

    /// The value at this position with what it is sent as.
    fn given(&self, values: &[Value], position: usize, checked: Option<&Checked>) -> TokenStream {
        let private = &self.private;
        let (value, span) = given_value(&values[position]);
        let value = match &values[position] {
            Value::Given(..) => value,
            Value::Captured(_) => quote!(&#value),
        };
        let number = position + 1;
        let known = typed(values, checked, position);
        let names = ["named", "named_required", "named_member"];
        if let Some(call) = self.named(known, name(checked, position), names, &value, span) {
            return call;
        }
        match known {
            Some(CheckedParameter::Known {
                sql,
                demand: Demand::NoList,
            }) => {
                let number = Literal::usize_unsuffixed(number);
                quote_spanned!(span=> #private::member::<#sql, #number, _>(#value))
            }
            Some(CheckedParameter::Known { sql, demand }) if number <= NUMBERED => {
                let check = match demand {
                    Demand::Value => "required",
                    _ => "parameter",
                };
                let check = format_ident!("{check}_{number}", span = span);
                quote_spanned!(span=> #private::#check::<#sql, _>(#value))
            }
            known => self.sent(
                known,
                ["parameter", "required", "own", "own_required", "unchecked"],
                number,
                &value,
                span,
            ),
        }
    }

    /// The value at this position, which a part hangs on: an `Option`.
    fn optional(
        &self,
        values: &[Value],
        position: usize,
        checked: Option<&Checked>,
    ) -> TokenStream {
        let private = &self.private;
        let (value, span) = given_value(&values[position]);
        let value = match &values[position] {
            Value::Given(..) => value,
            Value::Captured(_) => quote_spanned!(span=> #private::borrowed(&#value)),
        };
        let known = typed(values, checked, position);
        let names = [
            "named_optional",
            "named_optional_required",
            "named_optional",
        ];
        if let Some(call) = self.named(known, name(checked, position), names, &value, span) {
            return call;
        }
        let names = [
            "optional",
            "optional_required",
            "optional_own",
            "optional_own_required",
            "optional_unchecked",
        ];
        self.sent(known, names, position + 1, &value, span)
    }

    /// The call that says what a value is sent as, for a parameter with a name: the compiler's messages name it by a type that is called
    /// so. What is called is a block, and the value stands outside of it, where the type would meet those of the caller's. The names are
    /// those of the functions by what is asked for.
    fn named(
        &self,
        parameter: Option<&CheckedParameter>,
        name: Option<&Ident>,
        functions: [&str; 3],
        value: &TokenStream,
        span: Span,
    ) -> Option<TokenStream> {
        let private = &self.private;
        let (Some(CheckedParameter::Known { sql, demand }), Some(name)) = (parameter, name) else {
            return None;
        };
        // Types of the caller's would stand within the block.
        if !private.is_absolute() || !sql.is_known() {
            return None;
        }
        let [any, required, member] = functions;
        let function = match demand {
            Demand::Nothing => any,
            Demand::Value => required,
            Demand::NoList => member,
        };
        let function = Ident::new(function, span);
        Some(quote_spanned! {span=>
            {
                enum #name {}
                #private::#function::<#sql, #name, _>
            }(#value)
        })
    }

    /// The call that says what a value is sent as; the names are those of the functions for a type that is known, for one that takes no
    /// NULL, the same two for one of the migrations, and for any.
    fn sent(
        &self,
        parameter: Option<&CheckedParameter>,
        names: [&str; 5],
        number: usize,
        value: &TokenStream,
        span: Span,
    ) -> TokenStream {
        let private = &self.private;
        let [known, required, own, own_required, any] = names.map(|name| Ident::new(name, span));
        let number = Literal::usize_unsuffixed(number);
        match parameter {
            Some(CheckedParameter::Known {
                sql,
                demand: Demand::Nothing | Demand::NoList,
            }) => {
                quote_spanned!(span=> #private::#known::<#sql, #number, _>(#value))
            }
            Some(CheckedParameter::Known {
                sql,
                demand: Demand::Value,
            }) => {
                quote_spanned!(span=> #private::#required::<#sql, #number, _>(#value))
            }
            Some(CheckedParameter::Own {
                demand: Demand::Nothing | Demand::NoList,
            }) => {
                quote_spanned!(span=> #private::#own::<#number, _>(#value))
            }
            Some(CheckedParameter::Own {
                demand: Demand::Value,
            }) => {
                quote_spanned!(span=> #private::#own_required::<#number, _>(#value))
            }
            None => quote_spanned!(span=> #private::#any(#value)),
        }
    }

    /// A query whose arguments decide which of its parts are there. They are looked at before they are moved into it.
    fn query_with_parts(
        &self,
        site: &TokenStream,
        values: &[Value],
        toggles: &[Toggle],
        mapper: &TokenStream,
        output: &TokenStream,
        row: Option<&Row<'_>>,
    ) -> TokenStream {
        let private = &self.private;
        let checked = row.map(|row| row.checked);
        let name = |position: usize| format_ident!("{TUPLE}_{position}", span = Span::mixed_site());
        let decides = |position: usize| {
            let mut parameters = toggles.iter();
            parameters
                .any(|toggle| matches!(toggle, Toggle::Parameter(other) if *other == position))
        };
        // Each value with its place in the call.
        let mut given = Vec::new();
        for position in 0..values.len() {
            let value = match decides(position) {
                true => self.optional(values, position, checked),
                false => self.given(values, position, checked),
            };
            given.push((place(&values[position]), name(position), value));
        }
        let mut present = Vec::new();
        for (index, toggle) in toggles.iter().enumerate() {
            match toggle {
                Toggle::Parameter(position) => {
                    let value = name(*position);
                    present.push(quote!(#value.is_given()));
                }
                Toggle::Flag(value) => {
                    let flag = name(values.len() + index);
                    let (expression, span) = match value {
                        Value::Given(expression, _) => (quote!(#expression), expression.span()),
                        Value::Captured(variable) => (quote!(#variable), variable.span()),
                    };
                    let checked = quote_spanned!(span=> #private::flag(&(#expression)));
                    given.push((place(value), flag.clone(), checked));
                    present.push(quote!(#flag));
                }
            }
        }
        given.sort_by_key(|(place, _, _)| *place);
        let in_call: Vec<_> = given.iter().map(|(_, name, _)| quote!(#name)).collect();
        let in_call = joined(&in_call, private);
        let given: Vec<_> = given.into_iter().map(|(_, _, value)| value).collect();
        let given = joined(&given, private);
        let in_query: Vec<_> = (0..values.len())
            .map(|position| {
                let name = name(position);
                quote!(#name)
            })
            .collect();
        let in_query = joined(&in_query, private);
        // A `match`, and not a `let`: what an argument borrows from lives as long as it would in a call.
        let chosen = format_ident!("{TUPLE}_given", span = Span::mixed_site());
        quote! {
            match #given {
                #in_call => {
                    let #chosen = #private::given(&[#(#present),*]);
                    #private::query::<_, #output>(#site, #in_query, #mapper).__with_parts(#chosen)
                }
            }
        }
    }

    /// A checked query with its arguments, in the order of its parameters.
    fn checked_query(&self, site: &TokenStream, values: &[Value], row: &Row<'_>) -> TokenStream {
        let private = &self.private;
        let mapper = &row.mapper;
        if values.is_empty() {
            return quote!(#private::ask(#site, #mapper));
        }
        let arguments = self.arguments(values, Some(row.checked));
        let order = in_call_order(values);
        if order
            .iter()
            .enumerate()
            .all(|(index, position)| index == *position)
        {
            return quote!(#private::query(#site, #arguments, #mapper));
        }
        // The call has them in another order than the query, and they are evaluated in that of the call.
        let name = |position: usize| format_ident!("{TUPLE}_{position}", span = Span::mixed_site());
        let in_call = order.into_iter().map(name).map(|name| quote!(#name));
        let in_call = joined(&in_call.collect::<Vec<_>>(), private);
        let in_query = (0..values.len()).map(name).map(|name| quote!(#name));
        let in_query = joined(&in_query.collect::<Vec<_>>(), private);
        // A `match`, and not a `let`: what an argument borrows from lives as long as it would in a call.
        quote! {
            match #arguments {
                #in_call => #private::query(#site, #in_query, #mapper),
            }
        }
    }

    /// How to list the values of that tuple. Each is mentioned at its own place, so that one of a wrong type is reported
    /// there, and only there: nothing else in the expansion demands anything of it.
    fn lister(&self, values: &[Value]) -> TokenStream {
        let private = &self.private;
        if values.is_empty() {
            return quote!(#private::no_arguments);
        }
        // Names that nothing of the caller's can meet, placed where an error is to be shown.
        let name = |name: &str, place: Span| Ident::new(name, Span::mixed_site().located_at(place));
        let here = Span::mixed_site();
        let (tuple, list) = (name(TUPLE, here), name(LIST, here));
        let order = in_call_order(values);
        let pushes = values.iter().enumerate().map(|(parameter, value)| {
            let position = order.iter().position(|&other| other == parameter);
            let position = position.unwrap_or(parameter);
            let span = match value {
                Value::Given(expression, _) => expression.span(),
                Value::Captured(variable) => variable.span(),
            };
            let tuple = name(TUPLE, span);
            let position = Index {
                span,
                ..Index::from(position)
            };
            let value = quote_spanned!(span=> #private::argument(&#tuple.#position));
            quote!(#list.push(#value);)
        });
        quote!(|#tuple, #list| { #(#pushes)* })
    }
}

/// Values or names as one tuple, or as tuples joined where one has no room for all: a value and a pattern alike.
pub(crate) fn joined(parts: &[impl ToTokens], private: &Private) -> TokenTree {
    /// The runtime has tuples of so many columns and values.
    const ROOM: usize = 16;
    let in_parentheses = |tokens| TokenTree::Group(Group::new(Delimiter::Parenthesis, tokens));
    let chunks = parts.chunks(ROOM).rev();
    let mut chunks = chunks.map(|chunk| in_parentheses(quote!(#(#chunk,)*)));
    let last = chunks.next();
    let last = last.unwrap_or_else(|| in_parentheses(TokenStream::new()));
    chunks.fold(last, |behind, chunk| {
        in_parentheses(quote!(#private::Joined(#chunk, #behind)))
    })
}

/// The expression of a value, and its place.
fn given_value(value: &Value) -> (TokenStream, Span) {
    match value {
        Value::Given(expression, _) => {
            let expression = left_to_the_server(expression).unwrap_or(expression);
            (expression.to_token_stream(), expression.span())
        }
        Value::Captured(variable) => (variable.to_token_stream(), variable.span()),
    }
}

/// The type that the value at this position has to fit, if that is known.
fn typed<'c>(
    values: &[Value],
    checked: Option<&'c Checked>,
    position: usize,
) -> Option<&'c CheckedParameter> {
    match values.get(position)? {
        Value::Given(expression, _) if left_to_the_server(expression).is_some() => None,
        _ => checked?.parameters.get(position)?.as_ref(),
    }
}

/// What the parameter at this position is called, if it has a name.
fn name(checked: Option<&Checked>, position: usize) -> Option<&Ident> {
    checked?.names.get(position)?.as_ref()
}

/// The value in `value as _`, whose type the compiler leaves to the server.
fn left_to_the_server(expression: &Expr) -> Option<&Expr> {
    match expression {
        Expr::Cast(cast) if matches!(*cast.ty, Type::Infer(_)) => Some(&cast.expr),
        Expr::Group(group) => left_to_the_server(&group.expr),
        _ => None,
    }
}

/// The positions of the values in the order of the call; what is captured comes last.
fn in_call_order(values: &[Value]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by_key(|&position| place(&values[position]));
    order
}

/// Where a value stands in the call; what is captured comes last.
fn place(value: &Value) -> usize {
    match value {
        Value::Given(_, place) => *place,
        Value::Captured(_) => usize::MAX,
    }
}

/// Makes the compiler read the file, so that a change of it compiles the query again.
pub(crate) fn watch(path: &std::path::Path) -> TokenStream {
    let path = Literal::string(&path.to_string_lossy());
    quote!(
        const _: &::core::primitive::str = ::core::include_str!(#path);
    )
}
