//! Types as a program meets them: what it must know of a type to send and to read its values.

use crate::catalog::{Catalog, PG_CATALOG, Subscripting, TypeId, TypeKind, oid};

/// The type of a parameter or a column, resolved: what it is called, and what it is made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SqlType {
    /// The server's number for it, the same in every database; None for what extensions and migrations make.
    pub oid: Option<u32>,
    /// Where it lives.
    pub home: Home,
    /// Its name in `pg_type`: `int8`, `_text`, `hstore`, `status`.
    pub name: String,
    /// What it is made of.
    pub kind: SqlTypeKind,
}

/// The schema of a thing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Home {
    /// The server brings it along.
    Server,
    /// The schema that placeholders stand for.
    Own,
    /// Another schema, by its name.
    Schema(String),
}

/// What a type is made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SqlTypeKind {
    /// Itself.
    Base,
    /// Elements of another type.
    Array(Box<SqlType>),
    /// Labels.
    Enum,
    /// Attributes: the row type of a table, or a type of its own.
    Composite,
    /// Another type, with conditions.
    Domain(Box<SqlType>),
    /// Bounds of another type.
    Range(Box<SqlType>),
    /// Ranges over another type.
    Multirange(Box<SqlType>),
    /// A row whose attributes nobody named, `void`, and other types that no column of a table has.
    Pseudo,
}

impl Home {
    pub(crate) fn of(schema: &str, own: &str) -> Self {
        if schema == PG_CATALOG {
            Home::Server
        } else if schema == own {
            Home::Own
        } else {
            Home::Schema(schema.to_owned())
        }
    }
}

impl SqlType {
    pub(crate) fn of(catalog: &Catalog, own: &str, id: TypeId) -> Self {
        let found = catalog.type_(id);
        let within = |id: TypeId| Box::new(Self::of(catalog, own, id));
        let kind = match &found.kind {
            TypeKind::Base => match (found.subscripting, found.element) {
                // These two are arrays only to subscripts.
                (Subscripting::Array, Some(element))
                    if id != oid::INT2VECTOR && id != oid::OIDVECTOR =>
                {
                    SqlTypeKind::Array(within(element))
                }
                _ => SqlTypeKind::Base,
            },
            TypeKind::Composite => SqlTypeKind::Composite,
            TypeKind::Domain(domain) => SqlTypeKind::Domain(within(domain.base)),
            TypeKind::Enum(_) => SqlTypeKind::Enum,
            TypeKind::Range { subtype, .. } => SqlTypeKind::Range(within(*subtype)),
            TypeKind::Multirange { range } => match &catalog.type_(*range).kind {
                TypeKind::Range { subtype, .. } => SqlTypeKind::Multirange(within(*subtype)),
                _ => SqlTypeKind::Base,
            },
            TypeKind::Pseudo => SqlTypeKind::Pseudo,
        };
        let home = Home::of(&found.schema, own);
        Self {
            oid: (home == Home::Server).then_some(id.0),
            home,
            name: found.name.clone(),
            kind,
        }
    }

    /// The type without the domains around it.
    #[must_use]
    pub fn base(&self) -> &Self {
        match &self.kind {
            SqlTypeKind::Domain(base) => base.base(),
            _ => self,
        }
    }
}
