//! The server behind the proxy: which one it is, and new connections to it.

use std::error::Error as StdError;
use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::net::{TcpStream, lookup_host};
use tokio_postgres::config::{ChannelBinding, Host, SslMode, SslNegotiation};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};

use super::wire::SSL_REQUEST_PACKET;
use crate::error::{Kind, chain};
use crate::{DatabaseConfig, Error, tls};

/// A connection to the server, encrypted or not.
pub(super) trait Connected: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Connected for S {}

/// The server.
pub(super) struct Upstream {
    address: Address,
    connector: tls::Connector,
    ssl_mode: SslMode,
    timeout: Duration,
    /// For messages.
    target: String,
}

enum Address {
    /// The name is what the server's certificate is compared with.
    Tcp { address: SocketAddr, name: String },
    #[cfg(unix)]
    Unix(PathBuf),
}

impl Upstream {
    /// Finds the first of the configuration's servers that answers. All connections go there, so that a request to
    /// cancel reaches the server that runs the statement.
    pub(super) async fn find(config: &DatabaseConfig) -> Result<Upstream, Error> {
        let (driver, connector) = config.for_driver()?;
        refuse_what_needs_encryption(&driver)?;
        let ssl_mode = driver.get_ssl_mode();
        let timeout = config.connect_timeout;
        let mut failure = None;
        for (address, target) in addresses(&driver, &config.target()).await? {
            let upstream = Upstream {
                address,
                connector: connector.clone(),
                ssl_mode,
                timeout,
                target,
            };
            match upstream.connect().await {
                Ok(_) => return Ok(upstream),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        Err(failure.unwrap_or_else(|| unreachable(&config.target(), "it has no address")))
    }

    /// A new connection, encrypted as the configuration asks.
    pub(super) async fn connect(&self) -> Result<Box<dyn Connected>, Error> {
        match tokio::time::timeout(self.timeout, self.open()).await {
            Ok(connected) => connected,
            Err(_) => Err(Error::new(Kind::ConnectTimeout {
                target: self.target.clone(),
                waited: self.timeout,
            })),
        }
    }

    async fn open(&self) -> Result<Box<dyn Connected>, Error> {
        let failed = |error: io::Error| unreachable(&self.target, &error.to_string());
        match &self.address {
            #[cfg(unix)]
            Address::Unix(path) => {
                let stream = UnixStream::connect(path).await.map_err(failed)?;
                Ok(Box::new(stream))
            }
            Address::Tcp { address, name } => {
                let mut stream = TcpStream::connect(address).await.map_err(failed)?;
                stream.set_nodelay(true).map_err(failed)?;
                // Without the feature `tls` nobody could go on after a yes.
                if self.ssl_mode == SslMode::Disable || !cfg!(feature = "tls") {
                    return Ok(Box::new(stream));
                }
                stream
                    .write_all(&SSL_REQUEST_PACKET)
                    .await
                    .map_err(failed)?;
                match stream.read_u8().await.map_err(failed)? {
                    b'S' => self.encrypt(stream, name).await,
                    b'N' if self.ssl_mode == SslMode::Prefer => Ok(Box::new(stream)),
                    _ => Err(Error::new(Kind::Tls {
                        target: self.target.clone(),
                        reason: "the server does not support TLS".to_owned(),
                        help: Some("turn on `ssl` in the server's configuration"),
                    })),
                }
            }
        }
    }

    async fn encrypt(&self, stream: TcpStream, name: &str) -> Result<Box<dyn Connected>, Error> {
        let failed = |error: Box<dyn StdError + Send + Sync>| {
            let error = &*error as &(dyn StdError + 'static);
            let tls::Failure { reason, help } = tls::failure(error).unwrap_or(tls::Failure {
                reason: chain(error),
                help: None,
            });
            Error::new(Kind::Tls {
                target: self.target.clone(),
                reason,
                help,
            })
        };
        let mut connector = self.connector.for_driver();
        let connect = MakeTlsConnect::<TcpStream>::make_tls_connect(&mut connector, name)
            .map_err(|error| failed(error.into()))?;
        let stream = connect
            .connect(stream)
            .await
            .map_err(|error| failed(error.into()))?;
        Ok(Box::new(stream))
    }
}

/// The way from the client to the proxy is never encrypted, so what only an encrypted connection can do cannot be had.
fn refuse_what_needs_encryption(driver: &tokio_postgres::Config) -> Result<(), Error> {
    let parameter = if driver.get_ssl_negotiation() == SslNegotiation::Direct {
        "sslnegotiation=direct"
    } else if driver.get_channel_binding() == ChannelBinding::Require {
        "channel_binding=require"
    } else {
        return Ok(());
    };
    Err(Error::config(format!(
        "`{parameter}` needs an encrypted connection, and clients talk to the chaos proxy without encryption\n  help: leave it out of the configuration that is given to the proxy"
    )))
}

/// The addresses of the configuration's hosts, in order, each with its name for messages. As in libpq, a `hostaddr` is
/// where to connect, and the host beside it only a name.
async fn addresses(
    driver: &tokio_postgres::Config,
    target: &str,
) -> Result<Vec<(Address, String)>, Error> {
    let (hosts, numeric, ports) = (
        driver.get_hosts(),
        driver.get_hostaddrs(),
        driver.get_ports(),
    );
    let mut addresses = Vec::new();
    let mut failure = None;
    for (i, host) in hosts.iter().enumerate() {
        let port = ports.get(i).or(ports.first()).copied().unwrap_or(5432);
        let name = match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(directory) => {
                let path = directory.join(format!(".s.PGSQL.{port}"));
                let target = format!("{}:{port}", directory.display());
                addresses.push((Address::Unix(path), target));
                continue;
            }
        };
        let target = format!("{name}:{port}");
        let found = match numeric.get(i) {
            Some(ip) => Ok(vec![SocketAddr::new(*ip, port)]),
            None => lookup_host((name.as_str(), port))
                .await
                .map(Iterator::collect::<Vec<_>>),
        };
        match found {
            Ok(found) => addresses.extend(found.into_iter().map(|address| {
                let name = name.clone();
                (Address::Tcp { address, name }, target.clone())
            })),
            Err(error) => {
                failure = failure.or_else(|| Some(unreachable(&target, &error.to_string())));
            }
        }
    }
    if addresses.is_empty() {
        return Err(failure.unwrap_or_else(|| unreachable(target, "it has no address")));
    }
    Ok(addresses)
}

fn unreachable(target: &str, reason: &str) -> Error {
    Error::new(Kind::Unreachable {
        target: target.to_owned(),
        reason: reason.to_owned(),
    })
}
