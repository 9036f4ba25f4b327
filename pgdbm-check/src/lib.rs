//! Checks SQL against migrations by PostgreSQL's own rules, with no server: names, types, parameters, nullability.
//!
//! A [`Checker`] is made from the texts of migrations (or of a schema dump), which it replays into a catalog. It then says of
//! a query what a server with these migrations would say: the types of its parameters, the names and types of its columns, or
//! what is wrong and where. What it cannot know it says so, as a warning with the code `cannot-check`.
//!
//! ```
//! use pgdbm_check::{Checker, Options, Source};
//!
//! let migrations = [Source::new(
//!     "0001_users.sql",
//!     "CREATE TABLE {{tables.users}} (id bigint PRIMARY KEY, email text)",
//! )];
//! let checker = Checker::new(&migrations, &Options::default());
//! let description = checker.describe("SELECT id, email FROM {{tables.users}} WHERE id = $1");
//! assert_eq!(description.parameters[0].type_name.as_deref(), Some("bigint"));
//! let columns = description.columns.unwrap();
//! assert_eq!(columns[1].name, "email");
//! assert_eq!(columns[1].type_name.as_deref(), Some("text"));
//! ```

mod analyze;
mod catalog;
mod depth;
mod describe;
mod failure;
mod hash;
mod inventory;
mod nullability;
mod replay;
mod source;
mod sql_type;
mod syntax;
mod tree;
mod view_cycle;

pub use describe::{Checker, Column, ColumnOrigin, Description, Parameter};
pub use inventory::{MadeAttribute, MadeKind, MadeType};
pub use pgdbm_template::{Diagnostic, Severity};
pub use source::{Options, Source, SourceFinding};
pub use sql_type::{Home, SqlType, SqlTypeKind};
#[cfg(feature = "oracle")]
#[doc(hidden)]
pub use syntax::oracle::grouped;
