//! A session that holds locks for this process, and the connections that are reserved with it.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex as AsyncMutex, Notify};

use super::budget::{self, Attempt, Slots};
use super::random;
use super::session::{PATIENCE, Session};
use crate::Error;

/// Opens the session, anew whenever it has broken, and takes the locks that it is to hold.
type Open = Box<dyn Fn() -> Opening + Send + Sync>;
pub(crate) type Opening = Pin<Box<dyn Future<Output = Result<Session, Error>> + Send>>;

pub(crate) struct Desk {
    open: Open,
    session: AsyncMutex<Option<Arc<Session>>>,
    /// The connections that are reserved for this process's tests.
    held: Mutex<BTreeSet<i32>>,
    /// One attempt at a time: a session gets a lock again that it has already.
    reserving: AsyncMutex<()>,
    freed: Notify,
    /// Whether the locks of the session are needed even while no connection is reserved.
    pinned: AtomicBool,
}

impl Desk {
    pub(crate) fn new(open: impl Fn() -> Opening + Send + Sync + 'static) -> Desk {
        Desk {
            open: Box::new(open),
            session: AsyncMutex::new(None),
            held: Mutex::new(BTreeSet::new()),
            reserving: AsyncMutex::new(()),
            freed: Notify::new(),
            pinned: AtomicBool::new(false),
        }
    }

    /// The session, opened if there is none or it has broken.
    pub(crate) async fn session(&self) -> Result<Arc<Session>, Error> {
        let mut place = self.session.lock().await;
        if let Some(session) = place.as_ref().filter(|session| !session.is_closed()) {
            return Ok(Arc::clone(session));
        }
        let session = (self.open)().await?;
        Ok(Arc::clone(place.insert(Arc::new(session))))
    }

    /// Keeps the session from now on: this process has something that lives by its locks.
    pub(crate) fn pin(&self) {
        self.pinned.store(true, Ordering::Relaxed);
    }

    /// Waits until the server has so many connections to spare for a test.
    pub(crate) async fn reserve(&self, wanted: usize) -> Result<Slots, Error> {
        let started = Instant::now();
        let mut pause = Duration::from_millis(10);
        loop {
            match self.attempt(wanted).await? {
                Attempt::Reserved(slots) => return Ok(slots),
                Attempt::Impossible { available } => {
                    return Err(Error::config(format!(
                        "the test wants {wanted} connections, its own and one of the testing kit's, and the server has \
                         {available} for tests\n  help: give the test a smaller `max_connections`, or the server a larger one"
                    )));
                }
                Attempt::Busy if started.elapsed() > PATIENCE => {
                    return Err(Error::config(format!(
                        "no {wanted} connections became free for the test within {PATIENCE:?}: other tests have them\n  \
                         help: run fewer tests at once, or raise the server's max_connections"
                    )));
                }
                Attempt::Busy => {}
            }
            let freed = self.freed.notified();
            drop(tokio::time::timeout(random::spread(pause), freed).await);
            pause = (pause * 2).min(Duration::from_millis(500));
        }
    }

    async fn attempt(&self, wanted: usize) -> Result<Attempt, Error> {
        let _alone = self.reserving.lock().await;
        let session = self.session().await?;
        let held: Vec<i32> = self.held().iter().copied().collect();
        let attempt = budget::reserve(&session, wanted, &held).await?;
        match &attempt {
            Attempt::Reserved(slots) => self.held().extend(&slots.0),
            // A process that only waits takes no connection from those that work.
            _ if held.is_empty() && !self.pinned.load(Ordering::Relaxed) => {
                drop(self.session.lock().await.take())
            }
            _ => {}
        }
        Ok(attempt)
    }

    /// Gives reserved connections back.
    pub(crate) async fn give_back(&self, slots: Slots) {
        let _alone = self.reserving.lock().await;
        if let Ok(session) = self.session().await {
            // If that fails the session is gone, and its locks with it.
            drop(budget::give_back(&session, &slots).await);
        }
        let mut held = self.held();
        for slot in &slots.0 {
            held.remove(slot);
        }
        drop(held);
        self.freed.notify_waiters();
    }

    fn held(&self) -> MutexGuard<'_, BTreeSet<i32>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
