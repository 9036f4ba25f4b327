//! The registry: a database of the kit's own on the server, which knows every other one that the kit has made.
//!
//! Each row names a database, what it is for, and the process that owns it. A process proves that it lives with an
//! advisory lock on its number, held by a session in the registry: the server drops the lock however the process ends, and
//! then whoever comes next clears away what the dead one owned. A row is written before its database is made and deleted
//! after it is dropped, so there is no moment at which nobody knows of one.

use std::fmt;
use std::time::Duration;

use tokio_postgres::SimpleQueryRow;

use super::random;
use super::session::{self, Answers, Session};
use crate::{DatabaseConfig, Error};

/// The first key of the advisory locks: one class for each kind. PostgreSQL manual, "Advisory Locks".
#[derive(Clone, Copy, Debug)]
pub(crate) enum LockClass {
    /// A process that lives; the second key is its number.
    Owner = 1_885_824_097,
    /// Whoever makes a template; the second key is made of the template's.
    Template = 1_885_824_098,
    /// A connection that a test may open; the second key counts them.
    Connection = 1_885_824_099,
    /// A schema of a test in a database that tests share.
    Schema = 1_885_824_100,
    /// Whoever writes the registry's table.
    Registry = 1_885_824_101,
}

impl fmt::Display for LockClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", *self as i32)
    }
}

/// What every database begins with that the kit makes.
pub(crate) const PREFIX: &str = "pgdbm_test_";

/// What the databases of a registry begin with. The number is that of their layout and the registry's: two versions of the kit
/// that differ in it let each other's be.
pub(crate) const DATABASE_PREFIX: &str = "pgdbm_test_2_";

/// The name of a template.
pub(crate) fn template_name(key: &str) -> String {
    format!("{DATABASE_PREFIX}template_{key}")
}

/// A name for a test's own database, which no other has.
pub(crate) fn fresh_name() -> String {
    format!("{DATABASE_PREFIX}{}", random::name())
}

/// One for each role: a role can only drop what it owns. The number is that of the table's layout.
pub(crate) fn database_name(role: &str) -> String {
    let checksum = pgdbm_template::checksum(role.as_bytes());
    let role = checksum.get(..8).unwrap_or_default();
    format!("{PREFIX}registry_2_{role}")
}

/// What the registry's sessions need: time, because making a database can take long on a busy server.
pub(crate) fn config(config: DatabaseConfig) -> DatabaseConfig {
    config
        .application_name("pgdbm testing")
        // A notice to a process that is gone would end the statement that is to outlive it, and so would looking for it.
        .setting("client_min_messages", "error")
        .setting("client_connection_check_interval", "0")
        // Whatever the role or the server has set: the locks live as long as the session.
        .setting("idle_session_timeout", "0")
        .setting("idle_in_transaction_session_timeout", "0")
        .setting("statement_timeout", "0")
        .setting(
            "lock_timeout",
            &super::session::PATIENCE.as_millis().to_string(),
        )
        .setting("default_transaction_read_only", "off")
        // A server that crashes must not forget whose a database was, and give it to the next.
        .setting("synchronous_commit", "on")
        .setting("default_transaction_isolation", "read committed")
}

/// Connects to the registry, and makes it if there is none.
pub(crate) async fn connect(
    maintenance: &DatabaseConfig,
    registry: &DatabaseConfig,
    name: &str,
) -> Result<Session, Error> {
    match Session::connect(registry).await {
        Err(error) if error.code() == Some("3D000") => {}
        outcome => return outcome,
    }
    let creator = Session::connect(maintenance).await?;
    match creator
        // Tests may have any name, whatever the server's own encoding is.
        .run(&format!(
            "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
        ))
        .await
    {
        Ok(_) => {}
        // Another process was faster.
        Err(error) if matches!(error.code(), Some("42P04" | "23505")) => {}
        Err(error) => return Err(cannot_create(&error)),
    }
    // Whoever waits for a connection holds none: on a small server all that begin at once would wait for each other.
    let ended = creator.ended();
    drop(creator);
    ended.await;
    Session::connect(registry).await
}

fn cannot_create(error: &Error) -> Error {
    let help = match error.code() {
        Some("42501") => {
            "\n  help: give the role the right (ALTER ROLE … CREATEDB), or let the tests share the database of DATABASE_URL: `#[pgdbm::test(isolation = \"schema\")]`"
        }
        _ => "",
    };
    Error::config(format!(
        "the tests' databases cannot be made: {error}{help}"
    ))
}

/// Writes the table; without effect where it is.
pub(crate) async fn lay_out(session: &Session) -> Result<(), Error> {
    let lock = LockClass::Registry;
    session
        .run(&format!(
            "SELECT pg_advisory_xact_lock({lock}, 1);
             CREATE TABLE IF NOT EXISTS databases (
                 name text PRIMARY KEY,
                 state text NOT NULL
                     CHECK (state IN ('building', 'template', 'shared', 'making', 'spare', 'used', 'kept')),
                 template text,
                 owner integer NOT NULL,
                 process text NOT NULL,
                 test text,
                 since timestamptz NOT NULL DEFAULT now(),
                 keep_until timestamptz,
                 -- Of a copy: when it was last made as good as new; of a template: what a new copy is like.
                 renewed text,
                 profile text
             )"
        ))
        .await
        .map(drop)
}

/// The row of a new database.
pub(crate) fn insert(name: &str, state: &str, template: &str, by: &By<'_>) -> String {
    let By { owner, test } = by;
    format!(
        "INSERT INTO databases (name, state, template, owner, process, test) \
         VALUES ('{name}', '{state}', '{template}', {owner}, {}, {})",
        literal(&process()),
        literal(test)
    )
}

/// Who a row is written for.
pub(crate) struct By<'b> {
    pub(crate) owner: i32,
    pub(crate) test: &'b str,
}

/// What has to be sent once in each session that is to [`claim`].
pub(crate) fn prepare() -> String {
    format!(
        "SET plan_cache_mode = force_generic_plan;
         PREPARE claim (text, integer, text, text) AS
         UPDATE databases SET state = 'used', owner = $2, process = $3, test = $4, since = now()
         WHERE name = (SELECT name FROM databases WHERE template = $1 AND state = 'spare' AND {WHOLE}
                       ORDER BY since LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING name, renewed"
    )
}

/// Takes a spare database, if there is one.
pub(crate) fn claim(template: &str, by: &By<'_>) -> String {
    let By { owner, test } = by;
    let (process, test) = (literal(&process()), literal(test));
    format!("EXECUTE claim ('{template}', {owner}, {process}, {test})")
}

/// A copy that nobody has used since it was made, or made as good as new.
pub(crate) struct Spare {
    pub(crate) name: String,
    /// Which of its renewals was the last; none if it was just made.
    pub(crate) renewed: Option<String>,
}

impl Spare {
    /// What [`claim`] came to.
    pub(crate) fn read(answers: &Answers) -> Option<Spare> {
        Some(Spare {
            name: session::cell(answers, 0, 0)?.to_owned(),
            renewed: session::cell(answers, 0, 1).map(str::to_owned),
        })
    }
}

/// Asks what a [`Stock`] says.
pub(crate) fn take_stock(template: &str, by: &By<'_>) -> String {
    let By { owner, test } = by;
    let test = literal(test);
    let class = LockClass::Owner;
    format!(
        "SELECT count(*) FILTER (WHERE template = '{template}' AND (state = 'making' OR (state = 'spare' AND {WHOLE}))),
                count(*) FILTER (WHERE template = '{template}' AND state = 'used'),
                count(*) FILTER (WHERE {OVER} OR (state IN ('building', 'making', 'used') AND owner <> {owner}
                                                  AND pg_try_advisory_xact_lock_shared({class}, owner))) > 0,
                count(*) FILTER (WHERE state = 'kept' AND test = {test} AND owner <> {owner}) > 0
         FROM databases"
    )
}

/// What the registry knows that matters to a test.
pub(crate) struct Stock {
    /// How many copies of the template wait, or are being made.
    pub(crate) waiting: usize,
    /// How many tests have one.
    pub(crate) in_use: usize,
    /// Whether anything is to be dropped: of a dead process, or after its time.
    pub(crate) has_litter: bool,
    /// Whether a database of this test is kept.
    pub(crate) has_kept: bool,
}

impl Stock {
    pub(crate) fn read(answers: &Answers) -> Stock {
        let says_yes = |column: usize| session::cell(answers, 0, column) == Some("t");
        let count = |column: usize| {
            let count = session::cell(answers, 0, column).and_then(|count| count.parse().ok());
            count.unwrap_or_default()
        };
        Stock {
            waiting: count(0),
            in_use: count(1),
            has_litter: says_yes(2),
            has_kept: says_yes(3),
        }
    }
}

/// `CREATE DATABASE`. A file copy is quick where the data is in memory; elsewhere the server's own way writes less at once.
pub(crate) fn create(name: &str, template: &str, file_copy: bool) -> String {
    let strategy = if file_copy { " STRATEGY file_copy" } else { "" };
    format!("CREATE DATABASE {name} TEMPLATE {template}{strategy}")
}

/// Changes a new row's state, if its database was made and nobody has taken this process for dead meanwhile.
pub(crate) fn made(name: &str, state: &str) -> String {
    format!(
        "UPDATE databases SET state = '{state}', since = now() WHERE name = '{name}' AND state = 'making' AND {WHOLE}"
    )
}

/// Gives a used copy a name that nobody knows who has used it: whoever comes back to the old one finds nothing there. Both or
/// neither; gives a row if the copy is still its owner's.
pub(crate) fn rename(name: &str, fresh_name: &str, owner: i32) -> String {
    format!(
        "ALTER DATABASE {name} RENAME TO {fresh_name};
         UPDATE databases SET name = '{fresh_name}' WHERE name = '{name}' AND state = 'used' AND owner = {owner} RETURNING name"
    )
}

/// Puts a copy that is as good as new among those that wait; gives a row if it is still its owner's.
pub(crate) fn renewed(name: &str, renewed: &str, owner: i32) -> String {
    format!(
        "UPDATE databases SET state = 'spare', test = NULL, since = now(), renewed = {}
         WHERE name = '{name}' AND state = 'used' AND owner = {owner} RETURNING name",
        literal(renewed)
    )
}

/// What a copy of a template is like, as its builder has written it down.
pub(crate) fn profile(template: &str) -> String {
    let name = template_name(template);
    format!("SELECT profile FROM databases WHERE name = '{name}'")
}

/// Whether a template has fewer copies that wait than are ever kept.
pub(crate) fn wants_more(template: &str, most: usize) -> String {
    format!(
        "SELECT count(*) < {most} FROM databases WHERE template = '{template}' AND state IN ('spare', 'making')"
    )
}

/// Waits for a moment until nobody is connected to a database: a client's end reaches the server's process only some time
/// after the client, and a drop that finds it there waits for a tenth of a second. Says whether nobody is, or it is gone.
pub(crate) async fn await_empty(session: &Session, name: &str) -> Result<bool, Error> {
    // The function, because the view makes the server plan more than it does.
    let is_empty = format!(
        "SELECT NOT EXISTS (SELECT FROM pg_stat_get_activity(NULL) WHERE datid = oid) FROM pg_database WHERE datname = {}",
        literal(name)
    );
    let mut pause = Duration::from_micros(200);
    for _ in 0..20 {
        let answers = session.run(&is_empty).await?;
        if session::cell(&answers, 0, 0) != Some("f") {
            return Ok(true);
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(5));
    }
    Ok(false)
}

/// Deletes the row of a database that is not there.
pub(crate) fn forget(name: &str) -> String {
    format!(
        "DELETE FROM databases WHERE name = {name} AND NOT EXISTS (SELECT FROM pg_database WHERE datname = {name})",
        name = literal(name)
    )
}

/// Drops a database and then its row. A database that somebody uses is not dropped, unless its users are to go with it.
pub(crate) fn drop_database(name: &str, state: &str, force: bool) -> Vec<String> {
    let quoted = pgdbm_template::quote_identifier(name);
    let mut messages = Vec::with_capacity(3);
    if matches!(state, "template" | "building") {
        // The server ends a session that alters a database whose drop was interrupted; that one has lost its mark already.
        messages.push(format!(
            "DO {}",
            literal(&format!(
                "BEGIN IF EXISTS (SELECT FROM pg_database WHERE datname = {} AND datistemplate) \
                 THEN ALTER DATABASE {quoted} IS_TEMPLATE false; END IF; END",
                literal(name)
            ))
        ));
    }
    let force = if force { " WITH (FORCE)" } else { "" };
    messages.push(format!("DROP DATABASE IF EXISTS {quoted}{force}"));
    // One that lost its files while it was dropped is still there.
    messages.push(forget(name));
    messages
}

/// Deletes the row of a database that is not there, or not whole; gives it.
pub(crate) fn forget_broken(name: &str) -> String {
    format!(
        "DELETE FROM databases WHERE name = {} AND NOT {WHOLE} RETURNING name",
        literal(name)
    )
}

/// The template whose lock is needed to make or drop a database; none for a test's own.
pub(crate) fn template_of(name: &str) -> Option<&str> {
    let name = name.strip_prefix(DATABASE_PREFIX)?;
    name.strip_prefix("template_")
        .or_else(|| name.strip_prefix("shared_"))
}

/// The second key of a template's lock. Two templates with one number only wait for each other.
pub(crate) fn template_number(key: &str) -> u32 {
    let number = u32::from_str_radix(key.get(..8).unwrap_or_default(), 16);
    number.unwrap_or_default() >> 1
}

/// Takes over what nobody owns any more, to be dropped: of dead processes, kept for long enough or of a test that runs
/// again, and templates that nothing has used for a week. Then says how many it has left out.
///
/// What this process keeps is that of a test which has just failed.
///
/// What a dead process's statement is still busy with is left out unless `busy_too`: it is over in a moment, or else the process
/// lives, its session has broken, and it is about to be there again. So are for some seconds all processes of before the server
/// was started.
pub(crate) fn take_over(by: &By<'_>, busy_too: bool) -> String {
    let By { owner, test } = by;
    let (class, test, process) = (LockClass::Owner, literal(test), literal(&process()));
    let alive = format!(
        "alive AS MATERIALIZED (
             SELECT objid::bigint AS owner FROM pg_locks
             WHERE locktype = 'advisory' AND classid = {class}::oid AND objsubid = 2 AND granted
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
         )"
    );
    format!(
        "WITH {alive}, busy AS MATERIALIZED (
             SELECT datname::text AS name FROM pg_stat_activity WHERE datname IS NOT NULL AND usesysid IS NOT NULL
             UNION
             SELECT substring(query FROM '^CREATE DATABASE (\\w+)') FROM pg_stat_activity
             WHERE state = 'active' AND query LIKE 'CREATE DATABASE {DATABASE_PREFIX}%'
         ), abandoned AS (
             SELECT name, state FROM databases
             WHERE (state IN ('building', 'making', 'used') AND owner <> {owner}
                    AND owner NOT IN (SELECT alive.owner FROM alive)
                    AND ({busy_too} OR name NOT IN (SELECT busy.name FROM busy))
                    AND (since > {STARTED} OR {STARTED} < clock_timestamp() - interval '5 s'))
                OR {OVER} OR (state = 'kept' AND test = {test} AND owner <> {owner})
             FOR UPDATE SKIP LOCKED
         )
         UPDATE databases AS d SET state = 'used', owner = {owner}, process = {process}, test = NULL, since = now()
         FROM abandoned WHERE d.name = abandoned.name
         RETURNING d.name, abandoned.state;
         WITH {alive}
         SELECT count(*) FROM databases
         WHERE state IN ('building', 'making', 'used') AND owner <> {owner}
           AND owner NOT IN (SELECT alive.owner FROM alive)"
    )
}

/// When the sessions began that the server may have: when it was started, or has started again after a crash, which
/// `pg_postmaster_start_time()` does not tell but the counters do, because a crash loses them.
const STARTED: &str =
    "greatest(pg_postmaster_start_time(), pg_stat_get_bgwriter_stat_reset_time())";

/// The condition that a database is of no use any more, whoever owns it.
const OVER: &str = "((state = 'kept' AND keep_until < now())
    OR (state IN ('template', 'shared', 'spare') AND since < now() - interval '7 days')
    OR (state = 'spare' AND NOT EXISTS (SELECT FROM pg_database WHERE datname = name AND datconnlimit <> -2)))";

/// Databases under names that only we give and that no row knows: somebody has removed the registry. A role that others take on as well
/// (`SET ROLE`) may own what their registries know.
pub(crate) const UNKNOWN: &str = "\
    SELECT datname, 'template' FROM pg_database
    WHERE datname ~ '^pgdbm_test_2_([0-9a-z]{12}|(template|shared)_[0-9a-f]{24})$'
      AND datdba = (SELECT oid FROM pg_roles WHERE rolname = current_user) AND current_user = session_user
      AND NOT EXISTS (SELECT FROM databases WHERE name = datname)";

/// Whether the registry and the server agree that a database is there.
pub(crate) async fn is_there(session: &Session, name: &str, state: &str) -> Result<bool, Error> {
    let answers = session
        .run(&format!(
            "SELECT 1 FROM databases WHERE name = '{name}' AND state = '{state}' AND {WHOLE}"
        ))
        .await?;
    Ok(answers.first().is_some_and(|rows| !rows.is_empty()))
}

/// What the server is busy with in a database.
pub(crate) fn activity(database: &str) -> String {
    format!(
        "SELECT format('%s, %s%s%s: %s', pid, state, ', waits for ' || wait_event_type || ' ' || wait_event,
                       ', blocked by ' || nullif(array_to_string(pg_blocking_pids(pid), ', '), ''),
                       left(regexp_replace(query, '\\s+', ' ', 'g'), 200))
         FROM pg_stat_activity WHERE datname = {} AND backend_type = 'client backend' ORDER BY query_start",
        literal(database)
    )
}

/// Says that a template is used, once an hour.
pub(crate) fn touch(template: &str) -> String {
    format!(
        "UPDATE databases SET since = now() \
         WHERE template = '{template}' AND state IN ('template', 'shared') AND since < now() - interval '1 hour'"
    )
}

/// The condition that the database of a row is there and whole: one whose drop was interrupted has no connection limit to speak
/// of.
const WHOLE: &str = "EXISTS (SELECT FROM pg_database WHERE datname = name AND datconnlimit <> -2)";

/// Takes locks for a new session that the process's last one had. If for the server that is still there, it is ended: its client
/// has seen it break.
pub(crate) async fn take_locks(
    session: &Session,
    class: LockClass,
    numbers: &[i32],
    last: Option<i32>,
) -> Result<Greeting, Error> {
    let numbers = list(numbers);
    let answers = session
        .run(&format!(
            "SELECT n FROM unnest('{{{numbers}}}'::int[]) AS n WHERE NOT pg_try_advisory_lock({class}, n);
             SELECT pg_backend_pid(), to_regclass('databases') IS NOT NULL, current_setting('is_superuser')::bool AND session_user = current_user"
        ))
        .await?;
    let number = |row: &SimpleQueryRow| row.try_get(0).ok()??.parse().ok();
    let rows = |statement: usize| {
        answers
            .get(statement)
            .map(Vec::as_slice)
            .unwrap_or_default()
    };
    let missing: Vec<i32> = rows(0).iter().filter_map(number).collect();
    if !missing.is_empty() {
        if let Some(last) = last {
            session
                .run(&format!(
                    "SELECT pg_terminate_backend({last}) FROM pg_locks
                     WHERE pid = {last} AND locktype = 'advisory' AND classid = {class}::oid LIMIT 1"
                ))
                .await?;
        }
        let missing = list(&missing);
        session
            .run(&format!(
                "SELECT pg_advisory_lock({class}, n) FROM unnest('{{{missing}}}'::int[]) AS n"
            ))
            .await?;
    }
    let row = rows(1).first();
    let says_yes =
        |column: usize| row.is_some_and(|row| matches!(row.try_get(column), Ok(Some("t"))));
    Ok(Greeting {
        pid: row.and_then(number),
        has_table: says_yes(1),
        is_superuser: says_yes(2),
    })
}

/// What the server says to a new session.
pub(crate) struct Greeting {
    /// The server's process for the session.
    pub(crate) pid: Option<i32>,
    /// Whether the database has the registry's table.
    pub(crate) has_table: bool,
    /// Whether no limit of a role's holds for it.
    pub(crate) is_superuser: bool,
}

/// Numbers for an array constant.
pub(crate) fn list(numbers: &[i32]) -> String {
    let numbers: Vec<String> = numbers.iter().map(i32::to_string).collect();
    numbers.join(",")
}

/// A string constant: PostgreSQL manual, "String Constants", with standard-conforming strings or without.
pub(crate) fn literal(text: &str) -> String {
    let clean: String = text.chars().filter(|c| *c != '\0').collect();
    format!("E'{}'", clean.replace('\\', "\\\\").replace('\'', "''"))
}

/// For people who look: which process, on which machine.
fn process() -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{} {}", std::process::id(), machine.trim())
        .trim_end()
        .to_owned()
}
