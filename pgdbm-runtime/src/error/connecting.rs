//! Errors of connecting, told apart: nothing answers, somebody refuses, the password is wrong, no encryption.

use std::io;

use super::{Error, Kind, chain};
use crate::tls;

impl Error {
    /// An error that the driver gave while it connected to `target` (host and port, never a password).
    pub(crate) fn from_connect(error: &tokio_postgres::Error, target: &str) -> Self {
        let target = target.to_owned();
        if let Some(db) = error.as_db_error() {
            let code = db.code().code();
            let mut reason = db.message().to_owned();
            if let Some(hint) = db.hint() {
                reason.push_str("; ");
                reason.push_str(hint);
            }
            // 28P01: wrong password. 28000 is also what pg_hba.conf answers, which no password mends.
            if code == "28P01" {
                return Error::new(Kind::Authentication { target, reason });
            }
            // A server that speaks another language only misses the hint.
            let help = match code {
                "28000" if reason.ends_with("no encryption") => format!(
                    "\n  help: the server may want an encrypted connection: {}",
                    tls::REMEDY_FOR_PLAINTEXT
                ),
                "53300" => {
                    "\n  help: share one `Pool` in the program, and lower its `max_connections`"
                        .to_owned()
                }
                "3D000" => {
                    "\n  help: create the database, or correct its name in the configuration"
                        .to_owned()
                }
                _ => String::new(),
            };
            let reason = format!("{reason} ({code}){help}");
            return Error::new(Kind::Refused {
                target,
                reason,
                code: Some(code.to_owned()),
            });
        }
        // Before the I/O errors, into which those of TLS are wrapped.
        if let Some(tls::Failure { reason, help }) = tls::failure(error) {
            return Error::new(Kind::Tls {
                target,
                reason,
                help,
            });
        }
        let reason = chain(error);
        if cause::<io::Error>(error).is_some_and(|io| io.kind() != io::ErrorKind::UnexpectedEof) {
            return Error::new(Kind::Unreachable { target, reason });
        }
        if reason.contains("password missing") || reason.contains("authentication") {
            return Error::new(Kind::Authentication { target, reason });
        }
        Error::new(Kind::Refused {
            target,
            reason,
            code: None,
        })
    }
}

/// The first cause of the type `E`.
fn cause<'e, E: std::error::Error + 'static>(
    error: &'e (dyn std::error::Error + 'static),
) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(this) = next {
        if let Some(found) = this.downcast_ref::<E>() {
            return Some(found);
        }
        next = this.source();
    }
    None
}
