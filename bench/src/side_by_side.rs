//! Fifty tests with pgdbm and with sqlx: `tests/fifty.rs` and `tests/fifty_sqlx.rs`.
//!
//! The same server, named by `DATABASE_URL` for both; the same twenty files; in each test one INSERT and one SELECT in a database of
//! its own. `#[sqlx::test]` creates an empty database for each test and applies the files to it; `#[pgdbm::test]` applies them once,
//! and copies. Each command runs once without being measured, so pgdbm finds its template; then they take turns.
//!
//! Twice: on a server as PostgreSQL installs it, durable and on the disk, which is what `DATABASE_URL` mostly names; and on one with
//! the kit's settings and its data in memory, which is what pgdbm starts when nothing names one.

use std::time::Duration;

use pgdbm::testing::{PgServer, PgServerOptions};

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
    let mut rows = on("a durable server", &durable_server()?)?;
    rows.extend(on(
        "a server in memory without fsync",
        &server_of_our_own("sqlx")?,
    )?);
    Ok(rows)
}

/// As PostgreSQL installs it.
fn durable_server() -> Result<PgServer, String> {
    let base = format!("/tmp/pgdbm-bench-{}-durable", std::process::id());
    let options = PgServerOptions::new()
        .base_directory(base)
        .setting("fsync", "on")
        .setting("synchronous_commit", "on")
        .setting("full_page_writes", "on")
        .setting("autovacuum", "on")
        .setting("shared_buffers", "128MB")
        .setting("jit", "on")
        .setting("max_connections", "100");
    PgServer::with(options).map_err(|error| error.to_string())
}

fn on(place: &str, server: &PgServer) -> Result<Vec<Row>, String> {
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
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for run in 0..=RUNS {
            let sqlx = runner.run("fifty_sqlx", TESTS, Some(&sqlx_url))?;
            let pgdbm = runner.run("fifty", TESTS, Some(url))?;
            if run > 0 {
                theirs.push(sqlx);
                ours.push(pgdbm);
            }
        }
        let (ours, theirs) = (Both::of(&ours), Both::of(&theirs));
        let name = runner.name();
        for (what, measured) in [("sqlx", theirs), ("pgdbm", ours)] {
            rows.push(Row::told(
                &format!("  50 tests, {place}, {name}, {what}"),
                format!(
                    "{} (the tests alone {})",
                    seconds(measured.whole),
                    seconds(measured.own)
                ),
            ));
        }
        let ratio = |one: Duration, other: Duration| one.as_secs_f64() / other.as_secs_f64();
        rows.push(Row::judged(
            &format!("sqlx : pgdbm, {place}, {name}"),
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
