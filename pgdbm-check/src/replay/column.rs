//! Columns: what a definition makes of them, and what ALTER COLUMN changes.

use std::sync::Arc;

use pgdbm_template::Code;

use super::dependents::Object;
use super::{Replay, exists};
use crate::analyze;
use crate::catalog::{
    Attribute, DefaultValue, Generated, Identity, Major, Relation, RelationKind, TypeId, Uses,
    format_type, oid,
};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{
    AlterAction, ColumnConstraintKind, ColumnDef, Expr, ExprKind, Literal, Name, Span, TypeName,
};
use crate::tree;

impl Replay<'_> {
    /// Adds a column to a relation that is being made or changed; gives the sequence that it is to own.
    pub(super) fn add_column(
        &mut self,
        relation: &mut Relation,
        column: &ColumnDef,
    ) -> Result<Option<(String, TypeId)>> {
        let name = &column.name.text;
        let Some(type_name) = &column.type_name else {
            // A typed table's or a partition's column is there already.
            match relation.attributes.iter_mut().find(|own| own.name == *name) {
                Some(attribute) => constrain(attribute, column),
                None if relation.unknown_columns => {}
                None => return Err(self.no_column(relation, &column.name)),
            }
            return Ok(None);
        };
        let serial = serial_type(type_name);
        let (type_id, modifier) = match serial {
            Some(type_id) => (type_id, -1),
            None => self.resolve(type_name)?,
        };
        let mut attribute = Attribute::new(name, type_id, modifier);
        attribute.origin = Some(self.origin(column.span));
        if serial.is_some() {
            attribute.not_null = true;
            attribute.has_default = true;
        }
        super::constraint::check_places(&column.constraints)?;
        constrain(&mut attribute, column);
        let own = relation.attributes.iter_mut().find(|own| own.name == *name);
        match own {
            // A column that a parent has too is merged with it.
            Some(existing) if !relation.parents.is_empty() && !existing.local => {
                super::table::check_merge(self.catalog, existing, &attribute, column.span)?;
                existing.local = true;
                existing.not_null |= attribute.not_null;
                existing.has_default |= attribute.has_default;
                existing.identity = attribute.identity.or(existing.identity);
                existing.generated = attribute.generated.or(existing.generated);
            }
            Some(_) => return Err(exists("column", name, column.name.span)),
            None => relation.attributes.push(attribute.clone()),
        }
        let counts = serial.is_some() || attribute.identity.is_some();
        Ok(counts.then(|| (name.clone(), self.owned_sequence(relation, name))))
    }

    /// The sequence behind a serial or identity column.
    pub(super) fn owned_sequence(&mut self, relation: &Relation, column: &str) -> TypeId {
        let name = self.relation_name(relation, column, "seq");
        let sequence = super::relation::sequence(&relation.schema, &name);
        self.catalog.add_relation(sequence)
    }

    /// Columns get sequences that go with them, and that their defaults, unless they are identities, need.
    pub(super) fn own_sequences(
        &mut self,
        id: TypeId,
        sequences: impl IntoIterator<Item = (String, TypeId)>,
    ) {
        for (column, sequence) in sequences {
            if let Some(attribute) = self.attribute_mut(id, &column) {
                attribute.sequence = Some(sequence);
                if attribute.identity.is_none() {
                    attribute.default = Some(Arc::new(DefaultValue {
                        type_id: oid::INT8,
                        uses: Uses {
                            sequences: vec![sequence],
                            ..Uses::default()
                        },
                    }));
                }
            }
        }
    }

    /// The value of a default or of a generated column: of what type it is, and what it needs.
    pub(super) fn set_default(
        &mut self,
        id: TypeId,
        column: &Name,
        expr: &Expr,
        generated: bool,
    ) -> Result<()> {
        let Some(relation) = self.catalog.relation_of(id) else {
            return Ok(());
        };
        let Some(attribute) = relation.attribute(&column.text) else {
            return Ok(());
        };
        // A default sees no columns.
        let nothing = Relation::new("", "", RelationKind::CompositeType);
        let seen = if generated { &*relation } else { &nothing };
        let misplaced = |what: &str| {
            Failure::error(
                Code::InvalidDefinition,
                expr.span,
                format!("a default cannot {what}"),
            )
        };
        let analyzed = match analyze::row_expr(self.catalog, seen, expr) {
            Ok(analyzed) => analyzed,
            Err(failure) if super::constraint::is_certain(self.catalog, &failure, seen) => {
                return Err(if !generated && failure.code == Code::UnknownColumn {
                    misplaced("name columns")
                } else {
                    failure
                });
            }
            Err(_) => return Ok(()),
        };
        if !generated && tree::uses::has_query(&analyzed) {
            return Err(misplaced("hold a query"));
        }
        let type_id = match analyzed.type_id {
            oid::UNKNOWN => {
                let read = analyze::literal_of(self.catalog, analyzed.clone(), attribute.type_id);
                match read {
                    Err(failure) if super::constraint::is_certain(self.catalog, &failure, seen) => {
                        return Err(failure);
                    }
                    _ => attribute.type_id,
                }
            }
            known => known,
        };
        if !self.fits(type_id, attribute.type_id) {
            return Err(Failure::error(
                Code::TypeMismatch,
                expr.span,
                format!(
                    "`{}` is {}, and its value here is {}",
                    column.text,
                    format_type(self.catalog, attribute.type_id),
                    format_type(self.catalog, type_id)
                ),
            ));
        }
        if generated {
            if tree::uses::has_query(&analyzed) {
                return Err(Failure::error(
                    Code::InvalidDefinition,
                    expr.span,
                    "a generated column can hold no query",
                ));
            }
            super::steady::check_steady(
                self.catalog,
                &analyzed,
                "the value of a generated column",
            )?;
        }
        let uses = tree::uses::of_expr(self.catalog, &analyzed, seen);
        let uses = if attribute.type_id == oid::REGCLASS {
            uses
        } else {
            self.with_sequences(uses)
        };
        if let Some(attribute) = self.attribute_mut(id, &column.text) {
            attribute.default = Some(Arc::new(DefaultValue { type_id, uses }));
        }
        Ok(())
    }

    /// Only sequences are worth remembering of the relations that a default names in constants.
    fn with_sequences(&self, mut uses: Uses) -> Uses {
        uses.sequences.retain(|id| {
            self.catalog
                .relation_of(*id)
                .is_some_and(|relation| relation.kind == RelationKind::Sequence)
        });
        uses
    }

    /// Whether a value can be stored in a column. Of a type that only an extension knows, anything can.
    fn fits(&self, value: TypeId, column: TypeId) -> bool {
        let is_obscure = |id: TypeId| self.catalog.is_obscure(self.catalog.base_type(id).0);
        analyze::can_be_stored(self.catalog, value, column)
            || is_obscure(value)
            || is_obscure(column)
    }

    /// The actions on one column, for it and for the same column of children.
    pub(super) fn alter_column(
        &mut self,
        relation: &Relation,
        original: &Relation,
        action: &AlterAction,
        only: bool,
        span: Span,
    ) -> Result<()> {
        let Some(column) = column_of(action) else {
            return Ok(());
        };
        let Some(attribute) = relation.attribute(&column.text) else {
            if self.tolerant || relation.unknown_columns {
                return Ok(());
            }
            return Err(self.no_column(relation, column));
        };
        let id = relation.row_type;
        if !self.tolerant {
            self.check_action(relation, attribute, column, action)?;
        }
        match action {
            AlterAction::SetType {
                type_name, using, ..
            } => {
                let using = using.as_ref().map(|using| (original, using));
                return self.set_type(relation, column, type_name, using, only);
            }
            AlterAction::AddGeneratedIdentity { .. } => {
                let sequence = self.owned_sequence(relation, &column.text);
                if let Some(attribute) = self.attribute_mut(id, &column.text) {
                    attribute.sequence = Some(sequence);
                }
            }
            AlterAction::DropIdentity { .. } => {
                if let (Some(_), Some(sequence)) = (attribute.identity, attribute.sequence) {
                    if let Some(attribute) = self.attribute_mut(id, &column.text) {
                        attribute.identity = None;
                    }
                    self.drop_objects(vec![Object::Relation(sequence)], true, column.span, span)?;
                }
            }
            _ => {}
        }
        let members = if only { vec![id] } else { self.family(id) };
        // From PostgreSQL 17 on partitions share the identities of their table.
        let sharing = if self.catalog.builtin.major >= Major::V17 {
            self.with_partitions(id)
        } else {
            vec![id]
        };
        for member in members {
            let Some(attribute) = self.attribute_mut(member, &column.text) else {
                continue;
            };
            let shares = sharing.contains(&member);
            match action {
                AlterAction::SetDefault { default, .. } => {
                    attribute.has_default = !is_null(&default.kind);
                    attribute.default = None;
                }
                AlterAction::DropDefault { .. } => {
                    attribute.has_default = false;
                    attribute.default = None;
                }
                AlterAction::SetNotNull { .. } => attribute.not_null = true,
                AlterAction::DropNotNull { .. } => attribute.not_null = false,
                AlterAction::AddGeneratedIdentity { always, .. } if shares => {
                    attribute.identity = Some(identity(*always));
                    attribute.has_default = true;
                    attribute.not_null = true;
                }
                AlterAction::SetIdentity {
                    always: Some(always),
                    ..
                } if shares => attribute.identity = Some(identity(*always)),
                AlterAction::DropIdentity { .. } if shares => {
                    attribute.identity = None;
                    attribute.has_default = false;
                }
                AlterAction::DropExpression { .. } => {
                    attribute.generated = None;
                    attribute.has_default = false;
                    attribute.default = None;
                }
                _ => {}
            }
        }
        match action {
            AlterAction::SetDefault { default, .. } => self.set_default(id, column, default, false),
            AlterAction::SetExpression { expression, .. } => {
                self.set_default(id, column, expression, true)
            }
            _ => Ok(()),
        }
    }

    /// What a column is already, or is not, may forbid an action.
    fn check_action(
        &self,
        relation: &Relation,
        attribute: &Attribute,
        column: &Name,
        action: &AlterAction,
    ) -> Result<()> {
        let name = &column.text;
        let refused = |why: String| Err(Failure::error(Code::InvalidDefinition, column.span, why));
        match action {
            AlterAction::SetDefault { .. } | AlterAction::DropDefault { .. }
                if attribute.identity.is_some() =>
            {
                refused(format!(
                    "`{name}` is an identity, which has no other default"
                ))
            }
            AlterAction::SetDefault { .. } | AlterAction::DropDefault { .. }
                if attribute.generated.is_some() =>
            {
                refused(format!("`{name}` is generated, and has no default"))
            }
            AlterAction::DropNotNull { .. } if attribute.identity.is_some() => {
                refused(format!("`{name}` is an identity, which is never NULL"))
            }
            AlterAction::DropNotNull { .. }
                if relation
                    .primary_key()
                    .is_some_and(|key| key.columns.contains(name)) =>
            {
                refused(format!(
                    "`{name}` is in the primary key, which is never NULL"
                ))
            }
            AlterAction::AddGeneratedIdentity { .. } => {
                let (base, _) = self.catalog.base_type(attribute.type_id);
                if !attribute.not_null {
                    refused(format!("an identity is NOT NULL, and `{name}` is not"))
                } else if attribute.identity.is_some() {
                    refused(format!("`{name}` is an identity already"))
                } else if attribute.has_default {
                    refused(format!("`{name}` has a default, which an identity has not"))
                } else if ![oid::INT2, oid::INT4, oid::INT8].contains(&base) {
                    refused(format!(
                        "an identity is smallint, integer or bigint, and `{name}` is {}",
                        format_type(self.catalog, attribute.type_id)
                    ))
                } else {
                    Ok(())
                }
            }
            AlterAction::SetIdentity { .. }
            | AlterAction::DropIdentity {
                if_exists: false, ..
            } if attribute.identity.is_none() => refused(format!("`{name}` is no identity")),
            AlterAction::SetExpression { .. }
            | AlterAction::DropExpression {
                if_exists: false, ..
            } if attribute.generated.is_none() => {
                refused(format!("`{name}` is no generated column"))
            }
            _ => Ok(()),
        }
    }

    fn set_type(
        &mut self,
        relation: &Relation,
        column: &Name,
        type_name: &TypeName,
        using: Option<(&Relation, &Expr)>,
        only: bool,
    ) -> Result<()> {
        let (type_id, modifier) = self.resolve(type_name)?;
        let Some(attribute) = relation.attribute(&column.text) else {
            return Ok(());
        };
        let id = relation.row_type;
        if !self.tolerant {
            if self.inherits_column(relation, &column.text) {
                return Err(Self::inherited_column(relation, column));
            }
            self.check_not_partitioned_by(relation, column)?;
            self.check_unused(relation, &column.text, column.span)?;
            self.check_conversion(attribute, type_id, using, column.span)?;
        }
        let members = if only { vec![id] } else { self.family(id) };
        let origin = self.origin(column.span);
        for member in members {
            if let Some(attribute) = self.attribute_mut(member, &column.text) {
                attribute.type_id = type_id;
                attribute.modifier = modifier;
                attribute.origin = Some(origin);
            }
        }
        if !self.tolerant
            && let Err(failure) = self.check_foreign_keys(id, &column.text, column.span)
        {
            if let Some(own) = self.attribute_mut(id, &column.text) {
                own.type_id = attribute.type_id;
                own.modifier = attribute.modifier;
            }
            return Err(failure);
        }
        Ok(())
    }

    /// What is made of a column's values keeps it from another type.
    fn check_unused(&self, relation: &Relation, column: &str, span: Span) -> Result<()> {
        let id = relation.row_type;
        let uses = |uses: &Uses| {
            uses.columns
                .iter()
                .any(|(of, own)| *of == id && own == column)
        };
        let view = self.catalog.relations().find(|other| {
            !other.doubtful && other.view.as_ref().is_some_and(|view| uses(&view.uses))
        });
        let needy = match view {
            Some(view) => Some(Object::Relation(view.row_type)),
            None => relation
                .attributes
                .iter()
                .find(|own| {
                    own.generated.is_some() && own.default.as_ref().is_some_and(|of| uses(&of.uses))
                })
                .map(|own| Object::Column(id, own.name.clone()))
                .or_else(|| {
                    relation
                        .triggers
                        .iter()
                        .find(|trigger| trigger.columns.iter().any(|own| own == column))
                        .map(|trigger| Object::Trigger(id, trigger.name.clone()))
                }),
        };
        match needy {
            Some(needy) => {
                let needy = self.named(&needy);
                Err(Failure::error(
                    Code::InvalidDefinition,
                    span,
                    format!("`{column}` cannot get another type, because {needy} uses it"),
                )
                .help(format!("drop {needy} first, and make it again behind this")))
            }
            None => Ok(()),
        }
    }

    /// The values of a column and its default become the new type by themselves, or USING tells how.
    fn check_conversion(
        &self,
        attribute: &Attribute,
        type_id: TypeId,
        using: Option<(&Relation, &Expr)>,
        span: Span,
    ) -> Result<()> {
        let column = &attribute.name;
        let source = match using {
            None => Some(attribute.type_id),
            Some((original, using)) => match analyze::row_expr(self.catalog, original, using) {
                Ok(analyzed) => Some(analyzed.type_id),
                Err(failure) if super::constraint::is_certain(self.catalog, &failure, original) => {
                    return Err(failure);
                }
                Err(_) => None,
            },
        };
        let mismatch = |what: &str, source: TypeId| {
            Failure::error(
                Code::TypeMismatch,
                span,
                format!(
                    "{what} is {}, which does not become {} by itself",
                    format_type(self.catalog, source),
                    format_type(self.catalog, type_id)
                ),
            )
        };
        if let Some(source) = source
            && source != oid::UNKNOWN
            && !self.fits(source, type_id)
        {
            return Err(match using {
                None => mismatch(&format!("`{column}`"), source).help(format!(
                    "say how: `USING {column}::{}`",
                    format_type(self.catalog, type_id)
                )),
                Some(_) => mismatch("what USING gives", source),
            });
        }
        if let Some(default) = &attribute.default
            && !self.fits(default.type_id, type_id)
        {
            return Err(
                mismatch(&format!("the default of `{column}`"), default.type_id)
                    .help("drop the default first, and set it again behind this"),
            );
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

pub(super) fn is_null(kind: &ExprKind) -> bool {
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
            ColumnConstraintKind::NotNull => {
                attribute.not_null = true;
                attribute.not_null_stays = constraint.no_inherit;
                attribute.not_null_name = constraint.name.as_ref().map(|name| name.text.clone());
            }
            ColumnConstraintKind::PrimaryKey => attribute.not_null = true,
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
