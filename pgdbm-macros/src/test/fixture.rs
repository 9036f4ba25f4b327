//! `fixtures("users.sql", "users.csv")`: found, validated, and made ready to be built into the test.

mod csv;
mod sql;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pgdbm_template::{Label, MAX_IDENTIFIER_BYTES, MigrationText};
use syn::LitStr;

use crate::explanation::{explain_in_file, explain_in_text};
use crate::file_cache::{FileCache, Stamp};
use crate::package::{check_inside, packages};
use crate::report::Report;

/// One file that is built into the test.
pub(super) struct EmbeddedFixture {
    /// As the attribute names it.
    pub(super) name: String,
    /// Where the compiler finds it.
    pub(super) path: String,
}

/// Where a fixture may lie, besides the place that its name itself tells.
const DIRECTORIES: [&str; 3] = ["", "fixtures/", "tests/fixtures/"];

/// A kind of fixture, told by the end of its name.
#[derive(Clone, Copy)]
enum Kind {
    Sql,
    Csv,
}

/// Finds and validates the files; mistakes are reported, each with the place in its file.
pub(super) fn embed(names: &[LitStr], report: &mut Report) -> Vec<EmbeddedFixture> {
    static MISTAKES: FileCache<String, Vec<String>> = FileCache::new();
    let mut embedded = Vec::new();
    for literal in names {
        let name = literal.value();
        let found = kind(&name).and_then(|kind| Ok((kind, find(literal, &name)?)));
        let (kind, found) = match found {
            Ok(found) => found,
            Err(message) => {
                report.at(literal, message);
                continue;
            }
        };
        let Some(path) = found.path.to_str() else {
            report.at(
                literal,
                format!(
                    "the path of `{}` is not UTF-8\nhelp: rename the file, or the directory it is in",
                    found.shown
                ),
            );
            continue;
        };
        let stamp = Stamp::of([found.path.as_path()]);
        let mistakes: Arc<Vec<String>> =
            MISTAKES.get(&found.path, &found.shown, stamp, || kind.mistakes(&found));
        for mistake in mistakes.iter() {
            report.once(literal.span(), mistake);
        }
        embedded.push(EmbeddedFixture {
            path: path.to_owned(),
            name,
        });
    }
    embedded
}

fn kind(name: &str) -> Result<Kind, String> {
    let shown = name.escape_debug();
    match Path::new(name).extension().and_then(|end| end.to_str()) {
        Some("sql") => Ok(Kind::Sql),
        Some("csv") => Ok(Kind::Csv),
        Some(other) if ["sql", "csv"].contains(&other.to_lowercase().as_str()) => Err(format!(
            "the ending of `{shown}` is not in lower case\nhelp: rename the file to end in `.{}`",
            other.to_lowercase()
        )),
        _ => Err(format!(
            "`{shown}` is no fixture: it ends in neither `.sql` nor `.csv`\n\
             help: name a file of SQL statements, or one of comma-separated rows that is called as their table is"
        )),
    }
}

/// A fixture that is there.
struct Found {
    path: PathBuf,
    /// Relative to the package.
    shown: String,
}

fn find(literal: &LitStr, name: &str) -> Result<Found, String> {
    check_inside(name)?;
    for package in &*packages(literal.span()) {
        let mut found = DIRECTORIES
            .iter()
            .map(|directory| format!("{directory}{name}"))
            .map(|shown| Found {
                path: package.join(&shown),
                shown,
            })
            .filter(|candidate| candidate.path.is_file());
        let Some(first) = found.next() else {
            continue;
        };
        let Some(second) = found.next() else {
            return Ok(first);
        };
        let third = found.next();
        let others = third.map_or_else(String::new, |third| format!(" and `{}`", third.shown));
        return Err(format!(
            "there are several fixtures of this name: `{}`, `{}`{others}\n\
             help: write one of these paths, or rename all files but one",
            first.shown, second.shown
        ));
    }
    Err(format!(
        "there is no fixture `{0}`: neither `{0}` nor `fixtures/{0}` nor `tests/fixtures/{0}` is a file of this package\n\
         help: create it in one of these places, beside Cargo.toml",
        name.escape_debug()
    ))
}

impl Kind {
    /// What is wrong with the file.
    fn mistakes(self, file: &Found) -> Vec<String> {
        let shown = &file.shown;
        let bytes = match std::fs::read(&file.path) {
            Ok(bytes) => bytes,
            Err(error) => {
                return vec![format!(
                    "`{shown}` cannot be read: {error}\nhelp: check its permissions"
                )];
            }
        };
        let text = match MigrationText::decode(&bytes) {
            Ok(text) => text.sql,
            Err(error) => return vec![explain_in_file(&error.diagnostic(), &bytes, shown)],
        };
        match self {
            Kind::Sql => sql::mistakes(text, shown),
            Kind::Csv => {
                let mut mistakes = Vec::new();
                mistakes.extend(table_mistake(&file.path, shown));
                mistakes.extend(csv::mistakes(text).into_iter().map(|mistake| {
                    let label = Label::new(mistake.start, mistake.end, mistake.label);
                    explain_in_text(&mistake.message, mistake.help, text, shown, &label)
                }));
                mistakes
            }
        }
    }
}

/// The rows go into the table that the file is called for.
fn table_mistake(path: &Path, shown: &str) -> Option<String> {
    let table = path.file_stem()?.to_str()?;
    let (message, help) = if table.contains('.') {
        (
            format!("`{shown}` is called for a table, and a table's name here holds no dot"),
            "rename the file for the table alone: it is looked for in the test's schema, and rows for another schema \
             go into a `.sql` fixture",
        )
    } else if table.len() > MAX_IDENTIFIER_BYTES {
        (
            format!(
                "`{shown}` is called for a table, and no table has a name of {} bytes: PostgreSQL keeps \
                 {MAX_IDENTIFIER_BYTES}",
                table.len()
            ),
            "rename the file for the table that gets its rows",
        )
    } else {
        return None;
    };
    Some(format!("{message}\nhelp: {help}"))
}
