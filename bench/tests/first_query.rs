//! How long a test waits for its database: measured by itself, from the call of its function on.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::Cell;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use pgdbm::testing::PgServer;
use pgdbm::{DatabaseManager, Error, query_scalar_unchecked};
use pgdbm_bench::first_query::{AT_ONCE, PROBE, REST, ROUNDS, line, setting};
use pgdbm_bench::server_view::ServerView;

thread_local! {
    /// When this thread's test was called, and when it had its first answer. The runtime of a test is its thread's.
    static CALLED: Cell<Option<Instant>> = const { Cell::new(None) };
    static ANSWERED: Cell<Option<Instant>> = const { Cell::new(None) };
}

#[pgdbm::test]
async fn probe(db: DatabaseManager) -> Result<(), Error> {
    let customers: i64 = query_scalar_unchecked!("SELECT count(*) FROM {{tables.customers}}")
        .fetch_one(&db)
        .await?;
    ANSWERED.set(Some(Instant::now()));
    assert_eq!(customers, 0);
    Ok(())
}

fn measured() -> Duration {
    CALLED.set(Some(Instant::now()));
    // The function that the harness calls is an ordinary one.
    probe().unwrap();
    ANSWERED.get().unwrap() - CALLED.get().unwrap()
}

#[test]
fn one() {
    println!("\n{}", line(measured()));
}

#[test]
fn rounds() {
    let at_once = setting(AT_ONCE, 2);
    let rest = setting(REST, 0) == 1;
    let server = PgServer::start().unwrap();
    let view = ServerView::of(&server).unwrap();
    let mut took = Vec::new();
    for round in 0..setting(ROUNDS, 2) {
        // Before the first round nobody has asked for so many yet.
        if rest && round > 0 {
            view.rest(PROBE).unwrap();
        }
        let barrier = Barrier::new(at_once);
        thread::scope(|scope| {
            let started: Vec<_> = (0..at_once)
                .map(|_| {
                    scope.spawn(|| {
                        barrier.wait();
                        measured()
                    })
                })
                .collect();
            for one in started {
                took.push(one.join().unwrap());
            }
        });
    }
    println!();
    for one in took {
        println!("{}", line(one));
    }
}
