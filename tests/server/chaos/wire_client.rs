//! A client that writes messages of the frontend/backend protocol by hand, and blocks.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A test that waits for what never comes fails.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct WireClient {
    stream: TcpStream,
}

impl WireClient {
    pub(crate) fn open(address: SocketAddr) -> WireClient {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        WireClient { stream }
    }

    /// Whether nothing comes for a while.
    pub(crate) fn hears_nothing(&mut self) -> bool {
        let a_while = Duration::from_millis(200);
        self.stream.set_read_timeout(Some(a_while)).unwrap();
        let heard = self.stream.peek(&mut [0]);
        self.stream.set_read_timeout(Some(PATIENCE)).unwrap();
        // Systems differ in what they call it.
        heard
            .is_err_and(|error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let mut byte = [0];
        self.stream.read_exact(&mut byte).unwrap();
        byte[0]
    }

    pub(crate) fn startup(&mut self, user: &str, database: &str) {
        let body = format!("\0\x03\0\0user\0{user}\0database\0{database}\0\0");
        let length = u32::try_from(body.len() + 4).unwrap();
        self.raw(&[&length.to_be_bytes(), body.as_bytes()].concat());
    }

    pub(crate) fn message(&mut self, tag: u8, body: &[u8]) {
        let length = u32::try_from(body.len() + 4).unwrap();
        self.raw(&[&[tag], length.to_be_bytes().as_slice(), body].concat());
    }

    /// A simple query.
    pub(crate) fn query(&mut self, text: &str) {
        self.message(b'Q', format!("{text}\0").as_bytes());
    }

    /// Parse, Bind, Describe and Execute, all unnamed and without parameters; no Sync.
    pub(crate) fn extended(&mut self, text: &str) {
        self.message(b'P', format!("\0{text}\0\0\0").as_bytes());
        self.message(b'B', b"\0\0\0\0\0\0\0\0");
        self.message(b'D', b"P\0");
        self.message(b'E', b"\0\0\0\0\0");
    }

    /// So many answers, shown as by [`until_ready`](Self::until_ready).
    pub(crate) fn answers(&mut self, count: usize) -> String {
        let answers: Vec<_> = (0..count).map(|_| self.answer().unwrap()).collect();
        answers.join(" ")
    }

    /// The types of the answers up to ReadyForQuery: an error with its code, ReadyForQuery with its status.
    pub(crate) fn until_ready(&mut self) -> String {
        let mut answers: Vec<String> = Vec::new();
        while !answers.last().is_some_and(|last| last.starts_with('Z')) {
            answers.push(self.answer().unwrap());
        }
        answers.join(" ")
    }

    /// The types of the answers up to the end of the connection.
    pub(crate) fn until_closed(&mut self) -> String {
        let answers: Vec<_> = std::iter::from_fn(|| self.answer()).collect();
        answers.join(" ")
    }

    /// Whether the connection ends with a reset, without an answer; otherwise it is closed in order.
    pub(crate) fn is_reset(&mut self) -> bool {
        match self.stream.read(&mut [0]) {
            Ok(0) => false,
            Ok(_) => panic!("the connection has not ended"),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::ConnectionReset);
                true
            }
        }
    }

    /// The next answer that is one: what a server may send at any time is left out.
    fn answer(&mut self) -> Option<String> {
        loop {
            let mut head = [0; 5];
            match self.stream.read_exact(&mut head) {
                Ok(()) => {}
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset
                    ) =>
                {
                    return None;
                }
                Err(error) => panic!("no answer: {error}"),
            }
            let [tag, length @ ..] = head;
            let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
            self.stream.read_exact(&mut body).unwrap();
            let more = match tag {
                b'N' | b'A' | b'S' => continue,
                b'Z' => String::from_utf8(body).unwrap(),
                b'E' => body
                    .split(|&byte| byte == 0)
                    .find_map(|field| field.strip_prefix(b"C"))
                    .map(|code| String::from_utf8(code.to_vec()).unwrap())
                    .unwrap(),
                _ => String::new(),
            };
            return Some(format!("{}{more}", char::from(tag)));
        }
    }
}
