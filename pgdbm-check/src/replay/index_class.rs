//! What an index asks of its columns: an access method that is there, and for each an operator class that takes its type.
//! After `ResolveOpClass`, `GetDefaultOpClass` and the first part of `DefineIndex`.

use pgdbm_template::Code;

use super::{Replay, missing};
use crate::analyze;
use crate::catalog::{TypeId, TypeKind, extension_with_class, format_type, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{IndexPart, Name};

/// An access method that every server has, and what it cannot do.
struct Method {
    name: &'static str,
    unique: bool,
    several_columns: bool,
    include: bool,
    order: bool,
    exclude: bool,
}

const fn method(name: &'static str, able: [bool; 5]) -> Method {
    let [unique, several_columns, include, order, exclude] = able;
    Method {
        name,
        unique,
        several_columns,
        include,
        order,
        exclude,
    }
}

const METHODS: &[Method] = &[
    method("btree", [true, true, true, true, true]),
    method("hash", [false, false, false, false, true]),
    method("gist", [false, true, true, false, true]),
    method("spgist", [false, false, true, false, true]),
    method("gin", [false, true, false, false, false]),
    method("brin", [false, true, false, false, false]),
];

/// What is asked of an access method.
pub(super) struct Wanted<'a> {
    pub(super) method: Option<&'a Name>,
    pub(super) unique: bool,
    /// INCLUDE
    pub(super) include: bool,
    /// EXCLUDE
    pub(super) exclude: bool,
}

impl Replay<'_> {
    /// The access method that is meant. After `DefineIndex`, which takes `gist` for `rtree`, as long as none is called so.
    pub(super) fn method_of<'a>(&self, wanted: &Wanted<'a>) -> &'a str {
        match wanted.method {
            None => "btree",
            Some(name) if name.text == "rtree" && !self.catalog.may_have_more_classes() => "gist",
            Some(name) => &name.text,
        }
    }

    /// Whether there is the access method, and whether it makes such indexes.
    pub(super) fn check_method(&self, wanted: &Wanted<'_>, parts: &[IndexPart]) -> Result<()> {
        let Some(name) = wanted.method else {
            return Ok(());
        };
        let meant = self.method_of(wanted);
        let Some(method) = METHODS.iter().find(|method| method.name == meant) else {
            if self.catalog.may_have_more_classes() {
                return Ok(());
            }
            return Err(missing(
                Code::UnknownObject,
                "access method",
                &name.text,
                name.span,
            ));
        };
        let ordered = parts.iter().find_map(|part| part.order);
        let (span, cannot) = if wanted.unique && !method.unique {
            (name.span, "makes no unique indexes")
        } else if wanted.exclude && !method.exclude {
            (name.span, "makes no exclusions")
        } else if parts.len() > 1 && !method.several_columns {
            (name.span, "makes indexes over one column only")
        } else if wanted.include && !method.include {
            (name.span, "has no INCLUDE")
        } else if let Some(order) = ordered.filter(|_| !method.order) {
            (order, "keeps no order")
        } else {
            return Ok(());
        };
        Err(Failure::error(
            Code::InvalidDefinition,
            span,
            format!("the access method `{}` {cannot}", method.name),
        ))
    }

    /// Whether there is the operator class, and whether it takes values of the type.
    pub(super) fn check_class(
        &self,
        wanted: &Wanted<'_>,
        part: &IndexPart,
        type_id: TypeId,
    ) -> Result<()> {
        let method = self.method_of(wanted);
        let (base, _) = self.catalog.base_type(type_id);
        let takes = |input: TypeId| analyze::is_binary_coercible(self.catalog, base, input);
        if base == oid::RECORD {
            return Err(Failure::error(
                Code::TypeMismatch,
                part.expr.span,
                "a row of no declared type cannot be indexed",
            ));
        }
        let is_pseudo =
            matches!(self.catalog.type_(base).kind, TypeKind::Pseudo) && base != oid::UNKNOWN;
        if is_pseudo || self.catalog.is_obscure(base) {
            return Ok(());
        }
        let Some(name) = &part.class else {
            let has_default = self
                .catalog
                .classes_of(method)
                .any(|class| class.default && takes(class.input));
            if has_default || self.catalog.may_have_more_classes() {
                return Ok(());
            }
            let failure = Failure::error(
                Code::InvalidDefinition,
                part.expr.span,
                format!(
                    "an index by {method} over values of type {} needs an operator class: there is none by default",
                    format_type(self.catalog, type_id)
                ),
            );
            return Err(match (method, takes(oid::TEXT)) {
                ("gin" | "gist", true) => failure.help(format!(
                    "name one: `{method}_trgm_ops` of the extension `pg_trgm`"
                )),
                (_, true) => failure.help("name one"),
                ("gin" | "gist", false) => failure.help(format!(
                    "the extension `btree_{method}` has those of the usual types: `CREATE EXTENSION btree_{method}`"
                )),
                _ => failure.help("index by another method"),
            });
        };
        let mut named = self
            .catalog
            .classes_of(method)
            .filter(|class| class.name == name.name());
        let class = match name.schema() {
            Some(schema) => named.find(|class| class.schema == schema),
            None => {
                let candidates = named.collect::<Vec<_>>();
                self.catalog
                    .path()
                    .find_map(|schema| candidates.iter().find(|class| class.schema == schema))
                    .copied()
            }
        };
        let Some(class) = class else {
            if self.catalog.may_have_more_classes() {
                return Ok(());
            }
            let failure = missing(
                Code::UnknownObject,
                &format!("operator class for {method} called"),
                name.name(),
                name.span,
            );
            let elsewhere = self
                .catalog
                .classes_of(method)
                .find(|class| class.name == name.name());
            return Err(match (elsewhere, extension_with_class(name.name())) {
                (Some(class), _) => {
                    failure.help(format!("there is one in the schema `{}`", class.schema))
                }
                (None, Some(extension)) => failure.help(format!(
                    "the extension `{extension}` has it: `CREATE EXTENSION {extension}`"
                )),
                (None, None) => failure,
            });
        };
        if takes(class.input) {
            return Ok(());
        }
        Err(Failure::error(
            Code::TypeMismatch,
            name.span,
            format!(
                "the operator class `{}` takes {}, and this is {}",
                class.name,
                format_type(self.catalog, class.input),
                format_type(self.catalog, type_id)
            ),
        ))
    }
}
