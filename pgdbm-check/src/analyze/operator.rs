//! Operators between expressions, arrays and rows. After `parse_oper.c`.

use std::sync::Arc;

use pgdbm_template::Code;

use super::Analyzer;
use super::coerce::count;
use super::generic::resolve_generic;
use super::overload::{self, Found};
use crate::catalog::{CastContext, Operator, PG_CATALOG, Type, TypeId, format_type, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast;
use crate::tree::{Expr, ExprKind};

impl Analyzer<'_> {
    /// `left operator right`, or a prefix operator without a left side. After `make_op`.
    pub(super) fn operate(
        &mut self,
        operator: &ast::Operator,
        left: Option<Expr>,
        right: Expr,
    ) -> Result<Expr> {
        let span = left
            .as_ref()
            .map_or(operator.span, |left| left.span)
            .to(right.span);
        let (found, operands, result) = self.operator_over(operator, left, right)?;
        Ok(Expr::new(
            ExprKind::Operator {
                operator: found,
                operands,
            },
            result,
            span,
        ))
    }

    /// The operator with its operands converted, and the type of its result.
    pub(super) fn operator_over(
        &mut self,
        operator: &ast::Operator,
        left: Option<Expr>,
        right: Expr,
    ) -> Result<(Arc<Operator>, Vec<Expr>, TypeId)> {
        let left_type = left.as_ref().map(|left| left.type_id);
        let found = self.find_operator(operator, left_type, right.type_id)?;
        let actual: Vec<TypeId> = left_type.into_iter().chain([right.type_id]).collect();
        let mut declared: Vec<TypeId> = found.left.into_iter().chain([found.right]).collect();
        let result = resolve_generic(self.catalog, &actual, &mut declared, found.result)
            .map_err(|why| Failure::error(Code::TypeMismatch, operator.span, why))?;
        let mut operands = Vec::with_capacity(2);
        for (operand, target) in left.into_iter().chain([right]).zip(declared) {
            operands.push(self.coerce(operand, target, -1, CastContext::Implicit)?);
        }
        Ok((found, operands, result))
    }

    /// The operator for operands of these types.
    pub(super) fn find_operator(
        &self,
        operator: &ast::Operator,
        left: Option<TypeId>,
        right: TypeId,
    ) -> Result<Arc<Operator>> {
        let schema = operator.schema.as_ref().map(|schema| schema.text.as_str());
        match overload::operator(self.catalog, schema, &operator.name, left, right) {
            Found::One(found) => Ok(found),
            Found::None => Err(self.unknown_operator(operator, left, right)),
            Found::Several(_) => Err(Failure::error(
                Code::AmbiguousOperator,
                operator.span,
                format!(
                    "several operators fit `{}`",
                    self.operation(&operator.name, left, right)
                ),
            )
            .help("write a cast, so that only one fits")),
        }
    }

    pub(super) fn operation(&self, name: &str, left: Option<TypeId>, right: TypeId) -> String {
        match left {
            Some(left) => format!(
                "{} {name} {}",
                format_type(self.catalog, left),
                format_type(self.catalog, right)
            ),
            None => format!("{name} {}", format_type(self.catalog, right)),
        }
    }

    /// `left op ANY (array)`, `left op ALL (array)`. After `make_scalar_array_op`.
    pub(super) fn array_operator(
        &mut self,
        operator: &ast::Operator,
        any: bool,
        left: Expr,
        array: Expr,
    ) -> Result<Expr> {
        let span = left.span.to(array.span);
        let array_type = array.type_id;
        let element = if array_type == oid::UNKNOWN {
            oid::UNKNOWN
        } else {
            let (base, _) = self.catalog.base_type(array_type);
            self.catalog.element_of(base).ok_or_else(|| {
                Failure::error(
                    Code::TypeMismatch,
                    array.span,
                    format!(
                        "ANY and ALL take an array, and this is `{}`",
                        format_type(self.catalog, array_type)
                    ),
                )
                .help("pass an array, or write a subquery")
            })?
        };
        let found = self.find_operator(operator, Some(left.type_id), element)?;
        if found.result != oid::BOOL {
            return Err(Failure::error(
                Code::TypeMismatch,
                operator.span,
                format!(
                    "ANY and ALL take operators that give `boolean`, and `{}` gives `{}`",
                    operator.name,
                    format_type(self.catalog, found.result)
                ),
            ));
        }
        let actual = [left.type_id, element];
        let mut declared = [found.left.unwrap_or(oid::UNKNOWN), found.right];
        resolve_generic(self.catalog, &actual, &mut declared, found.result)
            .map_err(|why| Failure::error(Code::TypeMismatch, operator.span, why))?;
        let array_target = if Type::is_polymorphic(declared[1]) {
            array_type
        } else {
            self.catalog.array_of(declared[1]).ok_or_else(|| {
                Failure::error(
                    Code::TypeMismatch,
                    array.span,
                    format!(
                        "there is no type for arrays of `{}`",
                        format_type(self.catalog, declared[1])
                    ),
                )
            })?
        };
        let left = self.coerce(left, declared[0], -1, CastContext::Implicit)?;
        let array = self.coerce(array, array_target, -1, CastContext::Implicit)?;
        Ok(Expr::new(
            ExprKind::ArrayOperator {
                operator: found,
                any,
                left: Box::new(left),
                array: Box::new(array),
            },
            oid::BOOL,
            span,
        ))
    }

    /// `(a, b) op (c, d)`. After `make_row_comparison_op`.
    pub(super) fn row_comparison(
        &mut self,
        operator: &ast::Operator,
        left: Vec<Expr>,
        right: Vec<Expr>,
        span: ast::Span,
    ) -> Result<Expr> {
        if left.len() != right.len() {
            return Err(Failure::error(
                Code::ColumnCount,
                span,
                format!(
                    "a row of {} cannot be compared with one of {}",
                    count(left.len(), "field"),
                    right.len()
                ),
            ));
        }
        if left.is_empty() {
            return Err(Failure::error(
                Code::ColumnCount,
                span,
                "rows without fields cannot be compared",
            ));
        }
        let mut comparisons = Vec::with_capacity(left.len());
        for (left, right) in left.into_iter().zip(right) {
            let comparison = self.operate(operator, Some(left), right)?;
            if comparison.type_id != oid::BOOL {
                return Err(Failure::error(
                    Code::TypeMismatch,
                    operator.span,
                    format!(
                        "rows are compared with operators that give `boolean`, and `{}` gives `{}`",
                        operator.name,
                        format_type(self.catalog, comparison.type_id)
                    ),
                ));
            }
            comparisons.push(comparison);
        }
        if comparisons.len() == 1
            && let Some(only) = comparisons.pop()
        {
            return Ok(only);
        }
        match operator.name.as_str() {
            "=" => return Ok(Expr::new(ExprKind::And(comparisons), oid::BOOL, span)),
            "<>" => return Ok(Expr::new(ExprKind::Or(comparisons), oid::BOOL, span)),
            // The second four order texts byte by byte.
            "<" | "<=" | ">" | ">=" | "~<~" | "~<=~" | "~>~" | "~>=~" => {}
            other => {
                // Only operators of a btree family can compare rows, which the migrations may have put theirs into.
                let is_own = |comparison: &Expr| matches!(&comparison.kind, ExprKind::Operator { operator, .. } if operator.schema != PG_CATALOG);
                if comparisons.iter().any(is_own) {
                    return Err(Failure::cannot_check(
                        operator.span,
                        format!("whether `{other}` compares rows"),
                    ));
                }
                return Err(Failure::error(
                    Code::UnknownOperator,
                    operator.span,
                    format!("nothing says how `{other}` compares rows"),
                )
                .help("compare the fields one by one"));
            }
        }
        let mut operators = Vec::new();
        let mut lefts = Vec::new();
        let mut rights = Vec::new();
        for comparison in comparisons {
            if let ExprKind::Operator {
                operator,
                mut operands,
            } = comparison.kind
            {
                operators.push(operator);
                rights.extend(operands.pop());
                lefts.extend(operands.pop());
            }
        }
        Ok(Expr::new(
            ExprKind::RowCompare {
                operators,
                left: lefts,
                right: rights,
            },
            oid::BOOL,
            span,
        ))
    }

    /// `IS DISTINCT FROM`. After `make_distinct_op`.
    pub(super) fn distinct(
        &mut self,
        left: Expr,
        right: Expr,
        negated: bool,
        operator_span: ast::Span,
    ) -> Result<Expr> {
        let span = left.span.to(right.span);
        let equals = equals(operator_span);
        let (operator, mut operands, result) = self.operator_over(&equals, Some(left), right)?;
        if result != oid::BOOL {
            return Err(Failure::error(
                Code::TypeMismatch,
                operator_span,
                "IS DISTINCT FROM needs an operator `=` that gives `boolean`",
            ));
        }
        let (right, left) = (operands.pop(), operands.pop());
        match (left, right) {
            (Some(left), Some(right)) => Ok(Expr::new(
                ExprKind::Distinct {
                    operator,
                    left: Box::new(left),
                    right: Box::new(right),
                    negated,
                },
                oid::BOOL,
                span,
            )),
            _ => Err(Failure::cannot_check(span, "IS DISTINCT FROM lacks a side")),
        }
    }
}

/// The operator `=` standing somewhere.
pub(super) fn equals(span: ast::Span) -> ast::Operator {
    named("=", span)
}

pub(super) fn named(name: &str, span: ast::Span) -> ast::Operator {
    ast::Operator {
        schema: None,
        name: name.to_owned(),
        span,
    }
}
