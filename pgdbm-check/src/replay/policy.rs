//! CREATE POLICY: what its conditions name.

use pgdbm_template::Code;

use super::Replay;
use super::constraint::is_certain;
use crate::analyze;
use crate::catalog::{format_type, oid};
use crate::failure::{Failure, Result};
use crate::syntax::ast::CreatePolicy;

impl Replay<'_> {
    pub(super) fn create_policy(&self, policy: &CreatePolicy) -> Result<()> {
        let relation = analyze::relation(self.catalog, &policy.relation)?;
        for condition in policy.using.iter().chain(&policy.with_check) {
            match analyze::row_expr(self.catalog, &relation, condition) {
                Ok(found) => {
                    let is_truth = found.type_id == oid::UNKNOWN
                        || analyze::can_become(self.catalog, found.type_id, oid::BOOL);
                    if !is_truth && !self.catalog.may_have_more_types() {
                        return Err(Failure::error(
                            Code::TypeMismatch,
                            condition.span,
                            format!(
                                "a policy's condition is boolean, and this is {}",
                                format_type(self.catalog, found.type_id)
                            ),
                        ));
                    }
                }
                Err(failure) if is_certain(self.catalog, &failure, &relation) => {
                    return Err(failure);
                }
                Err(_) => {}
            }
        }
        Ok(())
    }
}
