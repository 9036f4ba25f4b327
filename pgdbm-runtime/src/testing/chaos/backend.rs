//! From the server to the client: where it is seen what the server has answered.

use std::io;

use tokio::io::AsyncWrite;

use super::pipe::{Header, Pipe};
use super::session::{Session, Treatment};
use super::sql_state::SqlState;
use super::wire::{backend as tag, error_field, error_response, failure_text};

/// How much of an error is read. The one that the proxy raises is far shorter.
const ERROR_PREFIX: usize = 8 * 1024;

pub(super) struct Backend<'s, W> {
    pipe: Pipe<W>,
    session: &'s Session,
}

impl<'s, W: AsyncWrite + Unpin> Backend<'s, W> {
    pub(super) fn new(pipe: Pipe<W>, session: &'s Session) -> Self {
        Backend { pipe, session }
    }

    /// Passes on what the server sends until it closes the connection.
    pub(super) async fn run(&mut self) -> io::Result<()> {
        while let Some(header) = self.pipe.header().await? {
            let status = match header.tag {
                tag::READY_FOR_QUERY => self.pipe.peek(header, 1).await?.first().copied(),
                _ => None,
            };
            match self.session.answers(header.tag, status.unwrap_or(0)) {
                Treatment::Discard => self.pipe.discard(header).await?,
                Treatment::Failure(code) => self.failure(header, code).await?,
                Treatment::Forward => {
                    if status.is_some() && self.session.is_sync_missing() {
                        // The client may send it only after it has seen the error.
                        self.pipe.flush().await?;
                        self.session.wait_for_sync().await;
                    }
                    self.pipe.forward(header).await?;
                }
            }
        }
        if let Some(code) = self.session.farewell() {
            let error = error_response("FATAL", code.as_str(), &failure_text(code), None);
            self.pipe.write(&error).await?;
        }
        self.pipe.finish().await
    }

    /// Passes on the error that was raised with this code. Where the server could not raise it, it has failed with
    /// another code; its state is the same, and the client gets the code that was asked for, with the reason.
    async fn failure(&mut self, header: Header, code: SqlState) -> io::Result<()> {
        let body = self.pipe.peek(header, ERROR_PREFIX).await?;
        let field = |name| error_field(body, name).unwrap_or_default();
        let raised = field(b'C') == code.as_str().as_bytes();
        // The server is ending the session for a reason of its own.
        let is_fatal = !matches!(field(b'V'), b"ERROR");
        if raised || is_fatal {
            return self.pipe.forward(header).await;
        }
        let detail = format!(
            "The server could not raise it itself: {} ({}). It needs the language plpgsql, and the right to use it.",
            String::from_utf8_lossy(field(b'M')),
            String::from_utf8_lossy(field(b'C')),
        );
        let error = error_response("ERROR", code.as_str(), &failure_text(code), Some(&detail));
        self.pipe.discard(header).await?;
        self.pipe.write(&error).await
    }
}
