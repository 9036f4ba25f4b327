//! A private server that listens on TCP and asks for passwords, which the shared one behind its unix socket does not.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Seek as _};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use pgdbm::DatabaseConfig;
use pgdbm::testing::PgServer;

use crate::port::Port;

/// The superuser's password.
pub(crate) const PASSWORD: &str = "pässwörd 'of' \\ @/?&=";

/// The server stops, and its directory goes, when the test process ends, however it does.
pub(crate) struct TcpServer {
    port: Port,
    directory: PathBuf,
    /// Holds the pipe on which the shell waits.
    _shell: Child,
}

/// Starts the server, and clears up as soon as nobody holds the other end of standard input.
const SHELL: &str = r#"
clear() { "$1/pg_ctl" -D "$2/data" -m immediate stop; rm -rf "$2"; }
start() {
    "$1/initdb" -D "$2/data" -U postgres -A scram-sha-256 --pwfile="$2/password" --no-sync -E UTF8 --locale=C &&
    cp "$2/pg_hba.conf" "$2/data/pg_hba.conf" &&
    cat "$2/settings" >>"$2/data/postgresql.conf" &&
    { "$1/pg_ctl" -D "$2/data" -l "$2/log" -w start || { cat "$2/log"; false; }; }
}
# Nobody may be there any more to hear it.
trap '' PIPE
if start "$1" "$2" >&2; then echo ready; cat; fi
clear "$1" "$2" >&2
"#;

impl TcpServer {
    /// A server with the settings (lines of `postgresql.conf`), the rules of `pg_hba.conf`, and the files, to which
    /// settings refer as `../name`.
    pub(crate) fn start(settings: &str, rules: &str, files: &[(&str, &str)]) -> TcpServer {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let shared = PgServer::private().unwrap();
        // PostgreSQL does not run as root: the account that the shared server runs as will do.
        let account = fs::metadata(shared.data_directory().unwrap()).unwrap();
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let directory =
            std::env::temp_dir().join(format!("pgdbm-tcp-{}-{number}", std::process::id()));
        fs::create_dir(&directory).unwrap();
        let port = Port::reserve();
        let settings = format!(
            "{settings}\nport = {}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nfsync = off\n",
            port.number()
        );
        let own = [
            ("settings", settings.as_str()),
            ("pg_hba.conf", rules),
            ("password", PASSWORD),
        ];
        for (name, text) in own.iter().chain(files) {
            let path = directory.join(name);
            fs::write(&path, text).unwrap();
            // The server takes a key from nobody else, and from nobody who shows it to others.
            fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
                .unwrap();
            chown(&path, Some(account.uid()), Some(account.gid())).unwrap();
        }
        let mut told = File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(directory.join("told"))
            .unwrap();
        chown(&directory, Some(account.uid()), Some(account.gid())).unwrap();
        let mut shell = Command::new("/bin/sh")
            .args(["-c", SHELL, "sh"])
            .args([shared.bin_directory().unwrap(), &directory])
            .current_dir(&directory)
            .uid(account.uid())
            .gid(account.gid())
            // Not stopped by the terminal's Ctrl-C: it has to clear up after us.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(told.try_clone().unwrap())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(shell.stdout.take().unwrap())
            .read_line(&mut said)
            .unwrap();
        if said != "ready\n" {
            // The directory is gone, but not what we hold open.
            let mut why = String::new();
            told.rewind().unwrap();
            told.read_to_string(&mut why).unwrap();
            panic!("the server did not start with the settings {settings}\n{why}");
        }
        TcpServer {
            port,
            directory,
            _shell: shell,
        }
    }

    /// As `postgres`, with the password, to a host that is this machine.
    pub(crate) fn config(&self, host: &str) -> DatabaseConfig {
        DatabaseConfig::new()
            .host(host)
            .port(self.port.number())
            .password(PASSWORD)
            .max_connections(2)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port.number()
    }

    /// A place for more files, which goes with the server.
    #[cfg_attr(
        not(feature = "tls"),
        allow(dead_code, reason = "certificates are files")
    )]
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }
}
