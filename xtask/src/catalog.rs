//! `cargo xtask catalog`: what every server knows without being told, from real servers into data files.
//!
//! A line of a file is one type, function, operator, …, and ends with the majors that have it. Lines are sorted, so that a
//! reader finds a name without reading all of them. An extension has one file, whose lines begin with their kind.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pgdbm_runtime::testing::{PgServer, PgServerOptions};
use tokio_postgres::{NoTls, SimpleQueryMessage};

use crate::{
    kit,
    run::{Outcome, root},
};

/// The kinds of things that are dumped: the file's name, and the query that gives its lines.
const KINDS: &[(&str, &str)] = &[
    ("types", include_str!("catalog/types.sql")),
    ("functions", include_str!("catalog/functions.sql")),
    ("operators", include_str!("catalog/operators.sql")),
    ("casts", include_str!("catalog/casts.sql")),
    ("classes", include_str!("catalog/classes.sql")),
    ("collations", include_str!("catalog/collations.sql")),
    ("relations", include_str!("catalog/relations.sql")),
];

/// What the queries share: how a type is named, and which objects are meant.
const PREPARE: &str = include_str!("catalog/prepare.sql");

/// The extensions that have a pack of their own. `earthdistance` needs `cube`.
const EXTENSIONS: &[&str] = &[
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "dblink",
    "earthdistance",
    "fuzzystrmatch",
    "hstore",
    "intarray",
    "isn",
    "lo",
    "ltree",
    "pg_buffercache",
    "pg_stat_statements",
    "pg_trgm",
    "pgcrypto",
    "pgrowlocks",
    "pgstattuple",
    "postgres_fdw",
    "seg",
    "tablefunc",
    "unaccent",
    "uuid-ossp",
    "xml2",
];

/// For each file its lines, each with the majors that have it.
type Files = BTreeMap<PathBuf, BTreeMap<String, BTreeSet<u32>>>;

pub(crate) fn catalog(arguments: &[String]) -> Outcome {
    let check = arguments.iter().any(|argument| argument == "--check");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let majors = kit::majors()?;
    let mut files = Files::new();
    for major in &majors {
        eprintln!("── PostgreSQL {major}");
        let bin_directory = kit::server(*major)?.bin_directory;
        let server = PgServer::with(PgServerOptions::new().bin_directory(bin_directory))
            .map_err(|error| error.to_string())?;
        runtime.block_on(dump(server.url(), *major, &mut files))?;
    }
    let directory = root().join("pgdbm-check/data");
    let mut differ = Vec::new();
    for (name, lines) in &files {
        let text = text_of(lines, &majors);
        let path = directory.join(name);
        if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        if check {
            differ.push(name.display().to_string());
        } else {
            write(&path, &text)?;
        }
    }
    if differ.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "these data files are not what the servers say: {}",
            differ.join(", ")
        ))
    }
}

fn write(path: &Path, text: &str) -> Outcome {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory).map_err(|error| error.to_string())?;
    }
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

async fn dump(url: &str, major: u32, files: &mut Files) -> Outcome {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .map_err(|error| error.to_string())?;
    let driver = tokio::spawn(connection);
    let run = async |sql: &str| {
        client
            .simple_query(sql)
            .await
            .map_err(|error| format!("{error:?}: {sql}"))
    };
    run(PREPARE).await?;
    run("SELECT set_config('pgdbm.extension', '', false)").await?;
    collect(&run, "", major, files).await?;
    for extension in EXTENSIONS {
        run("CREATE SCHEMA ext").await?;
        let create = format!("CREATE EXTENSION \"{extension}\" SCHEMA ext CASCADE");
        // Not every build of every major has every extension.
        if client.simple_query(&create).await.is_ok() {
            run(&format!(
                "SELECT set_config('pgdbm.extension', '{extension}', false)"
            ))
            .await?;
            collect(&run, extension, major, files).await?;
        }
        run("DROP SCHEMA ext CASCADE").await?;
    }
    drop(client);
    driver.abort();
    Ok(())
}

async fn collect(
    run: &impl AsyncFn(&str) -> Result<Vec<SimpleQueryMessage>, String>,
    extension: &str,
    major: u32,
    files: &mut Files,
) -> Outcome {
    for (kind, query) in KINDS {
        let mut lines = Vec::new();
        for message in run(query).await? {
            if let SimpleQueryMessage::Row(row) = message {
                let fields = (0..row.len())
                    .map(|index| row.get(index).unwrap_or_default())
                    .collect::<Vec<_>>();
                let line = fields.join("\t");
                lines.push(if extension.is_empty() {
                    line
                } else {
                    format!("{kind}\t{line}")
                });
            }
        }
        if lines.is_empty() {
            continue;
        }
        let file = files
            .entry(PathBuf::from(if extension.is_empty() {
                format!("{kind}.txt")
            } else {
                format!("extensions/{extension}.txt")
            }))
            .or_default();
        for line in lines {
            file.entry(line).or_default().insert(major);
        }
    }
    Ok(())
}

/// The lines with their majors: nothing for all of them, else `14-16 18`.
fn text_of(lines: &BTreeMap<String, BTreeSet<u32>>, all: &[u32]) -> String {
    let mut text = String::new();
    for (line, majors) in lines {
        text.push_str(line);
        text.push('\t');
        if majors.len() < all.len() {
            let mut words = Vec::new();
            let mut run: Option<(u32, u32)> = None;
            for major in majors {
                run = match run {
                    Some((first, last)) if last + 1 == *major => Some((first, *major)),
                    Some(range) => {
                        words.push(range);
                        Some((*major, *major))
                    }
                    None => Some((*major, *major)),
                };
            }
            words.extend(run);
            let words = words
                .iter()
                .map(|(first, last)| format!("{first}-{last}"))
                .collect::<Vec<_>>();
            text.push_str(&words.join(" "));
        }
        text.push('\n');
    }
    text
}
