//! Amounts of money: PostgreSQL manual, section 8.2.

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{IsNull, Type};

use super::codec::{CodecError, Decode, Encode, Never};
use super::driver::driver_traits;
use super::reader::Reader;
use super::sql;

/// A `money`: a number of the smallest unit that the server's `lc_monetary` has. With most currencies, and with the C locale, a
/// unit is a hundredth.
///
/// Prefer `numeric` for new tables: what this means depends on a setting of the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Money(pub i64);

impl Encode<sql::money> for Money {
    type Null = Never;

    fn encode(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        out.put_i64(self.0);
        Ok(IsNull::No)
    }
}

impl Decode<sql::money> for Money {
    type Null = Never;

    fn decode(_: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        let mut reader = Reader::new(raw)?;
        let money = Money(reader.i64()?);
        reader.end()?;
        Ok(money)
    }
}

driver_traits!(Money, sql::money, MONEY);
