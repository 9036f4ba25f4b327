//! How the field of a made struct is sent and read: there are three ways, and each has the same functions.

/// A type of the table at `pgdbm::types`, or one that was made: both this crate and the driver know it.
pub mod known {
    use tokio_postgres::types::FromSqlOwned;

    pub use super::own::{decode, encode};
    use crate::{Error, Row};

    /// Called by generated code: the column of a row.
    pub fn column<S, T: FromSqlOwned>(row: &Row, name: &str) -> Result<T, Error> {
        row.get(name)
    }
}

/// A type that only this crate knows, because the driver's traits cannot be given to types of others.
pub mod own {
    use bytes::BytesMut;
    use tokio_postgres::types::{IsNull, Type};

    use super::super::composite::CompositeValue;
    use crate::types::codec::{CodecError, Decode, Encode, Read};
    use crate::{Error, Row};

    /// Called by generated code: sends an attribute.
    pub fn encode<S, T: Encode<S>>(
        value: &T,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, CodecError> {
        value.encode(ty, out)
    }

    /// Called by generated code: an attribute of a value.
    pub fn decode<S, T: Decode<S>>(
        value: &CompositeValue<'_>,
        index: usize,
    ) -> Result<T, CodecError> {
        value.get(index, T::decode)
    }

    /// Called by generated code: the column of a row.
    pub fn column<S, T: Decode<S>>(row: &Row, name: &str) -> Result<T, Error> {
        row.get::<Read<S, T>>(name).map(|read| read.0)
    }
}

/// A type that the package wants, of which nothing is known but that the driver's traits are implemented.
pub mod driver {
    use bytes::BytesMut;
    use tokio_postgres::types::{FromSqlOwned, IsNull, ToSql, Type, WrongType};

    use super::super::composite::CompositeValue;
    pub use super::known::column;
    use crate::types::codec::CodecError;

    /// Called by generated code: sends an attribute.
    pub fn encode<S, T: ToSql>(
        value: &T,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, CodecError> {
        value.to_sql_checked(ty, out)
    }

    /// Called by generated code: an attribute of a value.
    pub fn decode<S, T: FromSqlOwned>(
        value: &CompositeValue<'_>,
        index: usize,
    ) -> Result<T, CodecError> {
        value.get(index, |ty, raw| match T::accepts(ty) {
            true => T::from_sql_nullable(ty, raw),
            false => Err(Box::new(WrongType::new::<T>(ty.clone()))),
        })
    }
}
