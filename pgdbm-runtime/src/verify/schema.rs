//! The queries against one schema.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::{StreamExt as _, stream};

use pgdbm_template::OptionalParts;

use super::report::{Found, Standing, names_schema};
use crate::call::Text;
use crate::connection::Connection;
use crate::error::QueryContext;
use crate::query::QuerySite;
use crate::statement::compared;
use crate::variant::Variant;
use crate::{DatabaseManager, Error};

/// So many are on their way at a time, so that a distant server is asked a thousand in a few round trips.
const IN_FLIGHT: usize = 32;

/// The names of the migrations of each module that were applied, in order.
type History = BTreeMap<String, Vec<String>>;

/// Verifies these call sites, or those of them that belong to the schema by its history.
///
/// # Errors
/// When the server cannot be asked.
pub(super) async fn verify(
    db: &DatabaseManager,
    sites: &[&'static QuerySite],
    by_history: bool,
) -> Result<Found, Error> {
    let connection = db.acquire().await?;
    // Of types that were changed meanwhile the driver would say what they were.
    connection.client()?.clear_type_cache();
    // Where it is dropped or fails on its way, statements may be left that nobody closes: then the connection is.
    let running = connection.running();
    let found = verify_on(&connection, sites, by_history).await?;
    running.end();
    Ok(found)
}

async fn verify_on(
    connection: &Connection,
    sites: &[&'static QuerySite],
    by_history: bool,
) -> Result<Found, Error> {
    let history = history(connection).await?;
    let known = |site: &QuerySite| history.contains_key(site.module());
    // The types of a module that `#[migrations(module = "…")]` names say nothing of the queries beside them.
    let selects = by_history && sites.iter().any(|site| !site.is_type() && known(site));
    let mut left_out: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut taken = Vec::new();
    for site in sites.iter().copied() {
        let module = site.module();
        if selects && !module.is_empty() && !known(site) {
            if !site.is_type() {
                *left_out.entry(module).or_default() += 1;
            }
        } else {
            taken.push(site);
        }
    }
    let mut each = Vec::with_capacity(taken.len());
    for site in &taken {
        each.push(one(connection, site));
    }
    let mut each = stream::iter(each).buffered(IN_FLIGHT);
    let mut disagreements = Vec::new();
    while let Some(one) = each.next().await {
        disagreements.extend(one?);
    }
    drop(each);
    let schema = connection.schema_name().as_str();
    let mut needed_by = 0;
    // Each query would say the same of a schema that is not there.
    if !disagreements.is_empty() && !exists(connection).await? {
        let is_of_schema = |error: &Error| names_schema(&error.reason(), schema);
        let (need_it, others): (Vec<_>, Vec<_>) = disagreements
            .into_iter()
            .partition(|(_, error)| is_of_schema(error));
        disagreements = others;
        // A type that no query uses needs it as much.
        let queries = need_it.iter().filter(|(site, _)| !site.is_type()).count();
        needed_by = queries.max(need_it.len().min(1));
    }
    Ok(Found {
        schema: schema.to_owned(),
        needed_by,
        standing: standing(&taken, &history),
        verified: taken.iter().filter(|site| !site.is_type()).count(),
        types: taken.iter().filter(|site| site.is_type()).count(),
        left_out,
        disagreements,
    })
}

/// What does not fit, if it is the query that does not; else nothing can be said of it.
async fn one(
    connection: &Connection,
    site: &'static QuerySite,
) -> Result<Option<(&'static QuerySite, Error)>, Error> {
    for text in texts(site) {
        let query = text.context(connection.schema_name());
        match prepared(connection, &query).await {
            Ok(()) => {}
            // What a role may not look at, its queries do not use either.
            Err(error) if site.is_type() && error.code() == Some("42501") => {}
            Err(error) if is_of_the_query(&error) => return Ok(Some((site, error))),
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// The SQL of a call site: of one with optional parts the variants that tell of all.
fn texts(site: &'static QuerySite) -> Vec<Text> {
    let Some(parts) = OptionalParts::parse(site.source) else {
        return vec![Text::Site(site, None)];
    };
    let variants = parts.telling_variants().into_iter();
    variants
        .map(|given| Text::Site(site, Some(Arc::new(Variant::new(site, given)))))
        .collect()
}

/// Prepares the query, and no more: the statement is closed on the server when it is dropped here.
async fn prepared(connection: &Connection, query: &QueryContext) -> Result<(), Error> {
    let rendered = query.text.for_schema(&query.schema)?;
    let statement = connection.client()?.prepare(&rendered.sql).await;
    let statement =
        statement.map_err(|error| Error::from_driver(&error, Some((query, &rendered.sql))))?;
    compared(query, &statement)
        .map(drop)
        .map_err(|kind| Error::new(kind).with_query(query))
}

/// Whether the query is what is wrong, and not the connection or the moment.
fn is_of_the_query(error: &Error) -> bool {
    let Some(code) = error.code() else {
        return error.is_schema_drift();
    };
    // Connection, transaction order, resources, objects in use, the operator's intervention, the system.
    let circumstances = ["08", "25", "40", "53", "55", "57", "58", "XX"];
    !circumstances.iter().any(|class| code.starts_with(class))
}

/// Whether the schema is there.
async fn exists(connection: &Connection) -> Result<bool, Error> {
    const QUERY: &str = "SELECT FROM pg_catalog.pg_namespace WHERE nspname = '{{schema}}'";
    let query = Text::dynamic(QUERY).context(connection.schema_name());
    let rendered = query.text.for_schema(&query.schema)?;
    let rows = connection.client()?.query(&rendered.sql, &[]).await;
    rows.map(|rows| !rows.is_empty())
        .map_err(|error| Error::from_driver(&error, Some((&query, &rendered.sql))))
}

/// What was applied to the schema; nothing where there is no history, or none that the role may read.
async fn history(connection: &Connection) -> Result<History, Error> {
    const QUERY: &str = "SELECT module, name FROM {{tables.pgdbm_migrations}} WHERE state = 'applied' ORDER BY started_at, name";
    let query = Text::dynamic(QUERY).context(connection.schema_name());
    let rendered = query.text.for_schema(&query.schema)?;
    let rows = match connection.client()?.query(&rendered.sql, &[]).await {
        Ok(rows) => rows,
        Err(error) => {
            let error = Error::from_driver(&error, Some((&query, &rendered.sql)));
            // No such table, no such schema, no right to read it.
            return match error.code() {
                Some("42P01" | "3F000" | "42501") => Ok(History::new()),
                _ => Err(error),
            };
        }
    };
    let mut history = History::new();
    for row in rows {
        let (Ok(module), Ok(name)) = (row.try_get::<_, String>(0), row.try_get::<_, String>(1))
        else {
            continue;
        };
        history.entry(module).or_default().push(name);
    }
    Ok(history)
}

/// How the schema stands to the migrations that the queries were compiled with, module by module.
fn standing(sites: &[&'static QuerySite], history: &History) -> Vec<Standing> {
    let mut newest: BTreeMap<&str, &str> = BTreeMap::new();
    for site in sites {
        if let Some(compiled) = site.compiled()
            && !compiled.newest().is_empty()
        {
            newest.insert(site.module(), compiled.newest());
        }
    }
    let mut standing = Vec::new();
    for (module, newest) in newest {
        let Some(applied) = history.get(module) else {
            continue;
        };
        let mut versioned = applied
            .iter()
            .filter(|name| !name.starts_with("R__"))
            .skip_while(|name| *name != newest);
        match (versioned.next(), versioned.last()) {
            (None, _) => standing.push(Standing::Behind {
                module: module.to_owned(),
                lacks: newest.to_owned(),
            }),
            (Some(_), Some(last)) => standing.push(Standing::Ahead {
                module: module.to_owned(),
                compiled: newest.to_owned(),
                applied: last.clone(),
            }),
            (Some(_), None) => {}
        }
    }
    standing
}
