//! From the syntax tree to the typed tree, as the server's own parse analysis does it.
//!
//! The order of things is the server's, because the types of parameters depend on it: FROM, then the select list, WHERE, HAVING,
//! ORDER BY, GROUP BY, DISTINCT, LIMIT; inside an expression from left to right. The first mistake ends the analysis.

mod aggregate;
mod aggregate_call;
mod assign;
mod call;
mod change;
mod clause;
mod coerce;
mod column;
mod comparison;
mod conflict;
mod definition;
mod expression;
mod from;
mod function_item;
mod generic;
mod grouping;
mod insert;
mod join;
mod json;
mod literal;
mod mention;
mod merge;
mod operator;
mod overload;
mod parameters;
mod query;
mod rule;
mod scope;
mod set_operation;
mod subquery;
mod subscript;
mod table_function;
mod target;
mod type_name;
mod unknown_operator;
mod utility;
mod view_target;
mod with;

pub(crate) use coerce::is_binary_coercible;
pub(crate) use definition::{
    can_be_stored, can_become, constant, has_order, literal_of, relation, row_expr,
    shared_row_expr, view_query,
};
pub(crate) use target::index_column_name;
pub(crate) use type_name::resolve_type;
pub(crate) use utility::{Output, statement};

use crate::catalog::Catalog;
use crate::failure::Failure;
use crate::syntax::ast::Name;
use crate::tree::RangeColumn;

use parameters::Parameters;
use scope::Level;

/// The state of one analysis: the queries that are open, the innermost last, and what is known of the parameters.
pub(crate) struct Analyzer<'a> {
    catalog: &'a Catalog,
    parameters: Parameters,
    levels: Vec<Level>,
    /// How many calls of set-returning functions there were so far: to see whether an expression holds one.
    set_returning_calls: usize,
    /// The common table whose recursive query is about to be analyzed.
    recursion: Option<usize>,
    /// Recursive tables in work: the number of levels at their WITH, the place there, whether their columns are known, and their names.
    unfinished: Vec<(usize, usize, bool, Vec<Name>)>,
    /// The columns that SEARCH and CYCLE add to them.
    recursive_extra: Vec<Vec<RangeColumn>>,
    /// Conditions in which parameters may not stand (views, defaults).
    parameters_allowed: bool,
    /// What will go wrong when the statement runs, though it can be prepared.
    warnings: Vec<Failure>,
}

impl<'a> Analyzer<'a> {
    fn new(catalog: &'a Catalog) -> Self {
        Self {
            catalog,
            parameters: Parameters::default(),
            levels: Vec::new(),
            set_returning_calls: 0,
            recursion: None,
            unfinished: Vec::new(),
            recursive_extra: Vec::new(),
            parameters_allowed: true,
            warnings: Vec::new(),
        }
    }
}
