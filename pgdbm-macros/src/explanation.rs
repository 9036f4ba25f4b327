//! The text of a mistake in SQL: what is wrong, where, the line of SQL with carets, and what to do.

use std::fmt::Write as _;

use pgdbm_template::{Diagnostic, Label, line_column, snippet};

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

    use super::explain;
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
}
