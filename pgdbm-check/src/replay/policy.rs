//! CREATE POLICY: what its conditions name.

use super::Replay;
use super::constraint::is_certain;
use crate::analyze;
use crate::failure::Result;
use crate::syntax::ast::CreatePolicy;

impl Replay<'_> {
    pub(super) fn create_policy(&self, policy: &CreatePolicy) -> Result<()> {
        let relation = analyze::relation(self.catalog, &policy.relation)?;
        for condition in policy.using.iter().chain(&policy.with_check) {
            match analyze::row_expr(self.catalog, &relation, condition) {
                Ok(found) => self.check_truth(&found, "a policy's condition")?,
                Err(failure) if is_certain(self.catalog, &failure, &relation) => {
                    return Err(failure);
                }
                Err(_) => {}
            }
        }
        Ok(())
    }
}
