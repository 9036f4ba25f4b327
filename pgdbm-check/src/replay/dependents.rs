//! What goes with what is dropped, and what keeps it from being dropped. After `dependency.c`.
//!
//! Some things are part of others and go with them: the index with its column, the sequence with the serial. Other things only
//! need them: the view needs its tables, a foreign key needs the key that it refers to. Those go with CASCADE, and without it
//! nothing is dropped.

use crate::hash::{HashMap, HashSet};

use pgdbm_template::Code;

use super::Replay;
use super::users::Users;
use crate::catalog::{FunctionId, Major, Relation, RelationKind, TypeId, TypeKind};
use crate::failure::{Failure, Result};
use crate::syntax::ast::Span;

/// Something that can be dropped.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
#[derive(Clone, Debug)]
pub(super) struct Dependent {
    pub(super) object: Object,
    /// It is a part of it, and goes along without CASCADE.
    pub(super) part: bool,
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
        let users = Users::of(self.catalog);
        let mut found = Vec::<Found>::new();
        let mut places = HashMap::default();
        for object in objects {
            places.entry(object.clone()).or_insert_with(|| {
                found.push(Found {
                    object,
                    part: true,
                    because: None,
                });
                found.len() - 1
            });
        }
        let mut next = 0;
        while let Some(object) = found.get(next).map(|found| found.object.clone()) {
            next += 1;
            for dependent in self.dependents(&object, &users) {
                let known = places.get(&dependent.object).copied();
                match known.and_then(|place| found.get_mut(place)) {
                    Some(known) => known.part |= dependent.part,
                    None => {
                        places.insert(dependent.object.clone(), found.len());
                        found.push(Found {
                            object: dependent.object,
                            part: dependent.part,
                            because: Some(object.clone()),
                        });
                    }
                }
            }
        }
        if !cascade {
            let is_gone = |wanted: &Object| places.contains_key(wanted);
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
        let mut relations = HashSet::default();
        for Found { object, .. } in found {
            if let Object::Relation(id) = object {
                relations.insert(id);
            }
            self.remove(&object, &users, span);
        }
        self.catalog.forget_indexes(&relations);
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

    fn dependents(&self, object: &Object, users: &Users) -> Vec<Dependent> {
        let mut found = users.of_object(object);
        match object {
            Object::Relation(id) => self.of_relation(*id, users, &mut found),
            Object::Column(id, name) => self.of_column(*id, name, users, &mut found),
            Object::Index(id, name) => self.of_index(*id, name, users, &mut found),
            Object::Type(id) => self.of_type(*id, users, &mut found),
            Object::Function(_)
            | Object::Default(..)
            | Object::Check(..)
            | Object::Constraint(..)
            | Object::Trigger(..) => {}
        }
        found
    }

    fn of_relation(&self, id: TypeId, users: &Users, found: &mut Vec<Dependent>) {
        let Some(relation) = self.catalog.relation_of(id) else {
            return;
        };
        for attribute in &relation.attributes {
            if let Some(sequence) = attribute.sequence {
                found.push(Dependent {
                    object: Object::Relation(sequence),
                    part: true,
                });
            }
        }
        found.extend(users.referrers(id, |_| true));
        if relation.kind != RelationKind::Sequence {
            self.of_type(id, users, found);
        }
    }

    fn of_column(&self, id: TypeId, name: &str, users: &Users, found: &mut Vec<Dependent>) {
        let Some(relation) = self.catalog.relation_of(id) else {
            return;
        };
        // Before PostgreSQL 15 a generated column goes along with what it is made of.
        if self.catalog.builtin.major < Major::V15 {
            for dependent in found.iter_mut() {
                dependent.part |= matches!(&dependent.object, Object::Column(of, _) if *of == id);
            }
        }
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
        found.extend(users.referrers(id, |to| among(&to.columns)));
    }

    fn of_index(&self, id: TypeId, name: &str, users: &Users, found: &mut Vec<Dependent>) {
        let Some(relation) = self.catalog.relation_of(id) else {
            return;
        };
        found.extend(users.referrers(id, |to| to.key == name));
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

    /// With its array, and with what else comes with a range.
    fn of_type(&self, id: TypeId, users: &Users, found: &mut Vec<Dependent>) {
        let dropped = self.catalog.type_(id);
        let mut ids = vec![id];
        ids.extend(dropped.array);
        if let TypeKind::Range { multirange, .. } = dropped.kind {
            ids.push(multirange);
            ids.extend(self.catalog.type_(multirange).array);
        }
        for of in ids {
            let using = users.of_type(of);
            found.extend(
                using
                    .filter(|user| user.object != Object::Relation(id))
                    .cloned(),
            );
        }
    }

    /// Takes one object away, whatever depends on it.
    fn remove(&mut self, object: &Object, users: &Users, span: Span) {
        match object {
            Object::Relation(id) => {
                if let Some(relation) = self.catalog.relation_of(*id) {
                    self.catalog.forget_name(*id);
                    if let Some(owner) = users.owner(*id) {
                        self.disown_of(owner, *id);
                    }
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
                if let Some(found) = users.function(*id) {
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
        if let Some(owner) = owner {
            self.disown_of(owner, sequence);
        }
    }

    fn disown_of(&mut self, owner: TypeId, sequence: TypeId) {
        if let Some(relation) = self.catalog.relation_mut(owner) {
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
