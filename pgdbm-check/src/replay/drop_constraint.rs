//! ALTER TABLE … DROP CONSTRAINT.

use pgdbm_template::Code;

use super::dependents::Object;
use super::{Replay, missing};
use crate::catalog::{Relation, TypeId};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{Name, Span};

/// How something is dropped.
#[derive(Clone, Copy, Debug)]
pub(super) struct DropOptions {
    pub(super) if_exists: bool,
    pub(super) cascade: bool,
    pub(super) only: bool,
}

impl Replay<'_> {
    pub(super) fn drop_constraint(
        &mut self,
        relation: &Relation,
        name: &Name,
        options: DropOptions,
        span: Span,
    ) -> Result<()> {
        let id = relation.row_type;
        let key = relation.keys.iter().find(|key| key.name == name.text);
        let check = relation.checks.iter().find(|check| check.name == name.text);
        let other = relation
            .other_constraints
            .iter()
            .find(|other| other.name == name.text);
        let object = match (check, other) {
            (Some(_), _) => Object::Check(id, name.text.clone()),
            (_, Some(other)) if other.references.is_some() => {
                Object::Constraint(id, name.text.clone())
            }
            (_, Some(_)) => Object::Index(id, name.text.clone()),
            (None, None) if key.is_some_and(|key| key.constraint) => {
                Object::Index(id, name.text.clone())
            }
            (None, None) => {
                if self.drop_not_null(relation, &name.text) || options.if_exists || self.tolerant {
                    return Ok(());
                }
                return Err(missing(
                    Code::UnknownConstraint,
                    &format!("constraint of `{}` called", relation.name),
                    &name.text,
                    name.span,
                ));
            }
        };
        if self.is_inherited(relation, &object, &name.text) {
            if self.tolerant {
                return Ok(());
            }
            return Err(Failure::error(
                Code::InvalidDefinition,
                name.span,
                format!(
                    "`{}` has the constraint `{}` from the table that it inherits from",
                    relation.name, name.text
                ),
            )
            .help("drop it there"));
        }
        let mut objects = vec![object.clone()];
        match object {
            Object::Check(..) if check.is_some_and(|check| check.inherits) => {
                self.add_inherited_checks(id, &name.text, options.only, &mut objects);
            }
            Object::Constraint(..) => {
                for member in self.family(id).into_iter().skip(1) {
                    let inherits = self.catalog.relation_of(member).is_some_and(|child| {
                        child
                            .other_constraints
                            .iter()
                            .any(|other| other.name == name.text && !other.local)
                    });
                    if inherits {
                        objects.push(Object::Constraint(member, name.text.clone()));
                    }
                }
            }
            _ => {}
        }
        self.drop_objects(objects, options.cascade, name.span, span)
    }

    /// The checks of children that have them from here alone; the others become their own.
    fn add_inherited_checks(
        &mut self,
        id: TypeId,
        name: &str,
        only: bool,
        objects: &mut Vec<Object>,
    ) {
        for child in self.catalog.children_of(id) {
            let Some(check) = child.checks.iter().find(|check| check.name == name) else {
                continue;
            };
            let from_elsewhere =
                child
                    .parents
                    .iter()
                    .filter(|parent| **parent != id)
                    .any(|parent| {
                        self.catalog.relation_of(*parent).is_some_and(|parent| {
                            parent
                                .checks
                                .iter()
                                .any(|check| check.name == name && check.inherits)
                        })
                    });
            if only {
                if let Some(relation) = self.catalog.relation_mut(child.row_type) {
                    for check in &mut relation.checks {
                        check.local |= check.name == name;
                    }
                }
            } else if !check.local && !from_elsewhere {
                objects.push(Object::Check(child.row_type, name.to_owned()));
                self.add_inherited_checks(child.row_type, name, false, objects);
            }
        }
    }

    fn is_inherited(&self, relation: &Relation, object: &Object, name: &str) -> bool {
        match object {
            Object::Check(..) => relation.parents.iter().any(|parent| {
                self.catalog.relation_of(*parent).is_some_and(|parent| {
                    parent
                        .checks
                        .iter()
                        .any(|check| check.name == name && check.inherits)
                })
            }),
            Object::Constraint(..) => relation
                .other_constraints
                .iter()
                .any(|other| other.name == name && !other.local),
            _ => self
                .catalog
                .schema(&relation.schema)
                .and_then(|schema| schema.indexes.get(name))
                .is_some_and(|index| index.parent.is_some()),
        }
    }
}
