//! Names of columns, whole rows, and fields of composite values. After `transformColumnRef` and `ParseComplexProjection`.

use std::sync::Arc;

use pgdbm_template::{Code, nearest};

use super::Analyzer;
use super::coerce::is_complex;
use super::scope::{Item, Place, raised};
use crate::catalog::{Attribute, Relation, format_type, oid};
use crate::failure::{Failure, Replacement, Result};
use crate::syntax::ast::{Name, Span};
use crate::tree::{
    Column, Expr, ExprKind, FunctionCall, Query, RangeColumn, RangeKind, SetTree, Variable,
};

impl Analyzer<'_> {
    /// `a`, `a.b`, `a.b.c`, `a.b.c.d`: columns, whole rows and functions written like columns.
    pub(super) fn column(&mut self, names: &[Name]) -> Result<Expr> {
        match names {
            [column] => self.plain_column(column),
            [relation, column] => self.qualified_column(None, relation, column),
            [schema, relation, column] => self.qualified_column(Some(schema), relation, column),
            [_catalog, schema, relation, column] => {
                // The database's name is not known here; the server checks it against the current one.
                self.qualified_column(Some(schema), relation, column)
            }
            _ => {
                let span = names
                    .first()
                    .zip(names.last())
                    .map_or_else(Span::default, |(first, last)| first.span.to(last.span));
                Err(Failure::error(
                    Code::UnknownColumn,
                    span,
                    "a column's name has four parts at most",
                ))
            }
        }
    }

    fn plain_column(&mut self, name: &Name) -> Result<Expr> {
        if let Place::Definition("in DEFAULT") = self.place() {
            return Err(Failure::error(
                Code::MisplacedClause,
                name.span,
                "a DEFAULT cannot refer to columns",
            ));
        }
        if let Some(expr) = self.find_column(name, false)? {
            return Ok(expr);
        }
        if let Some((out, item)) = self.find_item(None, &name.text, name.span)? {
            let whole = whole_row(item, name.span);
            return Ok(raised(whole, out, name.span));
        }
        Err(self.unknown_column(name))
    }

    fn qualified_column(
        &mut self,
        schema: Option<&Name>,
        relation: &Name,
        column: &Name,
    ) -> Result<Expr> {
        let span = schema.unwrap_or(relation).span.to(column.span);
        let schema_text = schema.map(|schema| schema.text.as_str());
        let Some((out, item)) = self.find_item(schema_text, &relation.text, relation.span)? else {
            return Err(self.unknown_relation_of_column(schema, relation, column));
        };
        let level = self.levels.len() - 1 - out as usize;
        let range = self
            .levels
            .get(level)
            .map(|level| level.range.as_slice())
            .unwrap_or_default();
        if let Some(expr) = self.column_of_item(item, range, column)? {
            return Ok(raised(expr, out, span));
        }
        // A function of the row may be written like a column.
        let whole = raised(whole_row(item, relation.span), out, relation.span);
        let item = item.clone();
        match self.function_like_column(&column.text, whole, span)? {
            Some(expr) => Ok(expr),
            None => Err(self.unknown_column_of(&item, relation, column)),
        }
    }

    /// `(expr).name`, or a function of that name applied to it.
    pub(super) fn field(&mut self, operand: &Expr, name: &Name) -> Result<Expr> {
        let span = operand.span.to(name.span);
        if let Some(expr) = self.function_like_column(&name.text, operand.clone(), span)? {
            return Ok(expr);
        }
        let type_name = format_type(self.catalog, operand.type_id);
        if operand.type_id == oid::RECORD {
            if self.record_fields(operand).is_none() {
                return Err(Failure::cannot_check(
                    name.span,
                    format!(
                        "nothing says which fields the record before `{}` has",
                        name.text
                    ),
                )
                .help("cast it to a composite type"));
            }
            return Err(Failure::error(
                Code::UnknownColumn,
                name.span,
                format!("the record has no field `{}`", name.text),
            ));
        }
        if let Some(attributes) = self.composite_attributes(operand.type_id) {
            let failure = Failure::error(
                Code::UnknownColumn,
                name.span,
                format!("the type `{type_name}` has no attribute `{}`", name.text),
            );
            let failure = match self.catalog.relation_of(operand.type_id) {
                Some(of) => failure.made(&of.name, of.origin),
                None => failure,
            };
            return Err(
                match nearest(
                    &name.text,
                    attributes.iter().map(|attribute| attribute.name.as_str()),
                ) {
                    Some(near) => failure.near(near),
                    None => failure,
                },
            );
        }
        Err(Failure::error(
            Code::WrongKind,
            name.span,
            format!(
                "`.{}` asks for a field, and the type `{type_name}` has none",
                name.text
            ),
        ))
    }

    /// An attribute of a composite value, else a function with the value as its only argument, else nothing.
    fn function_like_column(
        &mut self,
        name: &str,
        operand: Expr,
        span: Span,
    ) -> Result<Option<Expr>> {
        if (operand.type_id == oid::RECORD || is_complex(self.catalog, operand.type_id))
            && let Some(expr) = self.projection(name, &operand, span)
        {
            return Ok(Some(expr));
        }
        self.function_as_column(name, operand, span)
    }

    /// An attribute of a composite value. After `ParseComplexProjection`.
    pub(super) fn projection(&mut self, name: &str, operand: &Expr, span: Span) -> Option<Expr> {
        // The column of a relation's row is the column itself.
        if let ExprKind::Variable(variable) = &operand.kind
            && variable.column == Column::Whole
            && let Some(found) = self.column_of_whole(*variable, name, span)
        {
            return Some(found);
        }
        let fields = if operand.type_id == oid::RECORD {
            self.record_fields(operand)?
        } else {
            self.composite_attributes(operand.type_id)?
        };
        let index = fields.iter().position(|field| field.name == name)?;
        let field = fields.get(index)?;
        Some(
            Expr::new(
                ExprKind::Field {
                    operand: Box::new(operand.clone()),
                    index,
                    name: name.to_owned(),
                },
                field.type_id,
                span,
            )
            .with_modifier(field.modifier),
        )
    }

    fn column_of_whole(&self, variable: Variable, name: &str, span: Span) -> Option<Expr> {
        let level = self
            .levels
            .len()
            .checked_sub(1 + variable.level as usize)
            .and_then(|index| self.levels.get(index))?;
        let item = level
            .items
            .iter()
            .find(|item| item.entry == Some(variable.entry) && item.version == variable.version)?;
        let column = item.columns.iter().find(|column| column.name == name)?;
        Some(raised(column.expr.clone(), variable.level, span))
    }

    /// The fields of a value of type `record`, where the query says what they are. After `expandRecordVariable` and
    /// `get_expr_result_tupdesc`.
    pub(super) fn record_fields(&self, expr: &Expr) -> Option<Vec<Attribute>> {
        // Where the expression stands: in so many of the levels, and below these in queries that are analyzed already.
        let mut above = self.levels.len();
        let mut inside: Vec<&Query> = Vec::new();
        let mut expr = expr;
        loop {
            let variable = match &expr.kind {
                ExprKind::Row { fields } => {
                    let field = |(index, field): (usize, &Expr)| {
                        Attribute::new(&format!("f{}", index + 1), field.type_id, field.modifier)
                    };
                    return Some(fields.iter().enumerate().map(field).collect());
                }
                ExprKind::Function(call) if !call.function.outputs.is_empty() => {
                    return self.outputs_of(call);
                }
                ExprKind::Variable(variable) => variable,
                _ => return None,
            };
            let home = (above + inside.len()).checked_sub(1 + variable.level as usize)?;
            let range = match home.checked_sub(above) {
                Some(depth) => &inside.get(depth)?.range,
                None => &self.levels.get(home)?.range,
            };
            let entry = range.get(variable.entry as usize)?;
            let column = match variable.column {
                Column::Whole => {
                    let columns = entry.columns.iter();
                    let field = |column: &RangeColumn| {
                        Attribute::new(&column.name, column.type_id, column.modifier)
                    };
                    return Some(columns.map(field).collect());
                }
                Column::At(column) => column as usize,
                Column::System => return None,
            };
            let (home, query) = match &entry.kind {
                RangeKind::Subquery(query) => (home, &**query),
                RangeKind::CommonTable { level, index } => {
                    let home = home.checked_sub(*level as usize)?;
                    // The server does not find those of queries that it is through with (`could not find CTE`).
                    let tables = &self
                        .levels
                        .get(home)
                        .filter(|_| home < above)?
                        .common_tables;
                    (home, tables.get(*index)?.query.as_deref()?)
                }
                _ => return None,
            };
            inside.truncate((home + 1).saturating_sub(above));
            above = above.min(home + 1);
            inside.push(query);
            let mut query = query;
            // The first of the queries that UNION joins says it.
            while let Some(set) = &query.set {
                let mut tree = &**set;
                while let SetTree::Operation { left, .. } = tree {
                    tree = left;
                }
                let SetTree::Query(first) = tree else {
                    return None;
                };
                query = first;
                inside.push(query);
            }
            expr = &query.targets.get(column)?.expr;
        }
    }

    /// The fields of what a function with OUT parameters gives.
    fn outputs_of(&self, call: &FunctionCall) -> Option<Vec<Attribute>> {
        Some(
            self.call_outputs(call)?
                .into_iter()
                .map(|(name, type_id)| Attribute::new(&name, type_id, -1))
                .collect(),
        )
    }

    // ---- whole rows ----

    /// The columns of a whole-row reference.
    pub(super) fn whole_row_fields(&self, expr: &Expr) -> Vec<Expr> {
        let ExprKind::Variable(variable) = &expr.kind else {
            return Vec::new();
        };
        self.levels
            .len()
            .checked_sub(1 + variable.level as usize)
            .and_then(|index| self.levels.get(index))
            .and_then(|level| {
                level.items.iter().find(|item| {
                    item.entry == Some(variable.entry) && item.version == variable.version
                })
            })
            .map(|item| {
                item.columns
                    .iter()
                    .map(|column| raised(column.expr.clone(), variable.level, expr.span))
                    .collect()
            })
            .unwrap_or_default()
    }

    // ---- messages ----

    fn unknown_column(&self, name: &Name) -> Box<Failure> {
        let failure = Failure::error(
            Code::UnknownColumn,
            name.span,
            format!("there is no column `{}` here", name.text),
        );
        let visible = || {
            self.levels
                .iter()
                .rev()
                .flat_map(|level| &level.items)
                .filter(|item| item.columns_visible)
        };
        // A column of a relation that stands in FROM but cannot be named without its alias, or that was dropped.
        for item in visible() {
            if let Some(failure) = self.gone_column(item, name) {
                return failure;
            }
        }
        let near = nearest(
            &name.text,
            visible().flat_map(|item| item.columns.iter().map(|column| column.name.as_str())),
        );
        if let Some(near) = near {
            let made = visible().find_map(|item| {
                let relation = self.relation_of_item(item)?;
                Some(relation.attribute(near)?.origin.or(relation.origin))
            });
            return failure.made(near, made.flatten()).near(near);
        }
        // In double quotes stands a name, where many other languages have a string.
        if (name.span.end - name.span.start) as usize > name.text.len() {
            return failure.help(format!(
                "write a string in single quotes: `'{}'`",
                name.text
            ));
        }
        // Where there is only one that it can be of, that one is meant.
        let mut relations = visible().filter_map(|item| self.relation_of_item(item));
        match (relations.next(), relations.next()) {
            (Some(relation), None) => failure.made(&relation.name, relation.origin),
            _ => failure,
        }
    }

    /// The relation that an item of FROM is, whatever it is called there.
    fn relation_of_item(&self, item: &Item) -> Option<Arc<Relation>> {
        self.catalog.relation_of(match item.relation {
            Some(relation) => relation,
            None => item.entry.map(|_| item.row_type)?,
        })
    }

    fn unknown_column_of(&self, item: &Item, relation: &Name, column: &Name) -> Box<Failure> {
        if let Some(failure) = self.gone_column(item, column) {
            return failure;
        }
        let failure = Failure::error(
            Code::UnknownColumn,
            column.span,
            format!("`{}` has no column `{}`", relation.text, column.text),
        );
        let made = self.relation_of_item(item);
        let made = made.as_deref();
        match nearest(
            &column.text,
            item.columns.iter().map(|column| column.name.as_str()),
        ) {
            Some(near) => {
                let attribute = made.and_then(|made| made.attribute(near));
                let origin = attribute.and_then(|attribute| attribute.origin);
                failure
                    .made(near, origin.or(made.and_then(|made| made.origin)))
                    .near(near)
            }
            None => match made {
                Some(made) => failure.made(&made.name, made.origin),
                None => failure,
            },
        }
    }

    /// The message for a column that a migration dropped or renamed.
    fn gone_column(&self, item: &Item, column: &Name) -> Option<Box<Failure>> {
        let relation = self.relation_of_item(item)?;
        let gone = self.catalog.gone(&relation.name, Some(&column.text))?;
        if gone.schema != relation.schema {
            return None;
        }
        let failure = Failure::error(
            Code::UnknownColumn,
            column.span,
            format!("`{}` has no column `{}`", relation.name, column.text),
        );
        Some(failure.gone(gone))
    }

    fn unknown_relation_of_column(
        &self,
        schema: Option<&Name>,
        relation: &Name,
        column: &Name,
    ) -> Box<Failure> {
        let failure = Failure::error(
            Code::UnknownRelation,
            relation.span,
            format!("`{}` is not in FROM", relation.text),
        );
        // The relation stands there under another name?
        let alias = self.levels.iter().rev().find_map(|level| {
            let is_it = |item: &&Item| {
                let entry = item.entry.and_then(|entry| level.range.get(entry as usize));
                matches!(
                    entry.map(|entry| &entry.kind),
                    Some(RangeKind::Relation(of)) if of.name == relation.text
                )
            };
            level.items.iter().find(is_it)?.name.as_deref()
        });
        if let Some(alias) = alias
            && (alias != relation.text || schema.is_some())
        {
            let mut failure = failure.help(format!(
                "`{}` is called `{alias}` here: write `{alias}.{}`",
                relation.text, column.text
            ));
            failure.replacement = Some(Replacement::Name(alias.to_owned()));
            return failure;
        }
        let visible = || {
            self.levels
                .iter()
                .rev()
                .flat_map(|level| &level.items)
                .filter(|item| item.relation_visible && item.name.is_some())
        };
        let names = visible().filter_map(|item| item.name.as_deref());
        if let Some(near) = nearest(&relation.text, names) {
            return failure.near(near);
        }
        let schema = schema.map(|schema| schema.text.as_str());
        if self.catalog.relation(schema, &relation.text).is_some() {
            return failure.help(format!("add `{}` to FROM", relation.text));
        }
        // No relation at all: an alias that nobody gave.
        let mut with_column = visible().filter(|item| {
            let mut columns = item.columns.iter();
            columns.any(|of| of.name == column.text)
        });
        match (with_column.next(), with_column.next()) {
            (
                Some(Item {
                    name: Some(name), ..
                }),
                None,
            ) => {
                let mut failure = failure.help(format!("write `{name}.{}`", column.text));
                failure.replacement = Some(Replacement::Name(name.clone()));
                failure
            }
            _ => failure.help("name what stands in FROM"),
        }
    }
}

/// A reference to an item's whole row, from its own query.
pub(super) fn whole_row(item: &Item, span: Span) -> Expr {
    match item.entry {
        Some(_) if item.scalar => item.columns.first().map_or_else(
            || Expr::new(ExprKind::Row { fields: Vec::new() }, oid::RECORD, span),
            |column| Expr {
                span,
                ..column.expr.clone()
            },
        ),
        Some(entry) => Expr::new(
            ExprKind::Variable(Variable {
                level: 0,
                entry,
                column: Column::Whole,
                version: item.version,
            }),
            item.row_type,
            span,
        ),
        // A join with an alias.
        None => Expr::new(
            ExprKind::Row {
                fields: item
                    .columns
                    .iter()
                    .map(|column| column.expr.clone())
                    .collect(),
            },
            oid::RECORD,
            span,
        ),
    }
}
