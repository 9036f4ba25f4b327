//! Fifty tests with pgdbm and with sqlx: `tests/fifty.rs` and `tests/fifty_sqlx.rs`.
//!
//! The same server, started with the kit's settings and its data in memory, named by `DATABASE_URL` for both; the same twenty
//! files; in each test one INSERT and one SELECT in a database of its own. `#[sqlx::test]` creates an empty database for each
//! test and applies the files to it; `#[pgdbm::test]` applies them once, and copies. Each command runs once without being
//! measured, so pgdbm finds its template; then they take turns.

use std::time::Duration;

use crate::binaries::{Binaries, Run, Runner};
use crate::killed::server_of_our_own;
use crate::samples::{Samples, seconds};
use crate::table::Row;

const RUNS: usize = 5;
const TESTS: usize = 50;

/// Measures.
///
/// # Errors
/// When a test fails.
pub fn measure(_: &Binaries) -> Result<Vec<Row>, String> {
    let server = server_of_our_own("sqlx")?;
    let url = server.url();
    let directory = server
        .socket_directory()
        .ok_or("the server is not private")?;
    // The same server: sqlx does not take a URL without a host, although a parameter names one.
    let sqlx_url = format!(
        "postgres://postgres@localhost/postgres?host={}",
        directory.display()
    );
    let mut rows = Vec::new();
    for runner in Runner::ALL {
        let (mut ours, mut theirs, mut private) = (Vec::new(), Vec::new(), Vec::new());
        for run in 0..=RUNS {
            let sqlx = runner.run("fifty_sqlx", TESTS, Some(&sqlx_url))?;
            let pgdbm = runner.run("fifty", TESTS, Some(url))?;
            let alone = runner.run("fifty", TESTS, None)?;
            if run > 0 {
                theirs.push(sqlx);
                ours.push(pgdbm);
                private.push(alone);
            }
        }
        let (ours, theirs, private) = (Both::of(&ours), Both::of(&theirs), Both::of(&private));
        let name = runner.name();
        for (what, measured) in [
            ("sqlx", theirs),
            ("pgdbm, same server", ours),
            ("pgdbm, its private server", private),
        ] {
            rows.push(Row::told(
                &format!("  50 tests, {name}, {what}"),
                format!(
                    "{} (the tests alone {})",
                    seconds(measured.whole),
                    seconds(measured.own)
                ),
            ));
        }
        let ratio = |one: Duration, other: Duration| one.as_secs_f64() / other.as_secs_f64();
        rows.push(Row::judged(
            &format!("sqlx : pgdbm, same server, {name}"),
            "≥ 5",
            format!(
                "{:.1} (the tests alone {:.1})",
                ratio(theirs.whole, ours.whole),
                ratio(theirs.own, ours.own)
            ),
            ratio(theirs.whole, ours.whole) >= 5.0,
        ));
    }
    Ok(rows)
}

/// Medians.
#[derive(Clone, Copy)]
struct Both {
    whole: Duration,
    own: Duration,
}

impl Both {
    fn of(runs: &[Run]) -> Both {
        let median =
            |time: fn(&Run) -> Duration| runs.iter().map(time).collect::<Samples>().median();
        Both {
            whole: median(|run| run.whole),
            own: median(|run| run.own),
        }
    }
}
