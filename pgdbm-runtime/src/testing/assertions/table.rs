//! A table, as a test names it.

use pgdbm_template::{Diagnostic, Template};

use crate::testing::TestDatabase;
use crate::{DatabaseManager, Error};

/// A table of the test: `users` in the first schema, or `billing.invoices`.
pub(super) struct Table {
    manager: DatabaseManager,
    placeholder: String,
    qualified: String,
}

impl Table {
    /// Names follow the rules of placeholders: lower case unless they are in double quotes.
    pub(super) fn named(database: &TestDatabase, table: &str) -> Result<Table, Error> {
        let (manager, name) = match split(table) {
            // Rather a placeholder than the name of a schema.
            Some((schema, _)) if schema.contains(['{', '}']) => return Err(no_name(table)),
            Some((schema, name)) => (database.manager_for(schema)?, name),
            None => (database.manager().clone(), table),
        };
        let placeholder = format!("{{{{tables.{name}}}}}");
        let template = Template::parse(&placeholder);
        let is_one_name = split(name).is_none()
            && !template.diagnostics().iter().any(Diagnostic::is_error)
            && matches!(template.placeholders(), [only] if only.start == 0 && only.end == placeholder.len());
        if !is_one_name {
            return Err(no_name(table));
        }
        let schema = pgdbm_template::SchemaName::new(manager.schema())
            .map_err(|error| Error::config(error.to_string()))?;
        let qualified = template.render(&schema).sql;
        Ok(Table {
            manager,
            placeholder,
            qualified,
        })
    }

    /// The manager for its schema.
    pub(super) fn manager(&self) -> &DatabaseManager {
        &self.manager
    }

    /// `{{tables.users}}`, for that manager.
    pub(super) fn placeholder(&self) -> &str {
        &self.placeholder
    }

    /// `"shop"."users"`.
    pub(super) fn qualified(&self) -> &str {
        &self.qualified
    }
}

fn no_name(table: &str) -> Error {
    Error::config(format!(
        "`{table}` is not the name of a table\n  help: write `users` for a table of the first schema, `billing.invoices` for one of another schema, and `\"Mixed\"` for a name that is not in lower case"
    ))
}

/// What stands on both sides of the first dot outside of double quotes.
fn split(table: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let dot = table.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == '.' && !quoted).then_some(at)
    })?;
    Some((&table[..dot], &table[dot + 1..]))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_dot_in_quotes_is_part_of_the_name() {
        assert_eq!(split("users"), None);
        assert_eq!(split("billing.invoices"), Some(("billing", "invoices")));
        assert_eq!(split("\"a.b\""), None);
        assert_eq!(split("x.\"a.b\""), Some(("x", "\"a.b\"")));
    }
}
