//! Expressions: whether a value may be NULL.

use super::{Prover, Scope, facts, reviewed};
use crate::catalog::oid;
use crate::syntax::ast::Ambient;
use crate::tree::{
    Coercion, Constant, Expr, ExprKind, Query, SpecialNullability, Subquery, SubqueryKind,
};

impl Prover<'_> {
    pub(super) fn not_null(&self, expr: &Expr, scope: &Scope<'_>) -> bool {
        self.deeper(|| Some(self.is_value(expr, scope)))
            .unwrap_or_default()
    }

    fn is_value(&self, expr: &Expr, scope: &Scope<'_>) -> bool {
        if scope.query.grouping_sets && scope.query.group_by.contains(expr) {
            return false;
        }
        let all = |operands: &[Expr]| operands.iter().all(|operand| self.not_null(operand, scope));
        match &expr.kind {
            ExprKind::Variable(variable) => self.variable(*variable, scope),
            ExprKind::Constant(constant) => *constant != Constant::Null,
            ExprKind::Parameter(number) => self.required.contains(number),
            ExprKind::Function(call) => {
                // `VARIADIC NULL` is no empty list for those that look at each argument.
                let spread = call.variadic && call.function.variadic == Some(oid::ANY);
                !call.function.returns_set
                    && (!spread
                        || call
                            .arguments
                            .last()
                            .is_some_and(|last| self.not_null(last, scope)))
                    && match reviewed::function(&call.function) {
                        reviewed::Reviewed::Always => true,
                        reviewed::Reviewed::WithArguments => {
                            call.arguments.len()
                                >= call.function.parameters.len()
                                    - call.function.defaults.min(call.function.parameters.len())
                                && all(&call.arguments)
                        }
                        reviewed::Reviewed::WithFirst => call
                            .arguments
                            .first()
                            .is_some_and(|first| self.not_null(first, scope)),
                        reviewed::Reviewed::No => false,
                    }
            }
            ExprKind::Aggregate(call) => self.aggregate(call, scope),
            ExprKind::Window(call) => self.window(call, scope),
            ExprKind::Operator { operator, operands } => {
                reviewed::operator(self.catalog, operator) && all(operands)
            }
            ExprKind::ArrayOperator {
                operator,
                left,
                array,
                ..
            } => {
                // A NULL among the elements makes it NULL.
                let elements = match &array.kind {
                    ExprKind::Array { elements, .. } => all(elements),
                    _ => false,
                };
                reviewed::operator(self.catalog, operator) && elements && self.not_null(left, scope)
            }
            ExprKind::And(operands) | ExprKind::Or(operands) => all(operands),
            ExprKind::Not(operand) | ExprKind::Collate { operand, .. } => {
                self.not_null(operand, scope)
            }
            ExprKind::Distinct { .. }
            | ExprKind::IsNull { .. }
            | ExprKind::IsTruth { .. }
            | ExprKind::Row { .. }
            | ExprKind::Array { .. }
            | ExprKind::Grouping { .. } => true,
            ExprKind::Case {
                operand,
                branches,
                otherwise,
            } => self.case(operand.is_some(), branches, otherwise.as_deref(), scope),
            ExprKind::Coalesce(operands) | ExprKind::MinMax { operands, .. } => {
                operands.iter().any(|operand| self.not_null(operand, scope))
            }
            ExprKind::RowCompare { left, right, .. } => all(left) && all(right),
            ExprKind::Subquery(subquery) => self.subquery(subquery, scope),
            ExprKind::Coerce { kind, operand } => {
                let keeps = match kind {
                    // `null` in jsonb may come out as NULL, and an infinite time has no hour.
                    Coercion::Function { strict } => {
                        let (source, _) = self.catalog.base_type(operand.type_id);
                        let (target, _) = self.catalog.base_type(expr.type_id);
                        let hour_of_moment = matches!(source, oid::TIMESTAMP | oid::TIMESTAMPTZ)
                            && matches!(target, oid::TIME | oid::TIMETZ);
                        *strict && source != oid::JSONB && !hour_of_moment
                    }
                    Coercion::Relabel
                    | Coercion::InOut
                    | Coercion::Elements
                    | Coercion::Domain
                    | Coercion::Row
                    | Coercion::Length => true,
                };
                keeps && self.not_null(operand, scope)
            }
            // Only the search path may be without a schema that is there.
            ExprKind::Ambient(ambient) => *ambient != Ambient::CurrentSchema,
            ExprKind::Special {
                operands,
                nullability,
                ..
            } => match nullability {
                SpecialNullability::Never => true,
                SpecialNullability::WithOperands => all(operands),
                SpecialNullability::May => false,
            },
            ExprKind::NullIf { .. }
            | ExprKind::CaseOperand
            | ExprKind::Subscript { .. }
            | ExprKind::Field { .. }
            | ExprKind::FieldStore { .. }
            | ExprKind::MergeAction
            | ExprKind::Default
            | ExprKind::CurrentOf => false,
        }
    }

    /// Each branch is reached only where its condition holds and none before it did.
    fn case(
        &self,
        has_operand: bool,
        branches: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
        scope: &Scope<'_>,
    ) -> bool {
        let Some(otherwise) = otherwise else {
            return false;
        };
        let mut reached = scope.facts.clone();
        for (when, then) in branches {
            let inside = if has_operand {
                reached.clone()
            } else {
                reached.clone().with(facts::when_true(when))
            };
            if !self.not_null(then, &scope.assuming(inside)) {
                return false;
            }
            if !has_operand {
                reached.add_all(facts::when_not_true(when));
            }
        }
        self.not_null(otherwise, &scope.assuming(reached))
    }

    fn subquery(&self, subquery: &Subquery, scope: &Scope<'_>) -> bool {
        let query = &subquery.query;
        match &subquery.kind {
            SubqueryKind::Exists | SubqueryKind::Array => true,
            SubqueryKind::Scalar => {
                gives_one_row(query)
                    && self
                        .columns(query, Some(scope))
                        .first()
                        .copied()
                        .unwrap_or_default()
            }
            SubqueryKind::Quantified {
                operators, left, ..
            } => {
                operators
                    .iter()
                    .all(|operator| reviewed::operator(self.catalog, operator))
                    && left.iter().all(|left| self.not_null(left, scope))
                    && self
                        .columns(query, Some(scope))
                        .iter()
                        .all(|not_null| *not_null)
            }
        }
    }
}

impl<'s> Scope<'s> {
    /// The same query with other facts.
    fn assuming(&self, facts: facts::Facts) -> Scope<'_> {
        Scope {
            query: self.query,
            outer: self.outer,
            facts,
            emptied: self.emptied.clone(),
            entries: self.entries.clone(),
            tables: self.tables.clone(),
        }
    }
}

/// Whether a query gives a row whatever the tables hold.
fn gives_one_row(query: &Query) -> bool {
    let plain = query.set.is_none()
        && query.group_by.is_empty()
        && !query.grouping_sets
        && query.having.is_none()
        && query.limit.is_none()
        && query.offset.is_none()
        && !query.has_set_returning
        && query.change.is_none();
    plain && (query.has_aggregates || query.from.is_empty() && query.filter.is_none())
}
