//! Other processes with tests: this test program again, in a role.

use std::env;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use pgdbm_runtime::testing::{Isolation, PgServer, TestDatabaseOptions};

use crate::own_server::{Shop, options};

/// A process that has a test database, until its standard input ends or it is told to die.
pub(crate) struct Tester {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Tester {
    /// Starts one, on the server in `base`, in the role.
    pub(crate) fn spawn(base: &Path, role: &str) -> Tester {
        Tester::from(&mut command(base, role))
    }

    pub(crate) fn from(command: &mut Command) -> Tester {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Tester { child, output }
    }

    /// Waits until it says that it has a database, and which.
    pub(crate) fn database(&mut self) -> String {
        self.says("has ")
    }

    /// Waits until it says a line that begins so, and gives the rest.
    pub(crate) fn says(&mut self, start: &str) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            assert_ne!(
                self.output.read_line(&mut line).unwrap(),
                0,
                "the process ended"
            );
            if let Some(rest) = line.strip_prefix(start) {
                return rest.trim_end().to_owned();
            }
        }
    }

    /// Kills it, and gives what it has said.
    pub(crate) fn kill_and_hear(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let mut said = String::new();
        self.output.read_to_string(&mut said).unwrap();
        said
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Lets it end by itself.
    pub(crate) fn finish(mut self) -> bool {
        drop(self.child.stdin.take());
        self.child.wait().unwrap().success()
    }
}

impl Drop for Tester {
    fn drop(&mut self) {
        // It may have ended already, which is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// This program, running only [`a_process_in_a_role`].
pub(crate) fn command(base: &Path, role: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args([
            "--exact",
            "process::a_process_in_a_role",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(ROLE, role)
        .env(BASE, base)
        .env_remove("DATABASE_URL");
    command
}

/// What a process says that has a test database on the server of `DATABASE_URL`, and ends.
pub(crate) fn with_database_url(url: &str, isolation: &str) -> String {
    let output = command(Path::new(""), "end")
        .env("DATABASE_URL", url)
        .env(ISOLATION, isolation)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (out, err) = (output.stdout, output.stderr);
    format!(
        "{}{}",
        String::from_utf8_lossy(&out),
        String::from_utf8_lossy(&err)
    )
}

/// `name=value`: a setting of the server.
pub(crate) const SETTING: &str = "PGDBM_KIT_SETTING";
pub(crate) const ISOLATION: &str = "PGDBM_KIT_ISOLATION";
const ROLE: &str = "PGDBM_KIT_ROLE";
const BASE: &str = "PGDBM_KIT_BASE";

/// Not a test when the program runs as a whole: then it has no role and returns.
#[test]
fn a_process_in_a_role() {
    let Ok(role) = env::var(ROLE) else { return };
    let base = env::var_os(BASE).unwrap();
    let server = if base.is_empty() {
        PgServer::start().unwrap()
    } else {
        let mut options = options(Path::new(&base));
        if let Ok(setting) = env::var(SETTING) {
            let (name, value) = setting.split_once('=').unwrap();
            options = options.setting(name, value);
        }
        PgServer::with(options).unwrap()
    };
    let isolation = match env::var(ISOLATION).as_deref() {
        Ok("schema") => Isolation::Schema,
        _ => Isolation::Database,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let say = |line: String| {
        let line = format!("\n{line}\n");
        std::io::stdout().write_all(line.as_bytes()).unwrap();
    };
    runtime.block_on(async {
        let database = TestDatabaseOptions::new()
            .migrations("shop", Shop)
            .isolation(isolation)
            .name(&format!("role::{role}"))
            .on(&server)
            .create()
            .await
            .unwrap();
        say(format!("has {}", database.name()));
        match role.as_str() {
            "hold" => {
                std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
                database.close().await;
            }
            "end" => database.close().await,
            // Says whether somebody has had the database before.
            "mark" => {
                let db = database.manager();
                let insert = "INSERT INTO {{tables.users}} (email) VALUES ('mark@example.com')";
                match db.execute(insert).await {
                    Ok(_) => say("clean".to_owned()),
                    Err(error) => say(format!("dirty {error}")),
                }
                std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
            }
            "abort" => std::process::abort(),
            "exit" =>
            {
                #[allow(clippy::exit, reason = "a program may do so, and no destructor runs")]
                std::process::exit(0)
            }
            // A panic while a panic unwinds ends the process.
            "panic in drop" => {
                struct Bomb;
                impl Drop for Bomb {
                    fn drop(&mut self) {
                        panic!("in drop");
                    }
                }
                let _bomb = Bomb;
                panic!("before drop");
            }
            "fail" => panic!("the test failed"),
            _ => panic!("no such role: {role}"),
        }
    });
}
