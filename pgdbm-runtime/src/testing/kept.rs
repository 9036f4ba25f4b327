//! Databases that are kept after a test has failed, for somebody to look at.

use std::env;
use std::time::Duration;

use super::server::PgServer;
use crate::DatabaseConfig;

/// How long a failed test's database is kept: `PGDBM_TEST_KEEP`, in minutes, 10 if it is not set; 0: not at all.
pub(crate) fn time() -> Option<Duration> {
    let minutes = match env::var("PGDBM_TEST_KEEP") {
        Ok(text) => match text.trim().parse::<u64>() {
            Ok(minutes) => minutes,
            Err(_) => {
                eprintln!(
                    "pgdbm: PGDBM_TEST_KEEP is `{text}`, which is no number of minutes; 10 is taken"
                );
                DEFAULT_MINUTES
            }
        },
        Err(_) => DEFAULT_MINUTES,
    };
    // Whoever needs more than a month has forgotten it.
    let minutes = minutes.min(60 * 24 * 31);
    (minutes > 0).then(|| Duration::from_secs(60 * minutes))
}

const DEFAULT_MINUTES: u64 = 10;

/// Says in the registry that a database stays, and until when.
pub(crate) fn mark(name: &str, time: Duration) -> String {
    format!(
        "UPDATE databases SET state = 'kept', keep_until = now() + interval '{} s' WHERE name = '{name}'",
        time.as_secs()
    )
}

/// What the failed test says.
pub(crate) fn notice(
    config: &DatabaseConfig,
    what: &str,
    schemas: &[String],
    test: &str,
    time: Duration,
) -> String {
    let minutes = time.as_secs() / 60;
    let mut path = schemas.to_vec();
    if !schemas.iter().any(|schema| schema == "public") {
        path.push("public".to_owned());
    }
    format!(
        "pgdbm: `{test}` failed. Its {what} kept for {minutes} min, or until the test runs again (PGDBM_TEST_KEEP=0: not at \
         all):\n    {config}\n    psql '{}'\n    SET search_path TO {};",
        config.for_psql(),
        path.join(", ")
    )
}

/// Keeps a private server running for as long as the database is kept: it would go with its last user.
pub(crate) fn hold(server: &PgServer, name: &str, time: Duration) {
    #[cfg(unix)]
    if let Some(private) = server.private_part()
        && let Err(error) = holder::start(private, name, time)
    {
        eprintln!("pgdbm: the server ends with the tests, and the kept database with it: {error}");
    }
    #[cfg(not(unix))]
    let _ = (server, name, time);
}

/// Lets go what [`hold`] holds, because the database is dropped.
pub(crate) fn forget(server: &PgServer, name: &str) {
    #[cfg(unix)]
    if let Some(private) = server.private_part() {
        holder::stop(private, name);
    }
    #[cfg(not(unix))]
    let _ = (server, name);
}

/// Lets go what [`hold`] holds on the server in this directory, because its databases have been lost with its data.
#[cfg(unix)]
pub(crate) fn forget_all(instance: &std::path::Path) {
    holder::stop_all(instance);
}

/// A detached script that uses the server, as a process with tests does, until its file is removed or its time is over.
#[cfg(unix)]
mod holder {
    use std::ffi::OsStr;
    use std::fs::{self, File};
    use std::io;
    use std::path::{Path, PathBuf};
    use std::time::Duration;

    use crate::testing::child;
    use crate::testing::file_lock::{self, Mode};
    use crate::testing::server::PrivateServer;

    pub(super) fn start(server: &PrivateServer, name: &str, time: Duration) -> io::Result<()> {
        let users = file_lock::open(&server.lock_path())?;
        if !file_lock::attempt(&users, Mode::Shared)? {
            return Err(io::Error::other("the server is being stopped"));
        }
        let marker = marker(server, name);
        File::create(&marker)?;
        let seconds = time.as_secs().to_string();
        let arguments: [&OsStr; 6] = [
            "/bin/sh".as_ref(),
            "-c".as_ref(),
            HOLD.as_ref(),
            "pgdbm-kept".as_ref(),
            marker.as_ref(),
            seconds.as_ref(),
        ];
        child::detach(child::command("/bin/sh"), &arguments, users)
    }

    pub(super) fn stop(server: &PrivateServer, name: &str) {
        // There is none, mostly.
        drop(fs::remove_file(marker(server, name)));
    }

    pub(super) fn stop_all(instance: &Path) {
        for entry in fs::read_dir(instance).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if name.as_encoded_bytes().starts_with(PREFIX.as_bytes()) {
                drop(fs::remove_file(entry.path()));
            }
        }
    }

    fn marker(server: &PrivateServer, name: &str) -> PathBuf {
        server.instance_directory().join(format!("{PREFIX}{name}"))
    }

    const PREFIX: &str = "kept-";

    /// After a minute it looks less often: there may be hundreds. Only the script itself holds the lock, so that nothing
    /// is left of it when it is killed.
    const HOLD: &str = "\
waited=0 pause=1
while [ -e \"$1\" ] && [ $waited -lt \"$2\" ]; do
    sleep $pause 9<&-
    waited=$((waited + pause))
    [ $waited -lt 60 ] || pause=5
done
rm -f \"$1\"";
}
