//! The server kit: any PostgreSQL major that pgdbm supports, the installed one or else one that is fetched.

mod cache;
mod installed;
mod package;
mod pin;
mod symlinks;

use std::path::PathBuf;

use crate::run::Outcome;

/// A server of some major.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    /// The directory of `initdb`, `pg_ctl` and `postgres`.
    pub(crate) bin_directory: PathBuf,
    /// What `postgres --version` prints.
    pub(crate) version: String,
}

pub(crate) fn pg(arguments: &[String]) -> Outcome {
    let majors = majors()?;
    let usage = || {
        format!(
            "which major version?\n  help: cargo xtask pg <{}> [--pinned]",
            list(&majors).replace(", ", "|")
        )
    };
    let (major, pinned) = match arguments {
        [major] => (major, false),
        [major, flag] | [flag, major] if flag == "--pinned" => (major, true),
        _ => return Err(usage()),
    };
    let major = parse_major(major, &majors)?;
    let server = if pinned {
        fetched(major)?
    } else {
        server(major)?
    };
    eprintln!("{}", server.version);
    println!("{}", server.bin_directory.display());
    Ok(())
}

/// The installed server of this major, because that is what users have; without one, the pinned one, which is fetched
/// unless it was fetched before.
pub(crate) fn server(major: u32) -> Result<Server, String> {
    match installed::find(major) {
        Some(server) => Ok(server),
        None => fetched(major),
    }
}

/// The pinned server of this major, also when another one is installed.
fn fetched(major: u32) -> Result<Server, String> {
    let platform = pin::platform(std::env::consts::OS, std::env::consts::ARCH)
        .ok_or_else(|| pin::no_platform(major))?;
    let pin = pin::find(&pin::table()?, major, platform)?;
    package::ensure(&pin, &cache::directory()?)
}

/// The majors of which some platform has a pinned server, in order.
pub(crate) fn majors() -> Result<Vec<u32>, String> {
    let mut majors: Vec<u32> = pin::table()?.iter().map(|pin| pin.major).collect();
    majors.sort_unstable();
    majors.dedup();
    Ok(majors)
}

/// A major as somebody types it.
pub(crate) fn parse_major(text: &str, known: &[u32]) -> Result<u32, String> {
    let major = text.parse().ok().filter(|major| known.contains(major));
    major.ok_or_else(|| {
        format!(
            "`{text}` is no major version that the kit has\n  help: choose one of {}",
            list(known)
        )
    })
}

fn list(majors: &[u32]) -> String {
    let majors: Vec<String> = majors.iter().map(u32::to_string).collect();
    majors.join(", ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests {
    use super::{majors, parse_major};

    #[test]
    fn the_kit_has_every_major_that_is_supported() {
        assert_eq!(majors().unwrap(), [14, 15, 16, 17, 18]);
    }

    #[test]
    fn a_major_is_a_number_that_the_kit_has() {
        assert_eq!(parse_major("15", &[14, 15]), Ok(15));
        for wrong in ["13", "15.18", "", "latest", "-15"] {
            assert_eq!(
                parse_major(wrong, &[14, 15]).unwrap_err(),
                format!(
                    "`{wrong}` is no major version that the kit has\n  help: choose one of 14, 15"
                )
            );
        }
    }
}
