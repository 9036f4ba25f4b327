//! The parameters about encryption in a connection string, which we read ourselves.

use percent_encoding::percent_decode_str;

use crate::Error;

/// The parameters that are taken.
pub(super) const NAMES: [&str; 4] = ["sslmode", "sslrootcert", "sslcert", "sslkey"];

type Taken = Vec<(&'static str, String)>;

/// Splits a connection string, URL or `key=value`, into what the driver is to read and the values of [`NAMES`].
///
/// Everything else stays as it was written. What is malformed stays too, for the driver to complain about.
pub(super) fn take(connection: &str) -> Result<(String, Taken), Error> {
    let url = ["postgres://", "postgresql://"]
        .iter()
        .find_map(|scheme| connection.strip_prefix(scheme));
    match url {
        Some(after_scheme) => take_from_url(connection, after_scheme),
        None => Ok(take_from_pairs(connection)),
    }
}

fn taken_name(key: &str) -> Option<&'static str> {
    NAMES.into_iter().find(|name| *name == key)
}

fn take_from_url(url: &str, after_scheme: &str) -> Result<(String, Taken), Error> {
    // As the driver has it, credentials end at the first `@`: a `?` before it is part of the password.
    let after_credentials = after_scheme
        .split_once('@')
        .map_or(after_scheme, |(_, after)| after);
    let Some((_, query)) = after_credentials.split_once('?') else {
        return Ok((url.to_owned(), Taken::new()));
    };
    let mut kept: Vec<&str> = Vec::new();
    let mut taken = Taken::new();
    let mut rest = query;
    while !rest.is_empty() {
        // As the driver has it, a key reaches to the next `=`, whatever stands before it.
        let Some((key, after)) = rest.split_once('=') else {
            kept.push(rest);
            break;
        };
        let (value, next) = after.split_once('&').unwrap_or((after, ""));
        match taken_name(&percent_decode_str(key).decode_utf8_lossy()) {
            Some(name) => {
                let value = percent_decode_str(value).decode_utf8().map_err(|_| {
                    Error::config(format!(
                        "the value of `{name}` in the connection string is not UTF-8"
                    ))
                })?;
                taken.push((name, value.into_owned()));
            }
            None => kept.push(&rest[..key.len() + 1 + value.len()]),
        }
        rest = next;
    }
    let before_query = &url[..url.len() - query.len()];
    Ok((format!("{before_query}{}", kept.join("&")), taken))
}

fn take_from_pairs(text: &str) -> (String, Taken) {
    let mut kept: Vec<&str> = Vec::new();
    let mut taken = Taken::new();
    let mut rest = text;
    while let Some((key, value, after)) = pair(rest) {
        match taken_name(key) {
            Some(name) => taken.push((name, value)),
            None => kept.push(&rest[..rest.len() - after.len()]),
        }
        rest = after.trim_start();
    }
    if !rest.is_empty() {
        kept.push(rest);
    }
    (kept.join(" "), taken)
}

/// The first `key = value`, unquoted, and what follows it. PostgreSQL manual, section "Keyword/Value Connection
/// Strings": white space may surround the `=`, quotes enclose a value, a backslash protects a character in both forms.
fn pair(text: &str) -> Option<(&str, String, &str)> {
    let (key, after) = text.split_at(text.find(|c: char| c.is_whitespace() || c == '=')?);
    let after = after.trim_start().strip_prefix('=')?.trim_start();
    let (quoted, body) = after
        .strip_prefix('\'')
        .map_or((false, after), |body| (true, body));
    let mut value = String::new();
    let mut characters = body.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\'' if quoted => return Some((key, value, &body[at + 1..])),
            _ if !quoted && character.is_whitespace() => return Some((key, value, &body[at..])),
            '\\' => value.extend(characters.next().map(|(_, protected)| protected)),
            _ => value.push(character),
        }
    }
    (!quoted).then_some((key, value, ""))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says by panicking what is wrong")]
mod tests {
    use super::take;

    fn check(given: &str, rest: &str, taken: &[(&str, &str)]) {
        let (kept, found) = take(given).unwrap();
        assert_eq!(kept, rest, "{given}");
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        assert_eq!(found, taken, "{given}");
    }

    #[test]
    fn a_url_keeps_everything_else_as_it_was() {
        check("postgres://u:p%2F@h:1/d", "postgres://u:p%2F@h:1/d", &[]);
        check(
            "postgresql://h?sslmode=verify-full",
            "postgresql://h?",
            &[("sslmode", "verify-full")],
        );
        check(
            "postgres://u@h/d?host=%2Ftmp&sslmode=require&options=-c%20a%3Db&sslrootcert=/a%20b/%C3%BC.pem&connect_timeout=3",
            "postgres://u@h/d?host=%2Ftmp&options=-c%20a%3Db&connect_timeout=3",
            &[("sslmode", "require"), ("sslrootcert", "/a b/ü.pem")],
        );
        check(
            "postgres://h/d?s%73lmode=disable&sslcert=c=d&sslkey=",
            "postgres://h/d?",
            &[("sslmode", "disable"), ("sslcert", "c=d"), ("sslkey", "")],
        );
        check(
            "postgres://h/sslmode=require",
            "postgres://h/sslmode=require",
            &[],
        );
    }

    #[test]
    fn a_password_is_not_searched() {
        for url in [
            "postgres://u:p?sslmode=disable&x@h/d",
            "postgres://u:?sslkey=x@h",
        ] {
            check(url, url, &[]);
        }
        check(
            "postgres://u:a?b@h/d?sslmode=disable",
            "postgres://u:a?b@h/d?",
            &[("sslmode", "disable")],
        );
        check(
            r"password='x sslmode=disable' host=h",
            r"password='x sslmode=disable' host=h",
            &[],
        );
        check(
            r"password='it\'s sslmode=disable'",
            r"password='it\'s sslmode=disable'",
            &[],
        );
        check(
            r"password=x\ sslmode=disable",
            r"password=x\ sslmode=disable",
            &[],
        );
    }

    #[test]
    fn pairs_keep_everything_else_as_they_were() {
        check(
            "host=h sslmode=verify-ca user=u",
            "host=h user=u",
            &[("sslmode", "verify-ca")],
        );
        check(
            "host = 'a b'\n sslrootcert = '/a b/\\'c\\\\.pem' sslcert=/x\\ y dbname=ü",
            "host = 'a b' dbname=ü",
            &[("sslrootcert", "/a b/'c\\.pem"), ("sslcert", "/x y")],
        );
        check("sslmode=", "", &[("sslmode", "")]);
        check(
            "sslmode='' sslmode=a",
            "",
            &[("sslmode", ""), ("sslmode", "a")],
        );
    }

    #[test]
    fn what_is_malformed_is_left_to_the_driver() {
        for text in [
            "",
            "nonsense",
            "host",
            "=x",
            "postgres://h/d?sslmode",
            "postgres://h?a&sslmode=x",
            "host='x sslmode=y",
        ] {
            check(text, text, &[]);
        }
        check("host=h nonsense", "host=h nonsense", &[]);
        assert!(take("postgres://h/d?sslkey=%FF").unwrap_err().is_config());
    }
}
