//! Migration files of whatever tool wrote them, and schema dumps.

use std::cmp::Ordering;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use pgdbm_check::Source;
use pgdbm_template::{FileName, Version};

/// The migrations of a directory that go forward, in the order of their tool.
///
/// Understood are `0001_name.sql` (pgdbm, sqlx), `….up.sql` and `….down.sql` (sqlx, golang-migrate), `V1__name.sql` (refinery,
/// Flyway; `U…` undoes, `R__…` comes last), `name/up.sql` (diesel), `name/migration.sql` (Prisma), and files with both directions
/// in sections (`-- migrate:up`, `-- +goose Up`).
pub(crate) fn directory(directory: &Path) -> io::Result<Vec<Source>> {
    let mut found = Vec::new();
    collect(directory, &mut found)?;
    found.retain(|file| goes_forward(file));
    // Diesel runs nothing but these.
    if found.iter().any(|file| file_name(file) == "up.sql") {
        found.retain(|file| file_name(file) == "up.sql");
    }
    sort(directory, &mut found);
    found
        .iter()
        .map(|path| {
            let text = read(path)?;
            Ok(Source::new(
                label(directory, path),
                without_data(&forward_section(&text)),
            ))
        })
        .collect()
}

fn collect(directory: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory).map_err(|error| unreadable(directory, &error))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            found.push(path);
        }
    }
    Ok(())
}

/// The text of a file, without the mark that some editors put before it.
fn read(path: &Path) -> io::Result<String> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}

fn unreadable(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(
        error.kind(),
        format!("cannot read {}: {error}", path.display()),
    )
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn goes_forward(path: &Path) -> bool {
    let name = file_name(path);
    let undoes = name.starts_with('U')
        && name
            .chars()
            .nth(1)
            .is_some_and(|second| second.is_ascii_digit());
    !(undoes || name == "down.sql" || name.ends_with(".down.sql") || name.ends_with("_down.sql"))
}

fn label(directory: &Path, path: &Path) -> String {
    path.strip_prefix(directory)
        .unwrap_or(path)
        .to_string_lossy()
        .into_owned()
}

/// Sorts the files as the tool does that they are written for.
fn sort(directory: &Path, files: &mut [PathBuf]) {
    let versioned = |file: &PathBuf| !file_name(file).starts_with("R__");
    if files
        .iter()
        .filter(|file| versioned(file))
        .all(|file| flyway_version(file).is_some())
    {
        // Flyway and refinery look for versions in all directories alike; what is repeated comes last.
        files.sort_by_cached_key(|file| {
            let version = flyway_version(file);
            (version.is_none(), version, label(directory, file))
        });
    } else if files.iter().all(|file| file_name(file) == "up.sql") {
        files.sort_by_cached_key(|file| diesel_version(&label(directory, file)));
    } else {
        files.sort_by_cached_key(|file| Label(label(directory, file)));
    }
}

/// The version of `V1_2__name.sql`.
fn flyway_version(path: &Path) -> Option<Version> {
    let name = file_name(path);
    if !name.starts_with('V') {
        return None;
    }
    FileName::parse(&name).ok()?.version
}

/// Diesel takes `2017-08-31-230457_name/up.sql` for the version `20170831230457`, and compares versions as texts.
fn diesel_version(label: &str) -> (String, String) {
    let version = label.split('_').next().unwrap_or(label);
    (version.replace('-', ""), label.to_owned())
}

/// A label in which numbers count as numbers.
#[derive(PartialEq, Eq)]
struct Label(String);

impl Ord for Label {
    fn cmp(&self, other: &Self) -> Ordering {
        by_version(&self.0, &other.0)
    }
}

impl PartialOrd for Label {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Digits count as numbers, the rest as text; what is repeated (`R__`) comes last.
fn by_version(a: &str, b: &str) -> Ordering {
    let repeated = |name: &str| name.starts_with("R__");
    repeated(a).cmp(&repeated(b)).then_with(|| {
        let (mut a, mut b) = (a, b);
        loop {
            let (Some(first), Some(second)) = (a.chars().next(), b.chars().next()) else {
                return a.len().cmp(&b.len());
            };
            let order = if first.is_ascii_digit() && second.is_ascii_digit() {
                let (number, rest) = digits(a);
                let (other, other_rest) = digits(b);
                (a, b) = (rest, other_rest);
                number
                    .len()
                    .cmp(&other.len())
                    .then_with(|| number.cmp(other))
            } else {
                a = a.get(first.len_utf8()..).unwrap_or_default();
                b = b.get(second.len_utf8()..).unwrap_or_default();
                first.cmp(&second)
            };
            if order != Ordering::Equal {
                return order;
            }
        }
    })
}

/// The digits at the start without leading zeros, and what follows.
fn digits(text: &str) -> (&str, &str) {
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    (number.trim_start_matches('0'), rest)
}

/// The part of a file that goes forward, where it holds both ways; places are kept by blanking the rest.
fn forward_section(text: &str) -> String {
    const UP: [&str; 2] = ["-- migrate:up", "-- +goose up"];
    const DOWN: [&str; 2] = ["-- migrate:down", "-- +goose down"];
    let starts = |line: &str, marks: &[&str]| {
        let line = line.trim_start().to_ascii_lowercase();
        marks.iter().any(|mark| line.starts_with(mark))
    };
    if !text.lines().any(|line| starts(line, &DOWN)) {
        return text.to_owned();
    }
    let mut forward = true;
    let mut kept = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if starts(line, &DOWN) {
            forward = false;
        } else if starts(line, &UP) {
            forward = true;
        }
        if forward {
            kept.push_str(line);
        } else {
            blank(line, &mut kept);
        }
    }
    kept
}

/// Spaces in place of a line.
fn blank(line: &str, into: &mut String) {
    into.extend(
        line.bytes()
            .map(|byte| if byte == b'\n' { '\n' } else { ' ' }),
    );
}

/// A schema dump: psql's own commands are blanked.
pub(crate) fn dump(path: &Path) -> io::Result<Source> {
    let text = read(path)?;
    let mut kept = String::with_capacity(text.len());
    for line in without_data(&text).split_inclusive('\n') {
        if line.starts_with('\\') {
            blank(line, &mut kept);
        } else {
            kept.push_str(line);
        }
    }
    Ok(Source::new(file_name(path), kept))
}

/// The text with the rows behind `COPY … FROM stdin;` blanked, which are no SQL.
fn without_data(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    // Without an end there are no rows: a migration that only says COPY.
    let has_rows = text.lines().any(|line| line == "\\.");
    let mut in_data = false;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_end();
        if in_data {
            blank(line, &mut kept);
            in_data = trimmed != "\\.";
            continue;
        }
        kept.push_str(line);
        let lower = trimmed.to_ascii_lowercase();
        in_data = has_rows && lower.starts_with("copy ") && lower.ends_with("from stdin;");
    }
    kept
}
