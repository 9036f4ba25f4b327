//! What the macros cost the compiler, ours and those of sqlx in its offline mode.
//!
//! The same crates are generated for both ([`project`]), under `target/`. The two take turns, and medians are compared. The user time
//! counts: it is what the compiler did, while the time on the clock is also what other programs did.

pub mod project;

use std::process::Command;
use std::time::Duration;

use pgdbm::testing::PgServer;
use pgdbm::{Pool, sql};

use crate::commands::{Cost, Workshop};
use crate::samples::{milliseconds, seconds};
use crate::table::Row;
use project::{Build, Library, OVERRIDDEN, PLAIN, Project};

const RUNS: usize = 7;
const COLD_RUNS: usize = 2;
const QUERIES: usize = 1000;

/// The parts, in their order.
const PARTS: [&str; 4] = ["check", "override", "cold", "expansion"];

/// Measures.
///
/// # Errors
/// When something does not compile, or there is no server for sqlx.
pub fn measure(chosen: &[String]) -> Result<Vec<Row>, String> {
    if let Some(unknown) = chosen.iter().find(|name| !PARTS.contains(&name.as_str())) {
        return Err(format!(
            "there is no part `{unknown}`\n  help: choose among {}, or none for all",
            PARTS.join(", ")
        ));
    }
    let wanted = |part: &str| chosen.is_empty() || chosen.iter().any(|name| name == part);
    let workshop = Workshop::new("macros")?;
    let projects = Projects {
        theirs: Project::new(Library::Sqlx, workshop.path(), &[1, QUERIES])?,
        ours: Project::new(Library::Pgdbm, workshop.path(), &[1, QUERIES, 2 * QUERIES])?,
    };
    fetch(workshop.path())?;
    let mut rows = Vec::new();
    let mut plain = None;
    if wanted("check") || wanted("override") {
        eprintln!("── sqlx describes its queries");
        describe(&projects.theirs)?;
        eprintln!("── cargo check");
        let (costs, measured) = projects.checks(&PLAIN, "", [0.7, 0.8], None)?;
        rows.extend(measured);
        plain = Some(costs);
    }
    if wanted("override") {
        eprintln!("── cargo check with the profile override");
        let (_, measured) = projects.checks(&OVERRIDDEN, ", override", [0.5, 0.8], plain)?;
        rows.extend(measured);
    }
    if wanted("cold") {
        eprintln!("── cold");
        rows.extend(projects.cold()?);
    }
    if wanted("expansion") {
        eprintln!("── expansion");
        rows.extend(expansion(&projects.ours)?);
    }
    Ok(rows)
}

/// Nothing is downloaded while time is taken.
fn fetch(workshop: &std::path::Path) -> Result<(), String> {
    for library in Library::BOTH {
        let mut cargo = Command::new("cargo");
        cargo
            .arg("fetch")
            .current_dir(workshop.join(library.name()));
        let output = crate::processes::output(&mut cargo)?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
    }
    Ok(())
}

/// Lets sqlx learn of a server what its queries are, once.
fn describe(theirs: &Project) -> Result<(), String> {
    let server = PgServer::private().map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let (_database, name) = runtime.block_on(async {
        let failed = |error: pgdbm::Error| error.to_string();
        let database = server.fresh_database().await.map_err(failed)?;
        let pool = Pool::connect(database.clone()).await.map_err(failed)?;
        let db = pool.public();
        for statement in project::all_tables().split_inclusive(";\n") {
            db.execute(statement.to_owned()).await.map_err(failed)?;
        }
        let name: String = sql("SELECT current_database()::text")
            .scalar()
            .fetch_one(&db)
            .await
            .map_err(failed)?;
        Ok::<_, String>((database, name))
    })?;
    let socket = server
        .socket_directory()
        .ok_or("the server is not private")?;
    let url = format!(
        "postgres://postgres@localhost/{name}?host={}",
        socket.display()
    );
    for queries in [1, QUERIES] {
        theirs.prepare(queries, &url, &PLAIN)?;
    }
    Ok(())
}

struct Projects {
    theirs: Project,
    ours: Project,
}

/// Of both: with one query, with all of them, and after the edit.
#[derive(Clone, Copy)]
struct Checks {
    one: Pair,
    all: Pair,
    edited: Pair,
}

#[derive(Clone, Copy)]
struct Pair {
    theirs: Cost,
    ours: Cost,
}

impl Projects {
    /// `cargo check` of what is compiled already, after a touch and after an edit, in turns. `plain` is what sqlx took without the
    /// override.
    fn checks(
        &self,
        build: &Build,
        note: &str,
        targets: [f64; 2],
        plain: Option<Checks>,
    ) -> Result<(Checks, Vec<Row>), String> {
        let mut costs: [Vec<Cost>; 6] = Default::default();
        for run in 0..=RUNS {
            let edited = run % 2 == 1;
            for (of_one, project) in [&self.theirs, &self.ours].into_iter().enumerate() {
                let mut take = |kind: usize, queries: usize| {
                    let cost = project.check(queries, build)?;
                    // The first run compiles the dependencies.
                    if run > 0 {
                        costs[2 * kind + of_one].push(cost);
                    }
                    Ok::<(), String>(())
                };
                project.touch(1)?;
                take(0, 1)?;
                project.set_queries(QUERIES, edited)?;
                take(2, QUERIES)?;
                project.touch(QUERIES)?;
                take(1, QUERIES)?;
            }
        }
        let pair = |kind: usize| Pair {
            theirs: Cost::median(&costs[2 * kind]),
            ours: Cost::median(&costs[2 * kind + 1]),
        };
        let checks = Checks {
            one: pair(0),
            all: pair(1),
            edited: pair(2),
        };
        let mut rows = vec![told(&format!("  touched, 1 query{note}"), checks.one)];
        rows.push(told(
            &format!("  touched, {QUERIES} queries{note}"),
            checks.all,
        ));
        rows.push(told(
            &format!("  edited, {QUERIES} queries{note}"),
            checks.edited,
        ));
        let [touched, edited] = targets;
        rows.push(judged(
            &format!("touched, {QUERIES} queries{note}: pgdbm / sqlx"),
            touched,
            checks.all,
        ));
        rows.push(judged(
            &format!("edited, {QUERIES} queries{note}: pgdbm / sqlx"),
            edited,
            checks.edited,
        ));
        if let Some(plain) = plain {
            let mixed = Pair {
                theirs: plain.all.theirs,
                ours: checks.all.ours,
            };
            let ratio = ratios(mixed);
            rows.push(Row::told(
                &format!("  touched{note}: pgdbm / sqlx without it"),
                ratio.1,
            ));
        }
        Ok((checks, rows))
    }

    /// `cargo check` with nothing compiled, in turns.
    fn cold(&self) -> Result<Vec<Row>, String> {
        let mut costs: [Vec<Cost>; 2] = Default::default();
        for directory in ["target-cold-0", "target-cold-1"].iter().take(COLD_RUNS) {
            let build = Build {
                directory,
                variables: &[],
            };
            for (of_one, project) in [&self.theirs, &self.ours].into_iter().enumerate() {
                // sqlx has no descriptions where the other parts have not run, and the dependencies are what is measured.
                project.without_queries(1)?;
                costs[of_one].push(project.check(1, &build)?);
                project.set_queries(1, false)?;
            }
        }
        let pair = Pair {
            theirs: Cost::median(&costs[0]),
            ours: Cost::median(&costs[1]),
        };
        Ok(vec![
            told("  cold", pair),
            Row::told(
                "  packages besides the user's",
                format!(
                    "pgdbm {}, sqlx {}",
                    self.ours.packages(1)?,
                    self.theirs.packages(1)?
                ),
            ),
            judged("cold: pgdbm / sqlx", 0.6, pair),
        ])
    }
}

fn told(what: &str, pair: Pair) -> Row {
    let one = |cost: Cost| format!("{} user, {} wall", seconds(cost.user), seconds(cost.wall));
    Row::told(
        what,
        format!("pgdbm {}; sqlx {}", one(pair.ours), one(pair.theirs)),
    )
}

fn judged(what: &str, target: f64, pair: Pair) -> Row {
    let (ratio, text) = ratios(pair);
    Row::judged(what, &format!("≤ {target:.1}"), text, ratio <= target)
}

/// By user time, and in words.
fn ratios(pair: Pair) -> (f64, String) {
    let ratio = |time: fn(&Cost) -> Duration| {
        time(&pair.ours).as_secs_f64() / time(&pair.theirs).as_secs_f64().max(1e-9)
    };
    let user = ratio(|cost| cost.user);
    (
        user,
        format!("{user:.2} user, {:.2} wall", ratio(|cost| cost.wall)),
    )
}

/// What one query takes of the compiler's expansion, in an unoptimised build: the time that rustc gives for the expansion of a crate with
/// twice as many queries, less the time for one, so that loading the macros and the migrations does not count. It has everything
/// that happens between the call and the parsed code: the tokens' way to the macro, the checker, the code, and the tokens' way back.
///
/// The fastest run counts: rustc measures by the clock.
fn expansion(ours: &Project) -> Result<Vec<Row>, String> {
    const RUNS: usize = 7;
    // The dependencies.
    ours.check(QUERIES, &PLAIN)?;
    let fastest = |queries: usize| -> Result<Duration, String> {
        let mut took = Vec::new();
        for _ in 0..RUNS {
            ours.touch(queries)?;
            let mut rustc = ours.cargo("rustc", queries, &PLAIN);
            // The compiler of every user can say it; only its name is not settled.
            rustc
                .args(["--profile", "check", "--", "-Ztime-passes"])
                .env("RUSTC_BOOTSTRAP", "1");
            let output = crate::processes::output(&mut rustc)?;
            let said = String::from_utf8_lossy(&output.stderr);
            let passes = said.lines().chain(
                std::str::from_utf8(&output.stdout)
                    .unwrap_or_default()
                    .lines(),
            );
            let mut lines = passes.filter(|line| line.ends_with("macro_expand_crate"));
            let line = lines
                .next()
                .ok_or_else(|| format!("rustc names no expansion:\n{said}"))?;
            let seconds = line
                .split_whitespace()
                .nth(1)
                .and_then(|word| word.trim_end_matches(';').parse().ok());
            took.push(Duration::from_secs_f64(
                seconds.ok_or_else(|| format!("rustc says {line}"))?,
            ));
        }
        took.into_iter()
            .min()
            .ok_or_else(|| "nothing was measured".to_owned())
    };
    let (once, twice) = (fastest(QUERIES)?, fastest(2 * QUERIES)?);
    let each = twice.saturating_sub(once) / u32::try_from(QUERIES).unwrap_or(u32::MAX);
    Ok(vec![
        Row::told(
            &format!("  expansion of {QUERIES} and {} queries", 2 * QUERIES),
            format!("{}, {}", milliseconds(once), milliseconds(twice)),
        ),
        Row::judged(
            "expansion with the checker, one query",
            "≤ 0.7 ms",
            format!(
                "{:.2} ms (difference, fastest of {RUNS})",
                each.as_secs_f64() * 1e3
            ),
            each <= Duration::from_micros(700),
        ),
    ])
}
