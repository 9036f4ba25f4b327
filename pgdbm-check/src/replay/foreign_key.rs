//! Foreign keys: what they refer to must be unique, and of types that can be compared.

use std::sync::Arc;

use pgdbm_template::Code;

use super::Replay;
use super::constraint::{is_table, joined};
use crate::analyze;
use crate::catalog::{
    OtherConstraint, Reference, Relation, RelationKind, TypeId, TypeKind, format_type, oid,
};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{Name, ObjectName, Span, TableConstraint};

/// Types whose values are compared across types by the operators of one family.
const FAMILIES: &[&[TypeId]] = &[
    &[oid::INT2, oid::INT4, oid::INT8],
    &[oid::FLOAT4, oid::FLOAT8],
    &[oid::DATE, oid::TIMESTAMP, oid::TIMESTAMPTZ],
    &[oid::TEXT, oid::VARCHAR, oid::NAME],
    &[oid::INET, oid::CIDR],
];

impl Replay<'_> {
    pub(super) fn foreign_key(
        &mut self,
        relation: Arc<Relation>,
        constraint: &TableConstraint,
        columns: &[Name],
        (referenced, of): (&ObjectName, &[Name]),
        period: bool,
    ) -> Result<()> {
        self.check_columns(&relation, columns)?;
        let target = analyze::relation(self.catalog, referenced)?;
        let is_own = target.row_type.own_index().is_some();
        if is_own && !is_table(self.catalog, target.row_type) {
            return Err(Failure::error(
                Code::WrongKind,
                referenced.name_span(),
                format!("`{}` is no table", target.name),
            ));
        }
        self.check_columns(&target, of)?;
        let of = of.iter().map(|name| name.text.clone()).collect::<Vec<_>>();
        let unknown = target.keys_unknown || target.unknown_columns || !is_own || period;
        let (of, key) = if unknown {
            (of, String::new())
        } else {
            self.referenced_key(&target, of, constraint.span)?
        };
        if !unknown && of.len() != columns.len() {
            return Err(Failure::error(
                Code::InvalidDefinition,
                constraint.span,
                format!(
                    "the key has {} columns, and what it refers to has {}",
                    columns.len(),
                    of.len()
                ),
            ));
        }
        if !unknown {
            for (column, other) in columns.iter().zip(&of) {
                self.check_comparable((&relation, &column.text), (&target, other), column.span)?;
            }
        }
        let name = match &constraint.name {
            Some(name) => name.text.clone(),
            None => self.constraint_name(&relation, &joined(columns), "fkey", false),
        };
        let made = OtherConstraint {
            name,
            columns: columns.iter().map(|column| column.text.clone()).collect(),
            references: Some(Reference {
                relation: target.row_type,
                columns: of,
                key,
            }),
            local: true,
            doubtful: self.tolerant,
        };
        let id = relation.row_type;
        let members = if relation.kind == RelationKind::PartitionedTable {
            self.family(id)
        } else {
            vec![id]
        };
        // A table that nobody else holds is changed in place.
        drop((relation, target));
        for member in members {
            if let Some(table) = self.catalog.relation_mut(member) {
                let local = member == id;
                table.other_constraints.push(OtherConstraint {
                    local,
                    ..made.clone()
                });
            }
        }
        Ok(())
    }

    /// The columns that a foreign key refers to, and the key that makes them unique.
    fn referenced_key(
        &self,
        target: &Relation,
        of: Vec<String>,
        span: Span,
    ) -> Result<(Vec<String>, String)> {
        if of.is_empty() {
            return match target.primary_key() {
                Some(key) => Ok((key.columns.clone(), key.name.clone())),
                None => Err(Failure::error(
                    Code::InvalidDefinition,
                    span,
                    format!("`{}` has no primary key to refer to", target.name),
                )
                .help("name the columns of a unique constraint, or give it a primary key")),
            };
        }
        let fits = target.keys.iter().find(|key| {
            !key.has_filter
                && !key.has_expressions
                && !key.deferrable
                && key.columns.len() == of.len()
                && of.iter().all(|column| key.columns.contains(column))
        });
        match fits {
            Some(key) => Ok((of, key.name.clone())),
            None => Err(Failure::error(
                Code::InvalidDefinition,
                span,
                format!(
                    "no unique constraint of `{}` is about `{}`",
                    target.name,
                    of.join("`, `")
                ),
            )
            .help(format!(
                "make it unique: `ALTER TABLE {} ADD UNIQUE ({})`",
                target.name,
                of.join(", ")
            ))),
        }
    }

    /// The referring column's value must be comparable with the other by the index of that. After `ATAddForeignKeyConstraint`.
    fn check_comparable(
        &self,
        (relation, column): (&Relation, &str),
        (target, other): (&Relation, &str),
        span: Span,
    ) -> Result<()> {
        let type_of = |relation: &Relation, column: &str| {
            relation
                .attribute(column)
                .map(|attribute| self.catalog.base_type(attribute.type_id).0)
        };
        let (Some(own), Some(wanted)) = (type_of(relation, column), type_of(target, other)) else {
            return Ok(());
        };
        let catalog = &*self.catalog;
        // Of a type that only an extension knows, nothing is known.
        let is_obscure = |id: TypeId| {
            id.own_index().is_some() && matches!(catalog.type_(id).kind, TypeKind::Base)
        };
        let related = FAMILIES
            .iter()
            .any(|family| family.contains(&own) && family.contains(&wanted));
        if related
            || analyze::can_become(catalog, own, wanted)
            || (is_obscure(own) || is_obscure(wanted))
                && (catalog.element_of(own).is_none() && catalog.element_of(wanted).is_none())
        {
            return Ok(());
        }
        Err(Failure::error(
            Code::TypeMismatch,
            span,
            format!(
                "`{column}` is {}, and `{other}` of `{}`, to which it refers, is {}",
                format_type(catalog, own),
                target.name,
                format_type(catalog, wanted)
            ),
        )
        .help("give both columns the same type"))
    }

    /// Whether the foreign keys of a column, and those to it, can still be after it got another type.
    pub(super) fn check_foreign_keys(&self, id: TypeId, column: &str, span: Span) -> Result<()> {
        for relation in self.catalog.relations() {
            for constraint in &relation.other_constraints {
                let Some(to) = &constraint.references else {
                    continue;
                };
                if to.key.is_empty() || constraint.doubtful {
                    continue;
                }
                let Some(target) = self.catalog.relation_of(to.relation) else {
                    continue;
                };
                for (own, other) in constraint.columns.iter().zip(&to.columns) {
                    let concerned = (relation.row_type == id && own == column)
                        || (to.relation == id && other == column);
                    if concerned {
                        self.check_comparable((relation, own), (&target, other), span)?;
                    }
                }
            }
        }
        Ok(())
    }
}
