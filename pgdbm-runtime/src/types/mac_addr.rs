//! Hardware addresses: PostgreSQL manual, section 8.9.

use std::fmt;

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{IsNull, Type};

use super::codec::{CodecError, Decode, Encode, Never};
use super::driver::driver_traits;
use super::reader::Reader;
use super::sql;

/// A `macaddr`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MacAddr(pub [u8; 6]);

/// A `macaddr8`, in the format EUI-64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MacAddr8(pub [u8; 8]);

macro_rules! addresses {
    ($($rust:ident, $sql:ty, $constant:ident;)+) => {$(
        impl fmt::Display for $rust {
            /// As the server writes it: `08:00:2b:01:02:03`.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let bytes = self.0.map(|byte| format!("{byte:02x}"));
                f.write_str(&bytes.join(":"))
            }
        }

        impl Encode<$sql> for $rust {
            type Null = Never;

            fn encode(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
                out.put_slice(&self.0);
                Ok(IsNull::No)
            }
        }

        impl Decode<$sql> for $rust {
            type Null = Never;

            fn decode(_: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
                let mut reader = Reader::new(raw)?;
                let address = $rust(reader.take()?);
                reader.end()?;
                Ok(address)
            }
        }

        driver_traits!($rust, $sql, $constant);
    )+};
}

addresses! {
    MacAddr, sql::macaddr, MACADDR;
    MacAddr8, sql::macaddr8, MACADDR8;
}
