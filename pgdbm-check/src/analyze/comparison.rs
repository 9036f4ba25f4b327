//! Comparisons that are more than an operator: IS DISTINCT FROM, LIKE, BETWEEN, IN.

use pgdbm_template::Code;

use super::Analyzer;
use super::coerce::{common_type_if_any, count};
use super::expression::has_local_variables;
use super::operator::named;
use crate::catalog::{TypeId, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, LikeKind, Literal, Span};
use crate::tree::{Expr, ExprKind};

impl Analyzer<'_> {
    pub(super) fn is_distinct(
        &mut self,
        left: &ast::Expr,
        right: &ast::Expr,
        negated: bool,
        operator_span: Span,
        span: Span,
    ) -> Result<Expr> {
        // Against a written NULL it is IS [NOT] NULL, and the other side keeps its type.
        let is_null = |expr: &ast::Expr| matches!(expr.kind, ast::ExprKind::Literal(Literal::Null));
        if is_null(right) {
            let operand = self.expr(left)?;
            return Ok(self.null_test(operand, !negated, span));
        }
        if is_null(left) {
            let operand = self.expr(right)?;
            return Ok(self.null_test(operand, !negated, span));
        }
        if let (ast::ExprKind::Row { fields: left, .. }, ast::ExprKind::Row { fields: right, .. }) =
            (&left.kind, &right.kind)
        {
            let left = self.row_fields(left)?;
            let right = self.row_fields(right)?;
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
            let mut tests = Vec::new();
            for (left, right) in left.into_iter().zip(right) {
                tests.push(self.distinct(left, right, negated, operator_span)?);
            }
            return Ok(Expr::new(
                if negated {
                    ExprKind::And(tests)
                } else {
                    ExprKind::Or(tests)
                },
                oid::BOOL,
                span,
            ));
        }
        let left = self.expr(left)?;
        let right = self.expr(right)?;
        self.distinct(left, right, negated, operator_span)
    }

    pub(super) fn like(
        &mut self,
        kind: LikeKind,
        negated: bool,
        operand: &ast::Expr,
        pattern: &ast::Expr,
        escape: Option<&ast::Expr>,
        operator_span: Span,
    ) -> Result<Expr> {
        let name = match (kind, negated) {
            (LikeKind::Like, false) => "~~",
            (LikeKind::Like, true) => "!~~",
            (LikeKind::ILike, false) => "~~*",
            (LikeKind::ILike, true) => "!~~*",
            (LikeKind::SimilarTo, false) => "~",
            (LikeKind::SimilarTo, true) => "!~",
        };
        let operand = self.expr(operand)?;
        let pattern = match (kind, escape) {
            (LikeKind::SimilarTo, _) => {
                let mut arguments = vec![self.expr(pattern)?];
                if let Some(escape) = escape {
                    arguments.push(self.expr(escape)?);
                }
                self.builtin_call("similar_to_escape", arguments, pattern.span)?
            }
            (_, Some(escape)) => {
                let arguments = vec![self.expr(pattern)?, self.expr(escape)?];
                self.builtin_call("like_escape", arguments, pattern.span)?
            }
            (_, None) => self.expr(pattern)?,
        };
        self.operate(&named(name, operator_span), Some(operand), pattern)
    }

    pub(super) fn between(
        &mut self,
        (negated, symmetric): (bool, bool),
        operand: &ast::Expr,
        low: &ast::Expr,
        high: &ast::Expr,
        operator_span: Span,
        span: Span,
    ) -> Result<Expr> {
        // The server writes it out, with the operand analyzed anew each time.
        let (first, second) = if negated { ("<", ">") } else { (">=", "<=") };
        let pair = |this: &mut Self, low: &ast::Expr, high: &ast::Expr| -> Result<Expr> {
            let left = this.infix(&named(first, operator_span), operand, low, span)?;
            let right = this.infix(&named(second, operator_span), operand, high, span)?;
            let kind = if negated {
                ExprKind::Or(vec![left, right])
            } else {
                ExprKind::And(vec![left, right])
            };
            Ok(Expr::new(kind, oid::BOOL, span))
        };
        let straight = pair(self, low, high)?;
        if !symmetric {
            return Ok(straight);
        }
        let crossed = pair(self, high, low)?;
        let both = vec![straight, crossed];
        Ok(Expr::new(
            if negated {
                ExprKind::And(both)
            } else {
                ExprKind::Or(both)
            },
            oid::BOOL,
            span,
        ))
    }

    /// After `transformAExprIn`.
    pub(super) fn in_list(
        &mut self,
        negated: bool,
        operand: &ast::Expr,
        list: &[ast::Expr],
        operator_span: Span,
        span: Span,
    ) -> Result<Expr> {
        let operator = named(if negated { "<>" } else { "=" }, operator_span);
        let mut left = self.expr(operand)?;
        let mut with_columns = Vec::new();
        let mut without = Vec::new();
        let mut all = Vec::new();
        for item in list {
            let item = self.expr(item)?;
            if has_local_variables(&item, 0) {
                with_columns.push(item.clone());
            } else {
                without.push(item.clone());
            }
            all.push(item);
        }
        let mut tests: Vec<Expr> = Vec::new();
        let mut rest = all;
        if without.len() > 1 {
            let types: Vec<TypeId> = std::iter::once(&left)
                .chain(&without)
                .map(|expr| expr.type_id)
                .collect();
            if let Some(common) = common_type_if_any(self.catalog, &types)
                && common != oid::RECORD
                && let Some(array_type) = self.catalog.array_of(common)
            {
                let mut elements = Vec::with_capacity(without.len());
                for item in without {
                    elements.push(self.coerce_to_common(item, common, "IN")?);
                }
                let place = elements
                    .first()
                    .zip(elements.last())
                    .map_or(span, |(first, last)| first.span.to(last.span));
                let array = Expr::new(
                    ExprKind::Array {
                        elements,
                        nested: false,
                    },
                    array_type,
                    place,
                );
                tests.push(self.array_operator(&operator, !negated, left.clone(), array)?);
                rest = with_columns;
                if matches!(left.kind, ExprKind::Parameter(_)) {
                    // Its type is known from here on.
                    left = self.expr(operand)?;
                }
            }
        }
        for item in rest {
            let test = match (&left.kind, &item.kind) {
                (ExprKind::Row { fields: left }, ExprKind::Row { fields: right }) => {
                    self.row_comparison(&operator, left.clone(), right.clone(), span)?
                }
                _ => self.operate(&operator, Some(left.clone()), item)?,
            };
            tests.push(self.coerce_to_boolean(test, "IN")?);
        }
        if tests.len() == 1
            && let Some(only) = tests.pop()
        {
            return Ok(Expr { span, ..only });
        }
        Ok(Expr::new(
            if negated {
                ExprKind::And(tests)
            } else {
                ExprKind::Or(tests)
            },
            oid::BOOL,
            span,
        ))
    }
}
