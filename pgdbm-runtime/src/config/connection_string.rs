//! Connection strings, looked at before the driver reads them: what it would misread may be a password, and what it
//! says of a mistake may repeat one.

use crate::Error;

const FORM: &str = "write `postgres://user:password@host:5432/database`, or `host=… user=… dbname=…`; percent-encode special characters";

/// Refuses what is neither a URL nor pairs, and URLs in which a part of the password would be taken for something else.
pub(super) fn refuse_misleading(text: &str) -> Result<(), Error> {
    let after_scheme = ["postgres://", "postgresql://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    let refuse = |reason: &str, help: &str| Err(Error::config(format!("{reason}\n  help: {help}")));
    let Some(rest) = after_scheme else {
        let key = text.split('=').next().unwrap_or_default().trim();
        let is_key = !key.is_empty()
            && key.len() < text.len()
            && key
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        return if is_key {
            Ok(())
        } else {
            refuse(
                "the connection string begins neither with `postgres://` nor with a pair such as `host=…`",
                FORM,
            )
        };
    };
    // The driver's credentials reach to the first `@`, wherever it stands; libpq's to the last one before the path.
    let Some((_, after_credentials)) = rest.split_once('@') else {
        return refuse_directory(rest);
    };
    let before_query = after_credentials.split('?').next().unwrap_or_default();
    if before_query.contains('@') {
        return refuse(
            "the connection string has more than one `@`",
            "percent-encode the one that belongs to the password: `%40`",
        );
    }
    if rest
        .find('?')
        .is_some_and(|at| at < rest.len() - after_credentials.len())
    {
        return refuse(
            "the connection string has a `?` before the `@`",
            "percent-encode the one that belongs to the password: `%3F`",
        );
    }
    refuse_directory(after_credentials)
}

/// Refuses a URL that names no server and has a directory where the database stands: it would mean this machine by TCP, which
/// nobody wants who writes the directory of a socket.
fn refuse_directory(after_credentials: &str) -> Result<(), Error> {
    let (before_query, query) = match after_credentials.split_once('?') {
        Some((before, query)) => (before, query),
        None => (after_credentials, ""),
    };
    let (authority, path) = before_query.split_once('/').unwrap_or((before_query, ""));
    let names_server = !authority.is_empty() && !authority.starts_with(':')
        || query
            .split('&')
            .any(|pair| pair.starts_with("host=") || pair.starts_with("hostaddr="));
    if names_server || !path.contains('/') {
        return Ok(());
    }
    Err(Error::config(
        "the connection string names no server, and a directory in place of the database\n  help: for a unix socket write \
         `postgres://user@/database?host=/directory&port=5432`; a `/` that belongs to the name of the database is `%2F`",
    ))
}

/// What the driver says of a malformed string, without what it repeats of it.
pub(super) fn malformed(error: &tokio_postgres::Error) -> Error {
    let reason = std::error::Error::source(error).map_or_else(String::new, ToString::to_string);
    // An unknown key is worth naming, if it is a key and no stray part of something else.
    let harmless = |c: char| c.is_ascii_lowercase() || c == '_' || c == ' ' || c == '`';
    let reason = if reason.chars().all(harmless) {
        reason
    } else {
        "a part of it cannot be read".to_owned()
    };
    Error::config(format!(
        "the connection string is malformed: {reason}\n  help: {FORM}"
    ))
}
