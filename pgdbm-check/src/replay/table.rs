//! CREATE TABLE and ALTER TABLE.

use pgdbm_template::Code;

use super::{Replay, exists, missing};
use crate::analyze;
use crate::catalog::{Index, Key, Relation, RelationKind, TypeId};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{
    AlterAction, AlterRelation, CreateTable, LikeOption, Name, ObjectName, Span, TableElement,
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
        } else if table.partitioned {
            RelationKind::PartitionedTable
        } else {
            RelationKind::Table
        };
        let mut relation = Relation::new(&schema, name, kind);
        relation.origin = Some(self.origin(span));
        for parent in table.inherits.iter().chain(&table.partition_of) {
            self.inherit(&mut relation, parent)?;
        }
        relation.partition = table.partition_of.is_some();
        if let Some(of) = &table.of_type {
            let source = analyze::relation(self.catalog, of)?;
            relation.of_type = Some(source.row_type);
            relation
                .attributes
                .extend(source.attributes.iter().cloned());
        }
        // Columns first: constraints may stand before the columns they name.
        let mut constraints = Vec::new();
        for element in &table.elements {
            match element {
                TableElement::Column(column) => {
                    self.add_column(&mut relation, column, true)?;
                    for constraint in &column.constraints {
                        constraints.push((
                            constraint.name.as_ref(),
                            super::constraint::of_column(&column.name, constraint),
                        ));
                    }
                }
                TableElement::Like {
                    name, including, ..
                } => self.like(&mut relation, name, including)?,
                TableElement::Constraint(constraint) => {
                    constraints.push((constraint.name.as_ref(), Some(constraint.clone())));
                }
            }
        }
        for (_, constraint) in constraints {
            if let Some(constraint) = constraint {
                self.add_constraint(&mut relation, &constraint)?;
            }
        }
        let keys = relation.keys.clone();
        let id = self.catalog.add_relation(relation);
        self.add_key_indexes(&schema, id, &keys);
        Ok(())
    }

    /// Columns of a parent, merged by name; its NOT NULLs and defaults come along.
    fn inherit(&mut self, relation: &mut Relation, parent: &ObjectName) -> Result<()> {
        let parent = analyze::relation(self.catalog, parent)?;
        for attribute in &parent.attributes {
            match relation
                .attributes
                .iter_mut()
                .find(|own| own.name == attribute.name)
            {
                Some(own) => own.not_null |= attribute.not_null,
                None => relation.attributes.push(attribute.clone()),
            }
        }
        relation
            .checks
            .extend(parent.checks.iter().map(|check| crate::catalog::Check {
                name: check.name.clone(),
                columns: check.columns.clone(),
                valid: check.valid,
            }));
        if !parent.keys.is_empty() && parent.kind == RelationKind::PartitionedTable {
            let name = relation.name.clone();
            relation.keys.extend(parent.keys.iter().map(|key| {
                let mut key = key.clone();
                key.name = super::constraint::generated_name(
                    &name,
                    &key.columns.join("_"),
                    if key.primary { "pkey" } else { "key" },
                );
                key
            }));
        }
        relation.unknown_columns |= parent.unknown_columns;
        relation.parents.push(parent.row_type);
        Ok(())
    }

    fn like(
        &mut self,
        relation: &mut Relation,
        name: &ObjectName,
        including: &[LikeOption],
    ) -> Result<()> {
        let source = analyze::relation(self.catalog, name)?;
        relation.unknown_columns |= source.unknown_columns;
        for attribute in &source.attributes {
            if relation.position(&attribute.name).is_some() {
                return Err(exists("column", &attribute.name, name.span));
            }
            let mut copy = attribute.clone();
            if attribute.generated.is_some() {
                if !including.contains(&LikeOption::Generated) {
                    copy.generated = None;
                    copy.has_default = false;
                }
            } else if attribute.identity.is_some() {
                if !including.contains(&LikeOption::Identity) {
                    copy.identity = None;
                    copy.has_default = false;
                }
            } else if !including.contains(&LikeOption::Defaults) {
                copy.has_default = false;
            }
            if !including.contains(&LikeOption::Comments) {
                copy.comment = None;
            }
            relation.attributes.push(copy);
        }
        if including.contains(&LikeOption::Constraints) {
            relation.checks.extend(source.checks.iter().cloned());
        }
        if including.contains(&LikeOption::Indexes) {
            for key in &source.keys {
                let mut key = key.clone();
                key.name = super::constraint::generated_name(
                    &relation.name,
                    &key.columns.join("_"),
                    if key.primary {
                        "pkey"
                    } else if key.constraint {
                        "key"
                    } else {
                        "idx"
                    },
                );
                if key.primary {
                    key.name = super::constraint::generated_name(&relation.name, "", "pkey");
                }
                relation.keys.push(key);
            }
        }
        Ok(())
    }

    pub(super) fn alter_relation(&mut self, alter: &AlterRelation, span: Span) -> Result<()> {
        let found = analyze::relation(self.catalog, &alter.name);
        let relation = match found {
            Ok(relation) => relation,
            Err(failure) => {
                let index = self.is_index(&alter.name);
                return if alter.if_exists || index || self.tolerant {
                    Ok(())
                } else {
                    Err(failure)
                };
            }
        };
        if relation.row_type.own_index().is_none() {
            return Ok(());
        }
        self.only = alter.only;
        let mut actions = alter.actions.iter();
        let outcome =
            actions.try_for_each(|action| self.alter_action(relation.row_type, action, span));
        self.only = false;
        outcome
    }

    pub(super) fn is_index(&self, name: &ObjectName) -> bool {
        let has = |schema: &str| {
            self.catalog
                .schema(schema)
                .is_some_and(|schema| schema.indexes.contains_key(name.name()))
        };
        match name.schema() {
            Some(schema) => has(schema),
            None => self.catalog.path().any(has),
        }
    }

    /// The tables that inherit from one, at any distance, itself first; itself alone where the statement says so.
    pub(super) fn family(&self, id: TypeId) -> Vec<TypeId> {
        let mut family = vec![id];
        if self.only {
            return family;
        }
        let mut next = 0;
        while let Some(parent) = family.get(next).copied() {
            next += 1;
            for relation in self.catalog.relations() {
                if relation.parents.contains(&parent) && !family.contains(&relation.row_type) {
                    family.push(relation.row_type);
                }
            }
        }
        family
    }

    fn alter_action(&mut self, id: TypeId, action: &AlterAction, span: Span) -> Result<()> {
        let Some(relation) = self.catalog.relation_of(id) else {
            return Ok(());
        };
        match action {
            AlterAction::AddColumn {
                column,
                if_not_exists,
            } => {
                if relation.position(&column.name.text).is_some() {
                    if *if_not_exists || self.tolerant {
                        return Ok(());
                    }
                    return Err(exists("column", &column.name.text, column.name.span));
                }
                for member in self.family(id) {
                    let Some(old) = self.catalog.relation_of(member) else {
                        continue;
                    };
                    if old.position(&column.name.text).is_some() {
                        continue;
                    }
                    let mut changed = (*old).clone();
                    self.add_column(&mut changed, column, true)?;
                    for constraint in &column.constraints {
                        if let Some(constraint) =
                            super::constraint::of_column(&column.name, constraint)
                        {
                            self.add_constraint(&mut changed, &constraint)?;
                        }
                    }
                    self.put(member, changed);
                }
                Ok(())
            }
            AlterAction::DropColumn {
                column,
                if_exists,
                cascade: _,
            } => {
                if relation.position(&column.text).is_none() {
                    if *if_exists || self.tolerant || relation.unknown_columns {
                        return Ok(());
                    }
                    return Err(self.no_column(&relation, column));
                }
                for member in self.family(id) {
                    self.drop_column(member, &column.text);
                }
                let (schema, name) = (relation.schema.clone(), relation.name.clone());
                self.remember(&schema, &name, Some(&column.text), None, span);
                Ok(())
            }
            AlterAction::AddConstraint(constraint) => {
                let mut changed = (*relation).clone();
                self.add_constraint(&mut changed, constraint)?;
                let not_null = changed
                    .attributes
                    .iter()
                    .filter(|attribute| attribute.not_null)
                    .map(|attribute| attribute.name.clone())
                    .collect::<Vec<_>>();
                self.put(id, changed);
                for member in self.family(id).into_iter().skip(1) {
                    if let Some(child) = self.catalog.relation_mut(member) {
                        for attribute in &mut child.attributes {
                            attribute.not_null |= not_null.contains(&attribute.name);
                        }
                    }
                }
                Ok(())
            }
            AlterAction::DropConstraint {
                name,
                if_exists,
                cascade: _,
            } => self.drop_constraint(&relation, name, *if_exists),
            AlterAction::ValidateConstraint(name) => {
                if let Some(relation) = self.catalog.relation_mut(id) {
                    for check in &mut relation.checks {
                        check.valid |= check.name == name.text;
                    }
                }
                Ok(())
            }
            AlterAction::AttachPartition(child) | AlterAction::Inherit(child) => {
                let other = analyze::relation(self.catalog, child)?;
                let (parent, child) = match action {
                    AlterAction::AttachPartition(_) => (id, other.row_type),
                    _ => (other.row_type, id),
                };
                let attached = matches!(action, AlterAction::AttachPartition(_));
                if let Some(relation) = self.catalog.relation_mut(child) {
                    relation.parents.push(parent);
                    relation.partition |= attached;
                }
                Ok(())
            }
            AlterAction::DetachPartition(child) | AlterAction::NoInherit(child) => {
                let other = analyze::relation(self.catalog, child)?;
                let (parent, child) = match action {
                    AlterAction::DetachPartition(_) => (id, other.row_type),
                    _ => (other.row_type, id),
                };
                if let Some(relation) = self.catalog.relation_mut(child) {
                    relation.parents.retain(|of| *of != parent);
                    relation.partition = false;
                }
                Ok(())
            }
            AlterAction::SetTrigger { name, enabled } => {
                if let Some(relation) = self.catalog.relation_mut(id) {
                    for trigger in &mut relation.triggers {
                        if name.as_ref().is_none_or(|name| name.text == trigger.name) {
                            trigger.enabled = *enabled;
                        }
                    }
                }
                Ok(())
            }
            AlterAction::OfType(_) | AlterAction::NotOf | AlterAction::Other => Ok(()),
            _ => self.alter_column(&relation, action),
        }
    }

    /// Takes a column away, with the indexes and constraints that use it.
    fn drop_column(&mut self, id: TypeId, column: &str) {
        let Some(relation) = self.catalog.relation_mut(id) else {
            return;
        };
        let uses = |columns: &[String]| columns.iter().any(|own| own == column);
        relation.attributes.retain(|own| own.name != column);
        relation.checks.retain(|check| !uses(&check.columns));
        let schema = relation.schema.clone();
        let mut gone = Vec::new();
        self.catalog
            .schema_mut(&schema)
            .indexes
            .retain(|name, index| {
                let goes = index.relation == id && uses(&index.columns);
                if goes {
                    gone.push(name.clone());
                }
                !goes
            });
        if let Some(relation) = self.catalog.relation_mut(id) {
            relation
                .keys
                .retain(|key| !gone.contains(&key.name) && !uses(&key.columns));
        }
    }

    /// Gives the indexes of these keys their names.
    fn add_key_indexes(&mut self, schema: &str, relation: TypeId, keys: &[Key]) {
        let indexes = &mut self.catalog.schema_mut(schema).indexes;
        for key in keys {
            // An index that is known by more than its key's columns stays as it is.
            indexes.entry(key.name.clone()).or_insert_with(|| Index {
                relation,
                columns: key.columns.clone(),
            });
        }
    }

    /// Puts a changed relation in the place of the old one.
    fn put(&mut self, id: TypeId, changed: Relation) {
        let schema = changed.schema.clone();
        self.add_key_indexes(&schema, id, &changed.keys);
        if let Some(relation) = self.catalog.relation_mut(id) {
            *relation = changed;
        }
    }

    pub(super) fn no_column(&self, relation: &Relation, column: &Name) -> Box<Failure> {
        let failure = missing(
            Code::UnknownColumn,
            &format!("column of `{}` called", relation.name),
            &column.text,
            column.span,
        );
        let names = relation
            .attributes
            .iter()
            .map(|attribute| attribute.name.as_str());
        match pgdbm_template::nearest(&column.text, names) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure,
        }
    }
}
