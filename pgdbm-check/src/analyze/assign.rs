//! Assignments: what a column takes, of INSERT, UPDATE and MERGE. After `transformAssignedExpr`.

use pgdbm_template::{Code, nearest};

use super::Analyzer;
use super::coerce::count;
use super::scope::Place;
use crate::catalog::{
    Attribute, CastContext, Identity, Relation, RelationKind, TypeId, format_type, oid,
};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{self, Name, Span};
use crate::tree::{ColumnAssignment, Expr, ExprKind, Version};

impl Analyzer<'_> {
    pub(super) fn target_column<'b>(
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
            return Err(failure.gone(gone));
        }
        Err(
            match nearest(
                &name.text,
                relation
                    .attributes
                    .iter()
                    .map(|attribute| attribute.name.as_str()),
            ) {
                Some(near) => {
                    let attribute = relation.attribute(near);
                    let origin = attribute.and_then(|attribute| attribute.origin);
                    failure.made(near, origin.or(relation.origin)).near(near)
                }
                None => failure.made(&relation.name, relation.origin),
            },
        )
    }

    /// A value for a column or a part of it. After `transformAssignedExpr`.
    pub(super) fn assign(
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
            .ok_or_else(|| {
                self.not_assignable(&attribute.name, attribute.type_id, from, span)
                    .made(&attribute.name, attribute.origin)
            })?
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
                            Some(near) => failure.near(near),
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
                let (_, part) = self.assigned_type(container.type_id, slice);
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
    pub(super) fn generated_value(
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
        if attribute.generated.is_some() {
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
                let mut values = Vec::with_capacity(fields.len());
                self.at(Place::UpdateSource, |this| -> Result<()> {
                    for field in fields {
                        if field.kind == ast::ExprKind::Default {
                            values.push(Expr::new(ExprKind::Default, oid::UNKNOWN, field.span));
                        } else {
                            // `v.*` stands for its columns.
                            values.extend(this.row_fields(std::slice::from_ref(field))?);
                        }
                    }
                    Ok(())
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
}

/// What a column is assigned by, for messages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Insert,
    Update,
}
