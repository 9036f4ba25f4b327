//! Other processes that use a server: this test program again, in a role.

use std::env;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use pgdbm_runtime::testing::{PgServer, PgServerOptions, ServerError};

use super::base::Base;

/// A process that starts or joins a server and keeps it until its standard input ends. Dropping kills it.
pub(crate) struct Holder {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Holder {
    pub(crate) fn spawn(base: &Base) -> Holder {
        Holder::from(&mut Holder::command(&base.path()))
    }

    /// Waits until it holds the server, and says which.
    pub(crate) fn started(base: &Base) -> (Holder, String) {
        let mut holder = Holder::spawn(base);
        let url = holder.url();
        (holder, url)
    }

    /// The command of a holder in a process group of its own, for a test to add to.
    pub(crate) fn command(base: &Path) -> Command {
        let mut command = role("hold");
        command.env(BASE, base).process_group(0);
        command
    }

    pub(crate) fn from(command: &mut Command) -> Holder {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Holder { child, output }
    }

    pub(crate) fn url(&mut self) -> String {
        self.answer()
            .unwrap_or_else(|error| panic!("the holder failed: {error}"))
    }

    pub(crate) fn answer(&mut self) -> Result<String, String> {
        let mut line = String::new();
        loop {
            line.clear();
            assert_ne!(
                self.output.read_line(&mut line).unwrap(),
                0,
                "the holder ended"
            );
            if let Some(url) = line.strip_prefix("held ") {
                return Ok(url.trim_end().to_owned());
            }
            if let Some(error) = line.strip_prefix("failed ") {
                return Err(error.trim_end().replace("\\n", "\n"));
            }
        }
    }

    pub(crate) fn id(&self) -> i32 {
        self.child.id().try_into().unwrap()
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Lets it drop its server and end by itself.
    pub(crate) fn finish(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success());
    }

    /// Waits until nobody has the other end of the process's output any more.
    pub(crate) fn read_to_end(mut self) {
        let mut rest = Vec::new();
        self.output.read_to_end(&mut rest).unwrap();
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        // It may have ended already, which is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// This program, running only [`a_process_in_a_role`].
pub(crate) fn role(name: &str) -> Command {
    program_in_role(&env::current_exe().unwrap(), name)
}

pub(crate) fn program_in_role(program: &Path, name: &str) -> Command {
    let mut command = Command::new(program);
    command.args([
        "--exact",
        "holder::a_process_in_a_role",
        "--nocapture",
        "--test-threads=1",
    ]);
    // `PGDBM_PG_BIN` stays: the process shares the server of the test that started it.
    command.env(ROLE, name).env_remove("DATABASE_URL");
    command
}

const ROLE: &str = "PGDBM_TEST_ROLE";
/// The base directory; without it, [`PgServer::start`] is what the process calls.
pub(crate) const BASE: &str = "PGDBM_TEST_BASE";
pub(crate) const CACHE: &str = "PGDBM_TEST_CACHE";
/// `name=value`: a server with a setting is another server.
pub(crate) const SETTING: &str = "PGDBM_TEST_SETTING";
/// What the role `connect` connects to.
pub(crate) const SOCKET: &str = "PGDBM_TEST_SOCKET";

/// Not a test when the program runs as a whole: then it has no role and returns.
#[test]
fn a_process_in_a_role() {
    let Ok(name) = env::var(ROLE) else { return };
    let answer = match name.as_str() {
        "hold" | "parent" => {
            let child = (name == "parent").then(|| {
                let mut child = Holder::from(role("hold").env(BASE, env::var_os(BASE).unwrap()));
                child.url();
                child
            });
            let answer = server().map(|server| (server.url().to_owned(), Some((server, child))));
            answer.map_err(|error| error.to_string())
        }
        "show" => server()
            .map(|server| (format!("{server:?}"), None))
            .map_err(|error| error.to_string()),
        "connect" => UnixStream::connect(PathBuf::from(env::var_os(SOCKET).unwrap()))
            .map(|_| ("connected".to_owned(), None))
            .map_err(|error| error.to_string()),
        _ => panic!("no such role: {name}"),
    };
    let line = match &answer {
        Ok((text, _)) => format!("\nheld {text}\n"),
        Err(error) => format!("\nfailed {}\n", error.replace('\n', "\\n")),
    };
    std::io::stdout().write_all(line.as_bytes()).unwrap();
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

fn server() -> Result<PgServer, ServerError> {
    let Some(base) = env::var_os(BASE) else {
        return PgServer::start();
    };
    let mut options = PgServerOptions::new().base_directory(base);
    if let Some(cache) = env::var_os(CACHE) {
        options = options.cache_directory(cache);
    }
    if let Ok(setting) = env::var(SETTING) {
        let (name, value) = setting.split_once('=').unwrap();
        options = options.setting(name, value);
    }
    PgServer::with(options)
}
