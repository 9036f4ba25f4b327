//! Connection URLs: for a socket directory, and for another database of a given server.

use std::path::Path;

/// The URL of a database behind the unix socket in `socket_directory`, as the user `postgres`.
pub(crate) fn for_socket(socket_directory: &Path, database: &str) -> String {
    let directory = encode(socket_directory.as_os_str().as_encoded_bytes(), b"/");
    format!(
        "postgres://postgres@/{}?host={directory}",
        encode(database.as_bytes(), b"")
    )
}

/// The same connection string with another database.
///
/// Follows [libpq's two forms](https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING): a URI,
/// whose path is the database unless a parameter `dbname` says otherwise, and `keyword=value` pairs, where the last
/// `dbname` counts.
pub(crate) fn with_database(connection: &str, database: &str) -> String {
    let Some(authority) = ["postgres://", "postgresql://"]
        .iter()
        .find_map(|scheme| {
            connection
                .get(..scheme.len())
                .filter(|start| start.eq_ignore_ascii_case(scheme))
        })
        .map(str::len)
    else {
        let escaped = database.replace('\\', "\\\\").replace('\'', "\\'");
        return format!("{connection} dbname='{escaped}'");
    };
    let (before_query, query) = match connection.split_once('?') {
        Some((before, query)) => (before, Some(query)),
        None => (connection, None),
    };
    let path = before_query
        .get(authority..)
        .and_then(|rest| rest.find('/'))
        .map_or(before_query.len(), |at| authority + at);
    let mut url = format!(
        "{}/{}",
        &before_query[..path],
        encode(database.as_bytes(), b"")
    );
    let parameters: Vec<&str> = query
        .into_iter()
        .flat_map(|query| query.split('&'))
        .filter(|pair| !is_dbname(pair))
        .collect();
    for (index, parameter) in parameters.iter().enumerate() {
        url.push(if index == 0 { '?' } else { '&' });
        url.push_str(parameter);
    }
    url
}

fn is_dbname(parameter: &str) -> bool {
    parameter
        .split_once('=')
        .map_or(parameter, |(name, _)| name)
        == "dbname"
}

/// Percent-encodes everything but RFC 3986's unreserved characters and those in `kept`.
fn encode(bytes: &[u8], kept: &[u8]) -> String {
    let mut encoded = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || kept.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{for_socket, with_database};

    #[test]
    fn socket_paths_and_database_names_are_percent_encoded() {
        assert_eq!(
            for_socket(Path::new("/tmp/a b&c/ü"), "x/y?z"),
            "postgres://postgres@/x%2Fy%3Fz?host=/tmp/a%20b%26c/%C3%BC"
        );
    }

    #[test]
    fn another_database_replaces_the_path_and_keeps_everything_else() {
        for (given, expected) in [
            (
                "postgres://u:p%2Fw@h:5432/old?sslmode=require",
                "postgres://u:p%2Fw@h:5432/n%20w?sslmode=require",
            ),
            ("postgres://u@h", "postgres://u@h/n%20w"),
            (
                "postgres://u@h?application_name=a/b",
                "postgres://u@h/n%20w?application_name=a/b",
            ),
            ("PostgreSQL://u@h/old", "PostgreSQL://u@h/n%20w"),
            (
                "postgresql:///old?dbname=older&host=/tmp",
                "postgresql:///n%20w?host=/tmp",
            ),
            ("postgresql:///?dbname=older", "postgresql:///n%20w"),
            ("host=h dbname=old", "host=h dbname=old dbname='n w'"),
        ] {
            assert_eq!(with_database(given, "n w"), expected);
        }
        assert_eq!(
            with_database("host=h", r"a'b\c"),
            r"host=h dbname='a\'b\\c'"
        );
    }
}
