//! Generated queries, and mutants of good ones, put to the checker and to a real server; and generated queries run over rows rich in
//! nulls. All of it follows from a seed: `PGDBM_CHECK_SEED` names another, `PGDBM_CHECK_GENERATED` how many queries there are.

mod choices;
mod database;
mod grammar;
mod known;
mod minimise;
mod mutant;
mod rows;
mod samples;
mod schema;
mod verdict;
mod words;

use std::collections::BTreeSet;
use std::env;
use std::error::Error;

use pgdbm_check::{Checker, Options, Source};

use choices::Choices;
use database::Database;
use grammar::Grammar;
use known::Known;
use minimise::minimise;
use rows::Run;
use schema::Schema;
use verdict::{Judgement, Tally, Verdict, percent};

const SCHEMA: &str = include_str!("../data/differential/schema.sql");
const QUERIES: &str = include_str!("../data/differential/queries.sql");

/// How many queries are made to be compared, and how many to be run, unless the environment says otherwise.
const GENERATED: u64 = 4000;
const RUN: u64 = 1500;

/// How many disagreements are minimised and shown before a test gives up.
const SHOWN: usize = 12;

fn setting(name: &str, default: u64) -> u64 {
    env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}

/// The seeds of so many cases.
fn seeds(count: u64) -> impl Iterator<Item = u64> {
    let seed = setting("PGDBM_CHECK_SEED", 1);
    let count = setting("PGDBM_CHECK_GENERATED", count);
    (0..count).map(move |number| seed.wrapping_mul(1_000_003).wrapping_add(number))
}

fn checker(major: u32) -> Result<Checker, Box<dyn Error>> {
    let options = Options::default().major(u16::try_from(major)?);
    let checker = Checker::new(&[Source::new("schema.sql", SCHEMA)], &options);
    match checker.findings().first() {
        Some(finding) => Err(format!("{finding:?}").into()),
        None => Ok(checker),
    }
}

/// Judges cases and tells the counts; says what was wrong. Missed ones are shown when `PGDBM_CHECK_MISSED` is set.
fn judge(
    database: &mut Database,
    checker: &Checker,
    count: u64,
    make: &dyn Fn(&mut Choices) -> String,
) -> Result<(Tally, Vec<String>), Box<dyn Error>> {
    let known = Known::read(checker, database)?;
    let missed = env::var_os("PGDBM_CHECK_MISSED").is_some();
    let mut tally = Tally::default();
    let mut shown = BTreeSet::new();
    for seed in seeds(count) {
        let mut choices = Choices::random(seed);
        let query = make(&mut choices);
        let judgement = Judgement::of(&query, checker, database)?;
        let verdict = judgement.verdict;
        tally.add(verdict);
        let shows =
            verdict.is_wrong() || missed && matches!(verdict, Verdict::Missed | Verdict::Untyped);
        if !shows || shown.len() >= SHOWN {
            continue;
        }
        let reason = judgement.theirs.err();
        let smallest = minimise(&choices.into_drawn(), make, |query| {
            Judgement::of(query, checker, database).is_ok_and(|one| {
                one.verdict == verdict && one.theirs.as_ref().err() == reason.as_ref()
            })
        });
        let judgement = Judgement::of(&smallest, checker, database)?;
        if known.has(&judgement) {
            continue;
        }
        let account = format!("{verdict:?}: {smallest}\n  {}", judgement.account());
        if verdict.is_wrong() {
            shown.insert(account);
        } else {
            eprintln!("{account}");
        }
    }
    Ok((tally, shown.into_iter().collect()))
}

/// Whether so many are at least that many hundredths of all, and any at all: else a gate is passed by nothing.
fn is_share(count: usize, hundredths: usize, all: usize) -> bool {
    count > 0 && count * 100 >= hundredths * all
}

/// An error, not a panic, so that the database is dropped.
fn settle(holds: bool, wrong: &[String]) -> Result<(), Box<dyn Error>> {
    if holds && wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("the counts above, or these:\n{}", wrong.join("\n")).into())
    }
}

#[test]
fn the_server_says_the_same_of_generated_queries() -> Result<(), Box<dyn Error>> {
    let (tally, wrong) = Database::with("generated", SCHEMA, |database| {
        let schema = Schema::read(database)?;
        let checker = checker(database.major)?;
        judge(database, &checker, GENERATED, &|choices| {
            Grammar::statement(&schema, choices)
        })
    })?;
    let (refused, of_all) = tally.refused();
    eprintln!(
        "generated: {} valid, {:.2} % of them typed in full; of the others {refused:.2} % refused ({of_all:.2} % with constants); {tally:?}",
        tally.valid(),
        tally.typed(),
    );
    let enough = is_share(tally.valid(), 40, seeds(GENERATED).count());
    settle(enough && tally.typed() >= 98.0, &wrong)
}

#[test]
fn the_server_says_the_same_of_mutants() -> Result<(), Box<dyn Error>> {
    let (tally, wrong) = Database::with("mutants", SCHEMA, |database| {
        let schema = Schema::read(database)?;
        let checker = checker(database.major)?;
        let mut corpus = Vec::new();
        for query in QUERIES.lines().filter(|line| !line.is_empty()) {
            if database.describe(query)?.is_ok() {
                corpus.push(query);
            }
        }
        judge(database, &checker, GENERATED, &|choices| {
            let written = choices.pick(&corpus).filter(|_| !choices.chance(40));
            let query = match written {
                Some(query) => query.to_owned(),
                None => Grammar::statement(&schema, choices),
            };
            let mutant = mutant::mutate(&query, choices);
            if choices.chance(20) {
                mutant::mutate(&mutant, choices)
            } else {
                mutant
            }
        })
    })?;
    let (refused, of_all) = tally.refused();
    eprintln!(
        "mutants: {} valid, {:.2} % of them typed in full; of the others {refused:.2} % refused ({of_all:.2} % with constants); {tally:?}",
        tally.valid(),
        tally.typed(),
    );
    let enough = is_share(tally.refused_by_both(), 50, seeds(GENERATED).count());
    settle(enough && refused >= 97.0, &wrong)
}

#[test]
fn no_null_arrives_where_none_may() -> Result<(), Box<dyn Error>> {
    let (total, wrong) = Database::with("nulls", SCHEMA, |database| {
        let schema = Schema::read(database)?;
        let checker = checker(database.major)?;
        rows::fill(
            &schema,
            database,
            &mut Choices::random(setting("PGDBM_CHECK_SEED", 1)),
        )?;
        let mut total = Run::default();
        let mut wrong = Vec::new();
        for seed in seeds(RUN) {
            let make = |choices: &mut Choices| Grammar::read(&schema, choices);
            let mut choices = Choices::random(seed);
            let query = make(&mut choices);
            let Some(run) = execute(&query, seed, &checker, database)? else {
                continue;
            };
            total.claims += run.claims;
            total.seen += run.seen;
            total.columns += run.columns;
            total.runs += run.runs;
            total.failures += run.failures;
            if run.refuted.is_some() && wrong.len() < SHOWN {
                let smallest = minimise(&choices.into_drawn(), make, |query| {
                    execute(query, seed, &checker, database)
                        .is_ok_and(|run| run.is_some_and(|run| run.refuted.is_some()))
                });
                let run = execute(&smallest, seed, &checker, database)?;
                let refuted = run.and_then(|run| run.refuted).unwrap_or_default();
                wrong.push(format!("a null arrived: {smallest}\n  {refuted}"));
            }
        }
        Ok((total, wrong))
    })?;
    eprintln!(
        "nulls: of {} columns {} are claimed to be never null, {} of them seen ({:.1} %); {} runs, {} failed",
        total.columns,
        total.claims,
        total.seen,
        percent(total.seen, total.claims),
        total.runs,
        total.failures,
    );
    // Claims that meet no row are refuted by none.
    settle(is_share(total.seen, 10, seeds(RUN).count()), &wrong)
}

/// Runs a query that the server takes.
fn execute(
    query: &str,
    seed: u64,
    checker: &Checker,
    database: &mut Database,
) -> Result<Option<Run>, Box<dyn Error>> {
    let Ok((types, _)) = database.describe(query)? else {
        return Ok(None);
    };
    let mut choices = Choices::random(seed);
    Ok(Some(rows::run(
        query,
        &types,
        checker,
        database,
        &mut choices,
    )))
}
