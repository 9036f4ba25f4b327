//! The product at work.

use crate::run::{Outcome, cargo_with_server, run};
use crate::server;

pub(crate) fn demo(arguments: &[String]) -> Outcome {
    let server = server::ensure()?;
    let extra: Vec<&str> = arguments.iter().map(String::as_str).collect();
    run(
        "demo",
        cargo_with_server(
            server.as_deref(),
            &[
                "run",
                "--quiet",
                "--locked",
                "--package",
                "pgdbm",
                "--features",
                "testing",
                "--example",
                "demo",
                "--",
            ],
        )
        .args(&extra),
    )
}
