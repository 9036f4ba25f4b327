//! Structs with `#[derive(FromRow)]` from checked queries: `query_as!(User as FromRow, "…")`.
//!
//! The query's macro knows the columns and the struct's derive the fields; the compiler brings them together. The query is a type
//! that has a column for each name ([`HasColumn`]), by the hash of the name, because text is no parameter of a trait; the derive
//! asks for those that its fields read.

use tokio_postgres::types::FromSqlOwned;

use crate::error::Error;
use crate::row::{Row, column};
use crate::types::{Decode, Maybe, Named, Never};

/// Made from the columns `Q` of a checked query.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made from the columns of this query",
    label = "has no `#[derive(FromRow)]`",
    note = "put `#[derive(pgdbm::FromRow)]` on `{Self}`"
)]
#[doc(hidden)]
pub trait FromChecked<Q>: Sized {
    /// The columns that are read.
    const READ: &'static [Reads];

    fn from_checked(row: &Row) -> Result<Self, Error>;
}

/// What is read.
#[doc(hidden)]
#[derive(Debug)]
pub enum Reads {
    /// The column of this name.
    Column(&'static str),
    /// The column at this position.
    At(usize),
    /// What a struct in the struct reads.
    Nested(&'static [Reads]),
}

/// The columns of a query, by their names.
#[doc(hidden)]
pub trait Columns {
    const NAMES: &'static [&'static str];
}

/// Called by generated code: a field whose column may be missing.
#[doc(hidden)]
pub fn column_or_default<Q: Columns, T: FromSqlOwned + Default>(
    row: &Row,
    name: &str,
) -> Result<T, Error> {
    match Q::NAMES.iter().position(|column| *column == name) {
        Some(index) => row.at(index),
        None => Ok(T::default()),
    }
}

/// The columns of a query have one whose name has this hash. `C` is the name for messages.
#[diagnostic::on_unimplemented(
    message = "the query has no column `{C}`, which a field of the struct reads",
    label = "reads the column `{C}`, which the query does not have",
    note = "select the column, or say what it is called: `#[pgdbm(rename = \"…\")]` on the field, or that it may be missing: `#[pgdbm(default)]`"
)]
#[doc(hidden)]
pub trait HasColumn<C, const NAME: u64>: Sized {
    /// The PostgreSQL type.
    type Sql;
    /// What it is read as, for messages.
    type Shown;
    /// What is known of it: [`Filled`], [`Empty`], [`Declared`] or [`Foreign`].
    type Kind;
    /// Its position.
    const INDEX: usize;
}

/// The columns of a query have one at this position, counted from 0.
#[diagnostic::on_unimplemented(
    message = "the query has no column number {INDEX}, counted from 0, which a field of the struct reads",
    label = "reads more columns than the query has",
    note = "select as many columns as the struct has fields, or name them: `#[pgdbm(rename = \"…\")]` on the field"
)]
#[doc(hidden)]
pub trait HasPosition<const INDEX: usize>: Sized {
    type Sql;
    type Shown;
    type Kind;
    /// The name of the column for messages.
    type Name;
}

/// Never NULL.
#[doc(hidden)]
#[derive(Debug)]
pub enum Filled {}

/// May be NULL.
#[doc(hidden)]
#[derive(Debug)]
pub enum Empty {}

/// Read as the type that the query, or Cargo.toml, says.
#[doc(hidden)]
#[derive(Debug)]
pub enum Declared {}

/// Of a type that only the field knows.
#[doc(hidden)]
#[derive(Debug)]
pub enum Foreign {}

/// A field that takes the column `C`.
#[diagnostic::on_unimplemented(
    message = "the column `{C}` is `{S}`: it is read as `{E}`, and the field is `{Self}`",
    label = "the field of the column `{C}` is `{Self}`, expected `{E}`",
    note = "the table at `pgdbm::types` says which types of Rust fit which of PostgreSQL"
)]
#[doc(hidden)]
pub trait Takes<S, E, K, C>: Sized {
    /// Whether it takes NULL.
    type Null;

    fn take(row: &Row, index: usize) -> Result<Self, Error>;
}

macro_rules! typed {
    ($($kind:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<S, E, C, T: Decode<S>> Takes<S, E, $kind, C> for T {
            type Null = T::Null;

            fn take(row: &Row, index: usize) -> Result<Self, Error> {
                column::<S, T>(row, index)
            }
        }
    )+};
}

typed!(Filled, Empty);

#[diagnostic::do_not_recommend]
impl<D: FromSqlOwned, C, T: Named<D, C>> Takes<D, D, Declared, C> for T {
    type Null = Maybe;

    fn take(row: &Row, index: usize) -> Result<Self, Error> {
        row.at::<D>(index).map(T::of)
    }
}

#[diagnostic::do_not_recommend]
impl<S, E, C, T: FromSqlOwned> Takes<S, E, Foreign, C> for T {
    type Null = Maybe;

    fn take(row: &Row, index: usize) -> Result<Self, Error> {
        row.at::<T>(index)
    }
}

/// Of a field that takes NULL, if the column may be that.
#[diagnostic::on_unimplemented(
    message = "the column `{C}` may be NULL, and its field takes no NULL",
    label = "the field of the column `{C}` is no `Option`",
    note = "make the field an `Option`, or, if you know that it is never NULL, put `!` behind its name in the SQL: `AS \"name!\"`"
)]
#[doc(hidden)]
pub trait Suits<K, C> {}

impl<C> Suits<Filled, C> for Never {}
impl<K, C> Suits<K, C> for Maybe {}

/// A field that reads a column by its name: one demand for each field, because what a derive demands costs the compiler most.
#[doc(hidden)]
pub trait ReadsColumn<Q, C, const NAME: u64>: Sized {
    fn read(row: &Row) -> Result<Self, Error>;
}

impl<Q, C, T, const NAME: u64> ReadsColumn<Q, C, NAME> for T
where
    Q: HasColumn<C, NAME>,
    T: Takes<Q::Sql, Q::Shown, Q::Kind, C, Null: Suits<Q::Kind, C>>,
{
    fn read(row: &Row) -> Result<Self, Error> {
        T::take(row, Q::INDEX)
    }
}

/// The same by its position.
#[doc(hidden)]
pub trait ReadsPosition<Q, const INDEX: usize>: Sized {
    fn read(row: &Row) -> Result<Self, Error>;
}

impl<Q, T, const INDEX: usize> ReadsPosition<Q, INDEX> for T
where
    Q: HasPosition<INDEX>,
    T: Takes<Q::Sql, Q::Shown, Q::Kind, Q::Name, Null: Suits<Q::Kind, Q::Name>>,
{
    fn read(row: &Row) -> Result<Self, Error> {
        T::take(row, INDEX)
    }
}

/// A struct that is made from the columns of a query.
#[doc(hidden)]
#[derive(Debug)]
pub struct Checked<T: 'static> {
    /// The columns that are read.
    pub read: &'static [Reads],
    /// Makes it.
    pub make: fn(&Row) -> Result<T, Error>,
}

/// Called by generated code, at the struct's name in the query.
#[doc(hidden)]
#[must_use]
pub const fn checked<Q, T: FromChecked<Q>>() -> Checked<T> {
    Checked {
        read: T::READ,
        make: T::from_checked,
    }
}

/// Called by generated code while compiling: whether something reads the column of this name, at this position.
#[doc(hidden)]
#[must_use]
pub const fn is_read(read: &[Reads], name: &str, position: usize) -> bool {
    let mut index = 0;
    while index < read.len() {
        let found = match &read[index] {
            Reads::Column(column) => is_same(column.as_bytes(), name.as_bytes()),
            Reads::At(at) => *at == position,
            Reads::Nested(inner) => is_read(inner, name, position),
        };
        if found {
            return true;
        }
        index += 1;
    }
    false
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut index = 0;
    while index < one.len() {
        if one[index] != other[index] {
            return false;
        }
        index += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{Reads, is_read};

    #[test]
    fn what_a_struct_in_a_struct_reads_is_read() {
        let read = [
            Reads::Column("id"),
            Reads::Nested(&[Reads::Column("city"), Reads::At(7)]),
        ];
        for (name, position, expected) in [
            ("id", 0, true),
            ("i", 0, false),
            ("idx", 0, false),
            ("city", 3, true),
            ("age", 7, true),
            ("", 0, false),
        ] {
            assert_eq!(is_read(&read, name, position), expected, "{name}");
        }
    }
}
