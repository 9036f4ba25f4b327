//! From text to [`ast`]: the parser behind a private boundary.

pub(crate) mod ast;
