//! GROUP BY and grouping sets. After `transformGroupClause`.

use pgdbm_template::Code;

use super::Analyzer;
use super::scope::Place;
use crate::failure::{Failure, Result};
use crate::syntax::ast;
use crate::tree::{Expr, Target};

/// What a query does with its rows, for the clauses that may not stand beside it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Grouped {
    pub(super) set_operation: bool,
    pub(super) distinct: bool,
    pub(super) grouped: bool,
    pub(super) having: bool,
    pub(super) aggregates: bool,
    pub(super) windows: bool,
    pub(super) set_returning: bool,
}

/// A GROUP BY clause.
#[derive(Debug, Default)]
pub(super) struct GroupBy {
    /// Each expression once.
    pub(super) exprs: Vec<Expr>,
    /// There are sets that leave out some of them.
    pub(super) sets: bool,
    /// Some set is empty.
    pub(super) empty: bool,
    /// The expressions that are in every set.
    pub(super) in_all: Vec<Expr>,
}

impl Analyzer<'_> {
    pub(super) fn group_by(
        &mut self,
        groupings: &[ast::Grouping],
        targets: &mut [Target],
    ) -> Result<GroupBy> {
        let mut group = GroupBy::default();
        for grouping in groupings {
            // The sets of several are combined, so each of them brings its own into all.
            let in_all = self.grouping(grouping, targets, &mut group, true)?;
            group.in_all.extend(in_all);
        }
        // `GROUP BY ()` alone groups everything into one.
        if group.empty
            && group.exprs.is_empty()
            && groupings
                .iter()
                .all(|grouping| matches!(grouping, ast::Grouping::Empty(_)))
        {
            group.sets = false;
        }
        // An empty set beside plain expressions is never a group of its own: the sets are combined.
        if groupings
            .iter()
            .any(|grouping| matches!(grouping, ast::Grouping::Expr(_) | ast::Grouping::Tuple(_)))
        {
            group.empty = false;
        }
        Ok(group)
    }

    /// Gives the expressions that are in all sets of the grouping.
    fn grouping(
        &mut self,
        grouping: &ast::Grouping,
        targets: &mut [Target],
        group: &mut GroupBy,
        top: bool,
    ) -> Result<Vec<Expr>> {
        match grouping {
            ast::Grouping::Expr(expr) => {
                // `GROUP BY (a, b)` groups by both.
                if let ast::ExprKind::Row {
                    fields,
                    explicit: false,
                } = &expr.kind
                {
                    return fields
                        .iter()
                        .map(|field| self.group_entry(field, targets, group))
                        .collect();
                }
                Ok(vec![self.group_entry(expr, targets, group)?])
            }
            ast::Grouping::Tuple(exprs) => exprs
                .iter()
                .map(|expr| self.group_entry(expr, targets, group))
                .collect(),
            ast::Grouping::Empty(_) => {
                group.empty = true;
                group.sets |= !top;
                Ok(Vec::new())
            }
            ast::Grouping::Rollup(inner) | ast::Grouping::Cube(inner) => {
                group.sets = true;
                group.empty = true;
                for inner in inner {
                    self.grouping(inner, targets, group, false)?;
                }
                Ok(Vec::new())
            }
            ast::Grouping::Sets(inner) => {
                group.sets |= inner.len() > 1;
                let mut in_all: Option<Vec<Expr>> = None;
                for inner in inner {
                    let of_set = self.grouping(inner, targets, group, false)?;
                    in_all = Some(match in_all {
                        Some(mut in_all) => {
                            in_all.retain(|expr| of_set.contains(expr));
                            in_all
                        }
                        None => of_set,
                    });
                }
                Ok(in_all.unwrap_or_default())
            }
        }
    }

    fn group_entry(
        &mut self,
        expr: &ast::Expr,
        targets: &mut [Target],
        group: &mut GroupBy,
    ) -> Result<Expr> {
        let entry = match self.named_entry(expr, targets, Place::GroupBy)? {
            Some(entry) => entry,
            None => {
                let analyzed = self.at(Place::GroupBy, |this| this.expr(expr))?;
                self.settled_entry(analyzed, targets)?
            }
        };
        // The same expression of the select list is the same group, and settles the type of its constants.
        let entry = self.unknown_to_text(entry)?;
        if let crate::tree::ExprKind::Window(_) = entry.kind {
            return Err(Failure::error(
                Code::MisplacedCall,
                expr.span,
                "a window function cannot stand in GROUP BY",
            ));
        }
        self.comparable(&entry, expr.span)?;
        if !group.exprs.contains(&entry) {
            group.exprs.push(entry.clone());
        }
        Ok(entry)
    }
}
