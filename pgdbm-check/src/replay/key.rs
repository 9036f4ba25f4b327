//! Primary keys and unique constraints.

use pgdbm_template::Code;

use super::constraint::texts;
use super::{Replay, missing};
use crate::analyze;
use crate::catalog::{IndexDefinition, IndexElement, Key, Major, Relation};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{Name, Span, TableConstraint, TableConstraintKind};

/// CREATE TABLE makes one index of two keys that are the same; a name is kept.
pub(super) fn without_repetition(constraints: Vec<TableConstraint>) -> Vec<TableConstraint> {
    let mut kept: Vec<TableConstraint> = Vec::new();
    for constraint in constraints {
        let same = kept.iter_mut().find(|other| {
            matches!(
                (columns_of_key(other), columns_of_key(&constraint)),
                (Some(own), Some(columns)) if own == columns
            ) && other.deferrable == constraint.deferrable
                && texts(&other.include) == texts(&constraint.include)
                && nulls_not_distinct(other) == nulls_not_distinct(&constraint)
        });
        match same {
            Some(other) => {
                if other.name.is_none() {
                    other.name = constraint.name;
                }
            }
            None => kept.push(constraint),
        }
    }
    kept
}

fn columns_of_key(constraint: &TableConstraint) -> Option<Vec<String>> {
    match &constraint.kind {
        TableConstraintKind::PrimaryKey(columns) | TableConstraintKind::Unique { columns, .. } => {
            Some(texts(columns))
        }
        _ => None,
    }
}

fn nulls_not_distinct(constraint: &TableConstraint) -> bool {
    matches!(
        constraint.kind,
        TableConstraintKind::Unique {
            nulls_not_distinct: true,
            ..
        }
    )
}

impl Replay<'_> {
    /// Whether there is one already, which is a mistake but in blocks that see to that themselves.
    fn has_primary_key(&self, relation: &Relation, constraint: &TableConstraint) -> Result<bool> {
        if relation.primary_key().is_none() || self.tolerant {
            return Ok(relation.primary_key().is_some());
        }
        Err(Failure::error(
            Code::InvalidDefinition,
            constraint.span,
            format!("`{}` has a primary key already", relation.name),
        ))
    }

    /// `NULLS NOT DISTINCT` is younger than some servers.
    pub(super) fn check_nulls_not_distinct(&self, span: Span) -> Result<()> {
        if self.catalog.builtin.major < Major::V15 {
            return Err(Failure::error(
                Code::SyntaxError,
                span,
                "NULLS NOT DISTINCT is of PostgreSQL 15",
            ));
        }
        Ok(())
    }

    pub(super) fn key(
        &mut self,
        relation: &Relation,
        constraint: &TableConstraint,
        columns: &[Name],
        primary: bool,
        only: bool,
    ) -> Result<()> {
        if primary && self.has_primary_key(relation, constraint)? {
            return Ok(());
        }
        self.check_columns(relation, columns)?;
        self.check_columns(relation, &constraint.include)?;
        let columns = texts(columns);
        self.check_partition_key(relation, &columns, constraint.span)?;
        for column in &columns {
            self.check_order(relation, column, constraint.span)?;
        }
        let id = relation.row_type;
        if primary {
            self.set_not_null(id, &columns, only);
        }
        let name = match &constraint.name {
            Some(name) => name.text.clone(),
            None if primary => self.constraint_name(relation, "", "pkey", true),
            None => self.constraint_name(relation, &columns.join("_"), "key", true),
        };
        let include = texts(&constraint.include);
        let definition = IndexDefinition {
            unique: true,
            method: "btree".to_owned(),
            elements: columns
                .iter()
                .map(|column| Some(IndexElement::Column(column.clone())))
                .collect(),
            names: columns.iter().chain(&include).cloned().collect(),
            include: include.clone(),
            filter: None,
        };
        let key = Key {
            name: name.clone(),
            primary,
            constraint: true,
            columns,
            has_expressions: false,
            has_filter: false,
            include,
            deferrable: constraint.deferrable,
        };
        self.add_index(id, &name, definition, Some(key), Vec::new(), only);
        Ok(())
    }

    /// A unique key of a partitioned table holds what it is partitioned by: each partition can then see to it alone.
    pub(super) fn check_partition_key(
        &self,
        relation: &Relation,
        columns: &[String],
        span: Span,
    ) -> Result<()> {
        let Some(key) = &relation.partition_key else {
            return Ok(());
        };
        if key.has_expressions {
            return Err(Failure::error(
                Code::InvalidDefinition,
                span,
                format!(
                    "`{}` is partitioned by an expression, so that it can have no unique key",
                    relation.name
                ),
            ));
        }
        match key.columns.iter().find(|column| !columns.contains(column)) {
            Some(left_out) => Err(Failure::error(
                Code::InvalidDefinition,
                span,
                format!(
                    "a unique key of `{}` must hold `{left_out}`, by which it is partitioned",
                    relation.name
                ),
            )
            .help(format!("add `{left_out}` to the key"))),
            None => Ok(()),
        }
    }

    /// A column of a btree index needs an order.
    pub(super) fn check_order(&self, relation: &Relation, column: &str, span: Span) -> Result<()> {
        let Some(attribute) = relation.attribute(column) else {
            return Ok(());
        };
        if analyze::has_order(self.catalog, attribute.type_id) {
            return Ok(());
        }
        Err(Failure::error(
            Code::InvalidDefinition,
            span,
            format!(
                "values of type {} have no order, so that `{column}` cannot be indexed by btree",
                crate::catalog::format_type(self.catalog, attribute.type_id)
            ),
        ))
    }

    pub(super) fn key_of_index(
        &mut self,
        relation: &Relation,
        constraint: &TableConstraint,
        index: &Name,
        primary: bool,
    ) -> Result<()> {
        let Some(key) = relation.keys.iter().find(|key| key.name == index.text) else {
            return Err(missing(
                Code::UnknownConstraint,
                "unique index",
                &index.text,
                index.span,
            ));
        };
        let unfit = if key.constraint {
            Some("is of a constraint already")
        } else if key.has_filter {
            Some("is about some of the rows only")
        } else if key.has_expressions {
            Some("is over expressions")
        } else {
            None
        };
        if let Some(unfit) = unfit {
            if self.tolerant {
                return Ok(());
            }
            return Err(Failure::error(
                Code::InvalidDefinition,
                index.span,
                format!(
                    "the index `{}` {unfit}, so that it can be no constraint",
                    index.text
                ),
            ));
        }
        if primary && self.has_primary_key(relation, constraint)? {
            return Ok(());
        }
        let name = constraint.name.as_ref().unwrap_or(index).text.clone();
        let columns = key.columns.clone();
        let indexes = &mut self.catalog.schema_mut(&relation.schema.clone()).indexes;
        if let Some(renamed) = indexes.remove(&index.text) {
            indexes.insert(name.clone(), renamed);
        }
        if let Some(relation) = self.catalog.relation_mut(relation.row_type) {
            for key in &mut relation.keys {
                if key.name == index.text {
                    key.constraint = true;
                    key.primary = primary;
                    key.deferrable = constraint.deferrable;
                    key.name.clone_from(&name);
                }
            }
        }
        if primary {
            self.set_not_null(relation.row_type, &columns, false);
        }
        Ok(())
    }
}
