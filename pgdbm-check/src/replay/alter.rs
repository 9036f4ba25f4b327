//! ALTER TABLE. Its actions are not done in the order in which they stand: after `ATPrepCmd` and `ATRewriteCatalogs`, what drops
//! comes first, then new types, new columns, and only then what needs those: NOT NULL, keys, checks, foreign keys and defaults.

use std::collections::VecDeque;

use pgdbm_template::Code;

use super::constraint::of_column;
use super::dependents::Object;
use super::drop_constraint::DropOptions;
use super::table::check_merge;
use super::{Replay, exists, missing};
use crate::analyze;
use crate::catalog::{Major, Relation, TypeId};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{
    AlterAction, AlterRelation, ColumnDef, Name, ObjectName, Span, TableConstraint,
    TableConstraintKind,
};

/// The passes of ALTER TABLE in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Pass {
    Drop,
    AlterType,
    AddColumn,
    SetExpression,
    ColumnAttributes,
    AddIndexConstraint,
    AddIndex,
    AddOther,
    Misc,
}

const PASSES: [Pass; 9] = [
    Pass::Drop,
    Pass::AlterType,
    Pass::AddColumn,
    Pass::SetExpression,
    Pass::ColumnAttributes,
    Pass::AddIndexConstraint,
    Pass::AddIndex,
    Pass::AddOther,
    Pass::Misc,
];

/// Something to do in a pass.
enum Step<'a> {
    Action(&'a AlterAction),
    /// A constraint that a new column brings along.
    Constraint(TableConstraint),
}

fn pass(action: &AlterAction) -> Pass {
    match action {
        AlterAction::DropColumn { .. }
        | AlterAction::DropConstraint { .. }
        | AlterAction::DropDefault { .. }
        | AlterAction::DropNotNull { .. }
        | AlterAction::DropIdentity { .. }
        | AlterAction::DropExpression { .. } => Pass::Drop,
        AlterAction::SetType { .. } => Pass::AlterType,
        AlterAction::AddColumn { .. } => Pass::AddColumn,
        AlterAction::SetExpression { .. } => Pass::SetExpression,
        AlterAction::SetNotNull { .. } => Pass::ColumnAttributes,
        AlterAction::AddConstraint(constraint) => pass_of_constraint(constraint),
        AlterAction::SetDefault { .. } | AlterAction::AddGeneratedIdentity { .. } => Pass::AddOther,
        _ => Pass::Misc,
    }
}

fn pass_of_constraint(constraint: &TableConstraint) -> Pass {
    match constraint.kind {
        TableConstraintKind::NotNull(_) => Pass::ColumnAttributes,
        TableConstraintKind::PrimaryKeyUsingIndex(_) | TableConstraintKind::UniqueUsingIndex(_) => {
            Pass::AddIndexConstraint
        }
        TableConstraintKind::PrimaryKey(_)
        | TableConstraintKind::Unique { .. }
        | TableConstraintKind::Exclude { .. } => Pass::AddIndex,
        TableConstraintKind::Check(_) | TableConstraintKind::ForeignKey { .. } => Pass::AddOther,
    }
}

impl Replay<'_> {
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
        let id = relation.row_type;
        if id.own_index().is_none() {
            return Ok(());
        }
        // The type of a column is looked at before anything is done: a new column has none yet.
        for action in &alter.actions {
            if let AlterAction::SetType { column, .. } = action
                && relation.position(&column.text).is_none()
                && !self.tolerant
                && !relation.unknown_columns
            {
                return Err(self.no_column(&relation, column));
            }
        }
        // All of it or nothing.
        let brings_constraints = |action: &AlterAction| matches!(action, AlterAction::AddColumn { column, .. } if !column.constraints.is_empty());
        let several = alter.actions.len() > 1 || alter.actions.iter().any(brings_constraints);
        let before = several.then(|| self.catalog.clone());
        let done = self.alter_in_passes(&relation, alter, span);
        if done.is_err()
            && let Some(before) = before
        {
            *self.catalog = before;
        }
        done
    }

    /// `original` is the table as it was: USING is about that, whatever is dropped before it is done.
    fn alter_in_passes(
        &mut self,
        original: &Relation,
        alter: &AlterRelation,
        span: Span,
    ) -> Result<()> {
        let id = original.row_type;
        let mut steps = alter
            .actions
            .iter()
            .map(|action| (pass(action), Step::Action(action)))
            .collect::<VecDeque<_>>();
        for now in PASSES {
            // A step may add steps to later passes.
            for _ in 0..steps.len() {
                let Some((pass, step)) = steps.pop_front() else {
                    break;
                };
                if pass != now {
                    steps.push_back((pass, step));
                    continue;
                }
                match step {
                    Step::Constraint(constraint) => {
                        self.constrain(id, &constraint, alter.only)?;
                    }
                    Step::Action(AlterAction::AddColumn {
                        column,
                        if_not_exists,
                    }) => {
                        let constraints =
                            self.alter_add_column(id, column, *if_not_exists, alter.only)?;
                        steps.extend(constraints.into_iter().map(|constraint| {
                            (
                                pass_of_constraint(&constraint),
                                Step::Constraint(constraint),
                            )
                        }));
                    }
                    Step::Action(action) => {
                        self.alter_action(original, action, alter.only, span)?;
                    }
                }
            }
        }
        Ok(())
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

    /// The tables that inherit from one, at any distance, itself first.
    pub(super) fn family(&self, id: TypeId) -> Vec<TypeId> {
        let mut family = vec![id];
        let mut next = 0;
        while let Some(parent) = family.get(next).copied() {
            next += 1;
            if !self.catalog.is_parent(parent) {
                continue;
            }
            for relation in self.catalog.relations() {
                if relation.parents.contains(&parent) && !family.contains(&relation.row_type) {
                    family.push(relation.row_type);
                }
            }
        }
        family
    }

    /// Adds a column to a table and its children; gives the constraints that it brings along.
    fn alter_add_column(
        &mut self,
        id: TypeId,
        column: &ColumnDef,
        if_not_exists: bool,
        only: bool,
    ) -> Result<Vec<TableConstraint>> {
        let Some(relation) = self.catalog.relation_of(id) else {
            return Ok(Vec::new());
        };
        if relation.position(&column.name.text).is_some() {
            if if_not_exists || self.tolerant {
                return Ok(Vec::new());
            }
            return Err(exists("column", &column.name.text, column.name.span));
        }
        if relation.partition && !self.tolerant {
            return Err(Failure::error(
                Code::InvalidDefinition,
                column.span,
                format!(
                    "`{}` is a partition, and has the columns of its table",
                    relation.name
                ),
            )
            .help("add the column to that"));
        }
        let members = self.family(id);
        if only && members.len() > 1 && !self.tolerant {
            return Err(Failure::error(
                Code::InvalidDefinition,
                column.span,
                format!(
                    "the children of `{}` must get the column `{}`, too",
                    relation.name, column.name.text
                ),
            )
            .help("leave ONLY out"));
        }
        let mut changed = (*relation).clone();
        let sequences = self.add_column(&mut changed, column)?;
        let Some(new) = changed.attributes.last().cloned() else {
            return Ok(Vec::new());
        };
        let mut without = Vec::new();
        for member in members.into_iter().skip(1) {
            let Some(old) = self.catalog.relation_of(member) else {
                continue;
            };
            match old.attribute(&column.name.text) {
                Some(own) => check_merge(self.catalog, own, &new, column.span)?,
                None => without.push(member),
            }
        }
        for member in without {
            let mut inherited = new.clone();
            inherited.local = false;
            inherited.sequence = None;
            if let Some(relation) = self.catalog.relation_mut(member) {
                relation.attributes.push(inherited);
            }
        }
        if let Some(relation) = self.catalog.relation_mut(id) {
            relation.attributes.push(new);
        }
        self.own_sequences(id, sequences);
        self.set_defaults(id, column)?;
        Ok(column
            .constraints
            .iter()
            .filter_map(|constraint| of_column(&column.name, constraint))
            .collect())
    }

    fn alter_action(
        &mut self,
        original: &Relation,
        action: &AlterAction,
        only: bool,
        span: Span,
    ) -> Result<()> {
        let id = original.row_type;
        let Some(relation) = self.catalog.relation_of(id) else {
            return Ok(());
        };
        match action {
            AlterAction::DropColumn {
                column,
                if_exists,
                cascade,
            } => {
                let options = DropOptions {
                    if_exists: *if_exists,
                    cascade: *cascade,
                    only,
                };
                self.drop_column(&relation, column, options, span)
            }
            AlterAction::AddConstraint(constraint) => self.constrain(id, constraint, only),
            AlterAction::DropConstraint {
                name,
                if_exists,
                cascade,
            } => {
                let options = DropOptions {
                    if_exists: *if_exists,
                    cascade: *cascade,
                    only,
                };
                self.drop_constraint(&relation, name, options, span)
            }
            AlterAction::ValidateConstraint(name) => {
                for member in self.family(id) {
                    if let Some(relation) = self.catalog.relation_mut(member) {
                        for check in &mut relation.checks {
                            check.valid |= check.name == name.text;
                        }
                    }
                }
                Ok(())
            }
            AlterAction::AttachPartition(other) => {
                let child = analyze::relation(self.catalog, other)?;
                self.adopt(&relation, &child, other.span, true)
            }
            AlterAction::Inherit(other) => {
                let parent = analyze::relation(self.catalog, other)?;
                self.adopt(&parent, &relation, other.span, false)
            }
            AlterAction::DetachPartition(other) => {
                let child = analyze::relation(self.catalog, other)?;
                self.release(id, child.row_type);
                Ok(())
            }
            AlterAction::NoInherit(other) => {
                let parent = analyze::relation(self.catalog, other)?;
                self.release(parent.row_type, id);
                Ok(())
            }
            AlterAction::SetTrigger { name, enabled } => {
                let members = if only {
                    vec![id]
                } else {
                    self.with_partitions(id)
                };
                for member in members {
                    if let Some(relation) = self.catalog.relation_mut(member) {
                        for trigger in &mut relation.triggers {
                            if name.as_ref().is_none_or(|name| name.text == trigger.name) {
                                trigger.enabled = *enabled;
                            }
                        }
                    }
                }
                Ok(())
            }
            AlterAction::OfType(_) | AlterAction::NotOf | AlterAction::Other => Ok(()),
            _ => self.alter_column(&relation, original, action, only, span),
        }
    }

    /// Makes a table the child or the partition of another.
    fn adopt(
        &mut self,
        parent: &Relation,
        child: &Relation,
        span: Span,
        partition: bool,
    ) -> Result<()> {
        let known = !parent.unknown_columns && !child.unknown_columns && !self.tolerant;
        for attribute in parent.attributes.iter().filter(|_| known) {
            match child.attribute(&attribute.name) {
                Some(own) => check_merge(self.catalog, own, attribute, span)?,
                None => {
                    return Err(missing(
                        Code::UnknownColumn,
                        &format!("column of `{}` called", child.name),
                        &attribute.name,
                        span,
                    )
                    .help(format!("add the column: `{}` has it", parent.name)));
                }
            }
        }
        self.catalog.add_parent(child.row_type, parent.row_type);
        if let Some(relation) = self.catalog.relation_mut(child.row_type) {
            relation.partition |= partition;
        }
        if partition {
            self.index_as_parent(child.row_type, parent.row_type);
            self.trigger_as_parent(child.row_type, parent);
            self.identify_as_parent(child.row_type, parent);
            let inherited = parent
                .other_constraints
                .iter()
                .filter(|other| other.references.is_some())
                .filter(|other| !super::name::has_constraint(child, &other.name))
                .cloned()
                .collect::<Vec<_>>();
            if let Some(relation) = self.catalog.relation_mut(child.row_type) {
                relation
                    .other_constraints
                    .extend(inherited.into_iter().map(|mut other| {
                        other.local = false;
                        other
                    }));
            }
        }
        Ok(())
    }

    /// From PostgreSQL 17 on partitions share the identities of their table.
    fn identify_as_parent(&mut self, partition: TypeId, parent: &Relation) {
        if self.catalog.builtin.major < Major::V17 {
            return;
        }
        for attribute in parent
            .attributes
            .iter()
            .filter(|own| own.identity.is_some())
        {
            if let Some(own) = self.attribute_mut(partition, &attribute.name) {
                own.identity = attribute.identity;
                own.has_default = true;
            }
        }
    }

    /// Ends the inheritance: what the child had from its parent is its own now.
    fn release(&mut self, parent: TypeId, child: TypeId) {
        self.free_indexes(child);
        if let Some(relation) = self.catalog.relation_mut(child) {
            relation.parents.retain(|of| *of != parent);
            relation.partition = false;
            for attribute in &mut relation.attributes {
                attribute.local = true;
            }
            for check in &mut relation.checks {
                check.local = true;
            }
            for other in &mut relation.other_constraints {
                other.local = true;
            }
        }
    }

    /// Whether a parent has this column, too.
    pub(super) fn inherits_column(&self, relation: &Relation, column: &str) -> bool {
        relation.parents.iter().any(|parent| {
            self.catalog
                .relation_of(*parent)
                .is_some_and(|parent| parent.position(column).is_some())
        })
    }

    /// What an ALTER of a column that a parent has, too, is told.
    pub(super) fn inherited_column(relation: &Relation, column: &Name) -> Box<Failure> {
        Failure::error(
            Code::InvalidDefinition,
            column.span,
            format!(
                "`{}` has the column `{}` from the table that it inherits from",
                relation.name, column.text
            ),
        )
        .help("change it there")
    }

    /// Takes a column away, with what depends on it.
    fn drop_column(
        &mut self,
        relation: &Relation,
        column: &Name,
        options: DropOptions,
        span: Span,
    ) -> Result<()> {
        if relation.position(&column.text).is_none() {
            if options.if_exists || self.tolerant || relation.unknown_columns {
                return Ok(());
            }
            return Err(self.no_column(relation, column));
        }
        if self.inherits_column(relation, &column.text) {
            return Err(Self::inherited_column(relation, column));
        }
        self.check_not_partitioned_by(relation, column)?;
        let id = relation.row_type;
        let mut objects = vec![Object::Column(id, column.text.clone())];
        self.add_inherited_columns(id, &column.text, options.only, &mut objects);
        self.drop_objects(objects, options.cascade, column.span, span)
    }

    /// A column by which a table is partitioned stays as it is.
    pub(super) fn check_not_partitioned_by(
        &self,
        relation: &Relation,
        column: &Name,
    ) -> Result<()> {
        let is_key = relation
            .partition_key
            .as_ref()
            .is_some_and(|key| key.columns.contains(&column.text));
        if is_key {
            return Err(Failure::error(
                Code::InvalidDefinition,
                column.span,
                format!(
                    "`{}` is partitioned by `{}`, which stays as it is",
                    relation.name, column.text
                ),
            ));
        }
        Ok(())
    }

    /// The columns of children that have them from here alone; the others become their own.
    fn add_inherited_columns(
        &mut self,
        id: TypeId,
        column: &str,
        only: bool,
        objects: &mut Vec<Object>,
    ) {
        for child in self.catalog.children_of(id) {
            let Some(attribute) = child.attribute(column) else {
                continue;
            };
            let from_elsewhere =
                child
                    .parents
                    .iter()
                    .filter(|parent| **parent != id)
                    .any(|parent| {
                        self.catalog
                            .relation_of(*parent)
                            .is_some_and(|parent| parent.position(column).is_some())
                    });
            if only {
                if let Some(attribute) = self.attribute_mut(child.row_type, column) {
                    attribute.local = true;
                }
            } else if !attribute.local && !from_elsewhere {
                objects.push(Object::Column(child.row_type, column.to_owned()));
                self.add_inherited_columns(child.row_type, column, false, objects);
            }
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
        let failure = failure.made(&relation.name, relation.origin);
        match pgdbm_template::nearest(&column.text, names) {
            Some(near) => failure.near(near),
            None => failure,
        }
    }
}
