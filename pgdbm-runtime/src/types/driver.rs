//! The driver's traits for the types of this crate.

use std::borrow::Cow;
use std::sync::LazyLock;

use tokio_postgres::types::{FromSql, Kind, Type};

use super::codec::{CodecError, without_domains};

/// Implements the driver's traits by way of [`Encode`](super::Encode) and [`Decode`](super::Decode).
macro_rules! driver_traits {
    ($rust:ty, $sql:ty, $($constant:ident),+) => {
        impl<'r> tokio_postgres::types::FromSql<'r> for $rust {
            fn from_sql(
                ty: &tokio_postgres::types::Type,
                raw: &'r [u8],
            ) -> Result<Self, super::codec::CodecError> {
                <Self as super::codec::Decode<$sql>>::decode(ty, Some(raw))
            }

            tokio_postgres::types::accepts!($($constant),+);
        }

        impl tokio_postgres::types::ToSql for $rust {
            fn to_sql(
                &self,
                ty: &tokio_postgres::types::Type,
                out: &mut bytes::BytesMut,
            ) -> Result<tokio_postgres::types::IsNull, super::codec::CodecError> {
                <Self as super::codec::Encode<$sql>>::encode(self, ty, out)
            }

            tokio_postgres::types::accepts!($($constant),+);
            tokio_postgres::types::to_sql_checked!();
        }
    };
}

pub(super) use driver_traits;

/// A value as the driver reads it, from a column of the same representation as one that it knows: `regclass` as `oid`, `xml` as
/// `text`.
pub(crate) struct Alike<T>(pub(crate) T);

impl<'r, T: FromSql<'r>> FromSql<'r> for Alike<T> {
    fn from_sql(ty: &Type, raw: &'r [u8]) -> Result<Self, CodecError> {
        T::from_sql(&known::<T>(ty), raw).map(Alike)
    }

    fn from_sql_null(ty: &Type) -> Result<Self, CodecError> {
        T::from_sql_null(&known::<T>(ty)).map(Alike)
    }

    fn accepts(ty: &Type) -> bool {
        T::accepts(&known::<T>(ty))
    }
}

/// The type itself, unless `T` reads only one that is alike.
fn known<'t, 'r, T: FromSql<'r>>(ty: &'t Type) -> Cow<'t, Type> {
    if T::accepts(ty) {
        return Cow::Borrowed(ty);
    }
    match (alike(ty), ty.kind()) {
        (Some(other), _) => Cow::Borrowed(other),
        // The server says what a domain is about, but not of the elements of an array.
        (None, Kind::Array(element)) if matches!(element.kind(), Kind::Domain(_)) => {
            Cow::Owned(Type::new(
                ty.name().to_owned(),
                ty.oid(),
                Kind::Array(without_domains(element).clone()),
                ty.schema().to_owned(),
            ))
        }
        _ => Cow::Borrowed(ty),
    }
}

/// The driver does not know what it is an array of.
static ARRAY_OF_RECORDS: LazyLock<Type> = LazyLock::new(|| {
    let kind = Kind::Array(Type::RECORD);
    let known = Type::RECORD_ARRAY;
    Type::new(
        known.name().to_owned(),
        known.oid(),
        kind,
        known.schema().to_owned(),
    )
});

/// The type that the driver knows of those that are sent alike.
fn alike(ty: &Type) -> Option<&'static Type> {
    Some(match *ty {
        Type::REGCLASS
        | Type::REGTYPE
        | Type::REGPROC
        | Type::REGPROCEDURE
        | Type::REGOPER
        | Type::REGOPERATOR
        | Type::REGROLE
        | Type::REGNAMESPACE
        | Type::REGCONFIG
        | Type::REGDICTIONARY
        | Type::REGCOLLATION
        | Type::XID
        | Type::CID => &Type::OID,
        Type::REGCLASS_ARRAY
        | Type::REGTYPE_ARRAY
        | Type::REGPROC_ARRAY
        | Type::REGPROCEDURE_ARRAY
        | Type::REGOPER_ARRAY
        | Type::REGOPERATOR_ARRAY
        | Type::REGROLE_ARRAY
        | Type::REGNAMESPACE_ARRAY
        | Type::REGCONFIG_ARRAY
        | Type::REGDICTIONARY_ARRAY
        | Type::REGCOLLATION_ARRAY
        | Type::XID_ARRAY
        | Type::CID_ARRAY => &Type::OID_ARRAY,
        Type::XML => &Type::TEXT,
        Type::XML_ARRAY => &Type::TEXT_ARRAY,
        Type::RECORD_ARRAY => &ARRAY_OF_RECORDS,
        _ => return None,
    })
}
