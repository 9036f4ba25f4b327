//! Composite types and the rows of tables: PostgreSQL manual, section 8.16.
//!
//! On the way a row is the number of its attributes, and then each of them.
//! Attributes are found by their names, so what came to a table or moved in it makes no difference to who reads; what is sent
//! must be whole.

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{Field, IsNull, Kind, Type};

use super::named::is_named;
use crate::compiled::CompiledType;
use crate::types::attribute;
use crate::types::codec::{CodecError, Mistake, without_domains};
use crate::types::reader::Reader;

/// An attribute as the program was compiled with it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Attribute {
    name: &'static str,
    /// Its type, as [`CompiledType::read`] reads it.
    described: &'static str,
}

impl Attribute {
    /// Called by generated code.
    #[must_use]
    pub const fn new(name: &'static str, described: &'static str) -> Self {
        Attribute { name, described }
    }

    fn check(&self, of: &Type, found: &Type) -> Result<(), CodecError> {
        let expected = CompiledType::read(self.described);
        if expected.is(found, of.schema()) {
            return Ok(());
        }
        Err(Mistake::of(format!(
            "the attribute `{}` of `{}` is `{}` on the server, and was `{expected}` when the program was compiled{HELP}",
            self.name,
            of.name(),
            found.name()
        )))
    }
}

const HELP: &str = "\n  help: the type is not what the migrations made of it: apply those that are missing, or compile again with \
                    the migrations that it has";

/// A value of a composite type, taken apart: its attributes in the order in which they were compiled.
#[doc(hidden)]
#[derive(Debug)]
pub struct CompositeValue<'v> {
    ty: &'v Type,
    attributes: &'static [Attribute],
    values: Vec<(&'v Type, Option<&'v [u8]>)>,
}

impl<'v> CompositeValue<'v> {
    /// Called by generated code: takes a value apart.
    pub fn read(
        ty: &'v Type,
        raw: Option<&'v [u8]>,
        attributes: &'static [Attribute],
    ) -> Result<Self, CodecError> {
        let mut reader = Reader::new(raw)?;
        let fields = fields(ty)?;
        let sent = parts(ty, fields, &mut reader)?;
        let mut values = Vec::with_capacity(attributes.len());
        for (index, attribute) in attributes.iter().enumerate() {
            let position = position(fields, index, |field| field.name() == attribute.name);
            let Some(position) = position else {
                return Err(Mistake::of(format!(
                    "`{}` has no attribute `{}` on the server, and had one when the program was compiled{HELP}",
                    ty.name(),
                    attribute.name
                )));
            };
            let found = fields[position].type_();
            attribute.check(ty, found)?;
            values.push((found, sent.get(position).copied().flatten()));
        }
        Ok(CompositeValue {
            ty,
            attributes,
            values,
        })
    }

    /// The attribute that was compiled as this one.
    pub(super) fn get<T>(
        &self,
        index: usize,
        read: impl FnOnce(&Type, Option<&[u8]>) -> Result<T, CodecError>,
    ) -> Result<T, CodecError> {
        let (Some((ty, raw)), Some(compiled)) =
            (self.values.get(index), self.attributes.get(index))
        else {
            return Err(Mistake::of("there is no attribute of this number"));
        };
        let read = read(without_domains(ty), *raw);
        read.map_err(|error| attribute::mistake_in(error, compiled.name, self.ty, ""))
    }
}

/// Called by generated code: writes a value, whose attributes `encode` writes by their numbers.
#[doc(hidden)]
pub fn encode_composite(
    ty: &Type,
    attributes: &'static [Attribute],
    out: &mut BytesMut,
    encode: &dyn Fn(usize, &Type, &mut BytesMut) -> Result<IsNull, CodecError>,
) -> Result<IsNull, CodecError> {
    let fields = fields(ty)?;
    if let Some(gone) = attributes
        .iter()
        .find(|attribute| !fields.iter().any(|field| field.name() == attribute.name))
    {
        return Err(Mistake::of(format!(
            "`{}` has no attribute `{}` on the server, and had one when the program was compiled{HELP}",
            ty.name(),
            gone.name
        )));
    }
    out.put_i32(i32::try_from(fields.len())?);
    for (place, field) in fields.iter().enumerate() {
        let index = position(attributes, place, |attribute| {
            attribute.name == field.name()
        });
        let Some(index) = index else {
            return Err(Mistake::of(format!(
                "`{}` has the attribute `{}` on the server, and had none when the program was compiled{HELP}",
                ty.name(),
                field.name()
            )));
        };
        attributes[index].check(ty, field.type_())?;
        attribute::write(field.type_(), out, |ty, out| encode(index, ty, out))?;
    }
    Ok(IsNull::No)
}

/// Called by generated code: whether the type of a parameter or a column is this one.
#[doc(hidden)]
#[must_use]
pub fn is_composite(ty: &Type, name: &str, schema: Option<&str>) -> bool {
    let ty = without_domains(ty);
    matches!(ty.kind(), Kind::Composite(_)) && is_named(ty, name, schema)
}

fn fields(ty: &Type) -> Result<&[Field], CodecError> {
    match ty.kind() {
        Kind::Composite(fields) => Ok(fields),
        _ => Err(Mistake::of(format!("`{}` is no composite type", ty.name()))),
    }
}

/// Where it stands; mostly where it is expected.
fn position<T>(list: &[T], expected: usize, is: impl Fn(&T) -> bool) -> Option<usize> {
    if list.get(expected).is_some_and(&is) {
        return Some(expected);
    }
    list.iter().position(is)
}

/// The bytes of each attribute that the connection knows of. More may follow: those that came since.
fn parts<'v>(
    ty: &Type,
    fields: &[Field],
    reader: &mut Reader<'v>,
) -> Result<Vec<Option<&'v [u8]>>, CodecError> {
    let count = reader.count()?;
    if count < fields.len() {
        return Err(attribute::altered(ty));
    }
    let mut parts = Vec::with_capacity(fields.len());
    for field in fields {
        let (oid, value) = attribute::read(reader)?;
        if oid != field.type_().oid() {
            return Err(attribute::altered(ty));
        }
        parts.push(value);
    }
    Ok(parts)
}

/// What the struct of a composite type, or of a table's rows, has beside its fields. For each field: its name, its number, the
/// name of its attribute, the described type, the way in which it is exchanged, the marker, and the type of Rust.
#[doc(hidden)]
#[macro_export]
macro_rules! __composite {
    (
        $name:ident $sql:literal [$($schema:literal)?]
        $($field:ident $index:literal $column:literal $described:literal $way:ident $marker:ty, $ty:ty;)*
    ) => {
        impl $name {
            const __PGDBM_ATTRIBUTES: &'static [$crate::types::made::Attribute] =
                &[$($crate::types::made::Attribute::new($column, $described)),*];
        }

        #[automatically_derived]
        impl $crate::types::Encode<$name> for $name {
            type Null = $crate::types::Never;

            fn encode(
                &self,
                ty: &$crate::types::Type,
                out: &mut $crate::types::made::BytesMut,
            ) -> ::core::result::Result<$crate::types::IsNull, $crate::types::CodecError> {
                $crate::types::made::encode_composite(
                    ty,
                    Self::__PGDBM_ATTRIBUTES,
                    out,
                    &|index, ty, out| match index {
                        $($index => $crate::types::made::$way::encode::<$marker, _>(&self.$field, ty, out),)*
                        _ => ::core::result::Result::Ok($crate::types::IsNull::Yes),
                    },
                )
            }
        }

        #[automatically_derived]
        impl $crate::types::Decode<$name> for $name {
            type Null = $crate::types::Never;

            fn decode(
                ty: &$crate::types::Type,
                raw: ::core::option::Option<&[::core::primitive::u8]>,
            ) -> ::core::result::Result<Self, $crate::types::CodecError> {
                let value = $crate::types::made::CompositeValue::read(ty, raw, Self::__PGDBM_ATTRIBUTES)?;
                ::core::result::Result::Ok(Self {
                    $($field: $crate::types::made::$way::decode::<$marker, $ty>(&value, $index)?,)*
                })
            }
        }

        $crate::__named! {
            $name, |ty| $crate::types::made::is_composite(ty, $sql, $crate::__schema!($($schema)?))
        }
    };
}

/// The same, and the rows of a query, by the names of their columns.
#[doc(hidden)]
#[macro_export]
macro_rules! __row {
    (
        $name:ident $sql:literal $schema:tt
        $($field:ident $index:literal $column:literal $described:literal $way:ident $marker:ty, $ty:ty;)*
    ) => {
        #[automatically_derived]
        impl $crate::FromRow for $name {
            fn from_row(row: &$crate::Row) -> ::core::result::Result<Self, $crate::Error> {
                ::core::result::Result::Ok(Self {
                    $($field: $crate::types::made::$way::column::<$marker, $ty>(row, $column)?,)*
                })
            }
        }

        $crate::__composite! {
            $name $sql $schema $($field $index $column $described $way $marker, $ty;)*
        }
    };
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use bytes::BytesMut;
    use tokio_postgres::types::{Field, Kind, Type};

    use crate::types::{Decode, Encode, sql};

    #[derive(Debug, PartialEq)]
    struct Pair {
        a: Option<i32>,
        b: Option<String>,
    }

    crate::__composite! {
        Pair "pair" []
        a 0 "a" "23" known sql::integer, Option<i32>;
        b 1 "b" "25" own sql::text, Option<String>;
    }

    fn pair(fields: &[(&str, Type)]) -> Type {
        let fields = fields
            .iter()
            .map(|(name, ty)| Field::new((*name).to_owned(), ty.clone()));
        Type::new(
            "pair".to_owned(),
            70_000,
            Kind::Composite(fields.collect()),
            "shop".to_owned(),
        )
    }

    fn sent(value: &Pair, ty: &Type) -> Result<Vec<u8>, String> {
        let mut out = BytesMut::new();
        match value.encode(ty, &mut out) {
            Ok(_) => Ok(out.to_vec()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn read(ty: &Type, raw: &[u8]) -> Result<Pair, String> {
        Pair::decode(ty, Some(raw)).map_err(|error| error.to_string())
    }

    #[test]
    fn attributes_are_found_by_name() {
        let value = Pair {
            a: None,
            b: Some("x".to_owned()),
        };
        let ty = pair(&[("b", Type::TEXT), ("a", Type::INT4)]);
        let raw = sent(&value, &ty).unwrap();
        assert_eq!(
            raw,
            [
                0, 0, 0, 2, 0, 0, 0, 25, 0, 0, 0, 1, b'x', 0, 0, 0, 23, 255, 255, 255, 255
            ]
        );
        assert_eq!(read(&ty, &raw).unwrap(), value);
        assert!(
            read(&ty, &raw[..raw.len() - 1])
                .unwrap_err()
                .contains("too early")
        );
    }

    #[test]
    fn what_came_is_skipped_and_what_changed_is_named() {
        let value = Pair {
            a: Some(1),
            b: None,
        };
        let known = pair(&[("a", Type::INT4), ("b", Type::TEXT)]);
        let mut longer = sent(&value, &known).unwrap();
        longer[3] = 3;
        longer.extend([0, 0, 0, 16, 0, 0, 0, 1, 1]);
        assert_eq!(read(&known, &longer).unwrap(), value);

        for (fields, expected) in [
            (vec![("a", Type::INT4)], "no attribute `b`"),
            (
                vec![("a", Type::INT4), ("b", Type::BYTEA)],
                "the attribute `b` of `pair` is `bytea`",
            ),
        ] {
            let error = sent(&value, &pair(&fields)).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
        let error = sent(
            &value,
            &pair(&[("a", Type::INT4), ("b", Type::TEXT), ("c", Type::BOOL)]),
        );
        assert!(error.unwrap_err().contains("has the attribute `c`"));
        let raw = sent(&value, &known).unwrap();
        let other = pair(&[("a", Type::INT8), ("b", Type::TEXT)]);
        assert!(
            read(&other, &raw)
                .unwrap_err()
                .contains("run the query again")
        );
    }
}
