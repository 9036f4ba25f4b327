//! What a checker is made from.

use pgdbm_template::Diagnostic;

/// One migration, or a schema dump: its name for messages, and its text as it is in the file, placeholders and all.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Source {
    /// How messages name it.
    pub name: String,
    /// The SQL.
    pub text: String,
}

impl Source {
    /// A source from its name and its text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }
}

/// What the checker takes for granted of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The major version of PostgreSQL, 14 to 18; any other is taken for the nearest of these.
    pub major: u16,
    /// The schema that placeholders stand for, and that names without one are looked for in.
    pub schema: String,
    /// Whether a query may name what is in that schema without a placeholder. It would depend on `search_path` then, which
    /// is how one tenant meets another's rows. The server's catalog and `public` need none.
    pub bare_names: bool,
}

impl Default for Options {
    /// PostgreSQL 15, the schema `public`, and bare names.
    fn default() -> Self {
        Self {
            major: 15,
            schema: "public".to_owned(),
            bare_names: true,
        }
    }
}

impl Options {
    /// Another major version.
    #[must_use]
    pub fn major(mut self, major: u16) -> Self {
        self.major = major;
        self
    }

    /// Another schema.
    #[must_use]
    pub fn schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = schema.into();
        self
    }

    /// Whether a query may name what is in the schema without a placeholder.
    #[must_use]
    pub fn bare_names(mut self, allowed: bool) -> Self {
        self.bare_names = allowed;
        self
    }
}

/// What is wrong with a source, or could not be read of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourceFinding {
    /// The source's name.
    pub source: String,
    /// What was found, with its place in that source.
    pub finding: Diagnostic,
}
