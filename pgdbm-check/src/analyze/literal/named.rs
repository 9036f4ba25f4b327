//! Constants that name things: `'users'::regclass`, `nextval('users_id_seq')`, `to_tsvector('english', …)`. The server looks them
//! up while it prepares. Roles, dictionaries and collations depend on the server, and are left to it.

use pgdbm_template::{Code, nearest};

use super::malformed;
use crate::analyze::{definition, type_name};
use crate::catalog::{Catalog, Major, PG_CATALOG, TypeId, oid};
use crate::failure::{Failure, Replacement, Result};
use crate::syntax;
use crate::syntax::ast::{Name, ObjectName, Span};

/// The longest text that is read as a type: longer ones pass.
const LONGEST_TYPE: usize = 200;

/// The configurations for text search that every server has.
const CONFIGURATIONS: &[&str] = &[
    "arabic",
    "armenian",
    "basque",
    "catalan",
    "danish",
    "dutch",
    "english",
    "finnish",
    "french",
    "german",
    "greek",
    "hindi",
    "hungarian",
    "indonesian",
    "irish",
    "italian",
    "lithuanian",
    "nepali",
    "norwegian",
    "portuguese",
    "romanian",
    "russian",
    "serbian",
    "simple",
    "spanish",
    "swedish",
    "tamil",
    "turkish",
    "yiddish",
];

/// Whether what the text names is there; types that name nothing pass.
pub(super) fn check(catalog: &Catalog, type_id: TypeId, text: &str, span: Span) -> Result<()> {
    let by_name = matches!(
        type_id,
        oid::REGCLASS
            | oid::REGTYPE
            | oid::REGPROC
            | oid::REGPROCEDURE
            | oid::REGNAMESPACE
            | oid::REGCONFIG
    );
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !by_name || is_number || text == "-" {
        return Ok(());
    }
    if type_id == oid::REGTYPE {
        return of_type(catalog, text, span);
    }
    let (names, has_arguments) = match (type_id, text.split_once('(')) {
        (oid::REGPROCEDURE, Some((name, _))) => (name, true),
        (oid::REGPROCEDURE, None) => {
            return Err(malformed(catalog, type_id, text, span)
                .help("write the types of its arguments behind it: `name(integer)`"));
        }
        _ => (text, false),
    };
    let Some(name) = object_name(names, span) else {
        return Err(malformed(catalog, type_id, text, span));
    };
    match type_id {
        oid::REGCLASS => relation(catalog, &name),
        oid::REGNAMESPACE => schema(catalog, name.name(), span),
        oid::REGCONFIG => configuration(catalog, &name),
        _ => function(catalog, &name, has_arguments),
    }
}

/// A name with its qualifiers, after `SplitIdentifierString`: lower case outside double quotes, with spaces around its parts.
fn object_name(text: &str, span: Span) -> Option<ObjectName> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    loop {
        let mut part = String::new();
        if let Some(mut quoted) = rest.strip_prefix('"') {
            loop {
                let (before, behind) = quoted.split_once('"')?;
                part.push_str(before);
                match behind.strip_prefix('"') {
                    Some(more) => {
                        part.push('"');
                        quoted = more;
                    }
                    None => {
                        rest = behind;
                        break;
                    }
                }
            }
        } else {
            let end = rest
                .find(|other: char| other == '.' || other.is_ascii_whitespace())
                .unwrap_or(rest.len());
            let (name, behind) = rest.split_at_checked(end)?;
            part = name.to_ascii_lowercase();
            rest = behind;
        }
        if part.is_empty() {
            return None;
        }
        parts.push(Name { text: part, span });
        rest = rest.trim_start();
        if rest.is_empty() {
            return (parts.len() <= 3).then_some(ObjectName { parts, span });
        }
        rest = rest.strip_prefix('.')?.trim_start();
    }
}

fn relation(catalog: &Catalog, name: &ObjectName) -> Result<()> {
    let Err(failure) = definition::relation(catalog, name) else {
        return Ok(());
    };
    let text = name.name();
    let is_index = |schema: &str| {
        catalog
            .schema(schema)
            .is_some_and(|schema| schema.indexes.contains_key(text))
    };
    let found = match name.schema() {
        // The server's own indexes and what it keeps aside are in no list here.
        Some(schema) => schema.starts_with("pg_") || is_index(schema),
        None => text.starts_with("pg_") || catalog.path().any(is_index),
    };
    if found || looks_like_an_index(text) {
        return Ok(());
    }
    Err(in_quotes(failure, name))
}

/// Whether the name is one that the server makes up for an index: those are not all known.
fn looks_like_an_index(name: &str) -> bool {
    let stem = name.trim_end_matches(|last: char| last.is_ascii_digit());
    ["_pkey", "_key", "_idx", "_excl"]
        .iter()
        .any(|end| stem.ends_with(end))
}

fn schema(catalog: &Catalog, name: &str, span: Span) -> Result<()> {
    if catalog.schema_exists(name) || name.starts_with("pg_") {
        return Ok(());
    }
    let failure = Failure::error(
        Code::UnknownSchema,
        span,
        format!("there is no schema `{name}`"),
    );
    Err(match nearest(name, catalog.schema_names()) {
        Some(near) => failure.near_constant(near),
        None => failure,
    })
}

fn configuration(catalog: &Catalog, name: &ObjectName) -> Result<()> {
    let text = name.name();
    let is_own_schema = name.schema().is_none_or(|schema| schema == PG_CATALOG);
    let known =
        CONFIGURATIONS.contains(&text) || text == "estonian" && catalog.builtin.major >= Major::V18;
    if known && is_own_schema || catalog.makes_text_search() {
        return Ok(());
    }
    let failure = Failure::error(
        Code::UnknownObject,
        name.span,
        format!("there is no configuration `{text}` for text search"),
    );
    Err(match nearest(text, CONFIGURATIONS.iter().copied()) {
        Some(near) => failure.near_constant(near),
        None => failure,
    })
}

fn function(catalog: &Catalog, name: &ObjectName, has_arguments: bool) -> Result<()> {
    let text = name.name();
    if !catalog.functions(name.schema(), text).is_empty() {
        return Ok(());
    }
    let failure = Failure::error(
        Code::UnknownFunction,
        name.span,
        format!("there is no function `{text}`"),
    );
    if let Some(gone) = catalog.gone(text, None) {
        return Err(in_quotes(failure.gone(gone), name));
    }
    Err(match catalog.builtin.nearest_function(text) {
        Some(near) if has_arguments => failure.help(format!("did you mean `{near}`?")),
        Some(near) => in_quotes(failure.near(near), name),
        None => failure,
    })
}

fn of_type(catalog: &Catalog, text: &str, span: Span) -> Result<()> {
    if text.len() > LONGEST_TYPE {
        return Ok(());
    }
    let Some(named) = syntax::type_name(text).filter(|named| !named.column_type) else {
        return Err(malformed(catalog, oid::REGTYPE, text, span));
    };
    let Err(mut failure) = type_name::resolve_type(catalog, &named) else {
        return Ok(());
    };
    failure.span = span;
    Err(in_quotes(failure, &named.name))
}

/// The failure about a name that stands in a constant: what replaces the name stands in quotes there.
fn in_quotes(mut failure: Box<Failure>, name: &ObjectName) -> Box<Failure> {
    failure.replacement = match failure.replacement.take() {
        Some(Replacement::Name(near)) if name.parts.len() == 1 => {
            Some(Replacement::Constant(syntax::written_name(&near)))
        }
        _ => None,
    };
    failure
}
