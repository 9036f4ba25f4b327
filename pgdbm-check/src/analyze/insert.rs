//! INSERT: its columns, its rows, its query. After `transformInsertStmt`.

use std::sync::Arc;

use pgdbm_template::Code;

use super::Analyzer;
use super::assign::By;
use super::coerce::count;
use super::scope::Place;
use super::view_target::Event;
use crate::catalog::{Relation, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, Name, Span};
use crate::tree::{
    Change, ColumnAssignment, Command, Expr, ExprKind, FromNode, Query, RangeColumn, RangeEntry,
    RangeKind, Target,
};

impl Analyzer<'_> {
    pub(super) fn insert(&mut self, insert: &ast::Insert) -> Result<Query> {
        if let Some(with) = &insert.with {
            self.with(with)?;
        }
        let mut query = Query::new(Command::Insert);
        // The source is analyzed before anything of the target can be seen.
        let (relation, entry) = self.target(&insert.relation, insert.alias.as_ref())?;
        let columns = self.insert_columns(&relation, &insert.columns)?;
        let mut change = Change {
            entry,
            place: insert.relation.span,
            assignments: Vec::new(),
            on_conflict: None,
            on_conflict_nothing: false,
            merge: Vec::new(),
            merge_condition: None,
            source: None,
        };
        match &insert.source {
            ast::InsertSource::DefaultValues => {}
            ast::InsertSource::Query(source) => {
                let plain = source.with.is_none()
                    && source.order_by.is_empty()
                    && source.limit.is_none()
                    && source.offset.is_none()
                    && source.locking.is_empty();
                match &source.body {
                    ast::QueryBody::Values(values) if plain && values.rows.len() == 1 => {
                        let rows = self.insert_values(values, &relation, &columns, insert)?;
                        for row in rows {
                            change.assignments = row;
                        }
                    }
                    ast::QueryBody::Values(values) if plain => {
                        let rows = self.insert_values(values, &relation, &columns, insert)?;
                        self.multi_row(&mut query, &mut change, rows);
                    }
                    _ => self.insert_select(
                        source,
                        &mut query,
                        &mut change,
                        &relation,
                        &columns,
                        insert,
                    )?,
                }
            }
        }
        for assignment in &change.assignments {
            self.generated_value(&relation, assignment, insert.overriding, By::Insert)?;
        }
        let place = insert.relation.name_span();
        self.view_change(
            &relation,
            Event::Insert,
            &change.assignments,
            insert.overriding,
            place,
        )?;
        // From here on the target can be seen.
        let item = self.target_item(entry, insert.alias.as_ref());
        self.level().items.clear();
        if let Some(conflict) = &insert.on_conflict {
            self.on_conflict(conflict, &relation, entry, &item, &mut change)?;
        }
        self.level().items = vec![item];
        query.change = Some(Box::new(change));
        self.returning(
            insert.returning.as_ref(),
            &mut query,
            entry,
            Place::Returning,
        )?;
        self.check_rules(&relation, ast::RuleEvent::Insert, &query, place)?;
        Ok(query)
    }

    /// The columns that INSERT names, or all.
    fn insert_columns(
        &mut self,
        relation: &Relation,
        columns: &[ast::AssignmentTarget],
    ) -> Result<Vec<ast::AssignmentTarget>> {
        if columns.is_empty() {
            return Ok(relation
                .attributes
                .iter()
                .map(|attribute| ast::AssignmentTarget {
                    name: Name::new(attribute.name.clone(), Span::default()),
                    path: Vec::new(),
                    span: Span::default(),
                })
                .collect());
        }
        for (index, column) in columns.iter().enumerate() {
            self.target_column(relation, &column.name)?;
            let twice = columns.iter().take(index).any(|other| {
                other.name.text == column.name.text
                    && (other.path.is_empty() || column.path.is_empty())
            });
            if twice {
                return Err(Failure::error(
                    Code::AmbiguousName,
                    column.name.span,
                    format!("the column `{}` stands twice", column.name.text),
                ));
            }
        }
        Ok(columns.to_vec())
    }

    /// VALUES of an INSERT: each value is converted to its column at once. After `transformInsertRow`.
    fn insert_values(
        &mut self,
        values: &ast::Values,
        relation: &Arc<Relation>,
        columns: &[ast::AssignmentTarget],
        insert: &ast::Insert,
    ) -> Result<Vec<Vec<ColumnAssignment>>> {
        let one = values.rows.len() == 1;
        let place = if one {
            Place::ValuesOfInsert
        } else {
            Place::Values
        };
        let mut rows = Vec::with_capacity(values.rows.len());
        let mut width = None;
        for row in &values.rows {
            let mut analyzed = Vec::with_capacity(row.len());
            self.at(place, |this| -> Result<()> {
                for value in row {
                    if value.kind == ast::ExprKind::Default {
                        analyzed.push(Expr::new(ExprKind::Default, oid::UNKNOWN, value.span));
                    } else {
                        analyzed.extend(this.row_fields(std::slice::from_ref(value))?);
                    }
                }
                Ok(())
            })?;
            let expected = *width.get_or_insert(analyzed.len());
            let span = row
                .first()
                .zip(row.last())
                .map_or(values.span, |(first, last)| first.span.to(last.span));
            if expected != analyzed.len() {
                return Err(Failure::error(
                    Code::ColumnCount,
                    span,
                    format!(
                        "this row of VALUES has {}, and the first has {expected}",
                        count(analyzed.len(), "value")
                    ),
                ));
            }
            rows.push(self.insert_row(analyzed, relation, columns, insert, span)?);
        }
        Ok(rows)
    }

    /// After `transformInsertRow`.
    fn insert_row(
        &mut self,
        values: Vec<Expr>,
        relation: &Arc<Relation>,
        columns: &[ast::AssignmentTarget],
        insert: &ast::Insert,
        span: Span,
    ) -> Result<Vec<ColumnAssignment>> {
        if values.len() > columns.len() {
            let place = values.get(columns.len()).map_or(span, |value| value.span);
            return Err(Failure::error(
                Code::ColumnCount,
                place,
                format!(
                    "INSERT has {} for {}",
                    count(values.len(), "value"),
                    count(columns.len(), "column")
                ),
            ));
        }
        if values.len() < columns.len() && !insert.columns.is_empty() {
            let failure = Failure::error(
                Code::ColumnCount,
                columns.get(values.len()).map_or(span, |column| column.span),
                format!(
                    "INSERT has {} for {}",
                    count(values.len(), "value"),
                    count(columns.len(), "column")
                ),
            );
            return Err(match values.as_slice() {
                [one] if one.type_id == oid::RECORD => {
                    failure.help("the values stand in parentheses twice: leave one pair out")
                }
                _ => failure,
            });
        }
        let mut assignments = Vec::with_capacity(values.len());
        for (value, column) in values.into_iter().zip(columns) {
            assignments.push(self.assign(relation, column, value, By::Insert)?);
        }
        Ok(assignments)
    }

    /// Several rows become one entry of the range table.
    fn multi_row(
        &mut self,
        query: &mut Query,
        change: &mut Change,
        rows: Vec<Vec<ColumnAssignment>>,
    ) {
        let columns: Vec<RangeColumn> = rows
            .first()
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(index, assignment)| RangeColumn {
                name: format!("column{}", index + 1),
                type_id: assignment.value.type_id,
                modifier: -1,
            })
            .collect();
        let targets: Vec<u32> = rows
            .first()
            .into_iter()
            .flatten()
            .map(|assignment| assignment.column)
            .collect();
        let partial: Vec<bool> = rows
            .first()
            .into_iter()
            .flatten()
            .map(|assignment| assignment.partial)
            .collect();
        let values = rows
            .into_iter()
            .map(|row| row.into_iter().map(|assignment| assignment.value).collect())
            .collect();
        let source = self.add_entry(RangeEntry {
            kind: RangeKind::Values(values),
            alias: "*VALUES*".to_owned(),
            columns,
        });
        let item = self.current(source);
        change.assignments = item
            .columns
            .into_iter()
            .zip(targets)
            .zip(partial)
            .map(|((column, target), partial)| ColumnAssignment {
                column: target,
                value: column.expr,
                partial,
            })
            .collect();
        change.source = Some(source);
        query.from = vec![FromNode::Entry(source)];
    }

    /// INSERT … SELECT: constants and parameters of its list take the columns' types.
    fn insert_select(
        &mut self,
        source: &ast::Query,
        query: &mut Query,
        change: &mut Change,
        relation: &Arc<Relation>,
        columns: &[ast::AssignmentTarget],
        insert: &ast::Insert,
    ) -> Result<()> {
        let mut inner = self.subquery(source, false)?;
        let width = inner.targets.len();
        // What is still open takes the column's type where it stands; everything else is converted outside.
        let mut settled = Vec::with_capacity(width);
        for (index, target) in std::mem::take(&mut inner.targets).into_iter().enumerate() {
            let open = target.expr.type_id == oid::UNKNOWN
                && matches!(
                    target.expr.kind,
                    ExprKind::Constant(_) | ExprKind::Parameter(_)
                );
            let expr = match columns.get(index).filter(|_| open) {
                Some(column) => {
                    let whole = self.assign(relation, column, target.expr, By::Insert)?;
                    if column.path.is_empty() {
                        whole.value
                    } else {
                        assigned_part(whole.value)
                    }
                }
                None => target.expr,
            };
            settled.push(Target {
                expr,
                name: target.name,
            });
        }
        inner.targets = settled;
        let range_columns: Vec<RangeColumn> = inner
            .targets
            .iter()
            .map(|target| RangeColumn {
                name: target.name.clone(),
                type_id: target.expr.type_id,
                modifier: target.expr.modifier,
            })
            .collect();
        let spans: Vec<Span> = inner
            .targets
            .iter()
            .map(|target| target.expr.span)
            .collect();
        let entry = self.add_entry(RangeEntry {
            kind: RangeKind::Subquery(Box::new(inner)),
            alias: "*SELECT*".to_owned(),
            columns: range_columns,
        });
        let item = self.current(entry);
        let values: Vec<Expr> = item
            .columns
            .into_iter()
            .zip(spans)
            .map(|(column, span)| Expr {
                span,
                ..column.expr
            })
            .collect();
        change.assignments = self.insert_row(values, relation, columns, insert, source.span)?;
        change.source = Some(entry);
        query.from = vec![FromNode::Entry(entry)];
        Ok(())
    }

    /// In several rows, every one says DEFAULT for the column.
    pub(super) fn is_default_of_values(&self, assignment: &ColumnAssignment) -> bool {
        let ExprKind::Variable(variable) = &assignment.value.kind else {
            return false;
        };
        let crate::tree::Column::At(column) = variable.column else {
            return false;
        };
        let Some(RangeKind::Values(rows)) = self
            .levels
            .last()
            .and_then(|level| level.range.get(variable.entry as usize))
            .map(|entry| &entry.kind)
        else {
            return false;
        };
        rows.iter().all(|row| {
            row.get(column as usize)
                .is_some_and(|value| matches!(value.kind, ExprKind::Default))
        })
    }
}

/// The value that an assignment puts into a part of a column.
fn assigned_part(whole: Expr) -> Expr {
    match whole.kind {
        ExprKind::FieldStore { value, .. } => assigned_part(*value),
        ExprKind::Subscript {
            assigned: Some(value),
            ..
        } => assigned_part(*value),
        // The container may be of a domain.
        ExprKind::Coerce { operand, .. } if is_part_store(&operand) => assigned_part(*operand),
        _ => whole,
    }
}

fn is_part_store(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::FieldStore { .. } => true,
        ExprKind::Subscript { assigned, .. } => assigned.is_some(),
        ExprKind::Coerce { operand, .. } => is_part_store(operand),
        _ => false,
    }
}
