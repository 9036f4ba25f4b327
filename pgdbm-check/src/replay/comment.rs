//! COMMENT.

use pgdbm_template::Code;

use super::name::has_constraint;
use super::{Replay, missing};
use crate::analyze;
use crate::catalog::RelationKind;
use crate::failure::{Failure, Result};
use crate::syntax::ast::{Comment, Name, ObjectKind, ObjectName, ObjectReference};

impl Replay<'_> {
    /// Comments on relations, columns and types are kept for documentation; nothing else of them matters.
    pub(super) fn comment(&mut self, comment: &Comment) -> Result<()> {
        match (&comment.kind, &comment.object) {
            (
                ObjectKind::Table
                | ObjectKind::View
                | ObjectKind::MaterializedView
                | ObjectKind::ForeignTable,
                Some(ObjectReference::Name(name)),
            ) => {
                let relation = analyze::relation(self.catalog, name)?;
                if !is_kind(relation.kind, comment.kind) && !self.tolerant {
                    return Err(Failure::error(
                        Code::WrongKind,
                        name.name_span(),
                        format!("`{}` is of another kind", name.name()),
                    ));
                }
                if let Some(relation) = self.catalog.relation_mut(relation.row_type) {
                    relation.comment.clone_from(&comment.text);
                }
            }
            (ObjectKind::Type | ObjectKind::Domain, Some(ObjectReference::Name(name))) => {
                let id = self.type_of(name)?;
                if let Some(commented) = self.catalog.type_mut(id) {
                    commented.comment.clone_from(&comment.text);
                }
            }
            (ObjectKind::Column, Some(ObjectReference::Member { of, name })) => {
                let relation = analyze::relation(self.catalog, of)?;
                if relation.position(&name.text).is_none() && !relation.unknown_columns {
                    return Err(self.no_column(&relation, name));
                }
                if let Some(attribute) =
                    self.catalog
                        .relation_mut(relation.row_type)
                        .and_then(|relation| {
                            relation
                                .attributes
                                .iter_mut()
                                .find(|attribute| attribute.name == name.text)
                        })
                {
                    attribute.comment.clone_from(&comment.text);
                }
            }
            (ObjectKind::Sequence, Some(ObjectReference::Name(name))) => {
                analyze::relation(self.catalog, name)?;
            }
            (ObjectKind::Index, Some(ObjectReference::Name(name))) if !self.is_index(name) => {
                return Err(missing(
                    Code::UnknownObject,
                    "index",
                    name.name(),
                    name.name_span(),
                ));
            }
            (ObjectKind::Schema, Some(ObjectReference::Name(name)))
                if !self.catalog.schema_exists(name.name()) =>
            {
                return Err(missing(
                    Code::UnknownSchema,
                    "schema",
                    name.name(),
                    name.span,
                ));
            }
            (ObjectKind::Extension, Some(ObjectReference::Name(name)))
                if !self.catalog.has_extension(name.name()) =>
            {
                return Err(missing(
                    Code::UnknownObject,
                    "extension",
                    name.name(),
                    name.span,
                ));
            }
            (
                ObjectKind::Function
                | ObjectKind::Procedure
                | ObjectKind::Routine
                | ObjectKind::Aggregate,
                Some(ObjectReference::Function(signature)),
            ) => {
                self.function(comment.kind, signature)?;
            }
            (
                ObjectKind::Constraint | ObjectKind::Trigger | ObjectKind::Rule,
                Some(ObjectReference::Member { of, name }),
            ) => self.commented_member(comment.kind, of, name)?,
            _ => {}
        }
        Ok(())
    }

    fn commented_member(&self, kind: ObjectKind, of: &ObjectName, name: &Name) -> Result<()> {
        let relation = match analyze::relation(self.catalog, of) {
            Ok(relation) => relation,
            // The constraint of a domain.
            Err(_) if self.catalog.type_named(of.schema(), of.name()).is_some() => return Ok(()),
            Err(failure) => return Err(failure),
        };
        let (what, is_there) = match kind {
            ObjectKind::Constraint => (
                "constraint",
                has_constraint(&relation, &name.text)
                    || !self.named_not_null(&relation, &name.text).is_empty(),
            ),
            ObjectKind::Trigger => (
                "trigger",
                relation.triggers.iter().any(|own| own.name == name.text),
            ),
            _ => (
                "rule",
                name.text == "_RETURN" || relation.rules.iter().any(|own| own.name == name.text),
            ),
        };
        if is_there || self.tolerant {
            return Ok(());
        }
        Err(missing(
            Code::UnknownConstraint,
            &format!("{what} of `{}` called", relation.name),
            &name.text,
            name.span,
        ))
    }
}

/// Whether COMMENT ON names a relation by its kind.
fn is_kind(relation: RelationKind, named: ObjectKind) -> bool {
    match named {
        ObjectKind::Table => matches!(
            relation,
            RelationKind::Table | RelationKind::PartitionedTable
        ),
        ObjectKind::View => relation == RelationKind::View,
        ObjectKind::MaterializedView => relation == RelationKind::MaterializedView,
        _ => relation == RelationKind::ForeignTable,
    }
}
