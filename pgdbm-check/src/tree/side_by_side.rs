//! Parameters whose arrays go side by side: `unnest($1, $2)`, where the server fills up the shorter ones with NULL.

use super::children::Node;
use super::{Expr, ExprKind, Query, RangeFunction, RangeKind};

/// The numbers of such parameters, of each call that has several of them, at any depth.
///
/// What is written out as `ROWS FROM (unnest($1), unnest($2))` is meant as it is.
pub(crate) fn side_by_side(query: &Query) -> Vec<Vec<u32>> {
    let mut found = Vec::new();
    collect(&Node::Query(query), &mut found);
    found
}

fn collect(node: &Node<'_>, found: &mut Vec<Vec<u32>>) {
    match node {
        Node::Query(query) => {
            for entry in &query.range {
                if let RangeKind::Functions { functions, .. } = &entry.kind {
                    of_functions(functions, found);
                }
            }
            query.children(&mut |child| collect(&child, found));
        }
        Node::Expr(expr) => expr.children(&mut |child| collect(&child, found)),
    }
}

/// The arrays of one call are one function each, and all of them stand where the call stands.
fn of_functions(functions: &[RangeFunction], found: &mut Vec<Vec<u32>>) {
    for calls in functions.chunk_by(|before, next| before.call.span == next.call.span) {
        let parameters: Vec<u32> = calls.iter().filter_map(unnested).collect();
        if parameters.len() > 1 {
            found.push(parameters);
        }
    }
}

/// The parameter that a function unnests.
fn unnested(function: &RangeFunction) -> Option<u32> {
    let ExprKind::Function(call) = &function.call.kind else {
        return None;
    };
    match call.arguments.as_slice() {
        [array] if call.function.name == "unnest" => parameter(array),
        _ => None,
    }
}

fn parameter(expr: &Expr) -> Option<u32> {
    match &expr.kind {
        ExprKind::Parameter(number) => Some(*number),
        ExprKind::Coerce { operand, .. } => parameter(operand),
        _ => None,
    }
}
