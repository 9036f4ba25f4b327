//! Packages of their own, made for a test: what cargo and the compiler do with them shows there alone.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::run::{Outcome, cargo, root};

/// A package that depends on pgdbm, in the target directory. What was compiled for it before is kept.
pub(crate) struct Package {
    name: String,
    directory: PathBuf,
}

impl Package {
    /// Makes it anew.
    pub(crate) fn new(name: &str, more: &str) -> Result<Self, String> {
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root().join("target"), |directory| root().join(directory));
        let directory = target.join("packages").join(name);
        let package = Package {
            name: name.to_owned(),
            directory,
        };
        if package.directory.exists() {
            let removed = std::fs::remove_dir_all(&package.directory);
            removed.map_err(|error| package.problem("remove", "", &error))?;
        }
        package.write_manifest(more)?;
        // The versions that are there already.
        let lock = std::fs::read_to_string(root().join("Cargo.lock"));
        let lock = lock.map_err(|error| format!("Cargo.lock: {error}"))?;
        package.write("Cargo.lock", &lock)?;
        Ok(package)
    }

    /// Writes Cargo.toml, with this at its end.
    pub(crate) fn write_manifest(&self, more: &str) -> Outcome {
        let name = &self.name;
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             pgdbm = {{ path = {:?} }}\n\n[workspace]\n\n{more}",
            root()
        );
        self.write("Cargo.toml", &manifest)
    }

    pub(crate) fn write(&self, file: &str, text: &str) -> Outcome {
        let path = self.directory.join(file);
        let parent = path.parent().unwrap_or(&self.directory);
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&path, text))
            .map_err(|error| self.problem("write", file, &error))
    }

    pub(crate) fn remove(&self, file: &str) -> Outcome {
        std::fs::remove_file(self.directory.join(file))
            .map_err(|error| self.problem("remove", file, &error))
    }

    /// `cargo` in the package, without the network. All packages share what is compiled for them.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = cargo(arguments);
        let target = self
            .directory
            .parent()
            .unwrap_or(Path::new("."))
            .join("target");
        command
            .arg("--offline")
            .current_dir(&self.directory)
            .env("CARGO_TARGET_DIR", target)
            .stdin(Stdio::null());
        command
    }

    fn problem(&self, what: &str, file: &str, error: &std::io::Error) -> String {
        let path = self.directory.join(file);
        format!("cannot {what} {}: {error}", path.display())
    }
}
