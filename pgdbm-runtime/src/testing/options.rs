//! What a caller may choose about the private server.

use std::path::{Path, PathBuf};

use super::error::ServerError;

/// Options of a private server, for [`PgServer::with`](super::PgServer::with).
///
/// Processes that ask with equal options share a server, others get one of their own.
///
/// ```no_run
/// # use pgdbm_runtime as pgdbm;
/// use pgdbm::testing::{PgServer, PgServerOptions};
///
/// let options = PgServerOptions::new().setting("wal_level", "logical");
/// let server = PgServer::with(options)?;
/// # Ok::<(), pgdbm::testing::ServerError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PgServerOptions {
    bin_directory: Option<PathBuf>,
    base_directory: Option<PathBuf>,
    cache_directory: Option<PathBuf>,
    settings: Vec<(String, String)>,
}

impl PgServerOptions {
    /// The defaults, which are what [`PgServer::private`](super::PgServer::private) uses.
    pub fn new() -> PgServerOptions {
        PgServerOptions::default()
    }

    /// Takes `initdb` and `postgres` from this directory and looks nowhere else.
    #[must_use]
    pub fn bin_directory(mut self, directory: impl Into<PathBuf>) -> PgServerOptions {
        self.bin_directory = Some(directory.into());
        self
    }

    /// Keeps the running server in this directory instead of `/tmp/pgdbm-<user id>`.
    ///
    /// It is made when it is missing (its parent must exist) and removed when the last server in it has gone and
    /// nothing else is in it. A unix socket's path may have about 100 bytes, so keep this one short.
    #[must_use]
    pub fn base_directory(mut self, directory: impl Into<PathBuf>) -> PgServerOptions {
        self.base_directory = Some(directory.into());
        self
    }

    /// Keeps the initialised cluster, of which each server gets a copy, in this directory.
    #[must_use]
    pub fn cache_directory(mut self, directory: impl Into<PathBuf>) -> PgServerOptions {
        self.cache_directory = Some(directory.into());
        self
    }

    /// Starts the server with `-c name=value`, after and therefore above pgdbm's own settings.
    ///
    /// See the manual's [server configuration](https://www.postgresql.org/docs/current/runtime-config.html). The
    /// settings that say where the server listens and where its files are cannot be changed.
    #[must_use]
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> PgServerOptions {
        self.settings.push((name.into(), value.into()));
        self
    }

    pub(crate) fn chosen_bin_directory(&self) -> Option<&Path> {
        self.bin_directory.as_deref()
    }

    pub(crate) fn chosen_base_directory(&self) -> Option<&Path> {
        self.base_directory.as_deref()
    }

    pub(crate) fn chosen_cache_directory(&self) -> Option<&Path> {
        self.cache_directory.as_deref()
    }

    /// The settings, if each may be passed on.
    pub(crate) fn checked_settings(&self) -> Result<&[(String, String)], ServerError> {
        for (name, value) in &self.settings {
            let well_formed = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
            if !well_formed {
                return Err(ServerError::options(format!(
                    "{name:?} is not the name of a server setting"
                )));
            }
            if FIXED.contains(&name.to_ascii_lowercase().as_str()) {
                return Err(ServerError::options(format!(
                    "the setting {name} of a private server is fixed: it says where the server listens or keeps its files"
                )));
            }
            if value.contains('\0') {
                return Err(ServerError::options(format!(
                    "the value of the setting {name} contains a NUL byte"
                )));
            }
        }
        Ok(&self.settings)
    }
}

/// Settings on which the janitor, the readiness check or the protection of the socket depend.
const FIXED: [&str; 12] = [
    "config_file",
    "data_directory",
    "external_pid_file",
    "hba_file",
    "ident_file",
    "listen_addresses",
    "logging_collector",
    "log_destination",
    "port",
    "unix_socket_directories",
    "unix_socket_group",
    "unix_socket_permissions",
];

#[cfg(test)]
#[allow(clippy::panic, reason = "a test that fails may panic")]
mod tests {
    use super::PgServerOptions;

    #[test]
    fn ordinary_settings_pass() {
        let options = PgServerOptions::new()
            .setting("wal_level", "logical")
            .setting("my_app.tenant", "a b = c'\"");
        assert!(options.checked_settings().is_ok());
    }

    #[test]
    fn settings_that_would_move_the_server_or_break_the_command_are_refused() {
        for name in [
            "port",
            "Listen_Addresses",
            "data_directory",
            "",
            "-c",
            "a=b",
            "a b",
            "1a",
            "ä",
        ] {
            let Err(error) = PgServerOptions::new()
                .setting(name, "1")
                .checked_settings()
                .map(<[_]>::len)
            else {
                panic!("{name:?} was accepted");
            };
            assert!(error.is_options(), "{error}");
        }
        assert!(
            PgServerOptions::new()
                .setting("work_mem", "1\0")
                .checked_settings()
                .is_err()
        );
    }
}
