//! What is to be applied, and what speaks against it: files and history side by side.

use pgdbm_template::{FileKind, FileName, Migration, MigrationSet, SchemaName, Version};

use super::apply;
use super::history::HistoryEntry;
use super::status::{MigrationState, PlannedMigration};
use crate::Error;

/// What the user allows.
pub(super) struct Policy<'p> {
    pub(super) schema: &'p str,
    pub(super) allow_out_of_order: bool,
    pub(super) ignore_missing: bool,
}

/// The pending files in order, after everything that speaks against applying them was looked for.
pub(super) fn pending<'s>(
    set: &'s MigrationSet,
    history: &[HistoryEntry],
    policy: &Policy<'_>,
) -> Result<Vec<&'s Migration>, Error> {
    let mut problems: Vec<String> = history
        .iter()
        .filter_map(|entry| problem(set, history, entry, policy))
        .collect();
    let is_pending = |migration: &&Migration| match state(entry_of(history, migration), migration) {
        MigrationState::Pending | MigrationState::Partial { .. } => true,
        MigrationState::Changed => is_repeatable(migration),
        _ => false,
    };
    let pending: Vec<&Migration> = set.iter().filter(is_pending).collect();
    if !policy.allow_out_of_order {
        problems.extend(out_of_order(history, &pending));
    }
    if problems.is_empty() {
        Ok(pending)
    } else {
        Err(Error::migrating(problems.join("\n")))
    }
}

/// Where a migration stands, with its row in the history.
pub(super) fn state(entry: Option<&HistoryEntry>, migration: &Migration) -> MigrationState {
    let Some(entry) = entry else {
        return MigrationState::Pending;
    };
    if let Some(partial) = entry.partial {
        return MigrationState::Partial {
            statements_done: partial.statements_done,
            outcome_unknown: partial.unknown,
        };
    }
    if entry.checksum != migration.checksum {
        return MigrationState::Changed;
    }
    match entry.applied_at {
        Some(at) => MigrationState::Applied {
            at,
            took: entry.duration,
        },
        None => MigrationState::Pending,
    }
}

/// A pending migration with the statements that are still to be run.
pub(super) fn planned(
    migration: &Migration,
    history: &[HistoryEntry],
    schema: &SchemaName,
) -> PlannedMigration {
    let done = entry_of(history, migration).map_or(0, |entry| apply::done_before(migration, entry));
    PlannedMigration {
        name: migration.file_name.clone(),
        transaction: !migration.directives.no_transaction,
        statements: apply::statements(migration, schema)
            .into_iter()
            .skip(done)
            .map(|statement| statement.sql)
            .collect(),
    }
}

fn entry_of<'h>(history: &'h [HistoryEntry], migration: &Migration) -> Option<&'h HistoryEntry> {
    history
        .iter()
        .find(|entry| entry.name == migration.file_name)
}

/// A file that runs again whenever it changes.
fn is_repeatable(migration: &Migration) -> bool {
    migration.name.kind == FileKind::Repeatable
}

/// What is wrong with one row of the history.
fn problem(
    set: &MigrationSet,
    history: &[HistoryEntry],
    entry: &HistoryEntry,
    policy: &Policy<'_>,
) -> Option<String> {
    let (name, schema) = (&entry.name, policy.schema);
    let Some(migration) = set.iter().find(|migration| migration.file_name == *name) else {
        let version = version(name);
        let same_version = |migration: &&Migration| {
            version.is_some()
                && migration.name.version == version
                && entry_of(history, migration).is_none()
        };
        return match set.iter().find(same_version) {
            Some(renamed) => Some(format!(
                "{name} was applied to schema \"{schema}\", and the file of that version is now {}\n  help: give it its old name back, or a new version if it is another migration",
                renamed.file_name
            )),
            None if policy.ignore_missing => None,
            None => Some(format!(
                "{name} was applied to schema \"{schema}\", and there is no such file\n  help: bring the file back, or use `ignore_missing` when a newer program has been here"
            )),
        };
    };
    if let Some(partial) = entry.partial {
        if partial.unknown {
            return Some(format!(
                "{name} has no transaction, and whether its statement {} took effect is unknown: the last run ended, or it failed, while it ran\n  help: look at the schema, then say so with `resolve_unknown(\"{name}\", true)` or `false`, and apply again",
                partial.statements_done + 1
            ));
        }
        if partial.statements_done > 0 && !migration.directives.no_transaction {
            return Some(format!(
                "{name} is applied in part, without a transaction\n  help: put the line `-- pgdbm:no-transaction` back, so that it can go on where it stopped"
            ));
        }
    }
    let is_unchanged = match entry.partial {
        Some(partial) => apply::done_checksum(migration, partial) == entry.checksum,
        None => migration.checksum == entry.checksum,
    };
    if is_unchanged || is_repeatable(migration) {
        return None;
    }
    Some(format!(
        "{name} was changed after it was applied to schema \"{schema}\"\n  help: undo the change, and write a new migration for what is to be different; or drop the schema, if its data may go"
    ))
}

/// The version that a file's name says, if it is that of a migration which runs once.
fn version(name: &str) -> Option<Version> {
    let name = FileName::parse(name).ok()?;
    (name.kind == FileKind::Versioned).then_some(name.version)?
}

/// Pending versions below the highest one that was applied, with a file or without.
fn out_of_order(history: &[HistoryEntry], pending: &[&Migration]) -> Vec<String> {
    let applied = history.iter().filter(|entry| entry.partial.is_none());
    let versions = applied.filter_map(|entry| Some((version(&entry.name)?, &entry.name)));
    let Some((highest, highest_name)) = versions.max_by(|one, other| one.0.cmp(&other.0)) else {
        return Vec::new();
    };
    pending
        .iter()
        .filter(|migration| {
            let version = migration.name.version.as_ref();
            !is_repeatable(migration) && version.is_some_and(|version| *version < highest)
        })
        .map(|migration| {
            format!(
                "{} is pending, and the later {highest_name} was applied already\n  help: give it a higher version, or use `allow_out_of_order`",
                migration.file_name
            )
        })
        .collect()
}
