//! A session that holds locks for this process, and the connections that are reserved with it.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex as AsyncMutex, Notify};

use super::budget::{self, Attempt, Slots};
use super::random;
use super::registry::Greeting;
use super::session::{PATIENCE, Session};
use crate::Error;

/// Opens the session, anew whenever it has broken, and takes the locks that it is to hold. It is told which process of the
/// server's the last session had, if there was one.
type Open = Box<dyn Fn(Option<i32>) -> Opening + Send + Sync>;
pub(crate) type Opening = Pin<Box<dyn Future<Output = Result<Opened, Error>> + Send>>;

/// A session that holds its locks.
pub(crate) struct Opened {
    pub(crate) session: Session,
    pub(crate) greeting: Greeting,
}

pub(crate) struct Desk {
    open: Open,
    session: AsyncMutex<Option<Arc<Session>>>,
    /// The server's process for the last session; 0 if there was none.
    last: AtomicI32,
    /// How many sessions there have been.
    opened: AtomicUsize,
    /// For the task that sees the session break.
    this: Weak<Desk>,
    /// The connections that are reserved for this process's tests.
    held: Mutex<BTreeSet<i32>>,
    /// One attempt at a time: a session gets a lock again that it has already.
    reserving: AsyncMutex<()>,
    freed: Notify,
    /// Whether the locks of the session are needed even while no connection is reserved.
    pinned: AtomicBool,
}

impl Desk {
    pub(crate) fn new(open: impl Fn(Option<i32>) -> Opening + Send + Sync + 'static) -> Arc<Desk> {
        Arc::new_cyclic(|this| Desk {
            open: Box::new(open),
            session: AsyncMutex::new(None),
            last: AtomicI32::new(0),
            opened: AtomicUsize::new(0),
            this: Weak::clone(this),
            held: Mutex::new(BTreeSet::new()),
            reserving: AsyncMutex::new(()),
            freed: Notify::new(),
            pinned: AtomicBool::new(false),
        })
    }

    /// The session, opened if there is none or it has broken.
    pub(crate) async fn session(&self) -> Result<Arc<Session>, Error> {
        let mut place = self.session.lock().await;
        if let Some(session) = place.as_ref().filter(|session| !session.is_closed()) {
            return Ok(Arc::clone(session));
        }
        let last = Some(self.last.load(Ordering::Relaxed)).filter(|pid| *pid != 0);
        let Opened { session, greeting } = (self.open)(last).await?;
        self.last
            .store(greeting.pid.unwrap_or_default(), Ordering::Relaxed);
        session.send_and_forget(&budget::prepare(greeting.is_superuser));
        self.opened.fetch_add(1, Ordering::Relaxed);
        let held: Vec<i32> = self.held().iter().copied().collect();
        budget::hold(&session, &held).await?;
        tokio::spawn(reopen(Weak::clone(&self.this), session.ended()));
        Ok(Arc::clone(place.insert(Arc::new(session))))
    }

    /// The number of the session that is open now; none if it has broken, as all have when the server crashes.
    pub(crate) async fn number(&self) -> Option<usize> {
        let place = self.session.lock().await;
        place
            .as_ref()
            .filter(|session| !session.is_closed())
            .map(|_| self.opened.load(Ordering::Relaxed))
    }

    /// Whether something lives by the locks of the session.
    fn is_needed(&self) -> bool {
        self.pinned.load(Ordering::Relaxed) || !self.held().is_empty()
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
            _ if !self.is_needed() => {
                drop(self.session.lock().await.take());
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

/// Opens the session again as soon as it has broken, if its locks are needed: who does not see them takes this process for
/// dead.
async fn reopen(desk: Weak<Desk>, ended: impl Future<Output = ()>) {
    ended.await;
    let started = Instant::now();
    let mut pause = Duration::from_millis(5);
    while started.elapsed() < PATIENCE {
        let Some(desk) = desk.upgrade().filter(|desk| desk.is_needed()) else {
            return;
        };
        if boxed_session(&desk).await {
            return;
        }
        drop(desk);
        // The server may be starting again.
        tokio::time::sleep(random::spread(pause)).await;
        pause = (pause * 2).min(Duration::from_millis(200));
    }
}

/// Whether there is a session now. In a box, because opening one begins to wait for its end, and that opens one.
fn boxed_session(desk: &Arc<Desk>) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
    Box::pin(async { desk.session().await.is_ok() })
}
