//! Which type of Rust stands for which type of PostgreSQL.

use pgdbm_check::{Home, SqlType, SqlTypeKind};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Path;

use crate::migrated::Migrated;
use crate::overrides::Overrides;
use crate::rust_name::type_name;

/// A type as generated code spells it.
pub(crate) struct RustType {
    /// The PostgreSQL type: a marker of `pgdbm::types::sql`, or the Rust type that stands for it; nothing for one of which nobody
    /// here knows more than that the driver's traits are implemented.
    pub(crate) sql: Option<TokenStream>,
    /// What a column is read as.
    pub(crate) owned: TokenStream,
    /// It may lack traits that the types of this crate have.
    pub(crate) is_foreign: bool,
    /// The driver does not know it: it is read as `sql` only.
    pub(crate) is_own: bool,
}

/// Why there is no type of Rust for it.
pub(crate) struct Unmapped {
    /// What to do, starting with a verb.
    pub(crate) help: String,
    /// How to have one, if a feature brings it.
    pub(crate) feature: Option<String>,
}

/// What generated code has at hand.
pub(crate) struct Mapping<'m> {
    pub(crate) private: &'m TokenStream,
    /// The module with the types that the migrations make.
    pub(crate) types: Option<&'m Path>,
    /// What the package wants for some types.
    pub(crate) overrides: &'m Overrides,
    /// Whether domains are types of that module.
    pub(crate) domains: bool,
    pub(crate) migrated: &'m Migrated,
}

impl Mapping<'_> {
    /// The type of Rust for a type of PostgreSQL.
    pub(crate) fn of(&self, ty: &SqlType) -> Result<RustType, Unmapped> {
        if let Some(wanted) = self.overrides.of_type(ty) {
            return Ok(self.overridden(ty, &wanted));
        }
        let private = self.private;
        match &ty.kind {
            SqlTypeKind::Domain(base) => {
                let base = self.of(base)?;
                Ok(match self.newtype(ty) {
                    // It is sent and read as what it is about, so a value of that may stand for it too.
                    Some(owned) => RustType {
                        owned,
                        is_foreign: true,
                        is_own: false,
                        ..base
                    },
                    None => base,
                })
            }
            SqlTypeKind::Array(element) => {
                let element = self.of(element)?;
                let owned = element.owned;
                Ok(RustType {
                    sql: element.sql.map(|sql| quote!(#private::sql::array<#sql>)),
                    owned: quote!(#private::Vec<#owned>),
                    is_foreign: element.is_foreign,
                    is_own: element.is_own,
                })
            }
            SqlTypeKind::Range(bound) => self.around(bound, "range", "Range"),
            SqlTypeKind::Multirange(bound) => self.around(bound, "multirange", "Multirange"),
            SqlTypeKind::Enum | SqlTypeKind::Composite if ty.home != Home::Server => {
                let named = self.named(ty)?;
                Ok(RustType {
                    sql: Some(named.clone()),
                    owned: named,
                    is_foreign: true,
                    is_own: false,
                })
            }
            _ => self.of_base(&ty.name),
        }
    }

    /// What the package wants for a type. An enum or a composite type is known by the type of Rust that stands for it; of others
    /// the marker stays, so that all that is sent as them still is.
    fn overridden(&self, ty: &SqlType, wanted: &syn::Type) -> RustType {
        const NOTHING: &Overrides = &Overrides::none();
        let known = Mapping {
            overrides: NOTHING,
            ..*self
        };
        let owned = quote!(#wanted);
        let sql = match &ty.base().kind {
            SqlTypeKind::Enum | SqlTypeKind::Composite => Some(owned.clone()),
            _ => known.of(ty).ok().and_then(|known| known.sql),
        };
        RustType {
            sql,
            owned,
            is_foreign: true,
            is_own: false,
        }
    }

    fn around(&self, bound: &SqlType, sql: &str, rust: &str) -> Result<RustType, Unmapped> {
        let private = self.private;
        let within = self.of(bound)?;
        let owned = within.owned;
        let ident = |name: &str| Ident::new(name, Span::call_site());
        let (sql, rust) = (ident(sql), ident(rust));
        Ok(RustType {
            sql: within.sql.map(|of| quote!(#private::sql::#sql<#of>)),
            owned: quote!(#private::types::#rust<#owned>),
            is_foreign: within.is_foreign,
            is_own: within.is_own,
        })
    }

    /// Whether the package wants a type of its own for it, or for what it is made of.
    pub(crate) fn is_overridden(&self, ty: &SqlType) -> bool {
        self.overrides.of_type(ty).is_some()
            || match &ty.kind {
                SqlTypeKind::Array(within)
                | SqlTypeKind::Range(within)
                | SqlTypeKind::Multirange(within) => self.is_overridden(within),
                // The newtype hides it.
                SqlTypeKind::Domain(within) => !self.domains && self.is_overridden(within),
                _ => false,
            }
    }

    /// The newtype of a domain, if the package wants such.
    fn newtype(&self, ty: &SqlType) -> Option<TokenStream> {
        let module = self.types.filter(|_| self.domains)?;
        Some(self.migrated.made().get(ty)?.path(module))
    }

    /// The type that the migrations make, in the module that the package names for such.
    fn named(&self, ty: &SqlType) -> Result<TokenStream, Unmapped> {
        let sql = &ty.name;
        let Some(made) = self.migrated.made().get(ty) else {
            return Err(Unmapped {
                feature: None,
                help: format!(
                    "`{sql}` is none of the types that the migrations make: read it as a type of yours with \
                     `AS \"name: {}\"`, or cast it: `::text`",
                    type_name(sql)
                ),
            });
        };
        let (name, is_row) = (&made.name, made.is_row());
        if let Some(reason) = &made.missing {
            let way_out = match is_row {
                true => "select its columns one by one".to_owned(),
                false => format!(
                    "read it as a type of yours with `AS \"name: {name}\"`, or cast it: `::text`"
                ),
            };
            return Err(Unmapped {
                feature: None,
                help: format!("{way_out}; there is no `{name}`, because {reason}"),
            });
        }
        let Some(module) = self.types else {
            let what = made.described();
            return Err(Unmapped {
                feature: None,
                help: format!(
                    "make a module with the types of the migrations, `#[pgdbm::migrations] mod schema {{}}`, and name it with \
                     `types = \"crate::schema\"` below `[package.metadata.pgdbm]` in Cargo.toml; or read {what} as a type of \
                     yours, `AS \"name: {name}\"`, or cast it: `::text`"
                ),
            });
        };
        Ok(made.path(module))
    }

    fn of_base(&self, name: &str) -> Result<RustType, Unmapped> {
        base_type(self.private, name)
    }
}

/// The type of Rust for one of the server's own types, or of an extension's.
fn base_type(private: &TokenStream, name: &str) -> Result<RustType, Unmapped> {
    // The marker's name, and the type of a column.
    let (sql, owned) = match name {
        "bool" => ("boolean", quote!(#private::bool)),
        "char" => ("char", quote!(#private::i8)),
        "int2" => ("smallint", quote!(#private::i16)),
        "int4" => ("integer", quote!(#private::i32)),
        "int8" => ("bigint", quote!(#private::i64)),
        "float4" => ("real", quote!(#private::f32)),
        "float8" => ("double_precision", quote!(#private::f64)),
        "oid" | "regclass" | "regtype" | "regproc" | "regprocedure" | "regoper" | "regoperator"
        | "regrole" | "regnamespace" | "regconfig" | "regdictionary" | "regcollation" | "xid"
        | "cid" => ("oid", quote!(#private::u32)),
        "text" | "varchar" | "bpchar" | "name" | "citext" => ("text", quote!(#private::String)),
        "xml" => ("xml", quote!(#private::String)),
        "ltree" | "lquery" | "ltxtquery" => ("ltree", quote!(#private::String)),
        "bytea" => ("bytea", quote!(#private::Vec<#private::u8>)),
        "interval" => ("interval", quote!(#private::types::Interval)),
        "pg_lsn" => ("pg_lsn", quote!(#private::types::PgLsn)),
        "void" => ("void", quote!(())),
        "hstore" => (
            "hstore",
            quote!(::std::collections::HashMap<#private::String, #private::Option<#private::String>>),
        ),
        "uuid" if cfg!(feature = "uuid") => ("uuid", quote!(#private::uuid::Uuid)),
        "json" | "jsonb" if cfg!(feature = "json") => ("json", quote!(#private::serde_json::Value)),
        "numeric" if cfg!(feature = "rust_decimal") => {
            ("numeric", quote!(#private::rust_decimal::Decimal))
        }
        "numeric" if cfg!(feature = "bigdecimal") => {
            ("numeric", quote!(#private::bigdecimal::BigDecimal))
        }
        "money" => ("money", quote!(#private::types::Money)),
        "timetz" => ("timetz", quote!(#private::types::TimeTz)),
        "jsonpath" => ("jsonpath", quote!(#private::types::JsonPath)),
        "tsvector" => ("tsvector", quote!(#private::types::TsVector)),
        "tsquery" => ("tsquery", quote!(#private::types::TsQuery)),
        "line" => ("line", quote!(#private::types::Line)),
        "lseg" => ("lseg", quote!(#private::types::LineSegment)),
        "polygon" => ("polygon", quote!(#private::types::Polygon)),
        "circle" => ("circle", quote!(#private::types::Circle)),
        "macaddr8" => ("macaddr8", quote!(#private::types::MacAddr8)),
        "inet" if cfg!(feature = "cidr") => ("inet", quote!(#private::cidr::IpInet)),
        "inet" => ("inet", quote!(::std::net::IpAddr)),
        "cidr" if cfg!(feature = "cidr") => ("cidr", quote!(#private::cidr::IpCidr)),
        "macaddr" if cfg!(feature = "eui48") => ("macaddr", quote!(#private::eui48::MacAddress)),
        "macaddr" => ("macaddr", quote!(#private::types::MacAddr)),
        "bit" | "varbit" if cfg!(feature = "bit-vec") => ("bit", quote!(#private::bit_vec::BitVec)),
        "point" if cfg!(feature = "geo-types") => {
            ("point", quote!(#private::geo_types::Point<#private::f64>))
        }
        "box" if cfg!(feature = "geo-types") => (
            "rectangle",
            quote!(#private::geo_types::Rect<#private::f64>),
        ),
        "path" if cfg!(feature = "geo-types") => (
            "path",
            quote!(#private::geo_types::LineString<#private::f64>),
        ),
        "point" => ("point", quote!(#private::types::Point)),
        "box" => ("rectangle", quote!(#private::types::Rectangle)),
        "path" => ("path", quote!(#private::types::Path)),
        "date" | "time" | "timestamp" | "timestamptz" => match moment(private, name) {
            Some(owned) => (name, owned),
            None => return Err(unmapped(name)),
        },
        _ => return Err(unmapped(name)),
    };
    let sql = Ident::new(sql, Span::call_site());
    Ok(RustType {
        sql: Some(quote!(#private::sql::#sql)),
        owned,
        // These are not for serializers.
        is_foreign: matches!(name, "pg_lsn" | "point" | "box" | "path"),
        // The traits of the driver cannot be given to types of others.
        is_own: name == "void" || (name == "numeric" && !cfg!(feature = "rust_decimal")),
    })
}

/// Dates and times, of the first crate that is turned on.
fn moment(private: &TokenStream, name: &str) -> Option<TokenStream> {
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

/// Why there is no type of Rust for one of the server; nothing if there is one.
pub(crate) fn unmapped_type(name: &str) -> Option<Unmapped> {
    base_type(&TokenStream::new(), name).err()
}

fn unmapped(name: &str) -> Unmapped {
    let feature = match name {
        "uuid" => Some("uuid"),
        "json" | "jsonb" => Some("json"),
        "numeric" => Some("rust_decimal"),
        "cidr" => Some("cidr"),
        "bit" | "varbit" => Some("bit-vec"),
        "date" | "time" => Some("time"),
        _ => None,
    };
    let feature = feature.map(|feature| match feature {
        "time" => "turn on a feature of pgdbm, `time`, `chrono` or `jiff`".to_owned(),
        _ => format!("turn on the feature `{feature}` of pgdbm"),
    });
    let help = match &feature {
        Some(feature) => format!("{feature}, or cast it: `::text`"),
        None if name == "record" => {
            "name its values: select them as columns of their own, cast it to a composite type, or read it as a tuple: \
             `AS \"name: pgdbm::types::Tuple<(i32, String)>\"`"
                .to_owned()
        }
        None => "cast it: `::text`; or read it as a type of yours: `AS \"name: Type\"`".to_owned(),
    };
    Unmapped { help, feature }
}
