//! What an expression or a query uses: columns of one relation, relations.

use super::children::Node;
use super::{Column, Expr, ExprKind, Query, RangeKind};
use crate::catalog::{Relation, TypeId};

/// The columns of a relation that an expression over its row alone uses, by name, each once.
pub(crate) fn columns(expr: &Expr, relation: &Relation) -> Vec<String> {
    let mut found = Vec::new();
    collect_columns(expr, relation, &mut found);
    found
}

fn collect_columns(expr: &Expr, relation: &Relation, found: &mut Vec<String>) {
    if let ExprKind::Variable(variable) = &expr.kind {
        let used = match variable.column {
            Column::At(index) => relation.attributes.get(index as usize..=index as usize),
            Column::Whole => Some(relation.attributes.as_slice()),
            Column::System => None,
        };
        for attribute in used.unwrap_or_default() {
            if !found.contains(&attribute.name) {
                found.push(attribute.name.clone());
            }
        }
    }
    expr.children(&mut |node| {
        // What is defined over a row holds no queries.
        if let Node::Expr(expr) = node {
            collect_columns(expr, relation, found);
        }
    });
}

/// Whether a query reads a relation, at any depth.
pub(crate) fn reads(query: &Query, relation: TypeId) -> bool {
    let here = query
        .range
        .iter()
        .any(|entry| matches!(&entry.kind, RangeKind::Relation(read) if read.row_type == relation));
    if here {
        return true;
    }
    let mut found = false;
    query.children(&mut |node| found = found || node_reads(&node, relation));
    found
}

fn node_reads(node: &Node<'_>, relation: TypeId) -> bool {
    match node {
        Node::Query(query) => reads(query, relation),
        Node::Expr(expr) => {
            let mut found = false;
            expr.children(&mut |node| found = found || node_reads(&node, relation));
            found
        }
    }
}
