//! The settings that every session starts with: the startup message's `options`.

use std::time::Duration;

use crate::Error;

/// Settings that would undo what a manager promises, and why.
const REFUSED: &[(&str, &str)] = &[
    (
        "search_path",
        "a manager names its schema in every placeholder\n  help: use `pool.manager(\"…\")` and placeholders such as `{{tables.users}}`",
    ),
    (
        "standard_conforming_strings",
        "SQL is read here with it on, as everywhere since PostgreSQL 9.1\n  help: write `E'…'` where backslashes are meant to escape",
    ),
];

/// Appends settings to the options that a connection string gave. What that string says itself has the last word over
/// the time limits, and `settings` over both.
pub(super) fn startup_options(
    given: &str,
    limits: &[(&str, Option<Duration>)],
    settings: &[(String, String)],
) -> Result<String, Error> {
    // The server takes `-c name=value` and `--name=value`, with dashes or underscores in the name.
    let normalized = given.to_ascii_lowercase().replace('-', "_");
    for (name, reason) in REFUSED {
        if normalized.contains(name) {
            return Err(refused(name, reason));
        }
    }
    let is_given = |name: &str| {
        let words = normalized.split(|c: char| c.is_whitespace() || c == '=');
        words
            .into_iter()
            .any(|word| word.trim_start_matches("_c").trim_start_matches('_') == name)
    };
    let limits = limits
        .iter()
        .filter(|(name, _)| !is_given(name))
        .filter_map(|(name, limit)| {
            Some(((*name).to_owned(), milliseconds((*limit)?).to_string()))
        });
    let mut all: Vec<(String, String)> = limits.collect();
    for (name, value) in settings {
        check(name, value)?;
        all.retain(|(other, _)| other != name);
        all.push((name.clone(), value.clone()));
    }
    let mut options = given.to_owned();
    for (name, value) in all {
        // In this string a backslash protects white space and itself; see libpq's `options`.
        let value = value.replace('\\', "\\\\").replace(' ', "\\ ");
        options.push_str(&format!(" -c {name}={value}"));
    }
    Ok(options.trim().to_owned())
}

fn check(name: &str, value: &str) -> Result<(), Error> {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    if name.is_empty() || !name.chars().all(is_letter) {
        return Err(Error::config(format!(
            "`{}` is no name of a setting",
            name.escape_debug()
        )));
    }
    if let Some((name, reason)) = REFUSED
        .iter()
        .find(|(refused, _)| name.eq_ignore_ascii_case(refused))
    {
        return Err(refused(name, reason));
    }
    if value
        .chars()
        .any(|c| c != ' ' && (c.is_whitespace() || c.is_control()))
    {
        return Err(Error::config(format!(
            "the value of the setting `{name}` has a line break or another control character in it"
        )));
    }
    Ok(())
}

fn refused(name: &str, reason: &str) -> Error {
    Error::config(format!("`{name}` may not be set: {reason}"))
}

/// Whole milliseconds as the server takes them; less than one is one, because 0 means no limit.
fn milliseconds(limit: Duration) -> i32 {
    let rounded_up = limit.as_micros().div_ceil(1000);
    i32::try_from(rounded_up).unwrap_or(i32::MAX)
}
