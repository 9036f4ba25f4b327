//! Functions and operators of the server that give no NULL for arguments that are none.
//!
//! Strictness says the opposite only: that NULL gives NULL. What is listed here was gone through one by one. Not listed are,
//! for instance, `array_length` (NULL for an empty array), `extract` and `to_char` (NULL for infinite times), `substring` with a
//! pattern, `->` and its kin, and operators on geometric types (no point of intersection).

use crate::catalog::{Catalog, Function, Operator, PG_CATALOG, TypeId, oid};

/// What is known of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reviewed {
    /// Never NULL.
    Always,
    /// Not NULL if no argument is.
    WithArguments,
    /// Not NULL if its first argument is none.
    WithFirst,
    No,
}

pub(super) fn function(function: &Function) -> Reviewed {
    if function.schema != PG_CATALOG || function.origin.is_some() {
        return Reviewed::No;
    }
    match function.name.as_str() {
        "concat" | "json_build_array" | "json_build_object" | "jsonb_build_array"
        | "jsonb_build_object" => Reviewed::Always,
        "clock_timestamp"
        | "current_database"
        | "gen_random_uuid"
        | "now"
        | "pg_backend_pid"
        | "pg_current_xact_id"
        | "pg_is_in_recovery"
        | "random"
        | "statement_timestamp"
        | "timeofday"
        | "transaction_timestamp"
        | "txid_current"
        | "uuidv4"
        | "uuidv7"
        | "version" => {
            // Some have variants with arguments, and those are strict.
            if function.parameters.is_empty() {
                Reviewed::Always
            } else {
                Reviewed::WithArguments
            }
        }
        "concat_ws" | "format" => Reviewed::WithFirst,
        "substring" | "substr" => {
            if function.parameters.get(1) == Some(&oid::INT4) {
                Reviewed::WithArguments
            } else {
                Reviewed::No
            }
        }
        "round"
        | "trunc"
        | "abs"
        | "ceil"
        | "ceiling"
        | "floor"
        | "sign"
        | "sqrt"
        | "power"
        | "pow"
        | "exp"
        | "ln"
        | "log"
        | "mod"
        | "div"
        | "gcd"
        | "lcm"
        | "array_append"
        | "array_cat"
        | "array_prepend"
        | "array_remove"
        | "array_replace"
        | "array_to_json"
        | "array_to_string"
        | "ascii"
        | "bit_length"
        | "btrim"
        | "cardinality"
        | "char_length"
        | "character_length"
        | "chr"
        | "convert_from"
        | "convert_to"
        | "currval"
        | "date_bin"
        | "date_trunc"
        | "decode"
        | "encode"
        | "hashtext"
        | "hashtextextended"
        | "host"
        | "initcap"
        | "json_array_length"
        | "json_typeof"
        | "jsonb_array_length"
        | "jsonb_insert"
        | "jsonb_pretty"
        | "jsonb_set"
        | "jsonb_strip_nulls"
        | "jsonb_typeof"
        | "justify_days"
        | "justify_hours"
        | "justify_interval"
        | "left"
        | "length"
        | "lower_inc"
        | "lower_inf"
        | "lpad"
        | "ltrim"
        | "make_date"
        | "make_interval"
        | "make_time"
        | "make_timestamp"
        | "md5"
        | "nextval"
        | "octet_length"
        | "pg_try_advisory_lock"
        | "pg_try_advisory_lock_shared"
        | "pg_try_advisory_xact_lock"
        | "pg_try_advisory_xact_lock_shared"
        | "overlay"
        | "plainto_tsquery"
        | "position"
        | "quote_ident"
        | "regexp_replace"
        | "repeat"
        | "replace"
        | "reverse"
        | "right"
        | "row_to_json"
        | "rpad"
        | "rtrim"
        | "setval"
        | "sha224"
        | "sha256"
        | "sha384"
        | "sha512"
        | "split_part"
        | "starts_with"
        | "strpos"
        | "to_hex"
        | "to_json"
        | "to_jsonb"
        | "to_tsquery"
        | "to_tsvector"
        | "translate"
        | "ts_rank"
        | "upper_inc"
        | "upper_inf"
        | "websearch_to_tsquery"
        | "isempty"
        | "timezone" => Reviewed::WithArguments,
        // For text; for ranges they are NULL where the range has no bound.
        "lower" | "upper" => {
            if function.parameters.first() == Some(&oid::TEXT) {
                Reviewed::WithArguments
            } else {
                Reviewed::No
            }
        }
        _ => Reviewed::No,
    }
}

/// Which columns of a set are never null.
pub(super) fn set_columns(function: &Function, columns: usize) -> Vec<bool> {
    if function.schema != PG_CATALOG || function.origin.is_some() {
        return Vec::new();
    }
    match function.name.as_str() {
        "generate_series"
        | "generate_subscripts"
        | "json_object_keys"
        | "jsonb_object_keys"
        | "json_array_elements"
        | "jsonb_array_elements"
        | "json_each"
        | "jsonb_each"
        | "regexp_split_to_table" => vec![true; columns],
        "json_each_text" | "jsonb_each_text" => vec![true, false],
        _ => Vec::new(),
    }
}

/// Whether an operator gives no NULL for operands that are none.
pub(super) fn operator(catalog: &Catalog, operator: &Operator) -> bool {
    if operator.schema != PG_CATALOG {
        return false;
    }
    let text_search = operator.left == Some(oid::TSVECTOR) || operator.left == Some(oid::TSQUERY);
    let named = match operator.name.as_str() {
        "=" | "<>" | "<" | ">" | "<=" | ">=" | "+" | "-" | "*" | "/" | "%" | "^" | "||" | "&"
        | "|" | "~" | "~*" | "!~" | "!~*" | "~~" | "~~*" | "!~~" | "!~~*" | "<<" | ">>" | "@>"
        | "<@" | "&&" | "?" | "?|" | "?&" | "^@" | "@" => true,
        "@@" => text_search,
        _ => false,
    };
    let plain = |id: TypeId| catalog.type_(id).category != b'G';
    named && operator.left.is_none_or(plain) && plain(operator.right)
}
