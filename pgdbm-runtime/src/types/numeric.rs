//! `numeric` as `BigDecimal`: PostgreSQL manual, section 8.1.2.
//!
//! On the wire it is a number of digits to the base 10,000, the power of that base which the first stands for, a sign, and the
//! number of decimals to show (`numeric_send` in the server's `numeric.c`).

use bigdecimal::BigDecimal;
use bigdecimal::num_bigint::{BigInt, Sign};
use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{IsNull, Type};

use super::codec::{CodecError, Decode, Encode, Mistake, Never};
use super::driver::driver_traits;
use super::reader::Reader;
use super::sql;

/// A `numeric` of any size, for `sql(…)` and `FromRow`: there the driver's traits count, which `BigDecimal` itself does not have.
/// Checked queries take and give `BigDecimal` as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Numeric(pub BigDecimal);

/// How many decimals one digit holds.
const DECIMALS: i64 = 4;

/// The server keeps no more decimals behind the point.
const MOST_DECIMALS: i64 = 0x3FFF;

/// Nor more before it.
const MOST_INTEGERS: i64 = 131_072;

const POSITIVE: u16 = 0x0000;
const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;
const INFINITY: u16 = 0xD000;
const NEGATIVE_INFINITY: u16 = 0xF000;

impl Encode<sql::numeric> for BigDecimal {
    type Null = Never;

    fn encode(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        let (integer, scale) = self.as_bigint_and_scale();
        let (sign, decimals) = integer.to_radix_be(10);
        let length = i64::try_from(decimals.len())?;
        if scale > MOST_DECIMALS || length.saturating_sub(scale) > MOST_INTEGERS {
            return Err(Mistake::of(format!(
                "`numeric` has at most {MOST_INTEGERS} decimals before the point and {MOST_DECIMALS} behind it"
            )));
        }
        // Groups of four are counted from the point, so the first and the last are filled up with zeros.
        let integers = length - scale;
        let before = integers.rem_euclid(DECIMALS);
        let leading = (DECIMALS - before) % DECIMALS;
        let zeros = |count: i64| std::iter::repeat_n(0, usize::try_from(count).unwrap_or(0));
        let mut padded: Vec<u8> = zeros(leading).collect();
        padded.extend(decimals);
        let missing = padded.len().next_multiple_of(4) - padded.len();
        padded.extend(std::iter::repeat_n(0, missing));
        let digits = padded.chunks(4).map(|four| {
            let digits = four.iter().map(|digit| u16::from(*digit));
            digits.fold(0_u16, |number, digit| number * 10 + digit)
        });
        let mut digits: Vec<u16> = digits.collect();
        // Zeros lead only where the number is zero.
        let mut weight = (integers + leading) / DECIMALS - 1;
        while digits.last() == Some(&0) {
            digits.pop();
        }
        if digits.is_empty() {
            weight = 0;
        }
        out.put_u16(u16::try_from(digits.len())?);
        out.put_i16(i16::try_from(weight)?);
        out.put_u16(match sign {
            Sign::Minus => NEGATIVE,
            Sign::NoSign | Sign::Plus => POSITIVE,
        });
        out.put_u16(u16::try_from(scale.max(0))?);
        for digit in digits {
            out.put_u16(digit);
        }
        Ok(IsNull::No)
    }
}

impl Decode<sql::numeric> for BigDecimal {
    type Null = Never;

    fn decode(_: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        let mut reader = Reader::new(raw)?;
        let count = i64::from(reader.u16()?);
        let weight = i64::from(reader.u16()?.cast_signed());
        let sign = match reader.u16()? {
            POSITIVE => Sign::Plus,
            NEGATIVE => Sign::Minus,
            NAN => return Err(Mistake::of("`BigDecimal` has no NaN")),
            INFINITY | NEGATIVE_INFINITY => {
                return Err(Mistake::of("`BigDecimal` has no infinity"));
            }
            _ => return Err("the number has a sign that is not known here".into()),
        };
        let scale = i64::from(reader.u16()?);
        let mut decimals = Vec::new();
        for _ in 0..count {
            let digit = reader.u16()?;
            for power in [1000, 100, 10, 1] {
                decimals.push(u8::try_from(digit / power % 10)?);
            }
        }
        reader.end()?;
        // The last digit stands for this power of ten; what is missing up to the decimals shown is zeros.
        let last = (count - weight - 1) * DECIMALS;
        let missing = usize::try_from((scale - last).max(0))?;
        decimals.extend(std::iter::repeat_n(0, missing));
        let surplus = usize::try_from((last - scale).max(0))?;
        // What the server does not show is zero.
        decimals.truncate(decimals.len().saturating_sub(surplus));
        if decimals.is_empty() {
            return Ok(BigDecimal::new(BigInt::from(0), scale));
        }
        let integer = BigInt::from_radix_be(sign, &decimals, 10).ok_or("no decimal digits")?;
        Ok(BigDecimal::new(integer, scale))
    }
}

impl Encode<sql::numeric> for Numeric {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        self.0.encode(ty, out)
    }
}

impl Decode<sql::numeric> for Numeric {
    type Null = Never;

    fn decode(ty: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        BigDecimal::decode(ty, raw).map(Numeric)
    }
}

driver_traits!(Numeric, sql::numeric, NUMERIC);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use bigdecimal::BigDecimal;
    use bytes::BytesMut;
    use tokio_postgres::types::Type;

    use super::{Decode, Encode};

    fn sent(text: &str) -> Result<Vec<u8>, super::CodecError> {
        let mut out = BytesMut::new();
        let value: BigDecimal = text.parse()?;
        value.encode(&Type::NUMERIC, &mut out)?;
        Ok(out.to_vec())
    }

    #[test]
    fn numbers_are_laid_out_as_the_server_does_it() {
        for (text, digits, weight, scale) in [
            ("0", &[][..], 0, 0),
            ("0.00", &[], 0, 2),
            ("1", &[1], 0, 0),
            ("3950.123456", &[3950, 1234, 5600], 0, 6),
            ("10000", &[1], 1, 0),
            ("0.0001", &[1], -1, 4),
            ("0.00001", &[1000], -2, 5),
            ("1e5", &[10], 1, 0),
            ("12345678.9", &[1234, 5678, 9000], 1, 1),
        ] {
            let mut expected = Vec::new();
            expected.extend(u16::try_from(digits.len()).unwrap().to_be_bytes());
            expected.extend(i16::to_be_bytes(weight));
            expected.extend([0, 0]);
            expected.extend(u16::to_be_bytes(scale));
            for digit in digits {
                expected.extend(u16::to_be_bytes(*digit));
            }
            assert_eq!(sent(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_the_server_cannot_keep_is_refused_before_it_is_written_out() {
        for text in ["1e-20000", "1e200000", "1e9223372036854775807"] {
            assert!(
                sent(text).unwrap_err().to_string().contains("at most"),
                "{text}"
            );
        }
    }

    #[test]
    fn foreign_bytes_are_errors() {
        for raw in [
            &[][..],
            &[0, 0, 0, 0, 0xC0, 0, 0, 0],
            &[0, 0, 0, 0, 0xD0, 0, 0, 0],
            &[0, 0, 0, 0, 0x12, 0x34, 0, 0],
            &[0, 2, 0, 0, 0, 0, 0, 0, 0, 1],
            &[0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        ] {
            assert!(
                BigDecimal::decode(&Type::NUMERIC, Some(raw)).is_err(),
                "{raw:?}"
            );
        }
    }
}
