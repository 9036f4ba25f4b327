//! Migrations: the files of a package, applied to a schema in order, once, under a lock.

mod apply;
mod history;
mod lock;
mod manager;
mod plan;
mod source;
mod status;

pub use history::HistoryEntry;
pub use manager::{MigrationManager, MigrationReport};
pub use source::{EmbeddedFile, EmbeddedMigrations, MigrationFiles, Migrations};
pub use status::{AppliedMigration, MigrationState, MigrationStatus, PlannedMigration};
