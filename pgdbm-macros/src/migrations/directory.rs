//! The files of a directory of migrations: read, validated, and made ready to be built into the program.

use std::path::Path;

use pgdbm_template::{Migration, MigrationSet};

use crate::explanation::explain_in_file;
use crate::migrations::attribute::MigrationsAttribute;
use crate::package::find_in_package;
use crate::report::Report;

/// One file that is built into the program.
pub(crate) struct EmbeddedFile {
    pub(crate) name: String,
    /// Where the compiler finds it.
    pub(crate) path: String,
    pub(crate) checksum: String,
}

/// One file as it was read.
struct SourceFile {
    name: String,
    path: String,
    content: Vec<u8>,
}

/// Reads and validates the files; mistakes are reported, each with the place in its file.
pub(crate) fn embed(attribute: &MigrationsAttribute, report: &mut Report) -> Vec<EmbeddedFile> {
    let directory = attribute.directory();
    let mut refuse = |message: String| report.add(syn::Error::new(attribute.span(), message));
    let found = match find_in_package(&directory, attribute.span()) {
        Ok(found) if found.is_dir() => found,
        Ok(_) => {
            refuse(format!(
                "`{directory}` is no directory\nhelp: name the directory that holds the SQL files"
            ));
            return Vec::new();
        }
        Err(message) => {
            refuse(message);
            return Vec::new();
        }
    };
    let mut files = Vec::new();
    let mut all_were_read = true;
    for file in read(&found, &directory) {
        match file {
            Ok(file) => files.push(file),
            Err(message) => {
                all_were_read = false;
                refuse(message);
            }
        }
    }
    let (set, problems) = MigrationSet::new(files.iter().map(|file| (&file.name, &file.content)));
    if set.is_empty() && problems.is_empty() && all_were_read {
        refuse(format!(
            "there is no migration in `{directory}`\nhelp: put a file such as `001_init.sql` there, or name another directory"
        ));
    }
    // Stable Rust gives macros no warnings: only what cannot work is reported.
    for (name, diagnostic) in problems
        .iter()
        .filter(|(_, diagnostic)| diagnostic.is_error())
    {
        let content = files
            .iter()
            .find(|file| file.name == *name)
            .map_or(&[][..], |file| &file.content);
        refuse(explain_in_file(
            diagnostic,
            content,
            &format!("{directory}/{name}"),
        ));
    }
    in_order(&set)
        .filter_map(|migration| embedded(migration, &files))
        .collect()
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
