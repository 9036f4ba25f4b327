//! Which type of Rust stands for which type of PostgreSQL.

use pgdbm_check::{Home, SqlType, SqlTypeKind};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Path;

use crate::letter_case::LetterCase;

/// A type as generated code spells it.
pub(crate) struct RustType {
    /// The PostgreSQL type: a marker of `pgdbm::types::sql`, or the Rust type that the migrations made.
    pub(crate) sql: TokenStream,
    /// What a column is read as.
    pub(crate) owned: TokenStream,
    /// What an argument is expected to be, for messages.
    pub(crate) argument: TokenStream,
}

/// Why there is no type of Rust for it.
pub(crate) struct Unmapped {
    /// What to do, starting with a verb.
    pub(crate) help: String,
}

/// What generated code has at hand.
pub(crate) struct Mapping<'m> {
    pub(crate) private: &'m TokenStream,
    /// The module with the types that the migrations make.
    pub(crate) types: Option<&'m Path>,
}

impl Mapping<'_> {
    /// The type of Rust for a type of PostgreSQL.
    pub(crate) fn of(&self, ty: &SqlType) -> Result<RustType, Unmapped> {
        let private = self.private;
        let (sql, owned, argument) = match &ty.kind {
            SqlTypeKind::Domain(_) => return self.of(ty.base()),
            SqlTypeKind::Array(element) => {
                let RustType { sql, owned, .. } = self.of(element)?;
                (
                    quote!(#private::sql::array<#sql>),
                    quote!(::std::vec::Vec<#owned>),
                    quote!([#owned]),
                )
            }
            SqlTypeKind::Range(bound) => self.around(bound, "range", "Range")?,
            SqlTypeKind::Multirange(bound) => self.around(bound, "multirange", "Multirange")?,
            SqlTypeKind::Enum | SqlTypeKind::Composite if ty.home != Home::Server => {
                let named = self.named(ty)?;
                (named.clone(), named.clone(), named)
            }
            _ => return self.of_base(&ty.name),
        };
        Ok(RustType {
            sql,
            owned,
            argument,
        })
    }

    fn around(
        &self,
        bound: &SqlType,
        sql: &str,
        rust: &str,
    ) -> Result<(TokenStream, TokenStream, TokenStream), Unmapped> {
        let private = self.private;
        let within = self.of(bound)?;
        let (of, owned) = (within.sql, within.owned);
        let ident = |name: &str| Ident::new(name, Span::call_site());
        let (sql, rust) = (ident(sql), ident(rust));
        Ok((
            quote!(#private::sql::#sql<#of>),
            quote!(#private::types::#rust<#owned>),
            quote!(#private::types::#rust<#owned>),
        ))
    }

    /// The type that the migrations make, in the module that the package names for such.
    fn named(&self, ty: &SqlType) -> Result<TokenStream, Unmapped> {
        let name = LetterCase::Pascal.of_field(&ty.name);
        let what = match ty.kind {
            SqlTypeKind::Enum => "an enum",
            _ => "a composite type",
        };
        let (Some(module), Ok(ident)) = (self.types, syn::parse_str::<Ident>(&name)) else {
            return Err(Unmapped {
                help: format!(
                    "`{}` is {what} of the migrations: read it as a type of yours with `AS \"name: {name}\"`, or cast it: `::text`",
                    ty.name
                ),
            });
        };
        Ok(quote!(#module::#ident))
    }

    fn of_base(&self, name: &str) -> Result<RustType, Unmapped> {
        let private = self.private;
        // The marker's name, the type of a column, and that of an argument where it is another.
        let (sql, owned, argument) = match name {
            "bool" => ("boolean", quote!(::core::primitive::bool), None),
            "char" => ("char", quote!(::core::primitive::i8), None),
            "int2" => ("smallint", quote!(::core::primitive::i16), None),
            "int4" => ("integer", quote!(::core::primitive::i32), None),
            "int8" => ("bigint", quote!(::core::primitive::i64), None),
            "float4" => ("real", quote!(::core::primitive::f32), None),
            "float8" => ("double_precision", quote!(::core::primitive::f64), None),
            "oid" | "regclass" | "regtype" | "regproc" | "regprocedure" | "regoper"
            | "regoperator" | "regrole" | "regnamespace" | "regconfig" | "regdictionary"
            | "regcollation" | "xid" | "cid" => ("oid", quote!(::core::primitive::u32), None),
            "text" | "varchar" | "bpchar" | "name" | "citext" => {
                ("text", string(), Some(quote!(::core::primitive::str)))
            }
            "xml" => ("xml", string(), Some(quote!(::core::primitive::str))),
            "ltree" | "lquery" | "ltxtquery" => {
                ("ltree", string(), Some(quote!(::core::primitive::str)))
            }
            "bytea" => (
                "bytea",
                quote!(::std::vec::Vec<::core::primitive::u8>),
                Some(quote!([::core::primitive::u8])),
            ),
            "interval" => ("interval", quote!(#private::types::Interval), None),
            "pg_lsn" => ("pg_lsn", quote!(#private::types::PgLsn), None),
            "void" => ("void", quote!(()), None),
            "hstore" => (
                "hstore",
                quote!(::std::collections::HashMap<::std::string::String, ::core::option::Option<::std::string::String>>),
                None,
            ),
            "uuid" if cfg!(feature = "uuid") => ("uuid", quote!(#private::uuid::Uuid), None),
            "json" | "jsonb" if cfg!(feature = "json") => {
                ("json", quote!(#private::serde_json::Value), None)
            }
            "numeric" if cfg!(feature = "rust_decimal") => {
                ("numeric", quote!(#private::rust_decimal::Decimal), None)
            }
            "inet" if cfg!(feature = "cidr") => ("inet", quote!(#private::cidr::IpInet), None),
            "inet" => ("inet", quote!(::std::net::IpAddr), None),
            "cidr" if cfg!(feature = "cidr") => ("cidr", quote!(#private::cidr::IpCidr), None),
            "macaddr" if cfg!(feature = "eui48") => {
                ("macaddr", quote!(#private::eui48::MacAddress), None)
            }
            "bit" | "varbit" if cfg!(feature = "bit-vec") => {
                ("bit", quote!(#private::bit_vec::BitVec), None)
            }
            "point" if cfg!(feature = "geo-types") => (
                "point",
                quote!(#private::geo_types::Point<::core::primitive::f64>),
                None,
            ),
            "box" if cfg!(feature = "geo-types") => (
                "rectangle",
                quote!(#private::geo_types::Rect<::core::primitive::f64>),
                None,
            ),
            "path" if cfg!(feature = "geo-types") => (
                "path",
                quote!(#private::geo_types::LineString<::core::primitive::f64>),
                None,
            ),
            "date" | "time" | "timestamp" | "timestamptz" => match self.moment(name) {
                Some(owned) => (name, owned, None),
                None => return Err(unmapped(name)),
            },
            _ => return Err(unmapped(name)),
        };
        let sql = Ident::new(sql, Span::call_site());
        Ok(RustType {
            sql: quote!(#private::sql::#sql),
            argument: argument.unwrap_or_else(|| owned.clone()),
            owned,
        })
    }

    /// Dates and times, of the first crate that is turned on.
    fn moment(&self, name: &str) -> Option<TokenStream> {
        let private = self.private;
        let of = |date, time, timestamp, timestamptz| {
            Some(match name {
                "date" => date,
                "time" => time,
                "timestamp" => timestamp,
                _ => timestamptz,
            })
        };
        if cfg!(feature = "time") {
            return of(
                quote!(#private::time::Date),
                quote!(#private::time::Time),
                quote!(#private::time::PrimitiveDateTime),
                quote!(#private::time::OffsetDateTime),
            );
        }
        if cfg!(feature = "chrono") {
            return of(
                quote!(#private::chrono::NaiveDate),
                quote!(#private::chrono::NaiveTime),
                quote!(#private::chrono::NaiveDateTime),
                quote!(#private::chrono::DateTime<#private::chrono::Utc>),
            );
        }
        if cfg!(feature = "jiff") {
            return of(
                quote!(#private::jiff::civil::Date),
                quote!(#private::jiff::civil::Time),
                quote!(#private::jiff::civil::DateTime),
                quote!(#private::jiff::Timestamp),
            );
        }
        matches!(name, "timestamp" | "timestamptz").then(|| quote!(::std::time::SystemTime))
    }
}

fn string() -> TokenStream {
    quote!(::std::string::String)
}

fn unmapped(name: &str) -> Unmapped {
    let feature = match name {
        "uuid" => Some("uuid"),
        "json" | "jsonb" => Some("json"),
        "numeric" => Some("rust_decimal"),
        "cidr" => Some("cidr"),
        "macaddr" => Some("eui48"),
        "bit" | "varbit" => Some("bit-vec"),
        "point" | "box" | "path" => Some("geo-types"),
        "date" | "time" => Some("time"),
        _ => None,
    };
    let help = match feature {
        Some("time") => {
            "turn on a feature of pgdbm, `time`, `chrono` or `jiff`, or cast it: `::text`"
                .to_owned()
        }
        Some(feature) => format!("turn on the feature `{feature}` of pgdbm, or cast it: `::text`"),
        None => "cast it: `::text`; or read it as a type of yours: `AS \"name: Type\"`".to_owned(),
    };
    Unmapped { help }
}
