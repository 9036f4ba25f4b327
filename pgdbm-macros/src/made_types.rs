//! The types that the migrations make, as types of Rust: which there are, what they are called, and which cannot be.

use std::collections::HashMap;

use pgdbm_check::{Checker, Home, MadeAttribute, MadeKind, MadeType, SqlType, SqlTypeKind};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Path;

use crate::rust_name::{field_name, type_name};
use crate::rust_type::unmapped_type;

/// All of them.
#[derive(Debug)]
pub(crate) struct MadeTypes {
    pub(crate) types: Vec<Made>,
    places: HashMap<(Home, String), usize>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) ty: MadeType,
    /// Its name in Rust.
    pub(crate) name: String,
    /// Why no type of Rust is made for it.
    pub(crate) missing: Option<String>,
}

impl MadeTypes {
    pub(crate) fn of(checker: &Checker) -> Self {
        let types: Vec<Made> = checker.made_types().into_iter().map(Made::of).collect();
        let places = types
            .iter()
            .enumerate()
            .map(|(place, made)| ((made.ty.home.clone(), made.ty.name.clone()), place))
            .collect();
        let mut made = MadeTypes { types, places };
        let mut reasons = vec![None; made.types.len()];
        for place in 0..made.types.len() {
            made.missing(place, &mut reasons, 0);
        }
        for (made, reason) in made.types.iter_mut().zip(reasons) {
            made.missing = reason.flatten();
        }
        made
    }

    /// The type, if it is one of these.
    pub(crate) fn get(&self, ty: &SqlType) -> Option<&Made> {
        self.place(ty).and_then(|place| self.types.get(place))
    }

    fn place(&self, ty: &SqlType) -> Option<usize> {
        let key = (ty.home.clone(), ty.name.clone());
        self.places.get(&key).copied()
    }

    /// Why a type cannot be made, found once for each: `reasons` holds what is known.
    fn missing(
        &self,
        place: usize,
        reasons: &mut [Option<Option<String>>],
        depth: usize,
    ) -> Option<String> {
        /// PostgreSQL lets no composite type hold itself, so that this is deeper than anybody nests.
        const DEEPEST: usize = 64;
        if let Some(known) = reasons.get(place)? {
            return known.clone();
        }
        let made = self.types.get(place)?;
        let found = match made.attributes() {
            _ if depth > DEEPEST => Some("it nests too deep".to_owned()),
            Attributes::None => None,
            Attributes::Of(base) => self.missing_within(base, reasons, depth),
            Attributes::Unknown => Some("its columns are not known".to_owned()),
            Attributes::Known(attributes) => attributes.iter().find_map(|attribute| {
                let reason = self.missing_within(&attribute.sql_type, reasons, depth)?;
                let MadeAttribute {
                    name, type_name, ..
                } = attribute;
                let of = made.attribute_noun();
                let mut missing = format!(
                    "no type of Rust is known for the {of} `{name}` of the type `{type_name}`"
                );
                if !reason.is_empty() {
                    missing.push_str(": ");
                    missing.push_str(&reason);
                }
                Some(missing)
            }),
        };
        if let Some(reason) = reasons.get_mut(place) {
            *reason = Some(found.clone());
        }
        found
    }

    fn missing_within(
        &self,
        ty: &SqlType,
        reasons: &mut [Option<Option<String>>],
        depth: usize,
    ) -> Option<String> {
        match &ty.kind {
            SqlTypeKind::Array(within)
            | SqlTypeKind::Range(within)
            | SqlTypeKind::Multirange(within)
            | SqlTypeKind::Domain(within) => self.missing_within(within, reasons, depth),
            SqlTypeKind::Enum | SqlTypeKind::Composite if ty.home != Home::Server => {
                match self.place(ty) {
                    Some(place) => self.missing(place, reasons, depth + 1),
                    None => Some(format!("`{}` is not of the migrations", ty.name)),
                }
            }
            _ => unmapped_type(&ty.name).map(|unmapped| unmapped.feature.unwrap_or_default()),
        }
    }
}

/// What a type is made of.
enum Attributes<'m> {
    None,
    Of(&'m SqlType),
    Unknown,
    Known(&'m [MadeAttribute]),
}

impl Made {
    fn of(ty: MadeType) -> Self {
        let mut made = Made {
            name: type_name(&ty.name),
            ty,
            missing: None,
        };
        if made.is_row() {
            made.name.push_str("Row");
        }
        made
    }

    fn attributes(&self) -> Attributes<'_> {
        match &self.ty.kind {
            MadeKind::Composite(attributes)
            | MadeKind::Table(Some(attributes))
            | MadeKind::View(Some(attributes)) => Attributes::Known(attributes),
            MadeKind::Table(None) | MadeKind::View(None) => Attributes::Unknown,
            MadeKind::Domain(base) => Attributes::Of(base),
            _ => Attributes::None,
        }
    }

    fn attribute_noun(&self) -> &'static str {
        match self.ty.kind {
            MadeKind::Composite(_) => "attribute",
            _ => "column",
        }
    }

    /// What it is in SQL: `the enum `status``.
    pub(crate) fn described(&self) -> String {
        let kind = match self.ty.kind {
            MadeKind::Enum(_) => "enum",
            MadeKind::Composite(_) => "composite type",
            MadeKind::Domain(_) => "domain",
            MadeKind::View(_) => "view",
            _ => "table",
        };
        match &self.ty.home {
            Home::Schema(schema) => format!("the {kind} `{schema}.{}`", self.ty.name),
            _ => format!("the {kind} `{}`", self.ty.name),
        }
    }

    /// Whether it is the row of a table or a view.
    pub(crate) fn is_row(&self) -> bool {
        matches!(self.ty.kind, MadeKind::Table(_) | MadeKind::View(_))
    }

    pub(crate) fn ident(&self) -> Ident {
        // Every character of the name was asked whether it may stand in one.
        syn::parse_str(&self.name).unwrap_or_else(|_| Ident::new("Unnamed", Span::call_site()))
    }

    /// Its path, from the module with the types.
    pub(crate) fn path(&self, module: &Path) -> TokenStream {
        let name = self.ident();
        match &self.ty.home {
            Home::Schema(schema) => {
                let schema = field_name(schema);
                quote!(#module::#schema::#name)
            }
            _ => quote!(#module::#name),
        }
    }
}

#[cfg(test)]
mod tests {
    use pgdbm_check::{Checker, Options, Source};

    use super::MadeTypes;

    #[test]
    fn what_holds_something_without_a_type_of_rust_is_not_made() {
        let sql = "CREATE TYPE odd AS (at xid8, n int);
                   CREATE TYPE around AS (odd odd[]);
                   CREATE TYPE fine AS (n int);
                   CREATE TABLE lines (id int, l xid8);";
        let checker = Checker::new(&[Source::new("1.sql", sql)], &Options::default());
        let made = MadeTypes::of(&checker);
        let missing: Vec<_> = made
            .types
            .iter()
            .map(|made| (made.name.as_str(), made.missing.as_deref().unwrap_or("")))
            .map(|(name, reason)| (name, reason.split(": ").next().unwrap_or_default()))
            .collect();
        assert_eq!(
            missing,
            [
                (
                    "Around",
                    "no type of Rust is known for the attribute `odd` of the type `odd[]`"
                ),
                ("Fine", ""),
                (
                    "LinesRow",
                    "no type of Rust is known for the column `l` of the type `xid8`"
                ),
                (
                    "Odd",
                    "no type of Rust is known for the attribute `at` of the type `xid8`"
                ),
            ]
        );
    }
}
