//! Extensions: what they bring, from the packs that `cargo xtask catalog` writes.

use crate::hash::HashMap;
use std::sync::Arc;

use super::builtin::{Line, cast, type_kind};
use super::{
    Catalog, Function, FunctionId, Operator, OperatorClass, OperatorId, Relation, RelationKind,
    Type, TypeId, TypeKind, oid,
};

/// What became of CREATE EXTENSION.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExtensionOutcome {
    Created,
    AlreadyThere,
    /// There is no pack for it.
    Unknown,
}

macro_rules! packs {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../data/extensions/", $name, ".txt")))),*]
    };
}

const PACKS: &[(&str, &str)] = packs! {
    "btree_gin" "btree_gist" "citext" "cube" "dblink" "earthdistance" "fuzzystrmatch" "hstore" "intarray" "isn" "lo" "ltree"
    "pg_buffercache" "pg_stat_statements" "pg_trgm" "pgcrypto" "pgrowlocks" "pgstattuple" "postgres_fdw" "seg" "tablefunc"
    "unaccent" "uuid-ossp" "xml2"
};

/// Extensions that bring nothing that a query could name.
const SILENT: &[&str] = &[
    "adminpack",
    "auth_delay",
    "auto_explain",
    "dict_int",
    "dict_xsyn",
    "file_fdw",
    "pg_prewarm",
    "plpgsql",
    "plperl",
    "plpython3u",
    "tsm_system_rows",
    "tsm_system_time",
];

/// The extension that would bring a type (`"types"`) or a function (`"functions"`) of this name.
pub(crate) fn extension_with(kind: &str, name: &str) -> Option<&'static str> {
    let brings = |line: &str| {
        let mut fields = line.split('\t');
        fields.next() == Some(kind)
            && fields
                .next()
                .is_some_and(|field| field.trim_start_matches('@') == name)
    };
    PACKS
        .iter()
        .find(|(_, text)| text.lines().any(brings))
        .map(|(extension, _)| *extension)
}

/// The extension that would bring an operator class of this name.
pub(crate) fn extension_with_class(name: &str) -> Option<&'static str> {
    let brings = |line: &str| {
        let mut fields = line.split('\t');
        fields.next() == Some("classes") && fields.nth(2) == Some(name)
    };
    PACKS
        .iter()
        .find(|(_, text)| text.lines().any(brings))
        .map(|(extension, _)| *extension)
}

/// The extension that would bring an operator between the server's own types; a type that is not known is any.
pub(crate) fn extension_with_operator(
    name: &str,
    left: Option<Option<&str>>,
    right: Option<&str>,
) -> Option<&'static str> {
    // Something must be known of one side.
    left.flatten().or(right)?;
    let brings = |line: &str| {
        let mut fields = line.split('\t');
        let mut is = |expected: Option<&str>| {
            let field = fields.next();
            expected.is_none_or(|expected| field == Some(expected))
        };
        is(Some("operators")) && is(Some(name)) && is(left.unwrap_or(Some(""))) && is(right)
    };
    PACKS
        .iter()
        .find(|(_, text)| text.lines().any(brings))
        .map(|(extension, _)| *extension)
}

impl Catalog {
    pub(crate) fn create_extension(&mut self, name: &str, schema: &str) -> ExtensionOutcome {
        if self.extensions.contains_key(name) {
            return ExtensionOutcome::AlreadyThere;
        }
        let pack = PACKS.iter().find(|(pack, _)| *pack == name);
        let Some((_, text)) = pack else {
            if SILENT.contains(&name) {
                self.extensions.insert(name.to_owned(), schema.to_owned());
                return ExtensionOutcome::Created;
            }
            self.add_unknown_classes();
            return ExtensionOutcome::Unknown;
        };
        if name == "earthdistance" {
            self.create_extension("cube", schema);
        }
        self.extensions.insert(name.to_owned(), schema.to_owned());
        let major = self.builtin.major;
        let mut types = HashMap::default();
        let lines = text
            .lines()
            .filter_map(|line| Line::of(line, major))
            .map(|line| (line.field(0), line.rest()))
            .collect::<Vec<_>>();
        for (kind, line) in &lines {
            if *kind == "types" {
                self.extension_type(line, schema, &mut types);
            }
        }
        for (kind, line) in &lines {
            if *kind == "types" {
                self.complete_type(line, schema, &types);
            }
        }
        for (kind, line) in lines {
            self.extension_object(name, kind, &line, schema, &types);
        }
        ExtensionOutcome::Created
    }

    /// The types without what refers to others.
    fn extension_type(
        &mut self,
        line: &Line<'static>,
        schema: &str,
        types: &mut HashMap<&'static str, TypeId>,
    ) {
        let name = line.field(0).trim_start_matches('@').to_owned();
        let id = if line.field(2) == "c" {
            self.add_relation(Relation::new(schema, &name, RelationKind::CompositeType))
        } else {
            let schema = schema.to_owned();
            self.add_type(Type::new(schema, name, TypeKind::Base))
        };
        self.add_known(id);
        types.insert(line.field(0), id);
    }

    fn complete_type(&mut self, line: &Line<'_>, schema: &str, types: &HashMap<&str, TypeId>) {
        let Some(id) = types.get(line.field(0)).copied() else {
            return;
        };
        let named = |catalog: &Self, name: &str| catalog.pack_type(name, schema, types);
        if line.field(2) == "c" {
            let attributes = line
                .field(10)
                .split(' ')
                .filter_map(|attribute| attribute.split_once(':'))
                .map(|(name, of)| super::Attribute::new(name, named(self, of), -1))
                .collect();
            if let Some(relation) = self.relation_mut(id) {
                relation.attributes = attributes;
            }
            return;
        }
        let mut made = self.type_(id).clone();
        made.kind = type_kind(line, |name| named(self, name));
        line.describe_type(&mut made, |name| named(self, name));
        if let Some(place) = self.type_mut(id) {
            *place = made;
        }
    }

    /// `@name` is a type of the extension itself or of one that it needs.
    fn pack_type(&self, name: &str, schema: &str, types: &HashMap<&str, TypeId>) -> TypeId {
        if let Some(id) = types.get(name) {
            return *id;
        }
        match name.strip_prefix('@') {
            Some(name) => self.type_named(Some(schema), name).unwrap_or(oid::INVALID),
            None => self.builtin.named(name),
        }
    }

    fn extension_object(
        &mut self,
        extension: &str,
        kind: &str,
        line: &Line<'_>,
        schema: &str,
        types: &HashMap<&str, TypeId>,
    ) {
        let named = |name: &str| self.pack_type(name, schema, types);
        match kind {
            "functions" => {
                let name = line.field(0);
                let mut function = line.function(FunctionId(0), schema, name, named);
                function.id = FunctionId(self.next_object());
                self.schema_mut(schema)
                    .functions
                    .entry(name.to_owned())
                    .or_default()
                    .push(Arc::new(function));
            }
            "operators" => {
                let mut operator = line.operator(OperatorId(0), schema, named);
                operator.id = OperatorId(self.next_object());
                self.add_operator(operator);
            }
            "casts" => {
                let (source, target) = (named(line.field(0)), named(line.field(1)));
                if let Some(cast) = cast(line.field(2), line.field(3), line.field(4)) {
                    self.add_cast(source, target, cast);
                }
            }
            "classes" => {
                let class = OperatorClass {
                    extension: Some(extension.to_owned()),
                    ..line.class(schema, named)
                };
                match line.field(0) {
                    "btree" if class.default => self.add_order_class(class.input),
                    "hash" if class.default => self.add_hash_class(class.input),
                    _ => {}
                }
                self.add_class(class);
            }
            "relations" => {
                let name = line.field(0).trim_start_matches('@');
                let kind = if line.field(1) == "v" {
                    RelationKind::View
                } else {
                    RelationKind::Table
                };
                let mut relation = Relation::new(schema, name, kind);
                relation.attributes = line.attributes(named);
                relation.keys_unknown = true;
                self.add_relation(relation);
            }
            _ => {}
        }
    }

    /// Whether there is an extension. Of one without a pack nobody knows.
    pub(crate) fn has_extension(&self, name: &str) -> bool {
        name == "plpgsql" || self.extensions.contains_key(name) || self.may_have_more_classes()
    }

    /// The extensions that live in a schema.
    pub(crate) fn extensions_in(&self, schema: &str) -> Vec<String> {
        self.extensions
            .iter()
            .filter(|(_, home)| *home == schema)
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// The types and functions that an extension brought.
    pub(crate) fn extension_members(&self, name: &str) -> (Vec<TypeId>, Vec<FunctionId>) {
        let (mut types, mut functions) = (Vec::new(), Vec::new());
        let pack = PACKS.iter().find(|(pack, _)| *pack == name);
        let home = self
            .extensions
            .get(name)
            .and_then(|schema| self.schema(schema));
        if let (Some((_, text)), Some(home)) = (pack, home) {
            for line in text.lines() {
                let mut fields = line.split('\t');
                let kind = fields.next();
                let object = fields.next().unwrap_or_default().trim_start_matches('@');
                match kind {
                    Some("types") => types.extend(home.types.get(object)),
                    Some("functions") => {
                        let own = home.functions.get(object).into_iter().flatten();
                        functions.extend(own.map(|function| function.id));
                    }
                    _ => {}
                }
            }
        }
        (types, functions)
    }

    /// ALTER EXTENSION … SET SCHEMA: all that it brought goes there.
    pub(crate) fn move_extension(&mut self, name: &str, schema: &str) {
        let pack = PACKS.iter().find(|(pack, _)| *pack == name);
        let Some(home) = self.extensions.get(name).cloned() else {
            return;
        };
        self.extensions.insert(name.to_owned(), schema.to_owned());
        for class in &mut self.classes {
            if class.extension.as_deref() == Some(name) {
                schema.clone_into(&mut class.schema);
            }
        }
        let Some((_, text)) = pack.filter(|_| home != schema) else {
            return;
        };
        let major = self.builtin.major;
        let lines = || text.lines().filter_map(|line| Line::of(line, major));
        for line in lines().filter(|line| matches!(line.field(0), "types" | "relations")) {
            let name = line.field(1).trim_start_matches('@');
            let id = self
                .schema(&home)
                .and_then(|home| home.types.get(name).copied());
            match id {
                // An array goes with its element.
                Some(id) if self.element_of(id).is_some() => {}
                Some(id) if self.relation_of(id).is_some() => self.move_relation(id, schema, name),
                Some(id) => self.move_type(id, schema, name),
                None => {}
            }
        }
        for line in lines() {
            let name = line.field(1);
            match line.field(0) {
                "functions" => {
                    let Some(own) = self.schema_mut(&home).functions.get_mut(name) else {
                        continue;
                    };
                    // What migrations made has a place in them.
                    let (moved, stay) = own
                        .drain(..)
                        .partition::<Vec<_>, _>(|function| function.origin.is_none());
                    *own = stay;
                    let there = self.schema_mut(schema).functions.entry(name.to_owned());
                    there.or_default().extend(moved.into_iter().map(|function| {
                        Arc::new(Function {
                            schema: schema.to_owned(),
                            ..(*function).clone()
                        })
                    }));
                }
                "operators" => {
                    let types = HashMap::default();
                    let named = |name: &str| self.pack_type(name, schema, &types);
                    let operator = line.rest().operator(OperatorId(0), schema, named);
                    let Some(own) = self.schema_mut(&home).operators.get_mut(name) else {
                        continue;
                    };
                    let is_it = |other: &mut Arc<Operator>| {
                        other.left == operator.left && other.right == operator.right
                    };
                    let moved = own.extract_if(.., is_it).collect::<Vec<_>>();
                    for own in moved {
                        self.add_operator(Operator {
                            schema: schema.to_owned(),
                            ..(*own).clone()
                        });
                    }
                }
                _ => {}
            }
        }
    }

    /// Takes away what an extension brought.
    pub(crate) fn drop_extension(&mut self, name: &str) -> bool {
        let Some(schema) = self.extensions.remove(name) else {
            return false;
        };
        if name == "cube" {
            self.drop_extension("earthdistance");
        }
        self.classes
            .retain(|class| class.extension.as_deref() != Some(name));
        let Some((_, text)) = PACKS.iter().find(|(pack, _)| *pack == name) else {
            return true;
        };
        for line in text.lines() {
            let mut fields = line.split('\t');
            let (kind, object) = (fields.next(), fields.next().unwrap_or_default());
            let object = object.trim_start_matches('@');
            let schema = self.schema_mut(&schema);
            match kind {
                Some("functions") => {
                    schema.functions.remove(object);
                }
                Some("types") => {
                    schema.types.remove(object);
                }
                Some("relations") => {
                    schema.relations.remove(object);
                }
                _ => {}
            }
        }
        true
    }
}
