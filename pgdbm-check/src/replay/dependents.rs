//! What goes with what is dropped, and what keeps it from being dropped. After `dependency.c`.
//!
//! Some things are part of others and go with them: the index with its column, the sequence with the serial. Other things only
//! need them: the view needs its tables, a foreign key needs the key that it refers to. Those go with CASCADE, and without it
//! nothing is dropped.

use std::sync::Arc;

use pgdbm_template::Code;

use super::Replay;
use crate::catalog::{
    Attribute, FunctionId, Major, Relation, RelationKind, TypeId, TypeKind, Uses,
};
use crate::failure::{Failure, Result};
use crate::syntax::ast::Span;

/// Something that can be dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Object {
    Relation(TypeId),
    Column(TypeId, String),
    /// The default of a column.
    Default(TypeId, String),
    /// A key with its index, or an index alone.
    Index(TypeId, String),
    Check(TypeId, String),
    /// A foreign key or an exclusion.
    Constraint(TypeId, String),
    Trigger(TypeId, String),
    Function(FunctionId),
    Type(TypeId),
}

/// Something that depends on an object.
struct Dependent {
    object: Object,
    /// It is a part of it, and goes along without CASCADE.
    part: bool,
}

/// What is dropped in the end.
struct Found {
    object: Object,
    part: bool,
    /// The object that it depends on; None for what the statement names.
    because: Option<Object>,
}

impl Replay<'_> {
    /// Drops objects with all that depends on them.
    ///
    /// # Errors
    ///
    /// Something that is no part of them needs them, and CASCADE was not written.
    pub(super) fn drop_objects(
        &mut self,
        objects: Vec<Object>,
        cascade: bool,
        place: Span,
        span: Span,
    ) -> Result<()> {
        let mut found = objects
            .into_iter()
            .map(|object| Found {
                object,
                part: true,
                because: None,
            })
            .collect::<Vec<_>>();
        let mut next = 0;
        while let Some(object) = found.get(next).map(|found| found.object.clone()) {
            next += 1;
            for dependent in self.dependents(&object) {
                match found
                    .iter_mut()
                    .find(|known| known.object == dependent.object)
                {
                    Some(known) => known.part |= dependent.part,
                    None => found.push(Found {
                        object: dependent.object,
                        part: dependent.part,
                        because: Some(object.clone()),
                    }),
                }
            }
        }
        if !cascade {
            let is_gone = |wanted: &Object| found.iter().any(|found| found.object == *wanted);
            // What belongs to something that goes, goes.
            let needy = found
                .iter()
                .find(|found| !found.part && !owners(&found.object).iter().any(is_gone));
            if let Some(needy) = needy
                && let Some(because) = &needy.because
            {
                let (what, needy) = (self.named(because), self.named(&needy.object));
                return Err(Failure::error(
                    Code::InvalidDefinition,
                    place,
                    format!("{what} cannot be dropped, because {needy} needs it"),
                )
                .help(format!("drop {needy} first, or write CASCADE")));
            }
        }
        for Found { object, .. } in found {
            self.remove(&object, span);
        }
        Ok(())
    }

    /// For messages: what an object is and is called.
    pub(super) fn named(&self, object: &Object) -> String {
        let of = |id: &TypeId| {
            self.catalog
                .relation_of(*id)
                .map_or_else(String::new, |relation| relation.name.clone())
        };
        match object {
            Object::Relation(id) => {
                let kind = self.catalog.relation_of(*id).map(|relation| relation.kind);
                let what = match kind {
                    Some(RelationKind::View) => "view",
                    Some(RelationKind::MaterializedView) => "materialized view",
                    Some(RelationKind::Sequence) => "sequence",
                    Some(RelationKind::CompositeType) => "type",
                    _ => "table",
                };
                format!("the {what} `{}`", of(id))
            }
            Object::Column(id, name) => format!("the column `{name}` of `{}`", of(id)),
            Object::Default(id, name) => format!("the default of `{name}` of `{}`", of(id)),
            Object::Index(id, name) => format!("the index `{name}` of `{}`", of(id)),
            Object::Check(id, name) | Object::Constraint(id, name) => {
                format!("the constraint `{name}` of `{}`", of(id))
            }
            Object::Trigger(id, name) => format!("the trigger `{name}` of `{}`", of(id)),
            Object::Function(id) => {
                let name = self
                    .catalog
                    .own_functions()
                    .find(|function| function.id == *id)
                    .map_or_else(String::new, |function| function.name.clone());
                format!("the function `{name}`")
            }
            Object::Type(id) => format!("the type `{}`", self.catalog.type_(*id).name),
        }
    }

    fn dependents(&self, object: &Object) -> Vec<Dependent> {
        let mut found = Vec::new();
        match object {
            Object::Relation(id) => self.of_relation(*id, &mut found),
            Object::Column(id, name) => self.of_column(*id, name, &mut found),
            Object::Index(id, name) => self.of_index(*id, name, &mut found),
            Object::Function(id) => self.of_function(*id, &mut found),
            Object::Type(id) => self.of_type(*id, &mut found),
            Object::Default(..)
            | Object::Check(..)
            | Object::Constraint(..)
            | Object::Trigger(..) => {}
        }
        found
    }

    /// The objects that use something.
    fn users(&self, uses: impl Fn(&Uses) -> bool, found: &mut Vec<Dependent>) {
        for relation in self.catalog.relations() {
            let id = relation.row_type;
            if relation.view.as_ref().is_some_and(|view| uses(&view.uses)) {
                found.push(Dependent {
                    object: Object::Relation(id),
                    part: relation.doubtful,
                });
            }
            for attribute in &relation.attributes {
                if attribute.default.as_ref().is_some_and(|of| uses(&of.uses)) {
                    found.push(Dependent {
                        object: of_default(id, attribute),
                        part: false,
                    });
                }
            }
            for check in relation.checks.iter().filter(|check| uses(&check.uses)) {
                found.push(Dependent {
                    object: Object::Check(id, check.name.clone()),
                    part: false,
                });
            }
        }
    }

    fn of_relation(&self, id: TypeId, found: &mut Vec<Dependent>) {
        let Some(relation) = self.catalog.relation_of(id) else {
            return;
        };
        self.users(
            |uses| uses.relations.contains(&id) || uses.sequences.contains(&id),
            found,
        );
        for attribute in &relation.attributes {
            if let Some(sequence) = attribute.sequence {
                found.push(Dependent {
                    object: Object::Relation(sequence),
                    part: true,
                });
            }
        }
        for other in self.catalog.relations() {
            if other.parents.contains(&id) {
                found.push(Dependent {
                    object: Object::Relation(other.row_type),
                    part: other.partition || other.doubtful,
                });
            }
            // An identity is its sequence.
            if relation.kind == RelationKind::Sequence {
                for attribute in &other.attributes {
                    if attribute.sequence == Some(id) && attribute.identity.is_some() {
                        found.push(Dependent {
                            object: Object::Column(other.row_type, attribute.name.clone()),
                            part: false,
                        });
                    }
                }
            }
        }
        self.referrers(id, |_| true, found);
        if relation.kind != RelationKind::Sequence {
            self.of_type(id, found);
        }
    }

    /// The foreign keys to a table.
    fn referrers(
        &self,
        id: TypeId,
        which: impl Fn(&crate::catalog::Reference) -> bool,
        found: &mut Vec<Dependent>,
    ) {
        for other in self.catalog.relations() {
            for constraint in &other.other_constraints {
                if constraint
                    .references
                    .as_ref()
                    .is_some_and(|to| to.relation == id && which(to))
                {
                    found.push(Dependent {
                        object: Object::Constraint(other.row_type, constraint.name.clone()),
                        part: constraint.doubtful || !constraint.local,
                    });
                }
            }
        }
    }

    fn of_column(&self, id: TypeId, name: &str, found: &mut Vec<Dependent>) {
        let Some(relation) = self.catalog.relation_of(id) else {
            return;
        };
        let mut part = |object| found.push(Dependent { object, part: true });
        let among = |columns: &[String]| columns.iter().any(|own| own == name);
        if let Some(sequence) = relation.attribute(name).and_then(|own| own.sequence) {
            part(Object::Relation(sequence));
        }
        for (index_name, index) in self.catalog.indexes(&relation.schema) {
            if index.relation == id && among(&index.columns) {
                part(Object::Index(id, index_name.clone()));
            }
        }
        for check in relation.checks.iter().filter(|check| among(&check.columns)) {
            part(Object::Check(id, check.name.clone()));
        }
        for other in &relation.other_constraints {
            if among(&other.columns) {
                part(Object::Constraint(id, other.name.clone()));
            }
        }
        for trigger in &relation.triggers {
            if among(&trigger.columns) {
                found.push(Dependent {
                    object: Object::Trigger(id, trigger.name.clone()),
                    part: false,
                });
            }
        }
        let before = found.len();
        self.users(
            |uses| {
                uses.columns
                    .iter()
                    .any(|(of, column)| *of == id && column == name)
            },
            found,
        );
        // Before PostgreSQL 15 a generated column goes along with what it is made of.
        if self.catalog.builtin.major < Major::V15 {
            for dependent in found.iter_mut().skip(before) {
                dependent.part |= matches!(&dependent.object, Object::Column(of, _) if *of == id);
            }
        }
        self.referrers(id, |to| among(&to.columns), found);
    }

    fn of_index(&self, id: TypeId, name: &str, found: &mut Vec<Dependent>) {
        let Some(relation) = self.catalog.relation_of(id) else {
            return;
        };
        self.referrers(id, |to| to.key == name, found);
        let number = self
            .catalog
            .schema(&relation.schema)
            .and_then(|schema| schema.indexes.get(name))
            .map(|index| index.number);
        for member in self.family(id).into_iter().skip(1) {
            let Some(child) = self.catalog.relation_of(member) else {
                continue;
            };
            for (name, index) in self.catalog.indexes(&child.schema) {
                if index.relation == member && index.parent.is_some() && index.parent == number {
                    found.push(Dependent {
                        object: Object::Index(member, name.clone()),
                        part: true,
                    });
                }
            }
        }
    }

    fn of_function(&self, id: FunctionId, found: &mut Vec<Dependent>) {
        self.users(|uses| uses.functions.contains(&id), found);
        for relation in self.catalog.relations() {
            for trigger in &relation.triggers {
                if trigger.function == Some(id) {
                    found.push(Dependent {
                        object: Object::Trigger(relation.row_type, trigger.name.clone()),
                        part: false,
                    });
                }
            }
            for (name, index) in self.catalog.indexes(&relation.schema) {
                if index.relation == relation.row_type && index.functions.contains(&id) {
                    found.push(Dependent {
                        object: Object::Index(relation.row_type, name.clone()),
                        part: false,
                    });
                }
            }
        }
    }

    fn of_type(&self, id: TypeId, found: &mut Vec<Dependent>) {
        let dropped = self.catalog.type_(id);
        let mut ids = vec![id];
        ids.extend(dropped.array);
        if let TypeKind::Range { multirange, .. } = dropped.kind {
            ids.push(multirange);
            ids.extend(self.catalog.type_(multirange).array);
        }
        let is_it = |of: &TypeId| ids.contains(of);
        for relation in self.catalog.relations() {
            if relation.row_type == id {
                continue;
            }
            for attribute in &relation.attributes {
                if is_it(&attribute.type_id) {
                    let object = match relation.kind {
                        RelationKind::View | RelationKind::MaterializedView => {
                            Object::Relation(relation.row_type)
                        }
                        _ => Object::Column(relation.row_type, attribute.name.clone()),
                    };
                    found.push(Dependent {
                        object,
                        part: relation.doubtful,
                    });
                }
            }
        }
        self.users(|uses| uses.types.iter().any(is_it), found);
        for (other, of) in self.catalog.own_types() {
            let needs = match &of.kind {
                TypeKind::Domain(domain) => is_it(&domain.base),
                TypeKind::Range { subtype, .. } => is_it(subtype),
                _ => false,
            };
            if needs {
                found.push(Dependent {
                    object: Object::Type(other),
                    part: false,
                });
            }
        }
        for function in self.catalog.own_functions() {
            // The constructors of a range come with it.
            let made_with_it = function.origin.is_none();
            let signature = function.parameters.iter().chain([&function.returns]);
            let outputs = function.outputs.iter().map(|(_, of)| of);
            if signature.chain(outputs).any(is_it) {
                found.push(Dependent {
                    object: Object::Function(function.id),
                    part: made_with_it,
                });
            }
        }
    }

    /// Takes one object away, whatever depends on it.
    fn remove(&mut self, object: &Object, span: Span) {
        match object {
            Object::Relation(id) => {
                if let Some(relation) = self.catalog.relation_of(*id) {
                    self.catalog.forget_relation(*id);
                    self.disown(*id);
                    self.remember(&relation.schema, &relation.name, None, None, span);
                }
            }
            Object::Column(id, name) => {
                if let Some(relation) = self.catalog.relation_mut(*id) {
                    relation.attributes.retain(|own| own.name != *name);
                    let (schema, of) = (relation.schema.clone(), relation.name.clone());
                    self.remember(&schema, &of, Some(name), None, span);
                }
            }
            Object::Default(id, name) => {
                if let Some(attribute) = self.catalog.relation_mut(*id).and_then(|relation| {
                    relation.attributes.iter_mut().find(|own| own.name == *name)
                }) {
                    attribute.has_default = false;
                    attribute.default = None;
                }
            }
            Object::Index(id, name) => {
                if let Some(relation) = self.catalog.relation_mut(*id) {
                    relation.keys.retain(|key| key.name != *name);
                    relation
                        .other_constraints
                        .retain(|other| other.references.is_some() || other.name != *name);
                    let schema = relation.schema.clone();
                    self.catalog.schema_mut(&schema).indexes.remove(name);
                }
            }
            Object::Check(id, name) => {
                if let Some(relation) = self.catalog.relation_mut(*id) {
                    relation.checks.retain(|check| check.name != *name);
                }
            }
            Object::Constraint(id, name) => {
                if let Some(relation) = self.catalog.relation_mut(*id) {
                    relation
                        .other_constraints
                        .retain(|other| other.name != *name);
                }
            }
            Object::Trigger(id, name) => {
                for member in self.with_partitions(*id) {
                    if let Some(relation) = self.catalog.relation_mut(member) {
                        relation.triggers.retain(|own| own.name != *name);
                    }
                }
            }
            Object::Function(id) => {
                let found = self
                    .catalog
                    .own_functions()
                    .find(|function| function.id == *id)
                    .map(Arc::clone);
                if let Some(found) = found {
                    self.take_function(&found);
                    self.remember(&found.schema, &found.name, None, None, span);
                }
            }
            Object::Type(id) => {
                let dropped = self.catalog.type_(*id).clone();
                if dropped.is_composite() {
                    self.catalog.forget_relation(*id);
                }
                if let TypeKind::Range { multirange, .. } = dropped.kind {
                    self.catalog.forget_type(multirange);
                }
                self.catalog.forget_type(*id);
                self.remember(&dropped.schema, &dropped.name, None, None, span);
            }
        }
    }

    /// No column has a sequence that is gone.
    pub(super) fn disown(&mut self, sequence: TypeId) {
        let owner = self
            .catalog
            .relations()
            .find(|relation| owns(relation, sequence))
            .map(|relation| relation.row_type);
        if let Some(relation) = owner.and_then(|owner| self.catalog.relation_mut(owner)) {
            for attribute in &mut relation.attributes {
                if attribute.sequence == Some(sequence) {
                    attribute.sequence = None;
                }
            }
        }
    }
}

fn owns(relation: &Relation, sequence: TypeId) -> bool {
    relation
        .attributes
        .iter()
        .any(|attribute| attribute.sequence == Some(sequence))
}

/// A default; of a generated column, which is nothing without its expression, the column.
fn of_default(relation: TypeId, attribute: &Attribute) -> Object {
    if attribute.generated.is_some() {
        Object::Column(relation, attribute.name.clone())
    } else {
        Object::Default(relation, attribute.name.clone())
    }
}

/// The table, and for a default the column, that something belongs to.
fn owners(object: &Object) -> Vec<Object> {
    match object {
        Object::Default(id, name) => {
            vec![Object::Relation(*id), Object::Column(*id, name.clone())]
        }
        Object::Column(id, _)
        | Object::Index(id, _)
        | Object::Check(id, _)
        | Object::Constraint(id, _)
        | Object::Trigger(id, _) => vec![Object::Relation(*id)],
        Object::Relation(_) | Object::Function(_) | Object::Type(_) => Vec::new(),
    }
}
