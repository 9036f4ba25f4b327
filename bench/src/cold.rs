//! The first test of a user who has never run one: no server, and no initialised cluster to copy.
//!
//! A process of its own makes everything: `initdb`, the server, the registry, the template with its twenty migrations, a copy
//! of that, and asks it the first question. Time counts from its `main` on. The directories are new ones, of which the system
//! knows nothing; PostgreSQL's programs have been read before.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use pgdbm::sql;
use pgdbm::testing::{PgServer, PgServerOptions, TestDatabaseOptions};

use crate::Shop;
use crate::binaries::Binaries;
use crate::processes::{output, until};
use crate::samples::{Samples, seconds};
use crate::table::Row;

const RUNS: usize = 5;

/// The argument with which this program does what is measured, in the directories named next.
pub const ONCE: &str = "cold-once";

/// Measures.
///
/// # Errors
/// When no server can be started.
pub fn measure(binaries: &Binaries) -> Result<Vec<Row>, String> {
    let mut took = Vec::new();
    for run in 0..RUNS {
        let name = format!("pgdbm-bench-{}-{run}", std::process::id());
        let base = memory().join(&name);
        let cache = Path::new("/var/tmp").join(&name);
        let measured = in_a_process(binaries, &base, &cache);
        let gone = until(Duration::from_secs(20), || (!base.exists()).then_some(()));
        // Only now: the janitor may still have needed it.
        let removed = fs::remove_dir_all(&cache);
        took.push(measured?);
        if gone.is_none() {
            return Err(format!("{} is still there", base.display()));
        }
        removed.map_err(|error| format!("cannot remove {}: {error}", cache.display()))?;
    }
    let samples: Samples = took.into_iter().collect();
    Ok(vec![Row::judged(
        "cold: no server, no cached cluster, to the first query",
        "≤ 1.5 s",
        format!(
            "{} (median of {RUNS}, slowest {})",
            seconds(samples.median()),
            seconds(samples.percentile(100))
        ),
        samples.median() <= Duration::from_millis(1500),
    )])
}

/// Where the kit puts servers if it can.
pub fn memory() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        memory.to_owned()
    } else {
        PathBuf::from("/tmp")
    }
}

fn in_a_process(binaries: &Binaries, base: &Path, cache: &Path) -> Result<Duration, String> {
    let mut command = binaries.program(env!("CARGO_PKG_NAME"))?;
    let output = output(command.arg(ONCE).args([base, cache]))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let microseconds = said.trim().parse().ok().filter(|_| output.status.success());
    microseconds.map(Duration::from_micros).ok_or_else(|| {
        let errors = String::from_utf8_lossy(&output.stderr);
        format!("the cold start: {}\n{said}{errors}", output.status)
    })
}

/// What is measured.
///
/// # Errors
/// When no server can be started.
pub fn once(base: &str, cache: &str, started: Instant) -> Result<(), String> {
    let options = PgServerOptions::new()
        .base_directory(base)
        .cache_directory(cache);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let server = PgServer::with(options).map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let failed = |error: pgdbm::Error| error.to_string();
        let options = TestDatabaseOptions::new().migrations("public", Shop);
        let database = options.on(&server).create().await.map_err(failed)?;
        let customers: i64 = sql("SELECT count(*) FROM {{tables.customers}}")
            .scalar()
            .fetch_one(database.manager())
            .await
            .map_err(failed)?;
        println!("{}", started.elapsed().as_micros());
        database.close().await;
        if customers == 0 {
            Ok(())
        } else {
            Err(format!("a new database has {customers} customers"))
        }
    })
}
