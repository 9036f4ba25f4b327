//! RENAME and SET SCHEMA.

use std::sync::Arc;

use pgdbm_template::Code;

use super::name::has_constraint;
use super::{Replay, exists, missing};
use crate::analyze;
use crate::catalog::{Function, Operator, Relation};
use crate::failure::Result;
use crate::syntax::ast::{Name, ObjectKind, ObjectName, ObjectReference, Rename, SetSchema, Span};

impl Replay<'_> {
    pub(super) fn rename(&mut self, rename: &Rename, span: Span) -> Result<()> {
        let to = &rename.to;
        match &rename.object {
            ObjectReference::Name(name) => match rename.kind {
                ObjectKind::Type | ObjectKind::Domain => {
                    let id = self.type_of(name)?;
                    let old = self.catalog.type_(id).clone();
                    if self.catalog.relation_of(id).is_some() {
                        self.catalog.move_relation(id, &old.schema, &to.text);
                    } else {
                        self.catalog.move_type(id, &old.schema, &to.text);
                    }
                    self.remember(&old.schema, &old.name, None, Some(&to.text), span);
                    Ok(())
                }
                ObjectKind::Schema => self.rename_schema(name, to),
                ObjectKind::Extension | ObjectKind::Collation => Ok(()),
                _ => self.rename_relation(rename, name, span),
            },
            ObjectReference::Member { of, name } => self.rename_member(rename, of, name, span),
            ObjectReference::Function(signature) => {
                let found = self.function(rename.kind, signature)?;
                if let Some(function) = self.take_function(&found) {
                    self.put_function(Function {
                        name: to.text.clone(),
                        ..(*function).clone()
                    });
                }
                self.remember(
                    &found.schema.clone(),
                    &found.name.clone(),
                    None,
                    Some(&to.text),
                    span,
                );
                Ok(())
            }
            ObjectReference::Operator { .. } | ObjectReference::Cast { .. } => Ok(()),
        }
    }

    pub(super) fn type_of(&self, name: &ObjectName) -> Result<crate::catalog::TypeId> {
        self.catalog
            .type_named(name.schema(), name.name())
            .ok_or_else(|| missing(Code::UnknownType, "type", name.name(), name.span))
    }

    fn rename_relation(&mut self, rename: &Rename, name: &ObjectName, span: Span) -> Result<()> {
        let relation = match analyze::relation(self.catalog, name) {
            Ok(relation) => relation,
            Err(failure) => {
                if self.rename_index(name, &rename.to)? || rename.if_exists || self.tolerant {
                    return Ok(());
                }
                return Err(failure);
            }
        };
        let to = &rename.to;
        if self.is_taken(&relation.schema, &to.text) {
            return Err(exists("relation", &to.text, to.span));
        }
        self.catalog
            .move_relation(relation.row_type, &relation.schema, &to.text);
        self.remember(&relation.schema, &relation.name, None, Some(&to.text), span);
        Ok(())
    }

    /// Renames an index, if there is one of that name.
    fn rename_index(&mut self, name: &ObjectName, to: &Name) -> Result<bool> {
        let schemas = match name.schema() {
            Some(schema) => vec![schema.to_owned()],
            None => self.catalog.path().map(str::to_owned).collect(),
        };
        let has = |schema: &String| {
            self.catalog
                .schema(schema)
                .is_some_and(|schema| schema.indexes.contains_key(name.name()))
        };
        let Some(schema) = schemas.into_iter().find(has) else {
            return Ok(false);
        };
        if self.is_taken(&schema, &to.text) {
            return Err(exists("relation", &to.text, to.span));
        }
        let indexes = &mut self.catalog.schema_mut(&schema).indexes;
        let Some(index) = indexes.remove(name.name()) else {
            return Ok(false);
        };
        let id = index.relation;
        indexes.insert(to.text.clone(), index);
        if let Some(relation) = self.catalog.relation_mut(id) {
            for key in &mut relation.keys {
                renamed(&mut key.name, name.name(), &to.text);
            }
            for other in &mut relation.other_constraints {
                if other.references.is_none() {
                    renamed(&mut other.name, name.name(), &to.text);
                }
            }
        }
        self.catalog
            .rename_referenced_key(id, name.name(), &to.text);
        Ok(true)
    }

    fn rename_schema(&mut self, name: &ObjectName, to: &Name) -> Result<()> {
        if self.catalog.schema_exists(&to.text) {
            return Err(exists("schema", &to.text, to.span));
        }
        if !self.catalog.rename_schema(name.name(), &to.text) {
            return Err(missing(
                Code::UnknownSchema,
                "schema",
                name.name(),
                name.span,
            ));
        }
        Ok(())
    }

    fn rename_member(
        &mut self,
        rename: &Rename,
        of: &ObjectName,
        name: &Name,
        span: Span,
    ) -> Result<()> {
        if rename.owner == Some(ObjectKind::Domain) {
            return Ok(());
        }
        let relation = match analyze::relation(self.catalog, of) {
            Ok(relation) => relation,
            // A composite type is a relation of its name too, but found as a type only.
            Err(failure) => match self.catalog.type_named(of.schema(), of.name()) {
                Some(id) => match self.catalog.relation_of(id) {
                    Some(relation) => relation,
                    None => return Err(failure),
                },
                None if rename.if_exists || self.tolerant => return Ok(()),
                None => return Err(failure),
            },
        };
        match rename.kind {
            ObjectKind::Column => self.rename_column(&relation, name, &rename.to, span),
            ObjectKind::Constraint => self.rename_constraint(&relation, name, &rename.to),
            ObjectKind::Trigger => {
                if let Some(relation) = self.catalog.relation_mut(relation.row_type) {
                    for trigger in &mut relation.triggers {
                        if trigger.name == name.text {
                            trigger.name.clone_from(&rename.to.text);
                        }
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn rename_constraint(&mut self, relation: &Relation, name: &Name, to: &Name) -> Result<()> {
        if !has_constraint(relation, &name.text) {
            // From PostgreSQL 18 on NOT NULL has a name, too.
            if self.tolerant || self.rename_not_null(relation, &name.text, &to.text) {
                return Ok(());
            }
            return Err(missing(
                Code::UnknownConstraint,
                &format!("constraint of `{}` called", relation.name),
                &name.text,
                name.span,
            ));
        }
        if has_constraint(relation, &to.text) {
            return Err(exists("constraint", &to.text, to.span));
        }
        self.rename_index(
            &ObjectName {
                parts: vec![Name::new(relation.schema.clone(), name.span), name.clone()],
                span: name.span,
            },
            to,
        )?;
        for member in self.family(relation.row_type) {
            let is_own = member == relation.row_type;
            let Some(relation) = self.catalog.relation_mut(member) else {
                continue;
            };
            for check in &mut relation.checks {
                if is_own || !check.local {
                    renamed(&mut check.name, &name.text, &to.text);
                }
            }
            for other in &mut relation.other_constraints {
                if is_own || !other.local {
                    renamed(&mut other.name, &name.text, &to.text);
                }
            }
        }
        Ok(())
    }

    fn rename_column(
        &mut self,
        relation: &Relation,
        name: &Name,
        to: &Name,
        span: Span,
    ) -> Result<()> {
        if relation.position(&name.text).is_none() {
            if self.tolerant || relation.unknown_columns {
                return Ok(());
            }
            return Err(self.no_column(relation, name));
        }
        if relation.position(&to.text).is_some() {
            return Err(exists("column", &to.text, to.span));
        }
        let origin = self.origin(span);
        self.check_not_inherited(relation, name)?;
        for member in self.family(relation.row_type) {
            let Some(relation) = self.catalog.relation_mut(member) else {
                continue;
            };
            for attribute in &mut relation.attributes {
                if attribute.name == name.text {
                    attribute.name.clone_from(&to.text);
                    attribute.origin = Some(origin);
                }
            }
            let schema = relation.schema.clone();
            let columns = relation
                .keys
                .iter_mut()
                .flat_map(|key| key.columns.iter_mut().chain(&mut key.include))
                .chain(
                    relation
                        .checks
                        .iter_mut()
                        .flat_map(|check| &mut check.columns),
                )
                .chain(
                    relation
                        .other_constraints
                        .iter_mut()
                        .flat_map(|other| &mut other.columns),
                )
                .chain(
                    relation
                        .triggers
                        .iter_mut()
                        .flat_map(|trigger| &mut trigger.columns),
                )
                .chain(
                    relation
                        .partition_key
                        .iter_mut()
                        .flat_map(|key| &mut key.columns),
                );
            columns.for_each(|column| renamed(column, &name.text, &to.text));
            for index in self.catalog.schema_mut(&schema).indexes.values_mut() {
                if index.relation == member {
                    index.rename_column(&name.text, &to.text);
                }
            }
            self.catalog
                .rename_used_column(member, &name.text, &to.text);
        }
        self.remember(
            &relation.schema,
            &relation.name,
            Some(&name.text),
            Some(&to.text),
            span,
        );
        Ok(())
    }

    /// A column that comes from a parent is renamed there.
    fn check_not_inherited(&self, relation: &Relation, name: &Name) -> Result<()> {
        if self.inherits_column(relation, &name.text) && !self.tolerant {
            return Err(Self::inherited_column(relation, name));
        }
        Ok(())
    }

    pub(super) fn set_schema(&mut self, set: &SetSchema, _span: Span) -> Result<()> {
        let schema = &set.schema.text;
        // The server looks for the object first: without one, IF EXISTS asks nothing of the schema.
        if let (ObjectReference::Name(name), true) = (&set.object, set.if_exists)
            && analyze::relation(self.catalog, name).is_err()
        {
            return Ok(());
        }
        if !self.catalog.schema_exists(schema) {
            return Err(missing(
                Code::UnknownSchema,
                "schema",
                schema,
                set.schema.span,
            ));
        }
        match (&set.object, set.kind) {
            (ObjectReference::Name(name), ObjectKind::Extension) => {
                self.catalog.move_extension(name.name(), schema);
                Ok(())
            }
            (ObjectReference::Name(_), ObjectKind::Collation) => Ok(()),
            (
                ObjectReference::Operator {
                    schema: from,
                    name,
                    left,
                    right,
                    span,
                },
                _,
            ) => {
                let (left, right) = (left.as_ref(), right.as_ref());
                let found = self.operator(from.as_ref(), name, left, right, *span)?;
                self.take_operator(&found);
                self.catalog.add_operator(Operator {
                    schema: schema.clone(),
                    ..(*found).clone()
                });
                Ok(())
            }
            (ObjectReference::Name(name), ObjectKind::Type | ObjectKind::Domain) => {
                let id = self.type_of(name)?;
                let text = self.catalog.type_(id).name.clone();
                if self.catalog.relation_of(id).is_some() {
                    self.catalog.move_relation(id, schema, &text);
                } else {
                    self.catalog.move_type(id, schema, &text);
                }
                Ok(())
            }
            (ObjectReference::Name(name), _) => {
                let relation = match analyze::relation(self.catalog, name) {
                    Ok(relation) => relation,
                    Err(_) if set.if_exists || self.tolerant => return Ok(()),
                    Err(failure) => return Err(failure),
                };
                self.catalog
                    .move_relation(relation.row_type, schema, &relation.name);
                Ok(())
            }
            (ObjectReference::Function(signature), kind) => {
                let found: Arc<Function> = self.function(kind, signature)?;
                if let Some(function) = self.take_function(&found) {
                    self.put_function(Function {
                        schema: schema.clone(),
                        ..(*function).clone()
                    });
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

fn renamed(column: &mut String, from: &str, to: &str) {
    if column == from {
        to.clone_into(column);
    }
}
