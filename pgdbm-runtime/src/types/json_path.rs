//! Paths into JSON: PostgreSQL manual, section 8.14.7.

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{IsNull, Type};

use super::codec::{CodecError, Decode, Encode, Never};
use super::driver::driver_traits;
use super::reader::Reader;
use super::sql;

/// A `jsonpath`, as text: `$.items[*].price`. As an argument a `&str` will do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct JsonPath(pub String);

/// The only version of the format.
const VERSION: u8 = 1;

impl Encode<sql::jsonpath> for str {
    type Null = Never;

    fn encode(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        out.put_u8(VERSION);
        out.put_slice(self.as_bytes());
        Ok(IsNull::No)
    }
}

impl Encode<sql::jsonpath> for String {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        Encode::<sql::jsonpath>::encode(self.as_str(), ty, out)
    }
}

impl Encode<sql::jsonpath> for JsonPath {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        Encode::<sql::jsonpath>::encode(self.0.as_str(), ty, out)
    }
}

impl Decode<sql::jsonpath> for JsonPath {
    type Null = Never;

    fn decode(_: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        let mut reader = Reader::new(raw)?;
        if reader.u8()? != VERSION {
            return Err("the path has a version that is not known here".into());
        }
        Ok(JsonPath(String::from_utf8(reader.rest().to_vec())?))
    }
}

impl Decode<sql::jsonpath> for String {
    type Null = Never;

    fn decode(ty: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        JsonPath::decode(ty, raw).map(|path| path.0)
    }
}

driver_traits!(JsonPath, sql::jsonpath, JSONPATH);
