//! Statements about rows: what a migration puts into its tables.

use pgdbm_template::Code;

use super::Replay;
use crate::analyze;
use crate::failure::Result;
use crate::syntax::ast::{Statement, StatementKind};

impl Replay<'_> {
    /// Refuses a statement that names what is not there. Whether its rows fit, only the server knows.
    pub(super) fn data(&self, statement: &Statement) -> Result<()> {
        // What a definition that failed should have made is missed by everything that comes after it.
        if self.tolerant || self.catalog.is_incomplete() {
            return Ok(());
        }
        let names = |code| {
            matches!(
                code,
                Code::UnknownRelation
                    | Code::UnknownColumn
                    | Code::UnknownFunction
                    | Code::UnknownType
                    | Code::UnknownSchema
                    | Code::UnknownOperator
                    | Code::ColumnCount
            )
        };
        match analyze::statement(self.catalog, statement) {
            Err(failure) if failure.is_error() && names(failure.code) => Err(failure),
            _ => Ok(()),
        }
    }
}

pub(super) fn is_data(kind: &StatementKind) -> bool {
    matches!(
        kind,
        StatementKind::Query(_)
            | StatementKind::Insert(_)
            | StatementKind::Update(_)
            | StatementKind::Delete(_)
            | StatementKind::Merge(_)
    )
}
