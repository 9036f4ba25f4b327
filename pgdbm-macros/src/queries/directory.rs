//! The files of a directory of queries.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use pgdbm_template::{Code, Diagnostic, Label, MigrationText};
use proc_macro2::Span;

use super::QueryFile;
use super::attribute::QueriesAttribute;
use super::header::functions_of;
use crate::explanation::explain_in_file;
use crate::package::find_in_package;
use crate::query_fn::{Function, Spot};
use crate::report::Report;

/// Reads the files and what they declare; mistakes are reported, each at its place.
pub(crate) fn read_directory(
    attribute: &QueriesAttribute,
    report: &mut Report,
) -> (Vec<Rc<QueryFile>>, Vec<Function>) {
    let (name, span) = (attribute.directory(), attribute.span());
    let mut files = Vec::new();
    match sql_files(&name, span) {
        Ok(paths) => {
            for path in paths {
                match read_file(&path, &name, span) {
                    Ok(file) => files.push(Rc::new(file)),
                    Err(message) => report.add(syn::Error::new(span, message)),
                }
            }
        }
        Err(message) => report.add(syn::Error::new(span, message)),
    }
    let mut functions = Vec::new();
    for file in &files {
        functions.extend(functions_of(file, report));
    }
    refuse_second(&mut functions, report);
    (files, functions)
}

/// The `.sql` files by name: the same order on every machine.
fn sql_files(directory: &str, span: Span) -> Result<Vec<PathBuf>, String> {
    let found = find_in_package(directory, span)?;
    if !found.is_dir() {
        return Err(format!(
            "`{directory}` is no directory\nhelp: name the directory that holds the SQL files, or use `query_file!`"
        ));
    }
    let cannot =
        |error| format!("`{directory}` cannot be read: {error}\nhelp: check its permissions");
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(found).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        let is_sql = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("sql"));
        if is_sql && !path.is_dir() {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(format!(
            "there is no SQL file in `{directory}`\n\
             help: put one there that holds a query below its function: `-- fn user(id) -> Option<User>`"
        ));
    }
    paths.sort();
    Ok(paths)
}

fn read_file(path: &Path, directory: &str, span: Span) -> Result<QueryFile, String> {
    let shown = path.file_name().unwrap_or_default().to_string_lossy();
    let name = format!("{}/{shown}", directory.trim_end_matches('/'));
    if path.to_str().is_none() {
        return Err(format!(
            "the path of `{name}` is not UTF-8\nhelp: rename the file, or the directory it is in"
        ));
    }
    let bytes = std::fs::read(path).map_err(|error| {
        format!("`{name}` cannot be read: {error}\nhelp: check its permissions")
    })?;
    match MigrationText::decode(&bytes) {
        Ok(text) => Ok(QueryFile::new(
            name,
            path.to_path_buf(),
            text.sql.to_owned(),
            span,
        )),
        Err(error) => Err(explain_in_file(&error.diagnostic(), &bytes, &name)),
    }
}

/// Two functions of one name: the compiler would say so without their places.
fn refuse_second(functions: &mut Vec<Function>, report: &mut Report) {
    let mut seen: HashMap<String, String> = HashMap::new();
    functions.retain(|function| {
        let Spot::File(file, range) = &function.spot else {
            return true;
        };
        let place = file.place(range.start).to_string();
        let name = function.ident.to_string();
        let Some(first) = seen.get(&name) else {
            seen.insert(name, place);
            return true;
        };
        let mistake = Diagnostic::error(
            Code::InvalidFunction,
            format!("two functions are called `{name}`"),
            range.start,
            range.end,
            "",
        )
        .with_label(Label::new(0, 0, "the first one").in_file(first))
        .with_help("give one of them another name");
        file.report(&mistake, report);
        false
    });
}
