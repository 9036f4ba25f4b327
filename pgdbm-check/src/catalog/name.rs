//! How types and names are written for people.

use super::{Catalog, TypeId};

/// The type's name as `format_type(oid, NULL)` writes it.
pub(crate) fn format_type(catalog: &Catalog, id: TypeId) -> String {
    catalog.type_(id).name.clone()
}

/// The identifier in quotes if it needs them (`quote_identifier`).
pub(crate) fn quote(name: &str) -> String {
    name.to_owned()
}
