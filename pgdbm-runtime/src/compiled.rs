//! What a query was compiled against, and how that is compared with what the server says of it.
//!
//! The macros know a schema from the migrations; the server has the schema as it is. Before a checked query runs, the
//! description that comes with its preparation is held against the one that it was compiled with, so that no value is ever
//! read as what it is not.

use std::fmt;
use std::sync::Arc;

use pgdbm_template::SchemaName;
use tokio_postgres::Statement;
use tokio_postgres::types::{Kind as TypeKind, Type};

use crate::compiled_made::CompiledMade;

/// The description of a query when it was compiled.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Compiled {
    /// The migration file that was the newest; empty without one.
    newest: &'static str,
    /// The newest of those that made what the query names; empty where they made nothing of it.
    needed: &'static str,
    parameters: Vec<CompiledType>,
    columns: Vec<CompiledColumn>,
    /// The numbers of parameters whose arrays go side by side.
    side_by_side: Vec<Vec<usize>>,
    /// It is no query, but a type that the migrations make.
    made: Option<CompiledMade>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
struct CompiledColumn {
    name: &'static str,
    ty: CompiledType,
    /// The migration file that gave it that type, if it is a table's.
    migration: &'static str,
}

/// A type as far as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CompiledType {
    /// Not compared.
    Any,
    /// One of the server's own, by its number.
    Builtin(u32),
    /// One of the schema that the query runs on.
    Own(&'static str),
    /// One of a certain schema.
    Of(&'static str, &'static str),
    /// One of an extension, in whatever schema that is.
    Named(&'static str),
    Array(Box<CompiledType>),
}

/// Reads what a macro wrote: the module of the migrations, the newest of them and the newest that the query needs; and, for a query
/// that was checked against them, the types of the parameters, each behind `$`; the columns, each as its name, its type and its
/// migration behind `|`; the numbers of parameters whose arrays go side by side, behind `=`; all of it with NUL between, which no
/// name holds. For a type that the migrations make, which kind it is, as [`CompiledMade::begin`] reads it, with labels behind `'`, and
/// attributes, each as its name and its type, behind `.`.
pub(crate) fn read(text: &'static str) -> (&'static str, Option<Compiled>) {
    let (package, described) = match text.split_once('\0') {
        Some((package, described)) => (package, Some(described)),
        None => (text, None),
    };
    let mut names = package.split('\u{1}');
    let mut name = || names.next().unwrap_or_default();
    let (module, newest, needed) = (name(), name(), name());
    let described = described.map(|text| Compiled::read(newest, needed, text));
    (module, described)
}

impl Compiled {
    /// The migration file that was the newest; empty without one.
    pub(crate) fn newest(&self) -> &'static str {
        self.newest
    }

    /// What to do about a schema that lacks what the query names.
    pub(crate) fn behind(&self) -> Option<String> {
        match self.needed {
            "" => self.behind_newest(),
            needed => Some(behind(needed)),
        }
    }

    /// The same for what nobody knows the migration of.
    pub(crate) fn behind_newest(&self) -> Option<String> {
        (!self.newest.is_empty()).then(|| behind(self.newest))
    }

    fn read(newest: &'static str, needed: &'static str, text: &'static str) -> Self {
        let mut compiled = Compiled {
            newest,
            needed,
            ..Compiled::default()
        };
        let mut parts = text.split('\0');
        while let Some(part) = parts.next() {
            if let Some(parameter) = part.strip_prefix('$') {
                compiled.parameters.push(CompiledType::read(parameter));
            } else if let Some(name) = part.strip_prefix('|') {
                compiled.columns.push(CompiledColumn {
                    name,
                    ty: CompiledType::read(parts.next().unwrap_or_default()),
                    migration: parts.next().unwrap_or_default(),
                });
            } else if let Some(numbers) = part.strip_prefix('=') {
                let numbers = numbers.split(',').filter_map(|number| number.parse().ok());
                compiled.side_by_side.push(numbers.collect());
            } else if let Some(made) = CompiledMade::begin(part) {
                compiled.made = Some(made);
            } else if let Some(made) = &mut compiled.made {
                if let Some(label) = part.strip_prefix('\'') {
                    made.label(label);
                } else if let Some(name) = part.strip_prefix('.') {
                    made.attribute(name, CompiledType::read(parts.next().unwrap_or_default()));
                }
            }
        }
        compiled
    }

    /// The same of a statement that has only these of the parameters.
    pub(crate) fn only(mut self, parameters: &[usize]) -> Self {
        let all = self.parameters;
        let chosen = parameters.iter();
        self.parameters = chosen
            .filter_map(|index| all.get(*index).cloned())
            .collect();
        let number = |old: &usize| {
            let index = parameters.iter().position(|index| index + 1 == *old)?;
            Some(index + 1)
        };
        let groups = self.side_by_side.into_iter();
        let groups = groups.map(|group| group.iter().filter_map(number).collect());
        self.side_by_side = groups
            .filter(|group: &Vec<usize>| group.len() > 1)
            .collect();
        self
    }

    /// Whether it is no query, but a type that the migrations make.
    pub(crate) fn is_type(&self) -> bool {
        self.made.is_some()
    }

    /// The numbers of parameters whose arrays go side by side, and must be of one length.
    pub(crate) fn side_by_side(&self) -> &[Vec<usize>] {
        &self.side_by_side
    }
}

impl CompiledType {
    /// Reads a type: a number, or a letter and a name.
    pub(crate) fn read(text: &'static str) -> Self {
        let Some((kind, rest)) = text.split_at_checked(1) else {
            return CompiledType::Any;
        };
        match kind {
            "a" => CompiledType::Array(Box::new(Self::read(rest))),
            "o" => CompiledType::Own(rest),
            "n" => CompiledType::Named(rest),
            "s" => match rest.split_once('\u{1}') {
                Some((schema, name)) => CompiledType::Of(schema, name),
                None => CompiledType::Any,
            },
            _ => text
                .parse()
                .map_or(CompiledType::Any, CompiledType::Builtin),
        }
    }
}

/// Where the columns that a query was compiled with stand in the rows of the server; `None` where each is in its place.
pub(crate) type Order = Option<Arc<[usize]>>;

/// What a query has on the server that is not as it was compiled.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Drift {
    differences: Vec<Difference>,
    /// What to do where no difference names a migration.
    behind: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
enum Difference {
    Parameter {
        /// As it is written: `$2` or `$email`.
        name: String,
        expected: String,
        found: String,
    },
    Column {
        name: &'static str,
        expected: String,
        /// Nothing where the column is missing.
        found: Option<String>,
        migration: &'static str,
    },
    /// What is not as it was of a type that the migrations make, in a sentence.
    Type(String),
    /// There are more columns of this name than there were: nobody knows which of them is meant.
    Columns {
        name: &'static str,
        expected: usize,
        found: usize,
    },
}

impl Drift {
    /// The first column that differs.
    pub(crate) fn column(&self) -> Option<&str> {
        self.differences
            .iter()
            .find_map(|difference| match difference {
                Difference::Column { name, .. } | Difference::Columns { name, .. } => Some(*name),
                Difference::Parameter { .. } | Difference::Type(_) => None,
            })
    }
}

/// Holds the server's description against the compiled one. `parameter` says how a parameter is written.
///
/// # Errors
/// All that differs.
pub(crate) fn compare(
    compiled: &Compiled,
    statement: &Statement,
    schema: &SchemaName,
    parameter: impl Fn(usize) -> String,
) -> Result<Order, Drift> {
    let mut differences = Vec::new();
    let schema = schema.as_str();
    let parameters = compiled.parameters.iter().zip(statement.params());
    for (index, (expected, found)) in parameters.enumerate() {
        if !expected.is(found, schema) {
            differences.push(Difference::Parameter {
                name: parameter(index + 1),
                expected: expected.shown_beside(found, schema),
                found: expected.found(found),
            });
        }
    }
    let columns = statement.columns();
    if let (Some(made), [column]) = (&compiled.made, columns) {
        let made = made.differences(column.type_(), schema).into_iter();
        differences.extend(made.map(Difference::Type));
    }
    let is_in_place = |(expected, found): (&CompiledColumn, &tokio_postgres::Column)| {
        expected.name == found.name() && expected.ty.is(found.type_(), schema)
    };
    let in_place = compiled.columns.len() == columns.len()
        && compiled.columns.iter().zip(columns).all(is_in_place);
    if in_place && differences.is_empty() {
        return Ok(None);
    }
    // `*` gives what the table has by now: columns that came, went or stand elsewhere.
    let mut order = Vec::with_capacity(compiled.columns.len());
    for (index, expected) in compiled.columns.iter().enumerate() {
        let CompiledColumn {
            name,
            ty,
            migration,
        } = expected;
        let there = columns.iter().filter(|column| column.name() == *name);
        let same = compiled.columns.iter().filter(|other| other.name == *name);
        let (there, same) = (there.count(), same.count());
        let before = compiled.columns.iter().take(index);
        let nth = before.filter(|other| other.name == *name).count();
        // `u.*, o.note`, where `u` has a `note` by now.
        if there > same {
            if nth == 0 {
                differences.push(Difference::Columns {
                    name,
                    expected: same,
                    found: there,
                });
            }
            continue;
        }
        // Of several columns with one name the first is the first.
        let mut named = columns
            .iter()
            .enumerate()
            .filter(|(_, column)| column.name() == *name);
        let found = match named.nth(nth) {
            Some((position, column)) if ty.is(column.type_(), schema) => {
                order.push(position);
                continue;
            }
            found => found.map(|(_, column)| column.type_()),
        };
        differences.push(Difference::Column {
            name,
            expected: match found {
                Some(found) => ty.shown_beside(found, schema),
                None => ty.to_string(),
            },
            found: found.map(|found| ty.found(found)),
            migration,
        });
    }
    if differences.is_empty() {
        return Ok(Some(order.into()));
    }
    Err(Drift {
        differences,
        behind: compiled.behind(),
    })
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [only] = self.differences.as_slice() {
            write!(f, "{only}")?;
        } else {
            f.write_str(match self.differences.first() {
                Some(Difference::Type(_)) => "the type is not what it was compiled as",
                _ => "the query is not what it was compiled as",
            })?;
            for difference in &self.differences {
                write!(f, "\n  {difference}")?;
            }
        }
        let mut migrations: Vec<&str> = self
            .differences
            .iter()
            .filter_map(Difference::migration)
            .collect();
        migrations.sort_unstable();
        migrations.dedup();
        match (migrations.as_slice(), &self.behind) {
            ([], None) => Ok(()),
            ([], Some(behind)) => write!(f, "\n  help: {behind}"),
            (made, _) => {
                let made: Vec<String> = made.iter().map(|name| format!("`{name}`")).collect();
                let (made, has) = match made.as_slice() {
                    [only] => (only.clone(), "it"),
                    _ => (made.join(" and "), "them"),
                };
                write!(
                    f,
                    "\n  help: apply {made}, if this schema lacks {has}; if it has {has}, {BY_OTHER_MEANS}"
                )
            }
        }
    }
}

const BY_OTHER_MEANS: &str = "the schema was changed by other means: undo that, or write a migration of it and compile again";

/// What to do about a schema that lacks something, when nobody knows which migration made it.
fn behind(last: &str) -> String {
    format!(
        "apply the migrations up to `{last}`, if this schema lacks some; if it has them all, {BY_OTHER_MEANS}"
    )
}

impl Difference {
    fn migration(&self) -> Option<&'static str> {
        match self {
            Difference::Column { migration, .. } => {
                Some(*migration).filter(|migration| !migration.is_empty())
            }
            Difference::Parameter { .. } | Difference::Columns { .. } | Difference::Type(_) => None,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Parameter {
                name,
                expected,
                found,
            } => write!(
                f,
                "the parameter `{name}` is `{found}` on the server, and was `{expected}` when the query was compiled"
            ),
            Difference::Column {
                name,
                expected,
                found: Some(found),
                ..
            } => write!(
                f,
                "the column `{name}` is `{found}` on the server, and was `{expected}` when the query was compiled"
            ),
            Difference::Column {
                name,
                expected,
                found: None,
                ..
            } => write!(
                f,
                "the result has no column `{name}` on the server, and had one of the type `{expected}` when the query was compiled"
            ),
            Difference::Type(sentence) => f.write_str(sentence),
            Difference::Columns {
                name,
                expected,
                found,
            } => write!(
                f,
                "the result has {found} columns `{name}` on the server, and had {expected} when the query was compiled: write which \
                 columns are meant, instead of `*`"
            ),
        }
    }
}

impl CompiledType {
    pub(crate) fn is(&self, found: &Type, schema: &str) -> bool {
        match self {
            CompiledType::Any => true,
            CompiledType::Builtin(oid) => found.oid() == *oid,
            CompiledType::Own(name) => found.schema() == schema && found.name() == *name,
            CompiledType::Of(schema, name) => found.schema() == *schema && found.name() == *name,
            CompiledType::Named(name) => found.name() == *name,
            CompiledType::Array(element) => match found.kind() {
                TypeKind::Array(found) => element.is(found, schema),
                _ => false,
            },
        }
    }
}

impl CompiledType {
    /// How it is shown beside the type that was found instead: types of one name are told by their schemas.
    pub(crate) fn shown_beside(&self, found: &Type, schema: &str) -> String {
        match self.schema(schema) {
            Some(home) if self.to_string() == found.name() => format!("{home}.{self}"),
            _ => self.to_string(),
        }
    }

    /// The same of the type that was found.
    pub(crate) fn found(&self, found: &Type) -> String {
        if self.to_string() == found.name() {
            format!("{}.{}", found.schema(), found.name())
        } else {
            found.name().to_owned()
        }
    }

    /// The schema that it is in, if that is known.
    fn schema<'s>(&self, own: &'s str) -> Option<&'s str> {
        match self {
            CompiledType::Own(_) => Some(own),
            CompiledType::Of(schema, _) => Some(schema),
            CompiledType::Builtin(_) => Some("pg_catalog"),
            CompiledType::Array(element) => element.schema(own),
            CompiledType::Any | CompiledType::Named(_) => None,
        }
    }
}

impl fmt::Display for CompiledType {
    /// As the server's catalog names it: `int8`, `_text`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CompiledType::Any => f.write_str("any type"),
            CompiledType::Builtin(oid) => match Type::from_oid(*oid) {
                Some(known) => f.write_str(known.name()),
                None => write!(f, "the type {oid}"),
            },
            CompiledType::Own(name) | CompiledType::Of(_, name) | CompiledType::Named(name) => {
                f.write_str(name)
            }
            CompiledType::Array(element) => write!(f, "_{element}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Compiled, CompiledColumn, CompiledType, read};

    #[test]
    fn what_the_macros_write_is_read() {
        let written = "shop\u{1}002_b.sql\u{1}001_a.sql~$20~$~$oemail~|id~20~001_a.sql~|~aostatus~~|x~sbilling\u{1}kind~~|$~ncitext~~=1,3~=2,12";
        let written = written.replace('~', "\0").leak();
        assert_eq!(
            read(written),
            (
                "shop",
                Some(Compiled {
                    newest: "002_b.sql",
                    needed: "001_a.sql",
                    parameters: vec![
                        CompiledType::Builtin(20),
                        CompiledType::Any,
                        CompiledType::Own("email")
                    ],
                    side_by_side: vec![vec![1, 3], vec![2, 12]],
                    made: None,
                    columns: [
                        ("id", CompiledType::Builtin(20), "001_a.sql"),
                        (
                            "",
                            CompiledType::Array(Box::new(CompiledType::Own("status"))),
                            ""
                        ),
                        ("x", CompiledType::Of("billing", "kind"), ""),
                        ("$", CompiledType::Named("citext"), ""),
                    ]
                    .into_iter()
                    .map(|(name, ty, migration)| CompiledColumn {
                        name,
                        ty,
                        migration
                    })
                    .collect(),
                })
            )
        );
        assert_eq!(read("shop\u{1}\u{1}"), ("shop", None));
        assert_eq!(read(""), ("", None));
    }
}
