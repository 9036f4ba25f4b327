//! Domains: PostgreSQL manual, section 8.18. On the way to and from the server a domain is what it is about, so its newtype is
//! a value of that type.

use tokio_postgres::types::Type;

use crate::compiled::CompiledType;
use crate::types::codec::without_domains;

/// Called by generated code: whether the type of a parameter or a column is the one that the domain is about, which is described as
/// [`CompiledType::read`] reads it.
#[doc(hidden)]
#[must_use]
pub fn is_domain(ty: &Type, described: &'static str) -> bool {
    let ty = without_domains(ty);
    CompiledType::read(described).is(ty, ty.schema())
}

/// What the newtype of a domain has beside its value: its name, the marker of the type that it is about, that
/// type described, the value's type.
#[doc(hidden)]
#[macro_export]
macro_rules! __domain {
    ($name:ident $described:literal $marker:ty, $base:ty) => {
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
                $crate::types::made::to_sql::<$marker, _>(self, ty, out)
            }

            fn accepts(ty: &$crate::types::Type) -> ::core::primitive::bool {
                $crate::types::made::is_domain(ty, $described)
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
                $crate::types::made::is_domain(ty, $described)
            }
        }
    };
}
