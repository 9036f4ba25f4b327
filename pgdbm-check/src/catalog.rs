//! What a database knows: types, functions, operators, casts and relations.
//!
//! What every server has comes from data files, one set for each major version ([`builtin`]); what migrations make lies over it.
//! A lookup by name follows the search path as the server's does: temporary things first, then `pg_catalog` unless the path
//! names it, then the path.

pub(crate) mod builtin;
mod extension;
mod function;
mod makes;
mod name;
pub(crate) mod oid;
mod operator;
mod operator_class;
mod relation;
mod types;

use crate::hash::{HashMap, HashSet};
use std::sync::Arc;

use pgdbm_template::Code;

pub(crate) use builtin::{Builtin, Major};
pub(crate) use extension::{
    ExtensionOutcome, extension_with, extension_with_class, extension_with_operator,
};
pub(crate) use function::{Aggregate, AggregateKind, Function, FunctionId, FunctionKind};
pub(crate) use makes::{Called, Makes, Written};
pub(crate) use name::format_type;
pub(crate) use operator::{Cast, CastContext, CastMethod, Operator, OperatorId};
pub(crate) use operator_class::OperatorClass;
pub(crate) use relation::{
    Attribute, Check, DefaultValue, Generated, Identity, Key, OtherConstraint, PartitionKey,
    Reference, Relation, RelationKind, Rule, RuleAction, Trigger, Uses, View,
};
pub(crate) use types::{Domain, Subscripting, Type, TypeId, TypeKind};

use crate::syntax::ast::Span;
use crate::tree;

/// Where something was declared or dropped: the number of the source (a migration) and the place in its rendered text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) source: u32,
    pub(crate) span: Span,
}

/// What was there once: for messages that say where it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gone {
    pub(crate) schema: String,
    /// The relation, type or function.
    pub(crate) name: String,
    /// The column, where one was dropped or renamed.
    pub(crate) member: Option<String>,
    /// What it is called now, where it was renamed.
    pub(crate) renamed_to: Option<String>,
    pub(crate) origin: Origin,
}

/// An index, unique or not.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    /// Later indexes have greater numbers.
    pub(crate) number: u32,
    /// The relation that it belongs to.
    pub(crate) relation: TypeId,
    /// The columns that it uses, also in expressions and conditions: it goes with the first of them that goes.
    pub(crate) columns: Vec<String>,
    pub(crate) functions: Vec<FunctionId>,
    /// The number of the partitioned table's index that it is a part of.
    pub(crate) parent: Option<u32>,
    pub(crate) definition: IndexDefinition,
}

/// What a copy of an index has in common with it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct IndexDefinition {
    pub(crate) unique: bool,
    pub(crate) method: String,
    /// An expression that could not be analyzed is None.
    pub(crate) elements: Vec<Option<IndexElement>>,
    pub(crate) include: Vec<String>,
    /// Some(None): the condition could not be analyzed.
    pub(crate) filter: Option<Option<tree::Expr>>,
    /// The names of its own columns, of which the names of copies are made.
    pub(crate) names: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum IndexElement {
    Column(String),
    Expression(tree::Expr),
}

impl Index {
    /// The names of its own columns stay: so they do on the server.
    pub(crate) fn rename_column(&mut self, from: &str, to: &str) {
        let elements = self.definition.elements.iter_mut().flatten();
        let named = elements.filter_map(|element| match element {
            IndexElement::Column(column) => Some(column),
            IndexElement::Expression(_) => None,
        });
        for column in named
            .chain(&mut self.definition.include)
            .chain(&mut self.columns)
        {
            if column == from {
                to.clone_into(column);
            }
        }
    }
}

/// The names of one schema that migrations made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schema {
    /// Relations by name: the row type is a relation's identity.
    pub(crate) relations: HashMap<String, TypeId>,
    pub(crate) types: HashMap<String, TypeId>,
    pub(crate) functions: HashMap<String, Vec<Arc<Function>>>,
    pub(crate) operators: HashMap<String, Vec<Arc<Operator>>>,
    /// Indexes by name.
    pub(crate) indexes: HashMap<String, Index>,
    pub(crate) collations: Vec<String>,
}

/// The catalog of one database at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Catalog {
    pub(crate) builtin: &'static Builtin,
    schemas: HashMap<String, Schema>,
    /// Types that migrations made; the identity is the index, counted from [`TypeId::FIRST_OWN`].
    types: Vec<Type>,
    /// By row type.
    relations: HashMap<TypeId, Arc<Relation>>,
    /// The row types of relations that others inherit from or are partitions of, or were once: every query asks that of its tables.
    parents: HashSet<TypeId>,
    /// The relations whose constraints may have other names than `constraint_holders` knows.
    changed: Vec<TypeId>,
    /// The relations that have, or had, a constraint of a name: thousands of tables are not searched for each made-up name.
    constraint_holders: HashMap<String, HashSet<TypeId>>,
    casts: HashMap<(TypeId, TypeId), Cast>,
    /// Input types of default operator classes that extensions and migrations brought.
    ordered: Vec<TypeId>,
    hashed: Vec<TypeId>,
    /// Operator classes that extensions brought.
    classes: Vec<OperatorClass>,
    /// The types that extensions brought, of which all is known.
    known: HashSet<TypeId>,
    /// There may be access methods and operator classes that nobody told of.
    more_classes: bool,
    /// Temporary relations of sessions that are over: perhaps they are gone.
    stale: HashSet<TypeId>,
    /// Extensions with the schema they live in.
    extensions: HashMap<String, String>,
    search_path: Vec<String>,
    /// The schema that is there only because migrations are for it: they may make it themselves.
    assumed: Option<String>,
    /// The schema that placeholders stand for, whose names are shown without it.
    own: Option<String>,
    gone: Vec<Gone>,
    /// The statements that may have made things that nobody could read.
    unreadable: Vec<(Origin, Makes)>,
    /// There are functions that make things.
    makers: bool,
    /// A migration has a word on `check_function_bodies`: what is wrong in functions may be no mistake.
    unchecked_bodies: bool,
    /// A definition failed: what it should have made is missing.
    incomplete: bool,
    /// Migrations made configurations for text search, or what these are made of.
    text_search: bool,
    next_object: u32,
}

/// The schema of temporary things.
pub(crate) const TEMPORARY: &str = "pg_temp";
pub(crate) const PG_CATALOG: &str = "pg_catalog";
pub(crate) const INFORMATION_SCHEMA: &str = "information_schema";

impl Catalog {
    /// A database with nothing but what the server brings, and the schema `public`.
    pub(crate) fn new(major: Major) -> Self {
        let mut schemas = HashMap::default();
        schemas.insert("public".to_owned(), Schema::default());
        Self {
            builtin: Builtin::of(major),
            schemas,
            types: Vec::new(),
            relations: HashMap::default(),
            parents: HashSet::default(),
            changed: Vec::new(),
            constraint_holders: HashMap::default(),
            casts: HashMap::default(),
            ordered: Vec::new(),
            hashed: Vec::new(),
            classes: Vec::new(),
            known: HashSet::default(),
            more_classes: false,
            stale: HashSet::default(),
            extensions: HashMap::default(),
            search_path: vec!["public".to_owned()],
            assumed: None,
            own: None,
            gone: Vec::new(),
            unreadable: Vec::new(),
            makers: false,
            unchecked_bodies: false,
            incomplete: false,
            text_search: false,
            next_object: 1 << 20,
        }
    }

    /// The schemas that names without one are looked for in, in order, implicit ones included.
    pub(crate) fn path(&self) -> impl Iterator<Item = &str> {
        let explicit = self.search_path.iter().any(|schema| schema == PG_CATALOG);
        let temporary = self.schemas.contains_key(TEMPORARY);
        temporary
            .then_some(TEMPORARY)
            .into_iter()
            .chain((!explicit).then_some(PG_CATALOG))
            .chain(self.search_path.iter().map(String::as_str))
    }

    /// Makes the schema that the migrations are for.
    pub(crate) fn assume_schema(&mut self, name: &str) {
        self.schema_mut(name);
        self.assumed = Some(name.to_owned());
    }

    /// Whether a schema is only assumed to be there; asking once makes it real.
    pub(crate) fn settle_schema(&mut self, name: &str) -> bool {
        let assumed = self.assumed.as_deref() == Some(name);
        if assumed {
            self.assumed = None;
        }
        assumed
    }

    pub(crate) fn set_own(&mut self, schema: &str) {
        self.own = Some(schema.to_owned());
    }

    /// Whether names in the schema are shown without it.
    pub(crate) fn is_own(&self, schema: &str) -> bool {
        self.own.as_deref() == Some(schema)
    }

    pub(crate) fn search_path(&self) -> &[String] {
        &self.search_path
    }

    pub(crate) fn set_search_path(&mut self, path: Vec<String>) {
        self.search_path = path;
    }

    /// The schema in which a name without one is created: the first of the path that exists.
    pub(crate) fn creation_schema(&self) -> Option<&str> {
        self.search_path
            .iter()
            .map(String::as_str)
            .find(|schema| self.schema_exists(schema))
    }

    pub(crate) fn schema_exists(&self, name: &str) -> bool {
        self.schemas.contains_key(name) || name == PG_CATALOG || name == INFORMATION_SCHEMA
    }

    /// What migrations made in a schema.
    pub(crate) fn schema(&self, name: &str) -> Option<&Schema> {
        self.schemas.get(name)
    }

    /// The same, to change; made if it is not there (`pg_catalog` can be written to by extensions, too).
    pub(crate) fn schema_mut(&mut self, name: &str) -> &mut Schema {
        self.schemas.entry(name.to_owned()).or_default()
    }

    pub(crate) fn drop_schema(&mut self, name: &str) -> Option<Schema> {
        self.schemas.remove(name)
    }

    /// Gives a schema another name; false if there is none.
    pub(crate) fn rename_schema(&mut self, name: &str, to: &str) -> bool {
        let Some(mut schema) = self.schemas.remove(name) else {
            return false;
        };
        for function in schema.functions.values_mut().flatten() {
            to.clone_into(&mut Arc::make_mut(function).schema);
        }
        for operator in schema.operators.values_mut().flatten() {
            to.clone_into(&mut Arc::make_mut(operator).schema);
        }
        let classes = self.classes.iter_mut().map(|class| &mut class.schema);
        let gone = self.gone.iter_mut().map(|gone| &mut gone.schema);
        for own in self.extensions.values_mut().chain(classes).chain(gone) {
            if own == name {
                to.clone_into(own);
            }
        }
        for id in schema.types.values() {
            if let Some(renamed) = id.own_index().and_then(|index| self.types.get_mut(index)) {
                to.clone_into(&mut renamed.schema);
            }
        }
        for id in schema.relations.values() {
            if let Some(relation) = self.relations.get_mut(id) {
                to.clone_into(&mut Arc::make_mut(relation).schema);
            }
        }
        self.schemas.insert(to.to_owned(), schema);
        true
    }

    pub(crate) fn schema_names(&self) -> impl Iterator<Item = &str> {
        self.schemas.keys().map(String::as_str)
    }

    // ---- types ----

    /// A type by its identity. An identity that nobody gave out is `unknown`.
    pub(crate) fn type_(&self, id: TypeId) -> &Type {
        match id.own_index() {
            Some(index) => self.types.get(index),
            None => self.builtin.type_(id),
        }
        .unwrap_or_else(|| self.builtin.unknown())
    }

    pub(crate) fn type_mut(&mut self, id: TypeId) -> Option<&mut Type> {
        self.types.get_mut(id.own_index()?)
    }

    /// A type by name, along the search path unless a schema is given.
    pub(crate) fn type_named(&self, schema: Option<&str>, name: &str) -> Option<TypeId> {
        match schema {
            Some(schema) => self.type_in(schema, name),
            None => {
                let mut found = self.path().filter_map(|schema| self.type_in(schema, name));
                let first = found.next()?;
                if self.is_stale(first) {
                    return found.next().or(Some(first));
                }
                Some(first)
            }
        }
    }

    /// Whether this is the row type of a temporary relation, or an array of them, that may be gone with its session.
    fn is_stale(&self, id: TypeId) -> bool {
        !self.stale.is_empty()
            && (self.stale.contains(&id)
                || self
                    .element_of(id)
                    .is_some_and(|element| self.stale.contains(&element)))
    }

    fn type_in(&self, schema: &str, name: &str) -> Option<TypeId> {
        if let Some(id) = self
            .schemas
            .get(schema)
            .and_then(|schema| schema.types.get(name))
        {
            return Some(*id);
        }
        if schema == PG_CATALOG || schema == INFORMATION_SCHEMA {
            return self.builtin.type_named(schema, name);
        }
        None
    }

    /// Adds a type under its schema and name, and gives it its identity. No array type is made.
    pub(crate) fn add_type(&mut self, new: Type) -> TypeId {
        let id = TypeId::own(self.types.len());
        self.schema_mut(&new.schema.clone())
            .types
            .insert(new.name.clone(), id);
        self.types.push(new);
        id
    }

    /// Adds a type together with its array type, named as the server names it.
    pub(crate) fn add_type_with_array(&mut self, new: Type) -> TypeId {
        let id = self.add_type(new);
        let (schema, name) = {
            let element = self.type_(id);
            (element.schema.clone(), element.name.clone())
        };
        let array_name = self.array_name(&schema, &name);
        let array = self.add_type(Type::array(schema, array_name, id));
        let collatable = self.type_(id).collatable;
        if let Some(made) = self.type_mut(array) {
            made.collatable = collatable;
        }
        if let Some(element) = self.type_mut(id) {
            element.array = Some(array);
        }
        id
    }

    /// `_name`, with more underscores while that is taken.
    fn array_name(&self, schema: &str, name: &str) -> String {
        let mut candidate = format!("_{name}");
        while self.type_in(schema, &candidate).is_some() {
            candidate.insert(0, '_');
        }
        candidate
    }

    /// Takes a type's name (and its array's) away. Its identity stays readable.
    pub(crate) fn forget_type(&mut self, id: TypeId) {
        let mut names = Vec::new();
        let dropped = self.type_(id);
        names.push((dropped.schema.clone(), dropped.name.clone()));
        if let Some(array) = dropped.array {
            let array = self.type_(array);
            names.push((array.schema.clone(), array.name.clone()));
        }
        for (schema, name) in names {
            if let Some(schema) = self.schemas.get_mut(&schema) {
                schema.types.remove(&name);
            }
        }
    }

    /// Gives a type another schema and name (its array follows).
    pub(crate) fn move_type(&mut self, id: TypeId, schema: &str, name: &str) {
        self.forget_type(id);
        let array = self.type_(id).array;
        for (id, name) in [(Some(id), None), (array, Some(()))]
            .into_iter()
            .filter_map(|(id, array)| id.map(|id| (id, array)))
            .map(|(id, array)| match array {
                None => (id, name.to_owned()),
                Some(()) => (id, self.array_name(schema, name)),
            })
            .collect::<Vec<_>>()
        {
            if let Some(moved) = self.type_mut(id) {
                schema.clone_into(&mut moved.schema);
                moved.name.clone_from(&name);
            }
            self.schema_mut(schema).types.insert(name, id);
        }
    }

    /// The array type of an element type (of a domain: the array of the domain).
    pub(crate) fn array_of(&self, element: TypeId) -> Option<TypeId> {
        self.type_(element).array
    }

    /// The element type, if this is a true array type (not `point` or `name`, which can only be subscripted).
    pub(crate) fn element_of(&self, array: TypeId) -> Option<TypeId> {
        let array = self.type_(array);
        (array.subscripting == Subscripting::Array)
            .then_some(array.element)
            .flatten()
    }

    /// The type under all domains, with the modifier that the domains give it (-1: none).
    pub(crate) fn base_type(&self, mut id: TypeId) -> (TypeId, i32) {
        let mut modifier = -1;
        while let TypeKind::Domain(domain) = &self.type_(id).kind {
            id = domain.base;
            modifier = domain.modifier;
        }
        (id, modifier)
    }

    // ---- relations ----

    /// A relation by name, along the search path unless a schema is given.
    pub(crate) fn relation(&self, schema: Option<&str>, name: &str) -> Option<Arc<Relation>> {
        match schema {
            Some(schema) => self.relation_in(schema, name),
            None => {
                let mut found = self
                    .path()
                    .filter_map(|schema| self.relation_in(schema, name));
                let first = found.next()?;
                if self.is_stale(first.row_type) {
                    return found.next().or(Some(first));
                }
                Some(first)
            }
        }
    }

    /// A session is over, and may have taken its temporary relations with it: others of their names hide them, and may be made.
    pub(crate) fn end_session(&mut self) {
        let temporary = self.schemas.get(TEMPORARY);
        let relations = temporary.map(|schema| schema.relations.values());
        self.stale.extend(relations.into_iter().flatten());
    }

    /// Takes the temporary relation of this name away if the session that made it is over.
    pub(crate) fn forget_stale(&mut self, name: &str) {
        let temporary = self.schemas.get(TEMPORARY);
        let found = temporary.and_then(|schema| schema.relations.get(name).copied());
        if let Some(id) = found.filter(|id| self.stale.contains(id)) {
            self.forget_relation(id);
        }
    }

    fn relation_in(&self, schema: &str, name: &str) -> Option<Arc<Relation>> {
        if let Some(id) = self
            .schemas
            .get(schema)
            .and_then(|schema| schema.relations.get(name))
        {
            return self.relations.get(id).cloned();
        }
        if schema == PG_CATALOG || schema == INFORMATION_SCHEMA {
            return self.builtin.relation(schema, name);
        }
        None
    }

    /// The relation whose row type this is.
    pub(crate) fn relation_of(&self, row_type: TypeId) -> Option<Arc<Relation>> {
        match self.relations.get(&row_type) {
            Some(relation) => Some(Arc::clone(relation)),
            None => self.builtin.relation_of(row_type),
        }
    }

    /// A relation that migrations made, to change.
    pub(crate) fn relation_mut(&mut self, row_type: TypeId) -> Option<&mut Relation> {
        let relation = self.relations.get_mut(&row_type)?;
        if self.changed.last() != Some(&row_type) {
            self.changed.push(row_type);
        }
        Some(Arc::make_mut(relation))
    }

    /// Whether a constraint of the schema has this name, whatever its table.
    pub(crate) fn is_constraint(&mut self, schema: &str, name: &str) -> bool {
        for id in std::mem::take(&mut self.changed) {
            let Some(relation) = self.relations.get(&id) else {
                continue;
            };
            for constraint in relation.constraint_names() {
                let holders = match self.constraint_holders.get_mut(constraint) {
                    Some(holders) => holders,
                    None => self
                        .constraint_holders
                        .entry(constraint.to_owned())
                        .or_default(),
                };
                holders.insert(id);
            }
        }
        let holders = self.constraint_holders.get(name).into_iter().flatten();
        holders
            .filter_map(|id| self.relations.get(id))
            .any(|relation| {
                relation.schema == schema
                    && relation.constraint_names().any(|own| own == name)
                    && self.schemas.get(schema).is_some_and(|schema| {
                        schema.relations.get(&relation.name) == Some(&relation.row_type)
                    })
            })
    }

    /// Adds a relation with its row type and that one's array type; gives its identity.
    ///
    /// `relation.row_type` is overwritten.
    pub(crate) fn add_relation(&mut self, mut relation: Relation) -> TypeId {
        let (schema, name) = (relation.schema.clone(), relation.name.clone());
        let id = self.add_type_with_array(Type::composite(schema, name));
        relation.row_type = id;
        self.schema_mut(&relation.schema.clone())
            .relations
            .insert(relation.name.clone(), id);
        self.parents.extend(&relation.parents);
        self.relations.insert(id, Arc::new(relation));
        self.changed.push(id);
        id
    }

    /// Makes a relation a child of another.
    pub(crate) fn add_parent(&mut self, child: TypeId, parent: TypeId) {
        if let Some(relation) = self.relation_mut(child) {
            relation.parents.push(parent);
            self.parents.insert(parent);
        }
    }

    /// Takes a relation's names away, and those of its indexes.
    pub(crate) fn forget_relation(&mut self, row_type: TypeId) {
        self.forget_name(row_type);
        self.forget_indexes(&HashSet::from_iter([row_type]));
    }

    /// Takes a relation's names away, but for its indexes.
    pub(crate) fn forget_name(&mut self, row_type: TypeId) {
        if let Some(relation) = self.relations.get(&row_type)
            && let Some(schema) = self.schemas.get_mut(&relation.schema)
        {
            schema.relations.remove(&relation.name);
        }
        self.forget_type(row_type);
    }

    /// Takes the names of all indexes of some relations away.
    pub(crate) fn forget_indexes(&mut self, relations: &HashSet<TypeId>) {
        for schema in self.schemas.values_mut() {
            schema
                .indexes
                .retain(|_, index| !relations.contains(&index.relation));
        }
    }

    /// Whether anything inherits from a relation or is a partition of it, or did so once.
    pub(crate) fn is_parent(&self, id: TypeId) -> bool {
        self.parents.contains(&id)
    }

    /// Gives a relation another schema and name; its row type follows.
    pub(crate) fn move_relation(&mut self, row_type: TypeId, schema: &str, name: &str) {
        let mut indexes = Vec::new();
        let mut sequences = Vec::new();
        if let Some(relation) = self.relations.get(&row_type)
            && let Some(old) = self.schemas.get_mut(&relation.schema)
        {
            old.relations.remove(&relation.name);
            // Its indexes and sequences go where it goes.
            if relation.schema != schema {
                indexes.extend(
                    old.indexes
                        .extract_if(|_, index| index.relation == row_type),
                );
                let owned = relation.attributes.iter();
                sequences.extend(owned.filter_map(|attribute| attribute.sequence));
            }
        }
        self.schema_mut(schema).indexes.extend(indexes);
        for sequence in sequences {
            if let Some(name) = self.relations.get(&sequence).map(|own| own.name.clone()) {
                self.move_relation(sequence, schema, &name);
            }
        }
        self.move_type(row_type, schema, name);
        if let Some(relation) = self.relation_mut(row_type) {
            schema.clone_into(&mut relation.schema);
            name.clone_into(&mut relation.name);
        }
        self.schema_mut(schema)
            .relations
            .insert(name.to_owned(), row_type);
    }

    /// The relations that inherit from one, partitions included.
    pub(crate) fn children_of(&self, parent: TypeId) -> Vec<Arc<Relation>> {
        self.relations()
            .filter(|relation| relation.parents.contains(&parent))
            .cloned()
            .collect()
    }

    /// All relations that migrations made and that still have a name.
    pub(crate) fn relations(&self) -> impl Iterator<Item = &Arc<Relation>> {
        self.schemas
            .values()
            .flat_map(|schema| schema.relations.values())
            .filter_map(|id| self.relations.get(id))
    }

    /// What inherits from a relation or is a partition of it, at any distance, each once.
    pub(crate) fn descendants(&self, ancestor: TypeId) -> Vec<&Arc<Relation>> {
        if !self.parents.contains(&ancestor) {
            return Vec::new();
        }
        let mut children: HashMap<TypeId, Vec<&Arc<Relation>>> = HashMap::default();
        for relation in self.relations() {
            for parent in &relation.parents {
                children.entry(*parent).or_default().push(relation);
            }
        }
        let mut found = Vec::new();
        let mut next = children.remove(&ancestor).unwrap_or_default();
        while let Some(relation) = next.pop() {
            next.extend(children.remove(&relation.row_type).unwrap_or_default());
            found.push(relation);
        }
        found.sort_by_key(|relation| relation.row_type);
        found.dedup_by_key(|relation| relation.row_type);
        found
    }

    /// Gives a column another name wherever a definition uses it.
    pub(crate) fn rename_used_column(&mut self, relation: TypeId, from: &str, to: &str) {
        let rename = |uses: &mut Uses| {
            for (of, column) in &mut uses.columns {
                if *of == relation && column == from {
                    to.clone_into(column);
                }
            }
        };
        let is_used = |uses: &Uses| {
            uses.columns
                .iter()
                .any(|(of, column)| *of == relation && column == from)
        };
        for other in self.relations.values_mut() {
            let concerned = other.view.as_ref().is_some_and(|view| is_used(&view.uses))
                || other
                    .attributes
                    .iter()
                    .filter_map(|attribute| attribute.default.as_ref())
                    .any(|default| is_used(&default.uses))
                || other
                    .other_constraints
                    .iter()
                    .filter_map(|other| other.references.as_ref())
                    .any(|to| to.relation == relation);
            if !concerned {
                continue;
            }
            let other = Arc::make_mut(other);
            if let Some(view) = &mut other.view {
                rename(&mut Arc::make_mut(view).uses);
            }
            for attribute in &mut other.attributes {
                if let Some(default) = &mut attribute.default {
                    rename(&mut Arc::make_mut(default).uses);
                }
            }
            for constraint in &mut other.other_constraints {
                if let Some(reference) = &mut constraint.references
                    && reference.relation == relation
                {
                    for column in &mut reference.columns {
                        if column == from {
                            to.clone_into(column);
                        }
                    }
                }
            }
        }
    }

    /// Gives a key another name wherever a foreign key refers to it.
    pub(crate) fn rename_referenced_key(&mut self, relation: TypeId, from: &str, to: &str) {
        for other in self.relations.values_mut() {
            let refers =
                |reference: &Reference| reference.relation == relation && reference.key == from;
            let concerned = other
                .other_constraints
                .iter()
                .any(|other| other.references.as_ref().is_some_and(refers));
            if concerned {
                let constraints = &mut Arc::make_mut(other).other_constraints;
                for reference in constraints
                    .iter_mut()
                    .filter_map(|other| other.references.as_mut())
                {
                    if refers(reference) {
                        to.clone_into(&mut reference.key);
                    }
                }
            }
        }
    }

    /// The indexes of a schema by name.
    pub(crate) fn indexes(&self, schema: &str) -> impl Iterator<Item = (&String, &Index)> {
        self.schemas
            .get(schema)
            .into_iter()
            .flat_map(|schema| &schema.indexes)
    }

    /// All types that migrations made and that still have a name.
    pub(crate) fn own_types(&self) -> impl Iterator<Item = (TypeId, &Type)> {
        self.schemas
            .values()
            .flat_map(|schema| schema.types.values())
            .map(|id| (*id, self.type_(*id)))
    }

    // ---- functions, operators, casts ----

    /// All functions that migrations made.
    pub(crate) fn own_functions(&self) -> impl Iterator<Item = &Arc<Function>> {
        self.schemas
            .values()
            .flat_map(|schema| schema.functions.values().flatten())
    }

    /// All functions, aggregates, window functions and procedures of a name that the search path (or the given schema) shows.
    /// Each comes with its place in the path (0 for the first schema): of two with the same arguments the earlier hides the later.
    pub(crate) fn functions(
        &self,
        schema: Option<&str>,
        name: &str,
    ) -> Vec<(usize, Arc<Function>)> {
        let mut found = Vec::new();
        match schema {
            Some(schema) => self.functions_in(schema, name, 0, &mut found),
            None => {
                for (place, schema) in self.path().enumerate() {
                    // Functions are never looked for among temporary things unless the schema is named.
                    if schema != TEMPORARY {
                        self.functions_in(schema, name, place, &mut found);
                    }
                }
            }
        }
        found
    }

    fn functions_in(
        &self,
        schema: &str,
        name: &str,
        place: usize,
        found: &mut Vec<(usize, Arc<Function>)>,
    ) {
        if schema == PG_CATALOG || schema == INFORMATION_SCHEMA {
            found.extend(
                self.builtin
                    .functions(schema, name)
                    .iter()
                    .map(|function| (place, Arc::clone(function))),
            );
        }
        if let Some(made) = self
            .schemas
            .get(schema)
            .and_then(|schema| schema.functions.get(name))
        {
            found.extend(made.iter().map(|function| (place, Arc::clone(function))));
        }
    }

    /// All operators of a name, likewise.
    pub(crate) fn operators(
        &self,
        schema: Option<&str>,
        name: &str,
    ) -> Vec<(usize, Arc<Operator>)> {
        let mut found = Vec::new();
        let mut add = |schema: &str, place: usize| {
            if schema == PG_CATALOG {
                found.extend(
                    self.builtin
                        .operators(name)
                        .iter()
                        .map(|operator| (place, Arc::clone(operator))),
                );
            }
            if let Some(made) = self
                .schemas
                .get(schema)
                .and_then(|schema| schema.operators.get(name))
            {
                found.extend(made.iter().map(|operator| (place, Arc::clone(operator))));
            }
        };
        match schema {
            Some(schema) => add(schema, 0),
            None => {
                for (place, schema) in self.path().enumerate() {
                    if schema != TEMPORARY {
                        add(schema, place);
                    }
                }
            }
        }
        found
    }

    pub(crate) fn add_operator(&mut self, operator: Operator) {
        let schema = self.schema_mut(&operator.schema.clone());
        let own = schema.operators.entry(operator.name.clone()).or_default();
        own.push(Arc::new(operator));
    }

    /// The entry of `pg_cast`, if there is one.
    pub(crate) fn cast(&self, source: TypeId, target: TypeId) -> Option<Cast> {
        self.casts
            .get(&(source, target))
            .copied()
            .or_else(|| self.builtin.cast(source, target))
    }

    pub(crate) fn add_cast(&mut self, source: TypeId, target: TypeId, cast: Cast) {
        self.casts.insert((source, target), cast);
    }

    pub(crate) fn drop_cast(&mut self, source: TypeId, target: TypeId) -> bool {
        self.casts.remove(&(source, target)).is_some()
    }

    /// Whether a default btree operator class takes exactly this type.
    pub(crate) fn has_order_class(&self, id: TypeId) -> bool {
        self.ordered.contains(&id) || self.builtin.has_order_class(id)
    }

    /// Whether a default hash operator class takes exactly this type.
    pub(crate) fn has_hash_class(&self, id: TypeId) -> bool {
        self.hashed.contains(&id) || self.builtin.has_hash_class(id)
    }

    /// The input types of all default btree classes.
    pub(crate) fn order_classes(&self) -> impl Iterator<Item = TypeId> {
        self.builtin
            .order_classes()
            .iter()
            .chain(&self.ordered)
            .copied()
    }

    /// The input types of all default hash classes.
    pub(crate) fn hash_classes(&self) -> impl Iterator<Item = TypeId> {
        self.builtin
            .hash_classes()
            .iter()
            .chain(&self.hashed)
            .copied()
    }

    pub(crate) fn add_order_class(&mut self, id: TypeId) {
        self.ordered.push(id);
    }

    pub(crate) fn add_hash_class(&mut self, id: TypeId) {
        self.hashed.push(id);
    }

    /// A new identity for a function or an operator.
    pub(crate) fn next_object(&mut self) -> u32 {
        self.next_object += 1;
        self.next_object
    }

    pub(crate) fn collation_exists(&self, schema: Option<&str>, name: &str) -> bool {
        let made = |schema: &str| {
            self.schemas
                .get(schema)
                .is_some_and(|schema| schema.collations.iter().any(|own| own == name))
        };
        match schema {
            Some(PG_CATALOG) => self.builtin.collation_exists(name),
            Some(schema) => made(schema),
            None => self.builtin.collation_exists(name) || self.path().any(made),
        }
    }

    // ---- what was there ----

    /// Something may be there that the catalog does not hold.
    pub(crate) fn add_unreadable(&mut self, origin: Origin, makes: Makes) {
        let known = self
            .unreadable
            .iter()
            .fold(Makes::NOTHING, |known, (_, makes)| known.and(*makes));
        if known.and(makes) != known {
            self.unreadable.push((origin, makes));
        }
    }

    /// The statement that may have made, or dropped, what a failure of this code is about.
    pub(crate) fn unreadable(&self, code: Code) -> Option<Origin> {
        self.unreadable
            .iter()
            .find(|(_, makes)| makes.may_explain(code))
            .map(|(origin, _)| *origin)
    }

    /// The operator classes of an access method.
    pub(crate) fn classes_of(&self, method: &str) -> impl Iterator<Item = &OperatorClass> {
        self.builtin
            .classes()
            .iter()
            .chain(&self.classes)
            .filter(move |class| class.method == method)
    }

    pub(crate) fn add_class(&mut self, class: OperatorClass) {
        self.classes.push(class);
    }

    pub(crate) fn add_unknown_classes(&mut self) {
        self.more_classes = true;
    }

    /// Whether there may be access methods and operator classes that nobody told of.
    pub(crate) fn may_have_more_classes(&self) -> bool {
        self.more_classes
            || self
                .unreadable
                .iter()
                .any(|(_, makes)| makes.may_explain(Code::UnknownOperator))
    }

    /// Whether nothing but the name of a type is known: an extension without a pack brought it, or functions in C make it.
    pub(crate) fn is_obscure(&self, id: TypeId) -> bool {
        if let Some(element) = self.element_of(id) {
            return self.is_obscure(element);
        }
        id.own_index().is_some()
            && matches!(self.type_(id).kind, TypeKind::Base)
            && !self.known.contains(&id)
    }

    /// Whether there are such types, or may be.
    pub(crate) fn may_have_more_types(&self) -> bool {
        self.more_classes
            || !self.unreadable.is_empty()
            || self.own_types().any(|(id, _)| self.is_obscure(id))
    }

    pub(crate) fn add_known(&mut self, id: TypeId) {
        self.known.insert(id);
    }

    pub(crate) fn add_maker(&mut self) {
        self.makers = true;
    }

    /// Whether any function may make things when it is called.
    pub(crate) fn has_makers(&self) -> bool {
        self.makers
    }

    pub(crate) fn add_unchecked_bodies(&mut self) {
        self.unchecked_bodies = true;
    }

    /// Whether the server looks into functions when they are made.
    pub(crate) fn checks_bodies(&self) -> bool {
        !self.unchecked_bodies
    }

    pub(crate) fn set_incomplete(&mut self) {
        self.incomplete = true;
    }

    pub(crate) fn is_incomplete(&self) -> bool {
        self.incomplete
    }

    pub(crate) fn add_text_search(&mut self) {
        self.text_search = true;
    }

    /// Whether there may be other configurations for text search than the server's.
    pub(crate) fn makes_text_search(&self) -> bool {
        self.text_search
    }

    pub(crate) fn remember(&mut self, gone: Gone) {
        self.gone.push(gone);
    }

    /// What had this name (and, for a column, this member) last.
    pub(crate) fn gone(&self, name: &str, member: Option<&str>) -> Option<&Gone> {
        self.gone
            .iter()
            .rev()
            .find(|gone| gone.name == name && gone.member.as_deref() == member)
    }
}
