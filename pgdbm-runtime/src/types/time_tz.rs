//! Times of day with an offset: PostgreSQL manual, section 8.5.1.2.

use std::fmt;

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{IsNull, Type};

use super::codec::{CodecError, Decode, Encode, Never};
use super::driver::driver_traits;
use super::reader::Reader;
use super::sql;

/// A `time with time zone`: a time of day, 24:00 included, and how far it is ahead of UTC.
///
/// ```
/// # use pgdbm_runtime::types::TimeTz;
/// let noon = TimeTz { microseconds: 12 * 3_600_000_000, offset_seconds: 3600 };
/// assert_eq!(noon.to_string(), "12:00:00+01:00");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TimeTz {
    /// Microseconds since midnight.
    pub microseconds: i64,
    /// Seconds ahead of UTC, to the east; negative to the west.
    pub offset_seconds: i32,
}

impl fmt::Display for TimeTz {
    /// As the server writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.microseconds / 1_000_000;
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        write!(f, "{hours:02}:{minutes:02}:{:02}", seconds % 60)?;
        let fraction = format!("{:06}", self.microseconds.unsigned_abs() % 1_000_000);
        let fraction = fraction.trim_end_matches('0');
        if !fraction.is_empty() {
            write!(f, ".{fraction}")?;
        }
        let sign = if self.offset_seconds < 0 { '-' } else { '+' };
        let offset = self.offset_seconds.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", offset / 3600, offset / 60 % 60)?;
        if !offset.is_multiple_of(60) {
            write!(f, ":{:02}", offset % 60)?;
        }
        Ok(())
    }
}

impl Encode<sql::timetz> for TimeTz {
    type Null = Never;

    fn encode(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        out.put_i64(self.microseconds);
        // The server counts to the west.
        out.put_i32(self.offset_seconds.checked_neg().ok_or("no such offset")?);
        Ok(IsNull::No)
    }
}

impl Decode<sql::timetz> for TimeTz {
    type Null = Never;

    fn decode(_: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        let mut reader = Reader::new(raw)?;
        let time = TimeTz {
            microseconds: reader.i64()?,
            offset_seconds: reader.i32()?.checked_neg().ok_or("no such offset")?,
        };
        reader.end()?;
        Ok(time)
    }
}

driver_traits!(TimeTz, sql::timetz, TIMETZ);
