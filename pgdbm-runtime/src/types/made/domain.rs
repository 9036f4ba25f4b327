//! Domains: PostgreSQL manual, section 8.18. On the way to and from the server a domain is what it is about, so its newtype is
//! a value of that type.

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};

use crate::types::codec::{CodecError, without_domains};

/// Called by generated code: whether the value within takes the type of a parameter.
#[doc(hidden)]
#[must_use]
pub fn sends<T: ToSql>(ty: &Type) -> bool {
    T::accepts(without_domains(ty))
}

/// Called by generated code: whether the value within reads the type of a column.
#[doc(hidden)]
#[must_use]
pub fn reads<T: for<'r> FromSql<'r>>(ty: &Type) -> bool {
    T::accepts(without_domains(ty))
}

/// Called by generated code: the value within, as the driver sends it.
#[doc(hidden)]
pub fn send<T: ToSql>(value: &T, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
    value.to_sql(without_domains(ty), out)
}

/// What the newtype of a domain has beside its value: `name`, the marker of the type that it is about, the value's type.
#[doc(hidden)]
#[macro_export]
macro_rules! __domain {
    ($name:ident $marker:ty, $base:ty) => {
        #[automatically_derived]
        impl ::core::convert::From<$base> for $name {
            fn from(value: $base) -> Self {
                Self(value)
            }
        }

        #[automatically_derived]
        impl ::core::convert::From<$name> for $base {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        #[automatically_derived]
        impl $crate::types::Encode<$marker> for $name {
            type Null = <$base as $crate::types::Encode<$marker>>::Null;

            fn encode(
                &self,
                ty: &$crate::types::Type,
                out: &mut $crate::types::made::BytesMut,
            ) -> ::core::result::Result<$crate::types::IsNull, $crate::types::CodecError> {
                $crate::types::Encode::<$marker>::encode(&self.0, ty, out)
            }
        }

        #[automatically_derived]
        impl $crate::types::Decode<$marker> for $name {
            type Null = <$base as $crate::types::Decode<$marker>>::Null;

            fn decode(
                ty: &$crate::types::Type,
                raw: ::core::option::Option<&[::core::primitive::u8]>,
            ) -> ::core::result::Result<Self, $crate::types::CodecError> {
                match <$base as $crate::types::Decode<$marker>>::decode(ty, raw) {
                    ::core::result::Result::Ok(value) => ::core::result::Result::Ok(Self(value)),
                    ::core::result::Result::Err(error) => ::core::result::Result::Err(error),
                }
            }
        }

        #[automatically_derived]
        impl $crate::types::ToSql for $name {
            fn to_sql(
                &self,
                ty: &$crate::types::Type,
                out: &mut $crate::types::made::BytesMut,
            ) -> ::core::result::Result<$crate::types::IsNull, $crate::types::CodecError> {
                $crate::types::made::send(&self.0, ty, out)
            }

            fn accepts(ty: &$crate::types::Type) -> ::core::primitive::bool {
                $crate::types::made::sends::<$base>(ty)
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
                $crate::types::made::from_sql::<$marker, Self>(ty, raw)
            }

            fn accepts(ty: &$crate::types::Type) -> ::core::primitive::bool {
                $crate::types::made::reads::<$base>(ty)
            }
        }
    };
}
