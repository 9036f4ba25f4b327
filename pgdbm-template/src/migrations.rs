//! Migration files: names, versions, text, directives, checksums, and sets of them.

mod bare_name;
pub(crate) mod checksum;
mod content_check;
pub(crate) mod directives;
pub(crate) mod file_name;
pub(crate) mod set;
pub(crate) mod text;
pub(crate) mod version;
