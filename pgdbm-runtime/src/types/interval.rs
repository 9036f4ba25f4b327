//! Intervals: PostgreSQL manual, section 8.5.4.

use std::time::Duration;

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, accepts, to_sql_checked};

use super::codec::{CodecError, Decode, Encode, Mistake, Never, not_null};
use super::sql;

/// An `interval`: months, days and microseconds, each by itself, because a month has no fixed number of days, nor a day one of
/// hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Interval {
    /// Months; twelve are a year.
    pub months: i32,
    /// Days.
    pub days: i32,
    /// Microseconds.
    pub microseconds: i64,
}

impl Encode<sql::interval> for Interval {
    type Null = Never;

    fn encode(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        out.put_i64(self.microseconds);
        out.put_i32(self.days);
        out.put_i32(self.months);
        Ok(IsNull::No)
    }
}

impl Decode<sql::interval> for Interval {
    type Null = Never;

    fn decode(_: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        let raw: &[u8; 16] = not_null(raw)?.try_into()?;
        let [a, b, c, d, e, f, g, h, days @ .., m, n, o, p] = *raw;
        Ok(Interval {
            months: i32::from_be_bytes([m, n, o, p]),
            days: i32::from_be_bytes(days),
            microseconds: i64::from_be_bytes([a, b, c, d, e, f, g, h]),
        })
    }
}

/// A length of time without months and days; PostgreSQL counts in microseconds.
impl Encode<sql::interval> for Duration {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        if !self.subsec_nanos().is_multiple_of(1000) {
            return Err(Mistake::of(
                "an interval counts in microseconds, and this has nanoseconds",
            ));
        }
        let microseconds = i64::try_from(self.as_micros())?;
        Interval {
            microseconds,
            ..Interval::default()
        }
        .encode(ty, out)
    }
}

#[cfg(feature = "chrono")]
impl Encode<sql::interval> for chrono::TimeDelta {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        let microseconds = self
            .num_microseconds()
            .filter(|_| self.subsec_nanos() % 1000 == 0)
            .ok_or_else(|| Mistake::of("an interval counts in microseconds, in 64 bits"))?;
        Interval {
            microseconds,
            ..Interval::default()
        }
        .encode(ty, out)
    }
}

#[cfg(feature = "time")]
impl Encode<sql::interval> for time::Duration {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        if self.subsec_nanoseconds() % 1000 != 0 {
            return Err(Mistake::of(
                "an interval counts in microseconds, and this has nanoseconds",
            ));
        }
        let microseconds = i64::try_from(self.whole_microseconds())?;
        Interval {
            microseconds,
            ..Interval::default()
        }
        .encode(ty, out)
    }
}

impl<'r> FromSql<'r> for Interval {
    fn from_sql(ty: &Type, raw: &'r [u8]) -> Result<Self, CodecError> {
        Self::decode(ty, Some(raw))
    }

    accepts!(INTERVAL);
}

impl ToSql for Interval {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        self.encode(ty, out)
    }

    accepts!(INTERVAL);
    to_sql_checked!();
}
