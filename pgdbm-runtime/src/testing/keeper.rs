//! The keeper of a process's test databases: hands them out, makes the next ones, and takes the used ones back, as good as new or
//! to be dropped.
//!
//! It has a thread and a runtime of its own, because each test has its own runtime, which ends with the test.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::{Mutex as AsyncMutex, Notify};
use tokio::task::JoinHandle;

use super::budget::Slots;
use super::desk::{Desk, Opened};
use super::lease::{Fate, Lease, Renewal, Returned};
use super::private_schema::Schemas;
use super::registry::{self, By, LockClass, Spare, Stock};
use super::renewal::{self, Profile};
use super::server::PgServer;
use super::session::{Answers, Session, says_yes};
use super::template::Template;
use super::{kept, random};
use crate::{DatabaseConfig, Error};

/// What a test asks for.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) template: Template,
    /// How many connections the test may open.
    pub(crate) connections: usize,
    /// The test's name.
    pub(crate) test: String,
}

pub(crate) struct Keeper {
    pub(super) server: PgServer,
    role: String,
    runtime: Handle,
    registry: DatabaseConfig,
    /// This process's number in the registry.
    owner: i32,
    /// For what a test waits for. Its session holds the lock on the process's number.
    pub(super) desk: Arc<Desk>,
    /// For making databases and for dropping them, once there is a second test that would wait for it.
    worker: AsyncMutex<Option<Arc<Session>>>,
    dropper: AsyncMutex<Option<Arc<Session>>>,
    /// How many tests have asked.
    orders: AtomicUsize,
    /// How many of them have no database yet, and how many databases are being made.
    waiting: Arc<AtomicUsize>,
    making: Arc<AtomicUsize>,
    /// How many tests have something on loan, and of how many it is being taken back.
    pub(super) on_loan: Arc<AtomicUsize>,
    releasing: Arc<AtomicUsize>,
    /// A database was made or is free again.
    changed: Notify,
    /// Whether this process has cleared away what others have left.
    swept: AtomicBool,
    /// Whether the registry is new, so that there may be databases that it does not know.
    laid_out: Arc<AtomicBool>,
    /// What this process keeps.
    for_good: Mutex<Vec<Lease>>,
    /// Migrations that failed, by the key of their template: they would fail for each test anew.
    failures: Mutex<HashMap<String, String>>,
    /// What new copies are like, by the key of their template; none where used ones cannot be renewed.
    profiles: Mutex<HashMap<String, Option<Arc<Profile>>>>,
    /// For tests that have no database of their own.
    pub(super) schemas: Schemas,
}

impl Keeper {
    /// The keeper for a server, one per process.
    pub(crate) fn of(server: &PgServer) -> Result<Arc<Keeper>, Error> {
        static KEEPERS: Mutex<Vec<Arc<Keeper>>> = Mutex::new(Vec::new());

        let mut keepers = locked(&KEEPERS);
        if let Some(keeper) = keepers.iter().find(|keeper| keeper.server.is(server)) {
            return Ok(Arc::clone(keeper));
        }
        // A private server that has gone is not kept for.
        keepers.retain(|keeper| keeper.server.url() != server.url());
        let maintenance = registry::config(DatabaseConfig::from_url(server.url())?);
        let name = registry::database_name(maintenance.role());
        let registry = maintenance.clone().database(&name);
        let owner = random::key();
        let laid_out = Arc::new(AtomicBool::new(false));
        let desk = {
            let (maintenance, registry) = (maintenance.clone(), registry.clone());
            let laid_out = Arc::clone(&laid_out);
            Desk::new(move |last| {
                Box::pin(open(
                    maintenance.clone(),
                    registry.clone(),
                    name.clone(),
                    owner,
                    last,
                    Arc::clone(&laid_out),
                ))
            })
        };
        let keeper = Arc::new(Keeper {
            server: server.clone(),
            role: maintenance.role().to_owned(),
            runtime: start_thread()?,
            registry,
            owner,
            desk,
            worker: AsyncMutex::new(None),
            dropper: AsyncMutex::new(None),
            orders: AtomicUsize::new(0),
            waiting: Arc::default(),
            making: Arc::default(),
            on_loan: Arc::default(),
            releasing: Arc::default(),
            changed: Notify::new(),
            swept: AtomicBool::new(false),
            laid_out,
            for_good: Mutex::default(),
            failures: Mutex::default(),
            profiles: Mutex::default(),
            schemas: Schemas::new(maintenance),
        });
        keepers.push(Arc::clone(&keeper));
        Ok(keeper)
    }

    /// Runs something on the keeper's own runtime.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.runtime.spawn(work)
    }

    pub(crate) fn server(&self) -> &PgServer {
        &self.server
    }

    /// Whose the databases are.
    pub(crate) fn role(&self) -> &str {
        &self.role
    }

    /// How a test reaches one of the server's databases.
    pub(crate) fn database(&self, name: &str) -> Result<DatabaseConfig, Error> {
        DatabaseConfig::from_url(&self.server.database_url(name))
    }

    pub(crate) fn by<'b>(&self, test: &'b str) -> By<'b> {
        By {
            owner: self.owner,
            test,
        }
    }

    /// Whether copying files is the quickest way to copy a database: where they are in memory, from PostgreSQL 15 on.
    pub(crate) fn copies_files(&self) -> bool {
        self.server.is_in_memory() && self.server.major().is_some_and(|major| major >= 15)
    }

    /// A connection to the registry for oneself.
    pub(crate) async fn another_session(&self) -> Result<Session, Error> {
        Session::connect(&self.registry).await
    }

    /// Gives a migrated database that nobody else has: one that waits, or else the first that is made.
    pub(crate) async fn take(self: Arc<Self>, order: Order) -> Result<Lease, Error> {
        let mut lease = self.reserve(&order).await?;
        let _waiting = Counted::new(&self.waiting);
        let claim = registry::claim(order.template.key(), &self.by(&order.test));
        let template = order.template.database();
        loop {
            let changed = self.changed.notified();
            let session = self.desk.session().await?;
            if let Some(Spare { name, renewed }) = Spare::read(&session.run(&claim).await?) {
                lease.own(
                    name,
                    Renewal {
                        template: order.template.key().to_owned(),
                        last: renewed,
                        session: self.desk.number().await.unwrap_or_default(),
                    },
                );
                return Ok(lease);
            }
            if !registry::is_there(&session, &template, "template").await? {
                self.ensure(&order.template, &order.test).await?;
            }
            // Each who waits has one made; whose it becomes is decided when it is there.
            if self.making.load(Ordering::Relaxed) < self.waiting.load(Ordering::Relaxed) {
                let making = Counted::new(&self.making);
                let keeper = Arc::clone(&self);
                let order = order.clone();
                self.spawn(async move {
                    let _making = making;
                    keeper.make(&order).await
                })
                .await
                .map_err(|error| Error::config(format!("the testing kit stopped: {error}")))??;
            } else {
                // Another process may be the quicker one, and then there is one to be made.
                drop(tokio::time::timeout(Duration::from_millis(50), changed).await);
            }
        }
    }

    /// Keeps what is on loan until the process ends.
    pub(crate) fn hold(&self, lease: Lease) {
        locked(&self.for_good).push(lease.settled());
    }

    /// Gives the database that tests share which change nothing for good.
    pub(crate) async fn share(self: Arc<Self>, order: Order) -> Result<Lease, Error> {
        let mut lease = self.reserve(&order).await?;
        let name = order.template.shared_database();
        let session = self.desk.session().await?;
        if !registry::is_there(&session, &name, "shared").await? {
            let making = order.template.ensure_shared(&self, &order.test);
            self.remembering(&order.template, making).await?;
        }
        lease.use_shared(name);
        lease.is_shared = true;
        Ok(lease)
    }

    /// What is to be done once a test has begun, and need not be done before: sees that a database waits for the next test,
    /// and clears away what dead processes have left.
    pub(crate) async fn tend(self: Arc<Self>, order: Order, is_shared: bool) -> Result<(), Error> {
        let worker = self.background(&self.worker).await?;
        let key = order.template.key();
        let stock = registry::take_stock(key, &self.by(&order.test));
        let stock = Stock::read(&worker.run(&stock).await?);
        worker.run(&registry::touch(key)).await?;
        // As many wait as tests run at once.
        let made = if !is_shared && stock.waiting < stock.in_use.min(MOST_SPARES) {
            let _making = Counted::new(&self.making);
            self.make(&order).await
        } else {
            Ok(())
        };
        // Once is enough for what others have left; what is left of this test is in its way.
        let is_new = self.laid_out.load(Ordering::Relaxed);
        let is_first = stock.has_litter && !self.swept.swap(true, Ordering::Relaxed);
        if stock.has_kept || is_first || is_new {
            self.sweep(&order).await?;
            self.laid_out.store(false, Ordering::Relaxed);
        }
        made
    }

    /// Makes a database that waits for a test.
    async fn make(&self, order: &Order) -> Result<(), Error> {
        let name = registry::fresh_name();
        let by = self.by(&order.test);
        let key = order.template.key();
        let (template, copies_files) = (order.template.database(), self.copies_files());
        let messages = [
            registry::insert(&name, "making", key, &by),
            registry::create(&name, &template, copies_files),
            registry::made(&name, "spare"),
            // If it could not be made, its row must not count as one that will be.
            format!("DELETE FROM databases WHERE name = '{name}' AND state = 'making'"),
        ];
        let worker = self.background(&self.worker).await?;
        let turn = worker.turn().await;
        let mut outcome = worker.send(&messages).await.done().await;
        drop(turn);
        let code = outcome.as_ref().err().and_then(Error::code);
        if let Some(code @ ("3D000" | "55000")) = code {
            // Somebody has dropped the template by hand, or has begun to: the next attempt finds no row that says otherwise.
            let is_gone = code == "3D000";
            let rows = worker.run(&registry::forget_broken(&template)).await?;
            if is_gone || rows.iter().any(|rows| !rows.is_empty()) {
                outcome = Ok(());
            }
        }
        self.changed.notify_waiters();
        outcome
    }

    /// Gives back what a test had. As long as this process has other tests, that goes on in the background; the last one waits until
    /// everything is done, because what a process has not finished the next one has to clear away.
    pub(super) async fn release(self: Arc<Self>, returned: Returned) {
        let is_urgent = matches!(returned.fate, Fate::Keep(_));
        let releasing = Counted::new(&self.releasing);
        let keeper = Arc::clone(&self);
        let done = self.spawn(async move {
            keeper.give_back(returned).await;
            drop(releasing);
            keeper.changed.notify_waiters();
        });
        if is_urgent {
            drop(done.await);
        }
        let all_done = async {
            loop {
                let changed = self.changed.notified();
                if self.on_loan.load(Ordering::Relaxed) > 0
                    || self.releasing.load(Ordering::Relaxed) == 0
                {
                    return;
                }
                changed.await;
            }
        };
        // A server that takes longer keeps nobody.
        drop(tokio::time::timeout(GIVING_BACK, all_done).await);
    }

    async fn give_back(&self, returned: Returned) {
        let Returned {
            name,
            slots,
            fate,
            renewal,
        } = returned;
        match (name, fate) {
            (None, _) => {}
            (Some(name), Fate::Keep(time)) => {
                if let Err(error) = self.run(&kept::mark(&name, time)).await {
                    eprintln!("pgdbm: the database {name} goes with this process: {error}");
                }
            }
            (Some(name), Fate::Drop) => {
                let to_drop = match renewal {
                    Some(renewal) => self.renew(name, &renewal).await,
                    None => Some(name),
                };
                if let Some(name) = to_drop {
                    // What cannot be dropped belongs to nobody when this process has ended: then the next one tries.
                    drop(self.drop_used(&name).await);
                }
            }
        }
        self.desk.give_back(slots).await;
    }

    async fn drop_used(&self, name: &str) -> Result<(), Error> {
        let session = self.background(&self.dropper).await?;
        let turn = session.turn().await;
        registry::await_empty(&session, name).await?;
        let messages = registry::drop_database(name, "used", true);
        let outcome = session.send(&messages).await.done().await;
        drop(turn);
        outcome
    }

    /// Makes a used copy as good as new and has it wait for the next test; otherwise gives the name of what is to be dropped.
    async fn renew(&self, name: String, renewal: &Renewal) -> Option<String> {
        match self.may_renew(&name, renewal).await {
            Ok(Some(profile)) => {
                let fresh_name = registry::fresh_name();
                let renamed = self
                    .run(&registry::rename(&name, &fresh_name, self.owner))
                    .await;
                let Ok(renamed) = renamed else {
                    return Some(name);
                };
                let outcome = self.renew_renamed(&fresh_name, &profile, renewal).await;
                // If it is not its owner's any more, nobody else knows this name.
                let is_renewed = matches!(outcome, Ok(true)) && has_row(&renamed, 1);
                (!is_renewed).then_some(fresh_name)
            }
            // Whatever went wrong.
            Ok(None) | Err(_) => Some(name),
        }
    }

    /// What the copy is to be like, if it can be made so, another one is wanted, and nobody is in it.
    async fn may_renew(
        &self,
        name: &str,
        renewal: &Renewal,
    ) -> Result<Option<Arc<Profile>>, Error> {
        if std::env::var_os("PGDBM_TEST_REUSE").is_some_and(|value| value == "0") {
            return Ok(None);
        }
        let Some(profile) = self.profile(&renewal.template).await? else {
            return Ok(None);
        };
        let session = self.background(&self.dropper).await?;
        let wants_more = registry::wants_more(&renewal.template, MOST_SPARES);
        let may = registry::await_empty(&session, name).await?
            && says_yes(&session.run(&wants_more).await?);
        Ok(may.then_some(profile))
    }

    async fn renew_renamed(
        &self,
        name: &str,
        profile: &Profile,
        renewal: &Renewal,
    ) -> Result<bool, Error> {
        let template = registry::template_name(&renewal.template);
        let is_untouched = renewal::is_untouched(name, &template, renewal.last.as_deref());
        if !says_yes(&self.run(&is_untouched).await?) {
            return Ok(false);
        }
        let copy = Session::connect(&registry::config(self.database(name)?)).await?;
        let renewed = profile.renew(&copy).await;
        let ended = copy.ended();
        drop(copy);
        ended.await;
        let Some(renewed) = renewed? else {
            return Ok(false);
        };
        // A server that has crashed has lost its counts, and the process its session.
        if self.desk.number().await != Some(renewal.session) {
            return Ok(false);
        }
        let answers = self
            .run(&registry::renewed(name, &renewed, self.owner))
            .await?;
        Ok(has_row(&answers, 0))
    }

    /// Runs something in the registry that no test waits for.
    async fn run(&self, sql: &str) -> Result<Answers, Error> {
        self.background(&self.dropper).await?.run(sql).await
    }

    async fn profile(&self, template: &str) -> Result<Option<Arc<Profile>>, Error> {
        if let Some(known) = locked(&self.profiles).get(template) {
            return Ok(known.clone());
        }
        let answers = self.run(&registry::profile(template)).await?;
        let text = answers
            .first()
            .and_then(|rows| rows.first()?.try_get(0).ok()?);
        let profile = text.and_then(Profile::read).map(Arc::new);
        locked(&self.profiles).insert(template.to_owned(), profile.clone());
        Ok(profile)
    }

    /// What the server is busy with in a database: for a test that does not end.
    pub(crate) async fn activity(self: Arc<Self>, database: String) -> Result<Vec<String>, Error> {
        let session = self.another_session().await?;
        let answers = session.run(&registry::activity(&database)).await?;
        let rows = answers.into_iter().flatten();
        Ok(rows
            .filter_map(|row| row.try_get(0).ok().flatten().map(str::to_owned))
            .collect())
    }

    async fn reserve(self: &Arc<Self>, order: &Order) -> Result<Lease, Error> {
        self.orders.fetch_add(1, Ordering::Relaxed);
        let slots = match order.connections {
            0 => {
                self.desk.pin();
                Slots::default()
            }
            // One more for the kit itself.
            connections => self.desk.reserve(connections + 1).await?,
        };
        Ok(Lease::new(self, slots))
    }

    async fn ensure(&self, template: &Template, test: &str) -> Result<(), Error> {
        self.remembering(template, template.ensure(self, test))
            .await
    }

    async fn remembering(
        &self,
        template: &Template,
        making: impl Future<Output = Result<(), Error>>,
    ) -> Result<(), Error> {
        if let Some(message) = locked(&self.failures).get(template.key()) {
            return Err(Error::migrating(message.clone()));
        }
        let made = making.await;
        if let Err(error) = &made
            && error.is_migration()
        {
            locked(&self.failures).insert(template.key().to_owned(), error.to_string());
        }
        made
    }

    async fn sweep(&self, order: &Order) -> Result<(), Error> {
        let by = self.by(&order.test);
        let started = Instant::now();
        let mut unknown = registry::UNKNOWN;
        loop {
            let is_last = started.elapsed() > GRACE;
            let session = self.background(&self.dropper).await?;
            // What a test gives back meanwhile is sent when everything before it has been answered.
            let turn = session.turn().await;
            let mut answers = session.run(&registry::take_over(&by, is_last)).await?;
            let left_out = answers.pop().unwrap_or_default();
            let has_left_out = left_out
                .first()
                .is_some_and(|row| !matches!(row.try_get(0), Ok(Some("0"))));
            if !unknown.is_empty() {
                answers.extend(session.run(unknown).await?);
                unknown = "";
            }
            for row in answers.into_iter().flatten() {
                if let (Ok(Some(name)), Ok(Some(state))) = (row.try_get(0), row.try_get(1)) {
                    self.clear_away(&session, name, state).await?;
                }
            }
            drop(turn);
            if is_last || !has_left_out {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Drops what was taken over, or what no row knows; in a turn of the caller's.
    async fn clear_away(&self, session: &Session, name: &str, state: &str) -> Result<(), Error> {
        // Who uses a dead process's database is a statement that outlived it. Others may be people.
        let force = matches!(state, "building" | "making" | "used" | "kept");
        let mut messages = registry::drop_database(name, state, force);
        if let Some(key) = registry::template_of(name) {
            let (class, number) = (LockClass::Template, registry::template_number(key));
            let answers = session
                .run(&format!(
                    "SELECT pg_try_advisory_lock({class}, {number});
                     SELECT 1 FROM databases WHERE name = {} AND NOT (state = 'used' AND owner = {})",
                    registry::literal(name),
                    self.owner
                ))
                .await?;
            if !says_yes(&answers) {
                // Whoever makes it anew drops this one first.
                return Ok(());
            }
            if answers.get(1).is_some_and(|rows| !rows.is_empty()) {
                // It was made anew meanwhile.
                messages.clear();
            }
            messages.push(format!("SELECT pg_advisory_unlock({class}, {number})"));
        }
        // What cannot be dropped now is tried again by the next process.
        drop(session.send(&messages).await.done().await);
        kept::forget(&self.server, name);
        Ok(())
    }

    /// A session for what may take a while: the desk's, as long as nobody else needs that.
    async fn background(
        &self,
        place: &AsyncMutex<Option<Arc<Session>>>,
    ) -> Result<Arc<Session>, Error> {
        let mut place = place.lock().await;
        if let Some(session) = place.as_ref().filter(|session| !session.is_closed()) {
            return Ok(Arc::clone(session));
        }
        if self.orders.load(Ordering::Relaxed) <= 1 {
            return self.desk.session().await;
        }
        let session = self.another_session().await?;
        Ok(Arc::clone(place.insert(Arc::new(session))))
    }
}

/// Counts as long as it lives.
pub(super) struct Counted(Arc<AtomicUsize>);

impl Counted {
    pub(super) fn new(counter: &Arc<AtomicUsize>) -> Counted {
        counter.fetch_add(1, Ordering::Relaxed);
        Counted(Arc::clone(counter))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// So many copies of a template wait at most. There are as many as tests have run at once: whoever finds none waiting has
/// one made, and one more as long as fewer wait than are used.
const MOST_SPARES: usize = 16;

/// So long a statement that outlived its process may take, and so long a process whose session has broken has to be there again,
/// before its database is dropped under it.
const GRACE: Duration = Duration::from_secs(2);

/// So long the last test of a process waits for what is being taken back.
const GIVING_BACK: Duration = Duration::from_secs(10);

fn has_row(answers: &Answers, statement: usize) -> bool {
    answers.get(statement).is_some_and(|rows| !rows.is_empty())
}

/// Opens the session that says to all others that this process lives.
async fn open(
    maintenance: DatabaseConfig,
    registry: DatabaseConfig,
    name: String,
    owner: i32,
    last: Option<i32>,
    laid_out: Arc<AtomicBool>,
) -> Result<Opened, Error> {
    let session = registry::connect(&maintenance, &registry, &name).await?;
    let greeting = registry::take_locks(&session, LockClass::Owner, &[owner], last).await?;
    if !greeting.has_table {
        registry::lay_out(&session).await?;
        laid_out.store(true, Ordering::Relaxed);
    }
    session.send_and_forget(&registry::prepare());
    Ok(Opened { session, greeting })
}

/// A runtime that lives as long as the process.
fn start_thread() -> Result<Handle, Error> {
    let failed = |error: &dyn std::fmt::Display| {
        Error::config(format!(
            "the thread that keeps the tests' databases cannot start: {error}"
        ))
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| failed(&error))?;
    let (sender, receiver) = mpsc::sync_channel(1);
    std::thread::Builder::new()
        .name("pgdbm testing".to_owned())
        .spawn(move || {
            drop(sender.send(runtime.handle().clone()));
            runtime.block_on(std::future::pending::<()>());
        })
        .map_err(|error| failed(&error))?;
    receiver.recv().map_err(|error| failed(&error))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
