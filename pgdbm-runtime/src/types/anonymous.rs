//! Rows whose attributes have no names: PostgreSQL manual, section 8.16.2.

use tokio_postgres::types::{FromSql, FromSqlOwned, Type, WrongType, accepts};

use super::attribute;
use super::codec::{CodecError, Mistake};
use super::reader::Reader;

/// A `record`, what `ROW(…)` gives, as a tuple of up to 12 values. `Vec<Tuple<…>>` reads an array of them.
///
/// ```
/// # use pgdbm_runtime::types::Tuple;
/// # async fn example(db: &pgdbm_runtime::DatabaseManager) -> Result<(), pgdbm_runtime::Error> {
/// let pairs = pgdbm_runtime::sql("SELECT array_agg((id, email)) FROM {{tables.users}}")
///     .scalar::<Vec<Tuple<(i32, String)>>>()
///     .fetch_one(db)
///     .await?;
/// # Ok(()) }
/// ```
///
/// With the macros: `AS "pair: Tuple<(i32, String)>"`. The types of the values must be the server's own: those of extensions and
/// migrations have numbers that are not known here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Tuple<T>(pub T);

/// The values of a record.
#[doc(hidden)]
pub trait Elements: Sized {
    const COUNT: usize;

    fn take(reader: &mut RecordReader<'_>) -> Result<Self, CodecError>;
}

/// A record that is read.
#[doc(hidden)]
pub struct RecordReader<'r>(Reader<'r>);

impl RecordReader<'_> {
    fn element<T: FromSqlOwned>(&mut self, number: usize) -> Result<T, CodecError> {
        let (oid, value) = attribute::read(&mut self.0)?;
        let Some(ty) = Type::from_oid(oid) else {
            return Err(Mistake::of(format!(
                "value {number} of the record is of a type that the server does not bring along\n  help: cast it in the SQL: `::text`"
            )));
        };
        if !T::accepts(&ty) {
            let mismatch = WrongType::new::<T>(ty);
            return Err(Mistake::of(format!(
                "value {number} of the record: {mismatch}"
            )));
        }
        T::from_sql_nullable(&ty, value).map_err(|error| {
            if error.is::<tokio_postgres::types::WasNull>() {
                return Mistake::of(format!(
                    "value {number} of the record is NULL\n  help: read it as `Option`"
                ));
            }
            error
        })
    }
}

impl<'r, T: Elements> FromSql<'r> for Tuple<T> {
    fn from_sql(_: &Type, raw: &'r [u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(Some(raw))?;
        let count = reader.count()?;
        if count != T::COUNT {
            return Err(Mistake::of(format!(
                "the record has {count} values, and the tuple {}",
                T::COUNT
            )));
        }
        T::take(&mut RecordReader(reader)).map(Tuple)
    }

    accepts!(RECORD);
}

macro_rules! tuples {
    ($($($name:ident $number:literal)+;)+) => {$(
        impl<$($name: FromSqlOwned),+> Elements for ($($name,)+) {
            const COUNT: usize = [$($number),+].len();

            fn take(reader: &mut RecordReader<'_>) -> Result<Self, CodecError> {
                Ok(($(reader.element::<$name>($number)?,)+))
            }
        }
    )+};
}

tuples! {
    A 1; A 1 B 2; A 1 B 2 C 3; A 1 B 2 C 3 D 4; A 1 B 2 C 3 D 4 E 5; A 1 B 2 C 3 D 4 E 5 F 6;
    A 1 B 2 C 3 D 4 E 5 F 6 G 7; A 1 B 2 C 3 D 4 E 5 F 6 G 7 H 8; A 1 B 2 C 3 D 4 E 5 F 6 G 7 H 8 I 9;
    A 1 B 2 C 3 D 4 E 5 F 6 G 7 H 8 I 9 J 10; A 1 B 2 C 3 D 4 E 5 F 6 G 7 H 8 I 9 J 10 K 11;
    A 1 B 2 C 3 D 4 E 5 F 6 G 7 H 8 I 9 J 10 K 11 L 12;
}
