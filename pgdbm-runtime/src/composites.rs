//! Composite types as the driver remembers them, held against what they are by now.
//!
//! The driver asks once in the life of a connection what the attributes of a composite type are, and nothing tells it of `ALTER TYPE`
//! or `ALTER TABLE`: a statement that gives a whole row stays valid, and the row comes with the types of its attributes but without
//! their names. Where one attribute went and another of the same type came, values would be read as, and written to, what they are not.
//! So before a statement with composite types is sent, the server is asked again: a round trip that only such statements pay.

use std::collections::BTreeMap;

use deadpool_postgres::Object;
use tokio_postgres::types::{Field, Kind, Oid, Type};
use tokio_postgres::{Error, Statement};

const QUERY: &str = "SELECT t.oid, a.attname, a.atttypid FROM pg_catalog.pg_type t \
    JOIN pg_catalog.pg_attribute a ON a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped \
    WHERE t.oid = ANY($1) ORDER BY t.oid, a.attnum";

/// Whether the composite types of a statement's parameters and columns are what the driver remembers. `prepare` gives the statement of
/// the question itself.
///
/// # Errors
/// When the server cannot be asked.
pub(crate) async fn are_as_remembered(
    client: &Object,
    statement: &Statement,
    prepare: impl AsyncFnOnce(&Object, &str) -> Result<Statement, Error>,
) -> Result<bool, Error> {
    let remembered = of(statement);
    if remembered.is_empty() {
        return Ok(true);
    }
    let numbers: Vec<Oid> = remembered.keys().copied().collect();
    let question = prepare(client, QUERY).await?;
    let rows = client.query(&question, &[&numbers]).await?;
    let mut found: BTreeMap<Oid, Vec<(&str, Oid)>> = BTreeMap::new();
    for row in &rows {
        let attribute = (row.try_get(1)?, row.try_get(2)?);
        found.entry(row.try_get(0)?).or_default().push(attribute);
    }
    Ok(remembered.into_iter().all(|(number, fields)| {
        let fields = fields
            .iter()
            .map(|field| (field.name(), field.type_().oid()));
        let found = found.get(&number).map_or(&[][..], Vec::as_slice);
        fields.eq(found.iter().copied())
    }))
}

/// The composite types that a statement's values are made of.
fn of(statement: &Statement) -> BTreeMap<Oid, &[Field]> {
    let mut found = BTreeMap::new();
    let columns = statement.columns().iter().map(|column| column.type_());
    for ty in statement.params().iter().chain(columns) {
        gather(ty, &mut found);
    }
    found
}

fn gather<'t>(ty: &'t Type, found: &mut BTreeMap<Oid, &'t [Field]>) {
    match ty.kind() {
        Kind::Array(part) | Kind::Domain(part) | Kind::Range(part) | Kind::Multirange(part) => {
            gather(part, found);
        }
        Kind::Composite(fields) if found.insert(ty.oid(), fields).is_none() => {
            for field in fields {
                gather(field.type_(), found);
            }
        }
        _ => {}
    }
}
