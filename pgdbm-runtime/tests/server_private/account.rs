//! Which account the server runs as, and who may reach it.

use std::env;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

use pgdbm_runtime::testing::{PgServer, PgServerOptions};

use super::base::{Base, is_root, owner};
use super::holder::{BASE, CACHE, Holder, SOCKET, program_in_role};

/// The id of `nobody` on Linux; any number without an account would do as well.
const NOBODY: u32 = 65534;

#[test]
fn the_server_never_runs_as_root_and_its_directories_are_closed() {
    let base = Base::new("owner");
    let server = PgServer::with(base.options()).unwrap();
    let run = fs::metadata(server.socket_directory().unwrap()).unwrap();
    assert_ne!(run.uid(), 0);
    assert_eq!(run.mode() & 0o777, 0o700);
    if let Some(owner) = owner(base.postmaster()) {
        assert_eq!(owner, run.uid());
    }
    // Root's files beside the server's are root's alone: the server's account cannot exchange them.
    for directory in [base.path(), base.instance()] {
        let metadata = fs::metadata(directory).unwrap();
        assert_eq!(metadata.uid(), rustix::process::geteuid().as_raw());
        assert_eq!(
            metadata.mode() & 0o777,
            if is_root() { 0o711 } else { 0o700 }
        );
    }
    for file in ["lock", "log", "janitor"] {
        assert_eq!(
            fs::metadata(base.instance().join(file)).unwrap().mode() & 0o777,
            0o600
        );
    }
}

#[test]
fn an_umask_that_closes_everything_does_not_keep_the_servers_account_out() {
    let base = Base::new("umask");
    let mut shell = Command::new("/bin/sh");
    let holder = Holder::command(&base.path());
    shell
        .arg("-c")
        .arg("umask 077; exec \"$0\" \"$@\"")
        .arg(holder.get_program())
        .args(holder.get_args());
    for (name, value) in holder.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let mut holder = Holder::from(shell.env(CACHE, base.cache()));
    holder.url();
    holder.finish();
}

#[test]
fn another_user_cannot_connect() {
    let base = Base::new("stranger");
    let server = PgServer::with(base.options()).unwrap();
    if !is_root() {
        // Without root's rights there is no other user to be.
        return;
    }
    let program = copy_of_this_program(&base);
    let socket = server.socket_directory().unwrap().join(".s.PGSQL.5432");
    let connect = |user: u32| {
        let mut command = program_in_role(&program, "connect");
        Holder::from(
            command
                .env(SOCKET, &socket)
                .uid(user)
                .gid(user)
                .current_dir("/"),
        )
        .answer()
    };
    assert_eq!(connect(0).as_deref(), Ok("connected"));
    // Not the server's own account, whichever of the two that is.
    let error = connect(54321).unwrap_err();
    assert!(error.contains("Permission denied"), "{error}");
}

#[test]
fn an_unprivileged_user_has_a_server_of_its_own() {
    if !is_root() {
        // Then all the other tests show it.
        return;
    }
    let base = Base::new("nobody");
    let program = copy_of_this_program(&base);
    let home = base.root().join("home");
    fs::create_dir(&home).unwrap();
    chown(&home, Some(NOBODY), None).unwrap();
    let mut command = program_in_role(&program, "hold");
    command
        .env(BASE, home.join("b"))
        .env("HOME", &home)
        .env_remove("XDG_CACHE_HOME");
    command.uid(NOBODY).gid(NOBODY).current_dir("/");
    let mut holder = Holder::from(&mut command);
    holder.url();
    let instances: Vec<_> = fs::read_dir(home.join("b"))
        .unwrap()
        .flatten()
        .filter(|e| e.path().is_dir())
        .collect();
    let file = instances[0].path().join("run/data/postmaster.pid");
    let process = fs::read_to_string(file)
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(owner(process).unwrap_or(NOBODY), NOBODY);
    assert!(home.join(".cache/pgdbm/lock").exists());
    holder.kill();
    super::base::until("everything is gone", || !home.join("b").exists());
}

#[test]
fn a_home_that_cannot_be_written_to_costs_only_the_cache() {
    if !is_root() {
        return;
    }
    let base = Base::new("homeless");
    let program = copy_of_this_program(&base);
    let own = base.root().join("own");
    fs::create_dir(&own).unwrap();
    chown(&own, Some(NOBODY), None).unwrap();
    let mut command = program_in_role(&program, "hold");
    command
        .env(BASE, own.join("b"))
        .env("HOME", "/root")
        .env("XDG_CACHE_HOME", "/proc/no");
    command.uid(NOBODY).gid(NOBODY).current_dir("/");
    let mut holder = Holder::from(&mut command);
    holder.url();
    holder.kill();
    super::base::until("everything is gone", || !own.join("b").exists());
}

#[test]
fn a_directory_that_is_closed_to_roots_server_is_named() {
    if !is_root() {
        return;
    }
    let base = Base::new("closed");
    let closed = base.root().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    let error = PgServer::with(PgServerOptions::new().base_directory(closed.join("b")))
        .expect_err("it is closed");
    let expected = format!("{} is closed to it (mode 0700)", closed.display());
    assert!(
        error.is_directory() && error.to_string().contains(&expected),
        "{error}"
    );
}

/// Where every user can run it. Another program copies it: a file that this process has open for writing is "busy"
/// for a moment in every process that another thread starts meanwhile.
fn copy_of_this_program(base: &Base) -> PathBuf {
    let program = base.root().join("t");
    let status = Command::new("cp")
        .arg(env::current_exe().unwrap())
        .arg(&program)
        .status();
    assert!(status.unwrap().success());
    program
}
