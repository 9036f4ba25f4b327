//! Ranges and multiranges: PostgreSQL manual, section 8.17.

use std::ops::{self, Bound};

use bytes::{BufMut, BytesMut};
use postgres_protocol::IsNull as WireNull;
use postgres_protocol::types::{self as wire, RangeBound};
use tokio_postgres::types::{FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};

use super::codec::{CodecError, Decode, Encode, Never, not_null, without_domains};
use super::sql;

/// A range of values: what lies between two bounds, or nothing.
///
/// The server writes ranges over whole numbers and dates with an included lower and an excluded upper bound, however they
/// were sent.
///
/// ```
/// use std::ops::Bound;
/// use pgdbm_runtime::types::Range;
///
/// assert_eq!(Range::from(1..4), Range::Within(Bound::Included(1), Bound::Excluded(4)));
/// assert_eq!(Range::from(5..), Range::Within(Bound::Included(5), Bound::Unbounded));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Range<T> {
    /// No value at all.
    Empty,
    /// The values between the lower and the upper bound.
    Within(Bound<T>, Bound<T>),
}

/// Ranges that neither meet nor overlap, in order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Multirange<T>(pub Vec<Range<T>>);

impl<T> From<ops::Range<T>> for Range<T> {
    fn from(range: ops::Range<T>) -> Self {
        Range::Within(Bound::Included(range.start), Bound::Excluded(range.end))
    }
}

impl<T> From<ops::RangeInclusive<T>> for Range<T> {
    fn from(range: ops::RangeInclusive<T>) -> Self {
        let (start, end) = range.into_inner();
        Range::Within(Bound::Included(start), Bound::Included(end))
    }
}

impl<T> From<ops::RangeFrom<T>> for Range<T> {
    fn from(range: ops::RangeFrom<T>) -> Self {
        Range::Within(Bound::Included(range.start), Bound::Unbounded)
    }
}

impl<T> From<ops::RangeTo<T>> for Range<T> {
    fn from(range: ops::RangeTo<T>) -> Self {
        Range::Within(Bound::Unbounded, Bound::Excluded(range.end))
    }
}

impl<T> From<ops::RangeToInclusive<T>> for Range<T> {
    fn from(range: ops::RangeToInclusive<T>) -> Self {
        Range::Within(Bound::Unbounded, Bound::Included(range.end))
    }
}

impl<T> From<ops::RangeFull> for Range<T> {
    fn from(_: ops::RangeFull) -> Self {
        Range::Within(Bound::Unbounded, Bound::Unbounded)
    }
}

impl<T> From<(Bound<T>, Bound<T>)> for Range<T> {
    fn from((lower, upper): (Bound<T>, Bound<T>)) -> Self {
        Range::Within(lower, upper)
    }
}

impl<S, T: Encode<S>> Encode<sql::range<S>> for Range<T> {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        let Kind::Range(subtype) = ty.kind() else {
            return Err(format!("`{}` is no range", ty.name()).into());
        };
        encode_range(self, subtype, out)?;
        Ok(IsNull::No)
    }
}

macro_rules! std_ranges {
    ($($name:ident),+) => {$(
        impl<S, T: Encode<S> + Clone> Encode<sql::range<S>> for ops::$name<T> {
            type Null = Never;

            fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
                Range::from(self.clone()).encode(ty, out)
            }
        }
    )+};
}

std_ranges!(Range, RangeInclusive, RangeFrom, RangeTo, RangeToInclusive);

/// Every value: the type of the bounds does not matter, for there are none.
impl<S> Encode<sql::range<S>> for ops::RangeFull {
    type Null = Never;

    fn encode(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        let no_bound = |_: &mut BytesMut| Ok(RangeBound::Unbounded);
        wire::range_to_sql(no_bound, no_bound, out)?;
        Ok(IsNull::No)
    }
}

impl<S, T: Decode<S>> Decode<sql::range<S>> for Range<T> {
    type Null = Never;

    fn decode(ty: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        let Kind::Range(subtype) = ty.kind() else {
            return Err(format!("`{}` is no range", ty.name()).into());
        };
        decode_range(subtype, not_null(raw)?)
    }
}

impl<S, T: Encode<S>> Encode<sql::multirange<S>> for Multirange<T> {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        let subtype = subtype_of_multirange(ty)?;
        out.put_i32(i32::try_from(self.0.len())?);
        for range in &self.0 {
            let at = out.len();
            out.put_i32(0);
            encode_range(range, subtype, out)?;
            let length = i32::try_from(out.len() - at - 4)?;
            out[at..at + 4].copy_from_slice(&length.to_be_bytes());
        }
        Ok(IsNull::No)
    }
}

impl<S, T: Decode<S>> Decode<sql::multirange<S>> for Multirange<T> {
    type Null = Never;

    fn decode(ty: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        let subtype = subtype_of_multirange(ty)?;
        let mut rest = not_null(raw)?;
        let count = take_length(&mut rest)?;
        let mut ranges = Vec::new();
        for _ in 0..count {
            let length = take_length(&mut rest)?;
            let (range, after) = rest.split_at_checked(length).ok_or_else(cut_off)?;
            ranges.push(decode_range(subtype, range)?);
            rest = after;
        }
        Ok(Multirange(ranges))
    }
}

/// The driver knows a multirange by the type of its ranges, or of their bounds.
fn subtype_of_multirange(ty: &Type) -> Result<&Type, CodecError> {
    match ty.kind() {
        Kind::Multirange(within) => Ok(match within.kind() {
            Kind::Range(subtype) => subtype,
            _ => within,
        }),
        _ => Err(format!("`{}` is no multirange", ty.name()).into()),
    }
}

fn take_length(rest: &mut &[u8]) -> Result<usize, CodecError> {
    let (length, after) = rest.split_first_chunk::<4>().ok_or_else(cut_off)?;
    *rest = after;
    Ok(usize::try_from(i32::from_be_bytes(*length))?)
}

fn cut_off() -> CodecError {
    "the value ends too early".into()
}

fn encode_range<S, T: Encode<S>>(
    range: &Range<T>,
    subtype: &Type,
    out: &mut BytesMut,
) -> Result<(), CodecError> {
    match range {
        Range::Empty => wire::empty_range_to_sql(out),
        Range::Within(lower, upper) => wire::range_to_sql(
            |out| encode_bound(lower, subtype, out),
            |out| encode_bound(upper, subtype, out),
            out,
        )?,
    }
    Ok(())
}

fn encode_bound<S, T: Encode<S>>(
    bound: &Bound<T>,
    subtype: &Type,
    out: &mut BytesMut,
) -> Result<RangeBound<WireNull>, CodecError> {
    let mut put = |value: &T| match value.encode(without_domains(subtype), out)? {
        IsNull::No => Ok::<_, CodecError>(WireNull::No),
        IsNull::Yes => Err("a bound is NULL: leave it out with `Bound::Unbounded`".into()),
    };
    Ok(match bound {
        Bound::Included(value) => RangeBound::Inclusive(put(value)?),
        Bound::Excluded(value) => RangeBound::Exclusive(put(value)?),
        Bound::Unbounded => RangeBound::Unbounded,
    })
}

fn decode_range<S, T: Decode<S>>(subtype: &Type, raw: &[u8]) -> Result<Range<T>, CodecError> {
    let bound = |bound: RangeBound<Option<&[u8]>>| {
        Ok::<_, CodecError>(match bound {
            RangeBound::Inclusive(raw) => {
                Bound::Included(T::decode(without_domains(subtype), raw)?)
            }
            RangeBound::Exclusive(raw) => {
                Bound::Excluded(T::decode(without_domains(subtype), raw)?)
            }
            RangeBound::Unbounded => Bound::Unbounded,
        })
    };
    Ok(match wire::range_from_sql(raw)? {
        wire::Range::Empty => Range::Empty,
        wire::Range::Nonempty(lower, upper) => Range::Within(bound(lower)?, bound(upper)?),
    })
}

/// The marker that [`Decode`] and [`Encode`] ask for where the driver knows the type.
enum Driver {}

impl<T: for<'r> FromSql<'r>> Decode<Driver> for Known<T> {
    type Null = Never;

    fn decode(ty: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        T::from_sql_nullable(ty, raw).map(Known)
    }
}

impl<T: ToSql> Encode<Driver> for Sent<'_, T> {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        self.0.to_sql(ty, out)
    }
}

/// A bound as the driver sends it.
struct Sent<'v, T>(&'v T);

/// A bound as the driver reads it.
struct Known<T>(T);

impl<T> Range<T> {
    fn as_ref(&self) -> Range<&T> {
        match self {
            Range::Empty => Range::Empty,
            Range::Within(lower, upper) => Range::Within(lower.as_ref(), upper.as_ref()),
        }
    }

    fn map<U>(self, mut change: impl FnMut(T) -> U) -> Range<U> {
        match self {
            Range::Empty => Range::Empty,
            Range::Within(lower, upper) => Range::Within(lower.map(&mut change), upper.map(change)),
        }
    }
}

impl<'r, T: for<'b> FromSql<'b>> FromSql<'r> for Range<T> {
    fn from_sql(ty: &Type, raw: &'r [u8]) -> Result<Self, CodecError> {
        let read = <Range<Known<T>> as Decode<sql::range<Driver>>>::decode(ty, Some(raw))?;
        Ok(read.map(|known| known.0))
    }

    fn accepts(ty: &Type) -> bool {
        matches!(ty.kind(), Kind::Range(subtype) if T::accepts(subtype))
    }
}

impl<'r, T: for<'b> FromSql<'b>> FromSql<'r> for Multirange<T> {
    fn from_sql(ty: &Type, raw: &'r [u8]) -> Result<Self, CodecError> {
        let read =
            <Multirange<Known<T>> as Decode<sql::multirange<Driver>>>::decode(ty, Some(raw))?;
        let ranges = read.0.into_iter().map(|range| range.map(|known| known.0));
        Ok(Multirange(ranges.collect()))
    }

    fn accepts(ty: &Type) -> bool {
        subtype_of_multirange(ty).is_ok_and(T::accepts)
    }
}

impl<T: ToSql> ToSql for Range<T> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        Encode::<sql::range<Driver>>::encode(&self.as_ref().map(Sent), ty, out)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(ty.kind(), Kind::Range(subtype) if T::accepts(subtype))
    }

    to_sql_checked!();
}

impl<T: ToSql> ToSql for Multirange<T> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        let ranges = self.0.iter().map(|range| range.as_ref().map(Sent));
        Encode::<sql::multirange<Driver>>::encode(&Multirange(ranges.collect()), ty, out)
    }

    fn accepts(ty: &Type) -> bool {
        subtype_of_multirange(ty).is_ok_and(T::accepts)
    }

    to_sql_checked!();
}
