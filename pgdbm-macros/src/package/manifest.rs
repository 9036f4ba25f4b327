//! What `[package.metadata.pgdbm]` in Cargo.toml says.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use pgdbm_template::{Label, nearest};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use toml::de::{DeTable, DeValue};

use super::packages;
use crate::explanation::explain_in_text;
use crate::file_cache::{FileCache, Stamp};
use crate::overrides::{Entry, Written};
use crate::report::Report;
use crate::schema_rule;

/// What the package says once for all macros in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The directory of the migrations.
    pub(crate) migrations: Option<String>,
    /// Their name in the history of a schema.
    pub(crate) module: Option<String>,
    /// The schema of a test.
    pub(crate) schema: Option<String>,
    /// The oldest major version of PostgreSQL that the queries must work on.
    pub(crate) postgres: Option<u16>,
    /// Whether queries may name what the migrations make without a placeholder.
    pub(crate) bare_names: bool,
    /// The path of the module with the types that the migrations make.
    pub(crate) types: Option<String>,
    /// Whether domains are types of that module.
    pub(crate) domains: bool,
    /// The types of Rust that are wanted for types and columns.
    pub(crate) overrides: Arc<Written>,
    /// The files that were read for this.
    pub(crate) manifests: Vec<String>,
}

/// The keys of the table, each with an example.
const KEYS: [(&str, &str); 8] = [
    ("migrations", "migrations = \"db/migrations\""),
    ("module", "module = \"shop\""),
    ("schema", "schema = \"shop\""),
    ("postgres", "postgres = 15"),
    ("bare-names", "bare-names = true"),
    ("types", "types = \"crate::schema\""),
    ("domains", "domains = true"),
    ("overrides", "[package.metadata.pgdbm.overrides]"),
];

/// One manifest, read.
struct Manifest {
    /// Nothing without the table.
    settings: Option<Settings>,
    mistakes: Vec<String>,
}

impl Settings {
    /// Reads the table, of the package that is compiled or else of the one that holds the source file; mistakes in it
    /// are reported.
    pub(crate) fn read(near: Span, report: &mut Report) -> Self {
        Self::read_and(near, |mistake| report.once(near, mistake))
    }

    /// The same, with the mistakes left to others.
    pub(crate) fn read_silently(near: Span) -> Self {
        Self::read_and(near, |_| {})
    }

    fn read_and(near: Span, mut report: impl FnMut(&str)) -> Self {
        static MANIFESTS: FileCache<(), Manifest> = FileCache::new();
        let mut manifests = Vec::new();
        for package in &*packages(near) {
            let path = package.join("Cargo.toml");
            let stamp = Stamp::of([path.as_path()]);
            let manifest = MANIFESTS.get(&path, &(), stamp, || Manifest::read(&path));
            manifests.extend(path.to_str().map(ToOwned::to_owned));
            for mistake in &manifest.mistakes {
                report(mistake);
            }
            if let Some(settings) = &manifest.settings {
                return Settings {
                    manifests,
                    ..settings.clone()
                };
            }
        }
        Settings {
            manifests,
            ..Settings::default()
        }
    }

    /// Items by which the compiler sees that Cargo.toml has changed: Cargo by itself builds nothing anew for a change in
    /// this table.
    pub(crate) fn watch(&self) -> TokenStream {
        watch(self.manifests.iter().map(String::as_str))
    }

    /// The same for the first of many expansions in one process.
    pub(crate) fn watch_once(&self) -> TokenStream {
        static WATCHED: Mutex<BTreeSet<Vec<String>>> = Mutex::new(BTreeSet::new());
        let mut watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
        if watched.contains(&self.manifests) {
            return TokenStream::new();
        }
        watched.insert(self.manifests.clone());
        self.watch()
    }

    /// The schema that queries are checked for: what they are bound to when they run makes no difference to them.
    pub(crate) fn schema(&self) -> String {
        self.schema.clone().unwrap_or_else(|| "app".to_owned())
    }

    /// The name of migrations that are given none: the package's own, if Cargo.toml says no other.
    pub(crate) fn module(&self) -> String {
        // Cargo sets the variable for every package that it compiles.
        self.module
            .clone()
            .unwrap_or_else(|| std::env::var("CARGO_PKG_NAME").unwrap_or_default())
    }
}

/// Items by which the compiler sees that a file has changed.
pub(crate) fn watch<'p>(paths: impl Iterator<Item = &'p str>) -> TokenStream {
    paths
        .map(|path| {
            quote!(
                const _: &[::core::primitive::u8] = ::core::include_bytes!(#path);
            )
        })
        .collect()
}

impl Manifest {
    fn read(path: &Path) -> Self {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text),
            // Cargo has read it a moment ago. Without it there is no table, and what follows says what it misses.
            Err(_) => Manifest {
                settings: None,
                mistakes: Vec::new(),
            },
        }
    }

    fn parse(text: &str) -> Self {
        let mut reader = Reader {
            text,
            mistakes: Vec::new(),
        };
        let settings = match DeTable::parse(text) {
            Ok(manifest) => reader.settings(manifest.get_ref()),
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                let message = format!("Cargo.toml is not TOML: {}", error.message());
                reader.mistake(&message, "mend it here", span, "");
                None
            }
        };
        Manifest {
            settings,
            mistakes: reader.mistakes,
        }
    }
}

/// What stands in the table of overrides.
const OVERRIDES: &str = "write `\"order_status\" = \"crate::OrderStatus\"` for a type, or `\"users.id\" = \"crate::UserId\"` for a column";

struct Reader<'t> {
    text: &'t str,
    mistakes: Vec<String>,
}

impl Reader<'_> {
    fn settings(&mut self, manifest: &DeTable<'_>) -> Option<Settings> {
        let package = manifest.get("package")?.get_ref().as_table()?;
        let metadata = package.get("metadata")?.get_ref().as_table()?;
        let value = metadata.get("pgdbm")?;
        let mut settings = Settings::default();
        let Some(table) = value.get_ref().as_table() else {
            self.mistake(
                "`package.metadata.pgdbm` is a table",
                "write `[package.metadata.pgdbm]`, and below it a line such as `migrations = \"db/migrations\"`",
                value.span(),
                value.get_ref().type_str(),
            );
            return Some(settings);
        };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "migrations" => {
                    settings.migrations = self.string("migrations", value.get_ref(), value.span());
                }
                "module" => {
                    settings.module = self.string("module", value.get_ref(), value.span());
                }
                "schema" => {
                    settings.schema = self.string("schema", value.get_ref(), value.span());
                    if let Some((message, help)) =
                        settings.schema.as_deref().and_then(schema_rule::broken)
                    {
                        self.mistake(&message, &help, value.span(), "");
                    }
                }
                "postgres" => {
                    settings.postgres = self.major(value.get_ref(), value.span());
                }
                "bare-names" => {
                    settings.bare_names = self.flag("bare-names", value.get_ref(), value.span());
                }
                "domains" => {
                    settings.domains = self.flag("domains", value.get_ref(), value.span());
                }
                "types" => {
                    settings.types = self.string("types", value.get_ref(), value.span());
                    if let Some(path) = &settings.types
                        && syn::parse_str::<syn::Path>(path).is_err()
                    {
                        self.mistake(
                            "`types` of pgdbm is the path of a module",
                            "write `types = \"crate::schema\"`",
                            value.span(),
                            "no path",
                        );
                        settings.types = None;
                    }
                }
                "overrides" => match value.get_ref().as_table() {
                    Some(table) => settings.overrides = Arc::new(self.overrides(table)),
                    None => self.mistake(
                        "`overrides` of pgdbm is a table",
                        OVERRIDES,
                        value.span(),
                        value.get_ref().type_str(),
                    ),
                },
                unknown => self.unknown_key(unknown, key.span()),
            }
        }
        if settings.domains
            && !table.contains_key("types")
            && let Some((key, _)) = table.get_key_value("domains")
        {
            self.mistake(
                "`domains` of pgdbm says that domains are types of a module, and no module is named",
                "write `types = \"crate::schema\"` as well, the path of the module with `#[pgdbm::migrations]`",
                key.span(),
                "of which module?",
            );
        }
        Some(settings)
    }

    fn overrides(&mut self, table: &DeTable<'_>) -> Written {
        let mut entries = Vec::new();
        for (key, value) in table {
            let span = value.span();
            match value.get_ref().as_str() {
                Some(path) if syn::parse_str::<syn::Type>(path).is_ok() => entries.push(Entry {
                    key: key.get_ref().to_string(),
                    path: path.to_owned(),
                    place: key.span(),
                }),
                Some(_) => self.mistake("this is no type of Rust", OVERRIDES, span, "no type"),
                None if value.get_ref().is_table() => self.mistake(
                    "a column's name stands in quotes here, with its table's",
                    OVERRIDES,
                    key.span(),
                    "taken for a table of TOML",
                ),
                None => {
                    let found = value.get_ref().type_str();
                    self.mistake("this is no type of Rust", OVERRIDES, span, found);
                }
            }
        }
        Written {
            entries,
            manifest: self.text.to_owned(),
        }
    }

    fn flag(&mut self, key: &str, value: &DeValue<'_>, span: Range<usize>) -> bool {
        value.as_bool().unwrap_or_else(|| {
            let message = format!("`{key}` of pgdbm is `true` or `false`");
            let help = format!("write `{key} = true`");
            self.mistake(&message, &help, span, value.type_str());
            false
        })
    }

    fn major(&mut self, value: &DeValue<'_>, span: Range<usize>) -> Option<u16> {
        let number = match value {
            DeValue::Integer(number) => number.as_str().parse().ok(),
            _ => None,
        };
        let major = number.filter(|number| (14..=18).contains(number));
        if major.is_none() {
            self.mistake(
                "`postgres` of pgdbm is a major version of PostgreSQL, 14 to 18",
                "write `postgres = 15`, the oldest version that the queries must work on",
                span,
                "",
            );
        }
        major
    }

    fn string(&mut self, key: &str, value: &DeValue<'_>, span: Range<usize>) -> Option<String> {
        let example = KEYS.iter().find(|(known, _)| *known == key);
        let help = format!("write `{}`", example.map_or(key, |(_, example)| example));
        match value.as_str() {
            Some(text) if text.trim().is_empty() => {
                self.mistake(&format!("`{key}` is empty"), &help, span, "");
                None
            }
            Some(text) => Some(text.to_owned()),
            None => {
                let message = format!("`{key}` of pgdbm is a string");
                self.mistake(&message, &help, span, value.type_str());
                None
            }
        }
    }

    fn unknown_key(&mut self, key: &str, span: Range<usize>) {
        let help = match nearest(key, KEYS.map(|(known, _)| known)) {
            Some(near) => format!("write `{near}`"),
            None => {
                "use `migrations`, `module`, `schema`, `postgres`, `bare-names`, `types`, `domains` or `overrides`"
                    .to_owned()
            }
        };
        let message = format!(
            "`[package.metadata.pgdbm]` has no key `{}`",
            key.escape_debug()
        );
        self.mistake(&message, &help, span, "unknown key");
    }

    fn mistake(&mut self, message: &str, help: &str, span: Range<usize>, label: &str) {
        let label = Label::new(span.start, span.end, label);
        self.mistakes.push(explain_in_text(
            message,
            help,
            self.text,
            "Cargo.toml",
            &label,
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::{Manifest, Settings};

    fn mistakes(table: &str) -> String {
        Manifest::parse(&format!("[package]\nname = \"a\"\n{table}"))
            .mistakes
            .join("\n\n")
    }

    #[test]
    fn the_table_is_read_however_it_is_written() {
        let expected = Settings {
            migrations: Some("db/m".to_owned()),
            module: Some("shop".to_owned()),
            ..Settings::default()
        };
        for text in [
            "[package.metadata.pgdbm]\nmigrations = \"db/m\" # here\nmodule = 'shop'\n",
            "[package]\nmetadata.pgdbm = { migrations = \"db\\u002fm\", module = \"shop\" }\n",
            "package.metadata = { pgdbm.migrations = '''db/m''', pgdbm.module = 'shop' }",
        ] {
            let manifest = Manifest::parse(text);
            assert_eq!(manifest.settings.as_ref(), Some(&expected), "{text}");
            assert_eq!(manifest.mistakes, [""; 0], "{text}");
        }
    }

    #[test]
    fn without_the_table_nothing_is_set_and_nothing_is_wrong() {
        for text in [
            "",
            "[package]\nname = \"a\"",
            "[package]\nmetadata = 5",
            "[package.metadata.other]\nmigrations = 7",
            "[workspace.metadata.pgdbm]\nmigrations = 7",
        ] {
            let manifest = Manifest::parse(text);
            assert_eq!(manifest.settings, None, "{text}");
            assert_eq!(manifest.mistakes, [""; 0], "{text}");
        }
    }

    #[test]
    fn every_mistake_is_said_with_its_place() {
        assert_eq!(
            mistakes(
                "[package.metadata.pgdbm]\nmigration = \"a\"\nmodule = 7\nschema = \"Shop\"\nzzzzzzzz = 1"
            ),
            "`[package.metadata.pgdbm]` has no key `migration`\n \
               --> Cargo.toml:4:1\n  \
                |\n\
             4 | migration = \"a\"\n  \
                | ^^^^^^^^^ unknown key\n  \
                = help: write `migrations`\n\
             \n\
             `module` of pgdbm is a string\n \
               --> Cargo.toml:5:10\n  \
                |\n\
             5 | module = 7\n  \
                |          ^ integer\n  \
                = help: write `module = \"shop\"`\n\
             \n\
             the schema name `Shop` has the capital letter `S` as character 1\n \
               --> Cargo.toml:6:10\n  \
                |\n\
             6 | schema = \"Shop\"\n  \
                |          ^^^^^^\n  \
                = help: write it in lower case\n\
             \n\
             `[package.metadata.pgdbm]` has no key `zzzzzzzz`\n \
               --> Cargo.toml:7:1\n  \
                |\n\
             7 | zzzzzzzz = 1\n  \
                | ^^^^^^^^ unknown key\n  \
                = help: use `migrations`, `module`, `schema`, `postgres`, `bare-names`, `types`, `domains` or `overrides`"
        );
        assert!(
            mistakes("metadata.pgdbm = true").starts_with("`package.metadata.pgdbm` is a table\n")
        );
        assert!(mistakes("metadata.pgdbm.module = ' '").starts_with("`module` is empty\n"));
        assert!(
            mistakes("metadata.pgdbm = { domains = true }").starts_with(
                "`domains` of pgdbm says that domains are types of a module, and no module is named\n --> Cargo.toml:3:20\n"
            )
        );
        for right in ["domains = false", "domains = true, types = 'crate::schema'"] {
            assert_eq!(
                mistakes(&format!("metadata.pgdbm = {{ {right} }}")),
                "",
                "{right}"
            );
        }
        // One mistake is not two.
        let of_types = mistakes("metadata.pgdbm = { domains = true, types = 7 }");
        assert!(
            of_types.starts_with("`types` of pgdbm is a string\n")
                && !of_types.contains("`domains`")
        );
        assert!(mistakes("a = = 2").starts_with("Cargo.toml is not TOML: "));
    }
}
