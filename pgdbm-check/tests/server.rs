//! The same queries, put to the checker and to a real server: what both say of parameters and columns must be the same, and what
//! the server refuses the checker refuses, but for what is written down here.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;

use pgdbm_check::{Checker, Description, Options, Severity, Source};
use pgdbm_runtime::testing::PgServer;
use tokio_postgres::{Client, NoTls};

const SCHEMA: &str = include_str!("data/differential/schema.sql");
const QUERIES: &str = include_str!("data/differential/queries.sql");

/// What the server says: types of parameters, names and types of columns; None where it refuses the query.
type Answer = Option<(Vec<String>, Vec<(String, String)>)>;

/// The server reads constants with the input function of their type; the checker does so for few types.
fn is_malformed_constant(message: &str) -> bool {
    [
        "invalid input syntax for type",
        "malformed array literal",
        "malformed range literal",
    ]
    .iter()
    .any(|start| message.contains(start))
}

/// What the server refuses only by rewriting, which the checker does not follow: a view that cannot be written to.
fn is_refused_by_rewriting(message: &str) -> bool {
    message.starts_with("cannot update view")
}

#[test]
fn the_server_says_the_same() -> Result<(), Box<dyn Error>> {
    let server = PgServer::start()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(server.url(), NoTls).await?;
        tokio::spawn(connection);
        let name = format!("pgdbm_check_{}", std::process::id());
        client
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0"))
            .await?;
        let outcome = compare(&server.database_url(&name), server.major().unwrap_or(15)).await;
        client
            .batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"))
            .await?;
        outcome
    })
}

async fn compare(url: &str, major: u32) -> Result<(), Box<dyn Error>> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    client.batch_execute(SCHEMA).await?;
    let options = Options::default().major(u16::try_from(major)?);
    let checker = Checker::new(&[Source::new("schema.sql", SCHEMA)], &options);
    if let Some(finding) = checker.findings().first() {
        return Err(format!("{finding:?}").into());
    }
    let mut types = HashMap::new();
    let mut differences = BTreeMap::new();
    let mut valid = 0;
    for query in QUERIES.lines().filter(|query| !query.is_empty()) {
        let description = checker.describe(query);
        let refused = description
            .findings
            .iter()
            .any(|finding| finding.severity == Severity::Error);
        let difference = match answer(&client, query, &mut types).await? {
            Ok(said) => {
                valid += 1;
                (said != ours(&description)).then(|| format!("the server says {said:?}"))
            }
            Err(message) => {
                let excused = is_malformed_constant(&message) || is_refused_by_rewriting(&message);
                (!refused && !excused).then(|| format!("the server refuses it: {message}"))
            }
        };
        if let Some(difference) = difference {
            differences.insert(query, format!("{difference}\n  we say {description:?}"));
        }
    }
    // An error, not a panic, so that the database is dropped.
    if differences.is_empty() && valid > 400 {
        Ok(())
    } else {
        Err(format!("{valid} queries are valid; these differ: {differences:#?}").into())
    }
}

fn ours(description: &Description) -> Answer {
    let parameters = description
        .parameters
        .iter()
        .map(|parameter| parameter.type_name.clone().unwrap_or_default())
        .collect();
    let columns = description.columns.as_ref()?;
    let columns = columns
        .iter()
        .map(|column| {
            (
                column.name.clone(),
                column.type_name.clone().unwrap_or_default(),
            )
        })
        .collect();
    Some((parameters, columns))
}

/// What the server says of a query, or why it refuses it.
async fn answer(
    client: &Client,
    query: &str,
    types: &mut HashMap<u32, String>,
) -> Result<Result<Answer, String>, Box<dyn Error>> {
    let statement = match client.prepare(query).await {
        Ok(statement) => statement,
        Err(error) => {
            let message = error
                .as_db_error()
                .map_or_else(|| error.to_string(), |error| error.message().to_owned());
            return Ok(Err(message));
        }
    };
    let mut parameters = Vec::new();
    for parameter in statement.params() {
        parameters.push(type_name(client, parameter.oid(), types).await?);
    }
    let mut columns = Vec::new();
    for column in statement.columns() {
        let type_name = type_name(client, column.type_().oid(), types).await?;
        columns.push((column.name().to_owned(), type_name));
    }
    Ok(Ok(Some((parameters, columns))))
}

async fn type_name(
    client: &Client,
    oid: u32,
    types: &mut HashMap<u32, String>,
) -> Result<String, Box<dyn Error>> {
    if let Some(known) = types.get(&oid) {
        return Ok(known.clone());
    }
    let row = client
        .query_one("SELECT format_type($1, NULL)", &[&oid])
        .await?;
    let name: String = row.get(0);
    types.insert(oid, name.clone());
    Ok(name)
}
