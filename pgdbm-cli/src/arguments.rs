//! What may stand on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Check SQL migrations, apply them to schemas, show where they stand.
#[derive(Parser)]
#[command(name = "pgdbm", version, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Apply pending migrations to one schema or several, in order.
    Migrate {
        #[command(flatten)]
        target: Target,
        /// Show the SQL of what is pending, and do nothing.
        #[arg(long)]
        dry_run: bool,
        /// Allow a pending version below one that was applied.
        #[arg(long)]
        allow_out_of_order: bool,
        /// Allow applied migrations without a file.
        #[arg(long)]
        ignore_missing: bool,
    },
    /// Show each migration and whether it was applied.
    Status {
        #[command(flatten)]
        target: Target,
    },
    /// Check the files as the compiler does: names, order, placeholders, and what the server would refuse of the statements. Needs no
    /// server.
    Check(Check),
    /// Say what queries take and give: types, names, mistakes. Needs no server.
    ///
    /// Reads lines `{"id": …, "sql": "…"}` and writes one line for each:
    /// `{"id": …, "params": […], "columns": […], "diagnostics": […]}`.
    Describe(Describe),
}

#[derive(Args)]
pub(crate) struct Describe {
    /// A directory of migrations, named as pgdbm, sqlx, refinery, Flyway, diesel and others name them.
    #[arg(long, short = 'd', visible_alias = "directory", value_name = "DIR")]
    pub(crate) migrations: Option<PathBuf>,
    /// A file of definitions, such as `pg_dump --schema-only` writes.
    #[arg(long, value_name = "FILE")]
    pub(crate) schema_file: Option<PathBuf>,
    /// The major version of PostgreSQL whose rules count; without it 15, or that of the server.
    #[arg(long, value_name = "MAJOR", value_parser = clap::value_parser!(u16).range(14..=18))]
    pub(crate) pg: Option<u16>,
    /// The schema that placeholders and plain names stand for.
    #[arg(long, value_name = "NAME", default_value = "public")]
    pub(crate) schema: String,
    /// Ask this server instead. Queries are prepared, not run. With migrations or a file of definitions they are run first, in a
    /// database that is made for that and dropped at the end.
    #[arg(long, value_name = "URL")]
    pub(crate) live: Option<String>,
    /// Print only where the server says something else: that of `--live`, or one whose answers are in FILE. Fails if a type is
    /// wrong or something valid is refused.
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    pub(crate) compare: Option<Option<PathBuf>>,
}

#[derive(Args)]
pub(crate) struct Files {
    /// The directory of the migration files.
    #[arg(
        long,
        short = 'd',
        visible_alias = "directory",
        default_value = "migrations",
        value_name = "DIR"
    )]
    pub(crate) migrations: PathBuf,
}

#[derive(Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) files: Files,
    /// The major version of PostgreSQL whose rules count: `postgres` in Cargo.toml.
    #[arg(long, value_name = "MAJOR", default_value = "15", value_parser = clap::value_parser!(u16).range(14..=18))]
    pub(crate) pg: u16,
    /// The schema that placeholders stand for. `public` is for packages whose migrations name everything without placeholders.
    #[arg(long, short, value_name = "NAME", default_value = "app")]
    pub(crate) schema: String,
}

#[derive(Args)]
pub(crate) struct Target {
    #[command(flatten)]
    pub(crate) files: Files,
    /// The schema; may be given several times.
    #[arg(long, short, required = true, value_name = "NAME")]
    pub(crate) schema: Vec<String>,
    /// The module under which the history keeps the files: the name of the package that embeds them.
    #[arg(long, short, value_name = "NAME")]
    pub(crate) module: String,
    /// The server. Without it DATABASE_URL is used, or DB_HOST, DB_USER, … or PGHOST, PGUSER, …
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
}
