//! Subqueries as values and in comparisons. After `transformSubLink`.

use pgdbm_template::Code;

use super::Analyzer;
use super::coerce::count;
use super::expression::special;
use crate::catalog::{TypeId, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, Span};
use crate::tree::{Expr, ExprKind, Query, SpecialNullability, Subquery, SubqueryKind};

impl Analyzer<'_> {
    pub(super) fn quantified_query(
        &mut self,
        operator: &ast::Operator,
        any: bool,
        left: &ast::Expr,
        query: &ast::Query,
        span: Span,
    ) -> Result<Expr> {
        // The subquery is analyzed before the left side: parameters are told in this order.
        let query = self.subquery(query, true)?;
        let left = match &left.kind {
            ast::ExprKind::Row { fields, .. } => self.row_fields(fields)?,
            _ => vec![self.expr(left)?],
        };
        let usage = if any {
            SubqueryUse::Any
        } else {
            SubqueryUse::All
        };
        self.compare_with_query(operator, left, query, usage, span)
    }

    pub(super) fn compare_with_query(
        &mut self,
        operator: &ast::Operator,
        left: Vec<Expr>,
        query: Query,
        usage: SubqueryUse,
        span: Span,
    ) -> Result<Expr> {
        let columns: Vec<Expr> = query
            .targets
            .iter()
            .map(|target| {
                // What the subquery gives stands for itself in the comparison.
                Expr::new(ExprKind::CaseOperand, target.expr.type_id, target.expr.span)
                    .with_modifier(target.expr.modifier)
            })
            .collect();
        if left.len() != columns.len() {
            return Err(Failure::error(
                Code::ColumnCount,
                span,
                format!(
                    "the subquery gives {}, and {} would fit",
                    count(columns.len(), "column"),
                    left.len()
                ),
            ));
        }
        let comparison = self.row_comparison(operator, left, columns, span)?;
        let mut operators = Vec::new();
        let mut lefts = Vec::new();
        gather_comparison(comparison, &mut operators, &mut lefts)
            .ok_or_else(|| Failure::cannot_check(span, "this comparison with a subquery"))?;
        if operators
            .iter()
            .any(|operator| operator.result != oid::BOOL)
        {
            return Err(Failure::error(
                Code::TypeMismatch,
                operator.span,
                format!("`{}` does not give `boolean`", operator.name),
            ));
        }
        let kind = match usage {
            SubqueryUse::Any | SubqueryUse::Row => SubqueryKind::Quantified {
                any: true,
                operators,
                left: lefts,
            },
            SubqueryUse::All => SubqueryKind::Quantified {
                any: false,
                operators,
                left: lefts,
            },
        };
        let test = subquery(kind, query, oid::BOOL, span);
        Ok(if matches!(usage, SubqueryUse::Row) {
            // No row gives NULL, which ANY would not.
            special(
                "row comparison",
                vec![test],
                oid::BOOL,
                SpecialNullability::May,
                span,
            )
        } else {
            test
        })
    }

    pub(super) fn single_column(&self, query: &Query, span: Span) -> Result<(TypeId, i32)> {
        match query.targets.as_slice() {
            [one] => Ok((one.expr.type_id, one.expr.modifier)),
            targets => Err(Failure::error(
                Code::ColumnCount,
                span,
                format!(
                    "a subquery that stands for a value gives one column, and this gives {}",
                    targets.len()
                ),
            )),
        }
    }
}

#[derive(Clone, Copy)]
pub(super) enum SubqueryUse {
    Any,
    All,
    /// Exactly one row on the right side.
    Row,
}

/// Takes a comparison of rows apart: the operators and the left sides.
fn gather_comparison(
    comparison: Expr,
    operators: &mut Vec<std::sync::Arc<crate::catalog::Operator>>,
    lefts: &mut Vec<Expr>,
) -> Option<()> {
    match comparison.kind {
        ExprKind::Operator {
            operator,
            mut operands,
        } => {
            operands.truncate(1);
            operators.push(operator);
            lefts.push(operands.pop()?);
        }
        ExprKind::And(all) | ExprKind::Or(all) => {
            for one in all {
                gather_comparison(one, operators, lefts)?;
            }
        }
        ExprKind::RowCompare {
            operators: all,
            left,
            ..
        } => {
            operators.extend(all);
            lefts.extend(left);
        }
        _ => return None,
    }
    Some(())
}

pub(super) fn subquery(kind: SubqueryKind, query: Query, type_id: TypeId, span: Span) -> Expr {
    Expr::new(
        ExprKind::Subquery(Box::new(Subquery { kind, query })),
        type_id,
        span,
    )
}
