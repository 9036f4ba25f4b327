//! What cannot be is said at once, with its reason and its remedy, and leaves nothing behind.

use std::env;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};

use pgdbm_runtime::testing::{PgServer, PgServerOptions, ServerError};

use super::base::{Base, is_root};
use super::holder::{Holder, role};

fn refused(options: PgServerOptions) -> ServerError {
    PgServer::with(options).expect_err("the server must not start")
}

#[test]
fn a_wrong_pgdbm_pg_bin_is_an_error_and_no_reason_to_look_elsewhere() {
    let mut process = Holder::from(role("hold").env("PGDBM_PG_BIN", "/nonexistent/bin"));
    let error = process.answer().unwrap_err();
    for part in [
        "PGDBM_PG_BIN is /nonexistent/bin",
        "no executable initdb and no executable postgres",
        "such as",
    ] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_wrong_bin_directory_is_an_error() {
    let base = Base::new("bin");
    let error = refused(base.options().bin_directory("/"));
    assert!(
        error.is_options()
            && error
                .to_string()
                .contains("PgServerOptions::bin_directory is /,"),
        "{error}"
    );
}

#[test]
fn a_socket_path_that_the_system_does_not_allow_is_said_before_anything_is_made() {
    let base = Base::new("long");
    let long = base.root().join("x".repeat(80));
    let error = refused(PgServerOptions::new().base_directory(&long));
    assert!(error.is_directory());
    let text = error.to_string();
    assert!(
        text.contains("bytes; this system allows 10") && text.contains("base_directory"),
        "{text}"
    );
    assert!(!long.exists());
}

#[test]
fn a_base_directory_in_which_another_user_may_have_been_first_is_refused() {
    let base = Base::new("hostile");
    let path = |name: &str| base.root().join(name);
    fs::create_dir(path("target")).unwrap();
    symlink(path("target"), path("link")).unwrap();
    fs::write(path("file"), "").unwrap();
    fs::create_dir(path("open")).unwrap();
    fs::set_permissions(path("open"), fs::Permissions::from_mode(0o777)).unwrap();
    let mut cases = vec![
        ("link", "it is a symbolic link"),
        ("file", "it is not a directory"),
        ("open", "other users may write to it (mode 0777)"),
    ];
    if is_root() {
        fs::create_dir(path("foreign")).unwrap();
        chown(path("foreign"), Some(65534), None).unwrap();
        cases.push(("foreign", "it belongs to user id 65534, not to 0"));
    }
    for (name, expected) in cases {
        let error = refused(PgServerOptions::new().base_directory(path(name)));
        assert!(
            error.is_directory() && error.to_string().contains(expected),
            "{name}: {error}"
        );
        assert!(
            error
                .to_string()
                .contains("remove it, or choose another place"),
            "{error}"
        );
        let inside = fs::read_dir(path(name)).map_or(0, Iterator::count);
        assert_eq!(inside, 0, "nothing is made in it");
    }
}

#[test]
fn a_base_directory_that_others_may_rename_is_refused() {
    let base = Base::new("rename");
    let parent = base.root().join("shared");
    fs::create_dir(&parent).unwrap();
    fs::set_permissions(&parent, fs::Permissions::from_mode(0o777)).unwrap();
    let error = refused(PgServerOptions::new().base_directory(parent.join("b")));
    assert!(
        error.is_directory()
            && error
                .to_string()
                .contains("other users may rename what is in it"),
        "{error}"
    );
    fs::set_permissions(&parent, fs::Permissions::from_mode(0o1777)).unwrap();
    // With the sticky bit it is as good as /tmp.
    PgServer::with(PgServerOptions::new().base_directory(parent.join("b"))).unwrap();
    super::base::until("the server is gone", || !parent.join("b").exists());
}

#[test]
fn a_setting_that_the_server_does_not_take_is_shown_with_the_servers_log() {
    let base = Base::new("setting");
    let error = refused(base.options().setting("shared_buffers", "plenty"));
    assert!(error.is_start());
    let text = error.to_string();
    assert!(
        text.contains("did not start. The end of its log:"),
        "{text}"
    );
    assert!(
        text.contains("invalid value for parameter \"shared_buffers\": \"plenty\""),
        "{text}"
    );
}

#[test]
fn a_lock_tool_that_does_not_work_is_said_and_no_server_is_left_without_a_janitor() {
    let base = Base::new("tool");
    let tools = base.root().join("tools");
    fs::create_dir(&tools).unwrap();
    let tool = tools.join("flock");
    fs::write(&tool, "#!/bin/sh\nexit 1\n").unwrap();
    fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", tools.display(), env::var("PATH").unwrap());
    let mut holder = Holder::from(Holder::command(&base.path()).env("PATH", path));
    let error = holder.answer().unwrap_err();
    assert!(
        error.contains("the server's janitor") && error.contains("uses flock, ended at once"),
        "{error}"
    );
    // The process that failed lives on, and there is no janitor: it has cleared up itself.
    assert!(!base.path().exists());
    base.until_gone();
}

#[test]
fn a_setting_that_is_fixed_is_refused() {
    let base = Base::new("fixed");
    let error = refused(base.options().setting("listen_addresses", "*"));
    assert!(
        error.is_options() && error.to_string().contains("listen_addresses"),
        "{error}"
    );
}

#[test]
fn a_base_directory_without_a_parent_is_refused() {
    let base = Base::new("orphan");
    let error = refused(PgServerOptions::new().base_directory(base.root().join("no/such")));
    assert!(
        error.is_directory() && error.to_string().contains("cannot find"),
        "{error}"
    );
}
