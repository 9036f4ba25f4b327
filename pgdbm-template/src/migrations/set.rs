//! Sets of migrations.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::checksum::checksum;
use super::content_check::{check, other_file};
use super::directives::{Directives, directives};
use super::file_name::{FileKind, FileName};
use super::text::MigrationText;
use super::version::Version;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, excerpt};

/// The migrations of a directory, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MigrationSet {
    versioned: Vec<Migration>,
    repeatable: Vec<Migration>,
    undo: Vec<Migration>,
}

/// One migration file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Migration {
    /// The name of the file.
    pub file_name: String,
    /// What the name says.
    pub name: FileName,
    /// The text, without a byte order mark.
    pub sql: String,
    /// The [`checksum`] of the content.
    pub checksum: String,
    /// What its directives say.
    pub directives: Directives,
}

impl MigrationSet {
    /// Reads a directory's files, given as name and content in any order.
    ///
    /// Gives the set and all that is wrong, each with the file concerned. Files whose name or text cannot be read are
    /// not in the set, nor are further ones of a version that it has; all others are, so that a caller which stops at
    /// errors may still show them. Files that do not end in `.sql` are no migrations and are passed over.
    ///
    /// ```
    /// use pgdbm_template::MigrationSet;
    ///
    /// let files = [
    ///     ("010_orders.sql", "CREATE TABLE {{tables.orders}} (id int)"),
    ///     ("002_users.sql", "CREATE TABLE {{tables.users}} (id int)"),
    /// ];
    /// let (set, diagnostics) = MigrationSet::new(files);
    /// assert!(diagnostics.is_empty());
    /// assert_eq!(set.versioned()[0].file_name, "002_users.sql");
    /// ```
    pub fn new<N, C>(files: impl IntoIterator<Item = (N, C)>) -> (Self, Vec<(String, Diagnostic)>)
    where
        N: AsRef<str>,
        C: AsRef<[u8]>,
    {
        let mut diagnostics = Vec::new();
        let mut migrations: Vec<Migration> = Vec::new();
        for (name, content) in files {
            migrations.extend(read(name.as_ref(), content.as_ref(), &mut diagnostics));
        }
        // By name, so that the result does not depend on the order in which a directory is listed.
        migrations.sort_by(|left, right| left.file_name.cmp(&right.file_name));
        let set = Self::sort(migrations, &mut diagnostics);
        diagnostics.sort_by(|left, right| left.0.cmp(&right.0));
        (set, diagnostics)
    }

    /// The versioned migrations, lowest version first.
    #[must_use]
    pub fn versioned(&self) -> &[Migration] {
        &self.versioned
    }

    /// The repeatable migrations, by description; they run after the versioned ones.
    #[must_use]
    pub fn repeatable(&self) -> &[Migration] {
        &self.repeatable
    }

    /// The migration that takes back the one of this version.
    #[must_use]
    pub fn undo(&self, version: &Version) -> Option<&Migration> {
        let is_undo = |undo: &&Migration| undo.name.version.as_ref() == Some(version);
        self.undo.iter().find(is_undo)
    }

    /// The versioned migrations and then the repeatable ones: the order in which they run.
    pub fn iter(&self) -> impl Iterator<Item = &Migration> {
        self.versioned.iter().chain(&self.repeatable)
    }

    /// Whether there is no migration.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.versioned.is_empty() && self.repeatable.is_empty()
    }

    fn sort(migrations: Vec<Migration>, diagnostics: &mut Vec<(String, Diagnostic)>) -> Self {
        let mut versioned: BTreeMap<Version, Migration> = BTreeMap::new();
        let mut undo: BTreeMap<Version, Migration> = BTreeMap::new();
        let mut repeatable: BTreeMap<String, Migration> = BTreeMap::new();
        for migration in migrations {
            let duplicate = match (&migration.name.kind, migration.name.version.clone()) {
                (FileKind::Versioned, Some(version)) => keep(&mut versioned, version, migration),
                (FileKind::Undo, Some(version)) => keep(&mut undo, version, migration),
                _ => keep(
                    &mut repeatable,
                    migration.name.description.clone(),
                    migration,
                ),
            };
            diagnostics.extend(duplicate);
        }
        for (version, migration) in &undo {
            if !versioned.contains_key(version) {
                diagnostics.push((migration.file_name.clone(), undo_without_migration(version)));
            }
        }
        Self {
            versioned: versioned.into_values().collect(),
            repeatable: repeatable.into_values().collect(),
            undo: undo.into_values().collect(),
        }
    }
}

/// Keeps the first migration of each key; says of every further one that it is a duplicate.
fn keep<K: Ord>(
    kept: &mut BTreeMap<K, Migration>,
    key: K,
    migration: Migration,
) -> Option<(String, Diagnostic)> {
    match kept.entry(key) {
        Entry::Vacant(place) => {
            place.insert(migration);
            None
        }
        Entry::Occupied(first) => {
            let diagnostic = duplicate(&migration, first.get());
            Some((migration.file_name, diagnostic))
        }
    }
}

fn read(
    name: &str,
    content: &[u8],
    diagnostics: &mut Vec<(String, Diagnostic)>,
) -> Option<Migration> {
    let parsed = match FileName::parse(name) {
        Ok(parsed) => parsed,
        Err(error) if error.is_not_sql() => return None,
        Err(error) => {
            let diagnostic =
                Diagnostic::error(Code::UnrecognizedFileName, error.to_string(), 0, 0, "")
                    .with_help(error.help());
            diagnostics.push((name.to_owned(), diagnostic));
            return None;
        }
    };
    let sql = match MigrationText::decode(content) {
        Ok(text) => text.sql,
        Err(error) => {
            diagnostics.push((name.to_owned(), error.diagnostic()));
            return None;
        }
    };
    let directives = directives(sql);
    // What takes a migration back may have nothing to do.
    let may_be_empty = parsed.kind == FileKind::Undo;
    let found = check(sql, &directives)
        .into_iter()
        .filter(|diagnostic| !(may_be_empty && diagnostic.code == Code::EmptyMigration));
    diagnostics.extend(
        found
            .into_iter()
            .map(|diagnostic| (name.to_owned(), diagnostic)),
    );
    Some(Migration {
        file_name: name.to_owned(),
        name: parsed,
        sql: sql.to_owned(),
        checksum: checksum(content),
        directives,
    })
}

fn duplicate(migration: &Migration, first: &Migration) -> Diagnostic {
    let (message, help) = match &migration.name.version {
        Some(version) => (
            format!(
                "the version {} is taken by `{}`",
                excerpt(version.as_str()),
                excerpt(&first.file_name)
            ),
            "give the newer of the two files the next free version",
        ),
        None => (
            format!(
                "the repeatable migration `{}` is there already",
                excerpt(&migration.name.description)
            ),
            "rename one of the two files",
        ),
    };
    Diagnostic::error(Code::DuplicateVersion, message, 0, 0, "")
        .with_label(other_file(&first.file_name, "the first one"))
        .with_help(help)
}

fn undo_without_migration(version: &Version) -> Diagnostic {
    let shown = excerpt(version.as_str());
    let message = format!("the file takes back version {shown}, and no file makes it");
    Diagnostic::error(Code::UndoWithoutMigration, message, 0, 0, "").with_help(format!(
        "add the migration of version {shown}, or remove this file"
    ))
}
