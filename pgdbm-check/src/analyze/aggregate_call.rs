//! Calls of aggregates and window functions. After `ParseFuncOrColumn`.

use std::sync::Arc;

use pgdbm_template::Code;

use super::Analyzer;
use super::overload::Match;
use crate::catalog::{Aggregate, AggregateKind, TypeId};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, Span};
use crate::tree::{AggregateCall, Expr, ExprKind, WindowCall};

impl Analyzer<'_> {
    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    pub(super) fn aggregate_call(
        &mut self,
        call: &ast::Call,
        matched: &Match,
        aggregate: Aggregate,
        (arguments, direct): (Vec<Expr>, usize),
        filter: Option<Expr>,
        calls_before: usize,
        span: Span,
    ) -> Result<Expr> {
        let name = call.name.name();
        let ordered_set = aggregate.kind != AggregateKind::Normal;
        if ordered_set {
            if call.within_group.is_empty() {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    call.name.span,
                    format!("`{name}` needs WITHIN GROUP (ORDER BY …)"),
                ));
            }
            if call.over.is_some() {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    call.name.span,
                    format!("`{name}` takes no OVER"),
                ));
            }
            let twice = if !call.order_by.is_empty() {
                Some("ORDER BY among its arguments")
            } else if call.distinct {
                Some("DISTINCT")
            } else if call.variadic {
                Some("VARIADIC")
            } else {
                None
            };
            if let Some(twice) = twice {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    call.name.span,
                    format!("with WITHIN GROUP, `{name}` takes no {twice}"),
                ));
            }
            let sorted = arguments.len().saturating_sub(direct);
            let all_variadic = matched.function.variadic.is_some()
                && aggregate.direct >= matched.function.parameters.len();
            let fits = match aggregate.kind {
                _ if !all_variadic => direct == aggregate.direct,
                // `rank(VARIADIC "any" ORDER BY VARIADIC "any")`: as many direct arguments as sorted ones.
                AggregateKind::Hypothetical => matched.variadic_count == 2 * sorted,
                _ => matched.variadic_count > sorted,
            };
            if !fits {
                let types: Vec<TypeId> =
                    arguments.iter().map(|argument| argument.type_id).collect();
                return Err(self.unknown_function(call, &types, &[Arc::clone(&matched.function)]));
            }
        } else {
            if !call.within_group.is_empty() {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    call.name.span,
                    format!("`{name}` is no ordered-set aggregate and takes no WITHIN GROUP"),
                ));
            }
            if arguments.is_empty() && !call.star {
                return Err(Failure::error(
                    Code::SyntaxError,
                    call.name.span,
                    format!("`{name}` without an argument is written `{name}(*)`"),
                ));
            }
        }
        if call.star && !arguments.is_empty() {
            return Err(Failure::cannot_check(span, "`*` together with arguments"));
        }
        let arguments = if aggregate.kind == AggregateKind::Hypothetical {
            self.unify_hypothetical(arguments, direct)?
        } else {
            arguments
        };
        let written = if call.distinct && !call.order_by.is_empty() {
            arguments.clone()
        } else {
            Vec::new()
        };
        let mut resolved =
            self.convert_arguments(matched, arguments, call.variadic, call.name.span)?;
        if self.set_returning_calls != calls_before {
            return Err(Failure::error(
                Code::MisplacedCall,
                span,
                format!("`{name}` cannot take what a set-returning function gives"),
            )
            .help("call the set-returning function in FROM, with LATERAL"));
        }
        let spread_direct = direct.min(resolved.arguments.len());
        let (direct, aggregated) = if ordered_set {
            let rest = resolved.arguments.split_off(spread_direct);
            (resolved.arguments, rest)
        } else {
            (Vec::new(), resolved.arguments)
        };
        if let Some(over) = &call.over {
            if call.distinct {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    call.name.span,
                    "DISTINCT is not possible with OVER",
                ));
            }
            if !call.order_by.is_empty() {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    call.name.span,
                    "an aggregate with OVER takes no ORDER BY among its arguments",
                ));
            }
            let window = WindowCall {
                function: resolved.function,
                arguments: aggregated,
                filter,
                star: call.star,
                window: 0,
            };
            return self.over(over, window, resolved.result, span);
        }
        // What DISTINCT compares has a type, be it that nothing else told one.
        let mut aggregated = aggregated;
        if call.distinct {
            aggregated = aggregated
                .into_iter()
                .map(|argument| self.unknown_to_text(argument))
                .collect::<Result<_>>()?;
        }
        // ORDER BY inside the parentheses, and the types of what DISTINCT compares.
        let mut order_by = Vec::new();
        for order in &call.order_by {
            let expr = self.expr(&order.expr)?;
            let is_argument = aggregated.iter().enumerate().any(|(index, argument)| {
                *without_conversions(argument, written.get(index)) == expr
            });
            let expr = self.unknown_to_text(expr)?;
            self.sortable(&expr, order.expr.span)?;
            if call.distinct && !is_argument {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    order.expr.span,
                    "with DISTINCT, ORDER BY sorts by arguments of the aggregate only",
                ));
            }
            order_by.push(expr);
        }
        if call.distinct {
            for argument in &aggregated {
                self.comparable(argument, argument.span)?;
            }
        }
        for (argument, order) in aggregated.iter().zip(&call.within_group) {
            self.sortable(argument, order.expr.span)?;
        }
        let mut aggregate = AggregateCall {
            function: resolved.function,
            direct,
            arguments: aggregated,
            order_by,
            filter,
            distinct: call.distinct,
            star: call.star,
            level: 0,
        };
        self.settle_aggregate(&mut aggregate, span)?;
        Ok(Expr::new(
            ExprKind::Aggregate(Box::new(aggregate)),
            resolved.result,
            span,
        ))
    }

    /// Direct and sorted arguments of a hypothetical-set aggregate have the same types. After `unify_hypothetical_args`.
    fn unify_hypothetical(&mut self, arguments: Vec<Expr>, direct: usize) -> Result<Vec<Expr>> {
        let mut left = arguments;
        let right = left.split_off(direct.min(left.len()));
        if left.len() != right.len() {
            left.extend(right);
            return Ok(left);
        }
        let mut directs = Vec::with_capacity(left.len());
        let mut sorted = Vec::with_capacity(right.len());
        for (direct, by) in left.into_iter().zip(right) {
            // The sorted one weighs more.
            let (mut pair, _) = self.unify(vec![by, direct], "WITHIN GROUP")?;
            directs.extend(pair.pop());
            sorted.extend(pair.pop());
        }
        directs.extend(sorted);
        Ok(directs)
    }

    pub(super) fn window_call(
        &mut self,
        call: &ast::Call,
        matched: &Match,
        arguments: Vec<Expr>,
        filter: Option<&Expr>,
        calls_before: usize,
        span: Span,
    ) -> Result<Expr> {
        let name = call.name.name();
        let Some(over) = &call.over else {
            return Err(Failure::error(
                Code::MisplacedCall,
                call.name.span,
                format!("the window function `{name}` needs OVER"),
            ));
        };
        if call.distinct || !call.order_by.is_empty() || !call.within_group.is_empty() {
            return Err(Failure::error(
                Code::MisplacedClause,
                call.name.span,
                format!(
                    "the window function `{name}` takes neither DISTINCT nor ORDER BY nor WITHIN GROUP"
                ),
            ));
        }
        if filter.is_some() {
            return Err(Failure::error(
                Code::MisplacedClause,
                call.name.span,
                format!("FILTER is for aggregates, and `{name}` is a window function"),
            ));
        }
        if call.star {
            return Err(Failure::error(
                Code::SyntaxError,
                call.name.span,
                format!("`{name}` is written with `()`, not `(*)`"),
            ));
        }
        let resolved = self.convert_arguments(matched, arguments, call.variadic, call.name.span)?;
        if self.set_returning_calls != calls_before {
            return Err(Failure::error(
                Code::MisplacedCall,
                span,
                format!("`{name}` cannot take what a set-returning function gives"),
            ));
        }
        let window = WindowCall {
            function: resolved.function,
            arguments: resolved.arguments,
            filter: None,
            star: false,
            window: 0,
        };
        self.over(over, window, resolved.result, span)
    }
}

/// An argument as it was written, without what was converted for the aggregate. After `strip_implicit_coercions`.
fn without_conversions<'e>(argument: &'e Expr, written: Option<&Expr>) -> &'e Expr {
    let mut stripped = argument;
    loop {
        if written == Some(stripped) {
            return stripped;
        }
        match &stripped.kind {
            ExprKind::Coerce { operand, .. } => stripped = operand,
            _ => return argument,
        }
    }
}
