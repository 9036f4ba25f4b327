//! Places in the files of a package, as a user reads and clicks them: `src/main.rs:12:30`.

use std::fmt;
use std::path::Path;

use proc_macro2::Span;

use crate::literal::TokenPlace;
use crate::package::{local_file, package_of};

/// A line and a column of a file, both counted from 1; columns count characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Relative to the package, with `/` between its parts.
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Place {
    /// The place within a token, if the compiler knows where the token itself is.
    ///
    /// A token made by another macro carries the span of something else; it is told apart by its text.
    pub(crate) fn within(span: Span, token: &str, place: TokenPlace) -> Option<Self> {
        let file = local_file(span)?;
        let span = span.unwrap();
        if span.source_text()? != token {
            return None;
        }
        let before = if place.lines_below == 0 {
            span.column()
        } else {
            1
        };
        Some(Place {
            file: relative_to_package(&file)?,
            line: span.line() + place.lines_below,
            column: before + place.characters_before,
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

fn relative_to_package(file: &Path) -> Option<String> {
    let absolute = std::path::absolute(file).ok()?;
    let relative = absolute.strip_prefix(package_of(&absolute)?).ok()?;
    Some(
        relative
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect::<Vec<_>>()
            .join("/"),
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::relative_to_package;

    #[test]
    fn a_file_is_named_from_its_package_on() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/place.rs");
        assert_eq!(relative_to_package(&file).as_deref(), Some("src/place.rs"));
    }
}
