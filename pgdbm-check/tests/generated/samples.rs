//! Constants of each type, as their input functions read them.

/// Constants of a type; none where the type is not known here.
pub(crate) fn of(type_name: &str) -> &'static [&'static str] {
    match type_name {
        "smallint" | "integer" | "bigint" | "posint" | "oid" => &["1", "2", "3", "5", "7", "12"],
        "numeric" => &["1", "0.5", "2", "12.25"],
        "real" | "double precision" => &["1", "0.5", "2", "-3e2"],
        "money" => &["1", "2.50"],
        "text" | "character varying" | "citext" | "name" => &["a", "b", "x", "sad", "a,b", ""],
        "character" => &["a", "abc"],
        "\"char\"" => &["a", "r"],
        "boolean" => &["true", "false", "t"],
        "date" => &["2020-01-01", "2021-03-04"],
        "timestamp without time zone" | "timestamp with time zone" => {
            &["2020-01-01 00:00:00", "2021-03-04 05:06:07"]
        }
        "time without time zone" | "time with time zone" => &["10:00", "23:59:59"],
        "interval" => &["1 day", "2 hours"],
        "uuid" => &[
            "00000000-0000-0000-0000-000000000001",
            "00000000-0000-0000-0000-000000000002",
        ],
        "json" | "jsonb" => &[
            "{}",
            "{\"a\": 1}",
            "[1, null]",
            "null",
            "{\"a\": {\"b\": null}}",
        ],
        "jsonpath" => &["$", "$.a", "$[*]"],
        "bytea" => &["\\x01", "ab"],
        "integer[]" | "bigint[]" | "numeric[]" => &["{1,2}", "{}", "{3,NULL}"],
        "text[]" | "character varying[]" => &["{a,b}", "{}", "{x,NULL}"],
        "boolean[]" => &["{t,f}"],
        "mood" => &["sad", "ok", "happy"],
        "addr" => &["(a,1)", "(,)", "(b,)"],
        "int4range" | "numrange" | "int8range" | "frange" => &["[1,5)", "empty", "(,3]"],
        "int4multirange" => &["{[1,2)}", "{}"],
        "daterange" => &["[2020-01-01,2020-02-01)"],
        "xml" => &["<a/>"],
        "inet" => &["10.0.0.1", "10.0.0.0/8"],
        "cidr" => &["10.0.0.0/8"],
        "hstore" => &["a=>1", "", "a=>NULL"],
        "ltree" => &["a", "a.b"],
        "lquery" => &["*.a", "a.*"],
        "tsvector" => &["a b", "a:1 b:2"],
        "tsquery" => &["a", "a & b"],
        "bit" => &["1010", "0101"],
        "bit varying" => &["1", "1010"],
        "point" => &["(1,2)", "(0,0)"],
        "box" => &["((0,0),(1,1))"],
        "regclass" => &["a", "pg_class"],
        _ => &[],
    }
}

/// Whether a constant of the type may be written as a number.
pub(crate) fn is_numeric(type_name: &str) -> bool {
    matches!(
        type_name,
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision"
    )
}
