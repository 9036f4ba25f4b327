//! Two hundred tests, each with a database of its own: `tests/two_hundred.rs`.
//!
//! Measured is the whole command after the build. Before each run there is no server, as on the first run of a day; the
//! initialised cluster is kept from an earlier one.

use std::time::Duration;

use pgdbm::testing::PgServer;

use crate::binaries::{Binaries, Runner};
use crate::samples::{Samples, seconds};
use crate::table::Row;
use crate::traces::Traces;

const RUNS: usize = 3;

/// Measures both runners.
///
/// # Errors
/// When a test fails.
pub fn measure(_: &Binaries) -> Result<Vec<Row>, String> {
    let traces = {
        let server = PgServer::private().map_err(|error| error.to_string())?;
        Traces::of(&server).ok_or("the private server is not private")?
    };
    let mut rows = Vec::new();
    // The cluster may have to be made.
    Runner::CargoTest.run("two_hundred", 200, None)?;
    for runner in Runner::ALL {
        let mut note = "";
        let (mut whole, mut own) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            if !traces.wait_until_gone(Duration::from_secs(20)) {
                note = "; a server ran already, which others use";
            }
            let run = runner.run("two_hundred", 200, None)?;
            whole.push(run.whole);
            own.push(run.own);
        }
        let whole: Samples = whole.into_iter().collect();
        let own: Samples = own.into_iter().collect();
        rows.push(Row::judged(
            &format!("200 tests, each its own database, {}", runner.name()),
            "≤ 12 s",
            format!(
                "{} (the tests alone {}; median of {RUNS}{note})",
                seconds(whole.median()),
                seconds(own.median())
            ),
            whole.median() <= Duration::from_secs(12),
        ));
    }
    Ok(rows)
}
