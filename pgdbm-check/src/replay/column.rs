//! Columns: what a definition makes of them, and what ALTER COLUMN changes.

use super::Replay;
use crate::catalog::{Attribute, Generated, Identity, Relation, TypeId, oid};
use crate::failure::Result;
use crate::syntax::ast::{
    AlterAction, ColumnConstraintKind, ColumnDef, ExprKind, Literal, Name, TypeName,
};

impl Replay<'_> {
    pub(super) fn add_column(
        &mut self,
        relation: &mut Relation,
        column: &ColumnDef,
        merge: bool,
    ) -> Result<()> {
        let Some(type_name) = &column.type_name else {
            // A typed table's or a partition's column is there already.
            if let Some(attribute) = relation
                .attributes
                .iter_mut()
                .find(|attribute| attribute.name == column.name.text)
            {
                constrain(attribute, column);
            }
            return Ok(());
        };
        let serial = serial_type(type_name);
        let (type_id, modifier) = match serial {
            Some(type_id) => (type_id, -1),
            None => self.resolve(type_name)?,
        };
        let mut attribute = Attribute::new(&column.name.text, type_id, modifier);
        attribute.origin = Some(self.origin(column.span));
        if serial.is_some() {
            attribute.not_null = true;
            attribute.has_default = true;
            self.owned_sequence(relation, &column.name.text);
        }
        constrain(&mut attribute, column);
        if attribute.identity.is_some() {
            self.owned_sequence(relation, &column.name.text);
        }
        if let Some(existing) = relation
            .attributes
            .iter_mut()
            .find(|own| own.name == attribute.name)
        {
            // A column that a parent has too is merged with it.
            if merge && !relation.parents.is_empty() {
                existing.not_null |= attribute.not_null;
                existing.has_default |= attribute.has_default;
                existing.identity = attribute.identity.or(existing.identity);
                existing.generated = attribute.generated.or(existing.generated);
                return Ok(());
            }
            return Err(super::exists("column", &column.name.text, column.name.span));
        }
        relation.attributes.push(attribute);
        Ok(())
    }

    /// The sequence behind a serial or identity column.
    fn owned_sequence(&mut self, relation: &Relation, column: &str) {
        let base = super::constraint::generated_name(&relation.name, column, "seq");
        let mut name = base.clone();
        let mut number = 1;
        while self.is_taken(&relation.schema, &name) {
            name = format!("{base}{number}");
            number += 1;
        }
        let sequence = super::relation::sequence(&relation.schema, &name);
        self.catalog.add_relation(sequence);
    }

    /// The actions on one column, for it and for the same column of children.
    pub(super) fn alter_column(&mut self, relation: &Relation, action: &AlterAction) -> Result<()> {
        let Some(column) = column_of(action) else {
            return Ok(());
        };
        let Some(position) = relation.position(&column.text) else {
            if self.tolerant || relation.unknown_columns {
                return Ok(());
            }
            return Err(self.no_column(relation, column));
        };
        let new_type = match action {
            AlterAction::SetType { type_name, .. } => Some(self.resolve(type_name)?),
            _ => None,
        };
        if matches!(action, AlterAction::AddGeneratedIdentity { .. }) {
            self.owned_sequence(relation, &column.text);
        }
        let keeps_null = relation
            .attributes
            .get(position)
            .is_some_and(|attribute| attribute.identity.is_some())
            || relation
                .primary_key()
                .is_some_and(|key| key.columns.contains(&column.text));
        let origin = self.origin(column.span);
        for member in self.family(relation.row_type) {
            let Some(attribute) = self.catalog.relation_mut(member).and_then(|relation| {
                relation
                    .attributes
                    .iter_mut()
                    .find(|attribute| attribute.name == column.text)
            }) else {
                continue;
            };
            match action {
                AlterAction::SetType { .. } => {
                    if let Some((type_id, modifier)) = new_type {
                        attribute.type_id = type_id;
                        attribute.modifier = modifier;
                        attribute.origin = Some(origin);
                    }
                }
                AlterAction::SetDefault { default, .. } => {
                    attribute.has_default = !is_null(&default.kind);
                }
                AlterAction::DropDefault { .. } => attribute.has_default = false,
                AlterAction::SetNotNull { .. } => attribute.not_null = true,
                AlterAction::DropNotNull { .. } if !keeps_null => attribute.not_null = false,
                AlterAction::AddGeneratedIdentity { always, .. } => {
                    attribute.identity = Some(identity(*always));
                    attribute.has_default = true;
                    attribute.not_null = true;
                }
                AlterAction::SetIdentity {
                    always: Some(always),
                    ..
                } => attribute.identity = Some(identity(*always)),
                AlterAction::DropIdentity { .. } => {
                    attribute.identity = None;
                    attribute.has_default = false;
                }
                AlterAction::DropExpression { .. } => {
                    attribute.generated = None;
                    attribute.has_default = false;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn column_of(action: &AlterAction) -> Option<&Name> {
    match action {
        AlterAction::SetType { column, .. }
        | AlterAction::SetDefault { column, .. }
        | AlterAction::DropDefault { column }
        | AlterAction::SetNotNull { column }
        | AlterAction::DropNotNull { column }
        | AlterAction::AddGeneratedIdentity { column, .. }
        | AlterAction::SetIdentity { column, .. }
        | AlterAction::DropIdentity { column, .. }
        | AlterAction::SetExpression { column, .. }
        | AlterAction::DropExpression { column, .. } => Some(column),
        _ => None,
    }
}

fn identity(always: bool) -> Identity {
    if always {
        Identity::Always
    } else {
        Identity::ByDefault
    }
}

fn is_null(kind: &ExprKind) -> bool {
    match kind {
        ExprKind::Literal(Literal::Null) => true,
        ExprKind::Cast { operand, .. } => is_null(&operand.kind),
        _ => false,
    }
}

/// What the constraints of a column say about it alone.
fn constrain(attribute: &mut Attribute, column: &ColumnDef) {
    for constraint in &column.constraints {
        match &constraint.kind {
            ColumnConstraintKind::NotNull | ColumnConstraintKind::PrimaryKey => {
                attribute.not_null = true;
            }
            ColumnConstraintKind::Default(default) => {
                attribute.has_default = !is_null(&default.kind);
            }
            ColumnConstraintKind::Generated(_) => {
                attribute.generated = Some(Generated::Stored);
                attribute.has_default = true;
            }
            ColumnConstraintKind::Identity { always } => {
                attribute.identity = Some(identity(*always));
                attribute.has_default = true;
                attribute.not_null = true;
            }
            _ => {}
        }
    }
}

/// `serial` and its kin are no types, only ways to write one.
fn serial_type(type_name: &TypeName) -> Option<TypeId> {
    if type_name.name.parts.len() != 1 || type_name.array_dimensions > 0 {
        return None;
    }
    match type_name.name.name() {
        "serial" | "serial4" => Some(oid::INT4),
        "bigserial" | "serial8" => Some(oid::INT8),
        "smallserial" | "serial2" => Some(oid::INT2),
        _ => None,
    }
}
