//! The product at work.

use crate::run::{Outcome, cargo, cargo_with_server, run};
use crate::server;

pub(crate) fn demo(arguments: &[String]) -> Outcome {
    let server = server::ensure()?;
    let example = [
        "--locked",
        "--package",
        "pgdbm",
        "--features",
        "testing",
        "--example",
        "demo",
    ];
    run(
        "compiling the demo (a minute or two the first time)",
        cargo(&["build"]).args(example),
    )?;
    let mut demo = cargo_with_server(server.as_deref(), &["run", "--quiet"]);
    run("demo", demo.args(example).arg("--").args(arguments))
}
