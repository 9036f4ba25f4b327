//! The connector: rustls as a client of PostgreSQL, and what its errors mean.
//!
//! `ring` does the cryptography, because it builds in seconds with nothing but the compiler that links Rust programs;
//! `aws-lc-rs` takes a minute and, on some platforms, CMake. The connector gives the driver the channel binding
//! `tls-server-end-point`, so that SCRAM authenticates the encrypted channel itself.

use std::error::Error as StdError;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::verifier::{Roots, Verifier};
use super::{Failure, SslMode, TlsConfig};
use crate::Error;
use crate::error::chain;

/// What to do when the server wants an encrypted connection.
pub(crate) const REMEDY_FOR_PLAINTEXT: &str =
    "ask for an encrypted connection with `sslmode=require`";

/// Makes the encrypted connections of a pool, and those of its cancel requests.
#[derive(Clone)]
pub(crate) struct Connector(MakeRustlsConnect);

impl Connector {
    /// Reads the files once, for all connections.
    pub(super) fn new(tls: &TlsConfig, mode: SslMode) -> Result<Self, Error> {
        let provider = Arc::new(ring::default_provider());
        let algorithms = provider.signature_verification_algorithms;
        let (roots, identity) = if mode == SslMode::Disable {
            // Never used, and if it were: no root, so no server would be trusted.
            (
                Some(Roots {
                    store: RootCertStore::empty(),
                    given: Vec::new(),
                }),
                None,
            )
        } else {
            (roots(tls, mode)?, tls.identity()?)
        };
        let verifier = Verifier::new(roots, mode == SslMode::VerifyFull, algorithms);
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::config(format!("TLS cannot be set up: {error}")))?
            // Not dangerous with roots: then the verifier checks what libpq checks.
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = match identity {
            None => builder.with_no_client_auth(),
            Some((cert, key)) => builder
                .with_client_auth_cert(certificates("sslcert", cert)?, private_key(key)?)
                .map_err(|error| {
                    Error::config(format!(
                        "the client certificate {} cannot be used: {error}",
                        cert.display()
                    ))
                })?,
        };
        // `sslnegotiation=direct` requires it; libpq always sends it.
        config.alpn_protocols = vec![b"postgresql".to_vec()];
        Ok(Connector(MakeRustlsConnect::new(config)))
    }

    pub(crate) fn for_driver(&self) -> MakeRustlsConnect {
        self.0.clone()
    }
}

/// What the server's certificate must lead to; `None` when it is not checked.
fn roots(tls: &TlsConfig, mode: SslMode) -> Result<Option<Roots>, Error> {
    match tls.root_cert() {
        Some(path) if !tls.roots_of_the_system() => {
            let given = certificates("sslrootcert", path)?;
            let mut store = RootCertStore::empty();
            for certificate in &given {
                store.add(certificate.clone()).map_err(|error| {
                    Error::config(format!(
                        "a certificate of `sslrootcert`, {}, cannot be a root: {error}",
                        path.display()
                    ))
                })?;
            }
            Ok(Some(Roots { store, given }))
        }
        None if mode < SslMode::VerifyCa => Ok(None),
        _ => {
            let found = rustls_native_certs::load_native_certs();
            let mut store = RootCertStore::empty();
            // Systems ship roots that are too old for rustls; one of them must not cost the others.
            store.add_parsable_certificates(found.certs);
            if store.is_empty() {
                let reasons: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
                return Err(Error::config(format!(
                    "this system has no root certificates to check the server with{}{}\n  help: install them (Debian: `ca-certificates`), or name the server's with `sslrootcert`",
                    if reasons.is_empty() { "" } else { ": " },
                    reasons.join("; ")
                )));
            }
            Ok(Some(Roots {
                store,
                given: Vec::new(),
            }))
        }
    }
}

fn certificates(parameter: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    match read {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(file(
            parameter,
            path,
            &pem::Error::NoItemsFound,
            "certificate",
        )),
        Err(error) => Err(file(parameter, path, &error, "certificate")),
    }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, Error> {
    PrivateKeyDer::from_pem_file(path)
        .map_err(|error| file("sslkey", path, &error, "private key without a passphrase"))
}

/// Says what is wrong with a file, and nothing of what is in it: it may be a key.
fn file(parameter: &str, path: &Path, error: &pem::Error, wanted: &str) -> Error {
    let path = path.display();
    Error::config(match error {
        pem::Error::Io(error) => {
            format!("the file of `{parameter}`, {path}, cannot be read: {error}")
        }
        _ => format!("the file of `{parameter}`, {path}, holds no {wanted} in the PEM format"),
    })
}

/// Why the handshake failed, when that is what the driver's error is about.
pub(crate) fn failure(error: &(dyn StdError + 'static)) -> Option<Failure> {
    if let Some(error) = rustls_error(error) {
        return Some(Failure {
            reason: error.to_string(),
            help: help(error),
        });
    }
    // The driver does not say it in another way.
    let cause = error
        .source()
        .filter(|_| error.to_string() == "error performing TLS handshake")?;
    let reason = chain(cause);
    let help = reason.contains("does not support TLS").then_some(
        "turn on `ssl` in the server's configuration, or, where the network is yours, use `sslmode=disable`",
    );
    Some(Failure { reason, help })
}

/// rustls wraps its errors into I/O errors, whose `source` leaves out the very error that they wrap.
fn rustls_error<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e rustls::Error> {
    let mut next = Some(error);
    while let Some(this) = next {
        let wrapped = this
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if let Some(found) = wrapped.and_then(|wrapped| wrapped.downcast_ref::<rustls::Error>()) {
            return Some(found);
        }
        next = this.source();
    }
    None
}

fn help(error: &rustls::Error) -> Option<&'static str> {
    use CertificateError as Certificate;
    let rustls::Error::InvalidCertificate(certificate) = error else {
        return matches!(error, rustls::Error::AlertReceived(_)).then_some(
            "the server ended the handshake: check that `sslcert` is a certificate that its `ssl_ca_file` leads to",
        );
    };
    match certificate {
        Certificate::UnknownIssuer | Certificate::BadSignature => Some(
            "name the certificate of the authority that has signed the server's with `sslrootcert`",
        ),
        Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => Some(
            "connect to a name that stands in the certificate (as a subject alternative name), or correct the host",
        ),
        Certificate::Expired
        | Certificate::ExpiredContext { .. }
        | Certificate::NotValidYet
        | Certificate::NotValidYetContext { .. } => {
            Some("renew the server's certificate, or set the clock of this machine")
        }
        _ => None,
    }
}
