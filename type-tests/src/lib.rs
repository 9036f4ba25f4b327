//! A package whose module of types is public, under lints as strict as they come: `cargo clippy` says whether one of the made
//! items raises one. The tests run its queries on a server.

#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    missing_copy_implementations,
    unreachable_pub,
    unused_qualifications,
    unused_results,
    nonstandard_style,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::panic,
    clippy::absolute_paths
)]

/// What the package wants for a column.
#[derive(Clone, Debug, PartialEq, Eq, pgdbm::Type, serde::Serialize, serde::Deserialize)]
#[pgdbm(transparent)]
pub struct Kind(pub String);

/// What the migrations make.
#[pgdbm::migrations]
pub mod schema {
    /// What is written here stands beside what is made, or instead of it: two labels would have one name, and the table none.
    #[derive(Clone, Copy, Debug)]
    pub struct Clash;
}
