//! NOT NULL of columns.

use super::Replay;
use crate::catalog::{Major, Relation, TypeId};

impl Replay<'_> {
    /// From PostgreSQL 18 on NOT NULL has a name, too.
    pub(super) fn drop_not_null(&mut self, relation: &Relation, name: &str) -> bool {
        let columns = self.named_not_null(relation, name);
        for column in &columns {
            for member in self.family(relation.row_type) {
                if let Some(attribute) = self.attribute_mut(member, column) {
                    attribute.not_null = false;
                    attribute.not_null_name = None;
                }
            }
        }
        !columns.is_empty()
    }

    pub(super) fn rename_not_null(&mut self, relation: &Relation, name: &str, to: &str) -> bool {
        let columns = self.named_not_null(relation, name);
        for column in &columns {
            if let Some(attribute) = self.attribute_mut(relation.row_type, column) {
                attribute.not_null_name = Some(to.to_owned());
            }
        }
        !columns.is_empty()
    }

    /// The columns whose NOT NULL may have this name. What the table and the column were called when the server made a name up
    /// is not known, so that these may be more than one.
    pub(super) fn named_not_null(&self, relation: &Relation, name: &str) -> Vec<String> {
        if self.catalog.builtin.major < Major::V18 {
            return Vec::new();
        }
        let having = |is_it: &dyn Fn(&crate::catalog::Attribute) -> bool| {
            relation
                .attributes
                .iter()
                .filter(|attribute| attribute.not_null && is_it(attribute))
                .map(|attribute| attribute.name.clone())
                .collect::<Vec<_>>()
        };
        let given = having(&|attribute| attribute.not_null_name.as_deref() == Some(name));
        if !given.is_empty() {
            return given;
        }
        let unnamed = |attribute: &crate::catalog::Attribute| attribute.not_null_name.is_none();
        let likely = having(&|attribute| {
            unnamed(attribute) && name.contains(&format!("_{}_not_null", attribute.name))
        });
        if likely.is_empty() && name.contains("_not_null") {
            return having(&unnamed);
        }
        likely
    }

    /// Columns take no NULL any more; not those of children either, unless `only` the table is meant.
    pub(super) fn set_not_null(&mut self, id: TypeId, columns: &[String], only: bool) {
        let members = if only { vec![id] } else { self.family(id) };
        for member in members {
            for column in columns {
                if let Some(attribute) = self.attribute_mut(member, column) {
                    attribute.not_null = true;
                }
            }
        }
    }
}
