//! Our lexer against what PostgreSQL's scanner says of the corpus.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::Path;

#[allow(
    unreachable_pub,
    reason = "the oracle has the same file as a public module"
)]
mod class;

#[test]
fn the_lexer_agrees_with_postgresql_on_the_corpus() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for file in class::corpus(Path::new(env!("CARGO_MANIFEST_DIR"))) {
        assert_eq!(
            file.snippets.len(),
            file.expected.len(),
            "{}",
            file.path.display()
        );
        for (snippet, expected) in file.snippets.iter().zip(&file.expected) {
            count += 1;
            let ours = class::written(class::ours(snippet).as_deref());
            if ours != *expected {
                wrong.push(format!(
                    "{snippet:?}\n  PostgreSQL {expected}\n  pgdbm      {ours}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 600, "{count} snippets only");
}
