//! CREATE TABLE.

use pgdbm_template::Code;

use super::constraint::{of_column, rank};
use super::index::is_whole_row;
use super::key::without_repetition;
use super::steady::check_steady;
use super::{Replay, exists};
use crate::analyze;
use crate::catalog::{
    Attribute, Check, Major, PartitionKey, Relation, RelationKind, TypeId, format_type,
};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{
    ColumnConstraintKind, ColumnDef, CreateTable, Expr, ExprKind, LikeOption, ObjectName, Span,
    TableElement,
};

impl Replay<'_> {
    pub(super) fn create_table(&mut self, table: &CreateTable, span: Span) -> Result<()> {
        let schema = self.creation_schema(&table.name, table.temporary)?;
        let name = table.name.name();
        if self.is_taken(&schema, name) {
            if table.if_not_exists || self.tolerant {
                return Ok(());
            }
            return Err(exists("relation", name, table.name.name_span()));
        }
        let kind = if table.foreign {
            RelationKind::ForeignTable
        } else if table.partition_by.is_some() {
            RelationKind::PartitionedTable
        } else {
            RelationKind::Table
        };
        let mut relation = Relation::new(&schema, name, kind);
        relation.origin = Some(self.origin(span));
        relation.doubtful = self.tolerant;
        relation.partition = table.partition_of.is_some();
        for parent in table.inherits.iter().chain(&table.partition_of) {
            self.inherit(&mut relation, parent)?;
        }
        if let Some(of) = &table.of_type {
            let source = analyze::relation(self.catalog, of)?;
            relation.of_type = Some(source.row_type);
            relation
                .attributes
                .extend(source.attributes.iter().cloned());
        }
        let mut sequences = Vec::new();
        for element in &table.elements {
            match element {
                TableElement::Column(column) => {
                    sequences.extend(self.add_column(&mut relation, column)?);
                }
                TableElement::Like {
                    name, including, ..
                } => sequences.extend(self.like(&mut relation, name, including)?),
                TableElement::Constraint(_) => {}
            }
        }
        relation.partition_key = table.partition_by.as_deref().map(partition_key);
        let id = self.catalog.add_relation(relation);
        // What follows names the table itself: its columns in checks and defaults, perhaps its key in a foreign key.
        let finished = self
            .complete(id, table)
            .map(|()| self.own_sequences(id, sequences));
        if finished.is_err() {
            self.catalog.forget_relation(id);
        }
        finished
    }

    /// Whether there is what a table is partitioned by, and whether it stays what it is.
    fn check_partitioning(&self, relation: &Relation, key: &[Expr]) -> Result<()> {
        for element in key {
            if let ExprKind::Column(names) = &element.kind
                && names.len() == 1
                && !is_whole_row(relation, names)
            {
                self.check_columns(relation, names)?;
                continue;
            }
            let expr = self.used_by(relation, element, &mut Vec::new(), &mut Vec::new())?;
            if let Some(expr) = expr {
                check_steady(self.catalog, &expr, "the key of a partitioned table")?;
            }
        }
        Ok(())
    }

    /// Defaults, constraints and indexes of a table whose columns are there.
    fn complete(&mut self, id: TypeId, table: &CreateTable) -> Result<()> {
        if let (Some(key), Some(relation)) = (&table.partition_by, self.catalog.relation_of(id)) {
            self.check_partitioning(&relation, key)?;
        }
        let mut constraints = Vec::new();
        for element in &table.elements {
            match element {
                TableElement::Column(column) => {
                    self.set_defaults(id, column)?;
                    for constraint in &column.constraints {
                        constraints.extend(of_column(&column.name, constraint));
                    }
                }
                TableElement::Constraint(constraint) => constraints.push(constraint.clone()),
                TableElement::Like { .. } => {}
            }
        }
        // The primary key is the first of the keys: another like it is not made.
        constraints.sort_by_key(rank);
        let constraints = without_repetition(constraints);
        let (first, last): (Vec<_>, Vec<_>) = constraints
            .iter()
            .partition(|constraint| rank(constraint) == 0);
        for constraint in first {
            self.constrain(id, constraint, false)?;
        }
        for element in &table.elements {
            if let TableElement::Like {
                name, including, ..
            } = element
            {
                self.index_like(id, name, including)?;
            }
        }
        if let Some(parent) = &table.partition_of {
            let parent = analyze::relation(self.catalog, parent)?;
            self.index_as_parent(id, parent.row_type);
            self.trigger_as_parent(id, &parent);
        }
        for constraint in last {
            match self.constrain(id, constraint, false) {
                // What a block makes is there, though perhaps without this.
                Err(_) if self.tolerant => {}
                other => other?,
            }
        }
        Ok(())
    }

    /// The defaults and the generating expression of a column.
    pub(super) fn set_defaults(&mut self, id: TypeId, column: &ColumnDef) -> Result<()> {
        for constraint in &column.constraints {
            match &constraint.kind {
                ColumnConstraintKind::Default(expr) => {
                    self.set_default(id, &column.name, expr, false)?;
                }
                ColumnConstraintKind::Generated(expr) => {
                    self.set_default(id, &column.name, expr, true)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Columns of a parent, merged by name; its NOT NULLs, defaults and checks come along.
    fn inherit(&mut self, relation: &mut Relation, name: &ObjectName) -> Result<()> {
        let parent = analyze::relation(self.catalog, name)?;
        // The numbering of an identity is the parent's own; partitions share it from PostgreSQL 17 on.
        let shares_identity = relation.partition && self.catalog.builtin.major >= Major::V17;
        for attribute in &parent.attributes {
            let not_null = attribute.not_null && !attribute.not_null_stays;
            match relation
                .attributes
                .iter_mut()
                .find(|own| own.name == attribute.name)
            {
                Some(own) => {
                    check_merge(self.catalog, own, attribute, name.span)?;
                    own.not_null |= not_null;
                }
                None => {
                    let mut inherited = Attribute {
                        not_null,
                        not_null_stays: false,
                        not_null_name: None,
                        local: false,
                        sequence: None,
                        ..attribute.clone()
                    };
                    if attribute.identity.is_some() && !shares_identity {
                        inherited.identity = None;
                        inherited.has_default = false;
                    }
                    relation.attributes.push(inherited);
                }
            }
        }
        for check in parent.checks.iter().filter(|check| check.inherits) {
            if !relation.checks.iter().any(|own| own.name == check.name) {
                relation.checks.push(Check {
                    local: false,
                    ..check.clone()
                });
            }
        }
        if relation.partition {
            relation.other_constraints.extend(
                parent
                    .other_constraints
                    .iter()
                    .filter(|other| other.references.is_some())
                    .cloned()
                    .map(|mut other| {
                        other.local = false;
                        other
                    }),
            );
        }
        relation.unknown_columns |= parent.unknown_columns;
        relation.parents.push(parent.row_type);
        Ok(())
    }

    /// The columns of LIKE, with the sequences that its identities get.
    fn like(
        &mut self,
        relation: &mut Relation,
        name: &ObjectName,
        including: &[LikeOption],
    ) -> Result<Vec<(String, TypeId)>> {
        let source = analyze::relation(self.catalog, name)?;
        relation.unknown_columns |= source.unknown_columns;
        let mut sequences = Vec::new();
        for attribute in &source.attributes {
            let merged = relation
                .attributes
                .iter_mut()
                .find(|own| own.name == attribute.name);
            if let Some(own) = merged {
                if own.local {
                    return Err(exists("column", &attribute.name, name.span));
                }
                check_merge(self.catalog, own, attribute, name.span)?;
                own.local = true;
                own.not_null |= attribute.not_null;
                continue;
            }
            let mut copy = Attribute {
                local: true,
                sequence: None,
                ..attribute.clone()
            };
            if attribute.generated.is_some() {
                if !including.contains(&LikeOption::Generated) {
                    copy.generated = None;
                    copy.has_default = false;
                }
            } else if attribute.identity.is_some() {
                if including.contains(&LikeOption::Identity) {
                    sequences.push((
                        attribute.name.clone(),
                        self.owned_sequence(relation, &attribute.name),
                    ));
                } else {
                    copy.identity = None;
                    copy.has_default = false;
                }
            } else if !including.contains(&LikeOption::Defaults) {
                copy.has_default = false;
            }
            if !copy.has_default {
                copy.default = None;
            }
            if !including.contains(&LikeOption::Comments) {
                copy.comment = None;
            }
            relation.attributes.push(copy);
        }
        if including.contains(&LikeOption::Constraints) {
            relation
                .checks
                .extend(source.checks.iter().cloned().map(|check| Check {
                    local: true,
                    ..check
                }));
        }
        Ok(sequences)
    }

    /// The keys and indexes of LIKE.
    fn index_like(
        &mut self,
        id: TypeId,
        name: &ObjectName,
        including: &[LikeOption],
    ) -> Result<()> {
        if !including.contains(&LikeOption::Indexes) {
            return Ok(());
        }
        let source = analyze::relation(self.catalog, name)?;
        for (_, name) in self.indexes_in_order(source.row_type) {
            let index = self
                .catalog
                .schema(&source.schema)
                .and_then(|schema| schema.indexes.get(&name))
                .cloned();
            if let (Some(index), Some(relation)) = (index, self.catalog.relation_of(id)) {
                let key = source.keys.iter().find(|key| key.name == name);
                self.copy_index(&relation, &index, key, None);
            }
        }
        Ok(())
    }
}

/// What PARTITION BY lists.
fn partition_key(elements: &[Expr]) -> PartitionKey {
    let mut key = PartitionKey::default();
    for element in elements {
        match &element.kind {
            ExprKind::Column(names) => key
                .columns
                .extend(names.last().map(|name| name.text.clone())),
            _ => key.has_expressions = true,
        }
    }
    key
}

/// Columns that are merged have one type.
pub(super) fn check_merge(
    catalog: &crate::catalog::Catalog,
    own: &Attribute,
    other: &Attribute,
    span: Span,
) -> Result<()> {
    if own.type_id == other.type_id && own.modifier == other.modifier {
        return Ok(());
    }
    Err(Failure::error(
        Code::TypeMismatch,
        span,
        format!(
            "the inherited column `{}` is {} in one place and {} in another",
            own.name,
            format_type(catalog, own.type_id),
            format_type(catalog, other.type_id)
        ),
    )
    .help("give both columns the same type"))
}
