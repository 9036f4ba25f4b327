//! Walks over the typed tree.

use super::{Change, Expr, ExprKind, FromNode, Query, RangeKind, SetTree, SubqueryKind};

/// What a walk meets.
pub(crate) enum Node<'a> {
    Expr(&'a Expr),
    /// A query one level further in than what it stands in.
    Query(&'a Query),
}

impl Expr {
    /// Gives the direct children, in the order of the text where the tree still knows it.
    pub(crate) fn children<'a>(&'a self, visit: &mut dyn FnMut(Node<'a>)) {
        let mut all = |exprs: &'a [Expr]| {
            for expr in exprs {
                visit(Node::Expr(expr));
            }
        };
        match &self.kind {
            ExprKind::Variable(_)
            | ExprKind::Constant(_)
            | ExprKind::Parameter(_)
            | ExprKind::CaseOperand
            | ExprKind::Ambient(_)
            | ExprKind::MergeAction
            | ExprKind::Default
            | ExprKind::CurrentOf => {}
            ExprKind::Function(call) => all(&call.arguments),
            ExprKind::Aggregate(call) => {
                all(&call.direct);
                all(&call.arguments);
                all(&call.order_by);
                all(call.filter.as_slice());
            }
            ExprKind::Window(call) => {
                all(&call.arguments);
                all(call.filter.as_slice());
            }
            ExprKind::Operator { operands, .. }
            | ExprKind::MinMax { operands, .. }
            | ExprKind::Grouping { operands, .. }
            | ExprKind::Special { operands, .. }
            | ExprKind::And(operands)
            | ExprKind::Or(operands)
            | ExprKind::Coalesce(operands)
            | ExprKind::Row { fields: operands }
            | ExprKind::Array {
                elements: operands, ..
            } => all(operands),
            ExprKind::ArrayOperator {
                left, array: right, ..
            }
            | ExprKind::Distinct { left, right, .. }
            | ExprKind::NullIf { left, right, .. }
            | ExprKind::FieldStore {
                operand: left,
                value: right,
                ..
            } => {
                visit(Node::Expr(left));
                visit(Node::Expr(right));
            }
            ExprKind::Not(operand)
            | ExprKind::IsNull { operand, .. }
            | ExprKind::IsTruth { operand, .. }
            | ExprKind::Field { operand, .. }
            | ExprKind::Coerce { operand, .. }
            | ExprKind::Collate { operand, .. } => visit(Node::Expr(operand)),
            ExprKind::Case {
                operand,
                branches,
                otherwise,
            } => {
                if let Some(operand) = operand {
                    visit(Node::Expr(operand));
                }
                for (condition, value) in branches {
                    visit(Node::Expr(condition));
                    visit(Node::Expr(value));
                }
                if let Some(otherwise) = otherwise {
                    visit(Node::Expr(otherwise));
                }
            }
            ExprKind::RowCompare { left, right, .. } => {
                all(left);
                all(right);
            }
            ExprKind::Subscript {
                container,
                subscripts,
                assigned,
                ..
            } => {
                visit(Node::Expr(container));
                for subscript in subscripts {
                    visit(Node::Expr(subscript));
                }
                if let Some(assigned) = assigned {
                    visit(Node::Expr(assigned));
                }
            }
            ExprKind::Subquery(subquery) => {
                if let SubqueryKind::Quantified { left, .. } = &subquery.kind {
                    all(left);
                }
                visit(Node::Query(&subquery.query));
            }
        }
    }
}

impl Query {
    /// Gives the expressions and queries that stand directly in this one. Queries are one level further in; common tables'
    /// queries too.
    pub(crate) fn children<'a>(&'a self, visit: &mut dyn FnMut(Node<'a>)) {
        for table in &self.common_tables {
            if let Some(query) = &table.query {
                visit(Node::Query(query));
            }
        }
        for target in &self.targets {
            visit(Node::Expr(&target.expr));
        }
        if let Some(change) = &self.change {
            change.children(visit);
        }
        for entry in &self.range {
            match &entry.kind {
                RangeKind::Subquery(query) => visit(Node::Query(query)),
                RangeKind::Functions { functions, .. } => {
                    for function in functions {
                        visit(Node::Expr(&function.call));
                    }
                }
                RangeKind::Values(rows) => {
                    for expr in rows.iter().flatten() {
                        visit(Node::Expr(expr));
                    }
                }
                RangeKind::TableFunction { operands, .. } => {
                    for operand in operands {
                        visit(Node::Expr(operand));
                    }
                }
                RangeKind::Relation(_)
                | RangeKind::CommonTable { .. }
                | RangeKind::Set
                | RangeKind::Excluded(_) => {}
            }
        }
        for node in &self.from {
            node.children(visit);
        }
        for expr in self
            .filter
            .iter()
            .chain(&self.group_by)
            .chain(&self.having)
            .chain(self.windows.iter().flat_map(|window| {
                window
                    .partition_by
                    .iter()
                    .chain(&window.order_by)
                    .chain(&window.offsets)
            }))
            .chain(&self.order_by)
            .chain(&self.limit)
            .chain(&self.offset)
        {
            visit(Node::Expr(expr));
        }
        if let Some(set) = &self.set {
            set.children(visit);
        }
    }
}

impl Change {
    fn children<'a>(&'a self, visit: &mut dyn FnMut(Node<'a>)) {
        let updates = self.on_conflict.iter();
        for assignment in self
            .assignments
            .iter()
            .chain(updates.clone().flat_map(|update| &update.assignments))
            .chain(self.merge.iter().flat_map(|branch| &branch.assignments))
        {
            visit(Node::Expr(&assignment.value));
        }
        for condition in updates
            .filter_map(|update| update.filter.as_ref())
            .chain(
                self.merge
                    .iter()
                    .filter_map(|branch| branch.condition.as_ref()),
            )
            .chain(&self.merge_condition)
        {
            visit(Node::Expr(condition));
        }
    }
}

impl FromNode {
    fn children<'a>(&'a self, visit: &mut dyn FnMut(Node<'a>)) {
        if let Self::Join(join) = self {
            join.left.children(visit);
            join.right.children(visit);
            if let Some(condition) = &join.condition {
                visit(Node::Expr(condition));
            }
        }
    }
}

impl SetTree {
    fn children<'a>(&'a self, visit: &mut dyn FnMut(Node<'a>)) {
        match self {
            Self::Query(query) => visit(Node::Query(query)),
            Self::Operation { left, right, .. } => {
                left.children(visit);
                right.children(visit);
            }
        }
    }
}
