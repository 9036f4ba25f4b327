//! A row, read by column name or position, and its mapping into a struct.

use std::any::type_name;
use std::fmt;

use tokio_postgres::types::{FromSql, FromSqlOwned, Type, WasNull, WrongType};

use crate::compiled::Order;
use crate::error::display::short_type_name;
use crate::error::{Error, Kind, chain};
use crate::types::sql::SqlType;
use crate::types::{Absent, Alike, CodecError, Decode, Field, Named, Read, null_in};

/// How a row becomes a value.
pub(crate) type Mapper<O> = fn(Row) -> Result<O, Error>;

/// One row of a result.
///
/// ```
/// # fn example(row: pgdbm_runtime::Row) -> Result<(), pgdbm_runtime::Error> {
/// let id: i32 = row.get("id")?;
/// let email = row.get::<Option<String>>(1)?;
/// # Ok(()) }
/// ```
pub struct Row {
    inner: tokio_postgres::Row,
    /// Where the columns stand that a checked query was compiled with.
    order: Order,
}

/// A column of a row: its name, or its position counted from 0.
///
/// Sealed: `&str`, `String` and `usize` are what there is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no column",
    label = "expected a column name or a position",
    note = "write `row.get(\"email\")` or `row.get(0)`"
)]
pub trait ColumnIndex: sealed::Sealed {
    #[doc(hidden)]
    fn position(&self, row: &Row) -> Result<usize, Error>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for str {}
    impl Sealed for String {}
    impl Sealed for usize {}
    impl<T: Sealed + ?Sized> Sealed for &T {}
}

/// A value that a row maps into.
///
/// Derive it with `#[derive(pgdbm::FromRow)]`; tuples of up to 12 readable values have it too, column by column.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made from a row",
    label = "this type does not implement `FromRow`",
    note = "put `#[derive(pgdbm::FromRow)]` on `{Self}`"
)]
pub trait FromRow: Sized {
    /// Reads the row.
    ///
    /// # Errors
    /// When a column is missing, has another type, or is NULL where the type takes none.
    fn from_row(row: &Row) -> Result<Self, Error>;
}

impl Row {
    /// A row of a statement that was not checked.
    pub(crate) fn plain(inner: tokio_postgres::Row) -> Self {
        Row::new(inner, None)
    }

    pub(crate) fn new(inner: tokio_postgres::Row, order: Order) -> Self {
        Row { inner, order }
    }

    /// Reads the column with this name, or at this position, counted from 0.
    ///
    /// The types that can be read, and from which PostgreSQL types, are listed at [`FromSql`].
    ///
    /// # Errors
    /// When there is no such column, when `T` does not read the column's type, and when the column
    /// is NULL and `T` is no `Option`.
    pub fn get<'r, T: FromSql<'r>>(&'r self, column: impl ColumnIndex) -> Result<T, Error> {
        let position = column.position(self)?;
        let read = self.inner.try_get::<_, Alike<T>>(position);
        read.map(|read| read.0)
            .map_err(|error| self.explain::<T>(position, &error, false))
    }

    /// Whether the row has a column of this name.
    pub fn has_column(&self, name: &str) -> bool {
        self.names().any(|present| present == name)
    }

    /// The names of the columns, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.inner
            .columns()
            .iter()
            .map(tokio_postgres::Column::name)
    }

    /// The number of columns.
    pub fn len(&self) -> usize {
        self.inner.len()
    }

    /// Whether the row has no columns at all.
    pub fn is_empty(&self) -> bool {
        self.inner.is_empty()
    }

    /// The driver's row, for what this type does not offer.
    pub fn as_driver(&self) -> &tokio_postgres::Row {
        &self.inner
    }

    /// The column that was compiled as this one, whose type has been compared.
    pub(crate) fn at<T: FromSqlOwned>(&self, index: usize) -> Result<T, Error> {
        let position = self.position(index);
        let read = self.inner.try_get::<_, Alike<T>>(position);
        read.map(|read| read.0)
            .map_err(|error| self.explain::<T>(position, &error, true))
    }

    /// Where the column stands that was compiled as this one.
    fn position(&self, index: usize) -> usize {
        self.order
            .as_ref()
            .and_then(|order| order.get(index).copied())
            .unwrap_or(index)
    }

    /// Why a column could not be read; `compiled` says that the macros knew its type and whether it may be NULL.
    fn explain<T>(&self, position: usize, error: &tokio_postgres::Error, compiled: bool) -> Error {
        let column = &self.inner.columns()[position];
        let name = column.name().to_owned();
        let source = std::error::Error::source(error);
        if source.is_some_and(<dyn std::error::Error>::is::<WasNull>) {
            let whole = self.inner.try_get::<_, Option<Sent<'_>>>(position);
            if let Ok(Some(Sent(ty, raw))) = whole
                && let Some(reason) = null_in(&ty, raw)
            {
                return Error::new(Kind::ColumnValue {
                    column: name,
                    reason,
                });
            }
            return Error::new(Kind::ColumnNull {
                column: name,
                rust: type_name::<T>(),
                compiled,
            });
        }
        if source.is_some_and(<dyn std::error::Error>::is::<WrongType>) {
            let (rust, help) = (
                short_type_name(type_name::<T>()),
                type_help(column.type_().name()),
            );
            // Of a checked query the type is known, and what it is read as was asked for.
            let asked = match compiled {
                true => format!(
                    "`{rust}` is named for it in the SQL, `AS \"name: Type\"`, in `[package.metadata.pgdbm.overrides]` of Cargo.toml, or by a \
                     field: "
                ),
                false => String::new(),
            };
            let reason = format!("`{rust}` does not read it\n  help: {asked}{help}");
            return Error::new(Kind::ColumnType {
                column: name,
                server: column.type_().name().to_owned(),
                reason,
            });
        }
        let reason = source.map_or_else(|| error.to_string(), chain);
        Error::new(Kind::ColumnValue {
            column: name,
            reason,
        })
    }
}

/// A value as it was sent, with its type.
struct Sent<'r>(Type, &'r [u8]);

impl<'r> FromSql<'r> for Sent<'r> {
    fn from_sql(ty: &Type, raw: &'r [u8]) -> Result<Self, CodecError> {
        Ok(Sent(ty.clone(), raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// What to do about a column of this type that the wrong Rust type was to read.
fn type_help(server: &str) -> String {
    let feature = match server {
        "json" | "jsonb" => Some(("serde_json::Value", "`json`")),
        "uuid" => Some(("uuid::Uuid", "`uuid`")),
        "date" | "time" => Some((
            "a type of the crate `time`, `chrono` or `jiff`",
            "`time`, `chrono` or `jiff`",
        )),
        _ => None,
    };
    match (rust_type_for(server), feature) {
        (Some(rust), _) => format!("read it as `{rust}`, or cast the column in the SQL"),
        (_, Some((rust, feature))) => {
            format!(
                "read it as {rust} with the feature {feature}, or cast the column in the SQL: `::text`"
            )
        }
        _ => {
            "cast the column in the SQL to a type that Rust reads, for example `::text`".to_owned()
        }
    }
}

/// The Rust type that reads a PostgreSQL type, for the message about a wrong one.
pub(crate) fn rust_type_for(server: &str) -> Option<&'static str> {
    Some(match server {
        "bool" => "bool",
        "char" => "i8",
        "int2" => "i16",
        "int4" => "i32",
        "int8" => "i64",
        "oid" => "u32",
        "float4" => "f32",
        "float8" => "f64",
        "text" | "varchar" | "bpchar" | "name" | "citext" => "String",
        "bytea" => "Vec<u8>",
        "timestamp" | "timestamptz" => "std::time::SystemTime",
        "inet" => "std::net::IpAddr",

        "_bool" => "Vec<bool>",
        "_int2" => "Vec<i16>",
        "_int4" => "Vec<i32>",
        "_int8" => "Vec<i64>",
        "_float4" => "Vec<f32>",
        "_float8" => "Vec<f64>",
        "_text" | "_varchar" => "Vec<String>",
        _ => return None,
    })
}

impl fmt::Debug for Row {
    /// Names and types of the columns; the values stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Row ")?;
        f.debug_map()
            .entries(
                self.inner
                    .columns()
                    .iter()
                    .map(|column| (column.name(), column.type_().name())),
            )
            .finish()
    }
}

impl ColumnIndex for str {
    fn position(&self, row: &Row) -> Result<usize, Error> {
        row.names()
            .position(|name| name == self)
            .ok_or_else(|| not_found(row, self.to_owned()))
    }
}

impl ColumnIndex for String {
    fn position(&self, row: &Row) -> Result<usize, Error> {
        self.as_str().position(row)
    }
}

impl ColumnIndex for usize {
    fn position(&self, row: &Row) -> Result<usize, Error> {
        if *self < row.len() {
            Ok(*self)
        } else {
            Err(not_found(row, format!("number {self}")))
        }
    }
}

impl<T: ColumnIndex + ?Sized> ColumnIndex for &T {
    fn position(&self, row: &Row) -> Result<usize, Error> {
        (**self).position(row)
    }
}

fn not_found(row: &Row, wanted: String) -> Error {
    Error::new(Kind::ColumnNotFound {
        wanted,
        present: row.names().map(str::to_owned).collect(),
    })
}

/// Called by generated code: the row as it is.
#[doc(hidden)]
pub fn row(row: Row) -> Result<Row, Error> {
    Ok(row)
}

/// Called by generated code: the row as a struct.
#[doc(hidden)]
#[allow(
    clippy::needless_pass_by_value,
    reason = "every mapper takes the row itself"
)]
pub fn from_row<T: FromRow>(row: Row) -> Result<T, Error> {
    T::from_row(&row)
}

/// Called by generated code: the first column of the row.
#[doc(hidden)]
#[allow(
    clippy::needless_pass_by_value,
    reason = "every mapper takes the row itself"
)]
pub fn scalar<T: FromSqlOwned>(row: Row) -> Result<T, Error> {
    row.get(0)
}

/// Called by generated code: a query without columns.
#[doc(hidden)]
#[allow(
    clippy::needless_pass_by_value,
    reason = "every mapper takes the row itself"
)]
pub fn nothing(_: Row) -> Result<(), Error> {
    Ok(())
}

/// Called by generated code: the column that was compiled as this one, whose type is known.
#[doc(hidden)]
pub fn column<S, T: Decode<S>>(row: &Row, index: usize) -> Result<T, Error> {
    let position = row.position(index);
    let read = row.inner.try_get::<_, Read<S, T>>(position);
    read.map(|read| read.0)
        .map_err(|error| row.explain::<T>(position, &error, true))
}

/// The same for a field of the caller's, which must have a type that fits.
#[doc(hidden)]
pub fn field<S: SqlType, C, T: Field<S, S::Owned, C>>(row: &Row, index: usize) -> Result<T, Error> {
    column::<S, T>(row, index)
}

/// The same for a field whose column may be NULL.
#[doc(hidden)]
pub fn nullable_field<S: SqlType, C, T: Field<S, S::Owned, C, Null: Absent<C>>>(
    row: &Row,
    index: usize,
) -> Result<T, Error> {
    column::<S, T>(row, index)
}

/// Called by generated code: the column as the driver reads it, for a type that the call names or that nobody knows.
#[doc(hidden)]
pub fn override_field<T: FromSqlOwned>(row: &Row, index: usize) -> Result<T, Error> {
    row.at(index)
}

/// Called by generated code: the same for a field of the caller's, which must be of the type that the query names.
#[doc(hidden)]
pub fn named_field<D: FromSqlOwned, C, T: Named<D, C>>(
    row: &Row,
    index: usize,
) -> Result<T, Error> {
    row.at::<D>(index).map(T::of)
}

macro_rules! tuples {
    ($($($name:ident $position:literal)+;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: FromSqlOwned),+> FromRow for ($($name,)+) {
            fn from_row(row: &Row) -> Result<Self, Error> {
                Ok(($(row.get::<$name>($position)?,)+))
            }
        }
    )+};
}

tuples! {
    A 0; A 0 B 1; A 0 B 1 C 2; A 0 B 1 C 2 D 3; A 0 B 1 C 2 D 3 E 4; A 0 B 1 C 2 D 3 E 4 F 5;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6; A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7; A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9; A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11;
}
