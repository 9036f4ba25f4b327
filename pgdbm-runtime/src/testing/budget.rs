//! How many connections the tests of all processes may have together.
//!
//! Each connection that a test may open is a number for which its process holds an advisory lock; there are as many numbers
//! as the server has connections to spare. The locks go with the session that holds them, however the process ends.

use super::registry::{self, LockClass};
use super::session::{Answers, Session};
use crate::Error;

/// Connections that a test has reserved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Slots(pub(crate) Vec<i32>);

/// What an attempt to reserve came to.
pub(crate) enum Attempt {
    Reserved(Slots),
    /// Others have them now.
    Busy,
    /// There are never so many.
    Impossible {
        available: usize,
    },
}

/// Reserves `wanted` connections or none. `held` are those of this process, whose locks the session would get again.
pub(crate) async fn reserve(
    session: &Session,
    wanted: usize,
    held: &[i32],
) -> Result<Attempt, Error> {
    let held = registry::list(held);
    let class = LockClass::Connection;
    // Some connections stay free for the administrator, for processes that come and look, and for people.
    let answers = session
        .run(&format!(
            "SELECT {AVAILABLE};
             SELECT slot FROM (
                 SELECT slot FROM generate_series(1, {AVAILABLE}) AS slot
                 WHERE slot <> ALL ('{{{held}}}'::int[]) OFFSET 0
             ) AS free
             WHERE {wanted} <= {AVAILABLE} AND pg_try_advisory_lock({class}, slot) LIMIT {wanted}"
        ))
        .await?;
    let available = numbers(&answers, 0).first().copied().unwrap_or_default();
    let slots = Slots(numbers(&answers, 1));
    if slots.0.len() == wanted {
        return Ok(Attempt::Reserved(slots));
    }
    give_back(session, &slots).await?;
    let available = usize::try_from(available).unwrap_or_default();
    Ok(if wanted > available {
        Attempt::Impossible { available }
    } else {
        Attempt::Busy
    })
}

/// Reserves for a new session what a broken one had reserved. What somebody else has meanwhile is used twice for a while.
pub(crate) async fn hold(session: &Session, held: &[i32]) -> Result<(), Error> {
    if held.is_empty() {
        return Ok(());
    }
    let (class, held) = (LockClass::Connection, registry::list(held));
    session
        .run(&format!(
            "SELECT pg_try_advisory_lock({class}, slot) FROM unnest('{{{held}}}'::int[]) AS slot"
        ))
        .await
        .map(drop)
}

/// Gives connections back to other tests.
pub(crate) async fn give_back(session: &Session, slots: &Slots) -> Result<(), Error> {
    let list = registry::list(&slots.0);
    let class = LockClass::Connection;
    session
        .run(&format!(
            "SELECT pg_advisory_unlock({class}, slot) FROM unnest('{{{list}}}'::int[]) AS slot"
        ))
        .await
        .map(drop)
}

/// What the server allows ordinary roles, and this one, less a twelfth and three. PostgreSQL manual, "Connection Settings" and
/// "CREATE ROLE".
const AVAILABLE: &str = "(SELECT most - most / 12 - 3 FROM (SELECT least(current_setting('max_connections')::int \
    - current_setting('superuser_reserved_connections')::int \
    - coalesce(current_setting('reserved_connections', true), '0')::int, \
    (SELECT rolconnlimit FROM pg_roles WHERE rolname = session_user AND rolconnlimit >= 0 AND NOT rolsuper)) AS most) AS allowed)";

fn numbers(answers: &Answers, statement: usize) -> Vec<i32> {
    let rows = answers
        .get(statement)
        .map(Vec::as_slice)
        .unwrap_or_default();
    rows.iter()
        .filter_map(|row| row.try_get(0).ok()??.parse().ok())
        .collect()
}
