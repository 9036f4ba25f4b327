//! What files and history say together about each migration.

use std::time::{Duration, SystemTime};

/// Where one migration stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationStatus {
    /// The file's name.
    pub name: String,
    /// What there is to say about it.
    pub state: MigrationState,
}

/// Where a migration stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MigrationState {
    /// It will be applied next time.
    Pending,
    /// It was applied.
    Applied {
        /// When.
        at: SystemTime,
        /// How long it took.
        took: Duration,
    },
    /// A file without a transaction stopped on its way; the next run goes on.
    Partial {
        /// How many statements took effect.
        statements_done: usize,
        /// Whether the next statement was sent and nobody learned how it ended.
        outcome_unknown: bool,
    },
    /// It was applied, and the file has changed since.
    Changed,
    /// It was applied, and there is no such file.
    Missing,
}

/// A migration that would be applied, with the SQL as the server would get it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedMigration {
    /// The file's name.
    pub name: String,
    /// Whether it runs in a transaction.
    pub transaction: bool,
    /// Its statements, with the placeholders replaced.
    pub statements: Vec<String>,
}

/// A migration that was applied just now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppliedMigration {
    /// The file's name.
    pub name: String,
    /// How long it took.
    pub took: Duration,
}
