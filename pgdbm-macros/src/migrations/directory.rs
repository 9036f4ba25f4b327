//! The files of a directory of migrations: read, validated, and made ready to be built into the program.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pgdbm_check::Source;
use pgdbm_template::{Migration, MigrationSet, MigrationText};
use proc_macro2::Span;
use syn::LitStr;

use crate::explanation::explain_in_file;
use crate::file_cache::{FileCache, Stamp};
use crate::package::find_in_package;
use crate::report::Report;

/// A directory, and who names it.
pub(crate) struct DirectoryName {
    name: String,
    /// Where mistakes in the files are reported: at the name of their directory, or at the whole attribute.
    span: Span,
    /// Whether Cargo.toml names it, so that a wrong name is to be mended there.
    of_manifest: bool,
}

impl DirectoryName {
    /// The one that the attribute names.
    pub(crate) fn written(literal: &LitStr) -> Self {
        DirectoryName {
            name: literal.value(),
            span: literal.span(),
            of_manifest: false,
        }
    }

    /// The one that `[package.metadata.pgdbm]` names.
    pub(crate) fn of_manifest(name: &str) -> Self {
        DirectoryName {
            name: name.to_owned(),
            span: Span::call_site(),
            of_manifest: true,
        }
    }

    /// `migrations`, which needs no name.
    pub(crate) fn customary() -> Self {
        DirectoryName {
            name: "migrations".to_owned(),
            span: Span::call_site(),
            of_manifest: false,
        }
    }

    /// Whether the package has something of this name.
    pub(crate) fn exists(&self) -> bool {
        find_in_package(&self.name, self.span).is_ok()
    }

    pub(crate) fn span(&self) -> Span {
        self.span
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What is wrong with the name, if Cargo.toml has it; `message` says why nothing was found.
    pub(crate) fn misnamed(&self, message: &str) -> Option<String> {
        self.of_manifest
            .then(|| format!("`[package.metadata.pgdbm]` in Cargo.toml: {message}"))
    }

    pub(crate) fn find(&self) -> Result<PathBuf, String> {
        let name = &self.name;
        let found = find_in_package(name, self.span)?;
        if found.is_dir() {
            return Ok(found);
        }
        Err(format!(
            "`{name}` is no directory\nhelp: name the directory that holds the SQL files"
        ))
    }
}

/// One file that is built into the program.
#[derive(Clone, Debug)]
pub(crate) struct EmbeddedFile {
    pub(crate) name: String,
    /// Where the compiler finds it.
    pub(crate) path: String,
    pub(crate) checksum: String,
}

/// What a directory holds.
pub(crate) struct Directory {
    files: Arc<[EmbeddedFile]>,
    /// The texts in the order in which they run, without those that take something back.
    pub(crate) sources: Vec<Source>,
    /// The name of the versioned migration that runs last; empty without one.
    pub(crate) newest: String,
    pub(crate) mistakes: Vec<String>,
}

/// One file as it was read.
struct SourceFile {
    name: String,
    path: String,
    content: Vec<u8>,
}

/// Reads and validates the files; mistakes are reported, each with the place in its file.
///
/// What was found is kept for as long as the files stay what they are: hundreds of tests ask for the same ones.
pub(crate) fn embed(directory: &DirectoryName, report: &mut Report) -> Arc<[EmbeddedFile]> {
    let found = match directory.find() {
        Ok(found) => found,
        Err(message) => {
            match directory.misnamed(&message) {
                Some(mistake) => report.once(directory.span, &mistake),
                None => report.add(syn::Error::new(directory.span, message)),
            }
            return Vec::new().into();
        }
    };
    let name = &directory.name;
    let read = read_directory(&found, name);
    for mistake in &read.mistakes {
        report.once(directory.span, mistake);
    }
    Arc::clone(&read.files)
}

/// Reads a directory, or takes what was read before.
pub(crate) fn read_directory(found: &Path, name: &str) -> Arc<Directory> {
    static DIRECTORIES: FileCache<String, Directory> = FileCache::new();
    DIRECTORIES.get(found, &name.to_owned(), stamp(found), || {
        Directory::read(found, name)
    })
}

/// Of the directory itself as well, so that a file which cannot be listed does not hide one that was added.
pub(crate) fn stamp(directory: &Path) -> Stamp {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.push(directory.to_path_buf());
    paths.sort();
    Stamp::of(paths.iter().map(PathBuf::as_path))
}

impl Directory {
    /// Where the files lie.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.path.as_str())
    }

    fn read(found: &Path, name: &str) -> Self {
        let mut mistakes = Vec::new();
        let mut files = Vec::new();
        for file in read(found, name) {
            match file {
                Ok(file) => files.push(file),
                Err(message) => mistakes.push(message),
            }
        }
        let (set, problems) =
            MigrationSet::new(files.iter().map(|file| (&file.name, &file.content)));
        if set.is_empty() && problems.is_empty() && mistakes.is_empty() {
            mistakes.push(format!(
                "there is no migration in `{name}`\nhelp: put a file such as `001_init.sql` there, or name another directory"
            ));
        }
        // Stable Rust gives macros no warnings: only what cannot work is reported.
        for (file, diagnostic) in problems
            .iter()
            .filter(|(_, diagnostic)| diagnostic.is_error())
        {
            let content = files
                .iter()
                .find(|source| source.name == *file)
                .map_or(&[][..], |source| &source.content);
            mistakes.push(explain_in_file(
                diagnostic,
                content,
                &format!("{name}/{file}"),
            ));
        }
        let runs = set.versioned().iter().chain(set.repeatable());
        let sources = runs
            .filter_map(|migration| source(migration, &files))
            .collect();
        let newest = set.versioned().last();
        let newest = newest.map_or_else(String::new, |last| last.file_name.clone());
        let files = in_order(&set).filter_map(|migration| embedded(migration, &files));
        Directory {
            files: files.collect(),
            sources,
            newest,
            mistakes,
        }
    }
}

/// The versioned migrations, each followed by what takes it back, and then the repeatable ones.
fn in_order(set: &MigrationSet) -> impl Iterator<Item = &Migration> {
    let versioned = set.versioned().iter().flat_map(|migration| {
        let undo = migration
            .name
            .version
            .as_ref()
            .and_then(|version| set.undo(version));
        [Some(migration), undo].into_iter().flatten()
    });
    versioned.chain(set.repeatable())
}

fn source(migration: &Migration, files: &[SourceFile]) -> Option<Source> {
    let file = files.iter().find(|file| file.name == migration.file_name)?;
    let text = MigrationText::decode(&file.content).ok()?;
    Some(Source::new(file.name.as_str(), text.sql))
}

fn embedded(migration: &Migration, files: &[SourceFile]) -> Option<EmbeddedFile> {
    let source = files.iter().find(|file| file.name == migration.file_name)?;
    Some(EmbeddedFile {
        name: migration.file_name.clone(),
        path: source.path.clone(),
        checksum: migration.checksum.clone(),
    })
}

/// The `.sql` files by name: the same order on every machine. Each that cannot be read gives its own message.
fn read(directory: &Path, shown: &str) -> Vec<Result<SourceFile, String>> {
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) => {
            return vec![Err(format!(
                "`{shown}` cannot be read: {error}\nhelp: check its permissions"
            ))];
        }
    };
    let mut files = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => files.extend(read_file(&entry.path(), shown)),
            Err(error) => files.push(Err(format!(
                "`{shown}` cannot be read: {error}\nhelp: check its permissions"
            ))),
        }
    }
    files.sort_by(|left, right| sort_key(left).cmp(sort_key(right)));
    files
}

fn sort_key(file: &Result<SourceFile, String>) -> &str {
    match file {
        Ok(file) => &file.name,
        Err(message) => message,
    }
}

fn read_file(path: &Path, directory: &str) -> Option<Result<SourceFile, String>> {
    let is_sql = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("sql"));
    if !is_sql || path.is_dir() {
        return None;
    }
    let shown = path.file_name().unwrap_or_default().to_string_lossy();
    let (Some(name), Some(path_text)) = (
        path.file_name().and_then(|name| name.to_str()),
        path.to_str(),
    ) else {
        return Some(Err(format!(
            "the path of `{directory}/{shown}` is not UTF-8\nhelp: rename the file, or the directory it is in"
        )));
    };
    Some(match std::fs::read(path) {
        Ok(content) => Ok(SourceFile {
            name: name.to_owned(),
            path: path_text.to_owned(),
            content,
        }),
        Err(error) => Err(format!(
            "`{directory}/{shown}` cannot be read: {error}\nhelp: check its permissions"
        )),
    })
}
