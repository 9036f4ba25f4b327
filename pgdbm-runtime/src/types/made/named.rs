//! What the types have in common that migrations make: they are known by their names, for every database gives them other
//! numbers.

use bytes::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, WrongType};

use crate::types::codec::{CodecError, Decode, Encode, without_domains};

/// Whether the server's type has this name. A type of the manager's own schema is looked at in whatever schema that is: a
/// checked query has compared it before.
pub(super) fn is_named(ty: &Type, name: &str, schema: Option<&str>) -> bool {
    ty.name() == name && schema.is_none_or(|schema| ty.schema() == schema)
}

/// Called by generated code: `ToSql::to_sql`.
#[doc(hidden)]
pub fn to_sql<S, T: Encode<S>>(
    value: &T,
    ty: &Type,
    out: &mut BytesMut,
) -> Result<IsNull, CodecError> {
    value.encode(without_domains(ty), out)
}

/// Called by generated code: `FromSql::from_sql`.
#[doc(hidden)]
pub fn from_sql<S, T: Decode<S>>(ty: &Type, raw: &[u8]) -> Result<T, CodecError> {
    T::decode(without_domains(ty), Some(raw))
}

/// Called by generated code: `ToSql::to_sql_checked`.
#[doc(hidden)]
pub fn to_sql_checked<T: ToSql>(
    value: &T,
    ty: &Type,
    out: &mut BytesMut,
) -> Result<IsNull, CodecError> {
    if !T::accepts(ty) {
        return Err(Box::new(WrongType::new::<T>(ty.clone())));
    }
    value.to_sql(ty, out)
}

/// The schema of a type, if it is not that of the manager.
#[doc(hidden)]
#[macro_export]
macro_rules! __schema {
    () => {
        ::core::option::Option::None
    };
    ($schema:literal) => {
        ::core::option::Option::Some($schema)
    };
}

/// A type that is its own marker: what stands for it in SQL, and what the driver asks of it.
#[doc(hidden)]
#[macro_export]
macro_rules! __named {
    ($name:ident, |$ty:ident| $accepts:expr) => {
        #[automatically_derived]
        impl $crate::types::sql::SqlType for $name {
            type Expected = $name;
            type Owned = $name;
        }

        #[automatically_derived]
        impl $crate::types::own::Own for $name {
            type Null = $crate::types::Never;
        }

        #[automatically_derived]
        impl $crate::types::ToSql for $name {
            fn to_sql(
                &self,
                ty: &$crate::types::Type,
                out: &mut $crate::types::made::BytesMut,
            ) -> ::core::result::Result<$crate::types::IsNull, $crate::types::CodecError> {
                $crate::types::made::to_sql::<$name, _>(self, ty, out)
            }

            fn accepts($ty: &$crate::types::Type) -> ::core::primitive::bool {
                $accepts
            }

            fn to_sql_checked(
                &self,
                ty: &$crate::types::Type,
                out: &mut $crate::types::made::BytesMut,
            ) -> ::core::result::Result<$crate::types::IsNull, $crate::types::CodecError> {
                $crate::types::made::to_sql_checked(self, ty, out)
            }
        }

        #[automatically_derived]
        impl<'r> $crate::types::FromSql<'r> for $name {
            fn from_sql(
                ty: &$crate::types::Type,
                raw: &'r [::core::primitive::u8],
            ) -> ::core::result::Result<Self, $crate::types::CodecError> {
                $crate::types::made::from_sql::<$name, Self>(ty, raw)
            }

            fn accepts($ty: &$crate::types::Type) -> ::core::primitive::bool {
                $accepts
            }
        }
    };
}
