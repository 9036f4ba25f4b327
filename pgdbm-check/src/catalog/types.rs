//! Types: the rows of `pg_type`.

use super::{Origin, oid};

/// A type's identity: the server's own OID for what it brings along, numbers of our own for what migrations make.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TypeId(pub(crate) u32);

impl TypeId {
    /// The first identity of a type that migrations made.
    pub(crate) const FIRST_OWN: u32 = 1 << 20;

    pub(crate) fn own(index: usize) -> Self {
        Self(Self::FIRST_OWN.saturating_add(u32::try_from(index).unwrap_or(u32::MAX)))
    }

    pub(crate) fn own_index(self) -> Option<usize> {
        usize::try_from(self.0.checked_sub(Self::FIRST_OWN)?).ok()
    }
}

impl std::fmt::Debug for TypeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}", self.0)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Type {
    pub(crate) schema: String,
    pub(crate) name: String,
    pub(crate) kind: TypeKind,
    /// `typcategory`: `N` for numbers, `S` for strings, …
    pub(crate) category: u8,
    /// `typispreferred`
    pub(crate) preferred: bool,
    /// `typelem`: what a subscript gives.
    pub(crate) element: Option<TypeId>,
    /// `typarray`
    pub(crate) array: Option<TypeId>,
    pub(crate) subscripting: Subscripting,
    /// `typcollation` is not 0.
    pub(crate) collatable: bool,
    /// It takes modifiers: `numeric(10,2)`.
    pub(crate) modifiers: bool,
    /// Reading it from text depends on settings, or on the catalog.
    pub(crate) input_depends: bool,
    /// Writing it as text does.
    pub(crate) output_depends: bool,
    /// A comment's text, for generated documentation.
    pub(crate) comment: Option<String>,
    /// Where a migration declares it; of an enum and a domain. A row type's is its relation's.
    pub(crate) origin: Option<Origin>,
}

/// `typsubscript`: how it answers to `[…]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subscripting {
    None,
    /// A true array of variable length (`array_subscript_handler`).
    Array,
    /// A fixed-length array such as `point` (`raw_array_subscript_handler`).
    Fixed,
    Jsonb,
    Hstore,
}

#[derive(Clone, Debug)]
pub(crate) enum TypeKind {
    Base,
    /// A row type: the relation of the same identity has the attributes.
    Composite,
    Domain(Box<Domain>),
    /// The labels in order.
    Enum(Vec<String>),
    Range {
        subtype: TypeId,
        multirange: TypeId,
    },
    Multirange {
        range: TypeId,
    },
    Pseudo,
}

#[derive(Clone, Debug)]
pub(crate) struct Domain {
    pub(crate) base: TypeId,
    /// -1: none.
    pub(crate) modifier: i32,
    /// NOT NULL, of this domain or of one below it.
    pub(crate) not_null: bool,
    pub(crate) has_default: bool,
    /// Names of its CHECK constraints.
    pub(crate) constraints: Vec<String>,
}

impl Type {
    /// A type with the properties that most have: no category of its own, not preferred, no modifiers.
    pub(crate) fn new(schema: String, name: String, kind: TypeKind) -> Self {
        Self {
            schema,
            name,
            kind,
            category: b'U',
            preferred: false,
            element: None,
            array: None,
            subscripting: Subscripting::None,
            collatable: false,
            modifiers: false,
            input_depends: false,
            output_depends: false,
            comment: None,
            origin: None,
        }
    }

    pub(crate) fn array(schema: String, name: String, element: TypeId) -> Self {
        Self {
            category: b'A',
            element: Some(element),
            subscripting: Subscripting::Array,
            ..Self::new(schema, name, TypeKind::Base)
        }
    }

    pub(crate) fn composite(schema: String, name: String) -> Self {
        Self {
            category: b'C',
            ..Self::new(schema, name, TypeKind::Composite)
        }
    }

    pub(crate) fn enumeration(schema: String, name: String, labels: Vec<String>) -> Self {
        Self {
            category: b'E',
            ..Self::new(schema, name, TypeKind::Enum(labels))
        }
    }

    pub(crate) fn is_enum(&self) -> bool {
        matches!(self.kind, TypeKind::Enum(_))
    }

    pub(crate) fn is_domain(&self) -> bool {
        matches!(self.kind, TypeKind::Domain(_))
    }

    pub(crate) fn is_composite(&self) -> bool {
        matches!(self.kind, TypeKind::Composite)
    }

    /// The pseudo-types that stand for a family of types in the signature of a function.
    pub(crate) fn is_polymorphic(id: TypeId) -> bool {
        matches!(
            id,
            oid::ANYELEMENT
                | oid::ANYARRAY
                | oid::ANYNONARRAY
                | oid::ANYENUM
                | oid::ANYRANGE
                | oid::ANYMULTIRANGE
                | oid::ANYCOMPATIBLE
                | oid::ANYCOMPATIBLEARRAY
                | oid::ANYCOMPATIBLENONARRAY
                | oid::ANYCOMPATIBLERANGE
                | oid::ANYCOMPATIBLEMULTIRANGE
        )
    }
}
