//! Schemas of a test's own in a database that tests share: for roles that may not create databases.
//!
//! A schema's name says its number, and the session of the process that owns it holds an advisory lock on that number: a
//! schema whose lock is free belongs to nobody, and whoever comes next drops it. So there is no table of ours in a database
//! that is not ours.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;
use tokio::task::JoinHandle;

use super::budget::Slots;
use super::desk::{Desk, Opened};
use super::keeper::{Keeper, Order};
use super::lease::{self, Fate};
use super::registry::{self, LockClass, PREFIX, literal};
use super::session::Session;
use super::{kept, random};
use crate::{DatabaseConfig, Error};

/// The schemas that tests of this process have in the server's maintenance database.
pub(crate) struct Schemas {
    desk: Arc<Desk>,
    numbers: Arc<Mutex<BTreeSet<i32>>>,
    /// Whether the role may create databases, and so has a registry; asked once.
    has_registry: OnceCell<bool>,
}

/// The schemas of one test. Dropped, they go away in the background.
pub(crate) struct OwnSchemas {
    keeper: Arc<Keeper>,
    /// 0 when they were given back.
    number: i32,
    /// As the server knows them.
    names: Vec<String>,
    slots: Slots,
    /// Whether they are reserved with all other tests of the role, and not among those alone that share this database.
    of_registry: bool,
    test: String,
    /// What goes on in the background since the test has begun.
    sweeping: Option<JoinHandle<Result<(), Error>>>,
}

impl Schemas {
    pub(crate) fn new(config: DatabaseConfig) -> Schemas {
        let numbers = Arc::new(Mutex::new(BTreeSet::new()));
        let held = Arc::clone(&numbers);
        let desk = Desk::new(move |last| Box::pin(open(config.clone(), Arc::clone(&held), last)));
        Schemas {
            desk,
            numbers,
            has_registry: OnceCell::new(),
        }
    }

    fn numbers(&self) -> MutexGuard<'_, BTreeSet<i32>> {
        locked(&self.numbers)
    }
}

/// Opens the session, which holds a lock for each number of this process.
async fn open(
    config: DatabaseConfig,
    numbers: Arc<Mutex<BTreeSet<i32>>>,
    last: Option<i32>,
) -> Result<Opened, Error> {
    let session = Session::connect(&config).await?;
    let numbers: Vec<i32> = locked(&numbers).iter().copied().collect();
    let greeting = registry::take_locks(&session, LockClass::Schema, &numbers, last).await?;
    Ok(Opened { session, greeting })
}

/// Reserves connections for a test and the kit: with the registry, where all tests of the role are counted, if the role may
/// have one. Says whether it was there.
async fn reserve(keeper: &Keeper, connections: usize) -> Result<(Slots, bool), Error> {
    let schemas = &keeper.schemas;
    let may_create = || async {
        let session = schemas.desk.session().await?;
        let answers = session
            .run(
                "SELECT 1 FROM pg_roles WHERE rolname = current_user AND (rolcreatedb OR rolsuper)",
            )
            .await?;
        Ok::<_, Error>(answers.first().is_some_and(|rows| !rows.is_empty()))
    };
    if *schemas.has_registry.get_or_try_init(may_create).await? {
        // Its locks are needed, though no connection is reserved with it.
        schemas.desk.pin();
        // One session in the registry, and one here.
        Ok((keeper.desk.reserve(connections + 2).await?, true))
    } else {
        Ok((schemas.desk.reserve(connections + 1).await?, false))
    }
}

/// Gives them back.
async fn give_back(keeper: &Keeper, slots: Slots, of_registry: bool) {
    let desk = if of_registry {
        &keeper.desk
    } else {
        &keeper.schemas.desk
    };
    desk.give_back(slots).await;
}

impl OwnSchemas {
    /// Reserves connections and a number for a test. The schemas are made by the migrations.
    pub(crate) async fn claim(keeper: Arc<Keeper>, order: Order) -> Result<OwnSchemas, Error> {
        let (slots, of_registry) = reserve(&keeper, order.connections).await?;
        let number = random::key();
        let names = order.template.schemas().iter();
        let own = OwnSchemas {
            names: names.map(|(schema, _)| physical(number, schema)).collect(),
            number,
            slots,
            of_registry,
            test: order.test,
            sweeping: None,
            keeper,
        };
        own.keeper.schemas.numbers().insert(number);
        let session = own.keeper.schemas.desk.session().await?;
        session.run(&lock(number)).await?;
        Ok(own)
    }

    /// Under what the schemas are kept.
    pub(crate) fn kept_name(&self) -> String {
        kept_name(&self.number.to_string())
    }

    /// The schemas as the server knows them.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The name that a schema of the test has on the server.
    pub(crate) fn physical(&self, schema: &str) -> String {
        physical(self.number, schema)
    }

    /// Begins to clear away what is to go.
    pub(crate) fn begin_sweeping(&mut self) {
        let sweep = Self::sweep(Arc::clone(&self.keeper), self.test.clone());
        self.sweeping = Some(self.keeper.spawn(sweep));
    }

    /// Drops the schemas of dead processes, and those that were kept for long enough.
    async fn sweep(keeper: Arc<Keeper>, test: String) -> Result<(), Error> {
        let session = keeper.schemas.desk.session().await?;
        let own: Vec<String> = keeper
            .schemas
            .numbers()
            .iter()
            .map(i32::to_string)
            .collect();
        let class = LockClass::Schema;
        let answers = session
            .run(&format!(
                "SELECT nspname, number FROM (
                     SELECT nspname, substring(nspname FROM '^{PREFIX}([0-9]{{1,10}})_')::bigint AS number
                     FROM pg_namespace
                     WHERE nspowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
                       AND nspname ~ '^{PREFIX}[0-9]{{1,10}}_'
                       AND substring(nspname FROM '^{PREFIX}([0-9]{{1,10}})_')::bigint <> ALL ('{{{}}}'::bigint[])
                       AND coalesce(substring(obj_description(oid, 'pg_namespace') FROM '^pgdbm: kept until ([0-9]+)')::bigint
                               < extract(epoch FROM now())
                           OR substring(obj_description(oid, 'pg_namespace') FROM '^pgdbm: kept until [0-9]+ for (.*)$') = {},
                           true)
                     OFFSET 0
                 ) AS ours
                 WHERE CASE WHEN number BETWEEN 1 AND 2147483647 THEN pg_try_advisory_lock({class}, number::int) END",
                own.join(","),
                literal(&test)
            ))
            .await?;
        for row in answers.into_iter().flatten() {
            let (Ok(Some(name)), Ok(Some(number))) = (row.try_get(0), row.try_get(1)) else {
                continue;
            };
            let messages = [
                drop_schemas(&[name.to_owned()]),
                format!("SELECT pg_advisory_unlock({class}, {number})"),
            ];
            // What cannot be dropped now is tried again by the next process.
            drop(session.send(&messages).await.done().await);
            kept::forget(&keeper.server, &kept_name(number));
        }
        Ok(())
    }

    /// Gives everything back, and waits until the server knows it.
    pub(crate) async fn end(mut self, fate: Fate) {
        let sweeping = self.sweeping.take();
        if fate == Fate::Drop {
            lease::finish(sweeping).await;
            if let Some(releasing) = self.release(fate) {
                drop(releasing.await);
            }
        } else {
            // A process that fails may end at any moment: first what must not be lost.
            if let Some(releasing) = self.release(fate) {
                drop(releasing.await);
            }
            lease::finish(sweeping).await;
        }
    }

    fn release(&mut self, fate: Fate) -> Option<JoinHandle<()>> {
        let number = std::mem::take(&mut self.number);
        if number == 0 {
            return None;
        }
        let (names, slots) = (
            std::mem::take(&mut self.names),
            std::mem::take(&mut self.slots),
        );
        let test = std::mem::take(&mut self.test);
        let of_registry = self.of_registry;
        let keeper = Arc::clone(&self.keeper);
        Some(self.keeper.spawn(async move {
            let Ok(session) = keeper.schemas.desk.session().await else {
                // Without a connection there is nothing to do here: the next process sweeps.
                keeper.schemas.numbers().remove(&number);
                give_back(&keeper, slots, of_registry).await;
                return;
            };
            let mut messages = Vec::new();
            if !names.is_empty() {
                match fate {
                    Fate::Drop => messages.push(drop_schemas(&names)),
                    Fate::Keep(time) => {
                        messages.extend(names.iter().map(|name| keep(name, time, &test)));
                    }
                }
            }
            let class = LockClass::Schema;
            messages.push(format!("SELECT pg_advisory_unlock({class}, {number})"));
            let (sent, is_sent) = tokio::sync::oneshot::channel();
            let rest = Arc::clone(&keeper);
            keeper.spawn(async move {
                // Without an answer there is no session, and the next process sweeps.
                drop(session.run("SELECT").await);
                let answers = session.send(&messages).await;
                if fate == Fate::Drop {
                    let _ = sent.send(());
                    drop(answers.done().await);
                } else {
                    // What the next process does not find marked it drops.
                    drop(answers.done().await);
                    let _ = sent.send(());
                }
                rest.schemas.numbers().remove(&number);
                give_back(&rest, slots, of_registry).await;
            });
            drop(is_sent.await);
        }))
    }
}

impl Drop for OwnSchemas {
    fn drop(&mut self) {
        drop(self.release(Fate::Drop));
    }
}

fn lock(number: i32) -> String {
    let class = LockClass::Schema;
    format!("SELECT pg_advisory_lock({class}, {number})")
}

fn kept_name(number: &str) -> String {
    format!("schemas-{number}")
}

fn drop_schemas(names: &[String]) -> String {
    let names: Vec<String> = names
        .iter()
        .map(|name| pgdbm_template::quote_identifier(name))
        .collect();
    format!("DROP SCHEMA IF EXISTS {} CASCADE", names.join(", "))
}

/// The time is the server's own; the statement must be one.
fn keep(name: &str, time: std::time::Duration, test: &str) -> String {
    format!(
        "DO {body}",
        body = literal(&format!(
            "BEGIN EXECUTE format('COMMENT ON SCHEMA %I IS %L', {}, 'pgdbm: kept until ' \
             || (extract(epoch FROM now())::bigint + {}) || ' for ' || {}); END",
            literal(name),
            time.as_secs(),
            literal(test)
        ))
    )
}

/// A schema's name on the server: at most 63 bytes, and no two names become one.
fn physical(number: i32, schema: &str) -> String {
    let name = format!("{PREFIX}{number}_{schema}");
    if name.len() <= 63 {
        return name;
    }
    let checksum = pgdbm_template::checksum(schema.as_bytes());
    let short: String = schema.chars().take(30).collect();
    format!(
        "{PREFIX}{number}_{short}_{}",
        checksum.get(..8).unwrap_or_default()
    )
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::physical;

    #[test]
    fn long_names_stay_within_what_the_server_keeps_and_stay_apart() {
        assert_eq!(physical(7, "shop"), "pgdbm_test_7_shop");
        let long = "a".repeat(62);
        let (one, other) = (
            physical(i32::MAX, &format!("{long}b")),
            physical(i32::MAX, &format!("{long}c")),
        );
        assert!(one.len() <= 63 && other.len() <= 63, "{one}");
        assert_ne!(one, other);
    }
}
