//! What is found broken is cleared away or put right.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use pgdbm_runtime::testing::PgServer;

use super::base::{Base, kill, until};
use super::holder::{CACHE, Holder, SETTING};
use super::life::connect;

#[tokio::test]
async fn a_server_that_died_is_started_again_with_its_data() {
    let base = Base::new("died");
    let (holder, _) = Holder::started(&base);
    let server = PgServer::with(base.options()).unwrap();
    let client = connect(server.url()).await;
    client
        .batch_execute("SET synchronous_commit = on; CREATE TABLE kept AS SELECT 42 AS answer")
        .await
        .unwrap();
    let dead = base.postmaster();
    kill(dead);
    until("the server is gone", || !base.processes().contains(&dead));

    // In this process, which knows a server already, and in another.
    let again = PgServer::with(base.options()).unwrap();
    assert_eq!(again.url(), server.url());
    assert_ne!(base.postmaster(), dead);
    let row = connect(again.url())
        .await
        .query_one("SELECT answer FROM kept", &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, i32>(0), 42);
    let second = base.postmaster();
    kill(second);
    until("the server is gone", || !base.processes().contains(&second));
    let (other, _) = Holder::started(&base);
    assert_ne!(base.postmaster(), second);
    drop((server, again));
    holder.finish();
    other.finish();
}

/// The postmaster's death does not reach a process of the server that is busy in a function without interruptions.
#[tokio::test(flavor = "multi_thread")]
async fn processes_that_a_killed_server_left_busy_are_ended_with_it() {
    let base = Base::new("orphans");
    let (holder, url) = Holder::started(&base);
    let client = connect(&url).await;
    let busy: i32 = client
        .query_one("SELECT pg_backend_pid()", &[])
        .await
        .unwrap()
        .get(0);
    let running =
        client.batch_execute("SELECT sum(sqrt(i)) FROM generate_series(1, 3000000000) AS i");
    // Stopped, it cannot notice anything: as good as busy, and not over before the test looks.
    let stop = async {
        let process = rustix::process::Pid::from_raw(busy).unwrap();
        rustix::process::kill_process(process, rustix::process::Signal::STOP).unwrap();
    };
    let watch = async {
        stop.await;
        kill(base.postmaster());
        holder.kill();
        base.until_gone();
    };
    tokio::select! { _ = running => {}, () = watch => {} }
    base.until_gone();
}

#[test]
fn the_shared_memory_of_a_server_that_was_killed_goes_with_it() {
    let segments = || fs::read_to_string("/proc/sysvipc/shm").unwrap_or_default();
    let base = Base::new("memory");
    let (holder, _) = Holder::started(&base);
    let file = fs::read_to_string(base.instance().join("run/data/postmaster.pid")).unwrap();
    let key_and_id: Vec<String> = file
        .lines()
        .nth(6)
        .unwrap()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let has_segment = || {
        let segments = segments();
        segments.lines().any(|line| {
            line.split_whitespace()
                .take(2)
                .eq(key_and_id.iter().map(String::as_str))
        })
    };
    assert_eq!(has_segment(), Path::new("/proc/sysvipc/shm").exists());
    kill(base.postmaster());
    holder.kill();
    base.until_gone();
    assert!(!has_segment());
}

#[tokio::test]
async fn a_server_that_recovers_from_the_crash_of_one_of_its_processes_is_waited_for() {
    let base = Base::new("recovers");
    let (holder, url) = Holder::started(&base);
    let postmaster = base.postmaster();
    let client = connect(&url).await;
    let row = client
        .query_one("SELECT pg_backend_pid()", &[])
        .await
        .unwrap();
    kill(row.get(0));
    let server = PgServer::with(base.options()).unwrap();
    assert_eq!(
        base.postmaster(),
        postmaster,
        "nobody else's server is restarted"
    );
    drop(server);
    holder.finish();
}

/// Somebody has stopped it, or the machine is too busy: others use it.
#[test]
fn a_server_that_does_not_answer_for_some_seconds_is_not_replaced() {
    let base = Base::new("slow");
    let (holder, _) = Holder::started(&base);
    base.forget_tickets();
    let postmaster = base.postmaster();
    let signal = |signal| {
        let process = rustix::process::Pid::from_raw(postmaster).unwrap();
        rustix::process::kill_process(process, signal).unwrap();
    };
    signal(rustix::process::Signal::STOP);
    let mut joiner = Holder::spawn(&base);
    // No synchronisation, but what the test is about: longer than the joiner waits for one answer.
    thread::sleep(Duration::from_millis(2500));
    signal(rustix::process::Signal::CONT);
    joiner.url();
    assert_eq!(base.postmaster(), postmaster);
    joiner.finish();
    holder.finish();
}

#[tokio::test]
async fn a_server_without_its_maintenance_database_is_left_alone() {
    let base = Base::new("dropped");
    let server = PgServer::with(base.options()).unwrap();
    let postmaster = base.postmaster();
    let client = connect(&server.database_url("template1")).await;
    client
        .batch_execute("DROP DATABASE postgres")
        .await
        .unwrap();
    let (holder, _) = Holder::started(&base);
    assert_eq!(base.postmaster(), postmaster);
    holder.finish();
}

#[tokio::test]
async fn a_server_whose_data_is_damaged_beyond_recovery_is_replaced() {
    let base = Base::new("damaged");
    let (holder, _) = Holder::started(&base);
    let dead = base.postmaster();
    kill(dead);
    until("the server is gone", || !base.processes().contains(&dead));
    fs::remove_file(base.instance().join("run/data/global/pg_control")).unwrap();
    let server = PgServer::with(base.options()).unwrap();
    assert!(
        connect(server.url())
            .await
            .query_one("SELECT 1", &[])
            .await
            .is_ok()
    );
    drop(server);
    holder.finish();
}

#[test]
fn a_janitor_that_was_killed_is_replaced_by_the_next_user() {
    let base = Base::new("janitor");
    let (first, url) = Holder::started(&base);
    let (janitor, postmaster) = (base.janitor(), base.postmaster());
    kill(janitor);
    until("the janitor is gone", || is_gone(janitor));
    let (second, second_url) = Holder::started(&base);
    assert_eq!(
        (second_url, base.postmaster()),
        (url, postmaster),
        "the server goes on"
    );
    assert_ne!(base.janitor(), janitor);
    first.finish();
    second.finish();
    base.until_gone();
}

#[test]
fn what_a_killed_janitor_left_is_swept_by_the_next_start_of_the_same_server() {
    let base = Base::new("sweep");
    let left = leave_behind(&base);
    let (holder, _) = Holder::started(&base);
    assert_ne!(
        base.postmaster(),
        left,
        "a clean one, not the abandoned one"
    );
    assert!(!base.processes().contains(&left));
    holder.finish();
}

#[test]
fn what_a_killed_janitor_left_is_swept_by_the_next_start_of_another_server() {
    let base = Base::new("sweep-other");
    let left = leave_behind(&base);
    let abandoned = base.instance();
    let mut holder = Holder::from(Holder::command(&base.path()).env(SETTING, "work_mem=9MB"));
    holder.url();
    assert!(!abandoned.exists());
    assert!(!base.processes().contains(&left));
    holder.finish();
}

#[test]
fn directories_that_were_half_made_or_half_removed_are_swept() {
    let base = Base::new("halves");
    let (holder, _) = Holder::started(&base);
    for name in [
        "trash-15-abc-1/run/data",
        "14-0123456789ab",
        "16-0123456789ab/run/data.new",
    ] {
        fs::create_dir_all(base.path().join(name)).unwrap();
    }
    fs::write(base.path().join("trash-15-abc-1/run/data/file"), "rest").unwrap();
    let (other, _) = Holder::started(&base);
    until("only the server's own directory is left", || {
        base.instances().len() == 1
    });
    holder.finish();
    other.finish();
}

#[test]
fn a_process_id_that_was_reused_is_not_signalled() {
    let base = Base::new("reused");
    let left = leave_behind(&base);
    let instance = base.instance();
    kill(left);
    until("the server is gone", || is_gone(left));
    let mut innocent = Command::new("sleep")
        .arg("600")
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    for file in ["run/data/postmaster.pid", "run/server.pid"] {
        let path = instance.join(file);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(
            &path,
            text.replace(&left.to_string(), &innocent.id().to_string()),
        )
        .unwrap();
    }
    let (holder, _) = Holder::started(&base);
    assert!(innocent.try_wait().unwrap().is_none(), "it was signalled");
    innocent.kill().unwrap();
    innocent.wait().unwrap();
    holder.finish();
}

#[test]
fn a_start_that_is_killed_at_any_moment_leaves_nothing_that_the_next_start_minds() {
    // The pauses are no synchronisation: they are the moments at which the start is hit. A start with the usual cache
    // goes from the first steps over the copy to the running server; one with an empty cache is mostly initdb.
    let warm = (1..=12).map(|step| hit_start(Duration::from_millis(step * 8), false, false));
    let cold = (1..=5).map(|step| hit_start(Duration::from_millis(step * 90), true, false));
    warm.chain(cold)
        .collect::<Vec<Base>>()
        .iter()
        .for_each(Base::until_gone);
}

#[test]
fn a_start_that_is_killed_with_its_process_group_leaves_nothing_that_the_next_start_minds() {
    let warm = (1..=4).map(|step| hit_start(Duration::from_millis(step * 20), false, true));
    let cold = (1..=3).map(|step| hit_start(Duration::from_millis(step * 120), true, true));
    warm.chain(cold)
        .collect::<Vec<Base>>()
        .iter()
        .for_each(Base::until_gone);
}

/// Kills a start after some time; another must then succeed in the same place.
fn hit_start(after: Duration, cold: bool, whole_group: bool) -> Base {
    let base = Base::new(&format!("hit-{}-{cold}-{whole_group}", after.as_millis()));
    let command = || {
        let mut command = Holder::command(&base.path());
        if cold {
            command.env(CACHE, base.cache());
        }
        command
    };
    let starter = Holder::from(&mut command());
    thread::sleep(after);
    if whole_group {
        let group = rustix::process::Pid::from_raw(starter.id()).unwrap();
        rustix::process::kill_process_group(group, rustix::process::Signal::KILL).unwrap();
    }
    starter.kill();
    let mut next = Holder::from(&mut command());
    assert!(
        next.url().starts_with("postgres://"),
        "killed after {after:?}"
    );
    next.kill();
    base
}

#[test]
fn a_kept_cluster_that_lost_a_file_is_made_again() {
    let base = Base::new("cache-lost");
    // Of template1, which no start reads.
    let (holder, file) = with_cache(&base, "cluster/base/1/PG_VERSION");
    holder.finish();
    base.until_gone();
    fs::remove_file(&file).unwrap();
    let (holder, _) = with_cache(&base, "cluster");
    assert!(file.exists());
    holder.finish();
}

#[test]
fn a_kept_cluster_from_which_no_server_starts_is_made_again() {
    let base = Base::new("cache-broken");
    let (holder, file) = with_cache(&base, "cluster/global/pg_control");
    holder.finish();
    base.until_gone();
    let zeros = vec![0; fs::read(&file).unwrap().len()];
    fs::write(&file, &zeros).unwrap();
    let (holder, _) = with_cache(&base, "cluster");
    assert_ne!(fs::read(&file).unwrap(), zeros);
    holder.finish();
}

#[test]
fn a_base_directory_that_somebody_removes_by_hand_is_made_again() {
    let base = Base::new("by-hand");
    let (first, _) = Holder::started(&base);
    let (old_postmaster, old_janitor) = (base.postmaster(), base.janitor());
    fs::remove_dir_all(base.path()).unwrap();
    let (second, _) = Holder::started(&base);
    let postmaster = base.postmaster();
    assert_ne!(postmaster, old_postmaster);
    // The first server's janitor must not take the second server for its own.
    first.finish();
    until("the first server's janitor is gone", || {
        is_gone(old_janitor)
    });
    let (third, _) = Holder::started(&base);
    assert_eq!(base.postmaster(), postmaster);
    second.finish();
    third.finish();
    // PostgreSQL looks once a minute whether its lock file is still there; this test does not wait for it.
    let old_postmaster = rustix::process::Pid::from_raw(old_postmaster).unwrap();
    rustix::process::kill_process(old_postmaster, rustix::process::Signal::QUIT).unwrap();
}

/// A server without users and without a janitor. Returns its process.
fn leave_behind(base: &Base) -> i32 {
    let (holder, _) = Holder::started(base);
    let (janitor, postmaster) = (base.janitor(), base.postmaster());
    kill(janitor);
    until("the janitor is gone", || is_gone(janitor));
    holder.kill();
    assert!(base.processes().contains(&postmaster) && base.instance().exists());
    postmaster
}

/// A holder with a cache of the test's own, and the path of a file in its cluster.
fn with_cache(base: &Base, file: &str) -> (Holder, PathBuf) {
    let mut holder = Holder::from(Holder::command(&base.path()).env(CACHE, base.cache()));
    holder.url();
    let clusters = fs::read_dir(base.cache())
        .unwrap()
        .flatten()
        .map(|entry| entry.path());
    let cluster = clusters
        .filter(|path| path.is_dir())
        .collect::<Vec<_>>()
        .pop()
        .unwrap();
    (holder, cluster.join(file))
}

/// Whether a process has ended; one that nobody has waited for yet has.
fn is_gone(process: i32) -> bool {
    if Path::new("/proc/self").exists() {
        return fs::read_link(format!("/proc/{process}/cwd")).is_err();
    }
    let process = rustix::process::Pid::from_raw(process).unwrap();
    rustix::process::test_kill_process(process).is_err()
}
