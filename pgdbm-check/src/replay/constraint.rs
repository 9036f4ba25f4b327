//! Constraints of tables, and the names that the server makes up for them.

use pgdbm_template::{Code, MAX_IDENTIFIER_BYTES};

use super::{Replay, exists, missing};
use crate::analyze;
use crate::catalog::{Check, Key, Relation};
use crate::failure::Result;
use crate::syntax::ast::{
    ColumnConstraint, ColumnConstraintKind, Name, TableConstraint, TableConstraintKind,
};
use crate::syntax::literal::clipped;
use crate::tree;

/// A column's constraint as one of the table; None for what concerns the column alone.
pub(super) fn of_column(column: &Name, constraint: &ColumnConstraint) -> Option<TableConstraint> {
    let columns = vec![column.clone()];
    let kind = match &constraint.kind {
        ColumnConstraintKind::Check(check) => TableConstraintKind::Check(check.clone()),
        ColumnConstraintKind::PrimaryKey => TableConstraintKind::PrimaryKey(columns),
        ColumnConstraintKind::Unique { nulls_not_distinct } => TableConstraintKind::Unique {
            columns,
            nulls_not_distinct: *nulls_not_distinct,
        },
        ColumnConstraintKind::References {
            relation,
            columns: referenced,
        } => TableConstraintKind::ForeignKey {
            columns,
            relation: relation.clone(),
            referenced: referenced.clone(),
        },
        _ => return None,
    };
    Some(TableConstraint {
        name: constraint.name.clone(),
        kind,
        not_valid: false,
        span: constraint.span,
    })
}

/// `table_column_suffix`, cut to what an identifier holds as the server cuts it: the longer of the first two loses first.
pub(super) fn generated_name(table: &str, column: &str, suffix: &str) -> String {
    let overhead = suffix.len() + 1 + usize::from(!column.is_empty());
    let room = MAX_IDENTIFIER_BYTES.saturating_sub(overhead);
    let (mut first, mut second) = (table.len(), column.len());
    while first + second > room {
        if first > second {
            first -= 1;
        } else {
            second -= 1;
        }
    }
    if column.is_empty() {
        format!("{}_{suffix}", clipped(table, first))
    } else {
        format!(
            "{}_{}_{suffix}",
            clipped(table, first),
            clipped(column, second)
        )
    }
}

/// The name with a number behind it while it is taken.
fn unused(relation: &Relation, base: &str, replay: &Replay<'_>) -> String {
    let taken = |name: &str| {
        relation.keys.iter().any(|key| key.name == name)
            || relation.checks.iter().any(|check| check.name == name)
            || relation.other_constraints.iter().any(|other| other == name)
            || replay.is_taken(&relation.schema, name)
    };
    let mut name = base.to_owned();
    let mut number = 1;
    while taken(&name) {
        name = format!("{base}{number}");
        number += 1;
    }
    name
}

fn joined(columns: &[Name]) -> String {
    columns
        .iter()
        .map(|column| column.text.as_str())
        .collect::<Vec<_>>()
        .join("_")
}

impl Replay<'_> {
    pub(super) fn add_constraint(
        &mut self,
        relation: &mut Relation,
        constraint: &TableConstraint,
    ) -> Result<()> {
        if let Some(name) = &constraint.name {
            // An index that becomes a constraint may give it its name.
            let becomes = match &constraint.kind {
                TableConstraintKind::PrimaryKeyUsingIndex(index)
                | TableConstraintKind::UniqueUsingIndex(index) => index.text.as_str(),
                _ => "",
            };
            let is_taken =
                |key: &Key| key.name == name.text && (key.constraint || key.name != becomes);
            let taken = relation.keys.iter().any(is_taken)
                || relation.checks.iter().any(|check| check.name == name.text)
                || relation.other_constraints.contains(&name.text);
            if taken {
                if self.tolerant {
                    return Ok(());
                }
                return Err(exists("constraint", &name.text, name.span));
            }
        }
        let given = constraint.name.as_ref().map(|name| name.text.clone());
        match &constraint.kind {
            TableConstraintKind::PrimaryKey(columns) => {
                if relation.primary_key().is_some() {
                    if self.tolerant {
                        return Ok(());
                    }
                    return Err(crate::failure::Failure::error(
                        Code::InvalidDefinition,
                        constraint.span,
                        format!("`{}` has a primary key already", relation.name),
                    ));
                }
                self.check_columns(relation, columns)?;
                for column in columns {
                    for attribute in &mut relation.attributes {
                        attribute.not_null |= attribute.name == column.text;
                    }
                }
                let name = given.unwrap_or_else(|| {
                    unused(relation, &generated_name(&relation.name, "", "pkey"), self)
                });
                relation.keys.push(key(name, true, columns));
            }
            TableConstraintKind::Unique { columns, .. } => {
                self.check_columns(relation, columns)?;
                let name = given.unwrap_or_else(|| {
                    let base = generated_name(&relation.name, &joined(columns), "key");
                    unused(relation, &base, self)
                });
                relation.keys.push(key(name, false, columns));
            }
            TableConstraintKind::PrimaryKeyUsingIndex(index)
            | TableConstraintKind::UniqueUsingIndex(index) => {
                let primary = matches!(
                    constraint.kind,
                    TableConstraintKind::PrimaryKeyUsingIndex(_)
                );
                let mut columns = Vec::new();
                match relation.keys.iter_mut().find(|key| key.name == index.text) {
                    Some(key) => {
                        key.constraint = true;
                        key.primary = primary;
                        if let Some(name) = given {
                            let own = self.catalog.schema_mut(&relation.schema);
                            if let Some(renamed) = own.indexes.remove(&key.name) {
                                own.indexes.insert(name.clone(), renamed);
                            }
                            key.name = name;
                        }
                        columns.clone_from(&key.columns);
                    }
                    None => {
                        return Err(missing(
                            Code::UnknownConstraint,
                            "unique index",
                            &index.text,
                            index.span,
                        ));
                    }
                }
                if primary {
                    for attribute in &mut relation.attributes {
                        attribute.not_null |= columns.contains(&attribute.name);
                    }
                }
            }
            TableConstraintKind::Check(expr) => {
                // A check that cannot be analyzed is none that says anything.
                let analyzed = analyze::row_expr(self.catalog, relation, expr);
                if let Err(failure) = &analyzed
                    && failure.is_error()
                    && !relation.unknown_columns
                    && matches!(failure.code, Code::UnknownColumn)
                {
                    return Err(failure.clone());
                }
                let columns = analyzed
                    .map(|expr| tree::uses::columns(&expr, relation))
                    .unwrap_or_default();
                let name = given.unwrap_or_else(|| {
                    // A check about one column is named after it.
                    let column = match columns.as_slice() {
                        [column] => column,
                        _ => "",
                    };
                    let base = generated_name(&relation.name, column, "check");
                    unused(relation, &base, self)
                });
                relation.checks.push(Check {
                    name,
                    columns,
                    valid: !constraint.not_valid,
                });
            }
            TableConstraintKind::NotNull(column) => {
                self.check_columns(relation, std::slice::from_ref(column))?;
                if !constraint.not_valid {
                    for attribute in &mut relation.attributes {
                        attribute.not_null |= attribute.name == column.text;
                    }
                }
            }
            TableConstraintKind::ForeignKey {
                columns,
                relation: referenced,
                ..
            } => {
                self.check_columns(relation, columns)?;
                let own = referenced.name() == relation.name;
                if !own {
                    analyze::relation(self.catalog, referenced)?;
                }
                let name = given.unwrap_or_else(|| {
                    let base = generated_name(&relation.name, &joined(columns), "fkey");
                    unused(relation, &base, self)
                });
                relation.other_constraints.push(name);
            }
            TableConstraintKind::Exclude => {
                let name = given.unwrap_or_else(|| {
                    unused(relation, &generated_name(&relation.name, "", "excl"), self)
                });
                relation.other_constraints.push(name);
            }
        }
        Ok(())
    }

    fn check_columns(&self, relation: &Relation, columns: &[Name]) -> Result<()> {
        if relation.unknown_columns {
            return Ok(());
        }
        match columns
            .iter()
            .find(|column| relation.position(&column.text).is_none())
        {
            Some(column) => Err(self.no_column(relation, column)),
            None => Ok(()),
        }
    }

    pub(super) fn drop_constraint(
        &mut self,
        relation: &Relation,
        name: &Name,
        if_exists: bool,
    ) -> Result<()> {
        let known = relation.keys.iter().any(|key| key.name == name.text)
            || relation.checks.iter().any(|check| check.name == name.text)
            || relation.other_constraints.contains(&name.text)
            // PostgreSQL 18 names NOT NULL constraints; what they are called is not kept.
            || name.text.ends_with("_not_null");
        if !known {
            if if_exists || self.tolerant || !relation.parents.is_empty() {
                return Ok(());
            }
            return Err(missing(
                Code::UnknownConstraint,
                &format!("constraint of `{}` called", relation.name),
                &name.text,
                name.span,
            ));
        }
        let schema = relation.schema.clone();
        self.catalog.schema_mut(&schema).indexes.remove(&name.text);
        if let Some(relation) = self.catalog.relation_mut(relation.row_type) {
            relation.keys.retain(|key| key.name != name.text);
            relation.checks.retain(|check| check.name != name.text);
            relation
                .other_constraints
                .retain(|other| *other != name.text);
        }
        Ok(())
    }
}

fn key(name: String, primary: bool, columns: &[Name]) -> Key {
    Key {
        name,
        primary,
        constraint: true,
        columns: columns.iter().map(|column| column.text.clone()).collect(),
        has_expressions: false,
        has_filter: false,
    }
}
