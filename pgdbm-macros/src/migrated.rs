//! What the package's migrations make: the checker that queries are put to.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use pgdbm_check::{Checker, Options, Source};
use proc_macro2::Span;

use crate::explanation::explain_in_file;
use crate::file_cache::{FileCache, Stamp};
use crate::migrations::{DirectoryName, read_directory, stamp};
use crate::package::Settings;
use crate::report::Report;

/// The checker, and what is wrong with the migrations.
pub(crate) struct Migrated {
    pub(crate) checker: Checker,
    /// Whether there are any.
    pub(crate) any: bool,
    mistakes: Vec<String>,
}

/// For so long nobody looks whether files have changed: one compilation has thousands of queries.
const TRUSTED: Duration = Duration::from_millis(100);

impl Migrated {
    /// Reads the migrations of the package, or takes what was made of them before. Mistakes in them are reported once.
    pub(crate) fn of_package(settings: &Settings, near: Span, report: &mut Report) -> Arc<Self> {
        let directory = settings
            .migrations
            .as_deref()
            .map_or_else(DirectoryName::customary, DirectoryName::of_manifest);
        Self::of_directory(&directory, settings, near, report)
    }

    /// The same for a directory that is named elsewhere.
    pub(crate) fn of_directory(
        directory: &DirectoryName,
        settings: &Settings,
        near: Span,
        report: &mut Report,
    ) -> Arc<Self> {
        static MADE: FileCache<Migrated> = FileCache::new();
        let options = options(settings);
        let found = directory.find().ok();
        let key = format!("{options:?}");
        let nowhere = PathBuf::new();
        let path = found.as_deref().unwrap_or(&nowhere);
        let migrated = MADE.get(path, &key, recent_stamp(path), || {
            Self::read(found.as_deref(), directory.name(), &options)
        });
        for mistake in &migrated.mistakes {
            report.once(near, mistake);
        }
        migrated
    }

    fn read(found: Option<&Path>, name: &str, options: &Options) -> Self {
        let Some(found) = found else {
            return Migrated {
                checker: Checker::new(&[], options),
                any: false,
                mistakes: Vec::new(),
            };
        };
        let directory = read_directory(found, name);
        let checker = Checker::new(&directory.sources, options);
        let mut mistakes = directory.mistakes.clone();
        if mistakes.is_empty() {
            mistakes = findings(&checker, &directory.sources, name);
        }
        Migrated {
            any: !directory.sources.is_empty(),
            checker,
            mistakes,
        }
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

/// The stamp of the directory, at most [`TRUSTED`] old.
fn recent_stamp(directory: &Path) -> Stamp {
    static RECENT: Mutex<Option<(PathBuf, Instant, Stamp)>> = Mutex::new(None);
    let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((path, taken, stamp)) = &*recent
        && path == directory
        && taken.elapsed() < TRUSTED
    {
        return stamp.clone();
    }
    let fresh = stamp(directory);
    *recent = Some((directory.to_path_buf(), Instant::now(), fresh.clone()));
    fresh
}
