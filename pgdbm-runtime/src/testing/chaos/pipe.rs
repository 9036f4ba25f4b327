//! One direction of a connection: bytes come in, are held up for a while, and go out message by message.
//!
//! Memory is bounded however long the messages are. A message's body is passed on in pieces as it arrives, and what
//! waits lies in a queue of [`Incoming::CHUNKS`] pieces: when that is full nothing more is read, so that the sender is
//! slowed down by its own socket.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufWriter};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

/// How many bytes are read at once, at least.
const CHUNK: usize = 16 * 1024;

/// Bytes, and when they may go on; `None`: at once. A timer would wait for the next whole millisecond.
struct Chunk {
    due: Option<Instant>,
    bytes: Bytes,
}

/// Where [`Intake::run`] puts what it reads.
pub(super) struct Intake(mpsc::Sender<Chunk>);

/// What was read and is still to be passed on.
pub(super) struct Incoming {
    chunks: mpsc::Receiver<Chunk>,
    /// What has come out of the queue and is due.
    ready: Bytes,
    paused: watch::Receiver<bool>,
}

impl Incoming {
    const CHUNKS: usize = 64;

    pub(super) fn new(paused: watch::Receiver<bool>) -> (Intake, Incoming) {
        let (sender, chunks) = mpsc::channel(Self::CHUNKS);
        let incoming = Incoming {
            chunks,
            ready: Bytes::new(),
            paused,
        };
        (Intake(sender), incoming)
    }

    /// Waits until so many bytes are ready; `false` when the stream ends before.
    pub(super) async fn at_least(&mut self, length: usize) -> bool {
        while self.ready.len() < length {
            let chunk = self.chunks.recv().await;
            if let Some(due) = chunk.as_ref().and_then(|chunk| chunk.due) {
                sleep_until(due).await;
            }
            // Not even the end of the stream passes a pause. Without a sender the proxy itself is ending.
            let _ = self.paused.wait_for(|paused| !paused).await;
            let Some(Chunk { bytes, .. }) = chunk else {
                return false;
            };
            if self.ready.is_empty() {
                self.ready = bytes;
            } else {
                let mut joined = BytesMut::with_capacity(self.ready.len() + bytes.len());
                joined.extend_from_slice(&self.ready);
                joined.extend_from_slice(&bytes);
                self.ready = joined.freeze();
            }
        }
        true
    }

    /// What is ready, not taken.
    pub(super) fn ready(&self) -> &[u8] {
        &self.ready
    }

    /// Takes so many bytes, or as many as are ready.
    pub(super) fn take(&mut self, length: usize) -> Bytes {
        self.ready.split_to(length.min(self.ready.len()))
    }

    /// Reads on until the stream ends, and keeps nothing.
    pub(super) async fn drain(&mut self) {
        while self.chunks.recv().await.is_some() {}
    }
}

impl Intake {
    /// Reads until the stream ends, or nobody wants more. Bytes become due so much later than they came.
    pub(super) async fn run(
        self,
        mut reader: impl AsyncRead + Unpin,
        delay: impl Fn() -> Duration,
    ) -> io::Result<()> {
        let mut buffer = BytesMut::new();
        loop {
            buffer.reserve(CHUNK);
            if reader.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
            // Counted from when the bytes came, so that those which follow close behind wait out the same time.
            let delay = delay();
            let due = (!delay.is_zero()).then(|| Instant::now() + delay);
            let bytes = buffer.split().freeze();
            if self.0.send(Chunk { due, bytes }).await.is_err() {
                return Ok(());
            }
        }
    }
}

/// The type and the length of a message, whose body is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) tag: u8,
    /// The body's length, without the four bytes that say it.
    pub(super) length: usize,
}

/// Messages come in and go out, all or some of them.
pub(super) struct Pipe<W> {
    incoming: Incoming,
    out: BufWriter<W>,
}

impl<W: AsyncWrite + Unpin> Pipe<W> {
    pub(super) fn new(incoming: Incoming, out: W) -> Self {
        Pipe {
            incoming,
            out: BufWriter::with_capacity(CHUNK, out),
        }
    }

    /// The next message's header; `None` where the stream ends.
    ///
    /// Its body must be passed on with [`forward`](Self::forward) or left out with [`discard`](Self::discard).
    pub(super) async fn header(&mut self) -> io::Result<Option<Header>> {
        if !self.at_least(5).await? {
            return match self.incoming.ready() {
                [] => Ok(None),
                _ => Err(cut_off()),
            };
        }
        let head = self.incoming.take(5);
        let Ok([tag, length @ ..]) = <[u8; 5]>::try_from(head.as_ref()) else {
            return Err(cut_off());
        };
        // A signed number, as the manual has it.
        let length = usize::try_from(i32::from_be_bytes(length)).ok();
        match length.and_then(|length| length.checked_sub(4)) {
            Some(length) => Ok(Some(Header { tag, length })),
            None => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a message that is shorter than its own length",
            )),
        }
    }

    /// The body's first bytes, not taken: so many, or all of it.
    pub(super) async fn peek(&mut self, header: Header, most: usize) -> io::Result<&[u8]> {
        let length = header.length.min(most);
        if !self.at_least(length).await? {
            return Err(cut_off());
        }
        Ok(self.incoming.ready().get(..length).unwrap_or_default())
    }

    /// Passes the message on.
    pub(super) async fn forward(&mut self, header: Header) -> io::Result<()> {
        let length = u32::try_from(header.length + 4).unwrap_or(u32::MAX);
        self.out.write_all(&[header.tag]).await?;
        self.out.write_all(&length.to_be_bytes()).await?;
        let mut left = header.length;
        while let Some(piece) = self.piece(&mut left).await? {
            self.out.write_all(&piece).await?;
        }
        Ok(())
    }

    /// Leaves the message out.
    pub(super) async fn discard(&mut self, header: Header) -> io::Result<()> {
        let mut left = header.length;
        while self.piece(&mut left).await?.is_some() {}
        Ok(())
    }

    /// Puts in a message of the proxy's own.
    pub(super) async fn write(&mut self, message: &[u8]) -> io::Result<()> {
        self.out.write_all(message).await
    }

    pub(super) async fn flush(&mut self) -> io::Result<()> {
        self.out.flush().await
    }

    /// Says to the receiver that nothing more comes.
    pub(super) async fn finish(&mut self) -> io::Result<()> {
        self.out.shutdown().await
    }

    pub(super) fn into_incoming(self) -> Incoming {
        self.incoming
    }

    async fn piece(&mut self, left: &mut usize) -> io::Result<Option<Bytes>> {
        if *left == 0 {
            return Ok(None);
        }
        if !self.at_least(1).await? {
            return Err(cut_off());
        }
        let piece = self.incoming.take(*left);
        *left -= piece.len();
        Ok(Some(piece))
    }

    /// Before it waits for more it sends what it has: the sender may be waiting for an answer to that.
    async fn at_least(&mut self, length: usize) -> io::Result<bool> {
        if self.incoming.ready().len() < length {
            self.out.flush().await?;
        }
        Ok(self.incoming.at_least(length).await)
    }
}

fn cut_off() -> io::Error {
    io::Error::new(
        io::ErrorKind::UnexpectedEof,
        "the stream ends inside a message",
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says by panicking what is wrong")]
mod tests {
    use std::io;
    use std::time::Duration;

    use futures_util::future::join;
    use tokio::io::AsyncReadExt;
    use tokio::sync::watch;
    use tokio::time::Instant;

    use super::{Incoming, Pipe};

    /// What comes out when the messages of one type are left out.
    async fn passed(bytes: &[u8], unwanted: u8) -> io::Result<Vec<u8>> {
        let (_sender, paused) = watch::channel(false);
        let (intake, incoming) = Incoming::new(paused);
        let mut out = Vec::new();
        let mut pipe = Pipe::new(incoming, &mut out);
        let pump = async {
            while let Some(header) = pipe.header().await? {
                if header.tag == unwanted {
                    pipe.discard(header).await?;
                } else {
                    pipe.peek(header, 3).await?;
                    pipe.forward(header).await?;
                }
            }
            pipe.flush().await
        };
        let (read, pumped) = join(intake.run(bytes, || Duration::ZERO), pump).await;
        read.and(pumped)?;
        Ok(out)
    }

    #[tokio::test]
    async fn messages_are_passed_on_or_left_out_whole() {
        let mut long = b"L\x00\x03\x0d\x44".to_vec();
        long.resize(5 + 200_000, b'x');
        let bytes = [
            b"S\0\0\0\x04Q\0\0\0\x06a\0".as_slice(),
            &long,
            b"S\0\0\0\x04",
        ]
        .concat();
        assert_eq!(passed(&bytes, b'-').await.unwrap(), bytes);
        assert_eq!(
            passed(&bytes, b'L').await.unwrap(),
            b"S\0\0\0\x04Q\0\0\0\x06a\0S\0\0\0\x04"
        );
        assert_eq!(
            passed(&bytes, b'S').await.unwrap(),
            bytes[5..bytes.len() - 5]
        );
    }

    #[tokio::test]
    async fn a_message_that_cannot_be_is_an_error() {
        for (bytes, kind) in [
            (b"Q\0\0\0\x03".as_slice(), io::ErrorKind::InvalidData),
            (b"Q\0\0\0\0", io::ErrorKind::InvalidData),
            (b"Q\xff\xff\xff\xff", io::ErrorKind::InvalidData),
            (b"Q\0\0", io::ErrorKind::UnexpectedEof),
            (b"Q\0\0\0\x09abc", io::ErrorKind::UnexpectedEof),
        ] {
            assert_eq!(passed(bytes, b'-').await.unwrap_err().kind(), kind);
            assert_eq!(passed(bytes, b'Q').await.unwrap_err().kind(), kind);
        }
        assert_eq!(passed(b"", b'-').await.unwrap(), b"");
    }

    #[tokio::test]
    async fn bytes_that_come_together_wait_out_the_same_time() {
        const HOUR: Duration = Duration::from_secs(3600);
        let (_sender, paused) = watch::channel(false);
        let (intake, mut incoming) = Incoming::new(paused);
        let began = Instant::now();
        // Each part of the chain is read for itself.
        let reader = b"first".as_slice().chain(b"second".as_slice());
        intake.run(reader, || HOUR).await.unwrap();
        for expected in ["first", "second"] {
            let chunk = incoming.chunks.recv().await.unwrap();
            assert_eq!(chunk.bytes, expected);
            let wait = chunk.due.unwrap() - began;
            assert!(wait >= HOUR && wait < 2 * HOUR, "{wait:?}");
        }
    }
}
