//! Tests on a real PostgreSQL: a migrated database for each, in milliseconds, and nothing left behind.
//!
//! `#[pgdbm::test]` hands a test its [`TestDatabase`], or a manager, a pool or a transaction on it. [`PgServer`] is the server
//! that it is on: the one of `DATABASE_URL`, or else a private one, which needs no configuration. Beside them are the query
//! log of a test ([`QueryLog`]), plans ([`QueryPlan`]), rows ([`TableSnapshot`]) and a proxy that breaks connections
//! ([`Chaos`]).
//!
//! # How a test comes to its database
//!
//! - For each set of migrations there is one *template* database on the server, named for their checksums and built by whoever
//!   comes first. Nobody can connect to it, so nobody can spoil it.
//! - A test takes a copy that waits already, and while fewer wait than tests run at once, another is made. Whoever finds none
//!   waiting has one made.
//! - When the test ends and has only written to tables that were empty and drawn from sequences, its database is made as good as
//!   new and waits for another test, under another name; otherwise it is dropped (always with `PGDBM_TEST_REUSE=0`). When it fails,
//!   the database is kept for ten minutes or until the test runs again (`PGDBM_TEST_KEEP`, in minutes), and standard error says
//!   where it is.
//! - A registry, a database of its own, knows every other one and which process owns it. A process proves that it lives with an
//!   advisory lock, which the server drops however the process ends. What dead processes have left, the next one drops.
//! - Before a test begins, it reserves its connections, so that the tests of all processes together never ask the server for
//!   more than it has.
//!
//! All names begin with `pgdbm_test_`. On a private server everything goes with the server. On the server of `DATABASE_URL`
//! templates, the copies that wait and the registry stay for the next run; what nothing has used for a week is dropped by the
//! next test. The role needs the right CREATEDB; without it, [`Isolation::Schema`] gives each test schemas of its own in the
//! database of `DATABASE_URL`.
//!
//! # How the private server lives and dies
//!
//! [`PgServer::start`] gives a server in a fraction of a millisecond when one is running already, in about a tenth of a second
//! when a cluster has been initialised before, and in less than a second the first time.
//!
//! There is one cluster per user, server version and set of [options](PgServerOptions). Processes share it:
//!
//! - Every process that uses the cluster holds a *shared* lock on a file beside it. The kernel drops that lock however
//!   the process ends, `kill -9` included.
//! - A janitor, a shell script in a session of its own, waits for the *exclusive* lock on that file. It gets it when
//!   the last user has gone, gives newcomers a second to take over (so that test binaries which run one after another
//!   share a server), then stops the server and removes its directory.
//! - Whatever makes or removes a directory does so behind one gate, an exclusive lock on another file. The worker
//!   programs inherit the gate, so it stays shut until they are done even if the process that started them is killed.
//! - When the janitor itself was killed, the next start finds a directory without users and without a janitor, and
//!   clears it away; when users are left, it hires a new janitor.
//!
//! # Where things are
//!
//! | what | where | mode |
//! | --- | --- | --- |
//! | base directory | `/dev/shm/pgdbm-<user id>` where 1 GB of memory is free there (Linux), else `/tmp/pgdbm-<user id>` | 0700, for root 0711 |
//! | data, socket, log | in a directory of the base, named for version and options | 0700, owned by the server's account |
//! | initialised cluster, kept | `$XDG_CACHE_HOME/pgdbm`, `~/.cache/pgdbm` (macOS: `~/Library/Caches/pgdbm`), for root `/var/cache/pgdbm`, else `/var/tmp/pgdbm-<user id>` | the same |
//!
//! The server listens on a unix socket only, in a directory that nobody but its owner (and root) may enter; therefore
//! it trusts whoever connects. PostgreSQL refuses to run as root; root's server runs as `postgres` or else as
//! `nobody`. Directories that somebody else has put in the way are refused, not used.
//!
//! The server runs with `fsync=off` and its like: it is made for data that may be lost.
//!
//! # Where it works
//!
//! On Linux and macOS, with PostgreSQL 14 or later installed; the janitor needs `/bin/sh` and one of `flock`
//! (util-linux, BusyBox), `perl` (macOS has it) and `python3`. Elsewhere set `DATABASE_URL` to a server of your own, which the
//! test databases' registry needs sessions on: a pooler in transaction mode in between will not do.

#[cfg(unix)]
mod account;
mod assertions;
mod budget;
mod chaos;
#[cfg(unix)]
mod child;
#[cfg(unix)]
mod cluster_cache;
mod connection_url;
mod database;
mod desk;
#[cfg(unix)]
mod directory;
#[cfg_attr(
    not(unix),
    expect(dead_code, reason = "the private server is not for this platform")
)]
mod error;
#[cfg(unix)]
mod file_lock;
mod fixture;
#[cfg(unix)]
mod gate;
mod harness;
#[cfg(unix)]
mod installation;
#[cfg(unix)]
mod instance;
#[cfg(unix)]
mod janitor;
mod keeper;
mod kept;
mod lease;
#[cfg_attr(
    not(unix),
    expect(dead_code, reason = "the private server is not for this platform")
)]
mod options;
#[cfg(unix)]
mod plan;
#[cfg(unix)]
mod postmaster;
mod private_schema;
mod query_log;
mod query_plan;
mod random;
mod registry;
mod renewal;
#[cfg_attr(
    not(unix),
    expect(dead_code, reason = "the private server is not for this platform")
)]
mod server;
mod session;
mod template;
mod test_database;
#[cfg(unix)]
mod ticket;

pub use assertions::{TableDifference, TableSnapshot};
pub use chaos::Chaos;
pub use error::ServerError;
pub use harness::Isolation;
pub use options::PgServerOptions;
pub use query_log::{LogMark, LoggedStatement, QueryLog, Repeat, StatementKind, StatementOutcome};
pub use query_plan::QueryPlan;
pub use server::PgServer;
pub use test_database::{TestDatabase, TestDatabaseOptions};

/// What the expansion of `#[pgdbm::test]` names.
#[doc(hidden)]
pub mod __private {
    pub use super::harness::{
        Fixture, Isolation, SchemaPlan, TestArgument, TestPlan, TransactionArgument, argument, run,
        transaction_argument,
    };
}
