//! From a test's start to the answer of its first query, with its own migrated database.
//!
//! Measured inside the test's process, from the moment when the harness calls the test's function: finding the server,
//! connecting, taking a database, and the answer of one SELECT. `warm`: the server runs, the template is there, and so are
//! copies. With 1 at a time, each test begins as soon as the one before has ended. With 8 at a time, 8 begin together, and the
//! next 8 when all copies are made and all used ones are dropped: what a test finds that begins on an idle machine. `without rest` is the other end: 8 tests run at
//! any moment, each followed by the next, so that what is measured is how fast this machine makes databases.

use std::thread;
use std::time::{Duration, Instant};

use pgdbm::testing::PgServer;

use crate::binaries::Binaries;
use crate::processes::output;
use crate::samples::Samples;
use crate::server_view::ServerView;
use crate::table::Row;

/// How often each case is measured.
const TESTS: usize = 160;

/// What `tests/first_query.rs` reads: how many tests at once, how many rounds, and whether the rounds wait for copies.
pub const AT_ONCE: &str = "PGDBM_BENCH_AT_ONCE";
/// See [`AT_ONCE`].
pub const ROUNDS: &str = "PGDBM_BENCH_ROUNDS";
/// See [`AT_ONCE`].
pub const REST: &str = "PGDBM_BENCH_REST";

/// The name of the test that is measured, as the kit knows it.
pub const PROBE: &str = "first_query::probe";

/// What stands before a number of microseconds in the output of `tests/first_query.rs`.
pub const MARK: &str = "first query after µs: ";

/// Measures all cases.
///
/// # Errors
/// When a test fails.
pub fn measure(binaries: &Binaries) -> Result<Vec<Row>, String> {
    // Held, so that the server stays.
    let server = PgServer::private().map_err(|error| error.to_string())?;
    let view = ServerView::of(&server)?;
    // So that as many copies wait as the kit keeps for so many tests.
    threads(binaries, 8, 5, true)?;
    let waiting = view.rest(PROBE)?;
    let mut rows = Vec::new();
    for (at_once, target) in [(1, 10), (8, 15)] {
        let samples = threads(binaries, at_once, TESTS / at_once, at_once > 1)?;
        rows.push(judged(at_once, "threads of one process", target, &samples));
        let (samples, whole) = processes(binaries, &view, at_once)?;
        rows.push(judged(at_once, "a process each", target, &samples));
        rows.push(Row::told(
            &format!("  its whole process, {at_once} at a time"),
            whole,
        ));
    }
    rows.push(Row::told("  copies that wait before the first 8", waiting));
    let samples = threads(binaries, 8, TESTS / 8, false)?;
    rows.push(Row::told("  8 threads without rest", samples));
    let samples = processes_without_rest(binaries)?;
    rows.push(Row::told("  8 processes without rest", samples));
    Ok(rows)
}

fn judged(at_once: usize, how: &str, target: u64, samples: &Samples) -> Row {
    Row::judged(
        &format!("start to first query, warm, {at_once} at a time, {how}"),
        &format!("p50 ≤ {target} ms"),
        format!("{samples} ({} tests)", samples.count()),
        samples.median() <= Duration::from_millis(target),
    )
}

fn threads(
    binaries: &Binaries,
    at_once: usize,
    rounds: usize,
    rest: bool,
) -> Result<Samples, String> {
    let mut command = binaries.single("first_query", "rounds")?;
    command
        .env(AT_ONCE, at_once.to_string())
        .env(ROUNDS, rounds.to_string())
        .env(REST, if rest { "1" } else { "0" });
    let output = output(&mut command)?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("first_query: {}\n{said}{errors}", output.status));
    }
    let samples: Samples = numbers(&said).collect();
    if samples.count() == at_once * rounds {
        Ok(samples)
    } else {
        Err(format!(
            "first_query has not said what it measured:\n{said}"
        ))
    }
}

/// Rounds of processes: what each measured, and how long each lived.
fn processes(
    binaries: &Binaries,
    view: &ServerView,
    at_once: usize,
) -> Result<(Samples, Samples), String> {
    let (mut inside, mut whole) = (Vec::new(), Vec::new());
    for _ in 0..TESTS / at_once {
        if at_once > 1 {
            view.rest(PROBE)?;
        }
        // A thread for each, so that the end of one is seen while others go on.
        let waiting: Vec<_> = (0..at_once)
            .map(|_| {
                let binaries = binaries.clone();
                thread::spawn(move || one_process(&binaries))
            })
            .collect();
        for one in waiting {
            let (first_query, lived) = one.join().map_err(|_| "a thread panicked")??;
            inside.push(first_query);
            whole.push(lived);
        }
    }
    Ok((inside.into_iter().collect(), whole.into_iter().collect()))
}

fn processes_without_rest(binaries: &Binaries) -> Result<Samples, String> {
    let workers: Vec<_> = (0..8)
        .map(|_| {
            let binaries = binaries.clone();
            thread::spawn(move || -> Result<Vec<Duration>, String> {
                let one = |_| Ok(one_process(&binaries)?.0);
                (0..TESTS / 8).map(one).collect()
            })
        })
        .collect();
    let mut inside = Vec::new();
    for worker in workers {
        inside.extend(worker.join().map_err(|_| "a thread panicked")??);
    }
    Ok(inside.into_iter().collect())
}

/// What a test measured in a process of its own, and how long the process lived.
fn one_process(binaries: &Binaries) -> Result<(Duration, Duration), String> {
    let mut command = binaries.single("first_query", "one")?;
    let started = Instant::now();
    let output = output(&mut command)?;
    let lived = started.elapsed();
    let said = String::from_utf8_lossy(&output.stdout);
    let first_query = numbers(&said).next().filter(|_| output.status.success());
    let first_query = first_query.ok_or_else(|| {
        let errors = String::from_utf8_lossy(&output.stderr);
        format!("first_query: {}\n{said}{errors}", output.status)
    })?;
    Ok((first_query, lived))
}

fn numbers(said: &str) -> impl Iterator<Item = Duration> {
    said.lines().filter_map(|line| {
        let (_, number) = line.split_once(MARK)?;
        number.trim().parse().ok().map(Duration::from_micros)
    })
}

/// The line that a test says.
pub fn line(took: Duration) -> String {
    format!("{MARK}{}", took.as_micros())
}

/// The number that an environment variable holds.
pub fn setting(name: &str, otherwise: usize) -> usize {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}
