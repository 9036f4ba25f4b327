//! A type as far as it is compared with the server's.

use std::fmt;

use tokio_postgres::types::{Kind, Type};

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

    pub(crate) fn is(&self, found: &Type, schema: &str) -> bool {
        match self {
            CompiledType::Any => true,
            CompiledType::Builtin(oid) => found.oid() == *oid,
            CompiledType::Own(name) => found.schema() == schema && found.name() == *name,
            CompiledType::Of(schema, name) => found.schema() == *schema && found.name() == *name,
            CompiledType::Named(name) => found.name() == *name,
            CompiledType::Array(element) => match found.kind() {
                Kind::Array(found) => element.is(found, schema),
                _ => false,
            },
        }
    }

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
