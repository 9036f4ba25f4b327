//! DROP and COMMENT.

use pgdbm_template::Code;

use super::{Replay, missing};
use crate::analyze;
use crate::catalog::{RelationKind, TypeId, TypeKind};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{
    Comment, Drop, Name, ObjectKind, ObjectName, ObjectReference, Span, TypeName,
};
use crate::tree;

impl Replay<'_> {
    pub(super) fn drop(&mut self, drop: &Drop, span: Span) -> Result<()> {
        for object in &drop.objects {
            match self.drop_one(drop, object, span) {
                Err(failure)
                    if (drop.if_exists || self.tolerant)
                        && matches!(
                            failure.code,
                            Code::UnknownRelation
                                | Code::UnknownType
                                | Code::UnknownFunction
                                | Code::UnknownSchema
                                | Code::UnknownOperator
                                | Code::UnknownConstraint
                                | Code::UnknownObject
                        ) => {}
                other => other?,
            }
        }
        Ok(())
    }

    fn drop_one(&mut self, drop: &Drop, object: &ObjectReference, span: Span) -> Result<()> {
        match (drop.kind, object) {
            (
                ObjectKind::Table
                | ObjectKind::ForeignTable
                | ObjectKind::View
                | ObjectKind::MaterializedView
                | ObjectKind::Sequence,
                ObjectReference::Name(name),
            ) => self.drop_relation(drop, name, span),
            (ObjectKind::Type | ObjectKind::Domain, ObjectReference::Name(name)) => {
                self.drop_type(drop, name, span)
            }
            (ObjectKind::Index, ObjectReference::Name(name)) => self.drop_index(name),
            (ObjectKind::Schema, ObjectReference::Name(name)) => {
                if self.catalog.drop_schema(name.name()).is_none() {
                    return Err(missing(
                        Code::UnknownSchema,
                        "schema",
                        name.name(),
                        name.span,
                    ));
                }
                Ok(())
            }
            (ObjectKind::Extension, ObjectReference::Name(name)) => {
                self.catalog.drop_extension(name.name());
                Ok(())
            }
            (
                ObjectKind::Function
                | ObjectKind::Procedure
                | ObjectKind::Routine
                | ObjectKind::Aggregate,
                ObjectReference::Function(signature),
            ) => {
                let found = self.function(drop.kind, signature)?;
                self.take_function(&found);
                self.remember(&found.schema.clone(), &found.name.clone(), None, None, span);
                Ok(())
            }
            (ObjectKind::Trigger, ObjectReference::Member { of, name }) => {
                let relation = analyze::relation(self.catalog, of)?;
                if !relation.triggers.iter().any(|own| own.name == name.text) {
                    return Err(missing(
                        Code::UnknownConstraint,
                        "trigger of this table called",
                        &name.text,
                        name.span,
                    ));
                }
                for member in self.family(relation.row_type) {
                    if let Some(relation) = self.catalog.relation_mut(member) {
                        relation.triggers.retain(|own| own.name != name.text);
                    }
                }
                Ok(())
            }
            (
                ObjectKind::Operator,
                ObjectReference::Operator {
                    schema,
                    name,
                    left,
                    right,
                    span,
                },
            ) => self.drop_operator(schema.as_ref(), name, left.as_ref(), right.as_ref(), *span),
            (ObjectKind::Cast, ObjectReference::Cast { source, target, .. }) => {
                let (source, _) = analyze::resolve_type(self.catalog, source)?;
                let (target, _) = analyze::resolve_type(self.catalog, target)?;
                self.catalog.drop_cast(source, target);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn drop_relation(&mut self, drop: &Drop, name: &ObjectName, span: Span) -> Result<()> {
        let relation = analyze::relation(self.catalog, name)?;
        let fits = match drop.kind {
            ObjectKind::Table => matches!(
                relation.kind,
                RelationKind::Table | RelationKind::PartitionedTable
            ),
            ObjectKind::ForeignTable => relation.kind == RelationKind::ForeignTable,
            ObjectKind::View => relation.kind == RelationKind::View,
            ObjectKind::MaterializedView => relation.kind == RelationKind::MaterializedView,
            _ => relation.kind == RelationKind::Sequence,
        };
        if !fits {
            return Err(Failure::error(
                Code::WrongKind,
                name.name_span(),
                format!("`{}` is of another kind", name.name()),
            ));
        }
        let mut doomed = vec![relation.row_type];
        // Partitions go with their table; children and views only with CASCADE.
        for member in self.family(relation.row_type) {
            let partition = self
                .catalog
                .relation_of(member)
                .is_some_and(|relation| relation.partition);
            if (partition || drop.cascade) && !doomed.contains(&member) {
                doomed.push(member);
            }
        }
        let alone = doomed.len();
        self.add_dependents(&mut doomed);
        if !drop.cascade {
            self.check_dependents(drop, name, doomed.split_off(alone))?;
            self.check_dependents(drop, name, self.family(relation.row_type))?;
        }
        for id in doomed {
            self.forget(id, span);
        }
        Ok(())
    }

    /// The views that read what is about to go, and those that read them.
    fn add_dependents(&self, doomed: &mut Vec<TypeId>) {
        let mut next = 0;
        while let Some(id) = doomed.get(next).copied() {
            next += 1;
            let Some(relation) = self.catalog.relation_of(id) else {
                continue;
            };
            for view in self.catalog.relations() {
                let reads = view.view.as_ref().is_some_and(|view| {
                    view.query
                        .as_ref()
                        .is_some_and(|query| tree::uses::reads(query, relation.row_type))
                });
                if reads && !doomed.contains(&view.row_type) {
                    doomed.push(view.row_type);
                }
            }
        }
    }

    /// Without CASCADE nothing may stay that needs what is dropped, unless the same statement drops it as well.
    fn check_dependents(
        &self,
        drop: &Drop,
        name: &ObjectName,
        dependents: Vec<TypeId>,
    ) -> Result<()> {
        let goes_too = |dependent: TypeId| {
            drop.objects.iter().any(|object| match object {
                ObjectReference::Name(name) => analyze::relation(self.catalog, name)
                    .is_ok_and(|relation| relation.row_type == dependent),
                _ => false,
            })
        };
        for dependent in dependents {
            let Some(relation) = self.catalog.relation_of(dependent) else {
                continue;
            };
            if relation.partition || goes_too(dependent) {
                continue;
            }
            let what = match relation.kind {
                RelationKind::View => "the view",
                RelationKind::MaterializedView => "the materialized view",
                _ => "the table",
            };
            return Err(Failure::error(
                Code::InvalidDefinition,
                name.name_span(),
                format!(
                    "`{}` cannot be dropped, because {what} `{}` needs it",
                    name.name(),
                    relation.name
                ),
            )
            .help(format!("drop {what} first, or write CASCADE")));
        }
        Ok(())
    }

    fn forget(&mut self, id: TypeId, span: Span) {
        if let Some(relation) = self.catalog.relation_of(id) {
            self.catalog.forget_relation(id);
            self.remember(&relation.schema, &relation.name, None, None, span);
        }
    }

    fn drop_type(&mut self, drop: &Drop, name: &ObjectName, span: Span) -> Result<()> {
        let type_name = TypeName {
            name: name.clone(),
            modifiers: Vec::new(),
            array_dimensions: 0,
            set_of: false,
            column_type: false,
            span: name.span,
        };
        let (id, _) = analyze::resolve_type(self.catalog, &type_name)?;
        let dropped = self.catalog.type_(id).clone();
        if drop.kind == ObjectKind::Domain && !dropped.is_domain() {
            return Err(Failure::error(
                Code::WrongKind,
                name.name_span(),
                format!("`{}` is no domain", name.name()),
            ));
        }
        if dropped.is_composite() {
            self.catalog.forget_relation(id);
        }
        if let TypeKind::Range { multirange, .. } = dropped.kind {
            self.catalog.forget_type(multirange);
        }
        self.catalog.forget_type(id);
        // With CASCADE the columns of the type go too.
        if drop.cascade {
            let holders = self
                .catalog
                .relations()
                .filter(|relation| {
                    relation.attributes.iter().any(|attribute| {
                        attribute.type_id == id || Some(attribute.type_id) == dropped.array
                    })
                })
                .map(|relation| relation.row_type)
                .collect::<Vec<_>>();
            for holder in holders {
                if let Some(relation) = self.catalog.relation_mut(holder) {
                    relation.attributes.retain(|attribute| {
                        attribute.type_id != id && Some(attribute.type_id) != dropped.array
                    });
                }
            }
        }
        self.remember(&dropped.schema, &dropped.name, None, None, span);
        Ok(())
    }

    fn drop_index(&mut self, name: &ObjectName) -> Result<()> {
        let schemas = match name.schema() {
            Some(schema) => vec![schema.to_owned()],
            None => self.catalog.path().map(str::to_owned).collect(),
        };
        for schema in schemas {
            if self.catalog.schema(&schema).is_none() {
                continue;
            }
            let found = self.catalog.schema_mut(&schema).indexes.remove(name.name());
            if let Some(index) = found {
                if let Some(relation) = self.catalog.relation_mut(index.relation) {
                    relation.keys.retain(|key| key.name != name.name());
                }
                return Ok(());
            }
        }
        Err(missing(
            Code::UnknownObject,
            "index",
            name.name(),
            name.name_span(),
        ))
    }

    fn drop_operator(
        &mut self,
        schema: Option<&Name>,
        name: &str,
        left: Option<&TypeName>,
        right: Option<&TypeName>,
        span: Span,
    ) -> Result<()> {
        let resolve = |type_name: Option<&TypeName>| match type_name {
            Some(type_name) => analyze::resolve_type(self.catalog, type_name).map(|t| Some(t.0)),
            None => Ok(None),
        };
        let (left, right) = (resolve(left)?, resolve(right)?);
        let found = self
            .catalog
            .operators(schema.map(|schema| schema.text.as_str()), name)
            .into_iter()
            .find(|(_, operator)| operator.left == left && Some(operator.right) == right);
        let Some((_, operator)) = found else {
            return Err(missing(
                Code::UnknownOperator,
                "operator for these types called",
                name,
                span,
            ));
        };
        if let Some(own) = self
            .catalog
            .schema_mut(&operator.schema.clone())
            .operators
            .get_mut(name)
        {
            own.retain(|other| other.id != operator.id);
        }
        Ok(())
    }

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
                if let Some(relation) = self.catalog.relation_mut(relation.row_type) {
                    relation.comment.clone_from(&comment.text);
                }
            }
            (ObjectKind::Type | ObjectKind::Domain, Some(ObjectReference::Name(name))) => {
                let id = self.catalog.type_named(name.schema(), name.name());
                if let Some(commented) = id.and_then(|id| self.catalog.type_mut(id)) {
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
            _ => {}
        }
        Ok(())
    }
}
