//! Placeholder SQL templates for pgdbm: lexer, placeholders, parameters, statement splitting, migration files.
//!
//! Text in, values out: this crate reads no file, opens no connection, and fails on no input. What is wrong with a text
//! is in the value that comes back, as [`Diagnostic`]s. The macros use it at compile time, the runtime for dynamic SQL,
//! the command line for files, so that all three agree on every text.
//!
//! - [`lex`] splits SQL into [`Token`]s by the rules of PostgreSQL's own scanner.
//! - [`Template`] finds placeholders (`{{tables.users}}`), parameters (`$1`, `$name`), statements and what they do, and
//!   renders the SQL for a [`SchemaName`] with a two-way [`OffsetMap`].
//! - [`OptionalParts`] finds the parts of a query that come and go with its arguments.
//! - [`MigrationSet`] orders and checks migration files; [`checksum`] is blind to line endings.
//! - [`Diagnostic`] is the one type for mistakes, its [`Code`]s the one table of them.

mod code;
mod diagnostic;
mod effects;
mod identifier;
mod lexer;
mod migrations;
mod nearest;
mod offset_map;
mod optional;
mod parameters;
mod placeholder;
mod schema_name;
mod segment;
mod snippet;
mod statement;
mod template;
mod token;

pub use code::Code;
pub use diagnostic::{Diagnostic, Fix, Label, Severity};
pub use effects::Effects;
pub use identifier::{MAX_IDENTIFIER_BYTES, quote_identifier};
pub use lexer::{Lexer, lex};
pub use migrations::checksum::checksum;
pub use migrations::directives::{Directives, directives};
pub use migrations::file_name::{FileKind, FileName, FileNameError};
pub use migrations::set::{Migration, MigrationSet};
pub use migrations::text::{InvalidUtf8, MigrationText};
pub use migrations::version::{Version, VersionError};
pub use nearest::nearest;
pub use offset_map::OffsetMap;
pub use optional::{MAX_TOGGLES, OptionalParts, Toggle};
pub use parameters::{
    MAX_PARAMETERS, NamedParameter, ParameterGap, Parameters, PositionalParameter, Span,
};
pub use placeholder::{Placeholder, PlaceholderKind};
pub use schema_name::{SchemaName, SchemaNameError};
pub use segment::{Rendered, Segment, SegmentKind, render, render_into};
pub use snippet::{LineColumn, line_column, snippet};
pub use statement::Statement;
pub use template::{PlaceholderContext, PlaceholderUse, Template};
pub use token::{PlaceholderForm, Token, TokenKind};
