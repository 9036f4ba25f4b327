//! A configuration as a URL, for people and for `psql`.

use std::fmt;

#[cfg(unix)]
use percent_encoding::percent_encode;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio_postgres::config::Host;

/// What stands for itself in every part of a URL (RFC 3986, section 2.3, "Unreserved Characters").
const NAME: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The same for the value of a parameter that is a path.
#[cfg(unix)]
const PATH: &AsciiSet = &NAME.remove(b'/');

/// Writes the URL, with the password masked. A socket directory stands in the parameters, where people can read it; one of several
/// servers stands with the others, because the driver takes one parameter for one server.
pub(super) fn write(driver: &tokio_postgres::Config, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let user = driver.get_user().unwrap_or("postgres");
    write!(f, "postgres://{}", utf8_percent_encode(user, NAME))?;
    if driver.get_password().is_some() {
        f.write_str(":****")?;
    }
    let database = driver.get_dbname().unwrap_or("postgres");
    let database = utf8_percent_encode(database, NAME);
    let ports = driver.get_ports();
    let port = |index: usize| ports.get(index).or(ports.first()).copied().unwrap_or(5432);
    #[cfg(unix)]
    if let [Host::Unix(path)] = driver.get_hosts() {
        let directory = percent_encode(path.as_os_str().as_encoded_bytes(), PATH);
        return write!(f, "@/{database}?host={directory}&port={}", port(0));
    }
    let mut servers: Vec<String> = driver.get_hosts().iter().map(server).collect();
    if servers.is_empty() {
        let addresses = driver.get_hostaddrs().iter();
        servers = addresses
            .map(|address| server(&Host::Tcp(address.to_string())))
            .collect();
    }
    for (index, server) in servers.iter_mut().enumerate() {
        server.push_str(&format!(":{}", port(index)));
    }
    write!(f, "@{}/{database}", servers.join(","))
}

fn server(host: &Host) -> String {
    match host {
        Host::Tcp(name) if name.contains(':') => format!("[{name}]"),
        Host::Tcp(name) => utf8_percent_encode(name, NAME).to_string(),
        #[cfg(unix)]
        Host::Unix(path) => percent_encode(path.as_os_str().as_encoded_bytes(), NAME).to_string(),
    }
}
