//! Runs of tests, as `#[pgdbm::test]` makes them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Duration;

use pgdbm_runtime::__private::testing::{Isolation, SchemaPlan, TestPlan, run};
use pgdbm_runtime::{Error, Migrations};

use crate::own_server::Shop;

const PLAN: TestPlan = TestPlan {
    name: "runs::test",
    isolation: Isolation::Database,
    schemas: &[SchemaPlan {
        schema: "shop",
        migrations: &[Shop::MIGRATIONS],
    }],
    fixtures: &[],
    timeout: None,
    max_connections: None,
    worker_threads: None,
    max_repeats: None,
    // The tests here that fail do so on purpose, and nobody wants to see their databases.
    should_panic: true,
};

/// What a test says that panics.
fn panic_of<T>(test: impl FnOnce() -> T) -> String {
    let Err(panic) = catch_unwind(AssertUnwindSafe(test)) else {
        panic!("the test did not fail");
    };
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => (*panic.downcast::<&str>().unwrap()).to_owned(),
    }
}

#[test]
fn a_test_has_its_migrations_and_gives_what_it_gives() {
    static PLAN: TestPlan = TestPlan {
        should_panic: false,
        ..self::PLAN
    };
    let outcome: Result<(), Error> = run(&PLAN, |database| async move {
        assert!(database.manager().table_exists("users").await?);
        Ok(())
    });
    outcome.unwrap();
    let code: ExitCode = run(&PLAN, |_| async { ExitCode::SUCCESS });
    assert_eq!(code, ExitCode::SUCCESS);
}

#[test]
fn an_error_is_given_back_and_a_panic_goes_on() {
    static PLAN: TestPlan = self::PLAN;
    let outcome: Result<(), &str> = run(&PLAN, |_| async { Err("no") });
    assert_eq!(outcome, Err("no"));
    assert_eq!(
        panic_of(|| run(&PLAN, |_| async {
            if true {
                panic!("so it is");
            }
        })),
        "so it is"
    );
    // Before its first await point as well.
    let early = panic_of(|| {
        run(&PLAN, |_| {
            if true {
                panic!("early");
            }
            async {}
        });
    });
    assert_eq!(early, "early");
}

#[test]
fn a_test_that_does_not_end_says_what_it_was_waiting_for() {
    static PLAN: TestPlan = TestPlan {
        timeout: Some(Duration::from_secs(3)),
        ..self::PLAN
    };
    let said = panic_of(|| {
        run(&PLAN, |database| async move {
            let first = database.manager().transaction().await.unwrap();
            first.execute("LOCK TABLE {{tables.users}}").await.unwrap();
            drop(
                database
                    .manager()
                    .execute("SELECT * FROM {{tables.users}}")
                    .await,
            );
        });
    });
    for needed in [
        "did not end within 3s",
        "blocked by",
        "LOCK TABLE",
        "SELECT * FROM",
    ] {
        assert!(said.contains(needed), "{needed}: {said}");
    }
}

#[test]
fn a_call_site_that_runs_too_often_fails_the_test() {
    static PLAN: TestPlan = TestPlan {
        max_repeats: Some(3),
        ..self::PLAN
    };
    let said = panic_of(|| {
        run(&PLAN, |database| async move {
            for _ in 0..4 {
                database.manager().execute("SELECT 1").await.unwrap();
            }
        });
    });
    assert!(said.contains("SELECT 1") && said.contains('4'), "{said}");
    run(&PLAN, |database| async move {
        for _ in 0..3 {
            database.manager().execute("SELECT 1").await.unwrap();
        }
    });
}

#[test]
fn several_threads_work_on_a_test() {
    static PLAN: TestPlan = TestPlan {
        worker_threads: Some(2),
        should_panic: false,
        ..self::PLAN
    };
    run(&PLAN, |database| async move {
        let db = database.manager().clone();
        tokio::task::spawn(async move { db.execute("SELECT 1").await })
            .await
            .unwrap()
            .unwrap();
        tokio::task::block_in_place(|| ());
    });
}

#[test]
fn a_test_that_cannot_begin_has_not_panicked_as_it_should() {
    static PLAN: TestPlan = TestPlan {
        max_connections: Some(2000),
        ..self::PLAN
    };
    // Returns, so that `#[should_panic]` is not content.
    run(&PLAN, |_| async {});
    static OTHER: TestPlan = TestPlan {
        should_panic: false,
        ..PLAN
    };
    let said = panic_of(|| run(&OTHER, |_| async {}));
    assert!(said.contains("cannot begin"), "{said}");
}
