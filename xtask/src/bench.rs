//! The figures, measured: `bench/` is a workspace of its own, so that rivals stay out of the product's lock file.

use std::path::Path;

use crate::run::{Outcome, cargo_with_server, exists, root, run, run_last};
use crate::server;

/// The figures of one subject. What follows chooses parts of it, or the files that it is measured with.
pub(crate) fn bench(arguments: &[String]) -> Outcome {
    match arguments {
        [subject, ..] if subject == "testing" => testing(arguments),
        [subject, ..] if subject == "checker" => measure(None, arguments),
        // sqlx asks a server what its queries are, before it does without.
        [subject, ..] if subject == "macros" => measure(server::ensure()?.as_deref(), arguments),
        _ => Err(
            "usage: cargo xtask bench testing [first-query|two-hundred|cold|killed|side-by-side]…
       cargo xtask bench checker [DIRECTORY QUERIES.jsonl]
       cargo xtask bench macros [check|override|cold|expansion]…"
                .to_owned(),
        ),
    }
}

fn testing(arguments: &[String]) -> Outcome {
    if !exists("cargo-nextest") {
        return Err(
            "cargo-nextest is not installed, and half of the figures are of it\n  help: run `cargo install cargo-nextest \
             --locked`"
                .to_owned(),
        );
    }
    let server = server::ensure()?;
    // As users run tests: in the profile `dev`.
    run(
        "compiling what is measured (a minute or two the first time)",
        cargo_with_server(server.as_deref(), &["test", "--no-run", "--locked"])
            .current_dir(root().join("bench")),
    )?;
    measure(server.as_deref(), arguments)
}

/// Runs the program that measures. Files that are named are meant from where the caller stands.
fn measure(server: Option<&Path>, arguments: &[String]) -> Outcome {
    let arguments = arguments
        .iter()
        .map(|argument| match Path::new(argument).canonicalize() {
            Ok(path) if argument.contains('/') => path.into_os_string(),
            _ => argument.into(),
        });
    let mut measuring = cargo_with_server(server, &["run", "--quiet", "--locked", "--"]);
    run_last(
        "measuring (some minutes; the machine should have nothing else to do)",
        measuring.args(arguments).current_dir(root().join("bench")),
    )
}
