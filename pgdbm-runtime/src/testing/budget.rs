//! How many connections the tests of all processes may have together.
//!
//! Each connection that a test may open is a number for which its process holds an advisory lock; there are as many numbers
//! as the server has connections to spare. The locks go with the session that holds them, however the process ends.

use super::registry::{self, LockClass};
use super::session::Session;
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

/// What has to be sent once in each session that is to [`reserve`].
pub(crate) fn prepare(is_superuser: bool) -> String {
    let class = LockClass::Connection;
    // The view costs more than all the rest.
    let role = if is_superuser { "" } else { ROLE };
    // A twelfth and three stay free for the administrator, for processes that come and look, and for people.
    format!(
        "SET plan_cache_mode = force_generic_plan;
         PREPARE reserve (integer, integer[]) AS
         SELECT available, ARRAY(
             SELECT slot FROM (
                 SELECT slot FROM generate_series(1, available) AS slot WHERE slot <> ALL ($2) OFFSET 0
             ) AS free
             WHERE $1 <= available AND pg_try_advisory_lock({class}, slot) LIMIT $1
         ) FROM (
             SELECT most - most / 12 - 3 AS available FROM (SELECT least({SERVER}{role}) AS most) AS ordinary OFFSET 0
         ) AS allowed"
    )
}

/// Reserves `wanted` connections or none. `held` are those of this process, whose locks the session would get again.
pub(crate) async fn reserve(
    session: &Session,
    wanted: usize,
    held: &[i32],
) -> Result<Attempt, Error> {
    let held = registry::list(held);
    let answers = session
        .run(&format!("EXECUTE reserve ({wanted}, '{{{held}}}')"))
        .await?;
    let row = answers.first().and_then(|rows| rows.first());
    let cell = |column: usize| row.and_then(|row| row.try_get(column).ok()?);
    let available: i32 = cell(0).and_then(|text| text.parse().ok()).unwrap_or(0);
    let slots = Slots(numbers(cell(1).unwrap_or_default()));
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

/// What the server allows ordinary roles, and this one if it is one. PostgreSQL manual, "Connection Settings" and
/// "CREATE ROLE".
const SERVER: &str = "current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int \
    - coalesce(current_setting('reserved_connections', true), '0')::int";
const ROLE: &str = ", (SELECT rolconnlimit FROM pg_roles WHERE rolname = session_user AND rolconnlimit >= 0 AND NOT rolsuper)";

/// The numbers of an array.
fn numbers(array: &str) -> Vec<i32> {
    let list = array.trim_matches(['{', '}']);
    list.split(',')
        .filter_map(|item| item.parse().ok())
        .collect()
}
