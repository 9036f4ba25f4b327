//! Whether a view can be changed. After `view_query_is_auto_updatable` and `view_cols_are_auto_updatable`.
//!
//! PostgreSQL manual, [Updatable Views](https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS).

use std::sync::Arc;

use pgdbm_template::Code;

use super::Analyzer;
use super::assign::By;
use crate::catalog::{Relation, RelationKind};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{Overriding, Span};
use crate::tree::{Column, ColumnAssignment, ExprKind, FromNode, Query, RangeKind};

/// How many views one above the other are followed. They may even stand above themselves, since CREATE OR REPLACE.
pub(super) const MOST_VIEWS: usize = 100;

/// What is done to the view's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Insert,
    Update,
    Delete,
}

/// What lies under a view whose rows can be changed.
struct Base<'v> {
    view: &'v Query,
    relation: Arc<Relation>,
}

impl Analyzer<'_> {
    /// Refuses the change of a view that nothing carries out: the server cannot tell which rows are meant, and no trigger does.
    pub(super) fn view_change(
        &self,
        relation: &Relation,
        event: Event,
        assignments: &[ColumnAssignment],
        overriding: Option<Overriding>,
        place: Span,
    ) -> Result<()> {
        self.change_beneath(relation, event, assignments, overriding, place, 0)
    }

    fn change_beneath(
        &self,
        relation: &Relation,
        event: Event,
        assignments: &[ColumnAssignment],
        overriding: Option<Overriding>,
        place: Span,
        depth: usize,
    ) -> Result<()> {
        if depth > MOST_VIEWS {
            return Err(Failure::cannot_check(place, "a view over so many others"));
        }
        // The query of a view is not with the relation of an entry.
        let now = self.catalog.relation_of(relation.row_type);
        let relation = now.as_deref().unwrap_or(relation);
        if relation.kind != RelationKind::View
            || !relation.rules.is_empty()
            || has_trigger(relation, event)
        {
            return Ok(());
        }
        let Some(view) = relation
            .view
            .as_ref()
            .and_then(|view| view.query.as_deref())
        else {
            return Ok(());
        };
        let base = match self.base_of(view, event) {
            Ok(base) => base,
            Err(obstacle) => {
                return Err(Failure::error(
                    Code::NotUpdatable,
                    place,
                    format!("the view `{}` cannot be changed: {obstacle}", relation.name),
                )
                .help("change the tables that it shows, or give it an INSTEAD OF trigger"));
            }
        };
        let mut beneath = Vec::with_capacity(assignments.len());
        for assignment in assignments {
            match base.column(assignment.column) {
                Some(column) => beneath.push(ColumnAssignment {
                    column,
                    ..assignment.clone()
                }),
                None => {
                    let name = relation
                        .attributes
                        .get(assignment.column as usize)
                        .map_or("", |attribute| attribute.name.as_str());
                    return Err(Failure::error(
                        Code::NotUpdatable,
                        assignment.value.span,
                        format!(
                            "`{name}` of the view `{}` cannot be assigned: it is no column of the relation under the view",
                            relation.name
                        ),
                    )
                    .help("leave it out"));
                }
            }
        }
        for (index, assignment) in beneath.iter().enumerate() {
            let is_value =
                |other: &ColumnAssignment| !matches!(other.value.kind, ExprKind::Default);
            let twice = beneath.iter().take(index).any(|other| {
                other.column == assignment.column
                    && is_value(other)
                    && is_value(assignment)
                    && !(other.partial && assignment.partial)
            });
            if twice {
                return Err(Failure::error(
                    Code::AmbiguousName,
                    assignment.value.span,
                    format!(
                        "two columns of the view `{}` are the same column of the relation under it",
                        relation.name
                    ),
                )
                .help("leave one of them out"));
            }
            let by = match event {
                Event::Insert => By::Insert,
                Event::Update | Event::Delete => By::Update,
            };
            self.generated_value(&base.relation, assignment, overriding, by)?;
        }
        self.change_beneath(
            &base.relation,
            event,
            &beneath,
            overriding,
            place,
            depth + 1,
        )
    }

    /// The relation whose rows the view's are; the error says why there is none.
    fn base_of<'v>(
        &self,
        view: &'v Query,
        event: Event,
    ) -> std::result::Result<Base<'v>, &'static str> {
        let obstacles = [
            (view.distinct, "it has DISTINCT"),
            (
                !view.group_by.is_empty() || view.grouping_sets || view.empty_grouping_set,
                "it has GROUP BY",
            ),
            (view.having.is_some(), "it has HAVING"),
            (view.set.is_some(), "it has UNION, INTERSECT or EXCEPT"),
            (!view.common_tables.is_empty(), "it has WITH"),
            (
                view.limit.is_some() || view.offset.is_some(),
                "it has LIMIT or OFFSET",
            ),
            (view.has_aggregates, "it has aggregates"),
            (view.has_window_calls, "it has window functions"),
            (
                view.has_set_returning,
                "it has a set-returning function in its select list",
            ),
        ];
        if let Some((_, obstacle)) = obstacles.iter().find(|(is_there, _)| *is_there) {
            return Err(obstacle);
        }
        const NOT_ONE: &str = "its rows are not those of one table or view";
        let [FromNode::Entry(entry)] = view.from.as_slice() else {
            return Err(NOT_ONE);
        };
        let Some(RangeKind::Relation(relation)) =
            view.range.get(*entry as usize).map(|entry| &entry.kind)
        else {
            return Err(NOT_ONE);
        };
        // As it is now, and not as it was when the view was made.
        let relation = self
            .catalog
            .relation_of(relation.row_type)
            .unwrap_or_else(|| Arc::clone(relation));
        if !matches!(
            relation.kind,
            RelationKind::Table
                | RelationKind::PartitionedTable
                | RelationKind::ForeignTable
                | RelationKind::View
        ) {
            return Err(NOT_ONE);
        }
        let base = Base { view, relation };
        if event != Event::Delete
            && (0..)
                .zip(&view.targets)
                .all(|(at, _)| base.column(at).is_none())
        {
            return Err("none of its columns is one of the relation under it");
        }
        Ok(base)
    }
}

impl Base<'_> {
    /// Which column of the relation one of the view is; none if it is computed.
    fn column(&self, column: u32) -> Option<u32> {
        match &self.view.targets.get(column as usize)?.expr.kind {
            ExprKind::Variable(variable) if variable.level == 0 => match variable.column {
                Column::At(column) => Some(column),
                Column::Whole | Column::System => None,
            },
            _ => None,
        }
    }
}

/// Whether an INSTEAD OF trigger does the work.
fn has_trigger(relation: &Relation, event: Event) -> bool {
    relation.triggers.iter().any(|trigger| {
        trigger.may_change_row
            && match event {
                Event::Insert => trigger.on_insert,
                Event::Update => trigger.on_update,
                Event::Delete => trigger.on_delete,
            }
    })
}
