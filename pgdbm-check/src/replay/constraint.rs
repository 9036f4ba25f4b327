//! Constraints of tables.

use std::sync::Arc;

use pgdbm_template::Code;

use super::index_class::Wanted;
use super::name::has_constraint;
use super::{Replay, exists};
use crate::analyze;
use crate::catalog::{Catalog, Check, OtherConstraint, Relation, TypeId, format_type, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{
    ColumnConstraint, ColumnConstraintKind, Expr, IndexPart, Name, TableConstraint,
    TableConstraintKind,
};
use crate::tree;

/// Refuses what says how a constraint is checked where none stands before it.
pub(super) fn check_places(constraints: &[ColumnConstraint]) -> Result<()> {
    let mut constraints = constraints.iter();
    let misplaced =
        constraints.find(|constraint| matches!(constraint.kind, ColumnConstraintKind::Misplaced));
    match misplaced {
        None => Ok(()),
        Some(constraint) => {
            let message = "there is no constraint before this that it could be about";
            Err(
                Failure::error(Code::InvalidDefinition, constraint.span, message)
                    .help("write it behind PRIMARY KEY, UNIQUE or REFERENCES"),
            )
        }
    }
}

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
            period: false,
        },
        _ => return None,
    };
    Some(TableConstraint {
        name: constraint.name.clone(),
        kind,
        not_valid: false,
        no_inherit: constraint.no_inherit,
        deferrable: constraint.deferrable,
        include: Vec::new(),
        span: constraint.span,
    })
}

pub(super) fn joined(columns: &[Name]) -> String {
    columns
        .iter()
        .map(|column| column.text.as_str())
        .collect::<Vec<_>>()
        .join("_")
}

pub(super) fn texts(columns: &[Name]) -> Vec<String> {
    columns.iter().map(|column| column.text.clone()).collect()
}

/// The order in which CREATE TABLE makes its constraints: a foreign key may refer to a key that stands behind it.
pub(super) fn rank(constraint: &TableConstraint) -> u8 {
    match constraint.kind {
        TableConstraintKind::Check(_) | TableConstraintKind::NotNull(_) => 0,
        TableConstraintKind::PrimaryKey(_) | TableConstraintKind::PrimaryKeyUsingIndex(_) => 1,
        TableConstraintKind::Unique { .. }
        | TableConstraintKind::UniqueUsingIndex(_)
        | TableConstraintKind::Exclude { .. } => 2,
        TableConstraintKind::ForeignKey { .. } => 3,
    }
}

impl Replay<'_> {
    /// Adds a constraint to a table and, unless `only` it is meant, to its children and partitions.
    pub(super) fn constrain(
        &mut self,
        id: TypeId,
        constraint: &TableConstraint,
        only: bool,
    ) -> Result<()> {
        let Some(relation) = self.catalog.relation_of(id) else {
            return Ok(());
        };
        let shared = relation;
        let relation = &*shared;
        if let Some(name) = &constraint.name {
            // An index that becomes a constraint may give it its name.
            let becomes = match &constraint.kind {
                TableConstraintKind::PrimaryKeyUsingIndex(index)
                | TableConstraintKind::UniqueUsingIndex(index) => Some(index.text.as_str()),
                _ => None,
            };
            // A check of the same name as an inherited one is merged with it.
            let merged = matches!(constraint.kind, TableConstraintKind::Check(_))
                && relation
                    .checks
                    .iter()
                    .any(|check| check.name == name.text && !check.local);
            if merged {
                if let Some(relation) = self.catalog.relation_mut(id) {
                    for check in &mut relation.checks {
                        check.local |= check.name == name.text;
                    }
                }
                return Ok(());
            }
            if has_constraint(relation, &name.text) {
                if self.tolerant {
                    return Ok(());
                }
                return Err(exists("constraint", &name.text, name.span));
            }
            let has_index = matches!(rank(constraint), 1 | 2);
            if has_index
                && becomes != Some(name.text.as_str())
                && self.is_taken(&relation.schema, &name.text)
            {
                if self.tolerant {
                    return Ok(());
                }
                return Err(exists("relation", &name.text, name.span));
            }
        }
        match &constraint.kind {
            TableConstraintKind::PrimaryKey(columns) => {
                self.key(relation, constraint, columns, true, only)
            }
            TableConstraintKind::Unique {
                columns,
                nulls_not_distinct,
            } => {
                if *nulls_not_distinct {
                    self.check_nulls_not_distinct(constraint.span)?;
                }
                self.key(relation, constraint, columns, false, only)
            }
            TableConstraintKind::PrimaryKeyUsingIndex(index) => {
                self.key_of_index(relation, constraint, index, true)
            }
            TableConstraintKind::UniqueUsingIndex(index) => {
                self.key_of_index(relation, constraint, index, false)
            }
            TableConstraintKind::Check(expr) => self.check(shared, constraint, expr, only),
            TableConstraintKind::NotNull(column) => {
                self.check_columns(relation, std::slice::from_ref(column))?;
                if !constraint.not_valid {
                    let only = only || constraint.no_inherit;
                    self.set_not_null(id, std::slice::from_ref(&column.text), only);
                    if let Some(attribute) = self.attribute_mut(id, &column.text) {
                        attribute.not_null_stays |= constraint.no_inherit;
                        if let Some(name) = &constraint.name {
                            attribute.not_null_name = Some(name.text.clone());
                        }
                    }
                }
                Ok(())
            }
            TableConstraintKind::ForeignKey {
                columns,
                relation: referenced,
                referenced: of,
                period,
            } => self.foreign_key(shared, constraint, columns, (referenced, of), *period),
            TableConstraintKind::Exclude { method, elements } => {
                self.exclude(relation, constraint, method.as_ref(), elements)
            }
        }
    }

    fn check(
        &mut self,
        relation: Arc<Relation>,
        constraint: &TableConstraint,
        expr: &Expr,
        only: bool,
    ) -> Result<()> {
        // A check that cannot be analyzed is none that says anything.
        let analyzed = match analyze::shared_row_expr(self.catalog, &relation, expr) {
            Ok(analyzed) if tree::uses::has_query(&analyzed) => {
                return Err(Failure::error(
                    Code::InvalidDefinition,
                    expr.span,
                    "a check cannot hold a query",
                ));
            }
            Ok(analyzed) => {
                self.check_truth(&analyzed, "a check")?;
                Some(analyzed)
            }
            Err(failure) if is_certain(self.catalog, &failure, &relation) => return Err(failure),
            Err(_) => None,
        };
        let uses = analyzed
            .as_ref()
            .map(|expr| tree::uses::of_expr(self.catalog, expr, &relation))
            .unwrap_or_default();
        let columns = analyzed
            .map(|expr| tree::uses::columns(&expr, &relation))
            .unwrap_or_default();
        let name = match &constraint.name {
            Some(name) => name.text.clone(),
            None => {
                // A check about one column is named after it.
                let column = match columns.as_slice() {
                    [column] => column,
                    _ => "",
                };
                self.constraint_name(&relation, column, "check", false)
            }
        };
        let inherits = !constraint.no_inherit;
        let id = relation.row_type;
        // A table that nobody else holds is changed in place.
        drop(relation);
        let members = if inherits && !only {
            self.family(id)
        } else {
            vec![id]
        };
        for member in members {
            let local = member == id;
            let mut uses = uses.clone();
            // A child's check is about its own columns.
            for (of, _) in &mut uses.columns {
                *of = member;
            }
            if let Some(relation) = self.catalog.relation_mut(member)
                && !relation.checks.iter().any(|check| check.name == name)
            {
                relation.checks.push(Check {
                    name: name.clone(),
                    columns: columns.clone(),
                    // That the check needs the columns is in `columns`: it goes with them.
                    uses: crate::catalog::Uses {
                        columns: Vec::new(),
                        ..uses
                    },
                    local,
                    inherits,
                    valid: !constraint.not_valid,
                });
            }
        }
        Ok(())
    }

    fn exclude(
        &mut self,
        relation: &Relation,
        constraint: &TableConstraint,
        method: Option<&Name>,
        elements: &[IndexPart],
    ) -> Result<()> {
        let wanted = Wanted {
            method,
            unique: false,
            include: !constraint.include.is_empty(),
            exclude: true,
        };
        let (definition, used, functions) =
            self.index_definition(relation, elements, &constraint.include, None, &wanted)?;
        let name = match &constraint.name {
            Some(name) => name.text.clone(),
            None => self.constraint_name(relation, &definition.names.join("_"), "excl", true),
        };
        let id = relation.row_type;
        if let Some(relation) = self.catalog.relation_mut(id) {
            relation.other_constraints.push(OtherConstraint {
                name: name.clone(),
                columns: used,
                references: None,
                local: true,
                doubtful: self.tolerant,
            });
        }
        self.add_index(id, &name, definition, None, functions, false);
        Ok(())
    }

    /// Whether a condition is one.
    pub(super) fn check_truth(&self, condition: &tree::Expr, whose: &str) -> Result<()> {
        if condition.type_id == oid::UNKNOWN {
            let read = analyze::literal_of(self.catalog, condition.clone(), oid::BOOL);
            return read.map(|_| ());
        }
        if analyze::can_be_stored(self.catalog, condition.type_id, oid::BOOL)
            || self.catalog.may_have_more_types()
        {
            return Ok(());
        }
        Err(Failure::error(
            Code::TypeMismatch,
            condition.span,
            format!(
                "{whose} is boolean, and this is {}",
                format_type(self.catalog, condition.type_id)
            ),
        ))
    }

    pub(super) fn check_columns(&self, relation: &Relation, columns: &[Name]) -> Result<()> {
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

    pub(super) fn attribute_mut(
        &mut self,
        id: TypeId,
        column: &str,
    ) -> Option<&mut crate::catalog::Attribute> {
        self.catalog
            .relation_mut(id)?
            .attributes
            .iter_mut()
            .find(|attribute| attribute.name == column)
    }
}

/// Whether the server would refuse an expression over a relation for the same reason: what it names is known as well here, and
/// so are the types, if no extension brought any that nobody told of.
pub(super) fn is_certain(catalog: &Catalog, failure: &Failure, relation: &Relation) -> bool {
    failure.is_error()
        && !relation.unknown_columns
        && (!catalog.may_have_more_types()
            || matches!(
                failure.code,
                Code::UnknownColumn
                    | Code::UnknownFunction
                    | Code::UnknownOperator
                    | Code::UnknownType
                    | Code::UnknownSchema
                    | Code::MisplacedCall
            ))
}

/// Whether it is a table, partitioned or not.
pub(super) fn is_table(catalog: &Catalog, id: TypeId) -> bool {
    catalog.relation_of(id).is_some_and(|relation| {
        matches!(
            relation.kind,
            crate::catalog::RelationKind::Table | crate::catalog::RelationKind::PartitionedTable
        )
    })
}
