//! A function for a query, as it is declared: in the call of `query_fn!`, or in a comment of a file of SQL.

use std::ops::Range;
use std::rc::Rc;

use pgdbm_template::{Code, Diagnostic};
use proc_macro2::{Ident, Span, TokenStream};
use syn::{Attribute, Generics, Type, Visibility};

use crate::queries::QueryFile;
use crate::query_fn::output::Output;
use crate::report::Report;
use crate::sql_source::SqlSource;

/// One declared function. What could not be read of it is missing, and reported.
pub(crate) struct Function {
    /// Those of the function, its documentation among them.
    pub(crate) attributes: Vec<Attribute>,
    /// What `#[record(…)]` puts on its record.
    pub(crate) record_attributes: Vec<TokenStream>,
    pub(crate) visibility: Visibility,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) arguments: Vec<Argument>,
    /// Whether each could be read.
    pub(crate) arguments_are_certain: bool,
    pub(crate) output: Output,
    pub(crate) body: Option<Body>,
    /// The name, for mistakes that are about all of it.
    pub(crate) spot: Spot,
    /// What is wrong with the declaration itself.
    pub(crate) report: Report,
}

/// What a function runs.
pub(crate) struct Body {
    pub(crate) sql: SqlSource,
    /// Whether it is checked against the migrations.
    pub(crate) is_checked: bool,
}

/// One argument.
pub(crate) struct Argument {
    pub(crate) ident: Ident,
    /// Without the `r#` of a raw identifier: the SQL writes `$type`.
    pub(crate) name: String,
    pub(crate) form: ArgumentForm,
    pub(crate) spot: Spot,
}

/// Where an argument's type comes from.
pub(crate) enum ArgumentForm {
    /// From its parameter.
    Inferred,
    /// From its parameter, and it may be `None`: the place of the `?`.
    Optional(Spot),
    /// From the declaration.
    Typed(Box<Type>),
}

/// Where something is written, for mistakes about it.
#[derive(Clone)]
pub(crate) enum Spot {
    Tokens(TokenStream),
    File(Rc<QueryFile>, Range<usize>),
}

impl Spot {
    /// Reports a mistake at this place.
    pub(crate) fn report(&self, code: Code, message: &str, help: &str, report: &mut Report) {
        match self {
            Spot::Tokens(tokens) => {
                report.at(tokens, format!("{message} [{code}]\nhelp: {help}"));
            }
            Spot::File(file, range) => {
                let mistake = Diagnostic::error(code, message, range.start, range.end, "");
                file.report(&mistake.with_help(help), report);
            }
        }
    }

    /// The compiler's place for it.
    pub(crate) fn span(&self) -> Span {
        match self {
            Spot::Tokens(tokens) => tokens
                .clone()
                .into_iter()
                .next()
                .map_or_else(Span::call_site, |token| token.span()),
            Spot::File(file, _) => file.span,
        }
    }
}
