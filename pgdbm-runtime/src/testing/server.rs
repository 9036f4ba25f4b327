//! The server as its users see it.

use std::env;
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::connection_url;
use super::error::ServerError;
use super::options::PgServerOptions;

/// A PostgreSQL server for tests and demonstrations: the one that `DATABASE_URL` names, or else a private one that
/// vanishes with its last user.
///
/// All functions block for some milliseconds (the very first start on a machine for about a second) and need no
/// runtime. A clone is cheap and holds the same server; the server stays for as long as a process holds one, so keep
/// the value alive while you use its URL. A process that has had a [`TestDatabase`](super::TestDatabase) on it holds it until the
/// process ends. The [module](crate::testing) says how it lives and where.
///
/// ```
/// # use pgdbm_runtime as pgdbm;
/// use pgdbm::testing::PgServer;
///
/// let server = PgServer::start()?;
/// assert!(server.url().contains("postgres"));
/// # Ok::<(), pgdbm::testing::ServerError>(())
/// ```
#[derive(Clone)]
pub struct PgServer {
    server: Arc<Server>,
}

enum Server {
    /// The server of `DATABASE_URL`.
    Given {
        url: String,
    },
    Private(PrivateServer),
}

/// A running private server, held by the shared lock on its lock file.
pub(crate) struct PrivateServer {
    pub(crate) url: String,
    pub(crate) version: String,
    pub(crate) major: u32,
    pub(crate) bin_directory: PathBuf,
    pub(crate) data_directory: PathBuf,
    pub(crate) socket_directory: PathBuf,
    pub(crate) log_file: PathBuf,
    /// Whether the data is in memory.
    pub(crate) in_memory: bool,
    /// Closing the file gives up the lock, and with the last lock the server goes.
    pub(crate) _lock: File,
}

#[cfg(unix)]
impl PrivateServer {
    /// Where everything of this server is.
    pub(crate) fn instance_directory(&self) -> &Path {
        self.socket_directory
            .parent()
            .unwrap_or(&self.socket_directory)
    }

    /// The file that every process has locked which uses the server.
    pub(crate) fn lock_path(&self) -> PathBuf {
        self.instance_directory().join("lock")
    }
}

impl PgServer {
    /// The server of `DATABASE_URL` when that is set and not empty, otherwise a private server, started or joined.
    ///
    /// The given URL is taken as it is; nothing connects to it here.
    ///
    /// # Errors
    ///
    /// When `DATABASE_URL` is not Unicode, and as [`PgServer::private`].
    pub fn start() -> Result<PgServer, ServerError> {
        match env::var_os("DATABASE_URL").filter(|url| !url.is_empty()) {
            None => PgServer::private(),
            Some(url) => match url.into_string() {
                Ok(url) => Ok(PgServer {
                    server: Arc::new(Server::Given { url }),
                }),
                Err(_) => Err(ServerError::options(
                    "the environment variable DATABASE_URL is not valid Unicode",
                )),
            },
        }
    }

    /// A private server, whatever `DATABASE_URL` says.
    ///
    /// # Errors
    ///
    /// When no `initdb` and `postgres` are found (then [`ServerError::is_not_installed`]), when the server does not
    /// start (the text shows the end of its log), when its directory exists and cannot be trusted, and on platforms
    /// other than Linux and macOS.
    pub fn private() -> Result<PgServer, ServerError> {
        PgServer::with(PgServerOptions::new())
    }

    /// A private server with options, whatever `DATABASE_URL` says.
    ///
    /// # Errors
    ///
    /// As [`PgServer::private`], and when an option cannot be fulfilled.
    pub fn with(options: PgServerOptions) -> Result<PgServer, ServerError> {
        private_server(options).map(|server| PgServer { server })
    }

    /// The URL of the server's maintenance database (a private server's `postgres`, as user `postgres`).
    pub fn url(&self) -> &str {
        match &*self.server {
            Server::Given { url } => url,
            Server::Private(server) => &server.url,
        }
    }

    /// The URL of another database of the same server, which need not exist yet.
    pub fn database_url(&self, database: &str) -> String {
        match &*self.server {
            Server::Given { url } => connection_url::with_database(url, database),
            Server::Private(server) => {
                connection_url::for_socket(&server.socket_directory, database)
            }
        }
    }

    /// Whether this is a private server, not the one of `DATABASE_URL`.
    pub fn is_private(&self) -> bool {
        self.private_part().is_some()
    }

    /// The major version of a private server, such as 17.
    pub fn major(&self) -> Option<u32> {
        self.private_part().map(|server| server.major)
    }

    /// What `postgres --version` says of a private server.
    pub fn version(&self) -> Option<&str> {
        self.private_part().map(|server| server.version.as_str())
    }

    /// The directory of a private server's programs (`postgres`, mostly also `psql` and `pg_dump`).
    pub fn bin_directory(&self) -> Option<&Path> {
        self.private_part()
            .map(|server| server.bin_directory.as_path())
    }

    /// The data directory of a private server. It belongs to the account that the server runs as.
    pub fn data_directory(&self) -> Option<&Path> {
        self.private_part()
            .map(|server| server.data_directory.as_path())
    }

    /// The directory of a private server's unix socket, as libpq's parameter `host` takes it.
    pub fn socket_directory(&self) -> Option<&Path> {
        self.private_part()
            .map(|server| server.socket_directory.as_path())
    }

    /// The log of a private server.
    pub fn log_file(&self) -> Option<&Path> {
        self.private_part().map(|server| server.log_file.as_path())
    }

    /// Whether a private server keeps its data in memory (`/dev/shm`).
    pub(crate) fn is_in_memory(&self) -> bool {
        self.private_part().is_some_and(|server| server.in_memory)
    }

    /// Whether this is the same server, held by the same lock.
    pub(crate) fn is(&self, other: &PgServer) -> bool {
        Arc::ptr_eq(&self.server, &other.server)
            || matches!((&*self.server, &*other.server),
                (Server::Given { url: one }, Server::Given { url: another }) if one == another)
    }

    pub(crate) fn private_part(&self) -> Option<&PrivateServer> {
        match &*self.server {
            Server::Given { .. } => None,
            Server::Private(server) => Some(server),
        }
    }
}

/// Shows a private server's URL, which has no secret, and never the one of `DATABASE_URL`, which may have one.
impl fmt::Debug for PgServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.server {
            Server::Given { .. } => f
                .debug_struct("PgServer")
                .field("url", &"the value of DATABASE_URL")
                .finish(),
            Server::Private(server) => f
                .debug_struct("PgServer")
                .field("url", &server.url)
                .field("version", &server.version)
                .finish(),
        }
    }
}

/// One server per process and choice of options: the second call finds the first one's and costs one connection.
#[cfg(unix)]
fn private_server(options: PgServerOptions) -> Result<Arc<Server>, ServerError> {
    use std::ffi::OsString;
    use std::sync::{Mutex, PoisonError, Weak};

    use super::{instance, plan::Plan, postmaster, ticket::Ticket};

    struct Held {
        options: PgServerOptions,
        /// What else decides which server is meant.
        environment: [Option<OsString>; 2],
        server: Weak<Server>,
    }
    static HELD: Mutex<Vec<Held>> = Mutex::new(Vec::new());

    let environment = [env::var_os("PGDBM_PG_BIN"), env::var_os("PATH")];
    // Held while starting, so that the threads of a process don't each go through the gate.
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    held.retain(|one| one.server.strong_count() > 0);
    let known = held
        .iter()
        .position(|one| one.options == options && one.environment == environment);
    if let Some(server) = known
        .and_then(|index| held.get(index))
        .and_then(|one| one.server.upgrade())
    {
        match &*server {
            Server::Private(running) if !postmaster::is_up(&running.socket_directory) => {}
            _ => return Ok(server),
        }
    }
    if let Some(index) = known {
        held.remove(index);
    }
    let ticket = Ticket::new(&options);
    let server = match ticket.join() {
        Some(server) => server,
        None => {
            let server = instance::join_or_start(&Plan::new(&options)?)?;
            ticket.leave(&server);
            server
        }
    };
    let server = Arc::new(Server::Private(server));
    held.push(Held {
        options,
        environment,
        server: Arc::downgrade(&server),
    });
    Ok(server)
}

#[cfg(not(unix))]
fn private_server(_options: PgServerOptions) -> Result<Arc<Server>, ServerError> {
    Err(ServerError::unsupported(
        "the private PostgreSQL server is for Linux and macOS; on this platform set DATABASE_URL to the URL of a \
         server, for example postgres://postgres:password@localhost:5432/postgres",
    ))
}
