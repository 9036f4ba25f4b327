//! Types whose values the driver, or the crate that they come from, sends and reads.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::Arc;

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, PgLsn, ToSql, Type};

use super::codec::{CodecError, Decode, Encode, Never, not_null};
use super::sql;

/// Types that implement the driver's traits.
macro_rules! driver {
    ($($sql:ty: $($rust:ty),+;)+) => {$($(
        impl Encode<$sql> for $rust {
            type Null = Never;

            fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
                self.to_sql(ty, out)
            }
        }

        impl Decode<$sql> for $rust {
            type Null = Never;

            fn decode(ty: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
                <$rust as FromSql<'_>>::from_sql(ty, not_null(raw)?)
            }
        }
    )+)+};
}

/// Types that only a reference is had of.
macro_rules! unsized_values {
    ($($sql:ty: $rust:ty;)+) => {$(
        impl Encode<$sql> for $rust {
            type Null = Never;

            fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
                (&self).to_sql(ty, out)
            }
        }
    )+};
}

driver! {
    sql::boolean: bool;
    sql::char: i8;
    sql::smallint: i16;
    sql::integer: i32;
    sql::bigint: i64;
    sql::oid: u32;
    sql::real: f32;
    sql::double_precision: f64;
    sql::text: String;
    sql::xml: String;
    sql::ltree: String;
    sql::bytea: Vec<u8>;
    sql::timestamp: std::time::SystemTime;
    sql::timestamptz: std::time::SystemTime;
    sql::inet: std::net::IpAddr;
    sql::pg_lsn: PgLsn;
}

unsized_values! {
    sql::text: str;
    sql::xml: str;
    sql::ltree: str;
    sql::bytea: [u8];
}

impl<const N: usize> Encode<sql::bytea> for [u8; N] {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        self.as_slice().to_sql(ty, out)
    }
}

impl<H: BuildHasher> Encode<sql::hstore> for HashMap<String, Option<String>, H> {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        self.to_sql(ty, out)
    }
}

impl<H: BuildHasher + Default> Decode<sql::hstore> for HashMap<String, Option<String>, H> {
    type Null = Never;

    fn decode(ty: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        FromSql::from_sql(ty, not_null(raw)?)
    }
}

impl Decode<sql::text> for Box<str> {
    type Null = Never;

    fn decode(ty: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        FromSql::from_sql(ty, not_null(raw)?)
    }
}

impl Decode<sql::text> for Arc<str> {
    type Null = Never;

    fn decode(ty: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        <&str as FromSql<'_>>::from_sql(ty, not_null(raw)?).map(Arc::from)
    }
}

impl Decode<sql::text> for Cow<'static, str> {
    type Null = Never;

    fn decode(ty: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        <String as FromSql<'_>>::from_sql(ty, not_null(raw)?).map(Cow::Owned)
    }
}

/// What a function returns that returns nothing.
impl Decode<sql::void> for () {
    type Null = Never;

    fn decode(_: &Type, _: Option<&[u8]>) -> Result<Self, CodecError> {
        Ok(())
    }
}

#[cfg(feature = "uuid")]
driver! {
    sql::uuid: uuid::Uuid;
}

#[cfg(feature = "json")]
driver! {
    sql::json: serde_json::Value;
}

#[cfg(feature = "json")]
impl<T: serde::Serialize + std::fmt::Debug> Encode<sql::json> for tokio_postgres::types::Json<T> {
    type Null = Never;

    fn encode(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, CodecError> {
        self.to_sql(ty, out)
    }
}

#[cfg(feature = "json")]
impl<T: serde::de::DeserializeOwned> Decode<sql::json> for tokio_postgres::types::Json<T> {
    type Null = Never;

    fn decode(ty: &Type, raw: Option<&[u8]>) -> Result<Self, CodecError> {
        FromSql::from_sql(ty, not_null(raw)?)
    }
}

#[cfg(feature = "chrono")]
driver! {
    sql::date: chrono::NaiveDate;
    sql::time: chrono::NaiveTime;
    sql::timestamp: chrono::NaiveDateTime;
    sql::timestamptz: chrono::DateTime<chrono::Utc>, chrono::DateTime<chrono::FixedOffset>,
        chrono::DateTime<chrono::Local>;
}

#[cfg(feature = "time")]
driver! {
    sql::date: time::Date;
    sql::time: time::Time;
    sql::timestamp: time::PrimitiveDateTime;
    sql::timestamptz: time::OffsetDateTime;
}

#[cfg(feature = "jiff")]
driver! {
    sql::date: jiff::civil::Date;
    sql::time: jiff::civil::Time;
    sql::timestamp: jiff::civil::DateTime;
    sql::timestamptz: jiff::Timestamp;
}

#[cfg(feature = "rust_decimal")]
driver! {
    sql::numeric: rust_decimal::Decimal;
}

#[cfg(feature = "cidr")]
driver! {
    sql::inet: cidr::IpInet;
    sql::cidr: cidr::IpCidr;
}

#[cfg(feature = "eui48")]
driver! {
    sql::macaddr: eui48::MacAddress;
}

#[cfg(feature = "bit-vec")]
driver! {
    sql::bit: bit_vec::BitVec;
}

#[cfg(feature = "geo-types")]
driver! {
    sql::point: geo_types::Point<f64>;
    sql::rectangle: geo_types::Rect<f64>;
    sql::path: geo_types::LineString<f64>;
}
