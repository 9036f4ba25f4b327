//! Encrypted connections: what the configuration says about them, and the connector that makes them.

use std::fmt;
use std::path::{Path, PathBuf};

use tokio_postgres::config::{Host, SslMode as DriverMode, SslNegotiation};

use crate::Error;

mod parameters;
#[cfg(not(feature = "tls"))]
mod plaintext;
#[cfg(feature = "tls")]
mod rustls_client;
#[cfg(feature = "tls")]
mod verifier;

#[cfg(not(feature = "tls"))]
pub(crate) use plaintext::{Connector, REMEDY_FOR_PLAINTEXT, failure};
#[cfg(feature = "tls")]
pub(crate) use rustls_client::{Connector, REMEDY_FOR_PLAINTEXT, failure};

/// Whether connections are encrypted, and how much the server must prove: libpq's parameter `sslmode`.
///
/// A connection through a unix socket is never encrypted, whatever the mode says: it does not leave the machine.
/// Over TCP, from [`Require`](SslMode::Require) on, there is an encrypted connection or none.
///
/// PostgreSQL manual, section "SSL Support" of libpq.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SslMode {
    /// Never encrypt.
    Disable,
    /// Encrypt when the server offers it, and this library was built with the feature `tls`. This is the default: it
    /// keeps out who only listens, and nobody who can answer in the server's place.
    #[default]
    Prefer,
    /// Encrypt. Who the server is remains unchecked, unless a root certificate is given: then as
    /// [`VerifyCa`](SslMode::VerifyCa).
    Require,
    /// Encrypt, and check that an authority we trust has signed the server's certificate.
    VerifyCa,
    /// Encrypt, and check also that the certificate was made out to the host we connect to. Use this one wherever
    /// the network is not yours.
    VerifyFull,
}

impl SslMode {
    fn parse(value: &str) -> Result<Self, Error> {
        const ALL: [SslMode; 5] = [
            SslMode::Disable,
            SslMode::Prefer,
            SslMode::Require,
            SslMode::VerifyCa,
            SslMode::VerifyFull,
        ];
        // The value is not repeated: it may be a piece of a malformed connection string, and so of a password.
        ALL.into_iter().find(|mode| mode.name() == value).ok_or_else(|| {
            Error::config("`sslmode` must be one of `disable`, `prefer`, `require`, `verify-ca` and `verify-full`")
        })
    }

    fn name(self) -> &'static str {
        match self {
            SslMode::Disable => "disable",
            SslMode::Prefer => "prefer",
            SslMode::Require => "require",
            SslMode::VerifyCa => "verify-ca",
            SslMode::VerifyFull => "verify-full",
        }
    }
}

impl fmt::Display for SslMode {
    /// As `sslmode` spells it, such as `verify-full`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What was said about encryption. What was not said is `None`, so that the environment may say it.
#[derive(Clone, Debug, Default)]
pub(crate) struct TlsConfig {
    mode: Option<SslMode>,
    root_cert: Option<PathBuf>,
    client_cert: Option<PathBuf>,
    client_key: Option<PathBuf>,
}

impl TlsConfig {
    /// Takes `sslmode`, `sslrootcert`, `sslcert` and `sslkey` out of a connection string; gives the rest of it. The
    /// driver knows none of the files, and not all modes.
    pub(crate) fn take_from(connection: &str) -> Result<(String, Self), Error> {
        let (rest, taken) = parameters::take(connection)?;
        let mut tls = TlsConfig::default();
        for (name, value) in taken {
            tls.set(name, &value)?;
        }
        Ok((rest, tls))
    }

    /// Fills in what was not said from `PGSSLMODE`, `PGSSLROOTCERT`, `PGSSLCERT` and `PGSSLKEY`.
    pub(crate) fn or_from_env(
        self,
        variable: impl Fn(&'static str) -> Result<Option<String>, Error>,
    ) -> Result<Self, Error> {
        let mut tls = TlsConfig::default();
        for (name, from) in parameters::NAMES.into_iter().zip(VARIABLES) {
            if let Some(value) = variable(from)? {
                tls.set(name, &value).map_err(|error| error.during(from))?;
            }
        }
        Ok(TlsConfig {
            mode: self.mode.or(tls.mode),
            root_cert: self.root_cert.or(tls.root_cert),
            client_cert: self.client_cert.or(tls.client_cert),
            client_key: self.client_key.or(tls.client_key),
        })
    }

    /// As in libpq, an empty value says nothing.
    fn set(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let path = || (!value.is_empty()).then(|| PathBuf::from(value));
        match name {
            "sslmode" => {
                self.mode = if value.is_empty() {
                    None
                } else {
                    Some(SslMode::parse(value)?)
                }
            }
            "sslrootcert" => self.root_cert = path(),
            "sslcert" => self.client_cert = path(),
            _ => self.client_key = path(),
        }
        Ok(())
    }

    pub(crate) fn set_mode(&mut self, mode: SslMode) {
        self.mode = Some(mode);
    }

    pub(crate) fn set_root_cert(&mut self, path: PathBuf) {
        self.root_cert = Some(path);
    }

    pub(crate) fn set_client_cert(&mut self, cert: PathBuf, key: PathBuf) {
        self.client_cert = Some(cert);
        self.client_key = Some(key);
    }

    /// The mode that holds. Roots of the system are anybody's who has bought a certificate, so with them only the
    /// check of the name means something.
    pub(crate) fn mode(&self) -> SslMode {
        self.mode.unwrap_or(if self.roots_of_the_system() {
            SslMode::VerifyFull
        } else {
            SslMode::Prefer
        })
    }

    pub(crate) fn root_cert(&self) -> Option<&Path> {
        self.root_cert.as_deref()
    }

    pub(crate) fn client_cert(&self) -> Option<&Path> {
        self.client_cert.as_deref()
    }

    fn roots_of_the_system(&self) -> bool {
        self.root_cert().is_some_and(|path| path == "system")
    }

    /// The certificate and the key that we show to the server.
    fn identity(&self) -> Result<Option<(&Path, &Path)>, Error> {
        match (self.client_cert.as_deref(), self.client_key.as_deref()) {
            (Some(cert), Some(key)) => Ok(Some((cert, key))),
            (None, None) => Ok(None),
            (Some(_), None) => Err(Error::config(
                "`sslcert` is given without `sslkey`: a certificate is of no use without its key",
            )),
            (None, Some(_)) => Err(Error::config(
                "`sslkey` is given without `sslcert`: a key is of no use without its certificate",
            )),
        }
    }

    /// Tells the driver whether to encrypt, and gives what makes the encrypted connections.
    pub(crate) fn apply_to(&self, driver: &mut tokio_postgres::Config) -> Result<Connector, Error> {
        let on_this_machine = only_unix_sockets(driver);
        let mode = if on_this_machine {
            SslMode::Disable
        } else {
            self.mode()
        };
        if mode != SslMode::Disable && mode < SslMode::VerifyFull && self.roots_of_the_system() {
            return Err(Error::config(format!(
                "`sslmode={mode}` is too weak for `sslrootcert=system`: everybody can have a certificate that the system trusts\n  help: use `sslmode=verify-full`"
            )));
        }
        // Without this the driver would connect without encryption and without having asked the server.
        if mode < SslMode::Require
            && !on_this_machine
            && driver.get_ssl_negotiation() == SslNegotiation::Direct
        {
            return Err(Error::config(format!(
                "`sslnegotiation=direct` needs an encrypted connection, and `sslmode={mode}` does not ask for one\n  help: use `sslmode=require` or a stronger mode"
            )));
        }
        driver.ssl_mode(match mode {
            SslMode::Disable => DriverMode::Disable,
            SslMode::Prefer => DriverMode::Prefer,
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => DriverMode::Require,
        });
        // The driver wants a host's name for TLS; without one libpq takes the address.
        if driver.get_hosts().is_empty() {
            for address in driver.get_hostaddrs().to_vec() {
                driver.host(address.to_string());
            }
        }
        Connector::new(self, mode)
    }
}

/// In the order of [`parameters::NAMES`].
const VARIABLES: [&str; 4] = ["PGSSLMODE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY"];

/// `sslmode` is ignored for unix sockets, as libpq has it: no server offers TLS there.
fn only_unix_sockets(driver: &tokio_postgres::Config) -> bool {
    let hosts = driver.get_hosts();
    !hosts.is_empty()
        && driver.get_hostaddrs().is_empty()
        && hosts.iter().all(|host| !matches!(host, Host::Tcp(_)))
}

/// Why an encrypted connection could not be made.
pub(crate) struct Failure {
    pub(crate) reason: String,
    pub(crate) help: Option<&'static str>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says by panicking what is wrong")]
mod tests {
    use std::path::Path;

    use super::{SslMode, TlsConfig};

    fn from_env(connection: &str, variables: &[(&str, &str)]) -> TlsConfig {
        let (_, tls) = TlsConfig::take_from(connection).unwrap();
        let variable = |name: &str| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        };
        tls.or_from_env(|name| Ok(variable(name))).unwrap()
    }

    #[test]
    fn the_environment_says_what_the_connection_string_leaves_out() {
        let variables = [
            ("PGSSLMODE", "verify-ca"),
            ("PGSSLROOTCERT", "/root"),
            ("PGSSLCERT", "/cert"),
            ("PGSSLKEY", "/key"),
        ];
        let tls = from_env("host=h", &variables);
        assert_eq!(
            (tls.mode(), tls.root_cert()),
            (SslMode::VerifyCa, Some(Path::new("/root")))
        );
        assert_eq!(
            tls.identity().unwrap(),
            Some((Path::new("/cert"), Path::new("/key")))
        );
        let tls = from_env(
            "postgres://h?sslmode=require&sslcert=/other&sslrootcert=",
            &variables,
        );
        assert_eq!(
            (tls.mode(), tls.root_cert()),
            (SslMode::Require, Some(Path::new("/root")))
        );
        assert_eq!(
            tls.identity().unwrap(),
            Some((Path::new("/other"), Path::new("/key")))
        );
        let (_, tls) = TlsConfig::take_from("host=h").unwrap();
        let error = tls
            .or_from_env(|_| Ok(Some("nonsense".to_owned())))
            .unwrap_err();
        assert!(
            error.is_config() && error.to_string().contains("PGSSLMODE"),
            "{error}"
        );
    }

    #[test]
    fn the_default_is_to_prefer_and_the_roots_of_the_system_want_the_strongest() {
        assert_eq!(TlsConfig::default().mode(), SslMode::Prefer);
        assert_eq!(from_env("sslrootcert=/root", &[]).mode(), SslMode::Prefer);
        assert_eq!(
            from_env("sslrootcert=system", &[]).mode(),
            SslMode::VerifyFull
        );
        assert_eq!(
            from_env("sslmode=disable sslrootcert=system", &[]).mode(),
            SslMode::Disable
        );
        assert_eq!(
            from_env("sslmode=disable sslmode=require", &[]).mode(),
            SslMode::Require
        );
    }
}
