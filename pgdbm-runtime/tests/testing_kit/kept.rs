//! Databases of tests that fail.

use std::process::Stdio;

use pgdbm_runtime::{DatabaseConfig, Pool};

use crate::own_server::{base, databases, eventually, own_server};
use crate::process::{Tester, command};

/// Runs a test that fails, with so many minutes to keep its database; gives what it says on standard error.
fn fail(name: &str, minutes: &str) -> String {
    let output = command(&base(name), "fail")
        .env("PGDBM_TEST_KEEP", minutes)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

fn kept_name(said: &str) -> String {
    let (_, name) = said.split_once("dbname=").unwrap();
    name.split(['\'', ' ', '\n']).next().unwrap().to_owned()
}

#[tokio::test]
async fn the_database_of_a_failed_test_is_kept_until_the_test_runs_again() {
    let server = own_server("kept");
    let said = fail("kept", "7");
    for needed in ["role::fail", "7 min", "psql", "PGDBM_TEST_KEEP"] {
        assert!(said.contains(needed), "{needed}: {said}");
    }
    let name = kept_name(&said);
    // Another test does not drop it.
    let mut other = Tester::spawn(&base("kept"), "hold");
    other.database();
    assert!(other.finish());
    let config = DatabaseConfig::from_url(&server.database_url(&name)).unwrap();
    let pool = Pool::connect(config).await.unwrap();
    assert!(
        pool.manager("shop")
            .unwrap()
            .table_exists("users")
            .await
            .unwrap()
    );
    pool.close().await;
    let again = kept_name(&fail("kept", "7"));
    assert_ne!(again, name);
    eventually("the first one is dropped", async || {
        !databases(&server).await.contains(&name)
    })
    .await;
    assert!(databases(&server).await.contains(&again));
    // So that the server goes with this test.
    assert!(!fail("kept", "0").contains("psql"));
    eventually("the second one is dropped", async || {
        !databases(&server).await.contains(&again)
    })
    .await;
}

#[tokio::test]
async fn the_server_stays_for_a_kept_database_and_goes_when_it_is_dropped() {
    let base = base("stays");
    let name = kept_name(&fail("stays", "7"));
    // No process uses the server any more, and still the janitor does not get the users' lock.
    let instance = std::fs::read_dir(&base).unwrap().flatten();
    let lock = instance
        .map(|entry| entry.path().join("lock"))
        .find(|lock| lock.exists());
    let lock = std::fs::File::open(lock.unwrap()).unwrap();
    assert!(matches!(
        lock.try_lock(),
        Err(std::fs::TryLockError::WouldBlock)
    ));
    drop(lock);
    let server = own_server("stays");
    assert!(databases(&server).await.contains(&name));
    assert!(!fail("stays", "0").contains("psql"));
    drop(server);
    eventually("the server is gone", async || !base.exists()).await;
}

#[tokio::test]
async fn a_server_that_has_lost_a_kept_database_does_not_stay_for_it() {
    let base = base("lost");
    let server = own_server("lost");
    assert!(fail("lost", "7").contains("psql"));
    let data = server.data_directory().unwrap();
    let file = std::fs::read_to_string(data.join("postmaster.pid")).unwrap();
    let id = file.lines().next().unwrap().parse().unwrap();
    let process = rustix::process::Pid::from_raw(id).unwrap();
    rustix::process::kill_process(process, rustix::process::Signal::KILL).unwrap();
    std::fs::remove_file(data.join("global/pg_control")).unwrap();
    eventually("the server is gone", async || {
        std::fs::read_link(format!("/proc/{id}/cwd")).is_err()
    })
    .await;
    let again = own_server("lost");
    assert!(databases(&again).await.is_empty());
    drop((server, again));
    eventually("the new one is gone", async || !base.exists()).await;
}

#[test]
fn the_death_of_what_holds_a_server_for_a_kept_database_lets_it_go() {
    let base = base("holder");
    assert!(fail("holder", "7").contains("psql"));
    let marker = format!("{}/", base.display());
    let mut killed = 0;
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let arguments = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let arguments = String::from_utf8_lossy(&arguments).into_owned();
        if arguments.contains("pgdbm-kept") && arguments.contains(&marker) {
            let id = entry.file_name().to_str().unwrap().parse().unwrap();
            let process = rustix::process::Pid::from_raw(id).unwrap();
            rustix::process::kill_process(process, rustix::process::Signal::KILL).unwrap();
            killed += 1;
        }
    }
    if killed > 0 {
        until_gone(&base);
    } else {
        // Where there is no /proc.
        assert!(!fail("holder", "0").contains("psql"));
        until_gone(&base);
    }
}

fn until_gone(base: &std::path::Path) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while base.exists() {
        assert!(std::time::Instant::now() < deadline, "the server stays");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[test]
fn a_time_that_is_no_number_is_said() {
    let said = fail("number", "a while");
    assert!(said.contains("PGDBM_TEST_KEEP is `a while`"), "{said}");
    assert!(!fail("number", "0").contains("psql"));
}

#[tokio::test]
async fn schemas_of_a_failed_test_are_kept_until_the_test_runs_again() {
    let server = own_server("schemas-kept");
    let schemas = "SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'pgdbm%' ORDER BY 1";
    let fail = |minutes: &str| {
        let output = command(&base("schemas-kept"), "fail")
            .env("PGDBM_TEST_KEEP", minutes)
            .env(crate::process::ISOLATION, "schema")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    let said = fail("7");
    let kept = crate::own_server::names(&server, schemas).await;
    assert_eq!(kept.len(), 1, "{kept:?}");
    for needed in [
        "Its schemas are kept for 7 min",
        &kept[0],
        "dbname=postgres",
    ] {
        assert!(said.contains(needed), "{needed}: {said}");
    }
    let again = fail("0");
    assert!(!again.contains("kept"), "{again}");
    eventually("the schemas are dropped", async || {
        crate::own_server::names(&server, schemas).await.is_empty()
    })
    .await;
    drop(server);
    // Its holder has let go as well.
    eventually("the server is gone", async || {
        !base("schemas-kept").exists()
    })
    .await;
}
