//! Sequences.

use pgdbm_template::Code;

use super::{Replay, exists};
use crate::analyze;
use crate::catalog::{Attribute, Relation, RelationKind, TypeId, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{AlterSequence, CreateSequence, SequenceOwner, Span};

/// A sequence as the relation that it is.
pub(super) fn sequence(schema: &str, name: &str) -> Relation {
    let mut relation = Relation::new(schema, name, RelationKind::Sequence);
    for (name, type_id) in [
        ("last_value", oid::INT8),
        ("log_cnt", oid::INT8),
        ("is_called", oid::BOOL),
    ] {
        let mut attribute = Attribute::new(name, type_id, -1);
        attribute.not_null = true;
        relation.attributes.push(attribute);
    }
    relation
}

impl Replay<'_> {
    pub(super) fn create_sequence(&mut self, new: &CreateSequence, span: Span) -> Result<()> {
        let schema = self.creation_schema(&new.name, new.temporary)?;
        let name = new.name.name();
        if self.is_taken(&schema, name) {
            if new.if_not_exists || self.tolerant {
                return Ok(());
            }
            return Err(exists("relation", name, new.name.name_span()));
        }
        let mut relation = sequence(&schema, name);
        relation.origin = Some(self.origin(span));
        relation.doubtful = self.tolerant;
        let id = self.catalog.add_relation(relation);
        let owned = self.set_owner(id, new.owner.as_ref());
        if owned.is_err() {
            self.catalog.forget_relation(id);
        }
        owned
    }

    pub(super) fn alter_sequence(&mut self, alter: &AlterSequence) -> Result<()> {
        let sequence = match analyze::relation(self.catalog, &alter.name) {
            Ok(sequence) => sequence,
            Err(_) if alter.if_exists || self.tolerant => return Ok(()),
            Err(failure) => return Err(failure),
        };
        if sequence.kind != RelationKind::Sequence {
            return Err(Failure::error(
                Code::WrongKind,
                alter.name.name_span(),
                format!("`{}` is no sequence", sequence.name),
            ));
        }
        self.set_owner(sequence.row_type, alter.owner.as_ref())
    }

    /// OWNED BY: the sequence goes with the column.
    fn set_owner(&mut self, sequence: TypeId, owner: Option<&SequenceOwner>) -> Result<()> {
        let Some(owner) = owner else {
            return Ok(());
        };
        let column = match owner {
            SequenceOwner::None => None,
            SequenceOwner::Column { relation, column } => {
                let relation = analyze::relation(self.catalog, relation)?;
                self.check_columns(&relation, std::slice::from_ref(column))?;
                Some((relation.row_type, column.text.clone()))
            }
        };
        self.disown(sequence);
        if let Some((relation, column)) = column
            && let Some(attribute) = self.attribute_mut(relation, &column)
        {
            attribute.sequence = Some(sequence);
        }
        Ok(())
    }
}
