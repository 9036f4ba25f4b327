//! What tests leave that are killed.
//!
//! A test runs to its end, so that there is a server with a template. Then five hundred times a test is started in a process
//! of its own, four at any time, and at a random moment its process group is killed as `kill -9` does: after 60 ms at most,
//! or on a slower machine after as long as most of them live. The server gets the time to notice, one test runs to its end,
//! and everything is counted: while the server runs, what is in it; and when it has gone with its last user, what is on the
//! machine. The same once more from nothing: of a hundred tests the first have to start the server and make the template, and
//! some are killed over it. The cache of initialised clusters is not looked at.

use std::thread;
use std::time::{Duration, Instant};

use pgdbm::testing::{PgServer, PgServerOptions};

use crate::binaries::Binaries;
use crate::cold::memory;
use crate::processes::{Group, Random, output, until};
use crate::samples::{Samples, seconds};
use crate::server_view::{Databases, ServerView};
use crate::table::Row;
use crate::traces::{Found, Traces, unused_segments};

const TESTS: usize = 500;
const AT_ONCE: usize = 4;
/// The last moment at which a test is killed, unless most of them live longer.
const LATEST: Duration = Duration::from_millis(60);
/// The same where the first tests find no server, whose start takes longer.
const LATEST_COLD: Duration = Duration::from_millis(400);
const TESTS_COLD: usize = 100;

/// Measures on the private server, and on one that `DATABASE_URL` names.
///
/// # Errors
/// When a test cannot be run, or others use the private server.
pub fn measure(binaries: &Binaries) -> Result<Vec<Row>, String> {
    let traces = {
        let server = PgServer::private().map_err(|error| error.to_string())?;
        Traces::of(&server).ok_or("the private server is not private")?
    };
    let mut rows = on_the_private_server(binaries, &traces, true)?;
    rows.extend(on_the_private_server(binaries, &traces, false)?);
    rows.extend(on_a_given_server(binaries)?);
    Ok(rows)
}

fn on_the_private_server(
    binaries: &Binaries,
    traces: &Traces,
    is_warm: bool,
) -> Result<Vec<Row>, String> {
    if !traces.wait_until_gone(Duration::from_secs(120)) {
        return Err(
            "other processes of this user have a private server, so nobody can say what is left\n  \
             help: run this again when they have ended"
                .to_owned(),
        );
    }
    let before = unused_segments();
    let (kills, what) = if is_warm {
        let kills = kill_all(binaries, None, TESTS, warm_up(binaries, None)?)?;
        (kills, format!("{TESTS} tests killed, private server"))
    } else {
        let kills = kill_all(binaries, None, TESTS_COLD, LATEST_COLD)?;
        (
            kills,
            format!("{TESTS_COLD} tests killed, no server at first"),
        )
    };
    let server = PgServer::private().map_err(|error| error.to_string())?;
    let view = ServerView::of(&server)?;
    let (left, after) = start_cleanly(binaries, &view, None)?;
    let files = traces.files();
    // Who cannot see them now would not see later that they are still there.
    let seen = traces.find(&files);
    if seen.servers == 0 || seen.janitors == 0 || seen.directories == 0 || seen.locks == 0 {
        return Err(format!(
            "what a running server has cannot be seen here: {}\n  help: run this on Linux, as the user who runs the tests",
            describe(seen)
        ));
    }
    drop((view, server));
    let started = Instant::now();
    let gone = traces.wait_until_gone(Duration::from_secs(20));
    let gone = gone.then(|| started.elapsed());
    // The directory goes before the janitor.
    let ended = until(Duration::from_secs(5), || {
        let found = traces.find(&files);
        (found.servers + found.janitors + found.locks == 0).then_some(found)
    });
    let mut found = ended.unwrap_or_else(|| traces.find(&files));
    found.segments = found.segments.saturating_sub(before);
    let time = gone.map_or("not gone in 20 s".to_owned(), |time| {
        format!("{} after its last user", seconds(time))
    });
    Ok(vec![
        Row::told(&what, kills.describe(left)),
        judged_databases(&after),
        Row::judged(
            "  when the server has gone",
            "nothing",
            format!("{} ({time})", describe(found)),
            found == Found::default() && gone.is_some(),
        ),
    ])
}

fn on_a_given_server(binaries: &Binaries) -> Result<Vec<Row>, String> {
    let server = server_of_our_own("killed")?;
    let view = ServerView::of(&server)?;
    let url = Some(server.url());
    let kills = kill_all(binaries, url, TESTS, warm_up(binaries, url)?)?;
    let (left, after) = start_cleanly(binaries, &view, url)?;
    Ok(vec![
        Row::told(
            &format!("{TESTS} tests killed, server of DATABASE_URL"),
            kills.describe(left),
        ),
        judged_databases(&after),
    ])
}

/// Runs tests to their end as they are run that are killed, which makes the template. Gives the last moment for killing one.
fn warm_up(binaries: &Binaries, database_url: Option<&str>) -> Result<Duration, String> {
    let one = || -> Result<Duration, String> {
        let mut command = binaries.single("two_hundred", "m0::t0")?;
        command.envs(database_url.map(|url| ("DATABASE_URL", url)));
        let started = Instant::now();
        let status = output(&mut command)?.status;
        if status.success() {
            Ok(started.elapsed())
        } else {
            Err(format!("a test that is not killed: {status}"))
        }
    };
    one()?;
    let lived = thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE)
            .map(|_| scope.spawn(|| (0..4).map(|_| one()).collect::<Result<Vec<_>, _>>()))
            .collect();
        let lived = workers.into_iter().map(|worker| {
            worker
                .join()
                .unwrap_or_else(|_| Err("a thread panicked".to_owned()))
        });
        lived.collect::<Result<Vec<_>, _>>()
    })?;
    let lived: Samples = lived.into_iter().flatten().collect();
    Ok(LATEST.max(lived.percentile(75)))
}

/// A private server that nobody else uses.
///
/// # Errors
/// When it does not start.
pub fn server_of_our_own(purpose: &str) -> Result<PgServer, String> {
    let base = memory().join(format!("pgdbm-bench-{}-{purpose}", std::process::id()));
    let options = PgServerOptions::new().base_directory(base);
    PgServer::with(options).map_err(|error| error.to_string())
}

#[derive(Default)]
struct Kills {
    latest: Duration,
    killed: usize,
    finished: usize,
    failed: usize,
}

impl Kills {
    fn describe(&self, left: Databases) -> String {
        let Databases {
            busy,
            rows_without_database,
            ..
        } = left;
        format!(
            "after 0 to {} ms: {} killed, {} had ended, {} failed; they left {busy} databases and {rows_without_database} \
             rows without one",
            self.latest.as_millis(),
            self.killed,
            self.finished,
            self.failed
        )
    }
}

fn kill_all(
    binaries: &Binaries,
    database_url: Option<&str>,
    tests: usize,
    latest: Duration,
) -> Result<Kills, String> {
    let workers: Vec<_> = (0..AT_ONCE)
        .map(|worker| {
            let (binaries, url) = (binaries.clone(), database_url.map(str::to_owned));
            let numbers = (worker..tests).step_by(AT_ONCE);
            thread::spawn(move || kill_some(&binaries, url.as_deref(), numbers, latest))
        })
        .collect();
    let mut all = Kills {
        latest,
        ..Kills::default()
    };
    for worker in workers {
        let kills = worker.join().map_err(|_| "a thread panicked")??;
        all.killed += kills.killed;
        all.finished += kills.finished;
        all.failed += kills.failed;
    }
    Ok(all)
}

fn kill_some(
    binaries: &Binaries,
    database_url: Option<&str>,
    tests: impl Iterator<Item = usize>,
    latest: Duration,
) -> Result<Kills, String> {
    let mut random = Random::new();
    let mut kills = Kills::default();
    for test in tests {
        let name = format!("m{}::t{}", test / 10 % 20, test % 10);
        let mut command = binaries.single("two_hundred", &name)?;
        command.envs(database_url.map(|url| ("DATABASE_URL", url)));
        let group = Group::start(&mut command)?;
        thread::sleep(random.below(latest));
        match group.kill()? {
            None => kills.killed += 1,
            Some(status) if status.success() => kills.finished += 1,
            Some(_) => kills.failed += 1,
        }
    }
    Ok(kills)
}

/// Runs one test to its end. Gives what there was before it and what there is after it.
fn start_cleanly(
    binaries: &Binaries,
    view: &ServerView,
    database_url: Option<&str>,
) -> Result<(Databases, Clean), String> {
    // The server's processes notice one after the other that their clients have gone.
    let noticed = until(Duration::from_secs(20), || {
        matches!(view.clients(), Ok(0)).then_some(())
    });
    noticed.ok_or("the server does not notice that its clients have gone")?;
    let left = view.databases()?;
    let mut command = binaries.single("two_hundred", "m0::t0")?;
    command.envs(database_url.map(|url| ("DATABASE_URL", url)));
    let started = Instant::now();
    let output = output(&mut command)?;
    let took = started.elapsed();
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!(
            "the test after the killed ones: {}\n{said}",
            output.status
        ));
    }
    let noticed = until(Duration::from_secs(20), || {
        matches!(view.clients(), Ok(0)).then_some(())
    });
    noticed.ok_or("the server does not notice that its last client has gone")?;
    let after = view.databases()?;
    Ok((left, Clean { after, took }))
}

/// What the test came to that nobody killed.
struct Clean {
    after: Databases,
    took: Duration,
}

fn judged_databases(clean: &Clean) -> Row {
    let Databases {
        templates,
        spares,
        busy,
        rows_without_database,
        without_row,
        locks,
    } = clean.after;
    let is_clean = busy + without_row + locks == 0;
    Row::judged(
        "  after one clean start, in the server",
        "0 databases besides template and waiting copies, 0 locks",
        format!(
            "{} databases, {locks} locks ({templates} template, {spares} waiting copies; {rows_without_database} rows \
             without a database; the test took {})",
            busy + without_row,
            seconds(clean.took)
        ),
        is_clean,
    )
}

fn describe(found: Found) -> String {
    let Found {
        directories,
        servers,
        janitors,
        locks,
        segments,
    } = found;
    format!(
        "{servers} servers, {janitors} janitors, {directories} directories, {locks} locks, {segments} segments"
    )
}
