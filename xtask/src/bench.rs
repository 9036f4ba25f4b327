//! The figures, measured: `bench/` is a workspace of its own, so that rivals stay out of the product's lock file.

use crate::run::{Outcome, cargo_with_server, exists, root, run, run_last};
use crate::server;

/// The figures of the testing kit. What follows chooses parts of it.
pub(crate) fn bench(arguments: &[String]) -> Outcome {
    let parts = match arguments {
        [subject, parts @ ..] if subject == "testing" => parts,
        _ => {
            return Err(
                "usage: cargo xtask bench testing [first-query|two-hundred|cold|killed|side-by-side]…"
                    .to_owned(),
            );
        }
    };
    if !exists("cargo-nextest") {
        return Err(
            "cargo-nextest is not installed, and half of the figures are of it\n  help: run `cargo install cargo-nextest \
             --locked`"
                .to_owned(),
        );
    }
    let server = server::ensure()?;
    let bench = root().join("bench");
    // As users run tests: in the profile `dev`.
    run(
        "compiling what is measured (a minute or two the first time)",
        cargo_with_server(server.as_deref(), &["test", "--no-run", "--locked"]).current_dir(&bench),
    )?;
    let mut measuring = cargo_with_server(server.as_deref(), &["run", "--quiet", "--locked", "--"]);
    run_last(
        "measuring (some minutes; the machine should have nothing else to do)",
        measuring.args(parts).current_dir(bench),
    )
}
