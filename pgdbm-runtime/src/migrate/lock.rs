//! The lock that lets one process at a time migrate a schema.

use std::time::{Duration, Instant};

use pgdbm_template::checksum;

use crate::connection::Connection;
use crate::sql::sql;
use crate::{Error, Row};

/// How long between two tries. Waiting inside the server (`pg_advisory_lock`) would hold a snapshot, for which
/// CREATE INDEX CONCURRENTLY of the lock's holder would wait in turn: a deadlock. So the waiter asks again and again.
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// Takes the lock of (database, schema, module), which the connection holds until it is closed.
///
/// PostgreSQL manual, section "Advisory Locks": their keys belong to one database, so the key names only the rest.
pub(super) async fn acquire(
    connection: &Connection,
    module: &str,
    patience: Duration,
) -> Result<(), Error> {
    let key = key(connection.schema(), module);
    let started = Instant::now();
    loop {
        let free: bool = connection
            .fetch_value(sql("SELECT pg_catalog.pg_try_advisory_lock($1)").bind(key))
            .await?;
        if free {
            return Ok(());
        }
        if started.elapsed() >= patience {
            return Err(Error::migrating(format!(
                "schema \"{}\", module `{module}`: another process has been migrating for {patience:?}{}\n  help: wait for it, or raise `lock_patience`",
                connection.schema(),
                holder(connection, key).await.unwrap_or_default()
            )));
        }
        tokio::time::sleep(BETWEEN_TRIES).await;
    }
}

/// Demands that this session still holds the lock: a statement of a migration may have released it.
pub(super) async fn demand(connection: &Connection, module: &str) -> Result<(), Error> {
    const QUERY: &str = "SELECT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' AND l.granted \
        AND l.pid = pg_catalog.pg_backend_pid() AND l.objsubid = 1 AND ((l.classid::bigint << 32) | l.objid::bigint) = $1)";
    let held: bool = connection
        .fetch_value(sql(QUERY).bind(key(connection.schema(), module)))
        .await?;
    if held {
        return Ok(());
    }
    Err(Error::migrating(format!(
        "schema \"{}\", module `{module}`: the lock was released while migrating, so this run stops\n  help: look for a migration that calls `pg_advisory_unlock_all` or DISCARD ALL, or a pooler that shares sessions",
        connection.schema()
    )))
}

/// Who holds the lock, for the message.
async fn holder(connection: &Connection, key: i64) -> Option<String> {
    const QUERY: &str = "SELECT a.pid, a.application_name FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a USING (pid) \
        WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND ((l.classid::bigint << 32) | l.objid::bigint) = $1 \
        AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())";
    let row: Row = connection
        .fetch_optional(sql(QUERY).bind(key))
        .await
        .ok()??;
    let pid: i32 = row.get(0).ok()?;
    let application: String = row.get(1).ok()?;
    Some(format!(
        " (server process {pid}, application `{application}`)"
    ))
}

/// The lock's number: the first 64 bits of a hash, so that names do not meet by chance.
fn key(schema: &str, module: &str) -> i64 {
    let digest = checksum(format!("pgdbm migrations\0{schema}\0{module}").as_bytes());
    let first = digest
        .get(..16)
        .and_then(|hex| u64::from_str_radix(hex, 16).ok());
    first.unwrap_or_default().cast_signed()
}
