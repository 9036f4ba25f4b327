//! The symbolic links of a prebuilt server. npm packages cannot hold any, so a list in the package names them.

use std::path::{Component, Path};

/// A link: `path` is to point to `name` in the same directory.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Symlink {
    /// From the package's root.
    pub(crate) path: String,
    pub(crate) name: String,
}

/// Reads the list: JSON, an array of objects with the two strings `source` and `target`.
///
/// It accepts that form and no other: what it does not know is an error, not a link to somewhere.
pub(crate) fn parse(text: &str) -> Result<Vec<Symlink>, String> {
    let mut reader = Reader(text);
    let mut links = Vec::new();
    reader.expect('[')?;
    if !reader.accept(']') {
        loop {
            links.push(reader.link()?);
            if !reader.accept(',') {
                break;
            }
        }
        reader.expect(']')?;
    }
    match reader.rest() {
        "" => Ok(links),
        rest => Err(format!("`{}` stands behind the list", beginning(rest))),
    }
}

/// Makes the links below the package's root. The list names no link that leaves it.
pub(crate) fn make(root: &Path, links: &[Symlink]) -> Result<(), String> {
    for link in links {
        let path = root.join(&link.path);
        symlink(&link.name, &path)
            .map_err(|error| format!("cannot make the link {}: {error}", path.display()))?;
    }
    Ok(())
}

#[cfg(unix)]
fn symlink(name: &str, path: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(name, path)
}

#[cfg(not(unix))]
fn symlink(_: &str, _: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

struct Reader<'a>(&'a str);

impl<'a> Reader<'a> {
    fn link(&mut self) -> Result<Symlink, String> {
        self.expect('{')?;
        let (mut source, mut target) = (None, None);
        loop {
            let key = self.string()?;
            self.expect(':')?;
            let value = self.string()?;
            let place = match key {
                "source" => &mut source,
                "target" => &mut target,
                _ => return Err(format!("the key `{key}` is not known")),
            };
            if place.replace(value).is_some() {
                return Err(format!("the key `{key}` stands there twice"));
            }
            if !self.accept(',') {
                break;
            }
        }
        self.expect('}')?;
        match (source, target) {
            (Some(source), Some(target)) => link(source, target),
            _ => Err("a link without `source` or without `target`".to_owned()),
        }
    }

    /// A string without escapes, which no name of a library needs.
    fn string(&mut self) -> Result<&'a str, String> {
        self.expect('"')?;
        let (value, rest) = self
            .0
            .split_once('"')
            .ok_or_else(|| "a string does not end".to_owned())?;
        if value.contains('\\') {
            return Err(format!("the string `{value}` has an escape"));
        }
        self.0 = rest;
        Ok(value)
    }

    fn expect(&mut self, wanted: char) -> Result<(), String> {
        if self.accept(wanted) {
            return Ok(());
        }
        Err(match beginning(self.0) {
            "" => format!("`{wanted}` is missing at the end"),
            found => format!("`{wanted}` is missing before `{found}`"),
        })
    }

    fn accept(&mut self, wanted: char) -> bool {
        let after = self.rest().strip_prefix(wanted);
        after.map(|rest| self.0 = rest).is_some()
    }

    fn rest(&mut self) -> &'a str {
        self.0 = self.0.trim_start();
        self.0
    }
}

fn link(source: &str, target: &str) -> Result<Symlink, String> {
    for path in [source, target] {
        let inside = |component: Component<'_>| matches!(component, Component::Normal(_));
        if path.is_empty() || !Path::new(path).components().all(inside) {
            return Err(format!("the path `{path}` may lead out of the package"));
        }
    }
    let (from, to) = (Path::new(target), Path::new(source));
    match to.file_name().and_then(|name| name.to_str()) {
        Some(name) if from.parent() == to.parent() && from != to => Ok(Symlink {
            path: target.to_owned(),
            name: name.to_owned(),
        }),
        _ => Err(format!(
            "the link `{target}` does not lead to another file beside it: `{source}`"
        )),
    }
}

fn beginning(text: &str) -> &str {
    let end = text.char_indices().nth(20).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests {
    use super::{Symlink, parse};

    #[test]
    fn a_list_is_read_in_either_order_of_the_keys() {
        let list = r#"[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so"},
            { "target" : "native/lib/libpq.so.5", "source" : "native/lib/libpq.so.5.18" }]
        "#;
        let to = |path: &str| Symlink {
            path: path.to_owned(),
            name: "libpq.so.5.18".to_owned(),
        };
        assert_eq!(
            parse(list).unwrap(),
            [to("native/lib/libpq.so"), to("native/lib/libpq.so.5")]
        );
        assert_eq!(parse(" [ ] ").unwrap(), []);
    }

    #[test]
    fn what_is_not_such_a_list_is_an_error() {
        for (list, problem) in [
            ("", "`[` is missing at the end"),
            ("{}", "`[` is missing before `{}`"),
            ("[", "`{` is missing at the end"),
            ("[] []", "`[]` stands behind the list"),
            (r#"[{"source":"a""#, "`}` is missing at the end"),
            (
                r#"[{"source":"a"}]"#,
                "without `source` or without `target`",
            ),
            (r#"[{"source":1}]"#, "`\"` is missing before `1}]`"),
            (
                r#"[{"source":"a","source":"b"}]"#,
                "the key `source` stands there twice",
            ),
            (
                r#"[{"from":"a","target":"b"}]"#,
                "the key `from` is not known",
            ),
            (
                r#"[{"source":"a\n","target":"b"}]"#,
                "the string `a\\n` has an escape",
            ),
            (r#"[{"source":"a","target":"b}]"#, "a string does not end"),
            (
                r#"[{"source":"a","target":"../b"}]"#,
                "the path `../b` may lead out of the package",
            ),
            (
                r#"[{"source":"/etc/passwd","target":"b"}]"#,
                "the path `/etc/passwd` may lead out of the package",
            ),
            (
                r#"[{"source":"","target":"b"}]"#,
                "the path `` may lead out of the package",
            ),
            (
                r#"[{"source":"x/a","target":"y/b"}]"#,
                "the link `y/b` does not lead to another file beside it: `x/a`",
            ),
            (
                r#"[{"source":"x/a","target":"x/a"}]"#,
                "the link `x/a` does not lead to another file beside it: `x/a`",
            ),
        ] {
            let error = parse(list).unwrap_err();
            assert!(error.contains(problem), "{list}: {error}");
        }
    }
}
