//! Functions, aggregates, window functions and procedures: the rows of `pg_proc`.

use std::sync::Arc;

use crate::syntax::ast::Volatility;

use super::{Called, Makes, Origin, TypeId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FunctionId(pub(crate) u32);

#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(crate) id: FunctionId,
    pub(crate) schema: String,
    pub(crate) name: String,
    pub(crate) kind: FunctionKind,
    /// The types of the input parameters (`proargtypes`); of a procedure that migrations made, those of OUT too.
    pub(crate) parameters: Vec<TypeId>,
    /// The places of a procedure's OUT parameters among these.
    pub(crate) out_parameters: Vec<usize>,
    /// The names of all parameters with their place among the input parameters; shorter than `parameters` (or empty) where
    /// the rest has no names. An empty name is none.
    pub(crate) parameter_names: Vec<String>,
    /// How many of the last input parameters have a default.
    pub(crate) defaults: usize,
    /// The types of these defaults, where a parameter is polymorphic; else empty.
    pub(crate) default_types: Vec<TypeId>,
    /// The element type, if the last parameter is VARIADIC (`"any"` included).
    pub(crate) variadic: Option<TypeId>,
    pub(crate) returns: TypeId,
    pub(crate) returns_set: bool,
    /// OUT, INOUT and TABLE parameters with their names; empty if there are none. An unnamed one has an empty name.
    pub(crate) outputs: Vec<(String, TypeId)>,
    /// NULL for any argument gives NULL at once.
    pub(crate) strict: bool,
    pub(crate) volatility: Volatility,
    /// A call may become what the body says, which may be steadier than the function promises.
    pub(crate) inlined: bool,
    pub(crate) aggregate: Option<Aggregate>,
    /// What calling it may make or drop, which cannot be followed.
    pub(crate) makes: Makes,
    /// What its body runs.
    pub(crate) calls: Arc<[Called]>,
    /// Written in a language whose body we could read (`sql`), and the like, is of no interest: only where it was declared.
    pub(crate) origin: Option<Origin>,
}

impl Function {
    /// The types of the parameters that take values, with their places.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = (usize, TypeId)> {
        self.parameters
            .iter()
            .copied()
            .enumerate()
            .filter(|(place, _)| !self.out_parameters.contains(place))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FunctionKind {
    Plain,
    Procedure,
    Aggregate,
    Window,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Aggregate {
    pub(crate) kind: AggregateKind,
    /// `aggnumdirectargs`
    pub(crate) direct: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AggregateKind {
    Normal,
    OrderedSet,
    Hypothetical,
}
