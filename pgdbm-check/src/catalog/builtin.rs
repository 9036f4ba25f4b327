//! What every server of a major version brings along, from the data files that `cargo xtask catalog` writes.
//!
//! Types, casts and operator classes are read once, at the first use of a major. Functions, operators and relations are
//! read when their name is asked for: the lines of a file are sorted, so that they are found without reading the others.

mod line;

use crate::hash::{HashMap, map_of};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

pub(super) use line::{Line, cast, type_kind};

use super::{
    Attribute, Cast, Function, FunctionId, FunctionKind, INFORMATION_SCHEMA, Key, Operator,
    OperatorClass, OperatorId, PG_CATALOG, Relation, RelationKind, Subscripting, Type, TypeId,
    TypeKind, oid,
};

const TYPES: &str = include_str!("../../data/types.txt");
const FUNCTIONS: &str = include_str!("../../data/functions.txt");
const OPERATORS: &str = include_str!("../../data/operators.txt");
const CASTS: &str = include_str!("../../data/casts.txt");
const CLASSES: &str = include_str!("../../data/classes.txt");
const COLLATIONS: &str = include_str!("../../data/collations.txt");
const RELATIONS: &str = include_str!("../../data/relations.txt");

/// The first identities of types whose OID the server gives out anew in each cluster.
const UNFIXED_TYPES: u32 = 100_000;
const UNFIXED_ROW_TYPES: u32 = 200_000;
const ROW_TYPE_ARRAYS: u32 = 300_000;

/// A major version of PostgreSQL that the checker knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Major {
    V14,
    V15,
    V16,
    V17,
    V18,
}

impl Major {
    pub(crate) const ALL: [Self; 5] = [Self::V14, Self::V15, Self::V16, Self::V17, Self::V18];

    pub(crate) fn number(self) -> u16 {
        match self {
            Self::V14 => 14,
            Self::V15 => 15,
            Self::V16 => 16,
            Self::V17 => 17,
            Self::V18 => 18,
        }
    }
}

/// Functions or operators of a name, kept once they are read.
type Cache<T> = Mutex<HashMap<String, &'static [Arc<T>]>>;

#[derive(Debug)]
pub(crate) struct Builtin {
    pub(crate) major: Major,
    types: HashMap<TypeId, Type>,
    /// Type names as the data files write them.
    type_names: HashMap<&'static str, TypeId>,
    /// Relations by the name that the data files give them.
    relation_lines: HashMap<&'static str, (TypeId, Line<'static>)>,
    row_types: HashMap<TypeId, &'static str>,
    casts: HashMap<(TypeId, TypeId), Cast>,
    ordered: Vec<TypeId>,
    hashed: Vec<TypeId>,
    /// Read when a migration makes an index.
    classes: OnceLock<Vec<OperatorClass>>,
    unknown: Type,
    functions: Cache<Function>,
    operators: Cache<Operator>,
    relations: Mutex<HashMap<TypeId, Arc<Relation>>>,
}

impl Builtin {
    pub(crate) fn of(major: Major) -> &'static Self {
        static MAJORS: [OnceLock<Builtin>; 5] = [const { OnceLock::new() }; 5];
        let slot = match major {
            Major::V14 => &MAJORS[0],
            Major::V15 => &MAJORS[1],
            Major::V16 => &MAJORS[2],
            Major::V17 => &MAJORS[3],
            Major::V18 => &MAJORS[4],
        };
        slot.get_or_init(|| Self::load(major))
    }

    fn load(major: Major) -> Self {
        let mut builtin = Self {
            major,
            types: map_of(1024),
            type_names: map_of(1024),
            relation_lines: map_of(256),
            row_types: map_of(256),
            casts: map_of(256),
            ordered: Vec::new(),
            hashed: Vec::new(),
            classes: OnceLock::new(),
            unknown: Type {
                category: b'X',
                ..Type::new(
                    PG_CATALOG.to_owned(),
                    "unknown".to_owned(),
                    TypeKind::Pseudo,
                )
            },
            functions: Mutex::default(),
            operators: Mutex::default(),
            relations: Mutex::default(),
        };
        builtin.load_relations();
        builtin.load_types();
        for line in lines(CASTS, major) {
            let (source, target) = (builtin.named(line.field(0)), builtin.named(line.field(1)));
            if let Some(cast) = cast(line.field(2), line.field(3), line.field(4)) {
                builtin.casts.insert((source, target), cast);
            }
        }
        for line in lines(CLASSES, major).filter(|line| !line.field(3).is_empty()) {
            let id = builtin.named(line.field(1));
            match line.field(0) {
                "btree" => builtin.ordered.push(id),
                "hash" => builtin.hashed.push(id),
                _ => {}
            }
        }
        builtin
    }

    /// The row types of relations and their arrays; the columns are read when they are asked for.
    fn load_relations(&mut self) {
        for (number, line) in (0_u32..).zip(RELATIONS.lines()) {
            let Some(line) = Line::of(line, self.major) else {
                continue;
            };
            let written = line.field(0);
            let (schema, name) = schema_and_name(written);
            let id = line
                .field(2)
                .parse()
                .map_or(TypeId(UNFIXED_ROW_TYPES + number), TypeId);
            let array = TypeId(ROW_TYPE_ARRAYS + number);
            let mut row = Type::composite(schema.to_owned(), name.to_owned());
            row.array = Some(array);
            self.types.insert(id, row);
            self.types.insert(
                array,
                Type::array(schema.to_owned(), format!("_{name}"), id),
            );
            self.type_names.insert(written, id);
            self.relation_lines.insert(written, (id, line));
            self.row_types.insert(id, written);
        }
    }

    fn load_types(&mut self) {
        let types = (0_u32..)
            .zip(TYPES.lines())
            .filter_map(|(number, text)| {
                let line = Line::of(text, self.major)?;
                let id = line
                    .field(1)
                    .parse()
                    .map_or(TypeId(UNFIXED_TYPES + number), TypeId);
                Some((id, line))
            })
            .collect::<Vec<_>>();
        for (id, line) in &types {
            self.type_names.insert(line.field(0), *id);
        }
        for (id, line) in types {
            let (schema, name) = schema_and_name(line.field(0));
            let kind = type_kind(&line, |name| self.named(name));
            let mut made = Type::new(schema.to_owned(), name.to_owned(), kind);
            line.describe_type(&mut made, |name| self.named(name));
            self.types.insert(id, made);
        }
    }

    /// A type by the name that the data files give it.
    pub(super) fn named(&self, name: &str) -> TypeId {
        self.type_names.get(name).copied().unwrap_or(oid::INVALID)
    }

    pub(crate) fn type_(&self, id: TypeId) -> Option<&Type> {
        self.types.get(&id)
    }

    pub(crate) fn unknown(&self) -> &Type {
        self.types.get(&oid::UNKNOWN).unwrap_or(&self.unknown)
    }

    pub(crate) fn type_named(&self, schema: &str, name: &str) -> Option<TypeId> {
        if let Some(id) = self.type_names.get(&*written_name(schema, name)) {
            return Some(*id);
        }
        // The arrays of row types are not listed.
        let element = self.type_named_row(schema, name.strip_prefix('_')?)?;
        self.types.get(&element)?.array
    }

    fn type_named_row(&self, schema: &str, name: &str) -> Option<TypeId> {
        self.relation_lines
            .get(&*written_name(schema, name))
            .map(|(id, _)| *id)
    }

    pub(crate) fn relation(&self, schema: &str, name: &str) -> Option<Arc<Relation>> {
        let (id, line) = self.relation_lines.get(&*written_name(schema, name))?;
        let mut relations = self
            .relations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let relation = relations
            .entry(*id)
            .or_insert_with(|| Arc::new(self.read_relation(*id, line)));
        Some(Arc::clone(relation))
    }

    pub(crate) fn relation_of(&self, row_type: TypeId) -> Option<Arc<Relation>> {
        let (schema, name) = schema_and_name(self.row_types.get(&row_type)?);
        self.relation(schema, name)
    }

    fn read_relation(&self, id: TypeId, line: &Line<'_>) -> Relation {
        let (schema, name) = schema_and_name(line.field(0));
        let kind = if line.field(1) == "v" {
            RelationKind::View
        } else {
            RelationKind::Table
        };
        let mut relation = Relation::new(schema, name, kind);
        relation.row_type = id;
        relation.keys_unknown = kind == RelationKind::View;
        relation.attributes = line.attributes(|name| self.named(name));
        for key in line.field(4).split(' ').filter(|key| !key.is_empty()) {
            let (primary, columns) = key.split_once(':').unwrap_or_default();
            relation.keys.push(Key {
                name: String::new(),
                primary: primary == "p",
                constraint: true,
                columns: columns.split(',').map(str::to_owned).collect(),
                has_expressions: false,
                has_filter: false,
                include: Vec::new(),
                deferrable: false,
            });
        }
        relation
    }

    pub(crate) fn functions(&self, schema: &str, name: &str) -> &[Arc<Function>] {
        let name = written_name(schema, name);
        cached(&self.functions, &name, || {
            lines_named(FUNCTIONS, &name, self.major)
                .map(|(offset, line)| {
                    Arc::new(line.function(
                        FunctionId(offset),
                        schema,
                        schema_and_name(&name).1,
                        |name| self.named(name),
                    ))
                })
                .collect()
        })
    }

    /// The function whose name is the nearest to a misspelt one.
    pub(crate) fn nearest_function(&self, name: &str) -> Option<&str> {
        let mut names = FUNCTIONS
            .lines()
            .filter_map(|line| line.split('\t').next())
            .collect::<Vec<_>>();
        names.dedup();
        pgdbm_template::nearest(name, names)
    }

    pub(crate) fn operators(&self, name: &str) -> &[Arc<Operator>] {
        cached(&self.operators, name, || {
            lines_named(OPERATORS, name, self.major)
                .map(|(offset, line)| {
                    Arc::new(line.operator(OperatorId(offset), PG_CATALOG, |name| self.named(name)))
                })
                .collect()
        })
    }

    pub(crate) fn cast(&self, source: TypeId, target: TypeId) -> Option<Cast> {
        self.casts.get(&(source, target)).copied()
    }

    pub(crate) fn has_order_class(&self, id: TypeId) -> bool {
        self.ordered.contains(&id)
    }

    pub(crate) fn has_hash_class(&self, id: TypeId) -> bool {
        self.hashed.contains(&id)
    }

    pub(crate) fn order_classes(&self) -> &[TypeId] {
        &self.ordered
    }

    pub(crate) fn hash_classes(&self) -> &[TypeId] {
        &self.hashed
    }

    pub(crate) fn classes(&self) -> &[OperatorClass] {
        self.classes.get_or_init(|| {
            lines(CLASSES, self.major)
                .map(|line| line.class(PG_CATALOG, |name| self.named(name)))
                .collect()
        })
    }

    /// Most collations are the operating system's: only names that no system has are refused.
    pub(crate) fn collation_exists(&self, name: &str) -> bool {
        lines_named(COLLATIONS, name, self.major).next().is_some() || name.contains(['_', '-', '.'])
    }
}

/// What was read for a name before, or is read now and kept for the life of the process: names are finitely many.
fn cached<T>(
    cache: &Cache<T>,
    name: &str,
    read: impl FnOnce() -> Vec<Arc<T>>,
) -> &'static [Arc<T>] {
    let lock = || cache.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = lock().get(name) {
        return found;
    }
    let found = read();
    if found.is_empty() {
        // Names that are nowhere are not: they could be any.
        return &[];
    }
    let found: &'static [Arc<T>] = Vec::leak(found);
    lock().insert(name.to_owned(), found);
    found
}

fn lines(text: &'static str, major: Major) -> impl Iterator<Item = Line<'static>> {
    text.lines().filter_map(move |line| Line::of(line, major))
}

/// The lines whose first field is `name`, each with its place in the file.
fn lines_named<'a>(
    text: &'static str,
    name: &'a str,
    major: Major,
) -> impl Iterator<Item = (u32, Line<'static>)> + 'a {
    let mut position = first_line(text, name);
    std::iter::from_fn(move || {
        loop {
            let start = position;
            let line = text.get(start..)?.lines().next()?;
            if line.split('\t').next() != Some(name) {
                return None;
            }
            position = start + line.len() + 1;
            if let Some(line) = Line::of(line, major) {
                return Some((u32::try_from(start).unwrap_or(u32::MAX), line));
            }
        }
    })
}

/// Where the first line stands whose first field is not before `name`.
fn first_line(text: &str, name: &str) -> usize {
    let bytes = text.as_bytes();
    let line_start = |position: usize| {
        bytes
            .get(..position)
            .and_then(|before| before.iter().rposition(|byte| *byte == b'\n'))
            .map_or(0, |newline| newline + 1)
    };
    let (mut low, mut high) = (0, text.len());
    while low < high {
        let start = line_start(low + (high - low) / 2);
        let line = text
            .get(start..)
            .and_then(|rest| rest.lines().next())
            .unwrap_or_default();
        if line.split('\t').next().unwrap_or_default() < name {
            low = start + line.len() + 1;
        } else {
            high = start;
        }
    }
    low
}

/// `information_schema.tables` as schema and name; everything else is in `pg_catalog`.
fn schema_and_name(written: &str) -> (&'static str, &str) {
    match written.strip_prefix("information_schema.") {
        Some(name) => (INFORMATION_SCHEMA, name),
        None => (PG_CATALOG, written),
    }
}

fn written_name<'a>(schema: &str, name: &'a str) -> std::borrow::Cow<'a, str> {
    if schema == INFORMATION_SCHEMA {
        std::borrow::Cow::Owned(format!("{INFORMATION_SCHEMA}.{name}"))
    } else {
        std::borrow::Cow::Borrowed(name)
    }
}
