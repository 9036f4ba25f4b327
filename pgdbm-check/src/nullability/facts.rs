//! What a condition says of variables: which ones are not null where it holds.

use crate::hash::HashSet;

use crate::catalog::{Operator, oid};
use crate::syntax::ast::Truth;
use crate::tree::{Coercion, Command, Expr, ExprKind, Query, SubqueryKind, Variable};

/// Variables of one query that are not null.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts(HashSet<Variable>);

impl Facts {
    pub(super) fn holds(&self, variable: Variable) -> bool {
        self.0.contains(&variable)
    }

    pub(super) fn add(&mut self, variable: Variable) {
        self.0.insert(variable);
    }

    pub(super) fn add_all(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(super) fn with(mut self, other: Self) -> Self {
        self.add_all(other);
        self
    }

    /// Whether something is known of an entry, so that it is not left empty.
    pub(super) fn mention(&self, entries: &[u32]) -> bool {
        self.0
            .iter()
            .any(|variable| entries.contains(&variable.entry))
    }

    pub(super) fn forget(&mut self, forgotten: impl Fn(&Variable) -> bool) {
        self.0.retain(|variable| !forgotten(variable));
    }

    fn one(variable: Variable) -> Self {
        Self(HashSet::from_iter([variable]))
    }
}

/// What is not null where a condition is true.
pub(super) fn when_true(expr: &Expr) -> Facts {
    Reading { level: 0 }.when_true(expr)
}

/// What is not null where a condition is not true, that is false or null.
pub(super) fn when_not_true(expr: &Expr) -> Facts {
    Reading { level: 0 }.when_not_true(expr)
}

/// A condition is read for the variables of one query: of its own, or, within EXISTS, of one further out.
#[derive(Clone, Copy)]
struct Reading {
    level: u32,
}

impl Reading {
    fn when_true(self, expr: &Expr) -> Facts {
        match &expr.kind {
            ExprKind::And(operands) => all(operands, |operand| self.when_true(operand)),
            ExprKind::Or(operands) => common(operands, |operand| self.when_true(operand)),
            ExprKind::Not(operand) => self.when_false(operand),
            ExprKind::IsNull {
                operand,
                negated: true,
                of_row: false,
            } => self.when_not_null(operand),
            ExprKind::IsTruth {
                operand,
                truth: Truth::True,
                negated: false,
            } => self.when_true(operand),
            ExprKind::IsTruth {
                operand,
                truth: Truth::False,
                negated: false,
            } => self.when_false(operand),
            ExprKind::IsTruth {
                operand,
                truth: Truth::Unknown,
                negated: true,
            } => self.when_not_null(operand),
            // For ANY to be true some comparison was; ALL is true of an empty array whatever stands left.
            ExprKind::ArrayOperator {
                operator,
                any: true,
                left,
                array,
            } if operator.strict => self.when_not_null(left).with(self.when_not_null(array)),
            ExprKind::Subquery(subquery) => match &subquery.kind {
                SubqueryKind::Quantified {
                    any: true,
                    operators,
                    left,
                } if operators.iter().all(|operator| operator.strict) => {
                    all(left, |operand| self.when_not_null(operand))
                }
                SubqueryKind::Exists => self.when_exists(&subquery.query),
                _ => Facts::default(),
            },
            _ => self.when_not_null(expr),
        }
    }

    /// There is a row, so its condition was true with the values of the query outside. Aggregates give a row of none.
    fn when_exists(self, query: &Query) -> Facts {
        let from_rows = query.set.is_none()
            && query.command == Command::Select
            && (!query.has_aggregates && query.group_by.is_empty() && query.having.is_none());
        match &query.filter {
            Some(filter) if from_rows => Reading {
                level: self.level + 1,
            }
            .when_true(filter),
            _ => Facts::default(),
        }
    }

    fn when_false(self, expr: &Expr) -> Facts {
        match &expr.kind {
            ExprKind::Not(operand) => self.when_true(operand),
            ExprKind::Or(operands) => all(operands, |operand| self.when_false(operand)),
            ExprKind::And(operands) => common(operands, |operand| self.when_false(operand)),
            ExprKind::IsNull {
                operand,
                negated: false,
                of_row: false,
            } => self.when_not_null(operand),
            _ => self.when_not_null(expr),
        }
    }

    fn when_not_true(self, expr: &Expr) -> Facts {
        match &expr.kind {
            ExprKind::IsNull {
                operand,
                negated: false,
                of_row: false,
            } => self.when_not_null(operand),
            ExprKind::Or(operands) => all(operands, |operand| self.when_not_true(operand)),
            _ => Facts::default(),
        }
    }

    /// What is not null where an expression is not: the operands of what is strict.
    fn when_not_null(self, expr: &Expr) -> Facts {
        let strict = |operands: &[Expr]| all(operands, |operand| self.when_not_null(operand));
        match &expr.kind {
            ExprKind::Variable(variable) if variable.level == self.level => Facts::one(Variable {
                level: 0,
                ..*variable
            }),
            ExprKind::Operator { operator, operands }
                if operator.strict && is_always_computed(operator) =>
            {
                strict(operands)
            }
            ExprKind::Function(call)
                if call.function.strict
                    && !call.function.returns_set
                    && !matches!(
                        call.function.name.as_str(),
                        "elem_contained_by_range" | "range_contains_elem"
                    ) =>
            {
                strict(&call.arguments)
            }
            ExprKind::Not(operand) | ExprKind::Collate { operand, .. } => {
                self.when_not_null(operand)
            }
            ExprKind::Coerce { kind, operand } => match kind {
                Coercion::Relabel
                | Coercion::InOut
                | Coercion::Length
                | Coercion::Elements
                | Coercion::Function { strict: true } => self.when_not_null(operand),
                Coercion::Function { strict: false } | Coercion::Domain | Coercion::Row => {
                    Facts::default()
                }
            },
            ExprKind::Subscript {
                container,
                assigned: None,
                ..
            } => self.when_not_null(container),
            _ => Facts::default(),
        }
    }
}

/// From 17 on, the planner makes TRUE of `x <@ '(,)'` and `'(,)' @> x`, whatever x is.
fn is_always_computed(operator: &Operator) -> bool {
    !matches!(
        (operator.name.as_str(), operator.left, operator.right),
        ("<@", Some(oid::ANYELEMENT), oid::ANYRANGE) | ("@>", Some(oid::ANYRANGE), oid::ANYELEMENT)
    )
}

/// What holds because of each of them.
fn all(operands: &[Expr], read: impl Fn(&Expr) -> Facts) -> Facts {
    operands
        .iter()
        .map(read)
        .fold(Facts::default(), Facts::with)
}

/// What holds whichever of them it is.
fn common(operands: &[Expr], read: impl Fn(&Expr) -> Facts) -> Facts {
    let mut arms = operands.iter().map(read);
    let Some(mut common) = arms.next() else {
        return Facts::default();
    };
    for arm in arms {
        common.forget(|variable| !arm.holds(*variable));
    }
    common
}
