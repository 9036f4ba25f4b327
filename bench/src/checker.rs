//! What the checker costs where it runs: in a build without optimisation, as proc macros are compiled.
//!
//! Each figure is taken in processes of its own, which have checked nothing before, as the compiler starts one for each package.
//! The checker does one thing at a time and reads nothing, so it is judged by the processor's time: that says the same on a machine
//! that does other things too.

pub mod service;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use pgdbm_check::{Checker, Options, Source};

use crate::commands::{Cost, Workshop, timed};
use crate::samples::{Samples, seconds};
use crate::table::Row;

/// The argument with which this program does one of the things that are measured.
pub const ONCE: &str = "checker-once";

const RUNS: usize = 9;

const SCHEMA: &str = include_str!("../../pgdbm-check/tests/data/differential/schema.sql");
const QUERIES: &str = include_str!("../../pgdbm-check/tests/data/differential/queries.sql");

/// What is put to the checker: what is committed, or what the caller names.
#[derive(Clone, Debug)]
struct Corpus {
    migrations: Option<PathBuf>,
    queries: Option<PathBuf>,
}

impl Corpus {
    fn of(arguments: &[String]) -> Result<Corpus, String> {
        match arguments {
            [] => Ok(Corpus {
                migrations: None,
                queries: None,
            }),
            [migrations, queries] => Ok(Corpus {
                migrations: Some(migrations.into()),
                queries: Some(queries.into()),
            }),
            _ => Err("usage: cargo xtask bench checker [DIRECTORY QUERIES.jsonl]".to_owned()),
        }
    }

    fn arguments(&self) -> impl Iterator<Item = &Path> {
        self.migrations
            .iter()
            .chain(&self.queries)
            .map(PathBuf::as_path)
    }

    /// The migrations whose replay is measured.
    fn migrations(&self) -> Result<Vec<Source>, String> {
        match &self.migrations {
            None => Ok(service::sources()),
            Some(directory) => sources_in(directory),
        }
    }

    /// What the queries are written for: those migrations, or the schema of the committed queries.
    fn schema(&self) -> Result<Vec<Source>, String> {
        match &self.migrations {
            None => Ok(vec![Source::new("schema.sql", SCHEMA)]),
            Some(directory) => sources_in(directory),
        }
    }

    fn queries(&self) -> Result<Vec<String>, String> {
        let Some(file) = &self.queries else {
            let lines = QUERIES.lines().filter(|line| !line.is_empty());
            return Ok(lines.map(str::to_owned).collect());
        };
        let shown = file.display();
        let text = fs::read_to_string(file).map_err(|error| format!("{shown}: {error}"))?;
        let query = |line: &str| {
            let line: serde_json::Value = serde_json::from_str(line).ok()?;
            Some(line.get("sql")?.as_str()?.to_owned())
        };
        let queries = text.lines().map(query).collect::<Option<Vec<_>>>();
        queries.ok_or(format!("{shown}: a line is no object with a field `sql`"))
    }
}

/// The files of a directory, in the order of their names.
fn sources_in(directory: &Path) -> Result<Vec<Source>, String> {
    let problem = |error: std::io::Error| format!("{}: {error}", directory.display());
    let mut sources = Vec::new();
    for entry in fs::read_dir(directory).map_err(problem)? {
        let path = entry.map_err(problem)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if name.ends_with(".sql") && !name.ends_with(".down.sql") {
            let text = fs::read_to_string(&path).map_err(problem)?;
            sources.push(Source::new(name, text));
        }
    }
    sources.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(sources)
}

/// Measures.
///
/// # Errors
/// When the files cannot be read, or a program does not run.
pub fn measure(arguments: &[String]) -> Result<Vec<Row>, String> {
    let corpus = Corpus::of(arguments)?;
    let mut rows = Vec::new();
    let (catalog, _) = repeat("catalog", &corpus)?;
    rows.push(judged(
        "the built-in catalog: no migrations, one query",
        &catalog,
        Duration::from_millis(10),
        "",
    ));
    let (replay, counts) = repeat("replay", &corpus)?;
    rows.push(judged(
        &format!("replay of {} migration files", counts.0),
        &replay,
        Duration::from_millis(400),
        &format!("; {} findings", counts.1),
    ));
    let (describe, counts) = repeat("describe", &corpus)?;
    rows.push(judged(
        &format!("one query, mean over {}", counts.0),
        &describe,
        Duration::from_micros(600),
        &format!("; {} of them refused", counts.1),
    ));
    rows.extend(instructions(&corpus)?);
    rows.push(cold_check()?);
    Ok(rows)
}

fn judged(what: &str, measured: &Measured, target: Duration, note: &str) -> Row {
    Row::judged(
        what,
        &format!("≤ {} ms", target.as_secs_f64() * 1e3),
        format!(
            "{} (wall {}, slowest {}; median of {RUNS}{note})",
            fine(measured.processor.median()),
            fine(measured.wall.median()),
            fine(measured.processor.percentile(100)),
        ),
        measured.processor.median() <= target,
    )
}

/// A very short time, for people.
fn fine(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1e3)
}

/// What several processes have measured.
struct Measured {
    processor: Samples,
    wall: Samples,
}

/// Does it in several processes. Gives also how many things there were, and how many were found fault with.
fn repeat(part: &str, corpus: &Corpus) -> Result<(Measured, (usize, usize)), String> {
    let (mut processor, mut wall, mut counts) = (Vec::new(), Vec::new(), (0, 0));
    for _ in 0..RUNS {
        let mut command = this_program(part, corpus)?;
        let output = crate::processes::output(&mut command)?;
        let said = String::from_utf8_lossy(&output.stdout);
        let numbers: Vec<u64> = said
            .split_whitespace()
            .filter_map(|word| word.parse().ok())
            .collect();
        let [in_processor, in_all, things, faults] = numbers[..] else {
            let errors = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{part}: {}\n{said}{errors}", output.status));
        };
        processor.push(Duration::from_nanos(in_processor));
        wall.push(Duration::from_nanos(in_all));
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        counts = (count(things), count(faults));
    }
    let measured = Measured {
        processor: processor.into_iter().collect(),
        wall: wall.into_iter().collect(),
    };
    Ok((measured, counts))
}

fn this_program(part: &str, corpus: &Corpus) -> Result<Command, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command.args([ONCE, part]).args(corpus.arguments());
    Ok(command)
}

/// One of the things that are measured; prints nanoseconds of the processor and of the clock, and the two counts.
///
/// # Errors
/// When the files cannot be read.
pub fn once(part: &str, arguments: &[String]) -> Result<(), String> {
    let corpus = Corpus::of(arguments)?;
    let options = Options::default();
    let ([processor, wall], counts) = match part {
        "nothing" => (clocked(|| ()).0, (0, 0)),
        "catalog" => {
            let (clocks, description) =
                clocked(|| Checker::new(&[], &options).describe("SELECT 1 AS one"));
            (clocks, (1, description.findings.len()))
        }
        "replay" => {
            let sources = corpus.migrations()?;
            let (clocks, checker) = clocked(|| Checker::new(&sources, &options));
            (clocks, (sources.len(), checker.findings().len()))
        }
        "schema" => {
            let sources = corpus.schema()?;
            let (clocks, checker) = clocked(|| Checker::new(&sources, &options));
            (clocks, (sources.len(), checker.findings().len()))
        }
        "describe" => {
            let checker = Checker::new(&corpus.schema()?, &options);
            let queries = corpus.queries()?;
            // Each once, as in a compilation: what the first ones look up in the catalog, the later ones find looked up.
            let (clocks, refused) = clocked(|| {
                let refused = queries.iter().filter(|query| {
                    let description = checker.describe(query);
                    description
                        .findings
                        .iter()
                        .any(pgdbm_check::Diagnostic::is_error)
                });
                refused.count()
            });
            let each = u128::try_from(queries.len().max(1)).unwrap_or(u128::MAX);
            (clocks.map(|clock| clock / each), (queries.len(), refused))
        }
        unknown => return Err(format!("there is no part `{unknown}`")),
    };
    println!("{processor} {wall} {} {}", counts.0, counts.1);
    Ok(())
}

/// Nanoseconds of the processor and of the clock that something takes.
fn clocked<T>(work: impl FnOnce() -> T) -> ([u128; 2], T) {
    let processor = || {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        i128::from(time.tv_sec) * 1_000_000_000 + i128::from(time.tv_nsec)
    };
    let (started, before) = (Instant::now(), processor());
    let made = work();
    let in_processor = u128::try_from(processor() - before).unwrap_or_default();
    ([in_processor, started.elapsed().as_nanos()], made)
}

/// The instructions of the same, where valgrind is there to count them: they hardly differ from run to run.
fn instructions(corpus: &Corpus) -> Result<Vec<Row>, String> {
    let count = |part: &str| -> Result<Option<f64>, String> {
        let program = this_program(part, corpus)?;
        let mut valgrind = Command::new("valgrind");
        valgrind.args([
            "--tool=cachegrind",
            "--cache-sim=no",
            "--cachegrind-out-file=/dev/null",
        ]);
        valgrind.arg(program.get_program()).args(program.get_args());
        let Ok(output) = crate::processes::output(&mut valgrind) else {
            return Ok(None);
        };
        let said = String::from_utf8_lossy(&output.stderr);
        let line = said
            .lines()
            .find(|line| line.contains("I refs:") || line.contains("I   refs:"));
        let number = line.and_then(|line| line.rsplit(' ').next());
        let number = number.and_then(|number| number.replace(',', "").parse::<f64>().ok());
        number.map(Some).ok_or_else(|| {
            format!("valgrind does not say how many instructions `{part}` took:\n{said}")
        })
    };
    let Some(nothing) = count("nothing")? else {
        return Ok(vec![Row::told(
            "  instructions",
            "valgrind is not installed",
        )]);
    };
    let [catalog, replay, schema, describe] = ["catalog", "replay", "schema", "describe"]
        .map(|part| count(part).map(Option::unwrap_or_default));
    let (catalog, replay, schema, describe) = (catalog?, replay?, schema?, describe?);
    let queries = corpus.queries()?.len().max(1);
    #[expect(clippy::cast_precision_loss, reason = "there are hundreds of queries")]
    let each = (describe - schema) / queries as f64;
    let millions = |number: f64| format!("{:.2} million", number / 1e6);
    Ok(vec![
        Row::told(
            "  instructions, the built-in catalog",
            millions(catalog - nothing),
        ),
        Row::told("  instructions, replay", millions(replay - nothing)),
        Row::told("  instructions, one query", millions(each)),
    ])
}

/// The first build of whoever has the checker among the dependencies.
fn cold_check() -> Result<Row, String> {
    let workshop = Workshop::new("checker")?;
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    // Nothing is downloaded while time is taken.
    timed(
        Command::new("cargo")
            .args(["fetch", "--locked"])
            .current_dir(&repository),
    )?;
    let mut cargo = Command::new("cargo");
    cargo
        .args([
            "check",
            "--quiet",
            "--locked",
            "-p",
            "pgdbm-check",
            "--jobs",
            "2",
        ])
        .arg("--target-dir")
        .arg(workshop.path().join("cold"))
        .current_dir(&repository);
    let Cost { wall, user } = timed(&mut cargo)?;
    Ok(Row::judged(
        "cold `cargo check -p pgdbm-check`, 2 jobs",
        "≤ 25 s",
        format!("{} (user {})", seconds(wall), seconds(user)),
        wall <= Duration::from_secs(25),
    ))
}
