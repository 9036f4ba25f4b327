//! One argument of a test: its type, and the schema it is for.

use syn::{Attribute, Meta, PatType, Type};

use super::options::Placement;
use crate::report::Report;

/// One argument.
pub(super) struct Parameter {
    pub(super) ty: Type,
    pub(super) placement: Placement,
}

impl Parameter {
    /// Reads an argument and takes from it the attribute that is ours.
    pub(super) fn take(argument: &mut PatType, report: &mut Report) -> Self {
        let mut placement = None;
        let attributes = std::mem::take(&mut argument.attrs);
        for attribute in attributes {
            if attribute.path().is_ident("pgdbm") {
                take_placement(&attribute, &mut placement, report);
                continue;
            }
            if attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr") {
                report.at(
                    &attribute,
                    "an argument of a test cannot come and go\nhelp: put `#[cfg(…)]` on the whole test",
                );
                continue;
            }
            argument.attrs.push(attribute);
        }
        // What the types are is for the compiler to say, but of these two it says what leads astray.
        match &*argument.ty {
            Type::ImplTrait(ty) => report.at(
                ty,
                "a test says which argument it takes\n\
                 help: write `DatabaseManager`, `Pool`, `TestDatabase` or `Transaction<'_>`",
            ),
            Type::Reference(ty) => report.at(
                ty,
                "a test takes its arguments by value\n\
                 help: remove the `&`; for one that changes, write `mut` before its name",
            ),
            _ => {}
        }
        Parameter {
            ty: (*argument.ty).clone(),
            placement: placement.unwrap_or_default(),
        }
    }
}

fn take_placement(attribute: &Attribute, placement: &mut Option<Placement>, report: &mut Report) {
    if placement.is_some() {
        report.at(
            attribute,
            "the argument has this attribute twice\nhelp: write both into one `#[pgdbm(…)]`",
        );
        return;
    }
    let Meta::List(list) = &attribute.meta else {
        report.at(
            attribute,
            "`#[pgdbm]` says nothing\nhelp: write for example `#[pgdbm(schema = \"billing\")]`",
        );
        return;
    };
    let before = report.is_clean();
    let parsed = Placement::of_argument(list.tokens.clone(), report);
    // What is misspelt is not missing.
    if parsed.schema.is_none() && before == report.is_clean() {
        report.at(
            attribute,
            "the argument does not say which schema it is for\n\
             help: write `schema = \"…\"`, or give the test's own migrations in `#[pgdbm::test(…)]`",
        );
    }
    *placement = Some(parsed);
}
