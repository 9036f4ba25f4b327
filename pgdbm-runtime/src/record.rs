//! The record of a query: what `query!` expands to beside the call itself.
//!
//! The traits are written out instead of derived, and here instead of in the macro, and the columns are read all at once: a program
//! has a thousand of these, and this is what costs the compiler least.

use std::fmt;

use tokio_postgres::types::FromSqlOwned;

use crate::Row;
use crate::error::Error;

/// Called by generated code: the function that makes a record of a row, with the record's type. Types of the caller's may have less
/// than the others: those are parameters of the record, which has what its parameters have.
///
/// What a pattern names may be a constant, a unit struct or a static of the caller's, whatever the hygiene: `id` is one beside the
/// table definitions of other libraries. So no name here is one that people give, and a column's value has no name of the column.
#[doc(hidden)]
#[macro_export]
macro_rules! __record {
    ($names:literal $values:tt $fields:tt $($field:ident $value:ident)+) => {{
        pub struct Record $fields
        impl $crate::__private::Debug for Record {
            fn fmt(&self, __pgdbm_f: &mut $crate::__private::Formatter<'_>) -> $crate::__private::FmtResult {
                $crate::__private::debug_record(__pgdbm_f, $names, &[$(&self.$field),+])
            }
        }
        impl $crate::__private::Clone for Record {
            fn clone(&self) -> Self {
                Record { $($field: self.$field.clone()),+ }
            }
        }
        impl $crate::__private::PartialEq for Record {
            fn eq(&self, __pgdbm_other: &Self) -> $crate::__private::bool {
                true $(&& self.$field == __pgdbm_other.$field)+
            }
        }
        $crate::__private::serialize_record!([] $names $($field)+);
        |__pgdbm_row: $crate::__private::Row| {
            match $crate::__private::values(&__pgdbm_row) {
                $crate::__private::Ok($values) => $crate::__private::Ok(Record { $($field: $value),+ }),
                $crate::__private::Err(__pgdbm_error) => $crate::__private::Err(__pgdbm_error),
            }
        }
    }};
    ([$record:ident $($parameter:ident: $foreign:ty),+] $names:literal $values:tt $fields:tt $($field:ident $value:ident)+) => {{
        pub struct $record<$($parameter),+> $fields
        impl<$($parameter: $crate::__private::Debug),+> $crate::__private::Debug for $record<$($parameter),+> {
            fn fmt(&self, __pgdbm_f: &mut $crate::__private::Formatter<'_>) -> $crate::__private::FmtResult {
                $crate::__private::debug_record(__pgdbm_f, $names, &[$(&self.$field),+])
            }
        }
        impl<$($parameter: $crate::__private::Clone),+> $crate::__private::Clone for $record<$($parameter),+> {
            fn clone(&self) -> Self {
                $record { $($field: self.$field.clone()),+ }
            }
        }
        impl<$($parameter: $crate::__private::PartialEq),+> $crate::__private::PartialEq for $record<$($parameter),+> {
            fn eq(&self, __pgdbm_other: &Self) -> $crate::__private::bool {
                true $(&& self.$field == __pgdbm_other.$field)+
            }
        }
        $crate::__private::serialize_record!([$record $($parameter),+] $names $($field)+);
        |__pgdbm_row: $crate::__private::Row| {
            match $crate::__private::values(&__pgdbm_row) {
                $crate::__private::Ok($values) => $crate::__private::Ok($record::<$($foreign),+> { $($field: $value),+ }),
                $crate::__private::Err(__pgdbm_error) => $crate::__private::Err(__pgdbm_error),
            }
        }
    }};
}

/// Called by generated code: what the feature `serde` adds to a record.
#[cfg(not(feature = "serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __serialize_record {
    ($($record:tt)*) => {};
}

/// Called by generated code: what the feature `serde` adds to a record.
#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! __serialize_record {
    ([] $names:literal $($field:ident)+) => {
        impl $crate::__private::serde::Serialize for Record {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                __pgdbm_serializer: S,
            ) -> $crate::__private::Result<S::Ok, S::Error> {
                let mut __pgdbm_fields = $crate::__private::RecordFields::begin(__pgdbm_serializer, $names)?;
                $(__pgdbm_fields.field(&self.$field)?;)+
                __pgdbm_fields.end()
            }
        }
    };
    ([$record:ident $($parameter:ident),+] $names:literal $($field:ident)+) => {
        impl<$($parameter: $crate::__private::serde::Serialize),+> $crate::__private::serde::Serialize for $record<$($parameter),+> {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                __pgdbm_serializer: S,
            ) -> $crate::__private::Result<S::Ok, S::Error> {
                let mut __pgdbm_fields = $crate::__private::RecordFields::begin(__pgdbm_serializer, $names)?;
                $(__pgdbm_fields.field(&self.$field)?;)+
                __pgdbm_fields.end()
            }
        }
    };
}

/// Called by generated code: a record on its way into a serializer, as a struct.
#[cfg(feature = "serde")]
#[doc(hidden)]
pub struct RecordFields<S: serde::Serializer> {
    fields: S::SerializeStruct,
    names: std::str::Split<'static, char>,
}

#[cfg(feature = "serde")]
impl<S: serde::Serializer> RecordFields<S> {
    pub fn begin(serializer: S, names: &'static str) -> Result<Self, S::Error> {
        Self::begin_named(serializer, "Record", names)
    }

    pub fn begin_named(
        serializer: S,
        name: &'static str,
        names: &'static str,
    ) -> Result<Self, S::Error> {
        let names = names.split(',');
        Ok(RecordFields {
            fields: serializer.serialize_struct(name, names.clone().count())?,
            names,
        })
    }

    pub fn field<T: serde::Serialize>(&mut self, value: &T) -> Result<(), S::Error> {
        use serde::ser::SerializeStruct as _;

        let name = self.names.next().unwrap_or_default();
        self.fields.serialize_field(name, value)
    }

    pub fn end(self) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;

        self.fields.end()
    }
}

/// Called by generated code. The names stand in one text, a comma between them, which no name of a field has.
#[doc(hidden)]
pub fn debug_record(
    f: &mut fmt::Formatter<'_>,
    names: &str,
    values: &[&dyn fmt::Debug],
) -> fmt::Result {
    let mut shown = f.debug_struct("Record");
    for (name, value) in names.split(',').zip(values) {
        shown.field(name, value);
    }
    shown.finish()
}

/// The values of a row's columns, from one of them on: tuples, and tuples in tuples where there are many.
#[doc(hidden)]
pub trait Values: Sized {
    const COUNT: usize;

    fn read(row: &Row, first: usize) -> Result<Self, Error>;
}

/// Called by generated code: the values of all columns. What their types are was compared with what they were when the query was
/// compiled.
#[doc(hidden)]
pub fn values<T: Values>(row: &Row) -> Result<T, Error> {
    T::read(row, 0)
}

/// Columns side by side: more than a tuple has room for.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Joined<A, B>(pub A, pub B);

impl<A: Values, B: Values> Values for Joined<A, B> {
    const COUNT: usize = A::COUNT + B::COUNT;

    fn read(row: &Row, first: usize) -> Result<Self, Error> {
        Ok(Joined(
            A::read(row, first)?,
            B::read(row, first + A::COUNT)?,
        ))
    }
}

macro_rules! tuples {
    ($($($name:ident $position:literal)+;)+) => {$(
        impl<$($name: FromSqlOwned),+> Values for ($($name,)+) {
            const COUNT: usize = [$($position),+].len();

            fn read(row: &Row, first: usize) -> Result<Self, Error> {
                Ok(($(row.at::<$name>(first + $position)?,)+))
            }
        }
    )+};
}

tuples! {
    A 0; A 0 B 1; A 0 B 1 C 2; A 0 B 1 C 2 D 3; A 0 B 1 C 2 D 3 E 4; A 0 B 1 C 2 D 3 E 4 F 5;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6; A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7; A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9; A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12 N 13;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12 N 13 O 14;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12 N 13 O 14 P 15;
}
