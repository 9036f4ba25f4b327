//! How to reach the server, and how many connections to keep.

mod connection_string;
mod startup_options;
mod url;

use std::env;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::config::Host;

use self::connection_string::{malformed, refuse_misleading};
use self::startup_options::startup_options;

use crate::Error;
use crate::observer::Observer;
use crate::tls::{Connector, SslMode, TlsConfig};

/// The most connections that a PostgreSQL server can be configured for.
const MOST_CONNECTIONS: usize = 262_143;

/// Where the server is, who we are there, and the limits of the pool.
///
/// Made from a URL, from the environment, or field by field. `Debug` and `Display` never show the password.
///
/// ```
/// # use pgdbm_runtime as pgdbm;
/// use pgdbm::DatabaseConfig;
/// use std::time::Duration;
///
/// let config = DatabaseConfig::from_url("postgres://shop:s3cret@db.example.com:5433/shop")?
///     .max_connections(20)
///     .statement_timeout(Some(Duration::from_secs(30)));
/// assert_eq!(config.to_string(), "postgres://shop:****@db.example.com:5433/shop");
/// # Ok::<(), pgdbm_runtime::Error>(())
/// ```
///
/// The URL follows the PostgreSQL manual, section "Connection Strings" of libpq; `key=value` strings work too. Of the
/// parameters about encryption there are `sslmode`, `sslrootcert` (a path, or `system`), `sslcert`, `sslkey` and
/// `sslnegotiation`; see [`SslMode`].
#[derive(Clone)]
pub struct DatabaseConfig {
    driver: tokio_postgres::Config,
    tls: TlsConfig,
    pub(crate) min_connections: usize,
    pub(crate) max_connections: usize,
    pub(crate) acquire_timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) statement_cache_size: usize,
    statement_timeout: Option<Duration>,
    lock_timeout: Option<Duration>,
    idle_in_transaction_timeout: Option<Duration>,
    settings: Vec<(String, String)>,
    observer: Option<Arc<dyn Observer>>,
}

impl Default for DatabaseConfig {
    /// As [`new`](Self::new).
    fn default() -> Self {
        DatabaseConfig::new()
    }
}

impl DatabaseConfig {
    /// A server on this machine: `localhost:5432`, user and database `postgres`, no password.
    pub fn new() -> Self {
        let mut driver = tokio_postgres::Config::new();
        driver.host("localhost").user("postgres").dbname("postgres");
        Self::with_driver(driver)
    }

    fn with_driver(driver: tokio_postgres::Config) -> Self {
        let connect_timeout = driver.get_connect_timeout().copied();
        DatabaseConfig {
            driver,
            tls: TlsConfig::default(),
            min_connections: 1,
            max_connections: 10,
            acquire_timeout: Duration::from_secs(30),
            connect_timeout: connect_timeout.unwrap_or(Duration::from_secs(10)),
            statement_cache_size: 1000,
            statement_timeout: Some(Duration::from_secs(60)),
            lock_timeout: Some(Duration::from_secs(5)),
            idle_in_transaction_timeout: Some(Duration::from_secs(60)),
            settings: Vec::new(),
            observer: None,
        }
    }

    /// Reads a connection string: `postgres://user:password@host:port/database?…` or `host=… user=…`.
    ///
    /// A password that the string leaves out is taken from `DB_PASSWORD`, then `PGPASSWORD`; what it leaves out about
    /// encryption from `PGSSLMODE`, `PGSSLROOTCERT`, `PGSSLCERT` and `PGSSLKEY`.
    ///
    /// # Errors
    /// When the string is malformed; the message does not repeat it, as it may hold a password.
    pub fn from_url(url: &str) -> Result<Self, Error> {
        let url = url.trim();
        refuse_misleading(url)?;
        let (rest, tls) = TlsConfig::take_from(url)?;
        let mut driver: tokio_postgres::Config = rest.parse().map_err(|error| malformed(&error))?;
        if driver.get_hosts().is_empty() && driver.get_hostaddrs().is_empty() {
            driver.host("localhost");
        }
        if driver.get_user().is_none() {
            driver.user("postgres");
        }
        if driver.get_dbname().is_none() {
            let user = driver.get_user().unwrap_or("postgres").to_owned();
            driver.dbname(user);
        }
        let mut config = Self::with_driver(driver);
        config.tls = tls;
        config.completed_from_env()
    }

    /// Reads `DATABASE_URL`; without it `DB_HOST`, `DB_PORT`, `DB_USER`, `DB_NAME` or `PGHOST`, `PGPORT`, `PGUSER`,
    /// `PGDATABASE`; the password from `DB_PASSWORD` or `PGPASSWORD`; `PGSSLMODE`, `PGSSLROOTCERT`, `PGSSLCERT` and
    /// `PGSSLKEY`.
    ///
    /// # Errors
    /// When a variable is malformed; the message names it.
    pub fn from_env() -> Result<Self, Error> {
        if let Some(url) = variable(&["DATABASE_URL"])? {
            return Self::from_url(&url).map_err(|error| error.during("DATABASE_URL"));
        }
        let mut config = Self::new();
        if let Some(host) = variable(&["DB_HOST", "PGHOST"])? {
            config = config.host(&host);
        }
        if let Some(port) = variable(&["DB_PORT", "PGPORT"])? {
            let port = port.parse().map_err(|_| {
                Error::config(format!(
                    "DB_PORT or PGPORT is `{port}`, which is no port number"
                ))
            })?;
            config = config.port(port);
        }
        if let Some(user) = variable(&["DB_USER", "PGUSER"])? {
            config = config.user(&user);
        }
        if let Some(database) = variable(&["DB_NAME", "PGDATABASE"])? {
            config = config.database(&database);
        }
        config.completed_from_env()
    }

    fn completed_from_env(mut self) -> Result<Self, Error> {
        if self.driver.get_password().is_none()
            && let Some(password) = variable(&["DB_PASSWORD", "PGPASSWORD"])?
        {
            self.driver.password(password);
        }
        self.tls = self.tls.or_from_env(|name| variable(&[name]))?;
        Ok(self)
    }

    /// The host name, address, or directory of the unix socket.
    #[must_use]
    pub fn host(self, host: &str) -> Self {
        self.rebuilt(
            |driver| {
                driver.host(host);
            },
            Part::Host,
        )
    }

    /// The TCP port (or the number in the name of the unix socket).
    #[must_use]
    pub fn port(self, port: u16) -> Self {
        self.rebuilt(
            |driver| {
                driver.port(port);
            },
            Part::Port,
        )
    }

    /// The role to connect as.
    #[must_use]
    pub fn user(mut self, user: &str) -> Self {
        self.driver.user(user);
        self
    }

    /// The role's password. `Debug` and `Display` mask it.
    #[must_use]
    pub fn password(mut self, password: &str) -> Self {
        self.driver.password(password);
        self
    }

    /// The database.
    #[must_use]
    pub fn database(mut self, database: &str) -> Self {
        self.driver.dbname(database);
        self
    }

    /// The name under which `pg_stat_activity` lists the connections.
    #[must_use]
    pub fn application_name(mut self, name: &str) -> Self {
        self.driver.application_name(name);
        self
    }

    /// Whether connections are encrypted, and what the server must prove. Default [`SslMode::Prefer`].
    ///
    /// From [`SslMode::Require`] on, the feature `tls` is needed; [`Pool::connect`](crate::Pool::connect) says so.
    ///
    /// ```
    /// # use pgdbm_runtime as pgdbm;
    /// use pgdbm::{DatabaseConfig, SslMode};
    ///
    /// let config = DatabaseConfig::new()
    ///     .host("db.example.com")
    ///     .ssl_mode(SslMode::VerifyFull)
    ///     .ssl_root_cert("/etc/ssl/shop/root.crt");
    /// ```
    #[must_use]
    pub fn ssl_mode(mut self, mode: SslMode) -> Self {
        self.tls.set_mode(mode);
        self
    }

    /// The file (PEM) with the certificates of the authorities that may have signed the server's: libpq's
    /// `sslrootcert`. `system`, or no file where the mode asks for the check: the authorities that this system trusts.
    ///
    /// A file that is given is used in every mode that encrypts. `system` makes [`SslMode::VerifyFull`] the default and
    /// allows no weaker one.
    #[must_use]
    pub fn ssl_root_cert(mut self, path: impl Into<PathBuf>) -> Self {
        self.tls.set_root_cert(path.into());
        self
    }

    /// The files (PEM) with the certificate that we show to the server and with its key, which must have no passphrase:
    /// libpq's `sslcert` and `sslkey`. They are read by [`Pool::connect`](crate::Pool::connect).
    #[must_use]
    pub fn ssl_client_cert(
        mut self,
        cert_path: impl Into<PathBuf>,
        key_path: impl Into<PathBuf>,
    ) -> Self {
        self.tls.set_client_cert(cert_path.into(), key_path.into());
        self
    }

    /// How many connections [`Pool::connect`](crate::Pool::connect) opens at once. Default 1, at most `max_connections`.
    #[must_use]
    pub fn min_connections(mut self, connections: usize) -> Self {
        self.min_connections = connections;
        self
    }

    /// How many connections there are at most. Default 10.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// How long to wait for a free connection. Default 30 s.
    #[must_use]
    pub fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.acquire_timeout = timeout;
        self
    }

    /// How long opening a connection may take. Default 10 s.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How many prepared statements a connection keeps. Default 1000; when there would be more, it begins anew.
    /// 0 keeps none.
    #[must_use]
    pub fn statement_cache_size(mut self, statements: usize) -> Self {
        self.statement_cache_size = statements;
        self
    }

    /// How long the server lets a statement run (`statement_timeout`). Default 60 s; `None`: the server's own setting.
    #[must_use]
    pub fn statement_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.statement_timeout = timeout;
        self
    }

    /// How long a statement waits for a lock (`lock_timeout`). Default 5 s; `None`: the server's own setting.
    #[must_use]
    pub fn lock_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.lock_timeout = timeout;
        self
    }

    /// How long a transaction may stand idle (`idle_in_transaction_session_timeout`). Default 60 s; `None`: the
    /// server's own setting.
    #[must_use]
    pub fn idle_in_transaction_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.idle_in_transaction_timeout = timeout;
        self
    }

    /// A setting that every connection starts with, such as `("jit", "off")`. Not `search_path`: a manager needs none.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Has every statement told to this observer, and to no other that was told before.
    #[cfg_attr(
        not(feature = "testing"),
        expect(dead_code, reason = "the testing kit observes")
    )]
    pub(crate) fn observed_by(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    pub(crate) fn observer(&self) -> Option<&Arc<dyn Observer>> {
        self.observer.as_ref()
    }

    /// Checks what can be checked without a server, and gives the driver's configuration and what makes its encrypted
    /// connections.
    pub(crate) fn for_driver(&self) -> Result<(tokio_postgres::Config, Connector), Error> {
        if self.max_connections == 0 {
            return Err(Error::config(
                "`max_connections` is 0: nobody could ever connect",
            ));
        }
        if self.min_connections > self.max_connections {
            return Err(Error::config(format!(
                "`min_connections` is {} and `max_connections` only {}",
                self.min_connections, self.max_connections
            )));
        }
        if self.max_connections > MOST_CONNECTIONS {
            return Err(Error::config(format!(
                "`max_connections` is {}, and PostgreSQL has at most {MOST_CONNECTIONS}",
                self.max_connections
            )));
        }
        let names = [self.driver.get_user(), self.driver.get_dbname()];
        let hosts = self.driver.get_hosts().iter().map(host_text);
        if names
            .into_iter()
            .flatten()
            .map(str::to_owned)
            .chain(hosts)
            .any(|name| name.contains('\0'))
        {
            return Err(Error::config(
                "a host, user or database of the configuration has a NUL in it",
            ));
        }
        let (hosts, ports) = (self.hosts(), self.driver.get_ports().len());
        if ports > 1 && ports != hosts {
            return Err(Error::config(format!(
                "there are {ports} ports for {hosts} host(s)\n  help: give one port for all, or one for each"
            )));
        }
        let limits = [
            ("statement_timeout", self.statement_timeout),
            ("lock_timeout", self.lock_timeout),
            (
                "idle_in_transaction_session_timeout",
                self.idle_in_transaction_timeout,
            ),
        ];
        let given = self.driver.get_options().unwrap_or_default();
        let options = startup_options(given, &limits, &self.settings)?;
        let mut driver = self.driver.clone();
        // Poolers refuse the startup parameter itself, so it is not sent in vain.
        if !options.is_empty() {
            driver.options(options);
        }
        driver.connect_timeout(self.connect_timeout);
        if driver.get_application_name().is_none() {
            driver.application_name("pgdbm");
        }
        let connector = self.tls.apply_to(&mut driver)?;
        Ok((driver, connector))
    }

    /// The role that connects.
    #[cfg(feature = "testing")]
    pub(crate) fn role(&self) -> &str {
        self.driver.get_user().unwrap_or("postgres")
    }

    /// The database that is connected to.
    #[cfg(feature = "testing")]
    pub(crate) fn database_name(&self) -> &str {
        self.driver.get_dbname().unwrap_or("postgres")
    }

    /// What `psql` takes to connect, without the password.
    #[cfg(feature = "testing")]
    pub(crate) fn for_psql(&self) -> String {
        let host = self.driver.get_hosts().first().map(host_text);
        let port = self.driver.get_ports().first().copied().unwrap_or(5432);
        format!(
            "host={} port={port} user={} dbname={}",
            host.unwrap_or_default(),
            self.role(),
            self.database_name()
        )
    }

    fn hosts(&self) -> usize {
        let (hosts, addresses) = (
            self.driver.get_hosts().len(),
            self.driver.get_hostaddrs().len(),
        );
        hosts.max(addresses)
    }

    /// The server's address for messages: hosts and ports, nothing secret.
    pub(crate) fn target(&self) -> String {
        let ports = self.driver.get_ports();
        let address = |i: usize, host: String| {
            let port = ports.get(i).or(ports.first()).copied().unwrap_or(5432);
            format!("{host}:{port}")
        };
        let hosts: Vec<String> = self
            .driver
            .get_hosts()
            .iter()
            .enumerate()
            .map(|(i, host)| address(i, host_text(host)))
            .collect();
        if hosts.is_empty() {
            let addresses = self.driver.get_hostaddrs().iter().enumerate();
            return addresses
                .map(|(i, ip)| address(i, ip.to_string()))
                .collect::<Vec<_>>()
                .join(",");
        }
        hosts.join(",")
    }

    /// The driver appends hosts and ports to its lists, so replacing one means to build the configuration anew.
    fn rebuilt(mut self, set: impl FnOnce(&mut tokio_postgres::Config), part: Part) -> Self {
        let old = &self.driver;
        let mut new = tokio_postgres::Config::new();
        if part != Part::Host {
            for host in old.get_hosts() {
                match host {
                    Host::Tcp(name) => new.host(name),
                    #[cfg(unix)]
                    Host::Unix(path) => new.host_path(path),
                };
            }
            for address in old.get_hostaddrs() {
                new.hostaddr(*address);
            }
        }
        if part != Part::Port {
            for port in old.get_ports() {
                new.port(*port);
            }
        }
        if let Some(user) = old.get_user() {
            new.user(user);
        }
        if let Some(password) = old.get_password() {
            new.password(password);
        }
        if let Some(database) = old.get_dbname() {
            new.dbname(database);
        }
        if let Some(options) = old.get_options() {
            new.options(options);
        }
        if let Some(name) = old.get_application_name() {
            new.application_name(name);
        }
        new.ssl_negotiation(old.get_ssl_negotiation());
        new.channel_binding(old.get_channel_binding());
        new.target_session_attrs(old.get_target_session_attrs());
        new.load_balance_hosts(old.get_load_balance_hosts());
        new.keepalives(old.get_keepalives());
        new.keepalives_idle(old.get_keepalives_idle());
        if let Some(interval) = old.get_keepalives_interval() {
            new.keepalives_interval(interval);
        }
        if let Some(retries) = old.get_keepalives_retries() {
            new.keepalives_retries(retries);
        }
        if let Some(timeout) = old.get_tcp_user_timeout() {
            new.tcp_user_timeout(*timeout);
        }
        set(&mut new);
        self.driver = new;
        self
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Host,
    Port,
}

fn host_text(host: &Host) -> String {
    match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(path) => path.display().to_string(),
    }
}

/// The first of these variables that is set and not empty.
fn variable(names: &[&str]) -> Result<Option<String>, Error> {
    for name in names {
        match env::var(name) {
            Ok(value) if !value.is_empty() => return Ok(Some(value)),
            Ok(_) | Err(env::VarError::NotPresent) => {}
            Err(env::VarError::NotUnicode(_)) => {
                return Err(Error::config(format!(
                    "the environment variable {name} is not UTF-8"
                )));
            }
        }
    }
    Ok(None)
}

impl fmt::Display for DatabaseConfig {
    /// The connection string as a URL, with the password masked: `psql` and [`from_url`](DatabaseConfig::from_url) read it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        url::write(&self.driver, f)
    }
}

impl fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseConfig")
            .field("url", &format_args!("{self}"))
            .field("min_connections", &self.min_connections)
            .field("max_connections", &self.max_connections)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .field("lock_timeout", &self.lock_timeout)
            .field(
                "idle_in_transaction_timeout",
                &self.idle_in_transaction_timeout,
            )
            .field("statement_cache_size", &self.statement_cache_size)
            .field("ssl_mode", &self.tls.mode())
            .field("ssl_root_cert", &self.tls.root_cert())
            .field("ssl_client_cert", &self.tls.client_cert())
            .field(
                "settings",
                &self
                    .settings
                    .iter()
                    .map(|(name, _)| name)
                    .collect::<Vec<_>>(),
            )
            .finish()
    }
}
