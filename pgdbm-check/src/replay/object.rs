//! DROP.

use std::sync::Arc;

use pgdbm_template::Code;

use super::dependents::Object;
use super::{Replay, missing};
use crate::analyze;
use crate::catalog::{Operator, RelationKind, TypeId};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{Drop, Name, ObjectKind, ObjectName, ObjectReference, Span, TypeName};

impl Replay<'_> {
    pub(super) fn drop(&mut self, drop: &Drop, span: Span) -> Result<()> {
        // All names are looked up before anything goes: one of the objects may take another along.
        let mut objects = Vec::new();
        let mut place = None;
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
                Err(failure) => return Err(failure),
                Ok(found) => {
                    place = place.or_else(|| place_of(object));
                    for object in found {
                        if !objects.contains(&object) {
                            objects.push(object);
                        }
                    }
                }
            }
        }
        self.drop_objects(objects, drop.cascade, place.unwrap_or(span), span)?;
        if drop.kind == ObjectKind::Extension {
            for object in &drop.objects {
                if let ObjectReference::Name(name) = object {
                    self.catalog.drop_extension(name.name());
                }
            }
        }
        Ok(())
    }

    /// What an entry of DROP means; what nothing depends on is dropped at once.
    fn drop_one(
        &mut self,
        drop: &Drop,
        object: &ObjectReference,
        span: Span,
    ) -> Result<Vec<Object>> {
        match (drop.kind, object) {
            (
                ObjectKind::Table
                | ObjectKind::ForeignTable
                | ObjectKind::View
                | ObjectKind::MaterializedView
                | ObjectKind::Sequence,
                ObjectReference::Name(name),
            ) => self.drop_relation(drop, name),
            (ObjectKind::Type | ObjectKind::Domain, ObjectReference::Name(name)) => {
                self.drop_type(drop, name)
            }
            (ObjectKind::Index, ObjectReference::Name(name)) => self.drop_index(name),
            (ObjectKind::Schema, ObjectReference::Name(name)) => {
                self.drop_schema(drop, name, span)?;
                Ok(Vec::new())
            }
            (ObjectKind::Extension, ObjectReference::Name(name)) => {
                let (types, functions) = self.catalog.extension_members(name.name());
                let types = types.into_iter().map(Object::Type);
                Ok(types
                    .chain(functions.into_iter().map(Object::Function))
                    .collect())
            }
            (
                ObjectKind::Function
                | ObjectKind::Procedure
                | ObjectKind::Routine
                | ObjectKind::Aggregate,
                ObjectReference::Function(signature),
            ) => {
                let found = self.function(drop.kind, signature)?;
                Ok(vec![Object::Function(found.id)])
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
                Ok(vec![Object::Trigger(relation.row_type, name.text.clone())])
            }
            (ObjectKind::Rule, ObjectReference::Member { of, name }) => {
                let relation = analyze::relation(self.catalog, of)?;
                if !relation.rules.iter().any(|own| own.name == name.text) {
                    return Err(missing(
                        Code::UnknownConstraint,
                        "rule of this relation called",
                        &name.text,
                        name.span,
                    ));
                }
                if let Some(relation) = self.catalog.relation_mut(relation.row_type) {
                    relation.rules.retain(|own| own.name != name.text);
                }
                Ok(Vec::new())
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
            ) => {
                self.drop_operator(schema.as_ref(), name, left.as_ref(), right.as_ref(), *span)?;
                Ok(Vec::new())
            }
            (ObjectKind::Cast, ObjectReference::Cast { source, target, .. }) => {
                let (source, _) = analyze::resolve_type(self.catalog, source)?;
                let (target, _) = analyze::resolve_type(self.catalog, target)?;
                self.catalog.drop_cast(source, target);
                Ok(Vec::new())
            }
            _ => Ok(Vec::new()),
        }
    }

    fn drop_relation(&self, drop: &Drop, name: &ObjectName) -> Result<Vec<Object>> {
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
        Ok(vec![Object::Relation(relation.row_type)])
    }

    fn drop_type(&self, drop: &Drop, name: &ObjectName) -> Result<Vec<Object>> {
        let type_name = TypeName {
            name: name.clone(),
            modifiers: Vec::new(),
            array_dimensions: 0,
            set_of: false,
            column_type: false,
            span: name.span,
        };
        let (id, _) = analyze::resolve_type(self.catalog, &type_name)?;
        let dropped = self.catalog.type_(id);
        if drop.kind == ObjectKind::Domain && !dropped.is_domain() {
            return Err(Failure::error(
                Code::WrongKind,
                name.name_span(),
                format!("`{}` is no domain", name.name()),
            ));
        }
        let is_row = self
            .catalog
            .relation_of(id)
            .is_some_and(|relation| relation.kind != RelationKind::CompositeType);
        if is_row || id.own_index().is_none() {
            return Err(Failure::error(
                Code::InvalidDefinition,
                name.name_span(),
                format!("`{}` cannot be dropped as a type", name.name()),
            ));
        }
        Ok(vec![Object::Type(id)])
    }

    /// With all that is in it, if CASCADE says so.
    fn drop_schema(&mut self, drop: &Drop, name: &ObjectName, span: Span) -> Result<()> {
        let Some(schema) = self.catalog.schema(name.name()) else {
            return Err(missing(
                Code::UnknownSchema,
                "schema",
                name.name(),
                name.span,
            ));
        };
        let mut objects = schema
            .relations
            .values()
            .map(|id| Object::Relation(*id))
            .collect::<Vec<_>>();
        // Arrays and rows are parts of what they are of.
        let is_part = |id: &TypeId| {
            self.catalog.relation_of(*id).is_some() || self.catalog.element_of(*id).is_some()
        };
        objects.extend(
            schema
                .types
                .values()
                .filter(|id| !is_part(id))
                .map(|id| Object::Type(*id)),
        );
        objects.extend(
            schema
                .functions
                .values()
                .flatten()
                .map(|function| Object::Function(function.id)),
        );
        let keeps_something = !objects.is_empty() || !schema.operators.is_empty();
        if keeps_something && !drop.cascade {
            if self.tolerant {
                return Ok(());
            }
            return Err(Failure::error(
                Code::InvalidDefinition,
                name.name_span(),
                format!("the schema `{}` is not empty", name.name()),
            )
            .help("drop what is in it first, or write CASCADE"));
        }
        self.drop_objects(objects, true, name.name_span(), span)?;
        for extension in self.catalog.extensions_in(name.name()) {
            self.catalog.drop_extension(&extension);
        }
        self.catalog.drop_schema(name.name());
        Ok(())
    }

    fn drop_index(&self, name: &ObjectName) -> Result<Vec<Object>> {
        let schemas = match name.schema() {
            Some(schema) => vec![schema.to_owned()],
            None => self.catalog.path().map(str::to_owned).collect(),
        };
        let found = schemas
            .iter()
            .filter_map(|schema| self.catalog.schema(schema))
            .find_map(|schema| schema.indexes.get(name.name()));
        let Some(index) = found else {
            return Err(missing(
                Code::UnknownObject,
                "index",
                name.name(),
                name.name_span(),
            ));
        };
        let refused = |why: &str| {
            Err(Failure::error(
                Code::InvalidDefinition,
                name.name_span(),
                format!("the index `{}` cannot be dropped: {why}", name.name()),
            ))
        };
        let relation = self.catalog.relation_of(index.relation);
        let is_constraint =
            relation.is_some_and(|relation| super::name::has_constraint(&relation, name.name()));
        if is_constraint && !self.tolerant {
            return refused("a constraint needs it");
        }
        if index.parent.is_some() && !self.tolerant {
            return refused("it is a part of an index of the partitioned table");
        }
        let object = Object::Index(index.relation, name.name().to_owned());
        Ok(vec![object])
    }

    fn drop_operator(
        &mut self,
        schema: Option<&Name>,
        name: &str,
        left: Option<&TypeName>,
        right: Option<&TypeName>,
        span: Span,
    ) -> Result<()> {
        let operator = self.operator(schema, name, left, right, span)?;
        self.take_operator(&operator);
        Ok(())
    }

    /// The operator of this name for these operands.
    pub(super) fn operator(
        &self,
        schema: Option<&Name>,
        name: &str,
        left: Option<&TypeName>,
        right: Option<&TypeName>,
        span: Span,
    ) -> Result<Arc<Operator>> {
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
        match found {
            Some((_, operator)) => Ok(operator),
            None => Err(missing(
                Code::UnknownOperator,
                "operator for these types called",
                name,
                span,
            )),
        }
    }

    pub(super) fn take_operator(&mut self, operator: &Operator) {
        let schema = self.catalog.schema_mut(&operator.schema);
        if let Some(own) = schema.operators.get_mut(&operator.name) {
            own.retain(|other| other.id != operator.id);
        }
    }
}

/// Where the name of something to drop stands.
fn place_of(object: &ObjectReference) -> Option<Span> {
    match object {
        ObjectReference::Name(name) => Some(name.name_span()),
        ObjectReference::Function(signature) => Some(signature.name.name_span()),
        ObjectReference::Member { name, .. } => Some(name.span),
        ObjectReference::Operator { span, .. } | ObjectReference::Cast { span, .. } => Some(*span),
    }
}
