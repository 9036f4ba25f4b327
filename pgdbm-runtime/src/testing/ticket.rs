//! Joining a running server without asking the machine anew where PostgreSQL is: in a process that runs a single test, the
//! programs that answer that take longer than the test.
//!
//! Whoever starts or joins a server the long way leaves a ticket in the server's directory: what was asked for, and what that
//! came to. The next process that asks for the same takes the users' lock and looks whether everything still stands. It
//! needs no gate for that: a janitor that has begun holds the lock, and one that begins later finds it taken. Whatever does
//! not fit sends it the long way.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::thread;

use super::directory;
use super::file_lock::{self, Mode};
use super::gate;
use super::instance;
use super::options::PgServerOptions;
use super::plan;
use super::postmaster;
use super::server::PrivateServer;

/// What decides, besides the machine, which server is meant.
pub(crate) struct Ticket {
    name: String,
    bases: Vec<PathBuf>,
}

impl Ticket {
    pub(crate) fn new(options: &PgServerOptions) -> Ticket {
        let variables = ["PGDBM_PG_BIN", "PATH", "XDG_CACHE_HOME", "HOME"];
        let mut parts = vec![plan::LAYOUT.to_owned(), format!("{options:?}")];
        parts.extend(
            variables
                .iter()
                .map(|name| format!("{:?}", env::var_os(name))),
        );
        if depends_on_directory(options) {
            parts.push(format!("{:?}", env::current_dir().ok()));
        }
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        Ticket {
            name: format!("ticket-{:016x}", plan::fingerprint(&parts)),
            bases: plan::usual_bases(options),
        }
    }

    /// The server, if one runs that was asked for with the same words.
    pub(crate) fn join(&self) -> Option<PrivateServer> {
        self.bases
            .iter()
            .filter(|base| directory::is_ours(base))
            .flat_map(|base| fs::read_dir(base).into_iter().flatten().flatten())
            // As the janitor knows it.
            .filter_map(|entry| fs::canonicalize(entry.path()).ok())
            .find_map(|instance| self.join_in(&instance))
    }

    /// Leaves the ticket in a server's directory. Without one the next process only takes longer.
    pub(crate) fn leave(&self, server: &PrivateServer) {
        let instance = server.instance_directory();
        let Some(text) = Contents::of(server).map(|contents| contents.write()) else {
            return;
        };
        let path = instance.join(&self.name);
        if fs::read_to_string(&path).is_ok_and(|known| known == text) {
            return;
        }
        let new = instance.join(format!("{}-{}", self.name, std::process::id()));
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&new)
            .and_then(|mut file| io::Write::write_all(&mut file, text.as_bytes()))
            // In one step, so that nobody reads half a ticket.
            .and_then(|()| fs::rename(&new, path));
        if written.is_err() {
            drop(fs::remove_file(new));
        }
    }

    fn join_in(&self, instance: &Path) -> Option<PrivateServer> {
        let contents = Contents::read(&fs::read_to_string(instance.join(&self.name)).ok()?)?;
        if !directory::is_ours(instance) || stamp(&contents.bin_directory)? != contents.stamp {
            return None;
        }
        let server = contents.into_server(instance, hold(&instance.join("lock"))?);
        if !has_janitor(instance) || !postmaster::is_up(&server.socket_directory) {
            return None;
        }
        sweep_beside(instance);
        Some(server)
    }
}

/// Whether the same words mean another installation where the process has another working directory.
fn depends_on_directory(options: &PgServerOptions) -> bool {
    let chosen = options.chosen_bin_directory().map(Path::to_owned);
    let named = env::var_os("PGDBM_PG_BIN").map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    chosen
        .into_iter()
        .chain(named)
        .chain(env::split_paths(&path))
        .any(|directory| directory.is_relative())
}

/// The users' lock, if nobody is about to remove what it protects.
fn hold(path: &Path) -> Option<File> {
    // Not made when it is missing: then there is no server.
    let mut file = OpenOptions::new().read(true).write(true).open(path).ok()?;
    if !file_lock::attempt(&file, Mode::Shared).ok()? || !file_lock::is_at(&file, path) {
        return None;
    }
    let mut token = String::new();
    file.read_to_string(&mut token).ok()?;
    token.ends_with('\n').then_some(file)
}

/// Whether the process lives that has written its number into the janitor's file. Its lock says more, and can only be asked
/// behind the gate.
fn has_janitor(instance: &Path) -> bool {
    let Some(id) = fs::read_to_string(instance.join("janitor"))
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .and_then(rustix::process::Pid::from_raw)
    else {
        return false;
    };
    if Path::new("/proc/self").exists() {
        // A process that has ended and that nobody has waited for yet has no arguments, and another one has others.
        let arguments = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        return arguments
            .split(|byte| *byte == 0)
            .any(|argument| argument == instance.as_os_str().as_encoded_bytes());
    }
    !matches!(rustix::process::test_kill_process(id), Err(error) if error == rustix::io::Errno::SRCH)
}

/// Clears away what others have left beside this server, while the caller goes on: the long way does that on its way.
fn sweep_beside(instance: &Path) {
    let Some(base) = instance.parent().map(Path::to_owned) else {
        return;
    };
    // Another server that is looked after is none of ours, and does not make each of our processes go to the gate.
    let is_in_order =
        |path: &Path| path == instance || path.ends_with(gate::FILE_NAME) || has_janitor(path);
    let is_tidy = fs::read_dir(&base)
        .is_ok_and(|entries| entries.flatten().all(|entry| is_in_order(&entry.path())));
    if is_tidy {
        return;
    }
    // Without the thread, the next start of another server does it.
    drop(
        thread::Builder::new()
            .name("pgdbm sweep".to_owned())
            .spawn(move || drop(instance::sweep_base(&base))),
    );
}

/// What a ticket says.
struct Contents {
    version: String,
    major: u32,
    bin_directory: PathBuf,
    /// Of the server's program: an update puts another one in its place.
    stamp: String,
}

impl Contents {
    fn of(server: &PrivateServer) -> Option<Contents> {
        Some(Contents {
            version: server.version.clone(),
            major: server.major,
            bin_directory: server.bin_directory.clone(),
            stamp: stamp(&server.bin_directory)?,
        })
    }

    /// One line each; the directory comes last, because its name may hold anything.
    fn write(&self) -> String {
        format!(
            "{}\n{}\n{}\n{}",
            self.major,
            self.version,
            self.stamp,
            self.bin_directory.display()
        )
    }

    fn read(text: &str) -> Option<Contents> {
        let mut lines = text.splitn(4, '\n');
        Some(Contents {
            major: lines.next()?.parse().ok()?,
            version: lines.next()?.to_owned(),
            stamp: lines.next()?.to_owned(),
            bin_directory: PathBuf::from(lines.next()?),
        })
    }

    fn into_server(self, instance: &Path, lock: File) -> PrivateServer {
        let socket_directory = instance.join("run");
        PrivateServer {
            url: super::connection_url::for_socket(&socket_directory, "postgres"),
            version: self.version,
            major: self.major,
            bin_directory: self.bin_directory,
            data_directory: socket_directory.join(plan::DATA),
            log_file: instance.join("log"),
            in_memory: directory::is_in_memory(instance),
            socket_directory,
            _lock: lock,
        }
    }
}

/// Which file the server's program is, and since when.
fn stamp(bin_directory: &Path) -> Option<String> {
    let metadata = fs::metadata(bin_directory.join(OsStr::new("postgres"))).ok()?;
    Some(format!(
        "{} {} {} {}",
        metadata.ino(),
        metadata.len(),
        metadata.mtime(),
        metadata.mtime_nsec()
    ))
}
