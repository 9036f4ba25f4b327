//! Statements about rows: what a migration puts into its tables.

use pgdbm_template::Code;

use super::Replay;
use crate::analyze;
use crate::failure::Result;
use crate::syntax::ast::Statement;

impl Replay<'_> {
    /// Refuses a statement that names what is not there. Whether its rows fit, only the server knows.
    pub(super) fn data(&self, statement: &Statement) -> Result<()> {
        if self.tolerant {
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
