//! Whether an expression gives the same for the same row for ever: what indexes, generated columns and the keys of partitioned
//! tables ask. After `contain_mutable_functions`, which looks at what is left when constants are worked out.

use pgdbm_template::Code;

use crate::catalog::{Catalog, Function, TypeId, TypeKind, format_type};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{Span, Volatility};
use crate::tree::{Coercion, Constant, Expr, ExprKind, Node};

/// Refuses what is not IMMUTABLE in an expression.
pub(super) fn check_steady(catalog: &Catalog, expr: &Expr, whose: &str) -> Result<()> {
    if may_be_worked_out(expr) {
        return Ok(());
    }
    let Some((span, what, help)) = first_unsteady(catalog, expr) else {
        return Ok(());
    };
    Err(Failure::error(
        Code::InvalidDefinition,
        span,
        format!("{what} is not IMMUTABLE, as {whose} must be"),
    )
    .help(help))
}

/// Whether parts of the expression may fall away before anybody looks at them: a strict function of NULL is NULL, `false AND x`
/// is false.
fn may_be_worked_out(expr: &Expr) -> bool {
    let all_open = |exprs: &[Expr]| exprs.iter().all(names_columns);
    let may = match &expr.kind {
        ExprKind::Constant(Constant::Null | Constant::Boolean(_)) | ExprKind::Subquery(_) => true,
        ExprKind::And(operands) | ExprKind::Or(operands) | ExprKind::Coalesce(operands) => {
            let last = operands.len().saturating_sub(1);
            !all_open(operands.get(..last).unwrap_or_default())
        }
        ExprKind::Case {
            operand, branches, ..
        } => {
            operand
                .as_ref()
                .is_some_and(|operand| !names_columns(operand))
                || !branches
                    .iter()
                    .all(|(condition, _)| names_columns(condition))
        }
        _ => false,
    };
    if may {
        return true;
    }
    let mut found = false;
    expr.children(&mut |node| match node {
        Node::Expr(child) => found |= may_be_worked_out(child),
        Node::Query(_) => found = true,
    });
    found
}

fn names_columns(expr: &Expr) -> bool {
    let mut found = matches!(expr.kind, ExprKind::Variable(_) | ExprKind::CaseOperand);
    expr.children(&mut |node| {
        if let Node::Expr(child) = node {
            found |= names_columns(child);
        }
    });
    found
}

type Unsteady = (Span, String, String);

fn first_unsteady(catalog: &Catalog, expr: &Expr) -> Option<Unsteady> {
    let mut found = None;
    expr.children(&mut |node| {
        if let (None, Node::Expr(child)) = (&found, node) {
            found = first_unsteady(catalog, child);
        }
    });
    found.or_else(|| unsteady(catalog, expr))
}

/// What the expression itself does that is not steady.
fn unsteady(catalog: &Catalog, expr: &Expr) -> Option<Unsteady> {
    let writes_steadily = |operands: &[Expr]| {
        operands
            .iter()
            .all(|operand| !io_depends(catalog, catalog.base_type(operand.type_id).0, false))
    };
    let operator = |operator: &crate::catalog::Operator| {
        (operator.volatility != Volatility::Immutable).then(|| {
            (
                expr.span,
                format!("the operator `{}` of these types", operator.name),
                "write it with a time zone or a format of its own: `a AT TIME ZONE 'UTC'`"
                    .to_owned(),
            )
        })
    };
    match &expr.kind {
        ExprKind::Function(call) => {
            let function = &*call.function;
            // Written in SQL, these become a cast to text.
            let becomes_text = function.origin.is_none()
                && [
                    "anytextcat",
                    "quote_literal",
                    "quote_nullable",
                    "textanycat",
                ]
                .contains(&function.name.as_str());
            let is_steady = becomes_text && writes_steadily(&call.arguments);
            (is_unsteady(function) && !is_steady).then(|| {
                (
                    expr.span,
                    format!("the function `{}`", function.name),
                    help_for(function),
                )
            })
        }
        ExprKind::Operator {
            operator: of,
            operands,
        } if of.name == "||" && writes_steadily(operands) => None,
        ExprKind::Operator { operator: of, .. }
        | ExprKind::ArrayOperator { operator: of, .. }
        | ExprKind::Distinct { operator: of, .. }
        | ExprKind::NullIf { operator: of, .. } => operator(of),
        ExprKind::RowCompare { operators, .. } => operators.iter().find_map(|of| operator(of)),
        ExprKind::Ambient(_) => Some((
            expr.span,
            "the current time or user".to_owned(),
            "leave it out, and compare with it in the queries".to_owned(),
        )),
        ExprKind::Coerce { kind, operand } => {
            let (source, target) = (operand.type_id, expr.type_id);
            is_unsteady_cast(catalog, kind, source, target).then(|| {
                (
                    expr.span,
                    format!(
                        "the cast from {} to {}",
                        format_type(catalog, source),
                        format_type(catalog, target)
                    ),
                    "write it with a time zone or a format of its own: `a AT TIME ZONE 'UTC'`, or wrap it in a function \
                     that is declared IMMUTABLE"
                        .to_owned(),
                )
            })
        }
        _ => None,
    }
}

fn is_unsteady(function: &Function) -> bool {
    function.volatility != Volatility::Immutable && !function.inlined
}

fn help_for(function: &Function) -> String {
    if function.origin.is_some() {
        return "declare it IMMUTABLE, if it is".to_owned();
    }
    match function.name.as_str() {
        "to_tsvector" => "name the configuration: `to_tsvector('english', …)`".to_owned(),
        "date_trunc" | "date_part" | "extract" | "timezone" | "date" => {
            "say in which time zone: `(a AT TIME ZONE 'UTC')`".to_owned()
        }
        "clock_timestamp"
        | "gen_random_uuid"
        | "now"
        | "random"
        | "statement_timestamp"
        | "transaction_timestamp" => "leave it out, and say it in the queries".to_owned(),
        "concat" | "concat_ws" => "write `||` with `coalesce`".to_owned(),
        _ => "wrap it in a function that is declared IMMUTABLE, if it is for these arguments"
            .to_owned(),
    }
}

fn is_unsteady_cast(catalog: &Catalog, kind: &Coercion, source: TypeId, target: TypeId) -> bool {
    let (from, _) = catalog.base_type(source);
    let (to, _) = catalog.base_type(target);
    match kind {
        Coercion::Function { .. } => catalog
            .cast(from, to)
            .is_some_and(|cast| cast.volatility != Volatility::Immutable),
        Coercion::InOut => io_depends(catalog, from, false) || io_depends(catalog, to, true),
        Coercion::Elements => {
            let parts = catalog.element_of(from).zip(catalog.element_of(to));
            parts.is_some_and(|(from, to)| {
                catalog
                    .cast(from, to)
                    .is_some_and(|cast| cast.volatility != Volatility::Immutable)
            })
        }
        _ => false,
    }
}

/// Whether reading a type from text, or writing it, is not IMMUTABLE.
fn io_depends(catalog: &Catalog, id: TypeId, input: bool) -> bool {
    let of = catalog.type_(id);
    let through_parts = catalog.element_of(id).is_some()
        || matches!(
            of.kind,
            TypeKind::Enum(_)
                | TypeKind::Composite
                | TypeKind::Range { .. }
                | TypeKind::Multirange { .. }
        );
    through_parts
        || if input {
            of.input_depends
        } else {
            of.output_depends
        }
}
