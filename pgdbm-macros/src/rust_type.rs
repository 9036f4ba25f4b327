//! Which type of Rust stands for which type of PostgreSQL.

use pgdbm_check::{Home, SqlType, SqlTypeKind};
use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use crate::crate_path::Private;
use crate::migrated::Migrated;
use crate::overrides::Overrides;
use crate::rust_name::type_name;
use crate::spelled::Spelled;

/// A type as generated code spells it.
pub(crate) struct RustType {
    /// The PostgreSQL type: a marker of `pgdbm::types::sql`, or the Rust type that stands for it; nothing for one of which nobody
    /// here knows more than that the driver's traits are implemented.
    pub(crate) sql: Option<Spelled>,
    /// What a column is read as.
    pub(crate) owned: Spelled,
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
    pub(crate) private: &'m Private,
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
                    sql: element
                        .sql
                        .map(|sql| Spelled::of(private, "sql::array", sql)),
                    owned: Spelled::of(private, "Vec", owned),
                    is_foreign: element.is_foreign,
                    is_own: element.is_own,
                })
            }
            SqlTypeKind::Range(bound) => self.around(bound, "sql::range", "types::Range"),
            SqlTypeKind::Multirange(bound) => {
                self.around(bound, "sql::multirange", "types::Multirange")
            }
            SqlTypeKind::Enum | SqlTypeKind::Composite if ty.home != Home::Server => {
                let named = Spelled::Written(self.named(ty)?);
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
        let owned = Spelled::Written(quote!(#wanted));
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

    fn around(
        &self,
        bound: &SqlType,
        sql: &'static str,
        rust: &'static str,
    ) -> Result<RustType, Unmapped> {
        let private = self.private;
        let within = self.of(bound)?;
        Ok(RustType {
            sql: within.sql.map(|of| Spelled::of(private, sql, of)),
            owned: Spelled::of(private, rust, within.owned),
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
    fn newtype(&self, ty: &SqlType) -> Option<Spelled> {
        let module = self.types.filter(|_| self.domains)?;
        Some(Spelled::Written(self.migrated.made().get(ty)?.path(module)))
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
fn base_type(private: &Private, name: &str) -> Result<RustType, Unmapped> {
    let known = |path| Spelled::known(private, path);
    let of = |path, within| Spelled::of(private, path, within);
    let written = Spelled::Written;
    // The path of the marker, and the type of a column.
    let (sql, owned) = match name {
        "bool" => ("sql::boolean", known("bool")),
        "char" => ("sql::char", known("i8")),
        "int2" => ("sql::smallint", known("i16")),
        "int4" => ("sql::integer", known("i32")),
        "int8" => ("sql::bigint", known("i64")),
        "float4" => ("sql::real", known("f32")),
        "float8" => ("sql::double_precision", known("f64")),
        "oid" | "regclass" | "regtype" | "regproc" | "regprocedure" | "regoper" | "regoperator"
        | "regrole" | "regnamespace" | "regconfig" | "regdictionary" | "regcollation" | "xid"
        | "cid" => ("sql::oid", known("u32")),
        "text" | "varchar" | "bpchar" | "name" | "citext" => ("sql::text", known("String")),
        "xml" => ("sql::xml", known("String")),
        "ltree" | "lquery" | "ltxtquery" => ("sql::ltree", known("String")),
        "bytea" => ("sql::bytea", of("Vec", known("u8"))),
        "interval" => ("sql::interval", known("types::Interval")),
        "pg_lsn" => ("sql::pg_lsn", known("types::PgLsn")),
        "void" => ("sql::void", written(quote!(()))),
        "hstore" => (
            "sql::hstore",
            written(
                quote!(::std::collections::HashMap<#private::String, #private::Option<#private::String>>),
            ),
        ),
        "uuid" if cfg!(feature = "uuid") => ("sql::uuid", known("uuid::Uuid")),
        "json" | "jsonb" if cfg!(feature = "json") => ("sql::json", known("serde_json::Value")),
        "numeric" if cfg!(feature = "rust_decimal") => {
            ("sql::numeric", known("rust_decimal::Decimal"))
        }
        "numeric" if cfg!(feature = "bigdecimal") => {
            ("sql::numeric", known("bigdecimal::BigDecimal"))
        }
        "money" => ("sql::money", known("types::Money")),
        "timetz" => ("sql::timetz", known("types::TimeTz")),
        "jsonpath" => ("sql::jsonpath", known("types::JsonPath")),
        "tsvector" => ("sql::tsvector", known("types::TsVector")),
        "tsquery" => ("sql::tsquery", known("types::TsQuery")),
        "line" => ("sql::line", known("types::Line")),
        "lseg" => ("sql::lseg", known("types::LineSegment")),
        "polygon" => ("sql::polygon", known("types::Polygon")),
        "circle" => ("sql::circle", known("types::Circle")),
        "macaddr8" => ("sql::macaddr8", known("types::MacAddr8")),
        "inet" if cfg!(feature = "cidr") => ("sql::inet", known("cidr::IpInet")),
        "inet" => ("sql::inet", written(quote!(::std::net::IpAddr))),
        "cidr" if cfg!(feature = "cidr") => ("sql::cidr", known("cidr::IpCidr")),
        "macaddr" if cfg!(feature = "eui48") => ("sql::macaddr", known("eui48::MacAddress")),
        "macaddr" => ("sql::macaddr", known("types::MacAddr")),
        "bit" | "varbit" if cfg!(feature = "bit-vec") => ("sql::bit", known("bit_vec::BitVec")),
        "point" if cfg!(feature = "geo-types") => {
            ("sql::point", of("geo_types::Point", known("f64")))
        }
        "box" if cfg!(feature = "geo-types") => {
            ("sql::rectangle", of("geo_types::Rect", known("f64")))
        }
        "path" if cfg!(feature = "geo-types") => {
            ("sql::path", of("geo_types::LineString", known("f64")))
        }
        "point" => ("sql::point", known("types::Point")),
        "box" => ("sql::rectangle", known("types::Rectangle")),
        "path" => ("sql::path", known("types::Path")),
        "date" | "time" | "timestamp" | "timestamptz" => match moment(private, name) {
            Some(found) => found,
            None => return Err(unmapped(name)),
        },
        _ => return Err(unmapped(name)),
    };
    Ok(RustType {
        sql: Some(known(sql)),
        owned,
        // The driver's own, which is not for serializers.
        is_foreign: name == "pg_lsn",
        // The traits of the driver cannot be given to types of others.
        is_own: name == "void" || (name == "numeric" && !cfg!(feature = "rust_decimal")),
    })
}

/// Dates and times, of the first crate that is turned on.
fn moment(private: &Private, name: &str) -> Option<(&'static str, Spelled)> {
    let known = |path| Spelled::known(private, path);
    let one_of = |date, time, timestamp, timestamptz| {
        Some(match name {
            "date" => ("sql::date", date),
            "time" => ("sql::time", time),
            "timestamp" => ("sql::timestamp", timestamp),
            _ => ("sql::timestamptz", timestamptz),
        })
    };
    if cfg!(feature = "time") {
        return one_of(
            known("time::Date"),
            known("time::Time"),
            known("time::PrimitiveDateTime"),
            known("time::OffsetDateTime"),
        );
    }
    if cfg!(feature = "chrono") {
        return one_of(
            known("chrono::NaiveDate"),
            known("chrono::NaiveTime"),
            known("chrono::NaiveDateTime"),
            Spelled::of(private, "chrono::DateTime", known("chrono::Utc")),
        );
    }
    if cfg!(feature = "jiff") {
        return one_of(
            known("jiff::civil::Date"),
            known("jiff::civil::Time"),
            known("jiff::civil::DateTime"),
            known("jiff::Timestamp"),
        );
    }
    let system = Spelled::Written(quote!(::std::time::SystemTime));
    match name {
        "timestamp" => Some(("sql::timestamp", system)),
        "timestamptz" => Some(("sql::timestamptz", system)),
        _ => None,
    }
}

/// Why there is no type of Rust for one of the server; nothing if there is one.
pub(crate) fn unmapped_type(name: &str) -> Option<Unmapped> {
    base_type(&Private::default(), name).err()
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
