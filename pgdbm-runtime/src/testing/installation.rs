//! Finding an installed PostgreSQL server.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::child;
use super::error::ServerError;

/// A directory with `initdb` and `postgres`, and the version of the latter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Installation {
    pub(crate) bin_directory: PathBuf,
    /// The whole line that `postgres --version` prints: it also tells two packagings of a version apart.
    pub(crate) version: String,
    pub(crate) major: u32,
}

impl Installation {
    /// The given directory, or else the first that has a server, in the order of `Search`.
    pub(crate) fn find(chosen: Option<&Path>) -> Result<Installation, ServerError> {
        if let Some(directory) = chosen {
            return at_choice(directory, "PgServerOptions::bin_directory");
        }
        if let Some(directory) = env::var_os("PGDBM_PG_BIN").filter(|value| !value.is_empty()) {
            return at_choice(Path::new(&directory), "PGDBM_PG_BIN");
        }
        let search = Search {
            root: PathBuf::from("/"),
            path: env::var_os("PATH").unwrap_or_default(),
        };
        search.run().and_then(with_version)
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.bin_directory.join(name)
    }
}

/// Where to look when nobody has said where the server is.
struct Search {
    /// What the absolute paths below start from, so that tests can search an empty system.
    root: PathBuf,
    path: OsString,
}

impl Search {
    fn run(&self) -> Result<PathBuf, ServerError> {
        let mut looked_at = vec!["PGDBM_PG_BIN (it is not set)".to_owned()];
        match self.pg_config_directory() {
            Some(directory) if has_server(&directory) => return Ok(directory),
            Some(directory) => {
                looked_at.push(format!("{} (from pg_config --bindir)", directory.display()));
            }
            None => looked_at.push("pg_config --bindir (there is no pg_config in PATH)".to_owned()),
        }
        if let Some(directory) =
            env::split_paths(&self.path).find(|directory| has_server(directory))
        {
            return Ok(directory);
        }
        looked_at.push("the directories of PATH".to_owned());
        for place in PLACES {
            if let Some(directory) = newest(self.expand(place)) {
                return Ok(directory);
            }
            looked_at.push(format!("/{place}"));
        }
        Err(ServerError::not_installed(format!(
            "no PostgreSQL server is installed: no directory has both initdb and postgres. Looked at:\n  {}\n\
             What helps:\n  \
             Debian, Ubuntu:   apt-get install postgresql\n  \
             Fedora, RHEL:     dnf install postgresql-server\n  \
             macOS:            brew install postgresql@17\n  \
             elsewhere:        set PGDBM_PG_BIN to the directory of initdb and postgres\n  \
             your own server:  set DATABASE_URL, for example postgres://user:password@localhost:5432/postgres",
            looked_at.join("\n  ")
        )))
    }

    fn pg_config_directory(&self) -> Option<PathBuf> {
        let program = env::split_paths(&self.path)
            .map(|d| d.join("pg_config"))
            .find(|p| child::is_executable(p))?;
        let output = child::command(program)
            .arg("--bindir")
            .stdout(std::process::Stdio::piped())
            .output()
            .ok()?;
        let directory = String::from_utf8(output.stdout).ok()?;
        Some(PathBuf::from(directory.trim_end())).filter(|directory| directory.is_absolute())
    }

    /// The directories that match a pattern, in which `*` stands for the rest of a name that may start before it.
    fn expand(&self, pattern: &str) -> Vec<PathBuf> {
        let mut found = vec![self.root.clone()];
        for part in pattern.split('/') {
            found = match part.split_once('*') {
                None => found
                    .into_iter()
                    .map(|directory| directory.join(part))
                    .collect(),
                Some((prefix, suffix)) => found
                    .iter()
                    .flat_map(|directory| matches(directory, prefix, suffix))
                    .collect(),
            };
        }
        found
    }
}

/// Debian, RPM packages of PostgreSQL's own repository, Homebrew, Postgres.app, Alpine, Gentoo, a build from source.
const PLACES: [&str; 9] = [
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
    "home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
    "Applications/Postgres.app/Contents/Versions/*/bin",
    "usr/libexec/postgresql*",
    "usr/lib64/postgresql-*/bin",
    "usr/local/pgsql/bin",
];

fn matches(directory: &Path, prefix: &str, suffix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let fits = |name: &str| name.starts_with(prefix) && name.ends_with(suffix);
    entries
        .filter(|entry| entry.file_name().to_str().is_some_and(fits))
        .map(|entry| entry.path())
        .collect()
}

/// The directory with the highest version number in its path, as numbers count and not as text does.
fn newest(directories: Vec<PathBuf>) -> Option<PathBuf> {
    directories
        .into_iter()
        .filter(|directory| has_server(directory))
        .max_by_key(|directory| {
            let text = directory.to_string_lossy().into_owned();
            let numbers: Vec<u32> = text
                .split(|c: char| !c.is_ascii_digit())
                .filter_map(|n| n.parse().ok())
                .collect();
            (numbers, text)
        })
}

fn has_server(directory: &Path) -> bool {
    SERVER_PROGRAMS
        .iter()
        .all(|program| child::is_executable(&directory.join(program)))
}

const SERVER_PROGRAMS: [&str; 2] = ["initdb", "postgres"];

/// Somebody who names a directory means that one: another would hide the mistake.
fn at_choice(directory: &Path, source: &str) -> Result<Installation, ServerError> {
    let missing: Vec<&str> = SERVER_PROGRAMS
        .into_iter()
        .filter(|program| !child::is_executable(&directory.join(program)))
        .collect();
    if missing.is_empty() {
        let absolute = std::path::absolute(directory)
            .map_err(|error| ServerError::path("find", directory, &error))?;
        return with_version(absolute);
    }
    Err(ServerError::options(format!(
        "{source} is {}, which has no executable {}; it must be the directory of a PostgreSQL server's programs, \
         such as /usr/lib/postgresql/17/bin; without {source} the usual places are searched",
        directory.display(),
        missing.join(" and no executable ")
    )))
}

fn with_version(bin_directory: PathBuf) -> Result<Installation, ServerError> {
    let program = bin_directory.join("postgres");
    let output = child::command(&program)
        .arg("--version")
        .stdout(std::process::Stdio::piped())
        .output()
        .map_err(|error| {
            ServerError::start(format!(
                "cannot run {} --version: {error}",
                program.display()
            ))
        })?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match major(&version) {
        Some(major) => Ok(Installation {
            bin_directory,
            version,
            major,
        }),
        None => Err(ServerError::start(format!(
            "{} --version prints {version:?}, which names no version of PostgreSQL ({})",
            program.display(),
            output.status
        ))),
    }
}

/// The major version in a line such as `postgres (PostgreSQL) 17.2 (Debian 17.2-1)` or `… 18beta1`.
fn major(version: &str) -> Option<u32> {
    let (_, number) = version.split_once("(PostgreSQL)")?;
    let number = number.trim_start();
    number
        .get(
            ..number
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(number.len()),
        )?
        .parse()
        .ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests {
    use std::ffi::OsString;
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use super::{Installation, Search, major};

    /// A directory that is removed with the value.
    struct Root(PathBuf);

    impl Root {
        fn new(name: &str) -> Root {
            let path = std::env::temp_dir()
                .join(format!("pgdbm-installation-{}-{name}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Root(path)
        }

        fn add(&self, directory: &str, programs: &[&str]) -> PathBuf {
            let directory = self.0.join(directory);
            fs::create_dir_all(&directory).unwrap();
            for program in programs {
                write_program(
                    &directory.join(program),
                    "echo 'postgres (PostgreSQL) 17.2 (Test 17.2-1)'",
                );
            }
            directory
        }

        fn search(&self, path: &[&Path]) -> Search {
            Search {
                root: self.0.clone(),
                path: std::env::join_paths(path).unwrap_or(OsString::new()),
            }
        }
    }

    /// Another program writes it: a file that this process has open for writing is "busy" for a moment in every
    /// process that another thread starts meanwhile.
    fn write_program(path: &Path, script: &str) {
        let mut shell = Command::new("/bin/sh");
        shell
            .args([
                "-c",
                "printf '%s\\n' \"$2\" >\"$1\" && chmod 755 \"$1\"",
                "sh",
            ])
            .arg(path)
            .arg(format!("#!/bin/sh\n{script}"));
        assert!(shell.status().unwrap().success());
    }

    impl Drop for Root {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    const BOTH: &[&str] = &["initdb", "postgres"];

    #[test]
    fn nothing_found_names_every_place_and_every_remedy() {
        let root = Root::new("nothing");
        let only_a_client = root.add("usr/lib/postgresql/17/bin", &["psql", "postgres"]);
        let error = root.search(&[&only_a_client]).run().unwrap_err();
        assert!(error.is_not_installed());
        assert_eq!(
            error.to_string(),
            include_str!("nothing_found.txt").trim_end()
        );
    }

    #[test]
    fn the_newest_version_is_the_highest_number() {
        let root = Root::new("newest");
        root.add("usr/lib/postgresql/9.6/bin", BOTH);
        let ten = root.add("usr/lib/postgresql/10/bin", BOTH);
        root.add("usr/lib/postgresql/18/bin", &["postgres"]);
        root.add("usr/pgsql-17/bin", BOTH);
        assert_eq!(root.search(&[]).run().unwrap(), ten);
    }

    #[test]
    fn each_platforms_place_is_searched() {
        for place in [
            "usr/lib/postgresql/17/bin",
            "usr/pgsql-17/bin",
            "opt/homebrew/opt/postgresql@17/bin",
            "usr/local/opt/postgresql@17/bin",
            "home/linuxbrew/.linuxbrew/opt/postgresql@17/bin",
            "Applications/Postgres.app/Contents/Versions/17/bin",
            "usr/libexec/postgresql17",
            "usr/lib64/postgresql-17/bin",
            "usr/local/pgsql/bin",
        ] {
            let root = Root::new("places");
            let directory = root.add(place, BOTH);
            assert_eq!(root.search(&[]).run().unwrap(), directory);
        }
    }

    #[test]
    fn path_wins_over_the_usual_places_and_pg_config_over_path() {
        let root = Root::new("order");
        root.add("usr/lib/postgresql/17/bin", BOTH);
        let in_path = root.add("here", BOTH);
        assert_eq!(root.search(&[&in_path]).run().unwrap(), in_path);

        let configured = root.add("configured", BOTH);
        let config = root.add("config", &["pg_config"]);
        write_program(
            &config.join("pg_config"),
            &format!("echo '{}'", configured.display()),
        );
        assert_eq!(root.search(&[&in_path, &config]).run().unwrap(), configured);
    }

    #[test]
    fn a_chosen_directory_without_a_server_is_an_error_that_says_what_is_missing() {
        let root = Root::new("chosen");
        let directory = root.add("bin", &["postgres"]);
        let error = Installation::find(Some(&directory)).unwrap_err();
        assert!(error.is_options());
        assert!(
            error.to_string().contains("has no executable initdb;"),
            "{error}"
        );
        root.add("bin", BOTH);
        let installation = Installation::find(Some(&directory)).unwrap();
        assert_eq!(
            (installation.major, installation.version.as_str()),
            (17, "postgres (PostgreSQL) 17.2 (Test 17.2-1)")
        );
    }

    #[test]
    fn the_major_version_is_the_first_number() {
        assert_eq!(
            major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"),
            Some(15)
        );
        assert_eq!(major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major("postgres (PostgreSQL) 19devel"), Some(19));
        assert_eq!(major("mysqld 8"), None);
        assert_eq!(major(""), None);
    }
}
