//! CREATE SCHEMA, with what it holds.

use super::{Replay, exists};
use crate::failure::Result;
use crate::syntax::ast::{CreateSchema, Statement, StatementKind};

impl Replay<'_> {
    pub(super) fn create_schema(&mut self, schema: &CreateSchema) -> Result<()> {
        let Some(name) = &schema.name else {
            return Ok(());
        };
        let assumed = self.catalog.settle_schema(&name.text);
        if self.catalog.schema_exists(&name.text) && !assumed {
            if schema.if_not_exists || self.tolerant {
                return Ok(());
            }
            return Err(exists("schema", &name.text, name.span));
        }
        self.catalog.schema_mut(&name.text);
        let path = self.catalog.search_path().to_vec();
        let mut inside = vec![name.text.clone()];
        inside.extend(path.iter().cloned());
        self.catalog.set_search_path(inside);
        let mut elements = schema.elements.iter().collect::<Vec<_>>();
        elements.sort_by_key(|element| rank(element));
        let result = elements
            .into_iter()
            .try_for_each(|element| self.statement(element));
        self.catalog.set_search_path(path);
        result
    }
}

/// The order in which the server makes what CREATE SCHEMA holds, however it is written. After `transformCreateSchemaStmtElements`.
fn rank(element: &Statement) -> u8 {
    match element.kind {
        StatementKind::CreateSequence(_) => 0,
        StatementKind::CreateTable(_) => 1,
        StatementKind::CreateView(_) => 2,
        StatementKind::CreateIndex(_) => 3,
        StatementKind::CreateTrigger(_) => 4,
        _ => 5,
    }
}
