//! The proxy itself: the thread on which it runs, and the connections that it has accepted.
//!
//! It has a thread and a runtime of its own. On the test's runtime it would stand still whenever the test blocks its
//! thread, and a test that runs `psql` and waits for it would wait for ever; it would end with that runtime although a
//! pool may be shared by several; and a test that stops its clock would stop the latency.

use std::future::poll_fn;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError, mpsc as blocking};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::connection::serve;
use super::control::Control;
use super::upstream::Upstream;
use crate::{DatabaseConfig, Error};

/// What the proxy is asked to do at once, and answers.
pub(super) enum Command {
    /// Break all connections; the answer is how many there were.
    DropConnections(blocking::Sender<usize>),
}

/// The running proxy. It ends when this is dropped, which waits for it.
pub(super) struct Proxy {
    pub(super) address: SocketAddr,
    commands: Option<mpsc::UnboundedSender<Command>>,
    /// Behind a lock, so that a test may catch a panic beside the proxy: the handle alone forbids that.
    thread: Mutex<Option<thread::JoinHandle<()>>>,
}

impl Proxy {
    /// Starts the proxy before the configuration's server.
    pub(super) async fn start(
        config: DatabaseConfig,
        control: Arc<Control>,
    ) -> Result<Proxy, Error> {
        let (commands, receiver) = mpsc::unbounded_channel();
        let (sender, started) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("pgdbm-chaos".to_owned())
            .spawn(move || run(&config, &control, receiver, sender))
            .map_err(|error| cannot_start(&error))?;
        let address = started
            .await
            .unwrap_or_else(|_| Err(cannot_start(&"its thread has ended")))?;
        Ok(Proxy {
            address,
            commands: Some(commands),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Breaks all connections, and gives how many there were.
    pub(super) fn drop_connections(&self) -> usize {
        let (answer, answered) = blocking::channel();
        // Without a thread there are no connections.
        if let Some(commands) = &self.commands
            && commands.send(Command::DropConnections(answer)).is_ok()
        {
            return answered.recv().unwrap_or(0);
        }
        0
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Without a sender there is nobody to serve.
        drop(self.commands.take());
        let thread = self
            .thread
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = thread.take() {
            // The thread never waits for anything but its sockets. If it panicked it has said so.
            let _ = thread.join();
        }
    }
}

fn run(
    config: &DatabaseConfig,
    control: &Arc<Control>,
    commands: mpsc::UnboundedReceiver<Command>,
    started: oneshot::Sender<Result<SocketAddr, Error>>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            // Who asked may have stopped waiting.
            let _ = started.send(Err(cannot_start(&error)));
            return;
        }
    };
    runtime.block_on(async {
        match listen(config).await {
            Err(error) => {
                let _ = started.send(Err(error));
            }
            Ok((listener, address, upstream)) => {
                if started.send(Ok(address)).is_ok() {
                    accept(&listener, control, &Arc::new(upstream), commands).await;
                }
            }
        }
    });
    // A name that is being looked up must not hold up the end.
    runtime.shutdown_background();
}

async fn listen(config: &DatabaseConfig) -> Result<(TcpListener, SocketAddr, Upstream), Error> {
    let upstream = Upstream::find(config).await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .map_err(|error| cannot_start(&error))?;
    let address = listener
        .local_addr()
        .map_err(|error| cannot_start(&error))?;
    Ok((listener, address, upstream))
}

/// What the proxy turns to next.
enum Event {
    Command(Option<Command>),
    Accepted(io::Result<(TcpStream, SocketAddr)>),
}

/// Accepts connections until nobody gives commands any more.
async fn accept(
    listener: &TcpListener,
    control: &Arc<Control>,
    upstream: &Arc<Upstream>,
    mut commands: mpsc::UnboundedReceiver<Command>,
) {
    let mut connections = JoinSet::new();
    loop {
        let event = poll_fn(|context| {
            if let Poll::Ready(command) = commands.poll_recv(context) {
                return Poll::Ready(Event::Command(command));
            }
            // Those that have ended are forgotten.
            while let Poll::Ready(Some(_)) = connections.poll_join_next(context) {}
            listener.poll_accept(context).map(Event::Accepted)
        });
        match event.await {
            Event::Command(None) => return,
            Event::Command(Some(Command::DropConnections(answer))) => {
                let open = control.open();
                connections.shutdown().await;
                // Who asked may have been unwound meanwhile.
                let _ = answer.send(open);
            }
            Event::Accepted(Ok((stream, _))) if control.refuses() => {
                // It is being closed either way.
                let _ = stream.set_zero_linger();
            }
            Event::Accepted(Ok((stream, _))) => {
                let (control, upstream) = (Arc::clone(control), Arc::clone(upstream));
                connections.spawn(async move { serve(stream, &control, &upstream).await });
            }
            // The client is gone already, or there are too many open files: then others must close some first.
            Event::Accepted(Err(_)) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

fn cannot_start(reason: &dyn std::fmt::Display) -> Error {
    Error::config(format!(
        "the chaos proxy cannot start: {reason}\n  help: check that this process may start threads and listen on 127.0.0.1"
    ))
}
