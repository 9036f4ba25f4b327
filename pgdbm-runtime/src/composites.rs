//! Composite types as the driver remembers them, held against what they are by now.
//!
//! The driver asks once in the life of a connection what the attributes of a composite type are, and nothing tells it of `ALTER TYPE`
//! or `ALTER TABLE`: a statement that gives a whole row stays valid, and the row comes with the types of its attributes but without
//! their names. Where one attribute went and another of the same type came, values would be read as, and written to, what they are not.
//! So before a statement with composite types is sent, the server is asked again: a round trip that only such statements pay.
//!
//! What counts is what the *session* takes a type to be, for that is how it writes values; the catalog, as a transaction sees it, may
//! tell of an older or a newer one. A session says so when it describes the attributes: it looks them up in the same cache. It takes
//! in what others have changed when it begins a transaction, and when it locks something in one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use deadpool_postgres::Object;
use futures_util::future::{join, try_join_all};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{Field, Kind, Oid, Type};
use tokio_postgres::{Error, Statement};

use crate::types::without_domains;

/// Whether the composite types of a statement's parameters and columns are what the driver remembers.
///
/// # Errors
/// When the server cannot be asked.
pub(crate) async fn are_as_remembered(
    client: &Object,
    statement: &Statement,
    in_transaction: bool,
) -> Result<bool, Error> {
    let remembered = of(statement);
    if remembered.is_empty() {
        return Ok(true);
    }
    let described = try_join_all(remembered.values().map(|ty| is_as_remembered(client, ty)));
    let described = if in_transaction {
        // Both are on their way at once, one behind the other.
        let (taken_in, described) = join(take_in_changes(client, &remembered), described).await;
        taken_in?;
        described
    } else {
        described.await
    };
    match described {
        Ok(described) => Ok(described.into_iter().all(|same| same)),
        // It has another name by now, or is gone.
        Err(error)
            if matches!(
                error.code(),
                Some(&SqlState::UNDEFINED_OBJECT | &SqlState::INVALID_SCHEMA_NAME)
            ) =>
        {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Has the session take in what others changed, as it does with each lock that it did not hold: of its own accord it does so only at
/// the beginning of a transaction. The function gives the lock back at once.
async fn take_in_changes(client: &Object, types: &BTreeMap<Oid, &Type>) -> Result<(), Error> {
    let mut numbers = String::new();
    for number in types.keys() {
        let comma = if numbers.is_empty() { "" } else { ", " };
        // Writing into a string cannot fail.
        let _ = write!(numbers, "{comma}{number}");
    }
    let question = format!(
        "SELECT pg_catalog.pg_relation_size(typrelid::pg_catalog.regclass) FROM pg_catalog.pg_type WHERE oid IN ({numbers})"
    );
    client.batch_execute(&question).await
}

/// Whether the session describes a type as the driver remembers it. Nothing is run.
async fn is_as_remembered(client: &Object, ty: &Type) -> Result<bool, Error> {
    let Kind::Composite(fields) = ty.kind() else {
        return Ok(true);
    };
    let question = format!(
        "SELECT (NULL::{}.{}).*",
        pgdbm_template::quote_identifier(ty.schema()),
        pgdbm_template::quote_identifier(ty.name())
    );
    let described = client.prepare(&question).await?;
    let described = described.columns().iter();
    Ok(described
        .map(|column| (column.name(), column.type_().oid()))
        .eq(fields
            .iter()
            .map(|field| (field.name(), described_as(field)))))
}

/// The type of an attribute as a session describes it: domains as what they are about.
fn described_as(field: &Field) -> Oid {
    without_domains(field.type_()).oid()
}

/// The composite types that a statement's values are made of.
fn of(statement: &Statement) -> BTreeMap<Oid, &Type> {
    let mut found = BTreeMap::new();
    let columns = statement.columns().iter().map(|column| column.type_());
    for ty in statement.params().iter().chain(columns) {
        gather(ty, &mut found);
    }
    found
}

fn gather<'t>(ty: &'t Type, found: &mut BTreeMap<Oid, &'t Type>) {
    match ty.kind() {
        Kind::Array(part) | Kind::Domain(part) | Kind::Range(part) | Kind::Multirange(part) => {
            gather(part, found);
        }
        Kind::Composite(fields) if found.insert(ty.oid(), ty).is_none() => {
            for field in fields {
                gather(field.type_(), found);
            }
        }
        _ => {}
    }
}
