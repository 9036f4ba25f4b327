//! What a condition says of variables: which ones are not null where it holds.

use std::collections::HashSet;

use crate::syntax::ast::Truth;
use crate::tree::{Coercion, Expr, ExprKind, SubqueryKind, Variable};

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
        Self(HashSet::from([variable]))
    }
}

/// What is not null where a condition is true.
pub(super) fn when_true(expr: &Expr) -> Facts {
    match &expr.kind {
        ExprKind::And(operands) => operands
            .iter()
            .map(when_true)
            .fold(Facts::default(), Facts::with),
        ExprKind::Or(operands) => {
            let mut arms = operands.iter().map(when_true);
            let Some(mut common) = arms.next() else {
                return Facts::default();
            };
            for arm in arms {
                common.forget(|variable| !arm.holds(*variable));
            }
            common
        }
        ExprKind::Not(operand) => when_not_null(operand),
        ExprKind::IsNull {
            operand,
            negated: true,
            of_row: false,
        } => when_not_null(operand),
        ExprKind::IsTruth {
            operand,
            truth: Truth::True,
            negated: false,
        } => when_true(operand),
        ExprKind::IsTruth {
            operand,
            truth: Truth::False,
            negated: false,
        } => when_not_null(operand),
        // For ANY to be true some comparison was; ALL is true of an empty array whatever stands left.
        ExprKind::ArrayOperator {
            operator,
            any: true,
            left,
            array,
        } if operator.strict => when_not_null(left).with(when_not_null(array)),
        ExprKind::Subquery(subquery) => match &subquery.kind {
            SubqueryKind::Quantified {
                any: true,
                operators,
                left,
            } if operators.iter().all(|operator| operator.strict) => left
                .iter()
                .map(when_not_null)
                .fold(Facts::default(), Facts::with),
            _ => Facts::default(),
        },
        _ => when_not_null(expr),
    }
}

/// What is not null where a condition is not true, that is false or null.
pub(super) fn when_not_true(expr: &Expr) -> Facts {
    match &expr.kind {
        ExprKind::IsNull {
            operand,
            negated: false,
            of_row: false,
        } => when_not_null(operand),
        ExprKind::Or(operands) => operands
            .iter()
            .map(when_not_true)
            .fold(Facts::default(), Facts::with),
        _ => Facts::default(),
    }
}

/// What is not null where an expression is not: the operands of what is strict.
fn when_not_null(expr: &Expr) -> Facts {
    let all = |operands: &[Expr]| {
        operands
            .iter()
            .map(when_not_null)
            .fold(Facts::default(), Facts::with)
    };
    match &expr.kind {
        ExprKind::Variable(variable) if variable.level == 0 => Facts::one(*variable),
        ExprKind::Operator { operator, operands } if operator.strict => all(operands),
        ExprKind::Function(call) if call.function.strict && !call.function.returns_set => {
            all(&call.arguments)
        }
        ExprKind::Not(operand) | ExprKind::Collate { operand, .. } => when_not_null(operand),
        ExprKind::Coerce { kind, operand } => match kind {
            Coercion::Relabel
            | Coercion::InOut
            | Coercion::Length
            | Coercion::Elements
            | Coercion::Function { strict: true } => when_not_null(operand),
            Coercion::Function { strict: false } | Coercion::Domain | Coercion::Row => {
                Facts::default()
            }
        },
        ExprKind::Subscript {
            container,
            assigned: None,
            ..
        } => when_not_null(container),
        _ => Facts::default(),
    }
}
