//! Each row of the table at `pgdbm::types`: values go there and come back, borders included, alone, in arrays and as NULL.

use std::borrow::Cow;
use std::collections::HashMap;
use std::net::IpAddr;
use std::ops::Bound;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

#[allow(unused_imports, reason = "the crates whose features are on")]
use pgdbm::__private as of;
#[cfg(not(feature = "eui48"))]
use pgdbm::types::MacAddr;
use pgdbm::types::{
    Circle, Interval, JsonPath, Lexeme, Line, LineSegment, MacAddr8, Money, Multirange, PgLsn,
    Point, Polygon, Position, Range, TimeTz, TsQuery, TsQueryItem, TsVector, Tuple, Weight,
};
#[cfg(not(feature = "geo-types"))]
use pgdbm::types::{Path, Rectangle};
use pgdbm::{DatabaseManager, query, query_as, query_scalar, sql};

use crate::lab::lab;

/// The table.
const TABLE: &str = include_str!("../../../pgdbm-runtime/src/types.rs");

/// Sends the values of each type and reads them: alone, as NULL, and in an array.
macro_rules! round_trips {
    ($name:ident $types:ident $($sql:literal => [$($value:expr),+ $(,)?];)+) => {
        /// The types that this test holds.
        const $types: &[&str] = &[$($sql),+];

        #[tokio::test]
        async fn $name() {
            lab(async |lab| {
                extensions(&lab.db).await;
                $({
                    let values = vec![$($value),+];
                    for value in &values {
                        let back = query_scalar!(concat!("SELECT $1::", $sql, " AS \"value!\""), value);
                        assert_eq!(&back.fetch_one(&lab.db).await.unwrap(), value, $sql);
                    }
                    let null = values.first().filter(|_| false);
                    let back = query_scalar!(concat!("SELECT $1::", $sql), null);
                    assert_eq!(back.fetch_one(&lab.db).await.unwrap(), None, $sql);
                    let first = values.first();
                    let back = query!(concat!("SELECT $1::", $sql, "[] AS \"all!\", $2::", $sql, " AS \"one?\""), &values, first);
                    let back = back.fetch_one(&lab.db).await.unwrap();
                    assert_eq!(back.all, values, $sql);
                    assert_eq!(back.one.as_ref(), first, $sql);
                })+
            })
            .await;
        }
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
    "int4range" => [
        Range::Empty,
        Range::from(1..4),
        Range::from(1..),
        Range::from(..4),
        Range::from(..),
        Range::Within(Bound::Included(i32::MIN), Bound::Excluded(i32::MAX)),
    ];
    "int8range" => [Range::<i64>::Empty, Range::from(1..4)];
    "int4multirange" => [
        Multirange(vec![]),
        Multirange(vec![Range::from(1..2), Range::Within(Bound::Included(7), Bound::Unbounded)]),
    ];
    "pg_lsn" => [PgLsn::from(0), PgLsn::from(u64::MAX)];
}

#[cfg(not(feature = "eui48"))]
round_trips! {
    addresses_come_back ADDRESSES
    "macaddr" => [MacAddr([8, 0, 43, 1, 2, 3])];
}

#[cfg(not(feature = "geo-types"))]
round_trips! {
    plain_shapes_come_back PLAIN_SHAPES
    "point" => [point(0.0, -0.0), point(f64::MAX, f64::INFINITY)];
    "box" => [Rectangle { upper_right: point(2.0, 2.0), lower_left: point(0.0, 1.0) }];
    "path" => [
        Path { closed: false, points: vec![point(0.0, 0.0)] },
        Path { closed: true, points: vec![point(0.0, 0.0), point(1.0, 1.0)] },
    ];
}

#[cfg(not(any(feature = "time", feature = "chrono", feature = "jiff")))]
round_trips! {
    moments_come_back MOMENTS
    "timestamp" => [SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH + Duration::from_micros(1)];
    "timestamptz" => [SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH - Duration::from_micros(1)];
}

#[cfg(not(feature = "cidr"))]
round_trips! {
    plain_networks_come_back PLAIN_NETWORKS
    "inet" => ["10.0.0.1".parse::<IpAddr>().unwrap(), "::1".parse().unwrap()];
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
}

#[cfg(all(feature = "bigdecimal", not(feature = "rust_decimal")))]
round_trips! {
    big_decimals_come_back BIG_DECIMALS
    "numeric" => [big("0"), big("-0.00010"), big("12345678901234567890.123456789012345678901234567890")];
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
}

/// The same type as another of Rust than the first that is known.
#[cfg(any(feature = "chrono", feature = "jiff"))]
macro_rules! named {
    ($db:expr, $($sql:literal $rust:literal => $value:expr;)+) => {$({
        let value = $value;
        let back = query_scalar!(concat!("SELECT $1::", $sql, " AS \"value!: ", $rust, "\""), &value);
        assert_eq!(back.fetch_one($db).await.unwrap(), value, $sql);
    })+};
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
async fn moments_of_chrono_come_back() {
    use of::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
    lab(async |lab| {
        named! { &lab.db,
            "date" "NaiveDate" => NaiveDate::from_ymd_opt(-4000, 1, 1).unwrap();
            "time" "NaiveTime" => NaiveTime::MIN;
            "timestamp" "NaiveDateTime" => DateTime::UNIX_EPOCH.naive_utc();
            "timestamptz" "DateTime<Utc>" => DateTime::<Utc>::UNIX_EPOCH;
            "date[]" "Vec<NaiveDate>" => vec![NaiveDate::from_ymd_opt(2024, 2, 29).unwrap()];
        }
        infinite!(lab, "timestamp" NaiveDateTime, "timestamptz" DateTime<Utc>, "date" NaiveDate);
    })
    .await;
}

#[cfg(feature = "jiff")]
#[tokio::test]
async fn moments_of_jiff_come_back() {
    use of::jiff::{Timestamp, civil};
    lab(async |lab| {
        named! { &lab.db,
            "date" "civil::Date" => civil::Date::constant(2024, 2, 29);
            "time" "civil::Time" => civil::Time::constant(23, 59, 59, 999_999_000);
            "timestamp" "civil::DateTime" => civil::DateTime::constant(2024, 2, 29, 0, 0, 0, 1000);
            "timestamptz" "Timestamp" => Timestamp::UNIX_EPOCH;
        }
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
async fn lengths_of_time_are_intervals() {
    lab(async |lab| {
        let fine = query_scalar!("SELECT $1::interval AS \"i!\"", Duration::from_nanos(1))
            .fetch_one(&lab.db)
            .await;
        let error = fine.unwrap_err().to_string();
        assert!(
            error.contains("`$1`") && error.contains("microseconds"),
            "{error}"
        );
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
#[cfg(any(feature = "chrono", feature = "time", feature = "jiff"))]
macro_rules! refused_interval {
    ($db:expr, $value:expr) => {{
        let sent = query_scalar!("SELECT $1::interval AS \"i!\"", $value);
        let error = sent.fetch_one($db).await.unwrap_err().to_string();
        assert!(error.contains("`$1`"), "{error}");
        error
    }};
}

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

#[cfg(all(feature = "chrono", feature = "time"))]
#[tokio::test]
async fn lengths_that_no_interval_has_are_refused() {
    lab(async |lab| {
        use of::{chrono::TimeDelta, time};
        let db = &lab.db;
        for error in [
            refused_interval!(db, TimeDelta::nanoseconds(-1)),
            refused_interval!(db, time::Duration::nanoseconds(-1)),
        ] {
            assert!(error.contains("has nanoseconds"), "{error}");
        }
        for error in [
            refused_interval!(db, TimeDelta::MAX),
            refused_interval!(db, time::Duration::MAX),
            refused_interval!(db, Duration::MAX),
        ] {
            assert!(error.contains("64 bits"), "{error}");
        }
        let back = query_as!(
            (Interval, Interval),
            r#"SELECT $1::interval AS "a!", $2::interval AS "b!""#,
            TimeDelta::microseconds(-1_500_001),
            time::Duration::microseconds(-1_500_001)
        );
        let back = back.fetch_one(db).await.unwrap();
        let expected = Interval {
            microseconds: -1_500_001,
            ..Interval::default()
        };
        assert_eq!(back, (expected, expected));
    })
    .await;
}

/// A row that is added to the table has to be held, too.
#[test]
fn every_row_of_the_table_is_held() {
    let mut held = [
        NUMBERS,
        TEXTS,
        TIMES,
        NETWORKS,
        SHAPES,
        SEARCHES,
        OF_EXTENSIONS,
        RANGES,
    ]
    .concat();
    // Here under other names, or in tests of their own.
    held.extend(["void", "record", "char(n)", "bit", "NULL"]);
    macro_rules! with_features {
        ($($condition:meta => $types:ident;)+) => {$(
            #[cfg($condition)]
            held.extend($types);
        )+};
    }
    with_features! {
        feature = "uuid" => UUIDS;
        feature = "json" => JSON;
        feature = "rust_decimal" => DECIMALS;
        all(feature = "bigdecimal", not(feature = "rust_decimal")) => BIG_DECIMALS;
        feature = "cidr" => CIDR;
        not(feature = "cidr") => PLAIN_NETWORKS;
        feature = "eui48" => EUI48;
        not(feature = "eui48") => ADDRESSES;
        feature = "bit-vec" => BITS;
        feature = "geo-types" => GEO_TYPES;
        not(feature = "geo-types") => PLAIN_SHAPES;
        feature = "time" => TIME;
        not(any(feature = "time", feature = "chrono", feature = "jiff")) => MOMENTS;
    }
    let rows = TABLE
        .lines()
        .filter_map(|line| line.strip_prefix("//! | ")?.split_once(" | "));
    // The head, and other types of Rust for the row before.
    let rows = rows.skip(2).filter(|(types, _)| types.starts_with('`'));
    let rows: Vec<_> = rows.collect();
    assert!(rows.len() > 25);
    for (types, rest) in rows {
        let needs_feature = !rest.ends_with("| |");
        let types = types
            .replace(" and its kin", "")
            .replace(" and their kin", "");
        for name in types.split(", ") {
            let name = name.trim_matches('`');
            assert!(
                held.contains(&name) || (needs_feature && !cfg!(feature = "uuid")),
                "nothing holds `{name}`"
            );
        }
    }
}
