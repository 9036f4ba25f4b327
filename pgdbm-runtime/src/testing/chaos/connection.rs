//! One client's connection, from its first packet to its end.

use std::future::pending;
use std::io;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, select};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, sink};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::backend::Backend;
use super::control::Control;
use super::frontend::Frontend;
use super::pipe::{Incoming, Intake, Pipe};
use super::session::Session;
use super::upstream::Upstream;
use super::wire::{
    CANCEL_REQUEST, GSSENC_REQUEST, LONGEST_STARTUP_PACKET, SSL_REQUEST, error_response,
    failure_text,
};

/// How long a client may take to hang up after the server has.
const LINGER: Duration = Duration::from_secs(1);

/// The client's socket. Unless it was closed in order it is reset: the client hears no goodbye, as when the server's
/// machine or the network goes.
struct ClientSocket {
    stream: TcpStream,
    closed_in_order: bool,
}

impl Drop for ClientSocket {
    fn drop(&mut self) {
        if !self.closed_in_order {
            // It is being closed either way.
            let _ = self.stream.set_zero_linger();
        }
    }
}

/// Serves a client until one of both sides ends the connection. Dropping the future breaks both at once.
pub(super) async fn serve(stream: TcpStream, control: &Control, upstream: &Upstream) {
    let mut client = ClientSocket {
        stream,
        closed_in_order: false,
    };
    // Without it messages are only slower.
    let _ = client.stream.set_nodelay(true);
    let (reader, writer) = client.stream.split();
    let (intake, incoming) = Incoming::new(control.paused());
    let intake = intake.run(reader, || control.latency());
    let outcome = while_reading(intake, converse(incoming, writer, control, upstream)).await;
    client.closed_in_order = outcome.is_ok();
}

/// Reads for as long as the other future runs, and gives what that gives; a broken stream ends it.
async fn while_reading<T>(
    intake: impl Future<Output = io::Result<()>>,
    work: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    let reading = async {
        match intake.await {
            Ok(()) => pending().await,
            Err(error) => error,
        }
    };
    match select(pin!(work), pin!(reading)).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right((error, _)) => Err(error),
    }
}

/// What a client wants with its connection.
enum Purpose {
    Session(Bytes),
    Cancel(Bytes),
}

async fn converse(
    mut incoming: Incoming,
    mut writer: impl AsyncWrite + Unpin,
    control: &Control,
    upstream: &Upstream,
) -> io::Result<()> {
    match purpose(&mut incoming, &mut writer).await? {
        None => Ok(()),
        Some(Purpose::Cancel(request)) => {
            let mut server = upstream.connect().await.map_err(io::Error::other)?;
            server.write_all(&request).await?;
            server.shutdown().await?;
            // The server closes the connection when it has done what was asked, and the client may wait for that.
            tokio::io::copy(&mut server, &mut sink()).await?;
            writer.shutdown().await
        }
        Some(Purpose::Session(packet)) => {
            if let Some(code) = control.connection_failures().take() {
                return part(incoming, writer, code.as_str(), &failure_text(code)).await;
            }
            let server = match upstream.connect().await {
                Ok(server) => server,
                Err(error) => {
                    let reason = format!("the chaos proxy has no connection: {error}");
                    // sqlclient_unable_to_establish_sqlconnection
                    return part(incoming, writer, "08001", &reason).await;
                }
            };
            let open = control.connection();
            let (server_reader, mut server_writer) = tokio::io::split(server);
            server_writer.write_all(&packet).await?;
            let (intake, answers) = Incoming::new(control.paused());
            let mut rest = session(
                (intake, server_reader),
                Pipe::new(incoming, server_writer),
                Pipe::new(answers, writer),
                control,
            )
            .await?;
            drop(open);
            linger(&mut rest).await;
            Ok(())
        }
    }
}

/// Reads the first packet. What comes before it is a question about encryption, and the answer is no.
///
/// PostgreSQL manual, "Message Flow", sections "Start-up", "SSL Session Encryption" and "GSSAPI Session Encryption".
async fn purpose(
    incoming: &mut Incoming,
    writer: &mut (impl AsyncWrite + Unpin),
) -> io::Result<Option<Purpose>> {
    loop {
        if !incoming.at_least(8).await {
            return Ok(None);
        }
        let number = |at: usize| {
            let bytes = incoming.ready().get(at..at + 4)?.try_into().ok()?;
            Some(u32::from_be_bytes(bytes))
        };
        let (length, code) = (number(0).unwrap_or(0) as usize, number(4).unwrap_or(0));
        if !(8..=LONGEST_STARTUP_PACKET).contains(&length) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the first packet's length is impossible",
            ));
        }
        if !incoming.at_least(length).await {
            return Ok(None);
        }
        let packet = incoming.take(length);
        match code {
            SSL_REQUEST | GSSENC_REQUEST => writer.write_all(b"N").await?,
            CANCEL_REQUEST => return Ok(Some(Purpose::Cancel(packet))),
            _ => return Ok(Some(Purpose::Session(packet))),
        }
    }
}

/// Passes messages on until the server closes the connection, then gives back what still comes from the client.
async fn session<W: AsyncWrite + Unpin, S: AsyncWrite + Unpin>(
    (intake, reader): (Intake, impl AsyncRead + Unpin),
    to_server: Pipe<S>,
    to_client: Pipe<W>,
    control: &Control,
) -> io::Result<Incoming> {
    let session = Session::new();
    let mut frontend = Frontend::new(to_server, &session, control);
    let mut backend = Backend::new(to_client, &session);
    let sending = async {
        match frontend.run().await {
            // What the client sends is no message, or half of one: there is nothing to go on with.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
                ) =>
            {
                error
            }
            // The client has ended, or the server takes nothing more: either way the server has the last word.
            _ => pending().await,
        }
    };
    let receiving = while_reading(intake.run(reader, || Duration::ZERO), backend.run());
    match select(pin!(receiving), pin!(sending)).await {
        Either::Left((outcome, _)) => outcome?,
        Either::Right((error, _)) => return Err(error),
    }
    Ok(frontend.into_incoming())
}

/// Ends the connection in order, with an error.
async fn part(
    mut incoming: Incoming,
    mut writer: impl AsyncWrite + Unpin,
    code: &str,
    message: &str,
) -> io::Result<()> {
    let error = error_response("FATAL", code, message, None);
    writer.write_all(&error).await?;
    writer.shutdown().await?;
    linger(&mut incoming).await;
    Ok(())
}

/// Waits for the client to hang up. Closing a socket that was not read to its end resets it, and a client may then
/// miss what it was told last.
async fn linger(incoming: &mut Incoming) {
    // Who takes longer is reset.
    let _ = timeout(LINGER, incoming.drain()).await;
}
