//! The demonstration: what it prints, and that nothing is left when it is killed.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::lab::eventually;

/// The demo's program, which cargo builds for tests beside this one.
fn program() -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let target = here.ancestors().nth(2).unwrap();
    target
        .join("examples")
        .join(format!("demo{}", std::env::consts::EXE_SUFFIX))
}

/// The demo with a server of its own, holding it.
fn start(base: &Path) -> (Child, PathBuf) {
    let mut child = Command::new(program())
        .arg("--hold")
        .env_remove("DATABASE_URL")
        .arg("--directory")
        .arg(base)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let directory = lines
        .map(Result::unwrap)
        .find_map(|line| Some(PathBuf::from(line.trim().strip_prefix("directory ")?)));
    (child, directory.unwrap())
}

/// A short path of this test's own: sockets lie under it.
fn base(name: &str) -> PathBuf {
    PathBuf::from(format!("/tmp/pgdbm-{name}-{}", std::process::id()))
}

#[cfg(unix)]
#[tokio::test]
async fn a_killed_demo_leaves_no_server_and_no_directory() {
    let base = base("kill");
    let (mut child, directory) = start(&base);
    let pid = std::fs::read_to_string(directory.join("postmaster.pid"))
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .to_owned();
    child.kill().unwrap();
    child.wait().unwrap();
    eventually("the directory is gone", async || !directory.exists()).await;
    eventually("the server is gone", async || {
        !Command::new("kill")
            .args(["-0", &pid])
            .stderr(Stdio::null())
            .status()
            .unwrap()
            .success()
    })
    .await;
    let _ = std::fs::remove_dir_all(&base);
}
