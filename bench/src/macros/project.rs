//! A user's workspace that is generated: crates with so many typed queries, for either library.
//!
//! Both get the same functions over the same tables: each an `async fn` with one `query!` of four columns and two parameters. No two
//! queries are alike, so each has a description of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::commands::{Cost, timed};

const TABLES: usize = 20;

/// Whose macros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    /// Ours.
    Pgdbm,
    /// The one that is compared.
    Sqlx,
}

impl Library {
    /// Ours last, so that theirs finds a machine no warmer.
    pub const BOTH: [Library; 2] = [Library::Sqlx, Library::Pgdbm];

    /// As tables show it.
    pub fn name(self) -> &'static str {
        match self {
            Library::Pgdbm => "pgdbm",
            Library::Sqlx => "sqlx",
        }
    }

    fn dependency(self) -> String {
        match self {
            Library::Pgdbm => {
                let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
                let here = here.canonicalize().unwrap_or(here);
                format!("pgdbm = {{ path = {:?} }}", here.display().to_string())
            }
            Library::Sqlx => r#"sqlx = { version = "=0.9.0", default-features = false, features = ["macros", "postgres", "runtime-tokio"] }"#.to_owned(),
        }
    }

    fn table(self, name: &str) -> String {
        match self {
            Library::Pgdbm => format!("{{{{tables.{name}}}}}"),
            Library::Sqlx => name.to_owned(),
        }
    }

    /// The text of one migration; each makes a table.
    fn migration(self, number: usize) -> String {
        let table = self.table(&format!("area_{number}"));
        format!(
            "CREATE TABLE {table} (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n    title text NOT NULL,\n    note text,\n    \
             amount integer NOT NULL DEFAULT 0,\n    share double precision,\n    is_open boolean NOT NULL DEFAULT true,\n    \
             kind smallint NOT NULL DEFAULT 1,\n    CHECK (amount >= 0)\n);\n"
        )
    }
}

/// Everything that makes the tables, for a server.
pub fn all_tables() -> String {
    (0..TABLES)
        .map(|number| Library::Sqlx.migration(number))
        .collect()
}

/// A workspace of one library, with a crate for each number of queries.
#[derive(Debug)]
pub struct Project {
    library: Library,
    directory: PathBuf,
}

impl Project {
    /// Writes it.
    ///
    /// # Errors
    /// When the files cannot be written.
    pub fn new(library: Library, workshop: &Path, crates: &[usize]) -> Result<Project, String> {
        let project = Project {
            library,
            directory: workshop.join(library.name()),
        };
        let members: Vec<_> = crates
            .iter()
            .map(|queries| format!("\"queries_{queries}\""))
            .collect();
        project.write(
            "Cargo.toml",
            &format!(
                "[workspace]\nresolver = \"3\"\nmembers = [{}]\n",
                members.join(", ")
            ),
        )?;
        // The versions that this package has, for both.
        project.write("Cargo.lock", include_str!("../../Cargo.lock"))?;
        for &queries in crates {
            let name = format!("queries_{queries}");
            project.write(
                &format!("{name}/Cargo.toml"),
                &format!(
                    "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{}\n",
                    library.dependency()
                ),
            )?;
            for number in 0..TABLES {
                let file = format!("{name}/migrations/{:03}_area_{number}.sql", number + 1);
                project.write(&file, &library.migration(number))?;
            }
            project.set_queries(queries, false)?;
        }
        Ok(project)
    }

    fn write(&self, path: &str, text: &str) -> Result<(), String> {
        let path = self.directory.join(path);
        let write = || {
            if let Some(directory) = path.parent() {
                fs::create_dir_all(directory)?;
            }
            fs::write(&path, text)
        };
        write().map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Writes the functions of a crate; the middle one is another if it was edited.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_queries(&self, queries: usize, edited: bool) -> Result<(), String> {
        let mut text = String::from("//! Generated.\n");
        for number in 0..queries {
            let operator = if edited && number == queries / 2 {
                ">="
            } else {
                ">"
            };
            text.push_str(&self.function(number, operator));
        }
        self.write(&format!("queries_{queries}/src/lib.rs"), &text)
    }

    /// Takes the functions away: what is left compiles without a description.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn without_queries(&self, queries: usize) -> Result<(), String> {
        let name = self.library.name();
        let text = format!("//! Generated.\n\npub use {name}::query;\n");
        self.write(&format!("queries_{queries}/src/lib.rs"), &text)
    }

    fn function(&self, number: usize, operator: &str) -> String {
        let table = self.library.table(&format!("area_{}", number % TABLES));
        let (pool, error, query) = match self.library {
            Library::Pgdbm => ("pgdbm::DatabaseManager", "pgdbm::Error", "pgdbm::query!"),
            Library::Sqlx => ("sqlx::PgPool", "sqlx::Error", "sqlx::query!"),
        };
        format!(
            "\npub async fn query_{number}(db: &{pool}, id: i64, most: i32) -> Result<(String, Option<String>, i32), {error}> {{\n    \
             let row = {query}(\n        \"SELECT id, title, note, amount FROM {table} WHERE id {operator} $1 AND amount + {number} < $2\",\n        \
             id,\n        most\n    )\n    .fetch_one(db)\n    .await?;\n    Ok((row.title, row.note, row.amount))\n}}\n"
        )
    }

    /// Gives a crate's source the time of now, as an editor does that saves it unchanged.
    ///
    /// # Errors
    /// When the file cannot be touched.
    pub fn touch(&self, queries: usize) -> Result<(), String> {
        let path = self.directory.join(format!("queries_{queries}/src/lib.rs"));
        let file = fs::File::options().append(true).open(&path);
        let touched = file.and_then(|file| file.set_modified(SystemTime::now()));
        touched.map_err(|error| format!("{}: {error}", path.display()))
    }

    /// `cargo` for one crate, without a server and without the network.
    pub fn cargo(&self, command: &str, queries: usize, build: &Build) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args([command, "--quiet", "--offline", "--package"])
            .arg(format!("queries_{queries}"))
            .arg("--target-dir")
            .arg(self.directory.join(build.directory))
            .current_dir(&self.directory)
            .env_remove("DATABASE_URL")
            .env_remove("SQLX_OFFLINE_DIR")
            .env("SQLX_OFFLINE", "true")
            .envs(build.variables.iter().copied());
        cargo
    }

    /// Takes the time of `cargo check`.
    ///
    /// # Errors
    /// When it fails.
    pub fn check(&self, queries: usize, build: &Build) -> Result<Cost, String> {
        timed(&mut self.cargo("check", queries, build))
    }

    /// Lets sqlx describe the queries of a crate, before and after the edit, with a server; what it learns goes where `cargo sqlx prepare`
    /// puts it. Without it, the crate must not compile: else something else than the offline mode would be measured.
    ///
    /// # Errors
    /// When it fails, or the crate compiles without the descriptions.
    pub fn prepare(&self, queries: usize, url: &str, build: &Build) -> Result<(), String> {
        if let Ok(cost) = self.check(queries, build) {
            return Err(format!(
                "sqlx compiles without a server and without descriptions, in {cost:?}"
            ));
        }
        let answers = self.directory.join(format!("queries_{queries}/.sqlx"));
        fs::create_dir_all(&answers).map_err(|error| format!("{}: {error}", answers.display()))?;
        for edited in [true, false] {
            self.set_queries(queries, edited)?;
            let mut online = self.cargo("check", queries, build);
            online
                .env("DATABASE_URL", url)
                .env("SQLX_OFFLINE_DIR", &answers)
                .env("SQLX_OFFLINE", "false");
            timed(&mut online)?;
        }
        let written = fs::read_dir(&answers)
            .map_err(|error| error.to_string())?
            .count();
        if written == queries + 1 {
            Ok(())
        } else {
            Err(format!(
                "sqlx wrote {written} descriptions of {} queries",
                queries + 1
            ))
        }
    }

    /// The number of packages that a crate compiles besides itself.
    ///
    /// # Errors
    /// When cargo does not say.
    pub fn packages(&self, queries: usize) -> Result<usize, String> {
        let mut tree = Command::new("cargo");
        tree.args([
            "tree",
            "--offline",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]);
        tree.arg("--package")
            .arg(format!("queries_{queries}"))
            .current_dir(&self.directory);
        let output = crate::processes::output(&mut tree)?;
        let text = String::from_utf8_lossy(&output.stdout);
        // What was shown before is marked with a star.
        let names = text.lines().map(|line| line.trim_end_matches(" (*)"));
        let names: std::collections::HashSet<&str> =
            names.filter(|name| !name.is_empty()).collect();
        names
            .len()
            .checked_sub(1)
            .ok_or_else(|| format!("cargo tree: {}", String::from_utf8_lossy(&output.stderr)))
    }
}

/// How a project is compiled, and where that goes.
#[derive(Clone, Copy, Debug)]
pub struct Build {
    /// The target directory, in the project.
    pub directory: &'static str,
    /// Settings of cargo.
    pub variables: &'static [(&'static str, &'static str)],
}

/// As cargo does it when nothing is said.
pub const PLAIN: Build = Build {
    directory: "target-plain",
    variables: &[],
};

/// With what the documentation recommends: `[profile.dev.build-override] opt-level = 3`.
pub const OVERRIDDEN: Build = Build {
    directory: "target-overridden",
    variables: &[("CARGO_PROFILE_DEV_BUILD_OVERRIDE_OPT_LEVEL", "3")],
};
