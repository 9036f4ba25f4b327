//! A PostgreSQL server for demo and tests: the one that is there, or else one that is fetched.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pgdbm_runtime::testing::PgServer;

use crate::kit;
use crate::run::{Outcome, exists, is_root, run};

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

/// Makes sure that there is a server; fetches one if it must, and says so. Gives the directory of the server's programs
/// when they do not lie where they are found anyway: for `PGDBM_PG_BIN` of the programs that are run next.
pub(crate) fn ensure() -> Result<Option<PathBuf>, String> {
    let Err(missing) = PgServer::start() else {
        return Ok(None);
    };
    if !missing.is_not_installed() {
        return Err(missing.to_string());
    }
    eprintln!("No PostgreSQL server is installed here, so the newest prebuilt one is used.");
    let major = kit::majors()?.into_iter().max().unwrap_or_default();
    match kit::server(major) {
        Ok(server) => Ok(Some(server.bin_directory)),
        // The kit leaves the system as it is, so it comes first.
        Err(problem) if is_root() && exists("apt-get") => {
            eprintln!("{problem}");
            install().map(|()| None)
        }
        Err(problem) => Err(format!(
            "{problem}; or set DATABASE_URL to a server of your own"
        )),
    }
}

/// Installs Debian's package, which lies where it is found.
fn install() -> Outcome {
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
        Command::new("apt-get")
            .args(["-qq", "update"])
            .stdout(Stdio::null()),
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
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdout(Stdio::null()),
    )
}
