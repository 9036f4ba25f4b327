//! All tests.

use crate::run::{Outcome, cargo_with_server, exists, run};
use crate::{oracle, server};

pub(crate) fn test(arguments: &[String]) -> Outcome {
    let server = server::ensure()?;
    let server = server.as_deref();
    let extra: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let common = ["--workspace", "--all-features", "--locked"];
    // The many last, so that what is read first is how they ended.
    oracle::oracle()?;
    run(
        "documentation tests",
        cargo_with_server(server, &["test", "--doc"]).args(common),
    )?;
    if exists("cargo-nextest") {
        run(
            "tests",
            cargo_with_server(server, &["nextest", "run", "--no-fail-fast"])
                .args(common)
                .args(&extra),
        )
    } else {
        run(
            "tests",
            cargo_with_server(
                server,
                &[
                    "test",
                    "--no-fail-fast",
                    "--lib",
                    "--bins",
                    "--tests",
                    "--examples",
                ],
            )
            .args(common)
            .args(&extra),
        )
    }
}
