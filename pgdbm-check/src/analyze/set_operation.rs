//! UNION, INTERSECT and EXCEPT. After `transformSetOperationStmt`.

use pgdbm_template::Code;

use super::Analyzer;
use super::coerce::{can_coerce_one, count};
use super::grouping::Grouped;
use super::query::{finish, is_unknown, leaf};
use super::scope::Place;
use crate::catalog::{CastContext, TypeId, format_type, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, SetOperator, Span};
use crate::tree::{
    Command, Expr, ExprKind, FromNode, Query, RangeColumn, RangeEntry, RangeKind, SetTree, Target,
    Version,
};

/// An arm of a set operation with its columns.
struct Arm {
    tree: SetTree,
    columns: Vec<ArmColumn>,
    span: Span,
}

#[derive(Clone)]
struct ArmColumn {
    name: String,
    type_id: TypeId,
    modifier: i32,
    span: Span,
}

impl Analyzer<'_> {
    pub(super) fn set_query(&mut self, query: &ast::Query) -> Result<Query> {
        if let Some(into) = later_into(&query.body, true) {
            return Err(Failure::error(
                Code::MisplacedClause,
                into.name.span,
                "INTO stands in the first SELECT of a UNION, INTERSECT or EXCEPT only",
            ));
        }
        let recursion = self.recursion.take();
        let arm = self.set_body(&query.body, recursion, true)?;
        let columns: Vec<RangeColumn> = arm
            .columns
            .iter()
            .map(|column| RangeColumn {
                name: column.name.clone(),
                type_id: column.type_id,
                modifier: column.modifier,
            })
            .collect();
        let entry = self.add_entry(RangeEntry {
            kind: RangeKind::Set,
            alias: "*SELECT*".to_owned(),
            columns,
        });
        let mut item = self.item_of(entry, Version::Current);
        item.relation_visible = false;
        let mut targets: Vec<Target> = item
            .columns
            .iter()
            .zip(&arm.columns)
            .map(|(column, of)| Target {
                expr: Expr {
                    span: of.span,
                    ..column.expr.clone()
                },
                name: column.name.clone(),
            })
            .collect();
        let mut result = Query::new(Command::Select);
        result.from = vec![FromNode::Entry(entry)];
        self.level().items.push(item);
        // Only columns of the result can be sorted by: what is no name, no number, is an error.
        let before = targets.len();
        let mut order_by = Vec::new();
        for order in &query.order_by {
            let found = self.named_entry(&order.expr, &mut targets, Place::OrderBy)?;
            let Some(entry) = found else {
                let analyzed = self.at(Place::OrderBy, |this| this.expr(&order.expr))?;
                if let Some(target) = targets.iter().find(|target| target.expr == analyzed) {
                    order_by.push(target.expr.clone());
                    continue;
                }
                return Err(Failure::error(
                    Code::MisplacedClause,
                    order.expr.span,
                    "ORDER BY over UNION, INTERSECT or EXCEPT sorts by names or numbers of result columns only",
                )
                .help("add the expression to every arm, or put the whole into a subquery of FROM"));
            };
            self.sortable(&entry, order.expr.span)?;
            order_by.push(entry);
        }
        targets.truncate(before);
        result.order_by = order_by;
        result.offset = match &query.offset {
            Some(offset) => Some(self.limit(offset, Place::Offset, false)?),
            None => None,
        };
        result.limit = self.limit_clause(query)?;
        self.locking(
            &query.locking,
            &Grouped {
                set_operation: true,
                ..Grouped::default()
            },
        )?;
        result.targets = targets;
        result.set = Some(Box::new(arm.tree));
        Ok(result)
    }

    /// One arm. `recursion` is the common table whose columns the left arm of the topmost UNION declares.
    fn set_body(
        &mut self,
        body: &ast::QueryBody,
        recursion: Option<usize>,
        top: bool,
    ) -> Result<Arm> {
        match body {
            ast::QueryBody::SetOperation(operation) => {
                let recursion =
                    recursion.filter(|_| top && operation.operator == SetOperator::Union);
                let left = self.set_body(&operation.left, None, false)?;
                let left = if recursion.is_some() {
                    self.settle_arm(left)?
                } else {
                    left
                };
                if let Some(index) = recursion {
                    let columns = left
                        .columns
                        .iter()
                        .map(|column| RangeColumn {
                            name: column.name.clone(),
                            type_id: column.type_id,
                            modifier: column.modifier,
                        })
                        .collect();
                    self.declare_recursive(index, columns)?;
                }
                let right = self.set_body(&operation.right, None, false)?;
                self.combine(operation, left, right, recursion.is_some())
            }
            ast::QueryBody::Nested(query)
                if query.with.is_none()
                    && query.order_by.is_empty()
                    && query.limit.is_none()
                    && query.offset.is_none()
                    && query.locking.is_empty() =>
            {
                self.set_body(&query.body, None, false)
            }
            ast::QueryBody::Nested(query) => self.arm_query(query),
            ast::QueryBody::Select(select) => {
                let span = select.span;
                self.arm_query(&bare(body.clone(), span))
            }
            ast::QueryBody::Values(values) => {
                let span = values.span;
                self.arm_query(&bare(body.clone(), span))
            }
        }
    }

    fn arm_query(&mut self, query: &ast::Query) -> Result<Arm> {
        self.push_level().resolve_unknowns = false;
        let result = self.query(query);
        let level = self.pop_level();
        let analyzed = finish(result?, level)?;
        let columns = analyzed
            .targets
            .iter()
            .map(|target| ArmColumn {
                name: target.name.clone(),
                type_id: target.expr.type_id,
                modifier: target.expr.modifier,
                span: target.expr.span,
            })
            .collect();
        Ok(Arm {
            tree: leaf(analyzed),
            columns,
            span: query.span,
        })
    }

    /// The columns of an arm whose types are still open become text.
    fn settle_arm(&mut self, mut arm: Arm) -> Result<Arm> {
        for index in 0..arm.columns.len() {
            if arm
                .columns
                .get(index)
                .is_some_and(|column| column.type_id == oid::UNKNOWN)
            {
                self.convert_column(&mut arm, index, oid::TEXT)?;
            }
        }
        Ok(arm)
    }

    /// Converts an open constant or parameter of an arm's select list.
    fn convert_column(&mut self, arm: &mut Arm, index: usize, target: TypeId) -> Result<()> {
        if let SetTree::Query(query) = &mut arm.tree
            && query.set.is_none()
            && let Some(column) = query.targets.get_mut(index)
            && is_unknown(&column.expr)
            && matches!(
                column.expr.kind,
                ExprKind::Constant(_) | ExprKind::Parameter(_)
            )
        {
            let expr = column.expr.clone();
            column.expr = self.coerce(expr, target, -1, CastContext::Implicit)?;
        }
        if let Some(column) = arm.columns.get_mut(index) {
            column.type_id = target;
            column.modifier = -1;
        }
        Ok(())
    }

    fn combine(
        &mut self,
        operation: &ast::SetOperation,
        mut left: Arm,
        mut right: Arm,
        recursive: bool,
    ) -> Result<Arm> {
        let name = match operation.operator {
            SetOperator::Union => "UNION",
            SetOperator::Intersect => "INTERSECT",
            SetOperator::Except => "EXCEPT",
        };
        if left.columns.len() != right.columns.len() {
            return Err(Failure::error(
                Code::ColumnCount,
                right.span,
                format!(
                    "the arms of {name} have {} and {}",
                    left.columns.len(),
                    count(right.columns.len(), "column")
                ),
            ));
        }
        let mut columns = Vec::with_capacity(left.columns.len());
        for index in 0..left.columns.len() {
            let (Some(of_left), Some(of_right)) = (
                left.columns.get(index).cloned(),
                right.columns.get(index).cloned(),
            ) else {
                continue;
            };
            let pair = [
                arm_expr(&left.tree, index, &of_left),
                arm_expr(&right.tree, index, &of_right),
            ];
            let common = self.common_type(&pair, name)?;
            for (arm, of) in [(&mut left, &of_left), (&mut right, &of_right)] {
                if of.type_id == oid::UNKNOWN {
                    self.convert_column(arm, index, common)?;
                } else if of.type_id != common
                    && !can_coerce_one(self.catalog, of.type_id, common, CastContext::Implicit)
                {
                    return Err(Failure::error(
                        Code::TypeMismatch,
                        of.span,
                        format!(
                            "{name}: a value of type `{}` does not become `{}` by itself",
                            format_type(self.catalog, of.type_id),
                            format_type(self.catalog, common)
                        ),
                    )
                    .help("write a cast"));
                }
            }
            let modifier = if of_left.type_id == common
                && of_right.type_id == common
                && of_left.modifier == of_right.modifier
            {
                of_left.modifier
            } else {
                -1
            };
            // UNION ALL compares nothing.
            if (operation.operator != SetOperator::Union || !operation.all)
                && !self.has_equality(common)
                && !recursive
            {
                let probe = Expr::new(ExprKind::CaseOperand, common, of_left.span);
                self.comparable(&probe, of_left.span)?;
            }
            columns.push(ArmColumn {
                name: of_left.name,
                type_id: common,
                modifier,
                span: of_left.span,
            });
        }
        Ok(Arm {
            tree: SetTree::Operation {
                operator: operation.operator,
                all: operation.all,
                left: Box::new(left.tree),
                right: Box::new(right.tree),
            },
            columns,
            span: operation.span,
        })
    }
}

/// An expression that stands for an arm's column.
fn arm_expr(tree: &SetTree, index: usize, of: &ArmColumn) -> Expr {
    if let SetTree::Query(query) = tree
        && let Some(target) = query.targets.get(index)
    {
        return target.expr.clone();
    }
    Expr::new(ExprKind::CaseOperand, of.type_id, of.span).with_modifier(of.modifier)
}

/// A body without clauses around it.
fn bare(body: ast::QueryBody, span: Span) -> ast::Query {
    ast::Query {
        with: None,
        body,
        order_by: Vec::new(),
        limit: None,
        offset: None,
        locking: Vec::new(),
        span,
    }
}

/// INTO of the first SELECT.
pub(super) fn first_into(body: &ast::QueryBody) -> Option<&ast::IntoTable> {
    match body {
        ast::QueryBody::Select(select) => select.into.as_ref(),
        ast::QueryBody::Nested(query) => first_into(&query.body),
        ast::QueryBody::SetOperation(operation) => first_into(&operation.left),
        ast::QueryBody::Values(_) => None,
    }
}

/// INTO of another SELECT.
fn later_into(body: &ast::QueryBody, first: bool) -> Option<&ast::IntoTable> {
    match body {
        ast::QueryBody::Select(select) => select.into.as_ref().filter(|_| !first),
        ast::QueryBody::Nested(query) => later_into(&query.body, first),
        ast::QueryBody::SetOperation(operation) => {
            later_into(&operation.left, first).or_else(|| later_into(&operation.right, false))
        }
        ast::QueryBody::Values(_) => None,
    }
}

/// INTO makes a table of a whole statement's rows only.
pub(super) fn no_into(query: &ast::Query) -> Result<()> {
    match first_into(&query.body) {
        Some(into) => Err(Failure::error(
            Code::MisplacedClause,
            into.name.span,
            "INTO stands at the top of a statement only",
        )),
        None => Ok(()),
    }
}
