//! Directories that can be trusted with a server which trusts everybody who connects.

use std::fs::{self, DirBuilder, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use super::account::ServerAccount;
use super::error::ServerError;

/// Makes a directory that belongs to this user, or accepts the one that is there if it does.
///
/// Root's directories may be passed through by the server's account, but not listed; other users' are closed.
pub(crate) fn claim(path: &Path, account: Option<&ServerAccount>) -> Result<(), ServerError> {
    let wanted = if account.is_some() { 0o711 } else { 0o700 };
    make(path)?;
    let metadata = inspect(path, rustix::process::geteuid().as_raw())?;
    let mode = metadata.mode();
    if mode & wanted != wanted {
        // A process that ended between making the directory and this line left it too closed.
        set_mode(path, mode & 0o777 | wanted)?;
    }
    Ok(())
}

/// Makes a directory inside a claimed one and gives it to the server's account, or accepts it if it is so already.
pub(crate) fn entrust(path: &Path, account: Option<&ServerAccount>) -> Result<(), ServerError> {
    let Some(account) = account else {
        return claim(path, None);
    };
    make(path)?;
    let owner = fs::symlink_metadata(path)
        .map_err(|error| ServerError::path("look at", path, &error))?
        .uid();
    if owner == rustix::process::geteuid().as_raw() {
        // The umask may have closed it to its owner as well.
        set_mode(path, 0o700)?;
        chown(path, Some(account.uid), Some(account.gid)).map_err(|error| {
            ServerError::directory(format!(
                "cannot give {} to the account {}: {error}; where root may not do that (a container without the \
                 capabilities CHOWN, SETUID and SETGID), run this program as another user or set DATABASE_URL",
                path.display(),
                account.name
            ))
        })?;
    }
    inspect(path, account.uid).map(drop)
}

/// The absolute path of a directory that need not exist yet, without symbolic links in its parents, if nobody but
/// its owner and root can put another one in its place.
pub(crate) fn resolve(path: &Path) -> Result<PathBuf, ServerError> {
    let absolute =
        std::path::absolute(path).map_err(|error| ServerError::path("find", path, &error))?;
    let (Some(parent), Some(name)) = (absolute.parent(), absolute.file_name()) else {
        return Err(ServerError::directory(format!(
            "{} has no parent directory",
            path.display()
        )));
    };
    let parent =
        fs::canonicalize(parent).map_err(|error| ServerError::path("find", parent, &error))?;
    let metadata =
        fs::metadata(&parent).map_err(|error| ServerError::path("look at", &parent, &error))?;
    let mode = metadata.mode();
    let ours = [0, rustix::process::geteuid().as_raw()].contains(&metadata.uid());
    if !ours || (mode & 0o022 != 0 && mode & 0o1000 == 0) {
        return Err(ServerError::directory(format!(
            "{} is not a safe place for a server: other users may rename what is in it (user id {}, mode {:04o}); \
             choose a directory whose parent is your own, or has the sticky bit as /tmp has",
            parent.display(),
            metadata.uid(),
            mode & 0o7777
        )));
    }
    Ok(parent.join(name))
}

/// Checks that the server's account can reach a path through all its parents, which root does not notice itself.
pub(crate) fn check_reachable(
    path: &Path,
    account: Option<&ServerAccount>,
) -> Result<(), ServerError> {
    let Some(account) = account else {
        return Ok(());
    };
    for ancestor in path.ancestors().skip(1) {
        let Ok(metadata) = fs::metadata(ancestor) else {
            continue;
        };
        let mode = metadata.mode();
        let may_pass = if metadata.uid() == account.uid {
            mode & 0o100 != 0
        } else if metadata.gid() == account.gid {
            mode & 0o010 != 0
        } else {
            mode & 0o001 != 0
        };
        if !may_pass {
            return Err(ServerError::directory(format!(
                "root's server runs as the account {}, which cannot reach {}: {} is closed to it (mode {:04o})",
                account.name,
                path.display(),
                ancestor.display(),
                mode & 0o7777
            )));
        }
    }
    Ok(())
}

/// Whether a directory is there that nobody else can have made or changed.
pub(crate) fn is_ours(path: &Path) -> bool {
    inspect(path, rustix::process::geteuid().as_raw()).is_ok()
}

/// Whether the file system of a directory, which need not exist yet, has so many bytes free for us, and place for the
/// files of some databases: each has about 300.
pub(crate) fn has_room(path: &Path, bytes: u64) -> bool {
    let system = path
        .parent()
        .and_then(|parent| rustix::fs::statvfs(parent).ok());
    system.is_some_and(|system| {
        // A file system that does not count its files says that it has none.
        let has_files = system.f_files == 0 || system.f_favail >= 20_000;
        has_files && system.f_bavail.saturating_mul(system.f_frsize) >= bytes
    })
}

/// Whether what is in a directory is in memory, and not on a disk.
pub(crate) fn is_in_memory(path: &Path) -> bool {
    #[cfg(target_os = "linux")]
    {
        /// `TMPFS_MAGIC` of Linux.
        const TMPFS: u64 = 0x0102_1994;
        rustix::fs::statfs(path).is_ok_and(|system| u64::try_from(system.f_type) == Ok(TMPFS))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = path;
        false
    }
}

/// Removes a tree without following symbolic links; that there is none is fine.
pub(crate) fn remove(path: &Path) -> Result<(), ServerError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(ServerError::path("remove", path, &error))
        }
        _ => Ok(()),
    }
}

fn make(path: &Path) -> Result<(), ServerError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(ServerError::path("make", path, &error))
        }
        _ => Ok(()),
    }
}

fn set_mode(path: &Path, mode: u32) -> Result<(), ServerError> {
    fs::set_permissions(path, Permissions::from_mode(mode))
        .map_err(|error| ServerError::path("change the mode of", path, &error))
}

/// In a place where everybody may make directories, another user may have been there first.
fn inspect(path: &Path, owner: u32) -> Result<Metadata, ServerError> {
    let metadata =
        fs::symlink_metadata(path).map_err(|error| ServerError::path("look at", path, &error))?;
    let trouble = if metadata.is_symlink() {
        "it is a symbolic link".to_owned()
    } else if !metadata.is_dir() {
        "it is not a directory".to_owned()
    } else if metadata.uid() != owner {
        format!("it belongs to user id {}, not to {owner}", metadata.uid())
    } else if metadata.mode() & 0o022 != 0 {
        format!(
            "other users may write to it (mode {:04o})",
            metadata.mode() & 0o7777
        )
    } else {
        return Ok(metadata);
    };
    Err(ServerError::directory(format!(
        "{} cannot be trusted with a private server: {trouble}; remove it, or choose another place with \
         PgServerOptions::base_directory or PgServerOptions::cache_directory",
        path.display()
    )))
}
