//! What is said to be never null is looked at in the rows: no NULL may arrive there. The tables hold rows rich in NULL, and keys
//! that nothing matches.

use std::error::Error;

use tokio_postgres::SimpleQueryMessage;

use crate::oracle::{Oracle, queries, with_oracle};

const ROWS: &str = include_str!("../data/differential/rows.sql");

/// So many claims must have met a row, or the test says nothing.
const LEAST_SEEN: usize = 350;

#[test]
fn no_null_arrives_where_none_may() -> Result<(), Box<dyn Error>> {
    with_oracle(async |oracle| {
        oracle.client.batch_execute(ROWS).await?;
        let (mut claims, mut seen, mut run) = (0, 0, 0);
        let mut refuted = Vec::new();
        for query in queries() {
            let claimed = claimed(&oracle, query);
            if claimed.is_empty() {
                continue;
            }
            claims += claimed.len();
            let Some(rows) = rows(&oracle, query).await? else {
                continue;
            };
            run += 1;
            for column in claimed {
                let mut values = rows.iter().map(|row| row.get(column)).peekable();
                seen += usize::from(values.peek().is_some());
                if values.any(|value| value.is_none()) {
                    refuted.push(format!("column {column} of {query}"));
                }
            }
        }
        eprintln!("{claims} claims; {run} queries ran, and {seen} of the claims met rows");
        // An error, not a panic, so that the database is dropped.
        if refuted.is_empty() && seen >= LEAST_SEEN {
            return Ok(());
        }
        Err(format!("{seen} claims met rows; refuted: {}", refuted.join("\n")).into())
    })
}

/// The columns that the checker says are never null.
fn claimed(oracle: &Oracle, query: &str) -> Vec<usize> {
    let columns = oracle.checker.describe(query).columns.unwrap_or_default();
    (0..)
        .zip(columns)
        .filter(|(_, column)| column.nullable == Some(false))
        .map(|(index, _)| index)
        .collect()
}

/// The rows that a query gives, with NULL for each parameter; None where it fails or a parameter takes no NULL. Nothing of what
/// it does stays.
async fn rows(
    oracle: &Oracle,
    query: &str,
) -> Result<Option<Vec<tokio_postgres::SimpleQueryRow>>, Box<dyn Error>> {
    let parameters = oracle.checker.describe(query).parameters;
    if parameters.iter().any(|one| one.nullable != Some(true)) {
        return Ok(None);
    }
    let statement = if parameters.is_empty() {
        query.to_owned()
    } else {
        let nulls = vec!["NULL"; parameters.len()].join(", ");
        format!("PREPARE with_nulls AS {query}; EXECUTE with_nulls ({nulls})")
    };
    oracle
        .client
        .batch_execute("BEGIN; SET LOCAL statement_timeout = '500ms'")
        .await?;
    let outcome = oracle.client.simple_query(&statement).await;
    oracle
        .client
        .batch_execute("ROLLBACK; DEALLOCATE ALL")
        .await?;
    let rows = |message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    };
    Ok(outcome
        .ok()
        .map(|messages| messages.into_iter().filter_map(rows).collect()))
}
