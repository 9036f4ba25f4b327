//! The account that the server runs as: PostgreSQL refuses to run as root.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use super::child;
use super::error::ServerError;

/// An unprivileged account for root's server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerAccount {
    pub(crate) name: &'static str,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl ServerAccount {
    /// The account to change to, or `None` when this process is not root and the server can run as its user.
    pub(crate) fn for_this_process() -> Result<Option<ServerAccount>, ServerError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        NAMES.iter().find_map(|name| look_up(name)).map(Some).ok_or_else(|| {
            ServerError::start(format!(
                "PostgreSQL does not run as root, and none of the accounts {} exists to run it instead; \
                 create the account postgres, run this program as another user, or set DATABASE_URL",
                NAMES.join(", ")
            ))
        })
    }

    /// Lets the command run as this account. The standard library drops the supplementary groups as well.
    pub(crate) fn apply(&self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }
}

const NAMES: [&str; 2] = ["postgres", "nobody"];

/// Asks `id`, which knows every source of accounts that the system's `getpwnam` knows.
fn look_up(name: &'static str) -> Option<ServerAccount> {
    let number = |flag: &str| -> Option<u32> {
        let output = child::command("id")
            .args([flag, name])
            .stdout(Stdio::piped())
            .output()
            .ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    let (uid, gid) = (number("-u")?, number("-g")?);
    // An account with root's number would be root again.
    (uid != 0).then_some(ServerAccount { name, uid, gid })
}
