//! Schema names given at run time.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use crate::diagnostic::excerpt;
use crate::identifier::MAX_IDENTIFIER_BYTES;

/// The name of a schema that a manager may be bound to: `[a-z_][a-z0-9_]{0,62}`, not `pg_…`, not `information_schema`.
///
/// Narrower than PostgreSQL's own rule on purpose: a name that reads the same quoted and unquoted, in every literal and
/// every tool, cannot be misread, and cannot carry SQL. Cheap to clone.
///
/// ```
/// use pgdbm_template::SchemaName;
///
/// let schema = SchemaName::new("shop")?;
/// assert_eq!(schema.quoted(), r#""shop""#);
/// assert!(SchemaName::new("shop\"; DROP TABLE users").is_err());
/// # Ok::<(), pgdbm_template::SchemaNameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SchemaName(Arc<str>);

impl SchemaName {
    /// Checks and takes a name.
    ///
    /// # Errors
    ///
    /// Says which rule the name breaks, at which character, and what to write instead.
    pub fn new(name: &str) -> Result<Self, SchemaNameError> {
        match broken_rule(name) {
            None => Ok(Self(Arc::from(name))),
            Some(rule) => Err(SchemaNameError {
                rule,
                name: excerpt(name),
            }),
        }
    }

    /// The schema `public`.
    #[must_use]
    pub fn public() -> Self {
        static PUBLIC: LazyLock<SchemaName> = LazyLock::new(|| SchemaName(Arc::from("public")));
        PUBLIC.clone()
    }

    /// The name as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as a quoted identifier: `"shop"`.
    #[must_use]
    pub fn quoted(&self) -> String {
        let mut quoted = String::with_capacity(self.0.len() + 2);
        self.write_quoted(&mut quoted);
        quoted
    }

    /// Appends the quoted identifier. No character of the name needs an escape.
    pub(crate) fn write_quoted(&self, out: &mut String) {
        out.push('"');
        out.push_str(&self.0);
        out.push('"');
    }

    pub(crate) fn quoted_len(&self) -> usize {
        self.0.len() + 2
    }
}

impl Default for SchemaName {
    /// `public`.
    fn default() -> Self {
        Self::public()
    }
}

impl AsRef<str> for SchemaName {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for SchemaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for SchemaName {
    type Err = SchemaNameError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::new(name)
    }
}

impl TryFrom<&str> for SchemaName {
    type Error = SchemaNameError;

    fn try_from(name: &str) -> Result<Self, Self::Error> {
        Self::new(name)
    }
}

/// Why a text is no [`SchemaName`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaNameError {
    rule: Rule,
    /// The name, escaped and cut.
    name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    Empty,
    TooLong { bytes: usize },
    Upper { character: char, position: usize },
    First { character: char },
    Character { character: char, position: usize },
    Reserved,
    InformationSchema,
}

impl SchemaNameError {
    /// Whether the name is fine except that PostgreSQL keeps it for itself.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        matches!(self.rule, Rule::Reserved | Rule::InformationSchema)
    }

    /// The first character that the rule refuses, and its position, counted from 1.
    #[must_use]
    pub fn offending_character(&self) -> Option<(char, usize)> {
        match self.rule {
            Rule::Upper {
                character,
                position,
            }
            | Rule::Character {
                character,
                position,
            } => Some((character, position)),
            Rule::First { character } => Some((character, 1)),
            _ => None,
        }
    }
}

impl fmt::Display for SchemaNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.rule {
            Rule::Empty => {
                f.write_str("a schema name is empty; give one such as `shop`, or none for `public`")
            }
            Rule::TooLong { bytes } => write!(
                f,
                "the schema name `{name}` has {bytes} bytes and PostgreSQL keeps {MAX_IDENTIFIER_BYTES}; \
                 choose a shorter one"
            ),
            Rule::Upper {
                character,
                position,
            } => write!(
                f,
                "the schema name `{name}` has the capital letter `{character}` as character {position}; \
                 write it in lower case"
            ),
            Rule::First { character } => write!(
                f,
                "the schema name `{name}` starts with `{}`; start it with a letter a-z or an underscore",
                character.escape_debug()
            ),
            Rule::Character {
                character,
                position,
            } => write!(
                f,
                "the schema name `{name}` has `{}` as character {position}; \
                 use only the letters a-z, digits and underscores",
                character.escape_debug()
            ),
            Rule::Reserved => write!(
                f,
                "the schema name `{name}` starts with `pg_`, which PostgreSQL keeps for itself; choose another prefix"
            ),
            Rule::InformationSchema => {
                write!(
                    f,
                    "the schema `{name}` belongs to PostgreSQL itself; choose another name"
                )
            }
        }
    }
}

impl std::error::Error for SchemaNameError {}

fn broken_rule(name: &str) -> Option<Rule> {
    if name.is_empty() {
        return Some(Rule::Empty);
    }
    for (index, character) in name.chars().enumerate() {
        let position = index + 1;
        match character {
            'a'..='z' | '_' => {}
            '0'..='9' if index > 0 => {}
            'A'..='Z' => {
                return Some(Rule::Upper {
                    character,
                    position,
                });
            }
            _ if index == 0 => return Some(Rule::First { character }),
            _ => {
                return Some(Rule::Character {
                    character,
                    position,
                });
            }
        }
    }
    if name.len() > MAX_IDENTIFIER_BYTES {
        return Some(Rule::TooLong { bytes: name.len() });
    }
    if name.starts_with("pg_") {
        return Some(Rule::Reserved);
    }
    (name == "information_schema").then_some(Rule::InformationSchema)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_taken() {
        let longest = "a".repeat(63);
        for name in [
            "shop",
            "_",
            "_1",
            "tenant_42",
            "public",
            "pg",
            "pgx",
            longest.as_str(),
        ] {
            let schema = SchemaName::new(name).unwrap();
            assert_eq!(schema.as_str(), name);
            assert_eq!(schema.quoted(), format!("\"{name}\""));
            assert_eq!(schema.quoted().len(), schema.quoted_len());
            assert_eq!(schema.to_string(), name);
        }
        assert_eq!(SchemaName::public(), SchemaName::new("public").unwrap());
    }

    #[test]
    fn names_that_are_refused_and_why() {
        let long = "a".repeat(64);
        let hostile = format!("a{}", "\u{1b}[31m".repeat(1000));
        for (name, part) in [
            ("", "empty"),
            (long.as_str(), "64 bytes"),
            ("Shop", "capital letter `S` as character 1"),
            ("shoP", "capital letter `P` as character 4"),
            ("1shop", "starts with `1`"),
            ("sh op", "has ` ` as character 3"),
            ("sh\"op", "has `\\\"` as character 3"),
            ("shop;", "has `;` as character 5"),
            ("größe", "has `ö` as character 3"),
            ("pg_x", "starts with `pg_`"),
            ("information_schema", "belongs to PostgreSQL"),
            ("a\0", "has `\\0` as character 2"),
            (hostile.as_str(), "has `\\u{1b}` as character 2"),
        ] {
            let error = SchemaName::new(name).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
            assert!(
                error.len() < 900 && !error.contains(['\u{1b}', '\0']),
                "{error:?}"
            );
        }
    }
}
