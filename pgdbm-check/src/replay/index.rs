//! Indexes: unique ones are keys, and all have names.

use super::{Replay, constraint::generated_name, exists};
use crate::analyze;
use crate::catalog::{Index, Key, Relation};
use crate::failure::Result;
use crate::syntax::ast::{CreateIndex, Expr, ExprKind};
use crate::tree;
use pgdbm_template::Code;

impl Replay<'_> {
    pub(super) fn create_index(&mut self, index: &CreateIndex) -> Result<()> {
        let relation = analyze::relation(self.catalog, &index.relation)?;
        if relation.row_type.own_index().is_none() {
            return Ok(());
        }
        let mut columns = Vec::new();
        let mut has_expressions = false;
        // Also those inside expressions and the condition.
        let mut used = Vec::new();
        for element in &index.elements {
            match &element.kind {
                ExprKind::Column(names) => {
                    if let [name] = names.as_slice() {
                        if relation.position(&name.text).is_none() && !relation.unknown_columns {
                            return Err(self.no_column(&relation, name));
                        }
                        columns.push(name.text.clone());
                    }
                }
                _ => {
                    has_expressions = true;
                    self.add_used(&relation, element, &mut used)?;
                }
            }
        }
        if let Some(filter) = &index.filter {
            self.add_used(&relation, filter, &mut used)?;
        }
        used.extend(columns.iter().cloned());
        let schema = relation.schema.clone();
        let name = match &index.name {
            Some(name) => {
                if self.is_taken(&schema, &name.text) {
                    if index.if_not_exists || self.tolerant {
                        return Ok(());
                    }
                    return Err(exists("relation", &name.text, name.span));
                }
                name.text.clone()
            }
            None => {
                let base = generated_name(&relation.name, &self.element_names(index), "idx");
                let mut name = base.clone();
                let mut number = 1;
                while self.is_taken(&schema, &name) {
                    name = format!("{base}{number}");
                    number += 1;
                }
                name
            }
        };
        self.catalog.schema_mut(&schema).indexes.insert(
            name.clone(),
            Index {
                relation: relation.row_type,
                columns: used,
            },
        );
        if index.unique
            && let Some(relation) = self.catalog.relation_mut(relation.row_type)
        {
            relation.keys.push(Key {
                name,
                primary: false,
                constraint: false,
                columns,
                has_expressions,
                has_filter: index.filter.is_some(),
            });
        }
        Ok(())
    }

    /// The names of an index's elements as its own name is made of them. After `ChooseIndexColumnNames`.
    fn element_names(&self, index: &CreateIndex) -> String {
        let mut names: Vec<String> = Vec::new();
        for element in index.elements.iter().chain(&index.include) {
            let base = analyze::index_column_name(self.catalog.builtin.major, element)
                .unwrap_or_else(|| "expr".to_owned());
            let mut name = base.clone();
            let mut number = 1;
            while names.contains(&name) {
                name = format!("{base}{number}");
                number += 1;
            }
            names.push(name);
        }
        names.join("_")
    }

    /// The columns that an expression or condition of an index uses. Only a column that is not there is a mistake: nothing else
    /// is known better than by the server.
    fn add_used(&self, relation: &Relation, expr: &Expr, used: &mut Vec<String>) -> Result<()> {
        match analyze::row_expr(self.catalog, relation, expr) {
            Ok(expr) => used.extend(tree::uses::columns(&expr, relation)),
            Err(failure)
                if failure.is_error()
                    && failure.code == Code::UnknownColumn
                    && !relation.unknown_columns =>
            {
                return Err(failure);
            }
            Err(_) => {}
        }
        Ok(())
    }
}
