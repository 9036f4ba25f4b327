//! Rows rich in nulls, with keys that match nothing; and the running of queries over them.

use std::error::Error;

use pgdbm_check::Checker;

use crate::choices::Choices;
use crate::database::Database;
use crate::samples;
use crate::schema::Schema;

/// How many rows are tried for each table, and how often a query is run.
const ROWS: usize = 12;
const RUNS: usize = 3;

/// Fills the tables. Rows that a constraint refuses are left out.
pub(crate) fn fill(
    schema: &Schema,
    database: &Database,
    choices: &mut Choices,
) -> Result<(), Box<dyn Error>> {
    // Foreign keys do not matter to what is proven, and keys without a partner are what is wanted.
    database.execute("SET session_replication_role = replica; SET statement_timeout = '150ms'; SET client_min_messages = error")?;
    for relation in schema.tables() {
        for _ in 0..ROWS {
            let (mut names, mut values) = (Vec::new(), Vec::new());
            for column in &relation.columns {
                if column.is_generated || column.has_default && !choices.chance(30) {
                    continue;
                }
                let null = !column.not_null && choices.chance(45);
                names.push(column.name.as_str());
                values.push(sample(&column.type_name, null, choices));
            }
            let sql = format!(
                "INSERT INTO {} ({}) VALUES ({})",
                relation.name,
                names.join(", "),
                values.join(", ")
            );
            let _ = database.nulls(&sql);
        }
    }
    database.execute("REFRESH MATERIALIZED VIEW mv")
}

/// What running a query showed.
#[derive(Debug, Default)]
pub(crate) struct Run {
    /// How many columns are claimed to be never null.
    pub(crate) claims: usize,
    /// How many of them were seen in a row.
    pub(crate) seen: usize,
    /// The columns.
    pub(crate) columns: usize,
    /// A claimed column in which a null arrived, with the values of the parameters.
    pub(crate) refuted: Option<String>,
    /// How often the server ran it, and refused to.
    pub(crate) runs: usize,
    pub(crate) failures: usize,
}

/// Runs the query with several values of its parameters. Nulls are passed only where the checker allows them.
pub(crate) fn run(
    query: &str,
    types: &[String],
    checker: &Checker,
    database: &Database,
    choices: &mut Choices,
) -> Run {
    let description = checker.describe(query);
    let columns = description.columns.unwrap_or_default();
    let claimed: Vec<bool> = columns
        .iter()
        .map(|one| one.nullable == Some(false))
        .collect();
    let claims = claimed.iter().filter(|claimed| **claimed).count();
    let mut outcome = Run {
        claims,
        columns: columns.len(),
        ..Run::default()
    };
    if claims == 0 {
        return outcome;
    }
    for _ in 0..RUNS {
        let arguments: Vec<String> = description
            .parameters
            .iter()
            .zip(types)
            .map(|(parameter, of)| {
                let null = parameter.nullable == Some(true) && choices.chance(20);
                sample(of, null, choices)
            })
            .collect();
        let list = if arguments.is_empty() {
            String::new()
        } else {
            format!(" ({})", arguments.join(", "))
        };
        // Prepared, so that the parameters have the types and the places that they have in a program.
        let prepared = database.nulls(&format!("PREPARE generated AS {query}"));
        let rows = prepared
            .and_then(|_| database.nulls(&format!("BEGIN; EXECUTE generated{list}; ROLLBACK")));
        // Both may fail for having nothing to undo, which is as good.
        let _ = database.nulls("ROLLBACK");
        let _ = database.nulls("DEALLOCATE ALL");
        let Ok(rows) = rows else {
            outcome.failures += 1;
            continue;
        };
        outcome.runs += 1;
        if !rows.is_empty() {
            outcome.seen = claims;
        }
        let refuted = rows.iter().find_map(|row| {
            row.iter()
                .zip(&claimed)
                .position(|(null, claimed)| *null && *claimed)
        });
        if let Some(index) = refuted {
            outcome.refuted = Some(format!("column {} with{list}", index + 1));
            break;
        }
    }
    outcome
}

/// A value of the type, as a constant without a type of its own.
fn sample(of: &str, null: bool, choices: &mut Choices) -> String {
    match choices.pick(samples::of(of)).filter(|_| !null) {
        Some(sample) => format!("'{sample}'"),
        None => "NULL".to_owned(),
    }
}
