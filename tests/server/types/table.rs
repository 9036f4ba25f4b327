//! Each row of the table at `pgdbm::types`: values go there and come back, borders included, alone, in arrays and as NULL.

use std::borrow::Cow;
use std::collections::HashMap;
use std::net::IpAddr;
use std::ops::Bound;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

#[allow(unused_imports, reason = "the crates whose features are on")]
use pgdbm::__private as of;
use pgdbm::types::{
    Circle, Interval, JsonPath, Lexeme, Line, LineSegment, MacAddr, MacAddr8, Money, Multirange,
    Path, PgLsn, Point, Polygon, Position, Range, Rectangle, TimeTz, TsQuery, TsQueryItem,
    TsVector, Tuple, Weight,
};
use pgdbm::{DatabaseManager, query, query_as, query_scalar, sql};

use crate::lab::lab;

/// The table.
const TABLE: &str = include_str!("../../../pgdbm-runtime/src/types/table.md");

/// Sends the values of each type and reads them: alone, as NULL, and in an array. Where several types of Rust are known for one,
/// it says which.
macro_rules! round_trips {
    ($name:ident $types:ident $($sql:literal $(as $rust:literal)? => $values:expr;)+) => {
        /// The types that this test holds.
        const $types: &[&str] = &[$($sql),+];

        #[tokio::test]
        async fn $name() {
            lab(async |lab| {
                extensions(&lab.db).await;
                $({
                    let values = Vec::from($values);
                    round_trip!(&lab.db, values, $sql $($rust)?);
                })+
            })
            .await;
        }
    };
}

macro_rules! round_trip {
    ($db:expr, $values:ident, $sql:literal) => {
        for value in &$values {
            let back = query_scalar!(concat!("SELECT $1::", $sql, " AS \"value!\""), value);
            assert_eq!(&back.fetch_one($db).await.unwrap(), value, $sql);
        }
        let null = $values.first().filter(|_| false);
        let back = query_scalar!(concat!("SELECT $1::", $sql), null);
        assert_eq!(back.fetch_one($db).await.unwrap(), None, $sql);
        let first = $values.first();
        let back = query!(
            concat!(
                "SELECT $1::",
                $sql,
                "[] AS \"all!\", $2::",
                $sql,
                " AS \"one?\""
            ),
            &$values,
            first
        );
        let back = back.fetch_one($db).await.unwrap();
        assert_eq!(back.all, $values, $sql);
        assert_eq!(back.one.as_ref(), first, $sql);
    };
    ($db:expr, $values:ident, $sql:literal $rust:literal) => {
        for value in &$values {
            let back = query_scalar!(
                concat!("SELECT $1::", $sql, " AS \"value!: ", $rust, "\""),
                value
            );
            assert_eq!(&back.fetch_one($db).await.unwrap(), value, $sql);
        }
        let first = $values.first();
        let null = first.filter(|_| false);
        let back = query!(
            concat!(
                "SELECT $1::",
                $sql,
                "[] AS \"all!: Vec<",
                $rust,
                ">\", $2::",
                $sql,
                " AS \"one: ",
                $rust,
                "\", $3::",
                $sql,
                " AS \"none: ",
                $rust,
                "\""
            ),
            &$values,
            first,
            null
        );
        let back = back.fetch_one($db).await.unwrap();
        assert_eq!(back.all, $values, $sql);
        assert_eq!((back.one.as_ref(), back.none), (first, None), $sql);
    };
}

async fn extensions(db: &DatabaseManager) {
    db.ensure_schema().await.unwrap();
    for name in ["citext", "hstore", "ltree"] {
        sql(&format!(
            "CREATE EXTENSION IF NOT EXISTS {name} SCHEMA public"
        ))
        .execute(db)
        .await
        .unwrap();
    }
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn point(x: f64, y: f64) -> Point {
    Point { x, y }
}

/// Ranges as the server writes those over types that have a next value: the lower bound belongs to them, the upper does not.
fn ranges<T: Clone>(low: T, high: T) -> Vec<Range<T>> {
    vec![
        Range::Empty,
        Range::from(low.clone()..high.clone()),
        Range::from(low..),
        Range::from(..high),
        Range::from(..),
    ]
}

/// The same over types that have none: bounds are as they were sent.
#[allow(dead_code, reason = "without features there are few such types")]
fn all_ranges<T: Clone>(low: T, high: T) -> Vec<Range<T>> {
    let mut all = ranges(low.clone(), high.clone());
    all.extend([
        Range::from(low.clone()..=high.clone()),
        Range::from(low.clone()..=low.clone()),
        Range::from(..=high.clone()),
        Range::Within(Bound::Excluded(low.clone()), Bound::Excluded(high.clone())),
        Range::Within(Bound::Excluded(low.clone()), Bound::Included(high)),
        Range::Within(Bound::Excluded(low), Bound::Unbounded),
    ]);
    all
}

fn multiranges<T: Clone>(low: T, high: T) -> Vec<Multirange<T>> {
    vec![
        Multirange(vec![]),
        Multirange(vec![Range::from(..)]),
        Multirange(vec![Range::from(low.clone()..high.clone())]),
        Multirange(vec![Range::from(..low), Range::from(high..)]),
    ]
}

#[allow(dead_code, reason = "without features there are few such types")]
fn all_multiranges<T: Clone>(low: T, high: T) -> Vec<Multirange<T>> {
    let mut all = multiranges(low.clone(), high.clone());
    all.push(Multirange(vec![
        Range::Within(Bound::Unbounded, Bound::Included(low)),
        Range::Within(Bound::Excluded(high), Bound::Unbounded),
    ]));
    all
}

round_trips! {
    numbers_come_back NUMBERS
    "bool" => [true, false];
    "smallint" => [0_i16, i16::MIN, i16::MAX];
    "integer" => [0_i32, i32::MIN, i32::MAX];
    "bigint" => [0_i64, i64::MIN, i64::MAX];
    "oid" => [0_u32, u32::MAX];
    "xid" => [0_u32, u32::MAX];
    "cid" => [7_u32];
    "regclass" => [1259_u32];
    "regtype" => [23_u32];
    "regproc" => [1242_u32];
    "regprocedure" => [1242_u32];
    "regoper" => [96_u32];
    "regoperator" => [96_u32];
    "regrole" => [10_u32];
    "regnamespace" => [11_u32];
    "regconfig" => [3748_u32];
    "regdictionary" => [3765_u32];
    "regcollation" => [100_u32];
    "real" => [0_f32, f32::MIN, f32::MAX, f32::INFINITY, f32::NEG_INFINITY, f32::MIN_POSITIVE];
    "double precision" => [0_f64, f64::MIN, f64::MAX, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE];
    "money" => [Money(0), Money(i64::MAX), Money(i64::MIN)];
}

round_trips! {
    texts_come_back TEXTS
    "text" => [text(""), text("é\u{1F600}"), "x".repeat(100_000)];
    "varchar" => [text(""), text("a")];
    "char(3)" => [text("abc"), text("a  ")];
    "name" => [text("a")];
    "xml" => [text("<a/>")];
    "\"char\"" => [65_i8, -1];
    "bytea" => [Vec::<u8>::new(), vec![0, 255]];
    "jsonpath" => [JsonPath(text("$.\"items\"[*].\"price\""))];
}

round_trips! {
    times_come_back TIMES
    "timetz" => [
        TimeTz { microseconds: 0, offset_seconds: 0 },
        TimeTz { microseconds: 86_400_000_000, offset_seconds: -57_540 },
        TimeTz { microseconds: 86_399_999_999, offset_seconds: 57_540 },
    ];
    "interval" => [
        Interval::default(),
        Interval { months: -1, days: 40, microseconds: 5 },
        // On newer servers the extremes are infinity, which is a value as any other here.
        Interval { months: 1_000_000, days: -1_000_000, microseconds: 1 << 60 },
    ];
}

round_trips! {
    networks_come_back NETWORKS
    "macaddr8" => [MacAddr8([0; 8]), MacAddr8([8, 0, 43, 1, 2, 3, 4, 255])];
}

round_trips! {
    shapes_come_back SHAPES
    "line" => [Line { a: 1.0, b: -1.0, c: 0.5 }];
    "lseg" => [LineSegment { start: point(0.0, 1.0), end: point(-2.5, 3.0) }];
    "polygon" => [Polygon { points: vec![point(0.0, 0.0)] }, Polygon { points: vec![point(0.0, 0.0), point(4.0, 0.0), point(0.0, 3.0)] }];
    "circle" => [Circle { center: point(1.0, 2.0), radius: 0.0 }, Circle { center: point(1.0, 2.0), radius: f64::INFINITY }];
}

round_trips! {
    searches_come_back SEARCHES
    "tsvector" => [
        TsVector::default(),
        TsVector(vec![
            Lexeme { text: text("cat"), positions: vec![] },
            Lexeme {
                text: text("it's é"),
                positions: vec![Position { place: 1, weight: Weight::D }, Position { place: 16383, weight: Weight::A }],
            },
        ]),
    ];
    "tsquery" => [
        TsQuery(vec![
            TsQueryItem::And,
            TsQueryItem::Not,
            TsQueryItem::Word { text: text("dog"), prefix: true, weights: vec![Weight::D, Weight::A] },
            TsQueryItem::Phrase(3),
            TsQueryItem::Word { text: text("a"), prefix: false, weights: vec![] },
            TsQueryItem::Word { text: text("b"), prefix: false, weights: vec![] },
        ]),
    ];
}

round_trips! {
    types_of_extensions_come_back OF_EXTENSIONS
    "citext" => [text("Ada")];
    "ltree" => [text("Top.Science"), text("")];
    "lquery" => [text("*.Science")];
    "ltxtquery" => [text("Science & !Art")];
    "hstore" => [HashMap::new(), HashMap::from([(text("a"), Some(text("b"))), (text("c"), None)])];
}

round_trips! {
    ranges_come_back RANGES
    "int4range" => ranges(i32::MIN, i32::MAX);
    "int8range" => ranges(-1_i64, 4);
    "int4multirange" => multiranges(i32::MIN, i32::MAX);
    "int8multirange" => multiranges(-1_i64, 4);
    "tsrange" as "Range<SystemTime>" => all_ranges(before(1), after(1));
    "tstzrange" as "Range<SystemTime>" => all_ranges(before(1), after(1));
    "tsmultirange" as "Multirange<SystemTime>" => all_multiranges(before(1), after(1));
    "tstzmultirange" as "Multirange<SystemTime>" => all_multiranges(before(1), after(1));
    "pg_lsn" => [PgLsn::from(0), PgLsn::from(u64::MAX)];
}

fn before(microseconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH - Duration::from_micros(microseconds)
}

fn after(microseconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_micros(microseconds)
}

// What `query!` reads as the types of crates whose features are on.

round_trips! {
    addresses_come_back ADDRESSES
    "macaddr" as "MacAddr" => [MacAddr([8, 0, 43, 1, 2, 3])];
    "inet" as "IpAddr" => ["10.0.0.1".parse::<IpAddr>().unwrap(), "::1".parse().unwrap()];
}

round_trips! {
    plain_shapes_come_back PLAIN_SHAPES
    "point" as "Point" => [point(0.0, -0.0), point(f64::MAX, f64::INFINITY)];
    "box" as "Rectangle" => [Rectangle { upper_right: point(2.0, 2.0), lower_left: point(0.0, 1.0) }];
    "path" as "Path" => [
        Path { closed: false, points: vec![point(0.0, 0.0)] },
        Path { closed: true, points: vec![point(0.0, 0.0), point(1.0, 1.0)] },
    ];
}

round_trips! {
    moments_come_back MOMENTS
    "timestamp" as "SystemTime" => [SystemTime::UNIX_EPOCH, after(1)];
    "timestamptz" as "SystemTime" => [SystemTime::UNIX_EPOCH, before(1)];
}

/// Without `AS "name: Type"`: what is known for it when no feature brings another.
#[cfg(not(any(
    feature = "eui48",
    feature = "cidr",
    feature = "geo-types",
    feature = "time",
    feature = "chrono",
    feature = "jiff"
)))]
#[tokio::test]
async fn without_features_the_types_of_this_crate_are_read() {
    lab(async |lab| {
        let row = query!(
            r#"SELECT $1::macaddr AS "mac!", $2::inet AS "host!", $3::point AS "at!", $4::timestamp AS "then!""#,
            MacAddr([1; 6]),
            "::1".parse::<IpAddr>().unwrap(),
            point(1.0, 2.0),
            after(1)
        );
        let row = row.fetch_one(&lab.db).await.unwrap();
        let (mac, host): (MacAddr, IpAddr) = (row.mac, row.host);
        assert_eq!((mac.0, host.is_loopback()), ([1; 6], true));
        assert_eq!((row.at, row.then), (point(1.0, 2.0), after(1)));
    })
    .await;
}

#[cfg(feature = "uuid")]
round_trips! {
    uuids_come_back UUIDS
    "uuid" => [of::uuid::Uuid::nil(), of::uuid::Uuid::max()];
}

#[cfg(feature = "json")]
round_trips! {
    json_comes_back JSON
    "json" => [of::serde_json::Value::Null, of::serde_json::json!({"a": [1, "x", null]})];
    "jsonb" => [of::serde_json::Value::Null, of::serde_json::json!({"a": [1, "x", null]})];
}

#[cfg(feature = "rust_decimal")]
round_trips! {
    decimals_come_back DECIMALS
    "numeric" => [of::rust_decimal::Decimal::MAX, of::rust_decimal::Decimal::MIN, of::rust_decimal::Decimal::new(1, 28)];
    "numrange" => all_ranges(of::rust_decimal::Decimal::MIN, of::rust_decimal::Decimal::new(1, 28));
    "nummultirange" => all_multiranges(of::rust_decimal::Decimal::MIN, of::rust_decimal::Decimal::new(1, 28));
}

#[cfg(all(feature = "bigdecimal", not(feature = "rust_decimal")))]
round_trips! {
    big_decimals_come_back BIG_DECIMALS
    "numeric" => [big("0"), big("-0.00010"), big("12345678901234567890.123456789012345678901234567890")];
    "numrange" => all_ranges(big("-0.00010"), big("1e30"));
    "nummultirange" => all_multiranges(big("-0.00010"), big("1e30"));
}

#[cfg(feature = "cidr")]
round_trips! {
    networks_of_the_crate_come_back CIDR
    "inet" => ["10.0.0.1/8".parse::<of::cidr::IpInet>().unwrap(), "::1/128".parse().unwrap()];
    "cidr" => ["10.0.0.0/8".parse::<of::cidr::IpCidr>().unwrap(), "::/0".parse().unwrap()];
}

#[cfg(feature = "eui48")]
round_trips! {
    addresses_of_the_crate_come_back EUI48
    "macaddr" => [of::eui48::MacAddress::new([8, 0, 43, 1, 2, 3])];
}

#[cfg(feature = "bit-vec")]
round_trips! {
    bits_come_back BITS
    "bit(3)" => [of::bit_vec::BitVec::from_fn(3, |index| index == 1)];
    "varbit" => [of::bit_vec::BitVec::new(), of::bit_vec::BitVec::from_elem(17, true)];
}

#[cfg(feature = "geo-types")]
round_trips! {
    shapes_of_the_crate_come_back GEO_TYPES
    "point" => [of::geo_types::Point::new(1.0, -0.5)];
    "box" => [of::geo_types::Rect::new((0.0, 1.0), (2.0, 3.0))];
    "path" => [of::geo_types::LineString::from(vec![(0.0, 0.0), (1.0, 2.0)])];
}

#[cfg(feature = "time")]
round_trips! {
    moments_of_time_come_back TIME
    "date" => [of::time::Date::MIN.replace_year(-4000).unwrap(), of::time::Date::MAX];
    "time" => [of::time::Time::MIDNIGHT, of::time::Time::from_hms_micro(23, 59, 59, 999_999).unwrap()];
    "timestamp" => [of::time::PrimitiveDateTime::new(of::time::Date::MAX, of::time::Time::MIDNIGHT)];
    "timestamptz" => [of::time::OffsetDateTime::UNIX_EPOCH];
    "daterange" => ranges(time_date(1), time_date(366));
    "datemultirange" => multiranges(time_date(1), time_date(366));
    "tsrange" => all_ranges(time_date(1).midnight(), time_date(366).midnight());
    "tsmultirange" => all_multiranges(time_date(1).midnight(), time_date(366).midnight());
    "tstzrange" => all_ranges(time_date(1).midnight().assume_utc(), time_date(366).midnight().assume_utc());
    "tstzmultirange" => all_multiranges(time_date(1).midnight().assume_utc(), time_date(366).midnight().assume_utc());
}

#[cfg(feature = "time")]
fn time_date(day: u16) -> of::time::Date {
    of::time::Date::from_ordinal_date(2024, day).unwrap()
}

#[cfg(feature = "chrono")]
round_trips! {
    moments_of_chrono_come_back CHRONO
    "date" as "of::chrono::NaiveDate" => [of::chrono::NaiveDate::from_yo_opt(-4000, 1).unwrap(), chrono_date(60)];
    "time" as "of::chrono::NaiveTime" => [of::chrono::NaiveTime::MIN];
    "timestamp" as "of::chrono::NaiveDateTime" => [chrono_moment(1).naive_utc()];
    "timestamptz" as "of::chrono::DateTime<of::chrono::Utc>" => [of::chrono::DateTime::UNIX_EPOCH, chrono_moment(1)];
    "daterange" as "Range<of::chrono::NaiveDate>" => ranges(chrono_date(1), chrono_date(366));
    "datemultirange" as "Multirange<of::chrono::NaiveDate>" => multiranges(chrono_date(1), chrono_date(366));
    "tsrange" as "Range<of::chrono::NaiveDateTime>" => all_ranges(chrono_moment(1).naive_utc(), chrono_moment(366).naive_utc());
    "tsmultirange" as "Multirange<of::chrono::NaiveDateTime>" => all_multiranges(chrono_moment(1).naive_utc(), chrono_moment(366).naive_utc());
    "tstzrange" as "Range<of::chrono::DateTime<of::chrono::Utc>>" => all_ranges(chrono_moment(1), chrono_moment(366));
    "tstzmultirange" as "Multirange<of::chrono::DateTime<of::chrono::Utc>>" => all_multiranges(chrono_moment(1), chrono_moment(366));
}

#[cfg(feature = "chrono")]
round_trips! {
    moments_of_chrono_in_zones_come_back CHRONO_ZONES
    "timestamptz" as "of::chrono::DateTime<of::chrono::FixedOffset>" => [
        chrono_moment(1).fixed_offset(),
        chrono_moment(1).with_timezone(&of::chrono::FixedOffset::west_opt(3600).unwrap()),
    ];
    "tstzrange" as "Range<of::chrono::DateTime<of::chrono::FixedOffset>>" => all_ranges(chrono_moment(1).fixed_offset(), chrono_moment(2).fixed_offset());
}

#[cfg(feature = "chrono")]
round_trips! {
    moments_of_chrono_here_come_back CHRONO_LOCAL
    "timestamptz" as "of::chrono::DateTime<of::chrono::Local>" => [chrono_moment(1).with_timezone(&of::chrono::Local)];
}

#[cfg(feature = "chrono")]
fn chrono_date(day: u32) -> of::chrono::NaiveDate {
    of::chrono::NaiveDate::from_yo_opt(2024, day).unwrap()
}

#[cfg(feature = "chrono")]
fn chrono_moment(day: u32) -> of::chrono::DateTime<of::chrono::Utc> {
    chrono_date(day)
        .and_time(of::chrono::NaiveTime::MIN)
        .and_utc()
}

#[cfg(feature = "jiff")]
round_trips! {
    moments_of_jiff_come_back JIFF
    "date" as "of::jiff::civil::Date" => [jiff_date(1), jiff_date(2)];
    "time" as "of::jiff::civil::Time" => [of::jiff::civil::Time::constant(23, 59, 59, 999_999_000)];
    "timestamp" as "of::jiff::civil::DateTime" => [of::jiff::civil::DateTime::constant(2024, 2, 29, 0, 0, 0, 1000)];
    "timestamptz" as "of::jiff::Timestamp" => [jiff_moment(0), jiff_moment(-1)];
    "daterange" as "Range<of::jiff::civil::Date>" => ranges(jiff_date(1), jiff_date(31));
    "datemultirange" as "Multirange<of::jiff::civil::Date>" => multiranges(jiff_date(1), jiff_date(31));
    "tsrange" as "Range<of::jiff::civil::DateTime>" => all_ranges(jiff_date(1).at(0, 0, 0, 1000), jiff_date(2).at(1, 0, 0, 0));
    "tsmultirange" as "Multirange<of::jiff::civil::DateTime>" => all_multiranges(jiff_date(1).at(0, 0, 0, 1000), jiff_date(2).at(1, 0, 0, 0));
    "tstzrange" as "Range<of::jiff::Timestamp>" => all_ranges(jiff_moment(-1), jiff_moment(1));
    "tstzmultirange" as "Multirange<of::jiff::Timestamp>" => all_multiranges(jiff_moment(-1), jiff_moment(1));
}

#[cfg(feature = "jiff")]
fn jiff_date(day: i8) -> of::jiff::civil::Date {
    of::jiff::civil::Date::constant(2024, 1, day)
}

#[cfg(feature = "jiff")]
fn jiff_moment(microsecond: i64) -> of::jiff::Timestamp {
    of::jiff::Timestamp::from_microsecond(microsecond).unwrap()
}

/// What lies beyond a type of Rust is an error that names the column.
#[cfg(any(feature = "time", feature = "chrono", feature = "jiff"))]
macro_rules! infinite {
    ($lab:expr, $($sql:literal $rust:ty),+) => {$(
        for value in ["infinity", "-infinity"] {
            let read = sql(&format!("SELECT '{value}'::{} AS moment", $sql)).scalar::<$rust>().fetch_one(&$lab.db).await;
            let error = read.unwrap_err().to_string();
            assert!(error.contains("`moment`"), "{error}");
        }
    )+};
}

#[cfg(feature = "chrono")]
#[tokio::test]
async fn infinity_is_no_moment_of_chrono() {
    use of::chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
    lab(async |lab| {
        infinite!(lab, "timestamp" NaiveDateTime, "timestamptz" DateTime<Utc>, "date" NaiveDate);
    })
    .await;
}

#[cfg(feature = "jiff")]
#[tokio::test]
async fn infinity_is_no_moment_of_jiff() {
    use of::jiff::{Timestamp, civil};
    lab(async |lab| {
        infinite!(lab, "timestamp" civil::DateTime, "timestamptz" Timestamp, "date" civil::Date);
    })
    .await;
}

#[cfg(feature = "time")]
#[tokio::test]
async fn infinity_is_no_moment_of_time() {
    lab(async |lab| {
        infinite!(lab, "timestamp" of::time::PrimitiveDateTime, "timestamptz" of::time::OffsetDateTime, "date" of::time::Date);
    })
    .await;
}

#[cfg(feature = "json")]
#[tokio::test]
async fn a_type_of_ones_own_is_json() {
    use pgdbm::types::Json;
    lab(async |lab| {
        let prices = HashMap::from([(text("a"), 1)]);
        let back = query_scalar!(
            r#"SELECT $1::jsonb AS "value!: Json<HashMap<String, i32>>""#,
            Json(&prices)
        );
        assert_eq!(back.fetch_one(&lab.db).await.unwrap().0, prices);
        let wrong = query_scalar!(r#"SELECT '[1]'::jsonb AS "value!: Json<HashMap<String, i32>>""#)
            .fetch_one(&lab.db)
            .await;
        assert!(wrong.unwrap_err().to_string().contains("`value"));
    })
    .await;
}

#[cfg(feature = "bigdecimal")]
fn big(text: &str) -> of::bigdecimal::BigDecimal {
    text.parse().unwrap()
}

/// Random decimals of all sizes, as text that the server writes in the same way.
#[cfg(feature = "bigdecimal")]
fn random_decimals(count: usize) -> Vec<String> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut number = || {
        let mut digits = |most: u64| {
            let length = match next(4) {
                0 => next(most),
                _ => next(14),
            };
            // Long runs of zeros are where groups of four digits go wrong.
            let kind = next(3);
            (0..length)
                .map(|_| {
                    if kind == 0 {
                        '0'
                    } else {
                        char::from(b'0' + u8::try_from(next(10)).unwrap())
                    }
                })
                .collect::<String>()
        };
        let (integer, fraction) = (digits(200), digits(300));
        let integer = match integer.trim_start_matches('0') {
            "" => "0",
            integer => integer,
        };
        let number = if fraction.is_empty() {
            integer.to_owned()
        } else {
            format!("{integer}.{fraction}")
        };
        let is_zero = number.chars().all(|c| matches!(c, '0' | '.'));
        if next(2) == 0 && !is_zero {
            format!("-{number}")
        } else {
            number
        }
    };
    (0..count).map(|_| number()).collect()
}

/// What the next tests hold, with `rust_decimal` and without.
#[cfg(feature = "bigdecimal")]
const ANY_SIZE: &[&str] = &["numeric", "numrange", "nummultirange"];

#[cfg(feature = "bigdecimal")]
#[tokio::test]
async fn big_decimals_are_bounds() {
    use of::bigdecimal::BigDecimal;
    lab(async |lab| {
        let ranges = all_ranges(big("-0.00010"), big("1e30"));
        let lists = all_multiranges(big("-0.00010"), big("1e30"));
        let row = query_as!(
            (Vec<Range<BigDecimal>>, Vec<Multirange<BigDecimal>>),
            r#"SELECT $1::numrange[] AS "ranges!", $2::nummultirange[] AS "lists!""#,
            &ranges,
            &lists
        );
        assert_eq!(row.fetch_one(&lab.db).await.unwrap(), (ranges, lists));
    })
    .await;
}

#[cfg(feature = "bigdecimal")]
#[tokio::test]
async fn decimals_of_any_size_are_what_the_server_takes_them_for() {
    use of::bigdecimal::BigDecimal;
    lab(async |lab| {
        let written = random_decimals(3000);
        let values: Vec<BigDecimal> = written.iter().map(|text| text.parse().unwrap()).collect();
        let row = query_as!(
            (Vec<String>, Vec<BigDecimal>),
            r#"SELECT $1::numeric[]::text[] AS "texts!", $2::text[]::numeric[] AS "values!""#,
            &values,
            &written
        );
        let (texts, back) = row.fetch_one(&lab.db).await.unwrap();
        assert_eq!(texts, written);
        for (value, text) in back.iter().zip(&written) {
            assert_eq!(value.to_plain_string(), *text);
        }
        // Those that have no decimals of their own, and as many zeros as their exponent says.
        let whole = query_scalar!("SELECT $1::numeric::text AS \"text!\"", big("12e30"));
        assert_eq!(
            whole.fetch_one(&lab.db).await.unwrap(),
            format!("12{}", "0".repeat(30))
        );
        for special in ["NaN", "Infinity", "-Infinity"] {
            let read = query_as!(
                (BigDecimal,),
                "SELECT $1::text::numeric AS \"price!\"",
                special
            )
            .fetch_one(&lab.db)
            .await;
            let error = read.unwrap_err().to_string();
            assert!(
                error.contains("`price!`") && error.contains("`BigDecimal` has no"),
                "{error}"
            );
        }
        let huge = query!("SELECT $1::numeric AS n", big("1e200000"))
            .fetch_one(&lab.db)
            .await;
        assert!(
            huge.unwrap_err()
                .to_string()
                .contains("at most 131072 decimals")
        );
        let through_the_driver = sql("SELECT $1::numeric")
            .bind(pgdbm::types::Numeric(big("1.50")))
            .scalar::<pgdbm::types::Numeric>();
        assert_eq!(
            through_the_driver
                .fetch_one(&lab.db)
                .await
                .unwrap()
                .0
                .to_plain_string(),
            "1.50"
        );
    })
    .await;
}

#[cfg(feature = "rust_decimal")]
#[tokio::test]
async fn what_is_no_decimal_is_an_error() {
    lab(async |lab| {
        for special in ["NaN", "Infinity", "-Infinity", "1e100"] {
            let read = query_as!(
                (of::rust_decimal::Decimal,),
                "SELECT $1::text::numeric AS \"price!\"",
                special
            )
            .fetch_one(&lab.db)
            .await;
            assert!(read.unwrap_err().to_string().contains("`price!`"));
        }
    })
    .await;
}

#[tokio::test]
async fn arguments_and_fields_come_in_other_shapes() {
    struct Shapes {
        boxed: Box<str>,
        shared: Arc<str>,
        cow: Cow<'static, str>,
        list: Box<[Option<i32>]>,
        nothing: (),
    }
    lab(async |lab| {
        let db = &lab.db;
        let cow: Cow<'_, str> = Cow::Borrowed("c");
        let row = query_as!(
            Shapes,
            r#"SELECT $1::text AS "boxed!", $2::text AS "shared!", $3::text AS "cow!", $4::int[] AS "list!", pg_sleep(0) AS nothing"#,
            Box::<str>::from("b"),
            Arc::<str>::from("s"),
            &cow,
            [Some(1), None]
        );
        let row = row.fetch_one(db).await.unwrap();
        assert_eq!((&*row.boxed, &*row.shared, &*row.cow), ("b", "s", "c"));
        assert_eq!(*row.list, [Some(1), None]);
        let () = row.nothing;
        let texts = [text("a")];
        for found in [
            query_scalar!("SELECT cardinality($1::text[]) AS \"n!\"", &["a"]).fetch_one(db).await,
            query_scalar!("SELECT cardinality($1::text[]) AS \"n!\"", &texts[..]).fetch_one(db).await,
            query_scalar!("SELECT cardinality($1::text[]) AS \"n!\"", vec![Some("a")]).fetch_one(db).await,
            query_scalar!("SELECT cardinality($1::text[]) AS \"n!\"", &vec![&texts[0]]).fetch_one(db).await,
            query_scalar!("SELECT cardinality($1::text[]) AS \"n!\"", Some(["a"])).fetch_one(db).await,
        ] {
            assert_eq!(found.unwrap(), 1);
        }
        let path = query_scalar!(r#"SELECT jsonb_path_exists('{"a": 1}'::jsonb, $1) AS "found!""#, "$.a");
        assert!(path.fetch_one(db).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn arguments_that_are_lists_may_have_nulls_in_them() {
    lab(async |lab| {
        let db = &lab.db;
        let array = [Some(1), None, Some(3)];
        let (slice, list) = (&array[..], Vec::from(array));
        macro_rules! each_shape {
            ($test:ident) => {
                $test!(slice);
                $test!(array);
                $test!(&array);
                $test!(&list);
                $test!(list.clone());
                $test!(Some(slice));
            };
        }
        macro_rules! any {
            ($list:expr) => {
                let found = query_scalar!(
                    "SELECT n AS \"n!\" FROM generate_series(1, 3) n WHERE n = ANY($1) ORDER BY 1",
                    $list
                );
                assert_eq!(found.fetch_all(db).await.unwrap(), [1, 3]);
            };
        }
        macro_rules! unnested {
            ($list:expr) => {
                let rows = query_as!(
                    (Option<i32>, Option<String>),
                    "SELECT * FROM unnest($1::int[], $2::text[]) AS u(number, name)",
                    $list,
                    [Some("a"), Some("b"), None]
                );
                assert_eq!(
                    rows.fetch_all(db).await.unwrap(),
                    [
                        (Some(1), Some(text("a"))),
                        (None, Some(text("b"))),
                        (Some(3), None)
                    ]
                );
            };
        }
        macro_rules! alone {
            ($list:expr) => {
                let numbers = query_scalar!("SELECT unnest($1::int[])", $list);
                assert_eq!(numbers.fetch_all(db).await.unwrap(), array);
            };
        }
        each_shape!(any);
        each_shape!(unnested);
        each_shape!(alone);
        // An element that is NULL leaves open whether another is among them.
        let names = vec![Some(text("a")), None];
        for (name, found) in [("a", Some(true)), ("b", None)] {
            let is_among = query_scalar!("SELECT $name::text = ANY($1)", &names);
            assert_eq!(is_among.fetch_one(db).await.unwrap(), found);
        }
    })
    .await;
}

const NOTHING: &[&str] = &["void"];

#[tokio::test]
async fn nothing_is_what_a_function_without_a_value_gives() {
    lab(async |lab| {
        let () = query_scalar!("SELECT pg_notify('channel', $1)", "x")
            .fetch_one(&lab.db)
            .await
            .unwrap();
        let row = query!("SELECT 1 AS one, pg_notify('channel', 'x')")
            .fetch_one(&lab.db)
            .await
            .unwrap();
        assert_eq!(row.one, 1);
    })
    .await;
}

const TUPLES: &[&str] = &["record"];

#[tokio::test]
async fn a_record_is_a_tuple() {
    lab(async |lab| {
        let db = &lab.db;
        let pair = query_scalar!(
            r#"SELECT ROW(1, 'a'::text, NULL::bool) AS "pair!: Tuple<(i32, String, Option<bool>)>""#
        );
        assert_eq!(
            pair.fetch_one(db).await.unwrap(),
            Tuple((1, text("a"), None))
        );
        let pairs: Vec<Tuple<(i32, String)>> =
            sql("SELECT array_agg((n, n::text)) FROM generate_series(1, 2) n")
                .scalar()
                .fetch_one(db)
                .await
                .unwrap();
        assert_eq!(pairs, [Tuple((1, text("1"))), Tuple((2, text("2")))]);
        for (statement, part) in [
            ("SELECT ROW(1)", "has 1 values, and the tuple 2"),
            ("SELECT ROW(1, NULL::text)", "value 2 of the record is NULL"),
            ("SELECT ROW(1, 2)", "value 2 of the record"),
        ] {
            let error = sql(statement)
                .scalar::<Tuple<(i32, String)>>()
                .fetch_one(db)
                .await
                .unwrap_err()
                .to_string();
            assert!(error.contains(part), "no {part} in {error}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_query_without_words_is_read_and_not_sent() {
    lab(async |lab| {
        let read = query_scalar!("SELECT ''::tsquery AS \"q!\"")
            .fetch_one(&lab.db)
            .await
            .unwrap();
        assert_eq!(read, TsQuery::default());
        let error = query!("SELECT $1::tsquery AS q", read)
            .fetch_one(&lab.db)
            .await
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("`$1`") && error.contains("help: write"),
            "{error}"
        );
    })
    .await;
}

/// How the server writes each of the ranges that Rust has syntax for.
#[tokio::test]
async fn ranges_of_rust_are_arguments() {
    lab(async |lab| {
        macro_rules! written {
            ($($range:expr => $text:literal),+ $(,)?) => {$(
                let text = query_scalar!("SELECT $1::int4range::text AS \"text!\"", $range);
                assert_eq!(text.fetch_one(&lab.db).await.unwrap(), $text);
            )+};
        }
        written! {
            1..4 => "[1,4)",
            1..=4 => "[1,5)",
            1.. => "[1,)",
            ..4 => "(,4)",
            ..=4 => "(,5)",
            .. => "(,)",
            4..4 => "empty",
            Range::<i32>::Empty => "empty",
            Range::Within(Bound::Excluded(1), Bound::Included(4)) => "[2,5)",
        }
        let all = query_scalar!(
            "SELECT count(*) FROM generate_series(1, 3) n WHERE n <@ $1::int4range",
            ..
        );
        assert_eq!(all.fetch_one(&lab.db).await.unwrap(), 3);
        let backwards = Range::Within(Bound::Included(4), Bound::Excluded(1));
        let backwards = query_scalar!("SELECT $1::int4range", backwards);
        assert!(backwards.fetch_one(&lab.db).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn ranges_go_through_the_driver_too() {
    lab(async |lab| {
        let range = Range::from(1..4);
        let back = sql("SELECT $1::int4range")
            .bind(range)
            .scalar::<Range<i32>>()
            .fetch_one(&lab.db)
            .await
            .unwrap();
        assert_eq!(back, range);
        let ranges = Multirange(vec![range, Range::from(9..)]);
        let back = sql("SELECT $1::int4multirange")
            .bind(&ranges)
            .scalar::<Multirange<i32>>()
            .fetch_one(&lab.db)
            .await
            .unwrap();
        assert_eq!(back, ranges);
    })
    .await;
}

#[tokio::test]
async fn several_dimensions_are_an_error_that_says_what_to_do() {
    lab(async |lab| {
        for matrix in ["SELECT ARRAY[[1, 2], [3, 4]]", "SELECT '{{1},{2}}'::int[]"] {
            let error = sql(matrix)
                .scalar::<Vec<i32>>()
                .fetch_one(&lab.db)
                .await
                .unwrap_err()
                .to_string();
            assert!(error.contains("dimensions"), "{error}");
        }
        let list = query_as!((Box<[i32]>,), r#"SELECT ARRAY[[1, 2], [3, 4]] AS "list!""#)
            .fetch_one(&lab.db)
            .await;
        let error = list.unwrap_err().to_string();
        assert!(
            error.contains("`list!`") && error.contains("`unnest`"),
            "{error}"
        );
    })
    .await;
}

#[tokio::test]
async fn not_a_number_is_a_float() {
    lab(async |lab| {
        let row = query!(
            r#"SELECT $1::real AS "small!", $2::float8 AS "large!", $3::float8 AS "zero!""#,
            f32::NAN,
            f64::NAN,
            -0.0
        );
        let row = row.fetch_one(&lab.db).await.unwrap();
        assert!(row.small.is_nan() && row.large.is_nan() && row.zero.is_sign_negative());
    })
    .await;
}

#[tokio::test]
async fn lengths_of_the_standard_library_are_intervals() {
    lab(async |lab| {
        let fine = query_scalar!("SELECT $1::interval AS \"i!\"", Duration::from_nanos(1))
            .fetch_one(&lab.db)
            .await;
        let error = fine.unwrap_err().to_string();
        assert!(
            error.contains("`$1`") && error.contains("microseconds"),
            "{error}"
        );
        let long = query_scalar!("SELECT $1::interval AS \"i!\"", Duration::MAX)
            .fetch_one(&lab.db)
            .await;
        assert!(long.unwrap_err().to_string().contains("64 bits"));
        let seconds = query_scalar!("SELECT $1::interval AS \"i!\"", Duration::from_secs(90))
            .fetch_one(&lab.db)
            .await
            .unwrap();
        assert_eq!(
            seconds,
            Interval {
                microseconds: 90_000_000,
                ..Interval::default()
            }
        );
        let zone = TimeTz {
            microseconds: 45_296_500_000,
            offset_seconds: -19_800,
        };
        let text = query_scalar!("SELECT $1::timetz::text AS \"t!\"", zone)
            .fetch_one(&lab.db)
            .await
            .unwrap();
        assert_eq!(
            (text.as_str(), zone.to_string().as_str()),
            ("12:34:56.5-05:30", "12:34:56.5-05:30")
        );
        let moment = query_as!((SystemTime,), "SELECT 'epoch'::timestamptz AS \"t!\"")
            .fetch_one(&lab.db)
            .await
            .unwrap();
        assert_eq!(moment, (SystemTime::UNIX_EPOCH,));
        let host = query_as!((IpAddr,), "SELECT '10.0.0.1'::inet AS \"host!\"")
            .fetch_one(&lab.db)
            .await
            .unwrap();
        assert_eq!(host.0.to_string(), "10.0.0.1");
    })
    .await;
}

/// Why an argument of the type `interval` was refused.
#[cfg(any(feature = "jiff", feature = "chrono", feature = "time"))]
macro_rules! refused_interval {
    ($db:expr, $value:expr) => {{
        let sent = query_scalar!("SELECT $1::interval AS \"i!\"", $value);
        let error = sent.fetch_one($db).await.unwrap_err().to_string();
        assert!(error.contains("`$1`"), "{error}");
        error
    }};
}

#[cfg(feature = "jiff")]
const SPANS: &[&str] = &["interval"];

#[cfg(feature = "jiff")]
#[tokio::test]
async fn spans_of_jiff_are_intervals() {
    use of::jiff::{SignedDuration, Span};
    lab(async |lab| {
        let db = &lab.db;
        let span = Span::new()
            .years(1)
            .months(2)
            .weeks(1)
            .days(3)
            .hours(4)
            .minutes(5)
            .seconds(6)
            .milliseconds(7)
            .microseconds(8)
            .nanoseconds(9_000);
        for span in [Span::new(), span, -span] {
            let row = query_as!(
                (Span, Interval, String),
                r#"SELECT $1::interval AS "span!", $1 AS "interval!", $1::text AS "text!""#,
                span
            );
            let (back, interval, text) = row.fetch_one(db).await.unwrap();
            assert_eq!(Interval::try_from(span).unwrap(), interval);
            assert_eq!(Interval::try_from(back).unwrap(), interval);
            match span.signum() {
                0 => assert_eq!(text, "00:00:00"),
                1 => assert_eq!(text, "1 year 2 mons 10 days 04:05:06.007017"),
                _ => assert_eq!(text, "-1 years -2 mons -10 days -04:05:06.007017"),
            }
        }
        let longest = [
            Span::new().years(19_998).months(239_976),
            Span::new().weeks(1_043_497).days(7_304_484),
            Span::new()
                .hours(175_307_616)
                .minutes(10_518_456_960_i64)
                .seconds(631_107_417_600_i64)
                .milliseconds(631_107_417_600_000_i64)
                .microseconds(631_107_417_600_000_000_i64),
        ];
        for span in longest {
            let sent = query_scalar!("SELECT $1::interval > '0' AS \"long!\"", span);
            assert!(sent.fetch_one(db).await.unwrap());
        }
        let short = query_scalar!(
            "SELECT $1::interval AS \"i!\"",
            SignedDuration::new(-1, -500_000_000)
        );
        let short = short.fetch_one(db).await.unwrap();
        assert_eq!(
            (short.months, short.days, short.microseconds),
            (0, 0, -1_500_000)
        );

        let error = refused_interval!(db, Span::new().nanoseconds(1));
        assert!(error.contains("has nanoseconds"), "{error}");
        let error = refused_interval!(db, SignedDuration::from_nanos(-1));
        assert!(error.contains("has nanoseconds"), "{error}");
        let error = refused_interval!(db, SignedDuration::MAX);
        assert!(error.contains("64 bits"), "{error}");
        for (interval, part) in [
            ("1 month -1 day", "runs in one direction"),
            ("-1 day 00:00:01", "runs in one direction"),
            ("178000000 years", "is longer than"),
            ("2147483647 days", "is longer than"),
        ] {
            let read = query_as!((Span,), "SELECT $1::text::interval AS \"span!\"", interval);
            let error = read.fetch_one(db).await.unwrap_err().to_string();
            assert!(error.contains("`span!`") && error.contains(part), "{error}");
        }
    })
    .await;
}

/// Sends a length of time and reads it as an interval; those that no interval has are refused.
#[cfg(any(feature = "chrono", feature = "time"))]
macro_rules! lengths {
    ($name:ident $types:ident $fits:expr, $fine:expr, $long:expr) => {
        const $types: &[&str] = &["interval"];

        #[tokio::test]
        async fn $name() {
            lab(async |lab| {
                let db = &lab.db;
                let back = query_scalar!("SELECT $1::interval AS \"i!\"", $fits);
                let expected = Interval {
                    microseconds: -1_500_001,
                    ..Interval::default()
                };
                assert_eq!(back.fetch_one(db).await.unwrap(), expected);
                let error = refused_interval!(db, $fine);
                assert!(error.contains("has nanoseconds"), "{error}");
                let error = refused_interval!(db, $long);
                assert!(error.contains("64 bits"), "{error}");
            })
            .await;
        }
    };
}

#[cfg(feature = "chrono")]
lengths! {
    lengths_of_chrono_are_intervals CHRONO_LENGTHS
    of::chrono::TimeDelta::microseconds(-1_500_001),
    of::chrono::TimeDelta::nanoseconds(-1),
    of::chrono::TimeDelta::MAX
}

#[cfg(feature = "time")]
lengths! {
    lengths_of_time_are_intervals TIME_LENGTHS
    of::time::Duration::microseconds(-1_500_001),
    of::time::Duration::nanoseconds(-1),
    of::time::Duration::MAX
}

/// The types that the tests of this file hold, and the feature that brings the type of Rust: empty for those that are always there.
fn held() -> Vec<(&'static str, &'static str)> {
    let mut held = Vec::new();
    let mut hold = |feature: &'static str, types: &'static [&'static str]| {
        held.extend(types.iter().map(|name| (feature, *name)));
    };
    for types in [
        NUMBERS,
        TEXTS,
        TIMES,
        NETWORKS,
        SHAPES,
        SEARCHES,
        OF_EXTENSIONS,
        RANGES,
        ADDRESSES,
        PLAIN_SHAPES,
        MOMENTS,
        NOTHING,
        TUPLES,
    ] {
        hold("", types);
    }
    macro_rules! of_features {
        ($($feature:literal => $($types:ident),+;)+) => {$(
            #[cfg(feature = $feature)]
            for types in [$($types),+] {
                hold($feature, types);
            }
        )+};
    }
    of_features! {
        "uuid" => UUIDS;
        "json" => JSON;
        "rust_decimal" => DECIMALS;
        "bigdecimal" => ANY_SIZE;
        "cidr" => CIDR;
        "eui48" => EUI48;
        "bit-vec" => BITS;
        "geo-types" => GEO_TYPES;
        "time" => TIME, TIME_LENGTHS;
        "chrono" => CHRONO, CHRONO_ZONES, CHRONO_LOCAL, CHRONO_LENGTHS;
        "jiff" => JIFF, SPANS;
    }
    #[cfg(all(feature = "bigdecimal", not(feature = "rust_decimal")))]
    hold("bigdecimal", BIG_DECIMALS);
    held
}

/// Whether a feature that the table names is on.
fn is_on(feature: &str) -> bool {
    match feature {
        "uuid" => cfg!(feature = "uuid"),
        "json" => cfg!(feature = "json"),
        "rust_decimal" => cfg!(feature = "rust_decimal"),
        "bigdecimal" => cfg!(feature = "bigdecimal"),
        "cidr" => cfg!(feature = "cidr"),
        "eui48" => cfg!(feature = "eui48"),
        "bit-vec" => cfg!(feature = "bit-vec"),
        "geo-types" => cfg!(feature = "geo-types"),
        "time" => cfg!(feature = "time"),
        "chrono" => cfg!(feature = "chrono"),
        "jiff" => cfg!(feature = "jiff"),
        _ => panic!("the table names the feature `{feature}`, and there is none"),
    }
}

/// What stands between backticks in a cell.
fn names(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The types of PostgreSQL in the table that nothing holds: each has to be held with each feature of its row that is on.
fn not_held(table: &str, held: &[(&str, &str)]) -> Vec<String> {
    let mut missing = Vec::new();
    let mut types = Vec::new();
    // Behind the head.
    for line in table.lines().skip(2) {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let &[first, _, features] = cells.as_slice() else {
            panic!("not three cells in {line}");
        };
        // A row without types is about those of the row before.
        if !first.is_empty() {
            types = names(first);
            let rest: String = first.split('`').step_by(2).collect();
            if !rest.replace(", ", "").is_empty() || types.is_empty() {
                // What is said of other rows: arrays, domains, types of one's own, NULL.
                assert!(
                    ["arrays", "domains", "enums", "NULL"]
                        .iter()
                        .any(|of| first.starts_with(of)),
                    "`{first}` is more than names of types"
                );
                types.clear();
            }
        }
        let features = match names(features) {
            none if none.is_empty() => vec![""],
            features => features
                .into_iter()
                .filter(|feature| is_on(feature))
                .collect(),
        };
        for feature in features {
            for name in &types {
                let is_it = |held: &(&str, &str)| {
                    held.0 == feature && without_length(held.1) == without_length(name)
                };
                if !held.iter().any(is_it) {
                    missing.push(format!("{name} {feature}").trim_end().to_owned());
                }
            }
        }
    }
    missing
}

/// `char` of `char(3)`.
fn without_length(name: &str) -> &str {
    name.split('(').next().unwrap_or(name)
}

/// A row that is added to the table has to be held, too.
#[test]
fn every_row_of_the_table_is_held() {
    assert_eq!(not_held(TABLE, &held()), [""; 0]);
    assert!(TABLE.lines().count() > 40);
}

#[test]
fn a_row_that_nothing_holds_is_found() {
    let head = "| PostgreSQL | Rust | feature |\n| --- | --- | --- |\n";
    let of = |rows: &str, held: &[(&str, &str)]| not_held(&format!("{head}{rows}"), held);
    assert_eq!(
        of("| `a`, `b(n)` | `X` | |", &[("", "a"), ("", "b(3)")]),
        [""; 0]
    );
    assert_eq!(of("| `a`, `b` | `X` | |", &[("", "a")]), ["b"]);
    assert_eq!(of("| `a` | `X` | |", &[("uuid", "a")]), ["a"]);
    // Without any one of those that need no feature the table is not held.
    for (feature, name) in held() {
        let mut without = held();
        without.retain(|other| *other != (feature, name));
        assert!(
            !feature.is_empty() || !not_held(TABLE, &without).is_empty(),
            "`{name}` is not in the table"
        );
    }
    if cfg!(feature = "uuid") {
        let row = "| `a` | `X` | |\n| | `Y` | `uuid` |";
        assert_eq!(of(row, &[("", "a")]), ["a uuid"]);
        assert_eq!(of(row, &[("", "a"), ("uuid", "a")]), [""; 0]);
    }
}
