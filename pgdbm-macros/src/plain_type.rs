//! Types of Rust of which everybody knows what they read: `AS "id: i64"` over an `integer` would compile, and fail with each row.
//!
//! Of other types that a query or Cargo.toml names, their `FromSql` knows at run time.

use pgdbm_check::{SqlType, SqlTypeKind};
use syn::{GenericArgument, PathArguments, Type};

/// The numbers and `bool`, what the driver reads each from, and what to cast to for it.
const PLAIN: &[(&str, &[&str], &str)] = &[
    ("bool", &["bool"], "boolean"),
    ("i8", &["char"], "\"char\""),
    ("i16", &["int2"], "smallint"),
    ("i32", &["int4"], "integer"),
    ("i64", &["int8"], "bigint"),
    ("f32", &["float4"], "real"),
    ("f64", &["float8"], "double precision"),
    ("String", TEXTS, "text"),
    ("u32", OIDS, "oid"),
];

const TEXTS: &[&str] = &[
    "text",
    "varchar",
    "bpchar",
    "name",
    "unknown",
    "xml",
    "citext",
    "ltree",
    "lquery",
    "ltxtquery",
];

const OIDS: &[&str] = &[
    "oid",
    "xid",
    "cid",
    "regclass",
    "regcollation",
    "regconfig",
    "regdictionary",
    "regnamespace",
    "regoper",
    "regoperator",
    "regproc",
    "regprocedure",
    "regrole",
    "regtype",
];

/// Numbers of Rust that PostgreSQL has no type for.
const NONE: &[&str] = &[
    "u8", "u16", "u64", "u128", "usize", "i128", "isize", "char", "str",
];

/// A type that never reads a column: what would.
struct Unfit {
    /// The type of Rust that reads it.
    fitting: Option<String>,
    /// The type of PostgreSQL that the type of Rust reads.
    cast: Option<String>,
}

/// What to do instead, if the type of Rust is one that never reads the type of PostgreSQL: it begins with a verb.
pub(crate) fn remedy(wanted: &Type, sql: &SqlType) -> Option<String> {
    let Unfit { fitting, cast } = unfit(wanted, sql)?;
    let cast = cast.map(|cast| format!("cast it in the SQL: `::{cast}`"));
    let fitting = match fitting {
        Some(rust) => format!("read it as `{rust}`"),
        None => "leave the type out".to_owned(),
    };
    Some(match cast {
        Some(cast) => format!("{fitting}, or {cast}"),
        None => fitting,
    })
}

fn unfit(wanted: &Type, sql: &SqlType) -> Option<Unfit> {
    let Type::Path(path) = wanted else {
        return None;
    };
    let segment = match (&path.qself, path.path.segments.len()) {
        (None, 1) => path.path.segments.last()?,
        _ => return None,
    };
    let sql = sql.base();
    let name = segment.ident.to_string();
    if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
        let Some(GenericArgument::Type(within)) = arguments.args.first() else {
            return None;
        };
        return match (name.as_str(), &sql.kind) {
            ("Option", _) => unfit(within, sql),
            ("Vec", SqlTypeKind::Array(element)) => unfit(within, element).map(|unfit| Unfit {
                fitting: unfit.fitting.map(|rust| format!("Vec<{rust}>")),
                cast: unfit.cast.map(|cast| format!("{cast}[]")),
            }),
            _ => None,
        };
    }
    let known = PLAIN.iter().find(|(rust, ..)| *rust == name);
    if known.is_none() && !NONE.contains(&name.as_str()) {
        return None;
    }
    let is_read = |reads: &[&str]| sql.kind == SqlTypeKind::Base && reads.contains(&&*sql.name);
    if known.is_some_and(|(_, reads, _)| is_read(reads)) {
        return None;
    }
    let fitting = PLAIN.iter().find(|(_, reads, _)| is_read(reads));
    // Between numbers there are casts, to text from everything, and from text to everything.
    const NUMBERS: &[&str] = &["i16", "i32", "i64", "f32", "f64"];
    let is_cast = |rust: &str| {
        rust == "String"
            || fitting.is_some_and(|(of, ..)| {
                *of == "String" || NUMBERS.contains(of) && NUMBERS.contains(&rust)
            })
    };
    let cast = known.filter(|(rust, ..)| is_cast(rust));
    Some(Unfit {
        fitting: fitting.map(|(rust, ..)| (*rust).to_owned()),
        cast: cast.map(|(.., cast)| (*cast).to_owned()),
    })
}
