//! What is not as it was compiled, in words.

use std::fmt;

/// What a query has on the server that is not as it was compiled.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Drift {
    pub(super) differences: Vec<Difference>,
    /// What to do where no difference names a migration.
    pub(super) behind: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Difference {
    Parameter {
        /// As it is written: `$2` or `$email`.
        name: String,
        expected: String,
        found: String,
    },
    Column {
        name: &'static str,
        expected: String,
        /// Nothing where the column is missing.
        found: Option<String>,
        migration: &'static str,
    },
    /// What is not as it was of a type that the migrations make, in a sentence.
    Type(String),
    /// There are more columns of this name than there were: nobody knows which of them is meant.
    Columns {
        name: &'static str,
        expected: usize,
        found: usize,
    },
}

impl Drift {
    /// The first column that differs.
    pub(crate) fn column(&self) -> Option<&str> {
        self.differences
            .iter()
            .find_map(|difference| match difference {
                Difference::Column { name, .. } | Difference::Columns { name, .. } => Some(*name),
                Difference::Parameter { .. } | Difference::Type(_) => None,
            })
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [only] = self.differences.as_slice() {
            write!(f, "{only}")?;
        } else {
            f.write_str(match self.differences.first() {
                Some(Difference::Type(_)) => "the type is not what it was compiled as",
                _ => "the query is not what it was compiled as",
            })?;
            for difference in &self.differences {
                write!(f, "\n  {difference}")?;
            }
        }
        let mut migrations: Vec<&str> = self
            .differences
            .iter()
            .filter_map(Difference::migration)
            .collect();
        migrations.sort_unstable();
        migrations.dedup();
        match (migrations.as_slice(), &self.behind) {
            ([], None) => Ok(()),
            ([], Some(behind)) => write!(f, "\n  help: {behind}"),
            (made, _) => {
                let made: Vec<String> = made.iter().map(|name| format!("`{name}`")).collect();
                let (made, has) = match made.as_slice() {
                    [only] => (only.clone(), "it"),
                    _ => (made.join(" and "), "them"),
                };
                write!(
                    f,
                    "\n  help: apply {made}, if this schema lacks {has}; if it has {has}, {BY_OTHER_MEANS}"
                )
            }
        }
    }
}

const BY_OTHER_MEANS: &str = "the schema was changed by other means: undo that, or write a migration of it and compile again";

/// What to do about a schema that lacks something, when nobody knows which migration made it.
pub(super) fn behind(last: &str) -> String {
    format!(
        "apply the migrations up to `{last}`, if this schema lacks some; if it has them all, {BY_OTHER_MEANS}"
    )
}

impl Difference {
    fn migration(&self) -> Option<&'static str> {
        match self {
            Difference::Column { migration, .. } => {
                Some(*migration).filter(|migration| !migration.is_empty())
            }
            Difference::Parameter { .. } | Difference::Columns { .. } | Difference::Type(_) => None,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Parameter {
                name,
                expected,
                found,
            } => write!(
                f,
                "the parameter `{name}` is `{found}` on the server, and was `{expected}` when the query was compiled"
            ),
            Difference::Column {
                name,
                expected,
                found: Some(found),
                ..
            } => write!(
                f,
                "the column `{name}` is `{found}` on the server, and was `{expected}` when the query was compiled"
            ),
            Difference::Column {
                name,
                expected,
                found: None,
                ..
            } => write!(
                f,
                "the result has no column `{name}` on the server, and had one of the type `{expected}` when the query was compiled"
            ),
            Difference::Type(sentence) => f.write_str(sentence),
            Difference::Columns {
                name,
                expected,
                found,
            } => write!(
                f,
                "the result has {found} columns `{name}` on the server, and had {expected} when the query was compiled: write which \
                 columns are meant, instead of `*`"
            ),
        }
    }
}
