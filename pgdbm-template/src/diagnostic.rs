//! Diagnostics: the one type for every mistake that pgdbm reports.

use std::fmt::{self, Write as _};

use crate::code::Code;
use crate::identifier::MAX_IDENTIFIER_BYTES;
use crate::snippet::{line_column, snippet};

/// One mistake: what is wrong, where, and what to do.
///
/// Macros print it at compile time, the command line prints it for files; the texts are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// Which mistake it is.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// The smallest place that is wrong.
    pub primary: Label,
    /// Other places that matter.
    pub secondary: Vec<Label>,
    /// What to do, starting with a verb.
    pub help: Option<String>,
    /// A change of the source that would put it right.
    pub fix: Option<Fix>,
}

/// How bad a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// It works, and most probably not as meant.
    Warning,
    /// It cannot work.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A place in the source with a few words about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Label {
    /// The offset of the first byte.
    pub start: usize,
    /// The offset after the last byte.
    pub end: usize,
    /// What is there; may be empty.
    pub text: String,
    /// The file that the place is in, where it is another than the diagnostic's own.
    pub file: Option<String>,
}

/// A change of the source: the bytes from `start` to `end` become `replacement`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fix {
    /// The offset of the first byte that is replaced.
    pub start: usize,
    /// The offset after the last byte that is replaced.
    pub end: usize,
    /// What stands there then.
    pub replacement: String,
}

impl Label {
    /// A label for the bytes from `start` to `end`.
    #[must_use]
    pub fn new(start: usize, end: usize, text: impl Into<String>) -> Self {
        Self {
            start,
            end: end.max(start),
            text: text.into(),
            file: None,
        }
    }

    /// The same label for a place in another file.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }
}

impl Diagnostic {
    /// A diagnostic of the given severity about the bytes from `start` to `end`.
    #[must_use]
    pub fn new(
        code: Code,
        severity: Severity,
        message: impl Into<String>,
        start: usize,
        end: usize,
        label: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            primary: Label::new(start, end, label),
            secondary: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// An error about the bytes from `start` to `end`.
    #[must_use]
    pub fn error(
        code: Code,
        message: impl Into<String>,
        start: usize,
        end: usize,
        label: impl Into<String>,
    ) -> Self {
        Self::new(code, Severity::Error, message, start, end, label)
    }

    /// A warning about the bytes from `start` to `end`.
    #[must_use]
    pub fn warning(
        code: Code,
        message: impl Into<String>,
        start: usize,
        end: usize,
        label: impl Into<String>,
    ) -> Self {
        Self::new(code, Severity::Warning, message, start, end, label)
    }

    /// Says what to do.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a change that would put it right.
    #[must_use]
    pub fn with_fix(mut self, start: usize, end: usize, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix {
            start,
            end: end.max(start),
            replacement: replacement.into(),
        });
        self
    }

    /// Adds another place that matters.
    #[must_use]
    pub fn with_label(mut self, label: Label) -> Self {
        self.secondary.push(label);
        self
    }

    /// Whether the severity is [`Severity::Error`].
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The diagnostic as a person reads it: severity, code, message, `file:line:column`, the line with carets, the other
    /// places, the help.
    ///
    /// ```
    /// use pgdbm_template::Template;
    ///
    /// let sql = "SELECT *\n  FROM {{tabels.users}}";
    /// let template = Template::parse(sql);
    /// assert_eq!(
    ///     template.diagnostics()[0].render(sql, "users.sql"),
    ///     "error[unknown-placeholder]: there is no placeholder `{{tabels.users}}`\n \
    ///        --> users.sql:2:8\n  \
    ///          |\n\
    ///        2 |   FROM {{tabels.users}}\n  \
    ///          |        ^^^^^^^^^^^^^^^^ unknown placeholder\n  \
    ///          = help: write `{{tables.users}}`\n",
    /// );
    /// ```
    #[must_use]
    pub fn render(&self, source: &str, file: &str) -> String {
        let mut text = format!("{}[{}]: {}\n", self.severity, self.code, self.message);
        let number = line_column(source, self.primary.start).line.to_string();
        let margin = " ".repeat(number.len());
        write_label(&mut text, &self.primary, source, file, &number, "-->");
        for label in &self.secondary {
            match &label.file {
                // The other file's text is not at hand; its name and words are what can be said.
                Some(other) => {
                    let _ = writeln!(text, "{margin} ::: {other}: {}", label.text);
                }
                None => write_label(&mut text, label, source, file, &number, ":::"),
            }
        }
        if let Some(help) = &self.help {
            let _ = writeln!(text, "{margin} = help: {help}");
        }
        text
    }

    /// The same without the places in the source: the message, what is to be seen elsewhere, and the help, for those who show one
    /// line.
    ///
    /// ```
    /// use pgdbm_template::{Code, Diagnostic, Label};
    ///
    /// let diagnostic = Diagnostic::error(Code::UnknownColumn, "`users` has no column `nam`", 7, 10, "")
    ///     .with_label(Label::new(31, 35, "`users` is created here").in_file("0001_users.sql:3"))
    ///     .with_help("did you mean `name`?");
    /// assert_eq!(
    ///     diagnostic.sentence(),
    ///     "`users` has no column `nam`; `users` is created here: 0001_users.sql:3 (did you mean `name`?)",
    /// );
    /// ```
    #[must_use]
    pub fn sentence(&self) -> String {
        let mut text = self.message.clone();
        for label in self.secondary.iter().filter(|label| !label.text.is_empty()) {
            text.push_str("; ");
            text.push_str(&label.text);
            if let Some(file) = &label.file {
                text.push_str(": ");
                text.push_str(file);
            }
        }
        if let Some(help) = &self.help {
            text.push_str(" (");
            text.push_str(help);
            text.push(')');
        }
        text
    }

    pub(crate) fn identifier_too_long(name: &str, start: usize, end: usize) -> Self {
        let length = name.len();
        Self::error(
            Code::IdentifierTooLong,
            format!(
                "the identifier `{}` has {length} bytes, PostgreSQL keeps {MAX_IDENTIFIER_BYTES}",
                excerpt(name)
            ),
            start,
            end,
            "too long",
        )
        .with_help(
            "choose a shorter name: PostgreSQL would cut this one, and two names could become one",
        )
    }
}

impl fmt::Display for Diagnostic {
    /// Severity, code and message on one line; [`Diagnostic::render`] shows the place as well.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}", self.severity, self.code, self.message)
    }
}

fn write_label(
    text: &mut String,
    label: &Label,
    source: &str,
    file: &str,
    widest: &str,
    arrow: &str,
) {
    let place = line_column(source, label.start);
    let number = place.line.to_string();
    let width = widest.len().max(number.len());
    let margin = " ".repeat(width);
    let _ = writeln!(text, "{}{arrow} {file}:{place}", " ".repeat(width));
    let _ = writeln!(text, "{margin} |");
    let shown = snippet(source, label.start, label.end);
    let (line, carets) = shown.split_once('\n').unwrap_or((&shown, "^"));
    let _ = writeln!(text, "{number:>width$} | {line}");
    let _ = writeln!(
        text,
        "{margin} | {}",
        format!("{carets} {}", label.text).trim_end()
    );
}

/// The most characters of somebody's text that a message repeats.
const EXCERPT: usize = 60;

/// Somebody's text for a message: escaped, so that it cannot break the line or the terminal, and cut.
pub(crate) fn excerpt(text: &str) -> String {
    let mut shown = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == EXCERPT {
            shown.push('…');
            break;
        }
        match character {
            '"' | '\'' | '\\' => shown.push(character),
            _ => shown.extend(character.escape_debug()),
        }
    }
    shown
}

/// Collects diagnostics, up to a bound: hostile text can hold a mistake in every byte, and nobody reads the hundredth.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diagnostics {
    found: Vec<Diagnostic>,
}

/// The most diagnostics that one text gives.
pub(crate) const MOST_DIAGNOSTICS: usize = 100;

impl Diagnostics {
    /// Takes one more, made only if there is room for it.
    pub(crate) fn push(&mut self, diagnostic: impl FnOnce() -> Diagnostic) {
        if self.found.len() < MOST_DIAGNOSTICS {
            self.found.push(diagnostic());
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All of them, by place.
    pub(crate) fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found
            .sort_by_key(|diagnostic| diagnostic.primary.start);
        self.found
    }
}
