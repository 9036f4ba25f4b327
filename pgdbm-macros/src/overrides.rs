//! `[package.metadata.pgdbm.overrides]`: the types of Rust that a package wants for its types and columns.

use std::collections::BTreeMap;
use std::ops::Range;

use pgdbm_check::{Checker, Column, Home, MadeType, SqlType};
use pgdbm_template::Label;

use crate::explanation::explain_in_text;

/// The table as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) entries: Vec<Entry>,
    /// The text of Cargo.toml, for messages.
    pub(crate) manifest: String,
}

/// `"users.id" = "crate::UserId"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    /// A type of Rust.
    pub(crate) path: String,
    /// Where the key stands.
    pub(crate) place: Range<usize>,
}

/// The table, its names found among what the migrations make.
///
/// The types are text: this is kept between expansions, and tokens are not.
#[derive(Debug, Default)]
pub(crate) struct Overrides {
    types: BTreeMap<(Home, String), String>,
    columns: BTreeMap<(Home, String, String), String>,
    pub(crate) mistakes: Vec<String>,
}

/// What a key may mean.
enum Meaning {
    Type(SqlType),
    Column(Home, String, String),
}

impl Overrides {
    /// Those of a package that wants nothing.
    pub(crate) const fn none() -> Self {
        Overrides {
            types: BTreeMap::new(),
            columns: BTreeMap::new(),
            mistakes: Vec::new(),
        }
    }

    /// Finds what each entry names. One that names nothing is a mistake.
    pub(crate) fn find(written: &Written, checker: &Checker) -> Self {
        let mut overrides = Overrides::default();
        for entry in &written.entries {
            match meaning(&entry.key, checker) {
                Ok(Some(Meaning::Type(ty))) => {
                    overrides
                        .types
                        .insert((ty.home, ty.name), entry.path.clone());
                }
                Ok(Some(Meaning::Column(home, relation, column))) => {
                    overrides
                        .columns
                        .insert((home, relation, column), entry.path.clone());
                }
                // The migrations cannot be read as a whole: it may be there.
                Ok(None) => {}
                Err((message, help)) => {
                    let label = Label::new(entry.place.start, entry.place.end, "names nothing");
                    overrides.mistakes.push(explain_in_text(
                        &message,
                        &help,
                        &written.manifest,
                        "Cargo.toml",
                        &label,
                    ));
                }
            }
        }
        overrides
    }

    /// The type that the package wants for a type.
    pub(crate) fn of_type(&self, ty: &SqlType) -> Option<syn::Type> {
        if self.types.is_empty() {
            return None;
        }
        parsed(self.types.get(&(ty.home.clone(), ty.name.clone()))?)
    }

    /// The type that the package wants for an attribute or a column of a type that the migrations make.
    pub(crate) fn of_attribute(&self, of: &MadeType, attribute: &str) -> Option<syn::Type> {
        let key = (of.home.clone(), of.name.clone(), attribute.to_owned());
        parsed(self.columns.get(&key)?)
    }

    /// The type that the package wants for a column of a relation.
    pub(crate) fn of_column(&self, column: &Column) -> Option<syn::Type> {
        if self.columns.is_empty() {
            return None;
        }
        let origin = column.origin.as_ref()?;
        let key = (
            origin.home.clone(),
            origin.relation.clone(),
            origin.column.clone(),
        );
        parsed(self.columns.get(&key)?)
    }
}

fn parsed(path: &str) -> Option<syn::Type> {
    // It was parsed before, when Cargo.toml was read.
    syn::parse_str(path).ok()
}

/// What the key names; nothing if nobody can know.
///
/// # Errors
/// What is wrong, and what to do.
fn meaning(key: &str, checker: &Checker) -> Result<Option<Meaning>, (String, String)> {
    let is_name = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | ' ' | '-' | '[' | ']'))
    };
    let parts: Vec<&str> = key.split('.').collect();
    let queries = match parts.as_slice() {
        parts if !parts.iter().all(|part| is_name(part)) => Vec::new(),
        [name] => vec![
            format!("SELECT NULL::{{{{types.\"{name}\"}}}}"),
            // The parentheses hold a type and nothing behind it.
            format!("SELECT (NULL::{name})"),
        ],
        [first, second] => vec![
            format!("SELECT \"{second}\" FROM {{{{tables.\"{first}\"}}}}"),
            format!("SELECT NULL::{{{{types.\"{first}\".\"{second}\"}}}}"),
        ],
        [schema, table, column] => vec![format!(
            "SELECT \"{column}\" FROM {{{{tables.\"{schema}\".\"{table}\"}}}}"
        )],
        _ => Vec::new(),
    };
    let mut first_finding = None;
    for query in &queries {
        let description = checker.describe(query);
        let column = description.columns.as_deref().and_then(<[Column]>::first);
        if let Some(column) = column {
            return Ok(match (&column.origin, &column.sql_type) {
                (Some(origin), _) => Some(Meaning::Column(
                    origin.home.clone(),
                    origin.relation.clone(),
                    origin.column.clone(),
                )),
                (None, Some(ty)) => Some(Meaning::Type(ty.clone())),
                (None, None) => None,
            });
        }
        let finding = description.findings.into_iter().next();
        if finding.as_ref().is_some_and(|finding| !finding.is_error()) {
            return Ok(None);
        }
        first_finding = first_finding.or(finding);
    }
    let shown = key.escape_debug();
    match first_finding {
        Some(finding) => Err((
            format!("`{shown}` in `overrides`: {}", finding.message),
            finding.help.map_or_else(|| FORMS.to_owned(), in_our_words),
        )),
        None => Err((
            format!("`{shown}` in `overrides` names neither a type nor a column"),
            FORMS.to_owned(),
        )),
    }
}

/// There is one thing to do about a name.
fn in_our_words(help: String) -> String {
    match help.strip_prefix("did you mean ") {
        Some(near) => format!("write {}", near.trim_end_matches('?')),
        None => help,
    }
}

const FORMS: &str = "name a type, `\"order_status\"`, or a column, `\"users.id\"` or `\"billing.invoices.id\"`, that the migrations make";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use pgdbm_check::{Checker, Options, Source};
    use quote::ToTokens as _;

    use super::{Entry, Overrides, Written};

    fn checker() -> Checker {
        let source = Source::new(
            "001.sql",
            "CREATE TYPE {{types.status}} AS ENUM ('open');
             CREATE DOMAIN {{types.email}} AS text;
             CREATE SCHEMA billing;
             CREATE TABLE billing.invoices (id bigint NOT NULL);
             CREATE TYPE billing.kind AS ENUM ('a');
             CREATE TABLE {{tables.users}} (id bigint PRIMARY KEY, email {{types.email}}, status {{types.status}})",
        );
        Checker::new(&[source], &Options::default().schema("shop"))
    }

    fn overrides(keys: &[&str]) -> Overrides {
        let manifest = keys.join("\n");
        let entries = keys.iter().map(|key| {
            let start = manifest.find(key).unwrap();
            Entry {
                key: (*key).to_owned(),
                path: format!("crate::T{start}"),
                place: start..start + key.len(),
            }
        });
        let entries = entries.collect();
        Overrides::find(&Written { entries, manifest }, &checker())
    }

    #[test]
    fn types_and_columns_are_found_in_any_schema() {
        let found = overrides(&[
            "status",
            "email",
            "billing.kind",
            "timestamp with time zone",
            "text[]",
            "users.id",
            "billing.invoices.id",
        ]);
        assert_eq!(found.mistakes, [""; 0]);
        assert_eq!((found.types.len(), found.columns.len()), (5, 2));
        let checker = checker();
        let columns = |sql: &str| checker.describe(sql).columns.unwrap();
        let shown = |ty: syn::Type| ty.to_token_stream().to_string().replace(' ', "");
        let users = columns(
            "SELECT u.id, u.email, u.status, now(), '{}'::text[], 1 FROM (SELECT * FROM {{tables.users}}) u",
        );
        assert_eq!(
            found.of_column(&users[0]).map(shown).as_deref(),
            Some("crate::T58")
        );
        let types = users
            .iter()
            .map(|column| found.of_type(column.sql_type.as_ref().unwrap()).map(shown));
        let types: Vec<_> = types.map(|ty| ty.is_some()).collect();
        assert_eq!(types, [false, true, true, true, true, false]);
        let invoices = columns("SELECT id FROM {{tables.billing.invoices}}");
        assert!(found.of_column(&invoices[0]).is_some());
        assert!(
            found
                .of_column(&columns("SELECT id + 0 FROM {{tables.users}}")[0])
                .is_none()
        );
    }

    #[test]
    fn what_names_nothing_says_what_is_near() {
        for (key, parts) in [
            ("statsu", ["there is no type `statsu`", "`status`"]),
            ("users.idd", ["there is no column `idd`", "`id`"]),
            ("usres.id", ["there is no relation `usres`", "`users`"]),
            (
                "a.b.c.d",
                ["names neither a type nor a column", "`\"users.id\"`"],
            ),
            (
                "text FROM pg_class",
                ["there is no type `text FROM pg_class`", "name a type"],
            ),
            (
                "x\"; DROP",
                ["names neither a type nor a column", "`\"users.id\"`"],
            ),
        ] {
            let mistakes = overrides(&[key]).mistakes;
            assert_eq!(mistakes.len(), 1, "{key}");
            for part in parts {
                assert!(mistakes[0].contains(part), "no {part} in {}", mistakes[0]);
            }
        }
    }
}
