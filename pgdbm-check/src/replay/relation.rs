//! Sequences.

use super::{Replay, exists};
use crate::catalog::{Attribute, Relation, RelationKind, oid};
use crate::failure::Result;
use crate::syntax::ast::{CreateSequence, Span};

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
        self.catalog.add_relation(relation);
        Ok(())
    }
}
