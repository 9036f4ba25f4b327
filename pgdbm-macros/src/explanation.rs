//! The text of a mistake in SQL: what is wrong, where, the line of SQL with carets, and what to do.

use std::borrow::Cow;
use std::fmt::Write as _;

use pgdbm_template::{Diagnostic, Label, MigrationText, line_column, snippet};

use crate::place::Place;

/// Explains a mistake; `place_of` gives the place at which a byte of the SQL was written, if that is known.
///
/// It is not known in rust-analyzer, which gives no positions, and for a literal that another macro made: then
/// the place within the SQL is given.
pub(crate) fn explain(
    diagnostic: &Diagnostic,
    sql: &str,
    place_of: impl Fn(usize) -> Option<Place>,
) -> String {
    let mut text = format!("{} [{}]\n", diagnostic.message, diagnostic.code);
    let line_of = |label: &Label| match place_of(label.start) {
        Some(place) => place.line,
        None => line_column(sql, label.start).line,
    };
    let own_labels = || {
        diagnostic
            .secondary
            .iter()
            .filter(|label| label.file.is_none())
    };
    let last_line = own_labels()
        .chain([&diagnostic.primary])
        .map(line_of)
        .max()
        .unwrap_or(1);
    let margin = Margin {
        width: last_line.to_string().len(),
    };
    margin.push_label(&mut text, "-->", &diagnostic.primary, sql, &place_of);
    for label in &diagnostic.secondary {
        match &label.file {
            // The text of the other file is not at hand; its name and the words are what can be said.
            Some(file) => margin.push(&mut text, &format!("::: {file}: {}", label.text)),
            None => margin.push_label(&mut text, ":::", label, sql, &place_of),
        }
    }
    if let Some(help) = &diagnostic.help {
        margin.push(&mut text, &format!(" = help: {help}"));
    }
    text.truncate(text.trim_end().len());
    text
}

/// Explains a mistake in a file of SQL, whose name the user reads relative to the package.
pub(crate) fn explain_in_file(diagnostic: &Diagnostic, content: &[u8], file: &str) -> String {
    let primary = &diagnostic.primary;
    if (primary.start, primary.end) == (0, 0) {
        // It is the file itself, by its name or its presence, that is wrong, not what stands in it.
        return explain_file(diagnostic, file);
    }
    let text = match MigrationText::decode(content) {
        Ok(text) => Cow::Borrowed(text.sql),
        // Up to the first byte that is wrong, which is what the mistake is about, nothing is replaced.
        Err(_) => String::from_utf8_lossy(content),
    };
    explain(diagnostic, &text, |byte| {
        let place = line_column(&text, byte);
        Some(Place {
            file: file.to_owned(),
            line: place.line,
            column: place.column,
        })
    })
}

/// Explains a mistake in a file that is not SQL; such a mistake has no code.
pub(crate) fn explain_in_text(
    message: &str,
    help: &str,
    content: &str,
    file: &str,
    label: &Label,
) -> String {
    let place_of = |byte| {
        let place = line_column(content, byte);
        Some(Place {
            file: file.to_owned(),
            line: place.line,
            column: place.column,
        })
    };
    let line = line_column(content, label.start).line;
    let margin = Margin {
        width: line.to_string().len(),
    };
    let mut text = format!("{message}\n");
    margin.push_label(&mut text, "-->", label, content, place_of);
    margin.push(&mut text, &format!(" = help: {help}"));
    text.truncate(text.trim_end().len());
    text
}

fn explain_file(diagnostic: &Diagnostic, file: &str) -> String {
    let mut text = format!("{} [{}]\n  --> {file}", diagnostic.message, diagnostic.code);
    for label in &diagnostic.secondary {
        let other = label.file.as_deref().unwrap_or(file);
        // Writing into a string cannot fail.
        let _ = write!(text, "\n  ::: {other}: {}", label.text);
    }
    if let Some(help) = &diagnostic.help {
        let _ = write!(text, "\n   = help: {help}");
    }
    text
}

/// The column of line numbers, as wide as the longest one.
struct Margin {
    width: usize,
}

impl Margin {
    fn push(&self, text: &mut String, line: &str) {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "{:width$}{line}", "", width = self.width);
    }

    fn push_label(
        &self,
        text: &mut String,
        arrow: &str,
        label: &Label,
        sql: &str,
        place_of: impl Fn(usize) -> Option<Place>,
    ) {
        let line = match place_of(label.start) {
            Some(place) => {
                self.push(text, &format!("{arrow} {place}"));
                place.line
            }
            None => {
                let place = line_column(sql, label.start);
                self.push(
                    text,
                    &format!(
                        "{arrow} line {}, column {} of the SQL",
                        place.line, place.column
                    ),
                );
                place.line
            }
        };
        let shown = snippet(sql, label.start, label.end);
        let (shown, carets) = shown.split_once('\n').unwrap_or((&shown, "^"));
        self.push(text, " |");
        let _ = writeln!(text, "{line:>width$} | {shown}", width = self.width);
        self.push(text, format!(" | {carets} {}", label.text).trim_end());
    }
}

#[cfg(test)]
mod tests {
    use pgdbm_template::{Code, Diagnostic, Label};

    use super::{explain, explain_in_file, explain_in_text};
    use crate::place::Place;

    fn diagnostic() -> Diagnostic {
        Diagnostic::error(
            Code::UnknownPlaceholder,
            "there is no placeholder `{{tabels.a}}`",
            14,
            26,
            "unknown",
        )
        .with_help("write `{{tables.a}}`")
    }

    #[test]
    fn a_known_place_is_shown_with_the_line_numbers_of_its_file() {
        let place_of = |byte| {
            Some(Place {
                file: "src/main.rs".to_owned(),
                line: 120,
                column: byte + 6,
            })
        };
        assert_eq!(
            explain(&diagnostic(), "SELECT 1\nFROM {{tabels.a}}", place_of),
            "there is no placeholder `{{tabels.a}}` [unknown-placeholder]\n   \
                --> src/main.rs:120:20\n    \
                 |\n\
             120 | FROM {{tabels.a}}\n    \
                 |      ^^^^^^^^^^^^ unknown\n    \
                 = help: write `{{tables.a}}`"
        );
    }

    #[test]
    fn an_unknown_place_is_shown_within_the_sql() {
        let text = explain(&diagnostic(), "SELECT 1\nFROM {{tabels.a}}", |_| None);
        assert!(
            text.contains("\n --> line 2, column 6 of the SQL\n"),
            "{text}"
        );
        assert!(text.contains("\n2 | FROM {{tabels.a}}\n"), "{text}");
    }

    #[test]
    fn other_places_follow_the_first_with_room_for_their_line_numbers() {
        let sql = "\n\n\n\n\n\n\n\nSELECT $1,\n$3";
        let diagnostic = Diagnostic::error(Code::ParameterGap, "there is no `$2`", 15, 17, "")
            .with_label(Label::new(19, 21, "the next one"))
            .with_label(Label::new(0, 0, "declared here").in_file("001_a.sql"));
        assert_eq!(
            explain(&diagnostic, sql, |_| None),
            "there is no `$2` [parameter-gap]\n  \
               --> line 9, column 8 of the SQL\n   \
                |\n \
              9 | SELECT $1,\n   \
                |        ^^\n  \
               ::: line 10, column 1 of the SQL\n   \
                |\n\
             10 | $3\n   \
                | ^^ the next one\n  \
               ::: 001_a.sql: declared here"
        );
    }

    #[test]
    fn a_byte_order_mark_shifts_no_place() {
        let text = explain_in_file(
            &diagnostic(),
            "\u{feff}SELECT 1\nFROM {{tabels.a}}".as_bytes(),
            "sql/a.sql",
        );
        assert!(text.contains("\n --> sql/a.sql:2:6\n"), "{text}");
        assert!(text.contains("\n2 | FROM {{tabels.a}}\n"), "{text}");
    }

    #[test]
    fn a_byte_that_is_no_text_is_shown_in_its_line() {
        let diagnostic = Diagnostic::error(
            Code::InvalidUtf8,
            "the file is not UTF-8",
            16,
            17,
            "not UTF-8",
        );
        let text = explain_in_file(&diagnostic, b"SELECT 1;\n-- caf\xe9", "sql/a.sql");
        assert!(text.contains("\n --> sql/a.sql:2:7\n"), "{text}");
        assert!(text.contains("\n2 | -- caf\u{fffd}\n"), "{text}");
    }

    #[test]
    fn a_mistake_in_a_text_that_is_not_sql_has_its_place_and_no_code() {
        let label = Label::new(3, 5, "again");
        assert_eq!(
            explain_in_text(
                "there are two",
                "remove one",
                "id,id\n1,2\n",
                "a.csv",
                &label
            ),
            "there are two\n \
               --> a.csv:1:4\n  \
                |\n\
             1 | id,id\n  \
                |    ^^ again\n  \
                = help: remove one"
        );
    }

    #[test]
    fn what_is_wrong_with_the_file_itself_shows_no_line_of_it() {
        let diagnostic =
            Diagnostic::error(Code::DuplicateVersion, "the version 1 is taken", 0, 0, "")
                .with_label(Label::new(0, 0, "the first one").in_file("1_a.sql"))
                .with_help("give it another");
        assert_eq!(
            explain_in_file(&diagnostic, b"SELECT 1", "migrations/1_b.sql"),
            "the version 1 is taken [duplicate-version]\n  \
               --> migrations/1_b.sql\n  \
               ::: 1_a.sql: the first one\n   \
                = help: give it another"
        );
    }
}
