//! The syntax tree of a statement, as the rest of the crate sees it.
//!
//! It follows PostgreSQL's raw parse tree (`parsenodes.h`): names are not resolved, types are not known. What the grammar
//! itself rewrites is rewritten here too: `EXTRACT(year FROM x)` is a call of `pg_catalog.extract`, `int` is the type
//! `pg_catalog.int4`. Every node knows its place in the text.

mod definition;
mod expression;
mod query;
mod statement;

pub(crate) use definition::*;
pub(crate) use expression::*;
pub(crate) use query::*;
pub(crate) use statement::*;

/// A place in a text: the bytes from `start` to `end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    pub(crate) const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// From the start of the one to the end of the other.
    pub(crate) const fn to(self, end: Self) -> Self {
        Self {
            start: self.start,
            end: end.end,
        }
    }

    /// The text that it spans.
    pub(crate) fn of(self, sql: &str) -> Option<&str> {
        let byte = |number: u32| usize::try_from(number).ok();
        sql.get(byte(self.start)?..byte(self.end)?)
    }
}

/// One identifier, folded to lower case unless it was quoted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

impl Name {
    pub(crate) fn new(text: impl Into<String>, span: Span) -> Self {
        Self {
            text: text.into(),
            span,
        }
    }
}

/// A name with its qualifiers: `users`, `shop.users`, `catalog.shop.users`. It has at least one part.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ObjectName {
    pub(crate) parts: Vec<Name>,
    pub(crate) span: Span,
}

impl ObjectName {
    /// The last part.
    pub(crate) fn name(&self) -> &str {
        self.parts.last().map_or("", |name| name.text.as_str())
    }

    /// The part before the last.
    pub(crate) fn schema(&self) -> Option<&str> {
        let index = self.parts.len().checked_sub(2)?;
        self.parts.get(index).map(|name| name.text.as_str())
    }

    /// Where the last part stands.
    pub(crate) fn name_span(&self) -> Span {
        self.parts.last().map_or(self.span, |name| name.span)
    }
}

/// A type as it is written.
///
/// The grammar's own spellings are already what they stand for: `int` is `pg_catalog.int4`, `character varying(10)` is
/// `pg_catalog.varchar` with one modifier, `char` is `pg_catalog.bpchar` with the modifier 1, `float(10)` is
/// `pg_catalog.float4`, `timestamp with time zone` is `pg_catalog.timestamptz`, `interval day to second(3)` is
/// `pg_catalog.interval` with its precision as the modifier, `bit` is `pg_catalog.bit` with the modifier 1.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TypeName {
    pub(crate) name: ObjectName,
    /// What stands in parentheses behind the name. Usually constants; names for types of extensions.
    pub(crate) modifiers: Vec<Expr>,
    /// How many `[]` follow; `ARRAY` counts as one.
    pub(crate) array_dimensions: u32,
    /// `SETOF` stands before it (in functions).
    pub(crate) set_of: bool,
    /// `name%TYPE`: the name is that of a column.
    pub(crate) column_type: bool,
    pub(crate) span: Span,
}
