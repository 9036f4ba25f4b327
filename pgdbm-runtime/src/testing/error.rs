//! The error of the private server.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;

/// Why there is no server: what was tried, where, and what to do about it.
///
/// The text never contains the value of `DATABASE_URL`, which may hold a password.
pub struct ServerError {
    kind: Kind,
    message: String,
    /// What the system said, where it was a system call that failed.
    system: Option<io::ErrorKind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    NotInstalled,
    Unsupported,
    Directory,
    Options,
    Start,
}

impl ServerError {
    /// Whether no PostgreSQL server was found on this machine, so that installing one would help.
    pub fn is_not_installed(&self) -> bool {
        self.kind == Kind::NotInstalled
    }

    /// Whether the private server does not exist for this platform, so that only `DATABASE_URL` helps.
    pub fn is_unsupported(&self) -> bool {
        self.kind == Kind::Unsupported
    }

    /// Whether a directory could not be made, or cannot be trusted with a server that trusts everybody who connects.
    pub fn is_directory(&self) -> bool {
        self.kind == Kind::Directory
    }

    /// Whether the options or the environment ask for something that cannot be.
    pub fn is_options(&self) -> bool {
        self.kind == Kind::Options
    }

    /// Whether a server was found but did not start.
    pub fn is_start(&self) -> bool {
        self.kind == Kind::Start
    }

    pub(crate) fn not_installed(message: impl Into<String>) -> ServerError {
        ServerError::new(Kind::NotInstalled, message.into())
    }

    #[cfg_attr(
        unix,
        expect(dead_code, reason = "only the other platforms lack the private server")
    )]
    pub(crate) fn unsupported(message: impl Into<String>) -> ServerError {
        ServerError::new(Kind::Unsupported, message.into())
    }

    pub(crate) fn directory(message: impl Into<String>) -> ServerError {
        ServerError::new(Kind::Directory, message.into())
    }

    pub(crate) fn options(message: impl Into<String>) -> ServerError {
        ServerError::new(Kind::Options, message.into())
    }

    pub(crate) fn start(message: impl Into<String>) -> ServerError {
        ServerError::new(Kind::Start, message.into())
    }

    /// For a system call on a path: `cannot <action> <path>: <what the system says>`.
    pub(crate) fn path(action: &str, path: &Path, error: &io::Error) -> ServerError {
        let message = format!("cannot {action} {}: {error}", path.display());
        ServerError {
            system: Some(error.kind()),
            ..ServerError::directory(message)
        }
    }

    /// Whether a path was not there.
    pub(crate) fn is_missing_path(&self) -> bool {
        self.system == Some(io::ErrorKind::NotFound)
    }

    /// With the failure that came before and is the real reason.
    pub(crate) fn after(mut self, first: &ServerError) -> ServerError {
        self.message = format!("{}\nBefore that: {}", self.message, first.message);
        self
    }

    fn new(kind: Kind, message: String) -> ServerError {
        ServerError {
            kind,
            message,
            system: None,
        }
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The same text as `Display`: `unwrap` and `main` print this one, and a reader needs its lines unescaped.
impl fmt::Debug for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerError({:?}): {}", self.kind, self.message)
    }
}

impl Error for ServerError {}
