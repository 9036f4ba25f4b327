//! What a query was compiled against, and how that is compared with what the server says of it.
//!
//! The macros know a schema from the migrations; the server has the schema as it is. Before a checked query runs, the
//! description that comes with its preparation is held against the one that it was compiled with, so that no value is ever
//! read as what it is not.

mod drift;
mod made;
mod ty;

use std::sync::Arc;

use pgdbm_template::SchemaName;
use tokio_postgres::Statement;

pub(crate) use drift::Drift;
use drift::{Difference, behind};
use made::CompiledMade;
pub(crate) use ty::CompiledType;

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

/// Where the columns that a query was compiled with stand in the rows of the server; `None` where each is in its place.
pub(crate) type Order = Option<Arc<[usize]>>;

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
