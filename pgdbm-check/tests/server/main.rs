//! The same queries, put to the checker and to a real server: what both say of parameters and columns must be the same, and what
//! the server refuses the checker refuses, but for what is written down here.

mod definitions;
mod execution;
mod mutants;
mod oracle;

use std::collections::BTreeMap;
use std::error::Error;

use oracle::{is_refused, ours, queries, with_oracle};

/// The server reads constants with the input function of their type; the checker does so for few types.
fn is_malformed_constant(message: &str) -> bool {
    [
        "invalid input syntax for type",
        "malformed array literal",
        "malformed range literal",
    ]
    .iter()
    .any(|start| message.contains(start))
}

/// What the server refuses only by rewriting, which the checker does not follow: a view that cannot be written to.
fn is_refused_by_rewriting(message: &str) -> bool {
    message.starts_with("cannot update view")
}

#[test]
fn the_server_says_the_same() -> Result<(), Box<dyn Error>> {
    with_oracle(async |mut oracle| {
        let mut differences = BTreeMap::new();
        let mut valid = 0;
        for query in queries() {
            let description = oracle.checker.describe(query);
            let difference = match oracle.answer(query).await? {
                Ok(said) => {
                    valid += 1;
                    (said != ours(&description)).then(|| format!("the server says {said:?}"))
                }
                Err(message) => {
                    let excused =
                        is_malformed_constant(&message) || is_refused_by_rewriting(&message);
                    (!is_refused(&description) && !excused)
                        .then(|| format!("the server refuses it: {message}"))
                }
            };
            if let Some(difference) = difference {
                differences.insert(query, format!("{difference}\n  we say {description:?}"));
            }
        }
        // An error, not a panic, so that the database is dropped.
        if differences.is_empty() && valid > 400 {
            Ok(())
        } else {
            Err(format!("{valid} queries are valid; these differ: {differences:#?}").into())
        }
    })
}
