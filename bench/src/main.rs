//! Takes the figures: `cargo xtask bench <subject>` builds and runs this.

use std::process::ExitCode;
use std::time::Instant;

use pgdbm_bench::binaries::Binaries;
use pgdbm_bench::table::{Row, render};
use pgdbm_bench::{checker, cold, first_query, killed, macros, side_by_side, two_hundred};

/// A part of the testing kit: its name, and what measures it.
type Part = (&'static str, fn(&Binaries) -> Result<Vec<Row>, String>);

const PARTS: [Part; 5] = [
    ("first-query", first_query::measure),
    ("two-hundred", two_hundred::measure),
    ("cold", cold::measure),
    ("killed", killed::measure),
    ("side-by-side", side_by_side::measure),
];

fn main() -> ExitCode {
    let started = Instant::now();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match &arguments[..] {
        [once, base, cache] if once == cold::ONCE => {
            cold::once(base, cache, started).map(|()| true)
        }
        [once, part, files @ ..] if once == checker::ONCE => {
            checker::once(part, files).map(|()| true)
        }
        [subject, chosen @ ..] if subject == "testing" => testing(chosen),
        [subject, files @ ..] if subject == "checker" => {
            checker::measure(files).map(|rows| show(&rows))
        }
        [subject, chosen @ ..] if subject == "macros" => {
            macros::measure(chosen).map(|rows| show(&rows))
        }
        _ => {
            Err("what is to be measured?\n  help: name `testing`, `checker` or `macros`".to_owned())
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("pgdbm-bench: {problem}");
            ExitCode::from(2)
        }
    }
}

/// The testing kit. Gives whether all targets were reached.
fn testing(chosen: &[String]) -> Result<bool, String> {
    let names = PARTS.map(|(name, _)| name);
    if let Some(unknown) = chosen.iter().find(|name| !names.contains(&name.as_str())) {
        return Err(format!(
            "there is no part `{unknown}`\n  help: choose among {}, or none for all",
            names.join(", ")
        ));
    }
    let binaries = Binaries::build()?;
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    eprintln!("{}", machine());
    for (name, part) in PARTS {
        if !chosen.is_empty() && !chosen.iter().any(|one| one == name) {
            continue;
        }
        eprintln!("── {name}");
        match part(&binaries) {
            Ok(measured) => rows.extend(measured),
            Err(problem) => problems.push(format!("{name}: {problem}")),
        }
    }
    let reached = show(&rows);
    for problem in &problems {
        eprintln!("not measured: {problem}");
    }
    Ok(problems.is_empty() && reached)
}

/// Prints the table. Gives whether all targets were reached.
fn show(rows: &[Row]) -> bool {
    println!("\n{}\n\n{}", machine(), render(rows));
    rows.iter().all(|row| row.reached != Some(false))
}

/// Where this was measured, and what else the machine did: figures of a busy machine say little.
fn machine() -> String {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("unknown");
    format!("{processors} processors, load {load}, profile dev")
}
