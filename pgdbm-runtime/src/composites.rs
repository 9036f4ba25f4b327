//! Composite types as the driver remembers them, held against what they are by now.
//!
//! The driver asks once in the life of a connection what the attributes of a composite type are, and nothing tells it of `ALTER TYPE`
//! or `ALTER TABLE`: a statement that gives a whole row stays valid, and the row comes with the types of its attributes but without
//! their names. Where one attribute went and another of the same type came, values would be read as, and written to, what they are not.
//! So the server is asked again, before a statement with composite types is sent, and right behind it: between the two it may wait
//! for the very migration that alters the type. If both say what the driver remembers, so it was in between.
//!
//! What counts is what the *session* takes a type to be, for that is how it writes values; the catalog, as a transaction sees it, may
//! tell of an older or a newer one. A session says so when it describes the attributes: it looks them up in the same cache. It takes
//! in what others have changed when it begins a transaction, and when it locks something in one.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{Field, Kind, Oid, Type};
use tokio_postgres::{Client, Error, Statement};

use crate::types::without_domains;

/// The composite types that the values of a statement are made of, as the driver remembers them.
#[derive(Clone)]
pub(crate) struct Composites(Vec<Type>);

impl Composites {
    pub(crate) fn of(statement: &Statement) -> Self {
        let mut found = BTreeMap::new();
        let columns = statement.columns().iter().map(|column| column.type_());
        for ty in statement.params().iter().chain(columns) {
            gather(ty, &mut found);
        }
        Composites(found.into_values().cloned().collect())
    }

    /// Of most statements.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the session takes them to be what the driver remembers. All are asked for at once.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub(crate) async fn are_as_remembered(&self, client: &Client) -> Result<bool, Error> {
        let described = try_join_all(self.0.iter().map(|ty| is_as_remembered(client, ty)));
        match described.await {
            Ok(described) => Ok(described.into_iter().all(|same| same)),
            // It is gone.
            Err(error) if error.code() == Some(&SqlState::UNDEFINED_OBJECT) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Whether the session describes a type as the driver remembers it. Nothing is run; and the type is named by its number, so that neither
/// its name nor the right to say it matters.
async fn is_as_remembered(client: &Client, ty: &Type) -> Result<bool, Error> {
    let Kind::Composite(fields) = ty.kind() else {
        return Ok(true);
    };
    let types = std::slice::from_ref(ty);
    let described = client.prepare_typed("SELECT ($1).*", types).await?;
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
