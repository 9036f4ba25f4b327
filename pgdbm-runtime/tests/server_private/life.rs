//! Starting, sharing and ending.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pgdbm_runtime::testing::PgServer;
use tokio_postgres::{Client, NoTls};

use super::base::{Base, kill, processes, until};
use super::holder::{BASE, CACHE, Holder, SETTING, role};

pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[tokio::test]
async fn a_server_starts_answers_and_is_gone_afterwards() {
    let base = Base::new("start");
    let server = PgServer::with(base.options()).unwrap();
    assert!(server.is_private());
    let client = connect(server.url()).await;
    let row = client.query_one(
        "SELECT current_user::text, current_setting('server_version_num')::int / 10000",
        &[],
    );
    let row = row.await.unwrap();
    assert_eq!(row.get::<_, &str>(0), "postgres");
    assert_eq!(row.get::<_, i32>(1).try_into().ok(), server.major());
    assert!(server.version().unwrap().contains("PostgreSQL"));

    client
        .batch_execute("CREATE DATABASE \"an other/one\"")
        .await
        .unwrap();
    let other = connect(&server.database_url("an other/one")).await;
    let row = other
        .query_one("SELECT current_database()::text", &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, &str>(0), "an other/one");

    let data = server.data_directory().unwrap();
    assert!(data.join("PG_VERSION").exists() && data.starts_with(base.path()));
    assert!(
        server
            .socket_directory()
            .unwrap()
            .join(".s.PGSQL.5432")
            .exists()
    );
    assert!(server.log_file().unwrap().exists());
    assert!(server.bin_directory().unwrap().join("postgres").exists());
    assert!(format!("{server:?}").contains(server.url()));

    let clone = server.clone();
    drop(server);
    assert!(
        connect(clone.url())
            .await
            .query_one("SELECT 1", &[])
            .await
            .is_ok()
    );
    drop(clone);
    base.until_gone();
}

#[tokio::test]
async fn the_servers_settings_are_for_data_that_may_be_lost_and_ours_can_be_changed() {
    let base = Base::new("settings");
    let server = PgServer::with(
        base.options()
            .setting("work_mem", "7MB")
            .setting("timezone", "Asia/Tokyo"),
    )
    .unwrap();
    let client = connect(server.url()).await;
    for (name, value) in [
        ("fsync", "off"),
        ("synchronous_commit", "off"),
        ("full_page_writes", "off"),
        ("autovacuum", "off"),
        ("listen_addresses", ""),
        ("work_mem", "7MB"),
        ("TimeZone", "Asia/Tokyo"),
        ("server_encoding", "UTF8"),
    ] {
        let row = client
            .query_one("SELECT setting FROM pg_settings WHERE name = $1", &[&name])
            .await
            .unwrap();
        let expected = if name == "work_mem" { "7168" } else { value };
        assert_eq!(row.get::<_, &str>(0), expected, "{name}");
    }
    // The setting `lc_collate` was removed in PostgreSQL 16.
    let collation = "SELECT datcollate::text FROM pg_database WHERE datname = current_database()";
    let row = client.query_one(collation, &[]).await.unwrap();
    assert_eq!(row.get::<_, &str>(0), "C");
}

#[tokio::test]
async fn a_directory_may_have_any_name() {
    let base = Base::new("a, \"b\" 'c' $d");
    let server = PgServer::with(base.options()).unwrap();
    assert!(
        connect(server.url())
            .await
            .query_one("SELECT 1", &[])
            .await
            .is_ok()
    );
    // A joiner reads the same names, and the janitor removes what has them.
    Holder::started(&base).0.finish();
    drop(server);
    base.until_gone();
}

/// PostgreSQL goes to its program's directory for a moment while it starts; then it must not count as another process,
/// neither for the start that waits for it nor for the one that clears up after a killed start.
#[test]
fn a_server_that_is_elsewhere_while_it_starts_is_known_by_its_arguments() {
    let base = Base::new("elsewhere");
    let (holder, _) = Holder::started(&base);
    let server = PgServer::with(base.options()).unwrap();
    let real = server.bin_directory().unwrap().to_owned();
    drop(server);
    holder.finish();
    base.until_gone();
    let bin = base.root().join("bin");
    fs::create_dir(&bin).unwrap();
    std::os::unix::fs::symlink(real.join("initdb"), bin.join("initdb")).unwrap();
    let script = format!(
        "#!/bin/sh\n[ \"$1\" != -D ] || {{ cd /; sleep 0.5; }}\nexec {}/postgres \"$@\"",
        real.display()
    );
    // Another program writes it: a file that this process has open for writing is "busy" for others.
    let write = "printf '%s\\n' \"$2\" >\"$1\" && chmod 755 \"$1\"";
    let status = Command::new("/bin/sh")
        .args(["-c", write, "sh"])
        .arg(bin.join("postgres"))
        .arg(script)
        .status();
    assert!(status.unwrap().success());
    // A cluster made by these programs is of no use to anybody else.
    let start = || {
        let mut command = Holder::command(&base.path());
        Holder::from(command.env("PGDBM_PG_BIN", &bin).env(CACHE, base.cache()))
    };

    let starter = start();
    until("the server is on its way", || {
        base.instances()
            .iter()
            .any(|instance| instance.join("run/server.pid").exists())
    });
    starter.kill();
    let mut next = start();
    next.url();
    let log = fs::read_to_string(base.instance().join("log")).unwrap();
    assert_eq!(log.matches("starting PostgreSQL").count(), 1, "{log}");
    assert!(!log.contains("already exists"), "{log}");
    next.finish();
}

#[test]
fn equal_options_share_a_server_within_a_process_and_others_do_not() {
    let base = Base::new("options");
    let first = PgServer::with(base.options()).unwrap();
    assert_eq!(PgServer::with(base.options()).unwrap().url(), first.url());
    let other = PgServer::with(base.options().setting("work_mem", "7MB")).unwrap();
    assert_ne!(other.url(), first.url());
    assert_eq!(base.instances().len(), 2);
}

#[test]
fn two_processes_share_a_server_which_stays_until_the_last_has_gone() {
    let base = Base::new("share");
    let (first, url) = Holder::started(&base);
    let postmaster = base.postmaster();
    let (second, second_url) = Holder::started(&base);
    assert_eq!(
        (second_url.as_str(), base.postmaster()),
        (url.as_str(), postmaster)
    );
    first.finish();
    // The janitor would have to get past the second one's lock.
    let third = Holder::started(&base).0;
    assert_eq!(base.postmaster(), postmaster);
    second.finish();
    third.finish();
    base.until_gone();
}

#[test]
fn a_newcomer_takes_over_a_server_that_was_just_left() {
    let base = Base::new("grace");
    let (first, _) = Holder::started(&base);
    let postmaster = base.postmaster();
    first.finish();
    let second = Holder::started(&base).0;
    assert_eq!(base.postmaster(), postmaster);
    second.finish();
}

#[test]
fn eight_processes_that_start_at_once_get_one_server_and_one_initdb() {
    let base = Base::new("eight");
    let command = || {
        let mut command = Holder::command(&base.path());
        command.env(CACHE, base.cache());
        Holder::from(&mut command)
    };
    let mut holders: Vec<Holder> = (0..8).map(|_| command()).collect();
    let urls: Vec<String> = holders.iter_mut().map(Holder::url).collect();
    assert!(urls.iter().all(|url| *url == urls[0]), "{urls:?}");
    let log = fs::read_to_string(base.instance().join("log")).unwrap();
    assert_eq!(log.matches("starting PostgreSQL").count(), 1, "{log}");
    let clusters = fs::read_dir(base.cache())
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().is_dir());
    assert_eq!(clusters.count(), 1);
}

#[test]
fn kill_9_of_the_only_user_leaves_no_server_and_no_directory() {
    let base = Base::new("kill");
    let (holder, _) = Holder::started(&base);
    assert!(!base.processes().is_empty());
    holder.kill();
    base.until_gone();
}

#[test]
fn kill_9_of_the_whole_process_group_leaves_nothing() {
    kill_group("group", rustix::process::Signal::KILL);
}

#[test]
fn ctrl_c_at_the_terminal_leaves_nothing() {
    kill_group("ctrl-c", rustix::process::Signal::INT);
}

#[test]
fn ctrl_backslash_and_a_closed_terminal_leave_nothing() {
    kill_group("quit", rustix::process::Signal::QUIT);
    kill_group("hangup", rustix::process::Signal::HUP);
}

/// The terminal signals its foreground process group: a parent and its child, which both hold the server.
fn kill_group(name: &str, signal: rustix::process::Signal) {
    let base = Base::new(name);
    let mut command = role("parent");
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut parent = Holder::from(command.env(BASE, base.path()));
    parent.url();
    let (postmaster, janitor) = (base.postmaster(), base.janitor());
    let group = rustix::process::Pid::from_raw(parent.id()).unwrap();
    rustix::process::kill_process_group(group, signal).unwrap();
    // Neither server nor janitor is in the group: they go because the users have gone, in that order.
    parent.child().wait().unwrap();
    for process in [postmaster, janitor] {
        let process = rustix::process::Pid::from_raw(process).unwrap();
        assert_ne!(rustix::process::getpgid(Some(process)).ok(), Some(group));
    }
    parent.read_to_end();
    base.until_gone();
}

#[test]
fn server_and_janitor_keep_none_of_the_users_descriptors_nor_its_directory_and_secrets() {
    let base = Base::new("descriptors");
    let mut command = Holder::command(&base.path());
    command
        .env("PGDBM_TEST_SECRET", "hush")
        .env("PGPORT", "9")
        .current_dir(base.root());
    let mut holder = Holder::from(&mut command);
    holder.url();
    let (other, _) = Holder::started(&base);
    if Path::new("/proc/self").exists() {
        let janitor = base.janitor();
        let instance = base.instance();
        let locked = [
            instance.join("lock"),
            instance.join("janitor"),
            base.path().join("gate"),
        ];
        let mut seen = 0;
        for (id, directory, _) in processes() {
            if directory.starts_with(&instance) {
                seen += 1;
                let files = open_files(id);
                assert!(
                    !locked.iter().any(|file| files.contains(file)),
                    "process {id}: {files:?}"
                );
            }
            if directory.starts_with(&instance) || id == janitor {
                // A worker of the server may end at any moment, and then has no environment to read.
                let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
                assert!(
                    !String::from_utf8_lossy(&environment).contains("hush"),
                    "process {id}"
                );
            }
        }
        assert!(seen >= 3, "the server and its workers: {seen}");
        let files = open_files(janitor);
        assert!(
            locked.iter().all(|file| files.contains(file)),
            "the janitor: {files:?}"
        );
    }
    // The server lives on with its second user, and so does the janitor; neither keeps the first one's output open.
    holder.child().kill().unwrap();
    holder.read_to_end();
    assert!(!base.processes().is_empty());
    other.finish();
}

#[test]
fn descriptors_that_the_user_inherited_itself_do_not_reach_the_server() {
    let base = Base::new("inherited");
    // The shell gives the holder descriptors 3 and 5 without close-on-exec, as make's job server does.
    let holder = Holder::command(&base.path());
    let mut shell = Command::new("/bin/sh");
    shell
        .arg("-c")
        .arg("exec \"$0\" \"$@\" 3>\"$MARK\" 5>\"$MARK\"")
        .arg(holder.get_program())
        .args(holder.get_args());
    for (name, value) in holder.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let mark = base.root().join("mark");
    let mut holder = Holder::from(shell.env("MARK", &mark));
    holder.url();
    let mut holders = 0;
    if Path::new("/proc/self").exists() {
        for (id, directory, command) in processes() {
            if open_files(id).contains(&mark) {
                holders += 1;
                assert_eq!(id, holder.id(), "{} {command}", directory.display());
            }
        }
        assert_eq!(holders, 1, "the holder itself has it");
    }
    holder.finish();
}

#[test]
fn a_joiner_and_a_janitor_that_meet_at_the_gate_end_with_a_working_server() {
    for round in 0..4 {
        let base = Base::new(&format!("meet-{round}"));
        let (holder, _) = Holder::started(&base);
        let old = base.postmaster();
        let gate = fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open(base.path().join("gate"))
            .unwrap();
        gate.lock().unwrap();
        holder.finish();
        // With a ticket the joiner would not come to the gate.
        base.forget_tickets();
        let joiner = |base: &Base| {
            let joiner = Holder::spawn(base);
            until("the joiner waits at the gate", || waits(joiner.id()));
            joiner
        };
        // Which of the two comes first is the kernel's choice; both orders are tried and both outcomes are right.
        let early = (round % 2 == 0).then(|| joiner(&base));
        until("the janitor waits at the gate", || locks_the_gate(&base));
        let mut joiner = early.unwrap_or_else(|| joiner(&base));
        drop(gate);
        joiner.url();
        until("there is one server", || {
            base.instances().len() == 1 && base.instance().join("run/data/postmaster.pid").exists()
        });
        let new = base.postmaster();
        // Either the old one was joined, or it was stopped to its end before the new one started.
        assert!(new == old || !base.processes().contains(&old));
        let (other, _) = Holder::started(&base);
        assert_eq!(base.postmaster(), new);
        joiner.finish();
        other.finish();
    }
}

#[test]
fn a_joiner_with_a_ticket_needs_no_gate() {
    let base = Base::new("ticket");
    let (holder, url) = Holder::started(&base);
    let gate = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(base.path().join("gate"))
        .unwrap();
    gate.lock().unwrap();
    let (joiner, joined) = Holder::started(&base);
    assert_eq!(joined, url);
    drop(gate);
    // The ticket holds the server as the long way does.
    let postmaster = base.postmaster();
    holder.finish();
    let (third, _) = Holder::started(&base);
    assert_eq!(base.postmaster(), postmaster);
    joiner.finish();
    third.finish();
}

#[test]
fn a_ticket_of_another_installation_or_of_a_server_that_died_is_none() {
    let base = Base::new("no-ticket");
    let (holder, _) = Holder::started(&base);
    let postmaster = base.postmaster();
    for ticket in base.tickets() {
        let text = fs::read_to_string(&ticket).unwrap();
        // The server's program has been replaced.
        let lines: Vec<&str> = text.lines().collect();
        let changed = [lines[0], lines[1], "1 2 3 4", lines[3]].join("\n");
        fs::write(&ticket, changed).unwrap();
    }
    let (second, _) = Holder::started(&base);
    assert_eq!(base.postmaster(), postmaster);
    let mended = fs::read_to_string(&base.tickets()[0]).unwrap();
    assert!(!mended.contains("1 2 3 4"), "{mended}");
    kill(postmaster);
    let (third, _) = Holder::started(&base);
    assert_ne!(base.postmaster(), postmaster);
    holder.finish();
    second.finish();
    third.finish();
}

/// A server that is started on the data of one that has died listens while it still recovers them.
#[test]
fn a_ticket_is_not_enough_for_a_server_that_takes_no_connections_yet() {
    let base = Base::new("starting");
    let (holder, url) = Holder::started(&base);
    let file = base.instance().join("run/data/postmaster.pid");
    let ready = fs::read_to_string(&file).unwrap();
    assert!(ready.contains("ready"), "{ready}");
    let gate = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(base.path().join("gate"))
        .unwrap();
    gate.lock().unwrap();
    fs::write(&file, ready.replace("ready", "starting")).unwrap();
    let mut joiner = Holder::spawn(&base);
    until("the joiner waits at the gate", || waits(joiner.id()));
    fs::write(&file, ready).unwrap();
    drop(gate);
    assert_eq!(joiner.url(), url);
    joiner.finish();
    holder.finish();
}

#[test]
fn a_relative_directory_of_programs_is_another_one_in_another_working_directory() {
    let base = Base::new("relative");
    let (first, _) = Holder::started(&base);
    let server = PgServer::with(base.options()).unwrap();
    let real = server.bin_directory().unwrap().to_owned();
    drop(server);
    first.finish();
    base.until_gone();
    let start = |name: &str| {
        let directory = base.root().join(name);
        fs::create_dir(&directory).unwrap();
        std::os::unix::fs::symlink(&real, directory.join("bin")).unwrap();
        let mut command = Holder::command(&base.path());
        command.current_dir(directory);
        let mut holder = Holder::from(command.env("PGDBM_PG_BIN", "bin").env(CACHE, base.cache()));
        let url = holder.url();
        (holder, url)
    };
    let (one, one_url) = start("one");
    let (other, other_url) = start("other");
    assert_ne!(one_url, other_url);
    one.finish();
    other.finish();
}

/// Whether one of the process's threads waits for a file lock.
fn waits(process: i32) -> bool {
    if !Path::new("/proc/self").exists() {
        return true;
    }
    let threads = fs::read_dir(format!("/proc/{process}/task"))
        .into_iter()
        .flatten()
        .flatten();
    threads
        .map(|thread| fs::read_to_string(thread.path().join("comm")).unwrap_or_default())
        .any(|name| name.starts_with("pgdbm file lock"))
}

/// Whether the janitor's lock tool waits for descriptor 8.
fn locks_the_gate(base: &Base) -> bool {
    if !Path::new("/proc/self").exists() {
        return true;
    }
    let janitor = base.janitor();
    processes().into_iter().any(|(id, _, command)| {
        let status = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let parent = status
            .rsplit_once(')')
            .and_then(|(_, rest)| rest.split_whitespace().nth(1));
        parent == Some(&janitor.to_string()) && command.trim_end().ends_with(" 8")
    })
}

#[test]
fn database_url_wins_and_is_never_shown() {
    let mut process =
        Holder::from(role("hold").env("DATABASE_URL", "postgres://me:secret@example.org/db"));
    assert_eq!(process.url(), "postgres://me:secret@example.org/db");
    let mut process =
        Holder::from(role("show").env("DATABASE_URL", "postgres://me:secret@example.org/db"));
    let shown = process.url();
    assert!(
        shown.contains("DATABASE_URL") && !shown.contains("secret"),
        "{shown}"
    );
}

#[test]
fn an_empty_database_url_counts_as_none_and_private_ignores_a_set_one() {
    let base = Base::new("ignored");
    let mut process = Holder::from(
        Holder::command(&base.path()).env("DATABASE_URL", "postgres://me@example.org/db"),
    );
    assert!(process.url().contains(&*base.path().to_string_lossy()));
    process.finish();
    // The usual base directory: this is what `PgServer::start` does for everybody.
    let mut process = Holder::from(role("hold").env("DATABASE_URL", ""));
    assert!(
        process
            .url()
            .starts_with("postgres://postgres@/postgres?host=")
    );
    process.finish();
}

#[test]
fn a_user_with_other_options_has_another_server_at_the_same_time() {
    let base = Base::new("other");
    let (first, url) = Holder::started(&base);
    let mut second = Holder::from(Holder::command(&base.path()).env(SETTING, "work_mem=9MB"));
    assert_ne!(second.url(), url);
    first.finish();
    until("the first one's server is gone", || {
        base.instances().len() == 1
    });
    assert!(
        base.path().join("gate").exists(),
        "the base directory stays for the second"
    );
    second.finish();
}

/// What a process has open, on systems that have `/proc`; nothing for a process that has ended.
fn open_files(process: i32) -> Vec<PathBuf> {
    let descriptors = fs::read_dir(format!("/proc/{process}/fd"))
        .into_iter()
        .flatten()
        .flatten();
    descriptors
        .filter_map(|descriptor| fs::read_link(descriptor.path()).ok())
        .collect()
}
