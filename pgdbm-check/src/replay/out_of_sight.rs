//! What may have been dropped where nobody could see it: a definition of the same name takes its place.

use pgdbm_template::Code;

use super::Replay;
use crate::catalog::{TypeId, TypeKind};
use crate::failure::{Failure, Result};
use crate::syntax::ast::{ObjectName, Statement, StatementKind};

impl Replay<'_> {
    /// Whether what is in the way of a definition may be gone.
    pub(super) fn may_be_in_the_way_no_more(&self, failure: &Failure) -> bool {
        failure.is_error()
            && matches!(failure.code, Code::AlreadyExists | Code::InvalidDefinition)
            && self.catalog.unreadable(failure.code).is_some()
    }

    /// Makes what a statement defines if that failed only because something is in its way that may be gone. The failure stays:
    /// nobody knows whether it is.
    pub(super) fn in_place_of_old(
        &mut self,
        statement: &Statement,
        failure: Box<Failure>,
    ) -> Box<Failure> {
        let old = if failure.code == Code::AlreadyExists && self.may_be_in_the_way_no_more(&failure)
        {
            self.in_the_way_of(&statement.kind)
        } else {
            None
        };
        let Some(old) = old else {
            return failure;
        };
        self.forget_old(old);
        match self.statement(statement) {
            Ok(()) => failure,
            Err(other) => other,
        }
    }

    /// The type, or the row type of the relation, that has the name that a statement gives.
    fn in_the_way_of(&mut self, kind: &StatementKind) -> Option<TypeId> {
        let (name, temporary, is_type): (&ObjectName, bool, bool) = match kind {
            StatementKind::CreateTable(new) => (&new.name, new.temporary, false),
            StatementKind::CreateTableAs(new) => (&new.name, new.temporary, false),
            StatementKind::CreateView(new) => (&new.name, new.temporary, false),
            StatementKind::CreateSequence(new) => (&new.name, new.temporary, false),
            StatementKind::CreateType(new) => (&new.name, false, true),
            StatementKind::CreateDomain(new) => (&new.name, false, true),
            _ => return None,
        };
        let schema = self.creation_schema(name, temporary).ok()?;
        let schema = self.catalog.schema(&schema)?;
        let names = if is_type {
            &schema.types
        } else {
            &schema.relations
        };
        names.get(name.name()).copied()
    }

    /// Takes the names of a type or a relation away. What is of the type cannot be what it was.
    fn forget_old(&mut self, id: TypeId) {
        let old = self.catalog.type_(id).clone();
        let mut ids = vec![id];
        ids.extend(old.array);
        if let Some(relation) = self.catalog.relation_of(id) {
            for sequence in relation.attributes.iter().filter_map(|own| own.sequence) {
                self.catalog.forget_relation(sequence);
            }
            self.catalog.forget_relation(id);
        }
        if let TypeKind::Range { multirange, .. } = old.kind {
            // Its constructors come with it.
            let many = self.catalog.type_(multirange).name.clone();
            let functions = &mut self.catalog.schema_mut(&old.schema).functions;
            for name in [&old.name, &many] {
                if let Some(own) = functions.get_mut(name) {
                    own.retain(|function| function.origin.is_some());
                }
            }
            ids.push(multirange);
            self.catalog.forget_type(multirange);
        }
        self.catalog.forget_type(id);
        let concerned = self
            .catalog
            .relations()
            .filter(|relation| {
                let mut attributes = relation.attributes.iter();
                attributes.any(|attribute| ids.contains(&attribute.type_id))
            })
            .map(|relation| relation.row_type)
            .collect::<Vec<_>>();
        for id in concerned {
            if let Some(relation) = self.catalog.relation_mut(id) {
                relation.unknown_columns = true;
            }
        }
    }

    /// The failure to replace something, and whether it may be replaced all the same, as it may be gone.
    pub(super) fn unless_gone(&self, checked: Result<()>) -> Result<Option<Box<Failure>>> {
        match checked {
            Ok(()) => Ok(None),
            Err(failure) if self.may_be_in_the_way_no_more(&failure) => Ok(Some(failure)),
            Err(failure) => Err(failure),
        }
    }
}
