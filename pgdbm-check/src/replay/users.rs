//! What uses what, of all that migrations made: read once for a statement that drops something, however much goes with that.

use crate::hash::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use super::dependents::{Dependent, Object};
use crate::catalog::{
    Attribute, Catalog, Function, FunctionId, Reference, Relation, RelationKind, TypeId, TypeKind,
    Uses,
};

type By<K> = HashMap<K, Vec<Dependent>>;

/// The objects that need others, by these.
#[derive(Default)]
pub(super) struct Users {
    /// By relation: views, defaults, checks, children, identities of sequences.
    relations: By<TypeId>,
    columns: HashMap<TypeId, By<String>>,
    functions: By<FunctionId>,
    types: By<TypeId>,
    /// The foreign keys to a table.
    references: HashMap<TypeId, Vec<(Dependent, Reference)>>,
    /// The tables whose columns have sequences, by these.
    owners: HashMap<TypeId, TypeId>,
    named: HashMap<FunctionId, Arc<Function>>,
}

impl Users {
    pub(super) fn of(catalog: &Catalog) -> Self {
        let mut users = Self::default();
        for relation in catalog.relations() {
            users.relation(relation);
        }
        for (id, of) in catalog.own_types() {
            let of = match &of.kind {
                TypeKind::Domain(domain) => domain.base,
                TypeKind::Range { subtype, .. } => *subtype,
                _ => continue,
            };
            add(&mut users.types, of, Object::Type(id), false);
        }
        for function in catalog.own_functions() {
            // The constructors of a range come with it.
            let part = function.origin.is_none();
            let signature = function.parameters.iter().chain([&function.returns]);
            let outputs = function.outputs.iter().map(|(_, of)| of);
            for of in signature.chain(outputs) {
                add(&mut users.types, *of, Object::Function(function.id), part);
            }
            users.named.insert(function.id, Arc::clone(function));
        }
        for schema in catalog.schema_names() {
            for (name, index) in catalog.indexes(schema) {
                for function in &index.functions {
                    let object = Object::Index(index.relation, name.clone());
                    add(&mut users.functions, *function, object, false);
                }
            }
        }
        users
    }

    fn relation(&mut self, relation: &Relation) {
        let id = relation.row_type;
        let doubtful = relation.doubtful;
        if let Some(view) = &relation.view {
            self.uses(&view.uses, &Object::Relation(id), doubtful);
        }
        for attribute in &relation.attributes {
            if let Some(default) = &attribute.default {
                self.uses(&default.uses, &of_default(id, attribute), false);
            }
            if let Some(sequence) = attribute.sequence {
                self.owners.insert(sequence, id);
                // An identity is its sequence.
                if attribute.identity.is_some() {
                    let object = Object::Column(id, attribute.name.clone());
                    add(&mut self.relations, sequence, object, false);
                }
            }
            let object = match relation.kind {
                RelationKind::View | RelationKind::MaterializedView => Object::Relation(id),
                _ => Object::Column(id, attribute.name.clone()),
            };
            add(&mut self.types, attribute.type_id, object, doubtful);
        }
        if let Some(of) = relation.of_type {
            add(&mut self.types, of, Object::Relation(id), doubtful);
        }
        for check in &relation.checks {
            self.uses(&check.uses, &Object::Check(id, check.name.clone()), false);
        }
        for parent in &relation.parents {
            let part = relation.partition || doubtful;
            add(&mut self.relations, *parent, Object::Relation(id), part);
        }
        for trigger in &relation.triggers {
            if let Some(function) = trigger.function {
                let object = Object::Trigger(id, trigger.name.clone());
                add(&mut self.functions, function, object, false);
            }
        }
        for constraint in &relation.other_constraints {
            if let Some(reference) = &constraint.references {
                let dependent = Dependent {
                    object: Object::Constraint(id, constraint.name.clone()),
                    part: constraint.doubtful || !constraint.local,
                };
                let to = self.references.entry(reference.relation).or_default();
                to.push((dependent, reference.clone()));
            }
        }
    }

    fn uses(&mut self, uses: &Uses, object: &Object, part: bool) {
        for of in uses.relations.iter().chain(&uses.sequences) {
            add(&mut self.relations, *of, object.clone(), part);
        }
        for (of, column) in &uses.columns {
            let columns = self.columns.entry(*of).or_default();
            add(columns, column.clone(), object.clone(), part);
        }
        for of in &uses.functions {
            add(&mut self.functions, *of, object.clone(), part);
        }
        for of in &uses.types {
            add(&mut self.types, *of, object.clone(), part);
        }
    }

    /// What names an object itself; types are looked up by [`Users::of_type`].
    pub(super) fn of_object(&self, object: &Object) -> Vec<Dependent> {
        let found = match object {
            Object::Relation(id) => self.relations.get(id),
            Object::Column(id, name) => self.columns.get(id).and_then(|columns| columns.get(name)),
            Object::Function(id) => self.functions.get(id),
            _ => None,
        };
        found.cloned().unwrap_or_default()
    }

    pub(super) fn of_type(&self, id: TypeId) -> impl Iterator<Item = &Dependent> {
        self.types.get(&id).into_iter().flatten()
    }

    /// The foreign keys to a table.
    pub(super) fn referrers(
        &self,
        id: TypeId,
        which: impl Fn(&Reference) -> bool,
    ) -> impl Iterator<Item = Dependent> {
        let all = self.references.get(&id).into_iter().flatten();
        all.filter(move |(_, to)| which(to))
            .map(|(dependent, _)| dependent.clone())
    }

    /// The table that a sequence goes with.
    pub(super) fn owner(&self, sequence: TypeId) -> Option<TypeId> {
        self.owners.get(&sequence).copied()
    }

    pub(super) fn function(&self, id: FunctionId) -> Option<Arc<Function>> {
        self.named.get(&id).cloned()
    }
}

fn add<K: Eq + Hash>(by: &mut By<K>, used: K, object: Object, part: bool) {
    by.entry(used).or_default().push(Dependent { object, part });
}

/// A default; of a generated column, which is nothing without its expression, the column.
fn of_default(relation: TypeId, attribute: &Attribute) -> Object {
    if attribute.generated.is_some() {
        Object::Column(relation, attribute.name.clone())
    } else {
        Object::Default(relation, attribute.name.clone())
    }
}
