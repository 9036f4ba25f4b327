//! A server of a major that the machine has already.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Server;
use crate::run::output;

/// Where package managers put the majors side by side; the runtime's search for any server looks there too.
const PLACES: [&str; 8] = [
    "/usr/lib/postgresql/{}/bin",
    "/usr/pgsql-{}/bin",
    "/opt/homebrew/opt/postgresql@{}/bin",
    "/usr/local/opt/postgresql@{}/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@{}/bin",
    "/Applications/Postgres.app/Contents/Versions/{}/bin",
    "/usr/libexec/postgresql{}",
    "/usr/lib64/postgresql-{}/bin",
];

/// The first server of this major: `PGDBM_PG_BIN`, `pg_config`, `PATH`, then the usual places.
pub(crate) fn find(major: u32) -> Option<Server> {
    let chosen = std::env::var_os("PGDBM_PG_BIN").map(PathBuf::from);
    let configured = output(Command::new("pg_config").arg("--bindir"))
        .map(|directory| PathBuf::from(directory.trim_end()));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = PLACES
        .iter()
        .map(|place| PathBuf::from(place.replace("{}", &major.to_string())));
    let from_source = PathBuf::from("/usr/local/pgsql/bin");
    let mut directories = chosen
        .into_iter()
        .chain(configured)
        .chain(std::env::split_paths(&path))
        .chain(places)
        .chain([from_source])
        .filter(|directory| directory.is_absolute());
    directories.find_map(|directory| {
        let version = version(&directory)?;
        (major_of(&version) == Some(major)).then_some(Server {
            bin_directory: directory,
            version,
        })
    })
}

/// What the server in this directory says that it is, if there is one, with the programs that the tests need.
pub(crate) fn version(bin_directory: &Path) -> Option<String> {
    let program = |name: &str| bin_directory.join(name);
    if !["initdb", "pg_ctl", "postgres"]
        .iter()
        .all(|name| program(name).is_file())
    {
        return None;
    }
    let version = output(Command::new(program("postgres")).arg("--version"))?;
    Some(version.trim().to_owned())
}

/// The major in a line such as `postgres (PostgreSQL) 17.2 (Debian 17.2-1)` or `… 18beta1`.
fn major_of(version: &str) -> Option<u32> {
    let (_, number) = version.split_once("(PostgreSQL) ")?;
    let end = number.find(|c: char| !c.is_ascii_digit());
    number[..end.unwrap_or(number.len())].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major_of;

    #[test]
    fn the_major_is_the_first_number_of_the_version() {
        for (line, major) in [
            (
                "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)",
                Some(15),
            ),
            ("postgres (PostgreSQL) 18.4", Some(18)),
            ("postgres (PostgreSQL) 19beta1", Some(19)),
            ("postgres (PostgreSQL) 19", Some(19)),
            ("postgres (EnterpriseDB) 15", None),
            ("", None),
        ] {
            assert_eq!(major_of(line), major, "{line}");
        }
    }
}
