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

/// The description of a query when it was compiled.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Compiled {
    parameters: Vec<CompiledType>,
    columns: Vec<CompiledColumn>,
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
enum CompiledType {
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

impl Compiled {
    /// Reads what a macro wrote: the types of the parameters, each behind `$`, and the columns, each as its name, its type and
    /// its migration behind `|`; all of it with NUL between, which no name holds.
    pub(crate) fn read(text: &'static str) -> Self {
        let mut compiled = Compiled::default();
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
        self
    }
}

impl CompiledType {
    /// Reads a type: a number, or a letter and a name.
    fn read(text: &'static str) -> Self {
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

/// Holds the server's description against the compiled one.
///
/// # Errors
/// A sentence that names what differs, and what to do.
pub(crate) fn compare(
    compiled: &Compiled,
    statement: &Statement,
    schema: &SchemaName,
) -> Result<Order, String> {
    let parameters = compiled.parameters.iter().zip(statement.params());
    for (index, (expected, found)) in parameters.enumerate() {
        if !expected.is(found, schema) {
            return Err(format!(
                "`${}` is `{}` on the server, and was `{expected}` when the query was compiled{HELP}",
                index + 1,
                found.name()
            ));
        }
    }
    let columns = statement.columns();
    let is_in_place = |(expected, found): (&CompiledColumn, &tokio_postgres::Column)| {
        expected.name == found.name() && expected.ty.is(found.type_(), schema)
    };
    if compiled.columns.len() == columns.len()
        && compiled.columns.iter().zip(columns).all(is_in_place)
    {
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
        // Of several columns with one name the first is the first.
        let before = compiled.columns.iter().take(index);
        let nth = before.filter(|other| other.name == *name).count();
        let mut found = columns.iter().enumerate();
        let Some((position, column)) = found
            .by_ref()
            .filter(|(_, column)| column.name() == *name)
            .nth(nth)
        else {
            let help = help(migration);
            return Err(format!(
                "the result has no column `{name}` on the server, and had one when the query was compiled{help}"
            ));
        };
        if !ty.is(column.type_(), schema) {
            let help = help(migration);
            return Err(format!(
                "the column `{name}` is `{}` on the server, and was `{ty}` when the query was compiled{help}",
                column.type_().name()
            ));
        }
        order.push(position);
    }
    Ok(Some(order.into()))
}

const HELP: &str = "\n  help: the schema is not what the migrations made of it: apply those that are missing, or compile again \
                    with the migrations that it has";

fn help(migration: &str) -> String {
    if migration.is_empty() {
        return HELP.to_owned();
    }
    format!("{HELP}; see `{migration}`")
}

impl CompiledType {
    fn is(&self, found: &Type, schema: &SchemaName) -> bool {
        match self {
            CompiledType::Any => true,
            CompiledType::Builtin(oid) => found.oid() == *oid,
            CompiledType::Own(name) => found.schema() == schema.as_str() && found.name() == *name,
            CompiledType::Of(schema, name) => found.schema() == *schema && found.name() == *name,
            CompiledType::Named(name) => found.name() == *name,
            CompiledType::Array(element) => match found.kind() {
                TypeKind::Array(found) => element.is(found, schema),
                _ => false,
            },
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
    use super::{Compiled, CompiledColumn, CompiledType};

    #[test]
    fn what_the_macros_write_is_read() {
        let written =
            "$20~$~$oemail~|id~20~001_a.sql~|~aostatus~~|x~sbilling\u{1}kind~~|$~ncitext~";
        let written = written.replace('~', "\0").leak();
        assert_eq!(
            Compiled::read(written),
            Compiled {
                parameters: vec![
                    CompiledType::Builtin(20),
                    CompiledType::Any,
                    CompiledType::Own("email")
                ],
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
            }
        );
    }
}
