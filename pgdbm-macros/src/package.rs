//! Where the package of the call site lies, and the files that a macro may read there.

mod manifest;

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use proc_macro2::Span;

pub(crate) use manifest::{Settings, watch};

/// The directories of the packages that a macro may look into: of the one that is compiled, and of the one that holds
/// the source file if that is another.
///
/// What was found for a file is kept until another is asked for: thousands of queries of one file come in a row. A process that outlives
/// a compilation, such as rust-analyzer's, knows of no file.
pub(crate) fn packages(near: Span) -> Arc<[PathBuf]> {
    static LAST: Mutex<Option<Found>> = Mutex::new(None);
    let compiled = std::env::var_os("CARGO_MANIFEST_DIR");
    let file = local_file(near);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = &*last
        && (&found.compiled, &found.file) == (&compiled, &file)
    {
        return Arc::clone(&found.packages);
    }
    let of_compiled = compiled.as_ref().map(PathBuf::from);
    let written = file.as_deref().and_then(package_of);
    let is_other = written != of_compiled;
    let packages: Arc<[PathBuf]> = of_compiled
        .into_iter()
        .chain(written.filter(|_| is_other))
        .collect();
    *last = Some(Found {
        compiled,
        file,
        packages: Arc::clone(&packages),
    });
    packages
}

/// The packages, and what they were found for.
struct Found {
    compiled: Option<OsString>,
    file: Option<PathBuf>,
    packages: Arc<[PathBuf]>,
}

/// The directory of the nearest `Cargo.toml` above a source file.
///
/// `CARGO_MANIFEST_DIR` names the package that is compiled, which is another one when a test tool compiles
/// the file from elsewhere.
pub(crate) fn package_of(source_file: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(source_file).ok()?;
    absolute
        .ancestors()
        .skip(1)
        .find(|directory| directory.join("Cargo.toml").is_file())
        .map(Path::to_path_buf)
}

/// Finds a file or a directory of the package: in the package that is compiled, or else in the one that
/// holds the source file.
///
/// # Errors
/// Text for the user, when the path leaves the package or names nothing. It holds no path of the machine.
pub(crate) fn find_in_package(relative: &str, near: Span) -> Result<PathBuf, String> {
    check_inside(relative)?;
    packages(near)
        .iter()
        .map(|package| package.join(relative))
        .find(|candidate| candidate.exists())
        .ok_or_else(|| {
            format!(
                "there is no `{}` in this package\n\
                 help: create it, or give another path, relative to the directory that holds Cargo.toml",
                relative.escape_debug()
            )
        })
}

/// Refuses a path that leaves the package.
///
/// # Errors
/// Text for the user.
pub(crate) fn check_inside(relative: &str) -> Result<(), String> {
    if stays_inside(Path::new(relative)) {
        return Ok(());
    }
    Err(format!(
        "`{}` leaves the package\n\
         help: give a path below the directory that holds Cargo.toml, without `..`: a published package holds \
         only its own files",
        relative.escape_debug()
    ))
}

/// The real path of the file that holds the span; rust-analyzer knows none.
pub(crate) fn local_file(span: Span) -> Option<PathBuf> {
    proc_macro::is_available()
        .then(|| span.unwrap().local_file())
        .flatten()
        .filter(|file| !file.as_os_str().is_empty())
}

fn stays_inside(path: &Path) -> bool {
    path.components()
        .all(|component| matches!(component, Component::Normal(_) | Component::CurDir))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::path::Path;

    use proc_macro2::Span;

    use super::{find_in_package, package_of, stays_inside};

    #[test]
    fn a_path_with_a_root_or_a_parent_leaves_the_package() {
        for inside in ["migrations", "./sql/a.sql", "a/b/c.sql"] {
            assert!(stays_inside(Path::new(inside)), "{inside}");
        }
        for outside in ["/etc/passwd", "../a.sql", "sql/../../a.sql"] {
            assert!(!stays_inside(Path::new(outside)), "{outside}");
            assert!(
                find_in_package(outside, Span::call_site())
                    .unwrap_err()
                    .contains("leaves the package")
            );
        }
    }

    #[test]
    fn the_package_is_the_nearest_manifest_above_the_file() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(package_of(&here.join("src/package.rs")).unwrap(), here);
        assert_eq!(
            find_in_package("Cargo.toml", Span::call_site()).unwrap(),
            here.join("Cargo.toml")
        );
    }

    #[test]
    fn what_is_not_there_is_named_without_the_path_of_the_machine() {
        let message = find_in_package("no/such.sql", Span::call_site()).unwrap_err();
        assert!(
            message.starts_with("there is no `no/such.sql` in this package"),
            "{message}"
        );
        assert!(!message.contains(env!("CARGO_MANIFEST_DIR")), "{message}");
    }
}
