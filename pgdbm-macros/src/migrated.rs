//! What the package's migrations make: the checker that queries are put to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use pgdbm_check::{Checker, Options, Source};
use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::explanation::explain_in_file;
use crate::file_cache::{FileCache, Stamp};
use crate::made_types::MadeTypes;
use crate::migrations::{DirectoryName, read_directory, stamp};
use crate::overrides::{Overrides, Written};
use crate::package::{Settings, watch};
use crate::report::Report;

/// The checker, and what is wrong with the migrations.
pub(crate) struct Migrated {
    pub(crate) checker: Checker,
    /// Whether there are any.
    pub(crate) any: bool,
    /// The name of the newest of them; empty where there is none.
    pub(crate) newest: String,
    /// The names of all, as they run.
    pub(crate) order: Vec<String>,
    /// The types of Rust that the package wants for some of what they make.
    pub(crate) overrides: Overrides,
    mistakes: Vec<String>,
    /// What the server would refuse of the files. The checker goes on behind each, so that queries are checked all the same.
    refused: Vec<String>,
    /// The paths of the files.
    files: Vec<String>,
    /// Whether the compiler was told of the files.
    watched: AtomicBool,
    made: OnceLock<MadeTypes>,
}

/// For so long nobody looks whether files have changed: one compilation has thousands of queries.
const TRUSTED: Duration = Duration::from_millis(100);

impl Migrated {
    /// Reads the migrations of the package, or takes what was made of them before. Mistakes in them are reported once.
    pub(crate) fn of_package(settings: &Settings, near: Span, report: &mut Report) -> Arc<Self> {
        Self::of_directory(&directory(settings), settings, near, report)
    }

    /// What [`Migrated::watch`] gives for the package, for items that stand beside those whose queries are checked. Mistakes are left to
    /// the queries.
    pub(crate) fn watch_beside(settings: &Settings) -> TokenStream {
        let directory = directory(settings);
        let found = directory.find().ok();
        let (name, wanted) = (directory.name(), &settings.overrides);
        Self::kept(found.as_deref(), name, &options(settings), wanted).watch(settings)
    }

    /// The same for a directory that is named elsewhere.
    pub(crate) fn of_directory(
        directory: &DirectoryName,
        settings: &Settings,
        near: Span,
        report: &mut Report,
    ) -> Arc<Self> {
        let found = match directory.find() {
            Ok(found) => Some(found),
            Err(message) => {
                if let Some(mistake) = directory.misnamed(&message) {
                    report.once(near, &mistake);
                }
                None
            }
        };
        let wanted = &settings.overrides;
        let migrated = Self::kept(
            found.as_deref(),
            directory.name(),
            &options(settings),
            wanted,
        );
        for mistake in &migrated.mistakes {
            report.once(near, mistake);
        }
        for mistake in &migrated.refused {
            report.once_for_all(near, mistake);
        }
        migrated
    }

    /// Whether all of the migrations are among what the checker knows.
    pub(crate) fn is_whole(&self) -> bool {
        self.refused.is_empty()
    }

    /// What was made of a directory before, or is made of it now; nothing but the server's own things where there is none.
    fn kept(
        found: Option<&Path>,
        name: &str,
        options: &Options,
        wanted: &Arc<Written>,
    ) -> Arc<Self> {
        static MADE: FileCache<(String, Options, Arc<Written>), Migrated> = FileCache::new();
        let key = (name.to_owned(), options.clone(), Arc::clone(wanted));
        let path = found.unwrap_or(Path::new(""));
        MADE.get(path, &key, recent_stamp(path), || {
            Self::read(found, name, options, wanted)
        })
    }

    /// Items by which the compiler sees that a migration or Cargo.toml has changed; what has none of them it does not compile anew.
    ///
    /// One process of the compiler compiles one crate, so they stand in its first expansion only: a thousand queries that each name
    /// twenty files cost half a second. rust-analyzer needs none.
    pub(crate) fn watch(&self, settings: &Settings) -> TokenStream {
        if self.watched.swap(true, Ordering::Relaxed) {
            return TokenStream::new();
        }
        let files = self.files.iter().map(String::as_str);
        let manifest = settings.watch();
        let files = watch(files);
        quote!(#manifest #files)
    }

    fn read(found: Option<&Path>, name: &str, options: &Options, wanted: &Written) -> Self {
        let Some(found) = found else {
            let checker = Checker::new(&[], options);
            let mut overrides = Overrides::find(wanted, &checker);
            return Migrated {
                checker,
                any: false,
                newest: String::new(),
                order: Vec::new(),
                mistakes: std::mem::take(&mut overrides.mistakes),
                overrides,
                refused: Vec::new(),
                files: Vec::new(),
                watched: AtomicBool::new(false),
                made: OnceLock::new(),
            };
        };
        let directory = read_directory(found, name);
        let checker = Checker::new(&directory.sources, options);
        let mut mistakes = directory.mistakes.clone();
        let refused = match mistakes.is_empty() {
            true => findings(&checker, &directory.sources, name),
            false => Vec::new(),
        };
        let mut overrides = Overrides::find(wanted, &checker);
        if mistakes.is_empty() && refused.is_empty() {
            mistakes = std::mem::take(&mut overrides.mistakes);
        }
        Migrated {
            any: !directory.sources.is_empty(),
            newest: directory.newest.clone(),
            order: directory
                .sources
                .iter()
                .map(|source| source.name.clone())
                .collect(),
            checker,
            overrides,
            mistakes,
            refused,
            files: directory.paths().map(ToOwned::to_owned).collect(),
            watched: AtomicBool::new(false),
            made: OnceLock::new(),
        }
    }

    /// The types that the migrations make: looked for when a query first meets one.
    pub(crate) fn made(&self) -> &MadeTypes {
        self.made.get_or_init(|| MadeTypes::of(&self.checker))
    }
}

/// What the server would refuse of the migrations, each with its place.
pub(crate) fn findings(checker: &Checker, sources: &[Source], directory: &str) -> Vec<String> {
    let errors = checker
        .findings()
        .iter()
        .filter(|found| found.finding.is_error());
    errors
        .map(|found| {
            let source = sources.iter().find(|source| source.name == found.source);
            let text = source.map_or("", |source| &source.text);
            let file = format!("{directory}/{}", found.source);
            explain_in_file(&found.finding, text.as_bytes(), &file)
        })
        .collect()
}

/// What queries take for granted of the server.
pub(crate) fn options(settings: &Settings) -> Options {
    let options = Options::default()
        .major(settings.postgres.unwrap_or(15))
        .bare_names(settings.bare_names);
    if settings.bare_names {
        return options;
    }
    options.schema(settings.schema())
}

/// The directory of the package's migrations.
pub(crate) fn directory(settings: &Settings) -> DirectoryName {
    let named = settings.migrations.as_deref();
    named.map_or_else(DirectoryName::customary, DirectoryName::of_manifest)
}

/// The stamp of the directory, at most [`TRUSTED`] old; of this directory, whatever others are looked at in between.
fn recent_stamp(directory: &Path) -> Stamp {
    static RECENT: Mutex<BTreeMap<PathBuf, (Instant, Stamp)>> = Mutex::new(BTreeMap::new());
    let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((taken, stamp)) = recent.get(directory)
        && taken.elapsed() < TRUSTED
    {
        return stamp.clone();
    }
    let fresh = stamp(directory);
    recent.insert(directory.to_path_buf(), (Instant::now(), fresh.clone()));
    fresh
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::fs::{File, FileTimes};
    use std::path::PathBuf;
    use std::sync::Arc;
    use std::thread;
    use std::time::SystemTime;

    use super::{Migrated, Options, TRUSTED};
    use crate::package::Settings;

    /// A package with one migration, which was written at the beginning of time.
    struct Package(PathBuf);

    impl Package {
        fn new(name: &str, migration: &str) -> Self {
            let directory =
                std::env::temp_dir().join(format!("pgdbm-migrated-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&directory).unwrap();
            let package = Package(directory);
            package.write(migration, SystemTime::UNIX_EPOCH);
            package
        }

        fn write(&self, migration: &str, when: SystemTime) {
            let path = self.0.join("001_a.sql");
            std::fs::write(&path, migration).unwrap();
            for path in [path.as_path(), &self.0] {
                let times = FileTimes::new().set_modified(when);
                File::open(path).unwrap().set_times(times).unwrap();
            }
        }

        fn migrated(&self) -> Arc<Migrated> {
            Migrated::kept(
                Some(&self.0),
                "migrations",
                &Options::default(),
                &Arc::default(),
            )
        }

        /// The name of the only column of its table `a`.
        fn column(&self) -> String {
            let description = self
                .migrated()
                .checker
                .describe("SELECT * FROM {{tables.a}}");
            description.columns.unwrap()[0].name.clone()
        }
    }

    impl Drop for Package {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn two_packages_in_one_process_do_not_mix() {
        // As alike as two packages can be: names, lengths and times of their files.
        let one = Package::new("one", "CREATE TABLE {{tables.a}} (one int);");
        let two = Package::new("two", "CREATE TABLE {{tables.a}} (two int);");
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        assert_eq!(
                            (one.column().as_str(), two.column().as_str()),
                            ("one", "two")
                        );
                    }
                });
            }
        });
        let (of_one, of_two) = (one.migrated(), two.migrated());
        assert!(Arc::ptr_eq(&of_one, &one.migrated()));

        one.write("CREATE TABLE {{tables.a}} (six int);", SystemTime::now());
        // Nothing of the other is said meanwhile, and what is said of this one is at most a moment old.
        assert_eq!(two.column(), "two");
        thread::sleep(TRUSTED);
        assert_eq!(
            (one.column().as_str(), two.column().as_str()),
            ("six", "two")
        );
        assert!(Arc::ptr_eq(&of_two, &two.migrated()));
    }

    #[test]
    fn a_package_without_migrations_gets_nothing_of_another() {
        let one = Package::new("some", "CREATE TABLE {{tables.a}} (one int);");
        assert_eq!(one.column(), "one");
        let none = Migrated::kept(None, "migrations", &Options::default(), &Arc::default());
        assert!(!none.any && none.newest.is_empty());
        let description = none.checker.describe("SELECT * FROM {{tables.a}}");
        assert!(description.columns.is_none());
        assert!(one.migrated().any && one.migrated().newest == "001_a.sql");
    }

    #[test]
    fn the_compiler_is_told_of_the_files_once_for_each_state_of_them() {
        let package = Package::new("watched", "CREATE TABLE {{tables.a}} (one int);");
        let settings = Settings {
            manifests: vec!["/somewhere/Cargo.toml".to_owned()],
            ..Settings::default()
        };
        let watch = || package.migrated().watch(&settings).to_string();
        let first = watch();
        for part in ["include_bytes", "001_a.sql", "/somewhere/Cargo.toml"] {
            assert!(first.contains(part), "no {part} in {first}");
        }
        assert_eq!(watch(), "");
        package.write("CREATE TABLE {{tables.a}} (two int);", SystemTime::now());
        thread::sleep(TRUSTED);
        assert!(watch().contains("001_a.sql"));
    }
}
