//! The names of migration files.

use std::fmt;

use super::version::Version;
use crate::diagnostic::excerpt;

/// What the name of a migration file says.
///
/// | name | version | kind |
/// | --- | --- | --- |
/// | `001_init.sql`, `20240101120000_init.sql`, `1.2_init.sql` | before the first underscore | versioned |
/// | `001_init.up.sql`, `001_init.down.sql` | before the first underscore | versioned, undo |
/// | `V1__init.sql`, `V1.2__init.sql`, `V1_2__init.sql` | between the letter and two underscores | versioned |
/// | `U1__init.sql` | likewise | undo |
/// | `R__views.sql` | none | repeatable |
///
/// ```
/// use pgdbm_template::{FileKind, FileName};
///
/// let name = FileName::parse("001_create_users.sql")?;
/// assert_eq!(name.version.map(|version| version.to_string()).as_deref(), Some("001"));
/// assert_eq!(name.description, "create_users");
/// assert_eq!(name.kind, FileKind::Versioned);
/// # Ok::<(), pgdbm_template::FileNameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileName {
    /// The version; repeatable migrations have none.
    pub version: Option<Version>,
    /// What the name says beside the version and the kind; never empty.
    pub description: String,
    /// What the file is for.
    pub kind: FileKind,
}

/// What a migration file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileKind {
    /// It runs once, in the order of versions.
    Versioned,
    /// It takes back the migration of the same version.
    Undo,
    /// It runs after all versions, each time when its content has changed.
    Repeatable,
}

impl FileName {
    /// Reads a file's name, given without its directory.
    ///
    /// # Errors
    ///
    /// Says what the name lacks and how to write it. A name that does not end in `.sql`, or starts with a dot, is an error as
    /// well, one that [`FileNameError::is_not_sql`] tells from the others: such files are no migrations and are left alone.
    pub fn parse(name: &str) -> Result<Self, FileNameError> {
        let refuse = |reason| {
            Err(FileNameError {
                reason,
                name: excerpt(name),
            })
        };
        // Hidden files are those of editors, version control and file systems: `.#001_a.sql`, `._001_a.sql`.
        if name.starts_with('.') {
            return refuse(Reason::NotSql);
        }
        let Some((stem, ending)) = name.split_at_checked(name.len().saturating_sub(4)) else {
            return refuse(Reason::NotSql);
        };
        if !ending.eq_ignore_ascii_case(".sql") {
            return refuse(Reason::NotSql);
        }
        if ending != ".sql" {
            return refuse(Reason::EndingCase);
        }
        if name.chars().any(char::is_control) {
            return refuse(Reason::ControlCharacter);
        }
        let lower = stem.to_ascii_lowercase();
        let direction = [".up", ".down"]
            .iter()
            .any(|ending| lower.ends_with(ending));
        if direction && !stem.ends_with(".up") && !stem.ends_with(".down") {
            return refuse(Reason::EndingCase);
        }
        match parse_stem(stem) {
            Ok(parsed) => Ok(parsed),
            Err(reason) => refuse(reason),
        }
    }
}

fn parse_stem(stem: &str) -> Result<FileName, Reason> {
    let (plain, direction) = match stem.strip_suffix(".up") {
        Some(plain) => (plain, Some(FileKind::Versioned)),
        None => match stem.strip_suffix(".down") {
            Some(plain) => (plain, Some(FileKind::Undo)),
            None => (stem, None),
        },
    };
    let lettered = match plain.as_bytes() {
        [b'V', b'0'..=b'9', ..] => Some(FileKind::Versioned),
        [b'U', b'0'..=b'9', ..] => Some(FileKind::Undo),
        [b'R', b'_', b'_', ..] => Some(FileKind::Repeatable),
        [b'0'..=b'9', ..] => None,
        _ => return Err(without_version(plain)),
    };
    let Some(kind) = lettered else {
        return numbered(plain, direction.unwrap_or(FileKind::Versioned));
    };
    if direction.is_some() {
        return Err(Reason::TwoKinds);
    }
    let rest = plain.get(1..).unwrap_or_default();
    let Some((version, description)) = rest.split_once("__") else {
        let (version, description) = rest.split_once('_').unwrap_or((rest, ""));
        return Err(Reason::OneUnderscore {
            letter: plain.chars().next().unwrap_or('V'),
            version: excerpt(version),
            description: described(description),
        });
    };
    let version = match kind {
        FileKind::Repeatable => None,
        _ => Some(
            version
                .parse::<Version>()
                .map_err(|error| Reason::Version(error.to_string()))?,
        ),
    };
    named(version, description, kind)
}

/// `001_init`, `1.2_init`.
fn numbered(plain: &str, kind: FileKind) -> Result<FileName, Reason> {
    let is_version = |character: char| character.is_ascii_digit() || character == '.';
    let (version, rest) = plain.split_at(
        plain
            .find(|character| !is_version(character))
            .unwrap_or(plain.len()),
    );
    if !rest.is_empty() && !rest.starts_with('_') {
        return Err(Reason::NoUnderscore {
            version: excerpt(version),
            description: described(rest.trim_start_matches(['-', ' ', '.'])),
        });
    }
    let version = version
        .parse::<Version>()
        .map_err(|error| Reason::Version(error.to_string()))?;
    named(Some(version), rest, kind)
}

fn named(version: Option<Version>, description: &str, kind: FileKind) -> Result<FileName, Reason> {
    let description = description.trim_start_matches('_');
    if description.trim().is_empty() {
        return Err(Reason::NoDescription);
    }
    Ok(FileName {
        version,
        description: description.to_owned(),
        kind,
    })
}

fn without_version(plain: &str) -> Reason {
    let mut characters = plain.chars();
    let letter = characters.next().unwrap_or(' ');
    let rest = characters.as_str();
    let lettered = match letter {
        'v' | 'u' => rest.starts_with(|character: char| character.is_ascii_digit()),
        'r' => rest.starts_with("__"),
        _ => false,
    };
    if lettered {
        Reason::SmallLetter {
            meant: format!("{}{}", letter.to_ascii_uppercase(), excerpt(rest)),
        }
    } else {
        Reason::NoVersion {
            description: described(plain),
        }
    }
}

/// A description for a suggested name: what is there, or something in its place.
fn described(text: &str) -> String {
    if text.trim().is_empty() {
        "description".to_owned()
    } else {
        excerpt(text)
    }
}

/// Why a file's name is no [`FileName`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileNameError {
    reason: Reason,
    name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Reason {
    NotSql,
    EndingCase,
    ControlCharacter,
    NoVersion {
        description: String,
    },
    SmallLetter {
        meant: String,
    },
    OneUnderscore {
        letter: char,
        version: String,
        description: String,
    },
    NoUnderscore {
        version: String,
        description: String,
    },
    Version(String),
    NoDescription,
    TwoKinds,
}

impl FileNameError {
    /// Whether the file is no SQL file at all, or a hidden one, and therefore no migration.
    #[must_use]
    pub fn is_not_sql(&self) -> bool {
        self.reason == Reason::NotSql
    }

    /// What to do, starting with a verb.
    #[must_use]
    pub fn help(&self) -> String {
        match &self.reason {
            Reason::NotSql | Reason::EndingCase => "give it the ending `.sql`".to_owned(),
            Reason::ControlCharacter => "name it with letters, digits and underscores".to_owned(),
            Reason::NoVersion { description } => {
                format!("put the version first: `001_{description}.sql`")
            }
            Reason::SmallLetter { meant } => {
                format!("write the letter as a capital: `{meant}.sql`")
            }
            Reason::OneUnderscore {
                letter,
                version,
                description,
            } => format!(
                "write two underscores after the version: `{letter}{version}__{description}.sql`"
            ),
            Reason::NoUnderscore {
                version,
                description,
            } => {
                format!("write an underscore after the version: `{version}_{description}.sql`")
            }
            Reason::Version(_) => {
                "write the version as a number: `001_init.sql`, `V1.2__init.sql`".to_owned()
            }
            Reason::NoDescription => {
                "say in a word or two what the migration does: `001_init.sql`".to_owned()
            }
            Reason::TwoKinds => {
                "leave out `.up` or `.down`: V, U and R say the kind already".to_owned()
            }
        }
    }
}

impl fmt::Display for FileNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.reason {
            Reason::NotSql => write!(f, "`{name}` is no SQL file"),
            Reason::EndingCase => write!(f, "the ending of `{name}` is not in lower case"),
            Reason::ControlCharacter => {
                write!(f, "the file name `{name}` holds a control character")
            }
            Reason::NoVersion { .. } => write!(f, "the file name `{name}` has no version"),
            Reason::SmallLetter { .. } => {
                write!(f, "the file name `{name}` starts with a small letter")
            }
            Reason::OneUnderscore { .. } => {
                write!(
                    f,
                    "the file name `{name}` lacks two underscores after its version"
                )
            }
            Reason::NoUnderscore { .. } => write!(
                f,
                "the file name `{name}` lacks an underscore after its version"
            ),
            Reason::Version(error) => write!(f, "in the file name `{name}` {error}"),
            Reason::NoDescription => {
                write!(f, "the file name `{name}` says no more than its version")
            }
            Reason::TwoKinds => write!(f, "the file name `{name}` says its kind twice"),
        }
    }
}

impl std::error::Error for FileNameError {}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_read() {
        use FileKind::{Repeatable, Undo, Versioned};
        for (name, version, description, kind) in [
            ("001_init.sql", Some("001"), "init", Versioned),
            ("1_a.sql", Some("1"), "a", Versioned),
            ("1.2_a_b.sql", Some("1.2"), "a_b", Versioned),
            (
                "20240101120000_add users.sql",
                Some("20240101120000"),
                "add users",
                Versioned,
            ),
            ("001__two.sql", Some("001"), "two", Versioned),
            ("001_v1.2.sql", Some("001"), "v1.2", Versioned),
            ("001_init.up.sql", Some("001"), "init", Versioned),
            ("001_init.down.sql", Some("001"), "init", Undo),
            ("V1__init.sql", Some("1"), "init", Versioned),
            ("V1.2__init.sql", Some("1.2"), "init", Versioned),
            ("V1_2__init.sql", Some("1_2"), "init", Versioned),
            ("U1__init.sql", Some("1"), "init", Undo),
            ("R__views.sql", None, "views", Repeatable),
            ("007_größe.sql", Some("007"), "größe", Versioned),
        ] {
            let parsed = FileName::parse(name).unwrap();
            assert_eq!(
                parsed.version.as_ref().map(Version::as_str),
                version,
                "{name}"
            );
            assert_eq!(
                (parsed.description.as_str(), parsed.kind),
                (description, kind),
                "{name}"
            );
        }
    }

    #[test]
    fn names_that_are_refused_and_the_remedy() {
        for (name, message, help) in [
            ("init.sql", "has no version", "`001_init.sql`"),
            ("schema_1.sql", "has no version", "`001_schema_1.sql`"),
            ("001.sql", "no more than its version", "`001_init.sql`"),
            ("001_.sql", "no more than its version", "say in a word"),
            ("V1__.sql", "no more than its version", "say in a word"),
            ("R__.sql", "no more than its version", "say in a word"),
            ("001-init.sql", "lacks an underscore", "`001_init.sql`"),
            ("001 init.sql", "lacks an underscore", "`001_init.sql`"),
            ("001init.sql", "lacks an underscore", "`001_init.sql`"),
            ("V1_init.sql", "lacks two underscores", "`V1__init.sql`"),
            ("V1.sql", "lacks two underscores", "`V1__description.sql`"),
            ("v1__init.sql", "small letter", "`V1__init.sql`"),
            ("r__views.sql", "small letter", "`R__views.sql`"),
            ("1._a.sql", "a number is missing", "as a number"),
            ("V1.a__b.sql", "not `a`", "as a number"),
            ("001_init.SQL", "not in lower case", "`.sql`"),
            ("001_init.DOWN.sql", "not in lower case", "`.sql`"),
            ("V1__init.up.sql", "says its kind twice", "leave out"),
            ("001_a\nb.sql", "control character", "letters"),
        ] {
            let error = FileName::parse(name).unwrap_err();
            assert!(!error.is_not_sql(), "{name}");
            assert!(error.to_string().contains(message), "{name}: {error}");
            assert!(error.help().contains(help), "{name}: {}", error.help());
        }
        for name in [
            "",
            "README.md",
            "001_init.sql.bak",
            "sql",
            ".gitkeep",
            "é",
            ".#001_a.sql",
            "._001_a.sql",
        ] {
            assert!(FileName::parse(name).unwrap_err().is_not_sql(), "{name}");
        }
    }
}
