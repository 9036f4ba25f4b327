//! The commands of this repository: `cargo xtask <command>`. Each is one step of the continuous integration too.

mod bench;
mod call_sites;
mod catalog;
mod check;
mod demo;
mod fuzz;
mod kit;
mod oracle;
mod package;
mod run;
mod server;
mod test;
mod tracking;

use std::process::ExitCode;

use run::Outcome;

/// A command: its name, what it does, and the function that does it.
type Command = (&'static str, &'static str, fn(&[String]) -> Outcome);

const COMMANDS: &[Command] = &[
    (
        "demo",
        "show the product at work: two schemas, checked queries, a real server",
        demo::demo,
    ),
    (
        "test",
        "run all tests; `--pg 18` or `--all-pg`: on these majors; `--server-only`: without what needs no server",
        test::test,
    ),
    (
        "check",
        "formatting, lints, documentation, dependency directions, licences, packages",
        check::check,
    ),
    (
        "bench",
        "measure, beside sqlx where it does the same: `cargo xtask bench testing|checker|macros …`",
        bench::bench,
    ),
    (
        "catalog",
        "dump what servers of all majors bring along into the checker's data files; `--check`: compare only",
        catalog::catalog,
    ),
    (
        "fuzz",
        "fuzz the lexer, the templates, the migration files and the checker: `cargo xtask fuzz [seconds]`",
        fuzz::fuzz,
    ),
    (
        "call-sites",
        "see whether programs find all their queries, with every kind of optimisation; takes some minutes",
        call_sites::call_sites,
    ),
    (
        "tracking",
        "see which changes make cargo compile queries anew",
        tracking::tracking,
    ),
    (
        "pg",
        "get a PostgreSQL major, and print its programs' directory: `cargo xtask pg 18 [--pinned]`",
        kit::pg,
    ),
    (
        "server",
        "make sure that a PostgreSQL server is installed, and say which one is used",
        server::server,
    ),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        return usage("which command?");
    };
    let Some((_, _, command)) = COMMANDS.iter().find(|(known, _, _)| known == name) else {
        return usage(&format!("there is no command `{name}`"));
    };
    match command(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask {name}: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn usage(problem: &str) -> ExitCode {
    eprintln!("xtask: {problem}\n\nusage: cargo xtask <command>\n");
    for (name, purpose, _) in COMMANDS {
        eprintln!("  {name:<10} {purpose}");
    }
    ExitCode::from(2)
}
