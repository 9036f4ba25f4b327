//! Statements that define, change and drop things.

use super::{ast::StatementKind, reader::{Read, Reader}};

impl Reader<'_, '_> {
    pub(super) fn definition(&mut self) -> Read<StatementKind> {
        Ok(self.utility())
    }
}
