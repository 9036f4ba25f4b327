//! What a test has on loan: a database, and connections of the server's.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::budget::Slots;
use super::keeper::{Counted, Keeper, Order};
use crate::Error;

/// A database and the connections to it that are reserved. Dropped, they are given back in the background.
pub(crate) struct Lease {
    keeper: Arc<Keeper>,
    /// The database; none as long as it is not known which.
    name: Option<String>,
    /// Whether it is the test's own, to be given back.
    is_own: bool,
    /// How it may be made as good as new, instead of being dropped.
    renewal: Option<Renewal>,
    slots: Slots,
    /// Counted as long as it is on loan.
    on_loan: Option<Counted>,
    /// Whether it is the copy that tests share.
    pub(crate) is_shared: bool,
    /// What goes on in the background since the test has begun.
    tending: Option<JoinHandle<Result<(), Error>>>,
}

/// What has to be known about a copy to make it as good as new.
#[derive(Clone, Debug)]
pub(crate) struct Renewal {
    /// The template's key.
    pub(crate) template: String,
    /// When that was done last, if it was.
    pub(crate) last: Option<String>,
    /// Which of the desk's sessions there was when the test began.
    pub(crate) session: usize,
}

/// What a test gives back.
pub(crate) struct Returned {
    /// The database, if it was the test's own.
    pub(crate) name: Option<String>,
    pub(crate) slots: Slots,
    pub(crate) fate: Fate,
    pub(crate) renewal: Option<Renewal>,
}

/// What becomes of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Drop,
    /// It stays so long, for somebody to look at.
    Keep(Duration),
}

impl Lease {
    pub(crate) fn new(keeper: &Arc<Keeper>, slots: Slots) -> Lease {
        Lease {
            keeper: Arc::clone(keeper),
            name: None,
            is_own: false,
            renewal: None,
            slots,
            on_loan: Some(Counted::new(&keeper.on_loan)),
            is_shared: false,
            tending: None,
        }
    }

    pub(crate) fn own(&mut self, name: String, renewal: Renewal) {
        self.name = Some(name);
        self.is_own = true;
        self.renewal = Some(renewal);
    }

    pub(crate) fn use_shared(&mut self, name: String) {
        self.name = Some(name);
    }

    /// Nobody waits for it to be given back.
    pub(crate) fn settled(mut self) -> Lease {
        self.on_loan = None;
        self
    }

    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// Begins with what is to be done for the next test.
    pub(crate) fn begin_tending(&mut self, order: &Order) {
        let tending = Arc::clone(&self.keeper).tend(order.clone(), self.is_shared);
        self.tending = Some(self.keeper.spawn(tending));
    }

    /// Gives everything back, and waits until the server knows it.
    pub(crate) async fn end(mut self, fate: Fate) {
        let tending = self.tending.take();
        if fate == Fate::Drop {
            finish(tending).await;
            if let Some(releasing) = self.release(fate) {
                drop(releasing.await);
            }
        } else {
            // A process that fails may end at any moment: first what must not be lost.
            if let Some(releasing) = self.release(fate) {
                drop(releasing.await);
            }
            finish(tending).await;
        }
    }

    fn release(&mut self, fate: Fate) -> Option<JoinHandle<()>> {
        let name = self.name.take().filter(|_| self.is_own);
        let slots = std::mem::take(&mut self.slots);
        if name.is_none() && slots.0.is_empty() {
            return None;
        }
        let returned = Returned {
            name,
            slots,
            fate,
            renewal: self.renewal.take(),
        };
        self.on_loan = None;
        let keeper = Arc::clone(&self.keeper);
        Some(self.keeper.spawn(keeper.release(returned)))
    }
}

/// With this process, what it has not finished ends as well, and the next one would have to do it again.
pub(crate) async fn finish(tending: Option<JoinHandle<Result<(), Error>>>) {
    if let Some(tending) = tending {
        drop(tokio::time::timeout(TENDING, tending).await);
    }
}

/// A server that takes longer for a copy keeps nobody any longer.
const TENDING: Duration = Duration::from_secs(5);

impl Drop for Lease {
    fn drop(&mut self) {
        drop(self.release(Fate::Drop));
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("database", &self.name)
            .finish_non_exhaustive()
    }
}
