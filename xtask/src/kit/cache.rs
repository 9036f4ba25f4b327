//! Where fetched servers are kept: outside the repository, so that every checkout uses the same.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::run::is_root;

/// The directory of the fetched servers, made if it is missing: beside the private server's own cache.
pub(crate) fn directory() -> Result<PathBuf, String> {
    let root = is_root();
    let parent = choose(root, |name| std::env::var_os(name)).ok_or_else(|| {
        "there is no place to keep a fetched server: neither XDG_CACHE_HOME nor HOME is an absolute path\n  \
         help: set XDG_CACHE_HOME to a directory of your own"
            .to_owned()
    })?;
    let directory = parent.join("servers");
    if let Some(above) = parent.parent() {
        fs::create_dir_all(above).map_err(|error| cannot("make", above, &error))?;
    }
    for level in [&parent, &directory] {
        make(level, root).map_err(|error| cannot("make", level, &error))?;
    }
    Ok(directory)
}

/// pgdbm's cache. Root's servers run as another account, to which root's home is closed.
fn choose(root: bool, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    if root {
        return Some(PathBuf::from("/var/cache/pgdbm"));
    }
    let absolute = |name: &str| {
        variable(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let of_home = if cfg!(target_os = "macos") {
        "Library/Caches"
    } else {
        ".cache"
    };
    let cache = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(of_home)))?;
    Some(cache.join("pgdbm"))
}

/// Makes a directory that only this user may change; through root's, other accounts may pass.
#[cfg(unix)]
fn make(path: &Path, root: bool) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};

    let wanted = if root { 0o711 } else { 0o700 };
    match fs::DirBuilder::new().mode(wanted).create(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    // It may be older than this rule, or the umask may have been stricter.
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & wanted != wanted {
        fs::set_permissions(path, fs::Permissions::from_mode(mode | wanted))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn make(path: &Path, _: bool) -> std::io::Result<()> {
    fs::create_dir_all(path)
}

pub(crate) fn cannot(what: &str, path: &Path, error: &std::io::Error) -> String {
    format!("cannot {what} {}: {error}", path.display())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests {
    use std::ffi::OsString;
    use std::path::PathBuf;

    use super::choose;

    #[test]
    fn root_has_a_place_that_its_servers_account_can_reach_and_others_have_their_own() {
        let variables = |xdg: &'static str, home: &'static str| {
            move |name: &str| {
                Some(OsString::from(match name {
                    "XDG_CACHE_HOME" => xdg,
                    "HOME" => home,
                    _ => return None,
                }))
            }
        };
        let of_home = if cfg!(target_os = "macos") {
            "/home/a/Library/Caches/pgdbm"
        } else {
            "/home/a/.cache/pgdbm"
        };
        for (root, xdg, home, expected) in [
            (true, "/x", "/root", Some("/var/cache/pgdbm")),
            (false, "/x", "/home/a", Some("/x/pgdbm")),
            (false, "", "/home/a", Some(of_home)),
            (false, "relative", "/home/a", Some(of_home)),
            (false, "", "", None),
        ] {
            assert_eq!(
                choose(root, variables(xdg, home)),
                expected.map(PathBuf::from)
            );
        }
        assert_eq!(choose(false, |_| None), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_directory_that_is_too_closed_is_opened_and_others_may_not_write_to_it() {
        use std::fs::{Permissions, create_dir, metadata, remove_dir, set_permissions};
        use std::os::unix::fs::PermissionsExt as _;

        let path = std::env::temp_dir().join(format!("pgdbm-xtask-make-{}", std::process::id()));
        create_dir(&path).unwrap();
        set_permissions(&path, Permissions::from_mode(0o700)).unwrap();
        super::make(&path, true).unwrap();
        let mode = || metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(), 0o711);
        remove_dir(&path).unwrap();
        super::make(&path, false).unwrap();
        assert_eq!(mode() & 0o077, 0);
        remove_dir(&path).unwrap();
    }
}
