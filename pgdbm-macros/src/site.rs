//! Whose a call site is: the migrations that it was compiled with, by the names that the history of a schema has for them.

use proc_macro2::{Span, TokenStream};

use crate::migrated::{Migrated, directory};
use crate::package::Settings;

/// The migrations of the package that holds a call site.
pub(crate) struct Package {
    /// Their module; empty for a package that has none: its queries belong to whatever schema they run on.
    module: String,
    /// The name of the newest of them, if that is known.
    newest: String,
    /// The newest of those that made what the query names.
    needed: String,
}

impl Package {
    /// Of a query that was checked against them.
    pub(crate) fn of(settings: &Settings, migrated: &Migrated, needed: Option<String>) -> Self {
        let module = if migrated.any {
            settings.module()
        } else {
            String::new()
        };
        Package {
            module,
            newest: migrated.newest.clone(),
            needed: needed.unwrap_or_default(),
        }
    }

    /// Of a type that they make, under the name that the history of a schema has for them. Which of them gave it a label or an
    /// attribute nobody knows.
    pub(crate) fn of_type(module: &str, migrated: &Migrated) -> Self {
        Package {
            module: module.to_owned(),
            newest: migrated.newest.clone(),
            needed: String::new(),
        }
    }

    /// The text for a query that was not, and the items by which the compiler sees that it changes. Mistakes in Cargo.toml are left
    /// to those that were.
    pub(crate) fn of_unchecked() -> (String, TokenStream) {
        let settings = Settings::read_silently(Span::call_site());
        let module = if directory(&settings).exists() {
            settings.module()
        } else {
            String::new()
        };
        let package = Package {
            module,
            newest: String::new(),
            needed: String::new(),
        };
        (package.text(), settings.watch_once())
    }

    /// As the runtime reads it, in front of what else is known of the query: see `compiled::read` there.
    pub(crate) fn text(&self) -> String {
        let Package {
            module,
            newest,
            needed,
        } = self;
        // What separates the parts is in no name of a migration.
        let module = module.replace(['\0', '\u{1}'], "");
        format!("{module}\u{1}{newest}\u{1}{needed}")
    }
}
