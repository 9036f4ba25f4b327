//! How types and names are written for people.

use super::{Catalog, Subscripting, TypeId, oid};
use crate::syntax::needs_quotes;

/// The type's name as the server's `format_type(oid, NULL)` writes it.
pub(crate) fn format_type(catalog: &Catalog, id: TypeId) -> String {
    let found = catalog.type_(id);
    if found.subscripting == Subscripting::Array
        && id != oid::INT2VECTOR
        && id != oid::OIDVECTOR
        && let Some(element) = found.element
    {
        return format!("{}[]", format_type(catalog, element));
    }
    let special = match id {
        oid::BIT => "bit",
        oid::BOOL => "boolean",
        oid::BPCHAR => "character",
        oid::FLOAT4 => "real",
        oid::FLOAT8 => "double precision",
        oid::INT2 => "smallint",
        oid::INT4 => "integer",
        oid::INT8 => "bigint",
        oid::NUMERIC => "numeric",
        oid::INTERVAL => "interval",
        oid::JSON => "json",
        oid::TIME => "time without time zone",
        oid::TIMETZ => "time with time zone",
        oid::TIMESTAMP => "timestamp without time zone",
        oid::TIMESTAMPTZ => "timestamp with time zone",
        oid::VARBIT => "bit varying",
        oid::VARCHAR => "character varying",
        _ => "",
    };
    if !special.is_empty() {
        return special.to_owned();
    }
    // What stands first on the path hides others, and nothing hides it.
    let is_first = catalog.path().next() == Some(found.schema.as_str());
    if is_first
        || catalog.is_own(&found.schema)
        || catalog.type_named(None, &found.name) == Some(id)
    {
        quote(&found.name)
    } else {
        format!("{}.{}", quote(&found.schema), quote(&found.name))
    }
}

/// The identifier in quotes if it needs them (`quote_identifier`).
pub(crate) fn quote(name: &str) -> String {
    if needs_quotes(name) {
        pgdbm_template::quote_identifier(name)
    } else {
        name.to_owned()
    }
}
