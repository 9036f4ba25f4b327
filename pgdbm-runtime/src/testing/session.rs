//! A connection of the kit's own, beside those of the test.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex as AsyncMutex, MutexGuard, watch};
use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

use super::random;
use crate::{DatabaseConfig, Error};

/// One connection that runs plain statements, in the order in which they are sent.
pub(crate) struct Session {
    client: Client,
    turn: AsyncMutex<()>,
    /// Its sender is gone when the connection is.
    ended: watch::Receiver<()>,
}

/// The rows of each statement of a message.
pub(crate) type Answers = Vec<Vec<SimpleQueryRow>>;

type Answering<'s> = Pin<
    Box<dyn Future<Output = Result<Vec<SimpleQueryMessage>, tokio_postgres::Error>> + Send + 's>,
>;

impl Session {
    /// Connects, and waits while the server has no connection left: other tests will end.
    pub(crate) async fn connect(config: &DatabaseConfig) -> Result<Session, Error> {
        patiently(|| async {
            let (driver, tls) = config.for_driver()?;
            let (client, connection) = driver
                .connect(tls.for_driver())
                .await
                .map_err(|error| Error::from_connect(&error, &config.target()))?;
            let (alive, ended) = watch::channel(());
            tokio::spawn(async move {
                // What breaks it is seen by whoever sends the next statement.
                drop(connection.await);
                drop(alive);
            });
            let session = Session {
                client,
                turn: AsyncMutex::new(()),
                ended,
            };
            session.send_and_forget(SETTINGS);
            Ok(session)
        })
        .await
    }

    /// Whether the connection has broken, so that another one is needed.
    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Done when the connection has broken.
    pub(crate) fn ended(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut ended = self.ended.clone();
        async move { while ended.changed().await.is_ok() {} }
    }

    /// Sends a message before whatever is sent later; nobody waits for its answer.
    pub(crate) fn send_and_forget(&self, sql: &str) {
        let mut sending = pin!(self.client.simple_query(sql));
        // The driver queues a message when its future is first polled; there is no answer yet.
        drop(
            sending
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop())),
        );
    }

    /// Waits until nobody else is in the middle of several messages that belong together.
    pub(crate) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Runs one message: statements between semicolons, which are one transaction unless there is only one.
    pub(crate) async fn run(&self, sql: &str) -> Result<Answers, Error> {
        let messages = self
            .client
            .simple_query(sql)
            .await
            .map_err(|error| failed(&error))?;
        Ok(by_statement(messages))
    }

    /// Sends messages one behind the other, and waits until they are on their way. The first one is done even if this
    /// process is gone by then, provided that everything sent before it
    /// has been answered: a server that has lost its client ends the statement that it is at, and begins no other.
    pub(crate) async fn send<'s>(&'s self, messages: &'s [String]) -> Sent<'s> {
        let mut answers: Vec<Answering<'s>> = Vec::with_capacity(messages.len());
        for sql in messages {
            let mut answer: Answering<'s> = Box::pin(self.client.simple_query(sql));
            // The driver queues a message when its future is first polled; there is no answer yet.
            let ready = poll_fn(|context| Poll::Ready(answer.as_mut().poll(context))).await;
            if ready.is_pending() {
                answers.push(answer);
            }
        }
        // The connection's task was woken by that, and writes when it is its turn.
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        Sent { answers }
    }
}

/// Messages that are on their way.
pub(crate) struct Sent<'s> {
    answers: Vec<Answering<'s>>,
}

impl Sent<'_> {
    /// Waits for all of them; gives the first error.
    pub(crate) async fn done(self) -> Result<(), Error> {
        let mut outcome = Ok(());
        for answer in self.answers {
            let answer = answer.await.map(drop).map_err(|error| failed(&error));
            outcome = outcome.and(answer);
        }
        outcome
    }
}

/// What the role or the server may have set otherwise, and what the startup message cannot say: not every server knows the one,
/// and a configuration refuses the other. PostgreSQL manual, "Client Connection Defaults".
const SETTINGS: &str = "\
    SELECT set_config('search_path', 'public', false), set_config('standard_conforming_strings', 'on', false),
           CASE WHEN current_setting('transaction_timeout', true) IS NOT NULL
                THEN set_config('transaction_timeout', '0', false) END";

/// Tries again for as long as the server says that it has no connection left, or that it is starting.
pub(crate) async fn patiently<T, F: Future<Output = Result<T, Error>>>(
    mut attempt: impl FnMut() -> F,
) -> Result<T, Error> {
    let started = Instant::now();
    let mut pause = Duration::from_millis(10);
    loop {
        match attempt().await {
            Err(error) if is_passing(&error) && started.elapsed() < PATIENCE => {
                tokio::time::sleep(random::spread(pause)).await;
                pause = (pause * 2).min(Duration::from_millis(500));
            }
            outcome => return outcome,
        }
    }
}

/// So long the kit waits for other tests: for a connection, or for the migrations that another process applies.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);

/// `too_many_connections` and `cannot_connect_now`.
fn is_passing(error: &Error) -> bool {
    matches!(error.code(), Some("53300" | "57P03"))
}

fn failed(error: &tokio_postgres::Error) -> Error {
    Error::from_driver(error, None)
}

/// A value in the first row of a statement's answer, if there is one and it is not null.
pub(crate) fn cell(answers: &Answers, statement: usize, column: usize) -> Option<&str> {
    answers
        .get(statement)?
        .first()?
        .try_get(column)
        .ok()
        .flatten()
}

/// Whether the first value of an answer is true.
pub(crate) fn says_yes(answers: &Answers) -> bool {
    cell(answers, 0, 0) == Some("t")
}

fn by_statement(messages: Vec<SimpleQueryMessage>) -> Answers {
    let mut answers = vec![Vec::new()];
    for message in messages {
        match message {
            SimpleQueryMessage::Row(row) => {
                if let Some(last) = answers.last_mut() {
                    last.push(row);
                }
            }
            SimpleQueryMessage::CommandComplete(_) => answers.push(Vec::new()),
            _ => {}
        }
    }
    answers.pop();
    answers
}
