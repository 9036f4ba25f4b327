//! Operators and casts: the rows of `pg_operator` and `pg_cast`.

use super::TypeId;
use crate::syntax::ast::Volatility;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct OperatorId(pub(crate) u32);

#[derive(Clone, Debug)]
pub(crate) struct Operator {
    pub(crate) id: OperatorId,
    pub(crate) schema: String,
    pub(crate) name: String,
    /// None: a prefix operator.
    pub(crate) left: Option<TypeId>,
    pub(crate) right: TypeId,
    pub(crate) result: TypeId,
    /// The function is strict.
    pub(crate) strict: bool,
    pub(crate) volatility: Volatility,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cast {
    pub(crate) context: CastContext,
    pub(crate) method: CastMethod,
    /// Of the function, if it is one.
    pub(crate) volatility: Volatility,
}

/// When a cast may be applied, from the narrowest to the widest use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CastContext {
    Implicit,
    Assignment,
    Explicit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CastMethod {
    /// Through a function; whether that one is strict.
    Function {
        strict: bool,
    },
    Binary,
    InOut,
}
