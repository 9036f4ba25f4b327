//! One pool of connections, shared by every manager.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use deadpool_postgres::{
    Manager as Connector, ManagerConfig, Object, PoolError, RecyclingMethod, Runtime, TimeoutType,
    Timeouts,
};
use pgdbm_template::SchemaName;
use tokio::sync::Notify;

use crate::connection::Connection;
use crate::error::Kind;
use crate::tls;
use crate::{DatabaseConfig, DatabaseManager, Error};

/// A pool of connections to one database. Cheap to clone: all clones are the same pool.
///
/// Make one for the whole program and bind as many managers to it as there are schemas.
///
/// ```no_run
/// # use pgdbm_runtime as pgdbm;
/// # async fn example() -> Result<(), pgdbm_runtime::Error> {
/// use pgdbm::{DatabaseConfig, Pool};
///
/// let pool = Pool::connect(DatabaseConfig::from_env()?).await?;
/// let shop = pool.manager("shop")?;
/// let billing = pool.manager("billing")?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    connections: deadpool_postgres::Pool,
    config: DatabaseConfig,
    target: String,
    tls: tls::Connector,
    /// Connections that somebody holds, for [`Pool::close`] to wait for.
    held: AtomicUsize,
    released: Notify,
}

/// How the pool stands at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStats {
    /// Connections that are open, used or idle.
    pub open: usize,
    /// Connections that somebody uses now.
    pub in_use: usize,
    /// Connections that are open and wait for work.
    pub idle: usize,
    /// Callers that wait for a connection.
    pub waiting: usize,
    /// The most connections there can be.
    pub max: usize,
}

impl Pool {
    /// Opens the pool and its first connections, so that a wrong address or password shows here and not later.
    ///
    /// # Errors
    /// When nothing answers ([`Error::is_unreachable`]), the server refuses ([`Error::is_refused`]), the password is
    /// wrong ([`Error::is_authentication`]), the connection cannot be encrypted as asked ([`Error::is_tls`]), or the
    /// configuration is wrong ([`Error::is_config`]).
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn connect(config: DatabaseConfig) -> Result<Pool, Error> {
        let (driver, tls) = config.for_driver()?;
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let connector = Connector::from_config(driver, tls.for_driver(), recycling);
        let connections = deadpool_postgres::Pool::builder(connector)
            .max_size(config.max_connections)
            .timeouts(Timeouts {
                wait: Some(config.acquire_timeout),
                create: Some(config.connect_timeout),
                recycle: Some(config.connect_timeout),
            })
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| Error::config(error.to_string()))?;
        let target = config.target();
        let shared = Shared {
            connections,
            config,
            target,
            tls,
            held: AtomicUsize::new(0),
            released: Notify::new(),
        };
        let pool = Pool {
            shared: Arc::new(shared),
        };
        // Held together: given back one by one, each would be the same connection.
        let mut first = Vec::new();
        for _ in 0..pool.shared.config.min_connections.max(1) {
            first.push(pool.object().await?);
        }
        Ok(pool)
    }

    /// A manager that is bound to `schema` for life.
    ///
    /// The schema need not exist yet: see [`DatabaseManager::ensure_schema`].
    ///
    /// # Errors
    /// When the name is not one that a schema may have: `[a-z_][a-z0-9_]{0,62}`, not `pg_…`, not `information_schema`.
    pub fn manager(&self, schema: &str) -> Result<DatabaseManager, Error> {
        let schema = SchemaName::new(schema)
            .map_err(|error| Error::new(Kind::SchemaName(error.to_string())))?;
        Ok(DatabaseManager::new(self.clone(), schema))
    }

    /// A manager that is bound to the schema `public`.
    pub fn public(&self) -> DatabaseManager {
        DatabaseManager::new(self.clone(), SchemaName::public())
    }

    /// How the pool stands now.
    pub fn stats(&self) -> PoolStats {
        let status = self.shared.connections.status();
        let in_use = self.shared.held.load(Ordering::Acquire).min(status.size);
        PoolStats {
            open: status.size,
            in_use,
            idle: status.size - in_use,
            waiting: status.waiting,
            max: status.max_size,
        }
    }

    /// The configuration that the pool was made with.
    pub fn config(&self) -> &DatabaseConfig {
        &self.shared.config
    }

    /// Closes the pool: nobody gets a connection any more, those in use are awaited, then closed.
    ///
    /// # Cancellation
    /// The pool is closed with the first poll; what is left is only the waiting.
    pub async fn close(&self) {
        self.shared.connections.close();
        loop {
            let released = self.shared.released.notified();
            if self.shared.held.load(Ordering::SeqCst) == 0 {
                // One that came back at the very moment of closing may still lie there.
                let _ = self.shared.connections.retain(|_, _| false);
                return;
            }
            released.await;
        }
    }

    /// Whether [`close`](Self::close) was called.
    pub fn is_closed(&self) -> bool {
        self.shared.connections.is_closed()
    }

    /// A connection of one's own for the schema, until it is dropped.
    pub(crate) async fn acquire(&self, schema: &SchemaName) -> Result<Connection, Error> {
        Ok(Connection::new(
            self.object().await?,
            self.clone(),
            schema.clone(),
        ))
    }

    /// What makes the encrypted connections.
    pub(crate) fn tls(&self) -> &tls::Connector {
        &self.shared.tls
    }

    async fn object(&self) -> Result<Lease, Error> {
        let shared = &self.shared;
        match shared.connections.get().await {
            Ok(object) => {
                shared.held.fetch_add(1, Ordering::SeqCst);
                let mut lease = Lease {
                    object: Some(object),
                    shared: Arc::clone(shared),
                };
                // The pool may have been closed while the connection was made; who waits in `close` has not seen it.
                if shared.connections.is_closed() {
                    lease.discard();
                    return Err(Error::new(Kind::PoolClosed));
                }
                Ok(lease)
            }
            Err(PoolError::Backend(error)) => Err(Error::from_connect(&error, &shared.target)),
            Err(PoolError::Closed) => Err(Error::new(Kind::PoolClosed)),
            Err(PoolError::Timeout(TimeoutType::Wait)) => Err(Error::new(Kind::PoolExhausted {
                waited: shared.config.acquire_timeout,
                in_use: shared.held.load(Ordering::Acquire),
                max: shared.config.max_connections,
            })),
            Err(PoolError::Timeout(TimeoutType::Create | TimeoutType::Recycle)) => {
                Err(Error::new(Kind::ConnectTimeout {
                    target: shared.target.clone(),
                    waited: shared.config.connect_timeout,
                }))
            }
            Err(error @ (PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_))) => {
                Err(Error::config(error.to_string()))
            }
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("url", &format_args!("{}", self.shared.config))
            .field("stats", &self.stats())
            .finish()
    }
}

/// A connection out of the pool, counted.
pub(crate) struct Lease {
    object: Option<Object>,
    shared: Arc<Shared>,
}

impl Lease {
    /// The driver's client; `None` only after [`discard`](Self::discard).
    pub(crate) fn object(&self) -> Option<&Object> {
        self.object.as_ref()
    }

    /// Takes the connection out of the pool for good and closes it.
    pub(crate) fn discard(&mut self) {
        if let Some(object) = self.object.take() {
            drop(Object::take(object));
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // The connection goes back first: who waits for `held` to sink must find the pool settled.
        drop(self.object.take());
        self.shared.held.fetch_sub(1, Ordering::SeqCst);
        self.shared.released.notify_waiters();
    }
}
