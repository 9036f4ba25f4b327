//! The versions of migrations.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// The version of a migration: numbers with dots or underscores between them.
///
/// Versions are compared number by number, of any length, so that 2 comes before 10 and a timestamp after both. Leading
/// zeros and trailing zero parts make no difference: `001`, `1` and `1.0` are one version. `Display` keeps the writing.
///
/// ```
/// use pgdbm_template::Version;
///
/// let version = |text: &str| text.parse::<Version>();
/// assert!(version("2")? < version("10")?);
/// assert_eq!(version("001")?, version("1")?);
/// assert_eq!(version("001")?.to_string(), "001");
/// assert!(version("1.2")? < version("1.10")?);
/// # Ok::<(), pgdbm_template::VersionError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Version {
    written: String,
}

impl Version {
    /// The version as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The numbers without leading zeros; zero is empty.
    fn parts(&self) -> impl Iterator<Item = &str> {
        // Trailing zero parts must not tell versions apart, so they are left out.
        let end = self.written.trim_end_matches(['0', '.', '_']).len();
        let whole = self.written.as_bytes().get(end..).unwrap_or_default();
        // Zeros right behind a digit belong to its number: 10 is not 1.
        let zeros = whole.iter().take_while(|&&byte| byte == b'0').count();
        let kept = if end == 0 { 0 } else { end + zeros };
        let kept = self.written.get(..kept).unwrap_or_default();
        kept.split(['.', '_'])
            .filter(move |_| !kept.is_empty())
            .map(|part| part.trim_start_matches('0'))
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(character) = text
            .chars()
            .find(|character| !character.is_ascii_digit() && !matches!(character, '.' | '_'))
        {
            return Err(VersionError(Reason::Character(character)));
        }
        if text.split(['.', '_']).any(str::is_empty) {
            return Err(VersionError(Reason::EmptyPart));
        }
        Ok(Self {
            written: text.to_owned(),
        })
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let mut left = self.parts();
        let mut right = other.parts();
        loop {
            let order = match (left.next(), right.next()) {
                (None, None) => return Ordering::Equal,
                (None, Some(_)) => Ordering::Less,
                (Some(_), None) => Ordering::Greater,
                (Some(left), Some(right)) => {
                    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
                }
            };
            if order != Ordering::Equal {
                return order;
            }
        }
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for part in self.parts() {
            part.hash(state);
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.written)
    }
}

/// Why a text is no [`Version`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionError(Reason);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Reason {
    EmptyPart,
    Character(char),
}

impl fmt::Display for VersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Reason::EmptyPart => {
                f.write_str("a number is missing in the version; write it as `1`, `001`, or `1.2`")
            }
            Reason::Character(character) => write!(
                f,
                "a version holds numbers with dots or underscores between them, not `{}`",
                character.escape_debug()
            ),
        }
    }
}

impl std::error::Error for VersionError {}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn versions_in_order() {
        let ascending = [
            "0",
            "0.1",
            "1",
            "1.0.1",
            "1.1",
            "1_2",
            "1.10",
            "2",
            "10",
            "10.0.0.1",
            "10.1",
            "11",
            "100",
            "20240101120000",
            "99999999999999999999999999999998",
            "99999999999999999999999999999999",
        ];
        for (index, left) in ascending.iter().enumerate() {
            for (other, right) in ascending.iter().enumerate() {
                let (left, right): (Version, Version) =
                    (left.parse().unwrap(), right.parse().unwrap());
                assert_eq!(left.cmp(&right), index.cmp(&other), "{left} {right}");
            }
        }
    }

    #[test]
    fn one_version_in_several_writings() {
        for same in [
            ["1", "001"],
            ["1", "1.0"],
            ["0", "0.0"],
            ["0", "000"],
            ["1.2", "1_2"],
            ["10", "10.0_00"],
        ] {
            let versions: HashSet<Version> =
                same.iter().map(|text| text.parse().unwrap()).collect();
            assert_eq!(versions.len(), 1, "{same:?}");
        }
        assert_ne!("1".parse::<Version>().unwrap(), "10".parse().unwrap());
        assert_ne!("1".parse::<Version>().unwrap(), "0.1".parse().unwrap());
    }

    #[test]
    fn texts_that_are_no_version() {
        for text in ["", ".", "1.", ".1", "1..2", "1a", "-1", "１", "1 "] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }
}
