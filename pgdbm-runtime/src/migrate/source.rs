//! Where migration files come from: embedded in the program, or a directory that is read when the program runs.

use std::path::Path;

use pgdbm_template::{Diagnostic, FileName, MigrationSet, MigrationText, line_column, snippet};

use super::manager::MigrationManager;
use crate::{DatabaseManager, Error};

/// A struct that carries the migrations of a package. `#[pgdbm::migrations]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` carries no migrations",
    label = "expected a struct with `#[pgdbm::migrations]`",
    note = "write `#[pgdbm::migrations(\"migrations\")] struct Migrations;` and pass `Migrations`"
)]
pub trait Migrations {
    /// The files, validated while compiling.
    const MIGRATIONS: EmbeddedMigrations;
}

/// The migration files of one module, inside the program.
#[derive(Clone, Copy, Debug)]
pub struct EmbeddedMigrations {
    /// The module under which the history keeps them: by default the package's name.
    pub module: &'static str,
    /// The files, sorted by version.
    pub files: &'static [EmbeddedFile],
}

/// One migration file, inside the program.
#[derive(Clone, Copy, Debug)]
pub struct EmbeddedFile {
    /// The file's name, such as `001_users.sql`.
    pub name: &'static str,
    /// What stands in it.
    pub content: &'static str,
    /// SHA-256 of the content, blind to line endings.
    pub checksum: &'static str,
}

/// The migration files of a directory, read when the program runs and found to be in order.
///
/// For programs that get their migrations beside them instead of inside; `#[pgdbm::migrations]` embeds them.
#[derive(Clone, Debug)]
pub struct MigrationFiles {
    /// Name and content of each.
    files: Vec<(String, String)>,
}

impl MigrationFiles {
    /// Reads the `.sql` files of a directory and validates them.
    ///
    /// # Errors
    /// When the directory or a file cannot be read, or the files break a rule: all mistakes at once, each with its file,
    /// line and column.
    pub fn read(directory: impl AsRef<Path>) -> Result<Self, Error> {
        let files = read_directory(directory.as_ref())?;
        if validated(&files)?.is_empty() {
            return Err(Error::migrating(format!(
                "there is no migration in `{}`\n  help: put a file such as `001_init.sql` there, or name another directory",
                directory.as_ref().display()
            )));
        }
        Ok(MigrationFiles { files })
    }

    /// The names of the files, sorted by name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(name, _)| name.as_str())
    }

    /// These migrations for a manager's schema, kept in its history under the name of a module.
    pub fn manager(&self, db: &DatabaseManager, module: &str) -> MigrationManager {
        MigrationManager::with_files(db, module, self.files.clone())
    }
}

fn read_directory(directory: &Path) -> Result<Vec<(String, String)>, Error> {
    let at = |path: &Path, reason: &dyn std::fmt::Display| {
        Error::migrating(format!("cannot read `{}`: {reason}", path.display()))
    };
    let entries = std::fs::read_dir(directory).map_err(|error| at(directory, &error))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| at(directory, &error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if FileName::parse(&name).is_err_and(|error| error.is_not_sql()) || !path.is_file() {
            continue;
        }
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            return Err(at(&path, &"its name is not UTF-8"));
        };
        let bytes = std::fs::read(&path).map_err(|error| at(&path, &error))?;
        let text = MigrationText::decode(&bytes).map_err(|error| at(&path, &error))?;
        files.push((name.to_owned(), text.sql.to_owned()));
    }
    files.sort();
    Ok(files)
}

/// Validates files as the macro does, and reports everything that is wrong at once.
pub(super) fn validated(files: &[(String, String)]) -> Result<MigrationSet, Error> {
    let (set, problems) = MigrationSet::new(
        files
            .iter()
            .map(|(name, content)| (name.as_str(), content.as_str())),
    );
    let problems: Vec<String> = problems
        .iter()
        .filter(|(_, diagnostic)| diagnostic.is_error())
        .map(|(name, diagnostic)| {
            let content = files
                .iter()
                .find(|(file, _)| file == name)
                .map_or("", |(_, content)| content.as_str());
            described(name, content, diagnostic)
        })
        .collect();
    if problems.is_empty() {
        Ok(set)
    } else {
        Err(Error::migrating(problems.join("\n")))
    }
}

fn described(name: &str, content: &str, diagnostic: &Diagnostic) -> String {
    let mut text = format!("{name}: {}", diagnostic.message);
    if !content.is_empty() {
        let place = line_column(content, diagnostic.primary.start);
        text.push_str(&format!(" (line {}, column {})", place.line, place.column));
        for line in snippet(content, diagnostic.primary.start, diagnostic.primary.end).lines() {
            text.push_str(&format!("\n    {}", line.trim_end()));
        }
    }
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("\n  help: {help}"));
    }
    text
}
