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

/// Sends a length of time without months and days. PostgreSQL counts in microseconds.
fn encode_exact(
    microseconds: Option<i64>,
    nanoseconds: i64,
    ty: &Type,
    out: &mut BytesMut,
) -> Result<IsNull, CodecError> {
    let microseconds = microseconds.ok_or_else(|| {
        Mistake::of("an interval counts its microseconds in 64 bits, and this has more")
    })?;
    without_nanoseconds(nanoseconds)?;
    Interval {
        microseconds,
        ..Interval::default()
    }
    .encode(ty, out)
}

fn without_nanoseconds(nanoseconds: i64) -> Result<(), CodecError> {
    match nanoseconds % 1000 {
        0 => Ok(()),
        _ => Err(Mistake::of(
            "an interval counts in microseconds, and this has nanoseconds",
        )),
    }
}

impl Encode<sql::interval> for Duration {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        let microseconds = self.as_micros().try_into().ok();
        encode_exact(microseconds, self.subsec_nanos().into(), ty, out)
    }
}

#[cfg(feature = "chrono")]
impl Encode<sql::interval> for chrono::TimeDelta {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        encode_exact(self.num_microseconds(), self.subsec_nanos().into(), ty, out)
    }
}

#[cfg(feature = "time")]
impl Encode<sql::interval> for time::Duration {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        let microseconds = self.whole_microseconds().try_into().ok();
        encode_exact(microseconds, self.subsec_nanoseconds().into(), ty, out)
    }
}

#[cfg(feature = "jiff")]
impl Encode<sql::interval> for jiff::SignedDuration {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        let microseconds = self.as_micros().try_into().ok();
        encode_exact(microseconds, self.subsec_nanos().into(), ty, out)
    }
}

#[cfg(feature = "jiff")]
impl Encode<sql::interval> for jiff::Span {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        Interval::try_from(*self)?.encode(ty, out)
    }
}

#[cfg(feature = "jiff")]
impl Decode<sql::interval> for jiff::Span {
    type Null = Never;

    fn decode(ty: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        jiff::Span::try_from(Interval::decode(ty, raw)?)
    }
}

/// Twelve months are a year and seven days a week, to PostgreSQL as well; what is shorter than a day becomes microseconds. A span
/// with nanoseconds is an error.
#[cfg(feature = "jiff")]
impl TryFrom<jiff::Span> for Interval {
    type Error = CodecError;

    fn try_from(span: jiff::Span) -> Result<Self, CodecError> {
        without_nanoseconds(span.get_nanoseconds())?;
        let parts = [
            (i64::from(span.get_hours()), 3_600_000_000),
            (span.get_minutes(), 60_000_000),
            (span.get_seconds(), 1_000_000),
            (span.get_milliseconds(), 1_000),
            (span.get_microseconds(), 1),
        ];
        // The bounds of each part of a span leave room for their sum.
        let microseconds: i64 = parts.iter().map(|(count, each)| count * each).sum();
        Ok(Interval {
            months: i32::from(span.get_years()) * 12 + span.get_months(),
            days: span.get_weeks() * 7 + span.get_days(),
            microseconds: microseconds + span.get_nanoseconds() / 1000,
        })
    }
}

/// Months, days and microseconds, as they are stored. A span runs in one direction and has bounds: an interval that runs both ways,
/// such as `1 month -1 day`, and one that is longer are errors.
#[cfg(feature = "jiff")]
impl TryFrom<Interval> for jiff::Span {
    type Error = CodecError;

    fn try_from(interval: Interval) -> Result<Self, CodecError> {
        let Interval {
            months,
            days,
            microseconds,
        } = interval;
        let directions = [i64::from(months), i64::from(days), microseconds].map(i64::signum);
        if directions.contains(&1) && directions.contains(&-1) {
            return Err(Mistake::of(
                "the interval runs forward in one part and back in another, and a `Span` of `jiff` runs in one direction",
            ));
        }
        // Its own error repeats the value.
        jiff::Span::new()
            .try_months(months)
            .and_then(|span| span.try_days(days))
            .and_then(|span| span.try_microseconds(microseconds))
            .map_err(|_| Mistake::of("the interval is longer than a `Span` of `jiff` can be"))
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
