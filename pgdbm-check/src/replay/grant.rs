//! GRANT and REVOKE: whether there is what they are about.

use pgdbm_template::Code;

use super::{Replay, missing};
use crate::analyze;
use crate::catalog::RelationKind;
use crate::failure::{Failure, Result};
use crate::syntax::ast::{Grant, GrantObjects};

/// The columns that every table has.
const SYSTEM_COLUMNS: &[&str] = &["cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"];

impl Replay<'_> {
    pub(super) fn grant(&self, grant: &Grant) -> Result<()> {
        match self.find_granted(grant) {
            // It may be of an extension that nobody told of.
            Err(failure) if !failure.is_error() || self.catalog.may_have_more_classes() => Ok(()),
            other => other,
        }
    }

    fn find_granted(&self, grant: &Grant) -> Result<()> {
        match &grant.objects {
            GrantObjects::Relations(names) => {
                for name in names {
                    let relation = analyze::relation(self.catalog, name)?;
                    let columns = grant
                        .columns
                        .iter()
                        .filter(|column| !SYSTEM_COLUMNS.contains(&column.text.as_str()))
                        .cloned()
                        .collect::<Vec<_>>();
                    self.check_columns(&relation, &columns)?;
                }
            }
            GrantObjects::Sequences(names) => {
                for name in names {
                    let relation = analyze::relation(self.catalog, name)?;
                    if relation.kind != RelationKind::Sequence {
                        return Err(Failure::error(
                            Code::WrongKind,
                            name.name_span(),
                            format!("`{}` is no sequence", name.name()),
                        ));
                    }
                }
            }
            GrantObjects::Functions(kind, functions) => {
                for function in functions {
                    self.function(*kind, function)?;
                }
            }
            GrantObjects::Schemas(names) => {
                let is_there =
                    |name: &str| self.catalog.schema_exists(name) || name.starts_with("pg_");
                if let Some(name) = names.iter().find(|name| !is_there(&name.text)) {
                    return Err(missing(
                        Code::UnknownSchema,
                        "schema",
                        &name.text,
                        name.span,
                    ));
                }
            }
            GrantObjects::Types(names) => {
                for name in names {
                    self.type_of(name)?;
                }
            }
        }
        Ok(())
    }
}
