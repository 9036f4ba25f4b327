//! INSERT, UPDATE and DELETE. After `analyze.c`.

use std::sync::Arc;

use pgdbm_template::{Code, nearest};

use super::Analyzer;
use super::coerce::count;
use super::scope::{Item, Place};
use crate::catalog::{
    Attribute, CastContext, Generated, Identity, Relation, RelationKind, TypeId, format_type, oid,
};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, Name, Span};
use crate::tree::{
    Change, ColumnAssignment, Command, ConflictUpdate, Expr, ExprKind, FromNode, Query,
    RangeColumn, RangeEntry, RangeKind, Target, Version,
};

/// What a column is assigned by, for messages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Insert,
    Update,
}

impl Analyzer<'_> {
    /// The relation that a statement changes, opened as an entry that is not yet visible.
    pub(super) fn target(
        &mut self,
        name: &ast::ObjectName,
        alias: Option<&Name>,
        command: Command,
    ) -> Result<(Arc<Relation>, u32)> {
        if name.parts.len() == 1
            && self.find_common_table(name.name()).is_some()
            && self.catalog.relation(None, name.name()).is_none()
        {
            return Err(Failure::error(
                Code::WrongKind,
                name.span,
                format!("`{}` is a WITH query and cannot be changed", name.name()),
            ));
        }
        let relation = super::relation(self.catalog, name)?;
        self.writable(&relation, name, command)?;
        let alias = alias.map(|alias| ast::Alias::plain(alias.clone()));
        let item = self.relation_entry(&relation, alias.as_ref(), name.name_span())?;
        let entry = item.entry.unwrap_or(0);
        self.level().target = Some(entry);
        if alias.is_none() {
            return Ok((relation, entry));
        }
        Ok((relation, entry))
    }

    fn writable(
        &self,
        relation: &Relation,
        name: &ast::ObjectName,
        command: Command,
    ) -> Result<()> {
        let refuse = |what: &str| {
            Err(Failure::error(
                Code::NotUpdatable,
                name.name_span(),
                format!("`{}` is {what}, which cannot be changed", relation.name),
            ))
        };
        match relation.kind {
            RelationKind::Table | RelationKind::PartitionedTable | RelationKind::ForeignTable => {
                Ok(())
            }
            RelationKind::Sequence => refuse("a sequence"),
            RelationKind::MaterializedView => refuse("a materialized view"),
            RelationKind::CompositeType => refuse("a composite type"),
            // Whether a view can be changed is decided when the statement is rewritten, and by its triggers and rules.
            RelationKind::View => {
                let _ = command;
                Ok(())
            }
        }
    }

    fn target_item(&mut self, entry: u32, alias: Option<&Name>) -> Item {
        let mut item = self.current(entry);
        if alias.is_some() {
            item.relation = None;
        }
        item
    }

    // ---- INSERT ----

    pub(super) fn insert(&mut self, insert: &ast::Insert) -> Result<Query> {
        if let Some(with) = &insert.with {
            self.with(with)?;
        }
        let mut query = Query::new(Command::Insert);
        // The source is analyzed before anything of the target can be seen.
        let (relation, entry) =
            self.target(&insert.relation, insert.alias.as_ref(), Command::Insert)?;
        let columns = self.insert_columns(&relation, &insert.columns)?;
        let mut change = Change {
            entry,
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
                        self.multi_row(&mut query, &mut change, rows, &relation);
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

    fn target_column<'b>(
        &self,
        relation: &'b Relation,
        name: &Name,
    ) -> Result<(usize, &'b Attribute)> {
        if let Some(index) = relation.position(&name.text)
            && let Some(attribute) = relation.attributes.get(index)
        {
            return Ok((index, attribute));
        }
        if super::scope::system_column(&name.text).is_some() {
            return Err(Failure::error(
                Code::NotUpdatable,
                name.span,
                format!(
                    "`{}` is a system column and cannot be assigned to",
                    name.text
                ),
            ));
        }
        let failure = Failure::error(
            Code::UnknownColumn,
            name.span,
            format!("`{}` has no column `{}`", relation.name, name.text),
        );
        if let Some(gone) = self.catalog.gone(&relation.name, Some(&name.text))
            && gone.schema == relation.schema
        {
            return Err(match &gone.renamed_to {
                Some(now) => failure
                    .note(crate::failure::Note::At(
                        gone.origin,
                        "it was renamed here".to_owned(),
                    ))
                    .help(format!("it is called `{now}` now")),
                None => failure.note(crate::failure::Note::At(
                    gone.origin,
                    "it was dropped here".to_owned(),
                )),
            });
        }
        Err(
            match nearest(
                &name.text,
                relation
                    .attributes
                    .iter()
                    .map(|attribute| attribute.name.as_str()),
            ) {
                Some(near) => failure.help(format!("did you mean `{near}`?")),
                None => failure,
            },
        )
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
        relation: &Relation,
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
        let _ = relation;
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
        let open_values = matches!(inner.range.as_slice(), [entry] if matches!(entry.kind, RangeKind::Values(_)))
            && inner.set.is_none();
        let _ = open_values;
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
                    self.assign(relation, column, target.expr, By::Insert)?
                        .value
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

    // ---- assignments ----

    /// A value for a column or a part of it. After `transformAssignedExpr`.
    fn assign(
        &mut self,
        relation: &Relation,
        target: &ast::AssignmentTarget,
        value: Expr,
        by: By,
    ) -> Result<ColumnAssignment> {
        let (index, attribute) = self.target_column(relation, &target.name)?;
        let column = u32::try_from(index).unwrap_or(u32::MAX);
        if matches!(value.kind, ExprKind::Default) {
            if !target.path.is_empty() {
                return Err(Failure::error(
                    Code::MisplacedClause,
                    value.span,
                    "DEFAULT is for a whole column, not for a part of one",
                ));
            }
            return Ok(ColumnAssignment {
                column,
                value: Expr {
                    type_id: attribute.type_id,
                    modifier: attribute.modifier,
                    ..value
                },
                partial: false,
            });
        }
        let (from, span) = (value.type_id, value.span);
        let value = if target.path.is_empty() {
            self.coerce_to(
                value,
                attribute.type_id,
                attribute.modifier,
                CastContext::Assignment,
            )?
            .ok_or_else(|| self.not_assignable(&attribute.name, attribute.type_id, from, span))?
        } else {
            // An UPDATE changes the column's own value, an INSERT starts from NULL.
            let container = match (by, self.level().target) {
                (By::Update, Some(entry)) => Expr::new(
                    ExprKind::Variable(crate::tree::Variable {
                        level: 0,
                        entry,
                        column: crate::tree::Column::At(column),
                        version: Version::Current,
                    }),
                    attribute.type_id,
                    target.span,
                ),
                _ => Expr::new(
                    ExprKind::Constant(crate::tree::Constant::Null),
                    attribute.type_id,
                    target.span,
                ),
            }
            .with_modifier(attribute.modifier);
            self.assign_part(container, &target.path, value, &attribute.name)?
        };
        Ok(ColumnAssignment {
            column,
            value,
            partial: !target.path.is_empty(),
        })
    }

    /// A value that MERGE inserts.
    pub(super) fn assign_inserted(
        &mut self,
        relation: &Relation,
        target: &ast::AssignmentTarget,
        value: Expr,
    ) -> Result<ColumnAssignment> {
        let assignment = self.assign(relation, target, value, By::Insert)?;
        self.generated_value(relation, &assignment, None, By::Insert)?;
        Ok(assignment)
    }

    /// `a.b`, `a[1]`, `a[1].b`. After `transformAssignmentIndirection`.
    fn assign_part(
        &mut self,
        container: Expr,
        path: &[ast::AssignmentStep],
        value: Expr,
        column: &str,
    ) -> Result<Expr> {
        let span = value.span;
        match path.first() {
            None => {
                let (target, modifier) = (container.type_id, container.modifier);
                let from = value.type_id;
                self.coerce_to(value, target, modifier, CastContext::Assignment)?
                    .ok_or_else(|| self.not_assignable(column, target, from, span))
            }
            Some(ast::AssignmentStep::Field(name)) => {
                let Some(attributes) = self.composite_attributes(container.type_id) else {
                    return Err(Failure::error(
                        Code::WrongKind,
                        name.span,
                        format!(
                            "`.{}` asks for a field, and `{column}` is `{}`",
                            name.text,
                            format_type(self.catalog, container.type_id)
                        ),
                    ));
                };
                let Some(index) = attributes
                    .iter()
                    .position(|attribute| attribute.name == name.text)
                else {
                    let failure = Failure::error(
                        Code::UnknownColumn,
                        name.span,
                        format!(
                            "the type `{}` has no attribute `{}`",
                            format_type(self.catalog, container.type_id),
                            name.text
                        ),
                    );
                    return Err(
                        match nearest(
                            &name.text,
                            attributes.iter().map(|attribute| attribute.name.as_str()),
                        ) {
                            Some(near) => failure.help(format!("did you mean `{near}`?")),
                            None => failure,
                        },
                    );
                };
                let (type_id, modifier) = attributes
                    .get(index)
                    .map_or((oid::UNKNOWN, -1), |attribute| {
                        (attribute.type_id, attribute.modifier)
                    });
                let inner = Expr::new(
                    ExprKind::Field {
                        operand: Box::new(container.clone()),
                        index,
                        name: name.text.clone(),
                    },
                    type_id,
                    name.span,
                )
                .with_modifier(modifier);
                let value =
                    self.assign_part(inner, path.get(1..).unwrap_or_default(), value, &name.text)?;
                let (type_id, modifier) = (container.type_id, container.modifier);
                Ok(Expr::new(
                    ExprKind::FieldStore {
                        operand: Box::new(container),
                        index,
                        value: Box::new(value),
                    },
                    type_id,
                    span,
                )
                .with_modifier(modifier))
            }
            Some(ast::AssignmentStep::Subscript(_)) => {
                // All brackets in a row are one place.
                let subscripts: Vec<ast::Subscript> = path
                    .iter()
                    .map_while(|step| match step {
                        ast::AssignmentStep::Subscript(subscript) => Some(subscript.clone()),
                        ast::AssignmentStep::Field(_) => None,
                    })
                    .collect();
                let slice = subscripts
                    .iter()
                    .any(|subscript| matches!(subscript, ast::Subscript::Slice { .. }));
                let (how, part) = self.assigned_type(container.type_id, slice);
                let Some(part) = part else {
                    return Err(Failure::error(
                        Code::WrongKind,
                        span,
                        format!(
                            "`[…]` asks for an array, and `{column}` is `{}`",
                            format_type(self.catalog, container.type_id)
                        ),
                    ));
                };
                let _ = how;
                let modifier = container.modifier;
                let rest = path.get(subscripts.len()..).unwrap_or_default();
                let inner = Expr::new(ExprKind::CaseOperand, part, span).with_modifier(modifier);
                let value = self.assign_part(inner, rest, value, column)?;
                self.subscript(container, &subscripts, Some(value), span)
            }
        }
    }

    fn not_assignable(
        &self,
        column: &str,
        target: TypeId,
        from: TypeId,
        span: Span,
    ) -> Box<Failure> {
        Failure::error(
            Code::TypeMismatch,
            span,
            format!(
                "the column `{column}` is `{}`, and this is `{}`",
                format_type(self.catalog, target),
                format_type(self.catalog, from)
            ),
        )
        .help(format!(
            "write a cast: `…::{}`",
            format_type(self.catalog, target)
        ))
    }

    /// Generated and identity columns take DEFAULT only. After `rewriteTargetListIU`.
    fn generated_value(
        &self,
        relation: &Relation,
        assignment: &ColumnAssignment,
        overriding: Option<ast::Overriding>,
        by: By,
    ) -> Result<()> {
        let Some(attribute) = relation.attributes.get(assignment.column as usize) else {
            return Ok(());
        };
        if relation.kind == RelationKind::View {
            return Ok(());
        }
        let is_default = matches!(assignment.value.kind, ExprKind::Default)
            || self.is_default_of_values(assignment);
        if is_default {
            return Ok(());
        }
        if let Some(generated) = attribute.generated {
            let _: Generated = generated;
            return Err(Failure::error(
                Code::NotUpdatable,
                assignment.value.span,
                format!(
                    "`{}` is a generated column: only DEFAULT can be assigned to it",
                    attribute.name
                ),
            )
            .help("leave it out"));
        }
        if attribute.identity == Some(Identity::Always) && by == By::Update {
            return Err(Failure::error(
                Code::NotUpdatable,
                assignment.value.span,
                format!(
                    "`{}` is GENERATED ALWAYS AS IDENTITY: only DEFAULT can be assigned to it",
                    attribute.name
                ),
            ));
        }
        if attribute.identity == Some(Identity::Always) && overriding.is_none() {
            return Err(Failure::error(
                Code::NotUpdatable,
                assignment.value.span,
                format!(
                    "`{}` is GENERATED ALWAYS AS IDENTITY: a value of one's own needs OVERRIDING SYSTEM VALUE",
                    attribute.name
                ),
            )
            .help("leave the column out, or write OVERRIDING SYSTEM VALUE before VALUES"));
        }
        Ok(())
    }

    /// In several rows, every one says DEFAULT for the column.
    fn is_default_of_values(&self, assignment: &ColumnAssignment) -> bool {
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

    // ---- ON CONFLICT ----

    /// After `transformOnConflictArbiter` and `transformOnConflictClause`.
    fn on_conflict(
        &mut self,
        conflict: &ast::OnConflict,
        relation: &Arc<Relation>,
        entry: u32,
        item: &Item,
        change: &mut Change,
    ) -> Result<()> {
        let _ = entry;
        if conflict.target.is_none()
            && matches!(conflict.action, ast::ConflictAction::Update { .. })
        {
            return Err(Failure::error(
                Code::SyntaxError,
                conflict.span,
                "ON CONFLICT DO UPDATE needs the columns or the constraint of the conflict",
            )
            .help("write `ON CONFLICT (column) DO UPDATE …`"));
        }
        // The arbiter sees the target's columns only.
        self.level().items = vec![item.clone()];
        match &conflict.target {
            None => {}
            Some(ast::ConflictTarget::Constraint(name)) => {
                let known = relation
                    .keys
                    .iter()
                    .any(|key| key.name == name.text && key.constraint);
                let other = relation.other_constraints.contains(&name.text);
                if !known && !other && !relation.keys_unknown {
                    let failure = Failure::error(
                        Code::UnknownConstraint,
                        name.span,
                        format!("`{}` has no constraint `{}`", relation.name, name.text),
                    );
                    let names = relation
                        .keys
                        .iter()
                        .filter(|key| key.constraint)
                        .map(|key| key.name.as_str());
                    return Err(match nearest(&name.text, names) {
                        Some(near) => failure.help(format!("did you mean `{near}`?")),
                        None => failure,
                    });
                }
            }
            Some(ast::ConflictTarget::Columns {
                elements,
                filter,
                span,
            }) => {
                let mut columns = Vec::with_capacity(elements.len());
                let mut has_expressions = false;
                for element in elements {
                    let expr = self.at(Place::Definition("in ON CONFLICT"), |this| {
                        this.expr(element)
                    })?;
                    match &element.kind {
                        ast::ExprKind::Column(names) => {
                            columns.extend(names.last().map(|name| name.text.clone()));
                        }
                        _ => has_expressions = true,
                    }
                    let _ = expr;
                }
                let has_filter = filter.is_some();
                if let Some(filter) = filter {
                    let condition = self.at(Place::Definition("in ON CONFLICT"), |this| {
                        this.expr(filter)
                    })?;
                    self.coerce_to_boolean(condition, "WHERE")?;
                }
                let fits = relation.keys.iter().any(|key| {
                    // A partial index is inferred only with a WHERE that implies its own; the server judges that.
                    (has_filter || !key.has_filter)
                        && (has_expressions == key.has_expressions)
                        && key.columns.iter().all(|column| columns.contains(column))
                        && columns.iter().all(|column| key.columns.contains(column))
                });
                if !fits && relation.kind != RelationKind::View && !relation.keys_unknown {
                    let keys: Vec<String> = relation
                        .keys
                        .iter()
                        .filter(|key| !key.columns.is_empty())
                        .map(|key| format!("({})", key.columns.join(", ")))
                        .collect();
                    // The server prepares it, and refuses each execution: it looks for the index when it plans.
                    let failure = Failure::warning(
                        Code::NoConflictTarget,
                        *span,
                        format!(
                            "`{}` has no unique index or constraint on these columns",
                            relation.name
                        ),
                    );
                    self.warnings.push(if keys.is_empty() {
                        *failure
                    } else {
                        *failure.help(format!("it is unique in {}", keys.join(" and ")))
                    });
                }
            }
        }
        match &conflict.action {
            ast::ConflictAction::Nothing => change.on_conflict_nothing = true,
            ast::ConflictAction::Update {
                assignments,
                filter,
            } => {
                let columns = relation
                    .attributes
                    .iter()
                    .map(|attribute| RangeColumn {
                        name: attribute.name.clone(),
                        type_id: attribute.type_id,
                        modifier: attribute.modifier,
                    })
                    .collect();
                let excluded = self.add_entry(RangeEntry {
                    kind: RangeKind::Excluded(Arc::clone(relation)),
                    alias: "excluded".to_owned(),
                    columns,
                });
                let mut excluded_item = self.current(excluded);
                excluded_item.relation = None;
                // Unqualified names mean the target's columns and `excluded`'s alike: they are ambiguous, as on the server.
                self.level().items = vec![item.clone(), excluded_item];
                let assignments = self.assignments(assignments, relation)?;
                for assignment in &assignments {
                    self.generated_value(relation, assignment, None, By::Update)?;
                }
                let filter = self.condition(filter.as_ref(), Place::Where, "WHERE")?;
                change.on_conflict = Some(ConflictUpdate {
                    assignments,
                    filter,
                    excluded,
                });
            }
        }
        Ok(())
    }

    // ---- UPDATE ----

    pub(super) fn update(&mut self, update: &ast::Update) -> Result<Query> {
        if let Some(with) = &update.with {
            self.with(with)?;
        }
        let mut query = Query::new(Command::Update);
        let (relation, entry) =
            self.target(&update.relation, update.alias.as_ref(), Command::Update)?;
        let item = self.target_item(entry, update.alias.as_ref());
        self.open_target(item);
        let mut nodes = vec![FromNode::Entry(entry)];
        nodes.extend(self.tables_beside(&update.from)?);
        query.from = nodes;
        query.filter = self.condition(update.filter.as_ref(), Place::Where, "WHERE")?;
        // RETURNING comes before the assignments, as on the server.
        let mut change = Change {
            entry,
            assignments: Vec::new(),
            on_conflict: None,
            on_conflict_nothing: false,
            merge: Vec::new(),
            merge_condition: None,
            source: None,
        };
        self.returning(
            update.returning.as_ref(),
            &mut query,
            entry,
            Place::Returning,
        )?;
        change.assignments = self.assignments(&update.assignments, &relation)?;
        for assignment in &change.assignments {
            self.generated_value(&relation, assignment, None, By::Update)?;
        }
        query.change = Some(Box::new(change));
        Ok(query)
    }

    /// The target stands before FROM and USING, and LATERAL items do not see it.
    pub(super) fn open_target(&mut self, item: Item) {
        self.level().items = vec![item];
    }

    fn tables_beside(&mut self, items: &[ast::FromItem]) -> Result<Vec<FromNode>> {
        if let Some(target) = self.level().items.first_mut() {
            target.lateral_only = true;
            target.lateral_ok = false;
        }
        self.from(items)
    }

    /// SET of UPDATE, ON CONFLICT and MERGE. After `transformUpdateTargetList`.
    pub(super) fn assignments(
        &mut self,
        assignments: &[ast::Assignment],
        relation: &Relation,
    ) -> Result<Vec<ColumnAssignment>> {
        // All values are analyzed first, then they are converted.
        let mut open: Vec<(&ast::AssignmentTarget, Expr)> = Vec::new();
        for assignment in assignments {
            match assignment {
                ast::Assignment::Column { target, value } => {
                    let value = if value.kind == ast::ExprKind::Default {
                        Expr::new(ExprKind::Default, oid::UNKNOWN, value.span)
                    } else {
                        self.at(Place::UpdateSource, |this| this.expr(value))?
                    };
                    open.push((target, value));
                }
                ast::Assignment::Columns {
                    targets,
                    source,
                    span,
                } => {
                    let values = self.multi_source(source, targets.len(), *span)?;
                    open.extend(targets.iter().zip(values));
                }
            }
        }
        let mut done: Vec<ColumnAssignment> = Vec::with_capacity(open.len());
        for (target, value) in open {
            let assignment = self.at(Place::UpdateTarget, |this| {
                this.assign(relation, target, value, By::Update)
            })?;
            if done.iter().any(|other| {
                other.column == assignment.column && !(other.partial && assignment.partial)
            }) {
                return Err(Failure::error(
                    Code::AmbiguousName,
                    target.name.span,
                    format!("the column `{}` is assigned twice", target.name.text),
                ));
            }
            done.push(assignment);
        }
        Ok(done)
    }

    /// `(a, b) = (SELECT …)` and `(a, b) = ROW(…)`. After `transformMultiAssignRef`.
    fn multi_source(&mut self, source: &ast::Expr, width: usize, span: Span) -> Result<Vec<Expr>> {
        let wrong = |given: usize| {
            Failure::error(
                Code::ColumnCount,
                span,
                format!("{} get {}", count(width, "column"), count(given, "value")),
            )
        };
        match &source.kind {
            ast::ExprKind::Row { fields, .. } => {
                let values: Vec<Expr> = self.at(Place::UpdateSource, |this| {
                    fields
                        .iter()
                        .map(|field| {
                            if field.kind == ast::ExprKind::Default {
                                Ok(Expr::new(ExprKind::Default, oid::UNKNOWN, field.span))
                            } else {
                                this.expr(field)
                            }
                        })
                        .collect::<Result<_>>()
                })?;
                if values.len() != width {
                    return Err(wrong(values.len()));
                }
                Ok(values)
            }
            ast::ExprKind::Subquery(query) => {
                let query = self.at(Place::UpdateSource, |this| this.subquery(query, true))?;
                if query.targets.len() != width {
                    return Err(wrong(query.targets.len()));
                }
                // Each column is a value of its own, taken from the same subquery.
                let columns: Vec<(TypeId, i32, Span)> = query
                    .targets
                    .iter()
                    .map(|target| (target.expr.type_id, target.expr.modifier, target.expr.span))
                    .collect();
                let whole = Expr::new(
                    ExprKind::Subquery(Box::new(crate::tree::Subquery {
                        kind: crate::tree::SubqueryKind::Scalar,
                        query,
                    })),
                    oid::RECORD,
                    span,
                );
                Ok(columns
                    .into_iter()
                    .enumerate()
                    .map(|(index, (type_id, modifier, span))| {
                        Expr::new(
                            ExprKind::Field {
                                operand: Box::new(whole.clone()),
                                index,
                                name: format!("column{}", index + 1),
                            },
                            type_id,
                            span,
                        )
                        .with_modifier(modifier)
                    })
                    .collect())
            }
            _ if width == 1 => Ok(vec![
                self.at(Place::UpdateSource, |this| this.expr(source))?,
            ]),
            _ => Err(Failure::error(
                Code::SyntaxError,
                source.span,
                "several columns at once take a subquery or ROW(…)",
            )),
        }
    }

    // ---- DELETE ----

    pub(super) fn delete(&mut self, delete: &ast::Delete) -> Result<Query> {
        if let Some(with) = &delete.with {
            self.with(with)?;
        }
        let mut query = Query::new(Command::Delete);
        let (_, entry) = self.target(&delete.relation, delete.alias.as_ref(), Command::Delete)?;
        let item = self.target_item(entry, delete.alias.as_ref());
        self.open_target(item);
        let mut nodes = vec![FromNode::Entry(entry)];
        nodes.extend(self.tables_beside(&delete.using)?);
        query.from = nodes;
        query.filter = self.condition(delete.filter.as_ref(), Place::Where, "WHERE")?;
        self.returning(
            delete.returning.as_ref(),
            &mut query,
            entry,
            Place::Returning,
        )?;
        query.change = Some(Box::new(Change {
            entry,
            assignments: Vec::new(),
            on_conflict: None,
            on_conflict_nothing: false,
            merge: Vec::new(),
            merge_condition: None,
            source: None,
        }));
        Ok(query)
    }

    // ---- RETURNING ----

    /// After `transformReturningClause`.
    pub(super) fn returning(
        &mut self,
        returning: Option<&ast::Returning>,
        query: &mut Query,
        entry: u32,
        place: Place,
    ) -> Result<()> {
        let Some(returning) = returning else {
            query.returns_rows = false;
            return Ok(());
        };
        query.returns_rows = true;
        let versions = self.catalog.builtin.major >= crate::catalog::Major::V18;
        let visible = self.level().items.len();
        for (given, default, version) in [
            (&returning.old, "old", Version::Old),
            (&returning.new, "new", Version::New),
        ] {
            if !versions {
                if let Some(name) = given {
                    return Err(Failure::error(
                        Code::SyntaxError,
                        name.span,
                        "RETURNING WITH (…) is new in PostgreSQL 18",
                    ));
                }
                continue;
            }
            let name = given
                .as_ref()
                .map_or_else(|| default.to_owned(), |name| name.text.clone());
            // Another relation of this name hides it.
            if given.is_none()
                && self
                    .level()
                    .items
                    .iter()
                    .any(|item| item.name.as_deref() == Some(name.as_str()))
            {
                continue;
            }
            let mut item = self.item_of(entry, version);
            item.name = Some(name);
            item.relation = None;
            item.columns_visible = false;
            self.level().items.push(item);
        }
        let targets = self.targets(&returning.targets, place);
        self.level().items.truncate(visible);
        query.targets = self.resolve_unknowns(targets?)?;
        Ok(())
    }
}
