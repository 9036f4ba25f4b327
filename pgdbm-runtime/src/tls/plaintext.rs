//! What stands in for the connector when the feature `tls` is off: plaintext, or an error that names the feature.

use std::error::Error as StdError;

use tokio_postgres::NoTls;

use super::{Failure, SslMode, TlsConfig};
use crate::Error;

/// What to do when the server wants an encrypted connection.
pub(crate) const REMEDY_FOR_PLAINTEXT: &str = "enable the feature `tls` of the crate `pgdbm`";

/// Makes no encrypted connection.
#[derive(Clone)]
pub(crate) struct Connector;

impl Connector {
    pub(super) fn new(tls: &TlsConfig, mode: SslMode) -> Result<Self, Error> {
        if mode == SslMode::Disable {
            return Ok(Connector);
        }
        let asked = if mode >= SslMode::Require {
            format!("for an encrypted connection (`sslmode={mode}`)")
        } else if tls.root_cert().is_some() || tls.identity()?.is_some() {
            // Who names certificates wants them used; plaintext would be a silent step down.
            "for an encrypted connection by naming certificates".to_owned()
        } else {
            return Ok(Connector);
        };
        Err(Error::config(format!(
            "the configuration asks {asked}, which pgdbm makes only when it is built with the feature `tls`\n  help: {REMEDY_FOR_PLAINTEXT}, or use a unix socket"
        )))
    }

    pub(crate) fn for_driver(&self) -> NoTls {
        NoTls
    }
}

/// There is no handshake that could fail.
pub(crate) fn failure(_error: &(dyn StdError + 'static)) -> Option<Failure> {
    None
}
