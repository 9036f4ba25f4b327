//! Which sources a query needs: those that made the relations, columns and functions that it names.

use super::children::Node;
use super::{Column, Expr, ExprKind, Query, RangeKind};
use crate::catalog::Origin;

/// The number of the newest of them, if it names anything that a source made.
pub(crate) fn newest_source(query: &Query) -> Option<u32> {
    let mut walk = Walk {
        around: Vec::new(),
        newest: None,
    };
    walk.query(query);
    walk.newest
}

struct Walk<'q> {
    /// The query that is looked at, and those that it stands in before it.
    around: Vec<&'q Query>,
    newest: Option<u32>,
}

impl<'q> Walk<'q> {
    fn note(&mut self, origin: Option<Origin>) {
        self.newest = self.newest.max(origin.map(|origin| origin.source));
    }

    fn query(&mut self, query: &'q Query) {
        self.around.push(query);
        for entry in &query.range {
            if let RangeKind::Relation(relation) = &entry.kind {
                self.note(relation.origin);
            }
        }
        if let Some(change) = &query.change {
            let updates = change.on_conflict.iter();
            let assigned = change
                .assignments
                .iter()
                .chain(updates.flat_map(|update| &update.assignments))
                .chain(change.merge.iter().flat_map(|branch| &branch.assignments));
            for assignment in assigned {
                self.column(0, change.entry, Column::At(assignment.column));
            }
        }
        query.children(&mut |node| self.node(&node));
        self.around.pop();
    }

    fn node(&mut self, node: &Node<'q>) {
        match node {
            Node::Query(query) => self.query(query),
            Node::Expr(expr) => self.expr(expr),
        }
    }

    fn expr(&mut self, expr: &'q Expr) {
        match &expr.kind {
            ExprKind::Variable(variable) => {
                self.column(variable.level, variable.entry, variable.column);
            }
            ExprKind::Function(call) => self.note(call.function.origin),
            _ => {}
        }
        expr.children(&mut |node| self.node(&node));
    }

    fn column(&mut self, level: u32, entry: u32, column: Column) {
        let place = |number: u32| usize::try_from(number).ok();
        let entry = place(level)
            .and_then(|level| self.around.iter().rev().nth(level))
            .and_then(|query| query.range.get(place(entry)?));
        let (Some(entry), Column::At(position)) = (entry, column) else {
            return;
        };
        if let RangeKind::Relation(relation) | RangeKind::Excluded(relation) = &entry.kind {
            let attribute = place(position).and_then(|at| relation.attributes.get(at));
            self.note(attribute.and_then(|attribute| attribute.origin));
        }
    }
}
