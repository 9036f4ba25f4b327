//! Operator classes: the rows of `pg_opclass`.

use super::TypeId;

#[derive(Clone, Debug)]
pub(crate) struct OperatorClass {
    pub(crate) schema: String,
    pub(crate) name: String,
    /// The access method of the indexes.
    pub(crate) method: String,
    pub(crate) input: TypeId,
    /// Indexes over the type have it where none is named.
    pub(crate) default: bool,
    /// What brought it.
    pub(crate) extension: Option<String>,
}
