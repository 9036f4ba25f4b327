//! A server's directory: joining the server in it, starting one there, clearing what others left.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process;
use std::time::{SystemTime, UNIX_EPOCH};

use super::account::ServerAccount;
use super::cluster_cache;
use super::connection_url;
use super::directory;
use super::error::ServerError;
use super::file_lock::{self, Mode};
use super::gate::Gate;
use super::janitor::{self, Post};
use super::kept;
use super::plan::{DATA, Plan};
use super::postmaster;
use super::server::PrivateServer;

/// Joins the plan's server, or starts it when it does not run: on the disk, where it cannot be in memory.
pub(crate) fn join_or_start(plan: &Plan) -> Result<PrivateServer, ServerError> {
    join_or_start_as_planned(plan).or_else(|failure| {
        let Some(plan) = plan.on_disk(&failure) else {
            return Err(failure);
        };
        join_or_start_as_planned(&plan).map_err(|second| second.after(&failure))
    })
}

fn join_or_start_as_planned(plan: &Plan) -> Result<PrivateServer, ServerError> {
    if let Some(other) = plan
        .other_base
        .as_deref()
        .filter(|base| directory::is_ours(base))
    {
        // What cannot be cleared away there is no reason not to start here.
        drop(sweep_base(other));
    }
    let gate = Gate::enter(&plan.base, plan.account.as_ref())?;
    sweep(&plan.base, &gate);
    let joined = Instance::new(plan).join(plan, &gate);
    if joined.is_err() {
        // A janitor clears up after a failure, but hiring the janitor may be what failed.
        sweep(&plan.base, &gate);
    }
    joined
}

/// Clears away what is left in a base directory of servers that have no users.
pub(crate) fn sweep_base(base: &Path) -> Result<(), ServerError> {
    let account = ServerAccount::for_this_process()?;
    let gate = Gate::enter(base, account.as_ref())?;
    sweep(base, &gate);
    Ok(())
}

struct Instance {
    directory: PathBuf,
    /// Locked by all users, shared.
    lock: PathBuf,
    /// Locked by the janitor; contains its process id for a reader.
    janitor: PathBuf,
    log: PathBuf,
    /// Belongs to the server's account, as everything in it does. What this process reads or writes with its own
    /// rights stays outside.
    run: PathBuf,
    data: PathBuf,
}

impl Instance {
    fn new(plan: &Plan) -> Instance {
        let directory = plan.instance_directory();
        let run = plan.socket_directory();
        Instance {
            lock: directory.join(LOCK),
            janitor: directory.join(JANITOR),
            log: directory.join("log"),
            data: run.join(DATA),
            run,
            directory,
        }
    }

    fn join(self, plan: &Plan, gate: &Gate) -> Result<PrivateServer, ServerError> {
        directory::claim(&self.directory, plan.account.as_ref())?;
        // From here on, the server and its directory stay.
        let (lock, token) = self.hold()?;
        let post = Post {
            instance: &self.directory,
            lock: &self.lock,
            token: &token,
            janitor: &self.janitor,
        };
        // Before anything is started: whatever happens to this process, there is somebody who clears up.
        janitor::hire(&post, plan.lock_tool, gate)?;
        if !postmaster::answers(&self.run) {
            self.start(plan, gate)?;
        }
        if janitor::is_vacant(&self.janitor).unwrap_or(false) {
            return Err(ServerError::start(format!(
                "the server's janitor, a script for /bin/sh that uses {}, ended at once; without one the server in {} \
                 would stay",
                plan.lock_tool.name(),
                self.directory.display()
            )));
        }
        Ok(PrivateServer {
            url: connection_url::for_socket(&self.run, "postgres"),
            version: plan.installation.version.clone(),
            major: plan.installation.major,
            bin_directory: plan.installation.bin_directory.clone(),
            data_directory: self.data,
            socket_directory: self.run,
            log_file: self.log,
            in_memory: directory::is_in_memory(&plan.base),
            _lock: lock,
        })
    }

    /// Takes the shared lock and reads what tells this instance from others at the same path, before and after.
    fn hold(&self) -> Result<(File, String), ServerError> {
        let failed = |error| ServerError::path("lock", &self.lock, &error);
        let file = file_lock::open(&self.lock).map_err(failed)?;
        // Behind the gate nobody keeps an exclusive lock: a janitor that notices that it may begin gives it back.
        let mut file = file_lock::wait(file, Mode::Shared, file_lock::PATIENCE).map_err(failed)?;
        let mut token = String::new();
        file.read_to_string(&mut token).map_err(failed)?;
        if !token.ends_with('\n') {
            token = new_token();
            file.set_len(0)
                .and_then(|()| file.seek(SeekFrom::Start(0)))
                .map_err(failed)?;
            file.write_all(token.as_bytes()).map_err(failed)?;
        }
        Ok((file, token.trim_end().to_owned()))
    }

    fn start(&self, plan: &Plan, gate: &Gate) -> Result<(), ServerError> {
        janitor::stop(&self.directory, gate)?;
        // Data that is there belongs to a server that has died; its other users may still want it.
        let Err(error) = self.launch(plan, gate) else {
            return Ok(());
        };
        if error.is_directory() {
            return Err(error);
        }
        // The data may be damaged, or the kept cluster from which it was copied: begin anew, once.
        self.clear(plan, gate)
            .map_err(|second| second.after(&error))?;
        self.launch(plan, gate)
    }

    fn clear(&self, plan: &Plan, gate: &Gate) -> Result<(), ServerError> {
        janitor::stop(&self.directory, gate)?;
        directory::remove(&self.run)?;
        kept::forget_all(&self.directory);
        cluster_cache::discard(plan)
    }

    fn launch(&self, plan: &Plan, gate: &Gate) -> Result<(), ServerError> {
        directory::entrust(&self.run, plan.account.as_ref())?;
        if !self.data.exists() {
            cluster_cache::fill(plan, &self.data, gate.file())?;
        }
        postmaster::launch(plan, &self.data, &self.log, gate)
    }
}

const LOCK: &str = "lock";
const JANITOR: &str = "janitor";

/// Another moment or another process gives another token.
fn new_token() -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    format!("{}-{}\n", process::id(), now.as_nanos())
}

/// Clears away what janitors that were killed have left: directories without users and without a janitor.
///
/// What cannot be cleared is left to the next start; it does not stop this one.
fn sweep(base: &Path, gate: &Gate) {
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let Some((start, _)) = name.to_str().and_then(|name| name.split_once('-')) else {
            continue;
        };
        if start == "trash" {
            drop(directory::remove(&path));
        } else if start.parse::<u32>().is_ok()
            && let Ok(Some(_lock)) = lock_abandoned(&path)
        {
            drop(janitor::sweep(&path, gate));
        }
    }
}

/// The users' lock of an instance that has neither users nor a janitor.
///
/// Behind the gate no janitor comes to it. The lock keeps out whoever has a ticket and needs no gate.
fn lock_abandoned(instance: &Path) -> io::Result<Option<File>> {
    let lock = file_lock::open(&instance.join(LOCK))?;
    let is_abandoned =
        file_lock::attempt(&lock, Mode::Exclusive)? && janitor::is_vacant(&instance.join(JANITOR))?;
    Ok(is_abandoned.then_some(lock))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::lock_abandoned;
    use crate::testing::file_lock::{self, Mode};

    #[test]
    fn nobody_joins_a_server_that_is_being_cleared_away() {
        let instance = Path::new("/tmp").join(format!("pgdbm-instance-{}", std::process::id()));
        fs::create_dir(&instance).unwrap();
        let attempt = |mode| {
            let file = file_lock::open(&instance.join("lock")).unwrap();
            file_lock::attempt(&file, mode).unwrap().then_some(file)
        };
        let user = attempt(Mode::Shared).unwrap();
        assert!(lock_abandoned(&instance).unwrap().is_none());
        drop(user);
        let clearing = lock_abandoned(&instance).unwrap().unwrap();
        assert!(attempt(Mode::Shared).is_none());
        drop(clearing);
        assert!(attempt(Mode::Shared).is_some());
        fs::remove_dir_all(instance).unwrap();
    }
}
