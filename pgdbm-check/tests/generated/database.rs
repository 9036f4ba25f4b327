//! A database of a test's own on the kit's server, and what the server says of queries there.

use std::collections::HashMap;
use std::error::Error;

use pgdbm_runtime::testing::PgServer;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls, Row, SimpleQueryMessage};

/// The types of the parameters, and the names and types of the columns.
pub(crate) type Shape = (Vec<String>, Vec<(String, String)>);

/// A connection to a database with the schema of the differential tests, which goes when the work is done.
pub(crate) struct Database {
    client: Client,
    runtime: Runtime,
    types: HashMap<u32, String>,
    pub(crate) major: u32,
}

impl Database {
    /// Makes the database, does the work, and drops the database, however the work ends.
    pub(crate) fn with<T>(
        name: &str,
        schema: &str,
        work: impl FnOnce(&mut Self) -> Result<T, Box<dyn Error>>,
    ) -> Result<T, Box<dyn Error>> {
        let server = PgServer::start()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let name = format!("pgdbm_check_{name}_{}", std::process::id());
        let admin = connect(&runtime, server.url())?;
        runtime
            .block_on(admin.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0")))?;
        let outcome = connect(&runtime, &server.database_url(&name)).and_then(|client| {
            let mut database = Self {
                client,
                runtime,
                types: HashMap::new(),
                major: server.major().unwrap_or(15),
            };
            database.execute(schema)?;
            work(&mut database)
        });
        // The first runtime went with the database, and with it the connections that it drove.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let admin = connect(&runtime, server.url())?;
        runtime.block_on(admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")))?;
        outcome
    }

    /// Runs statements that give no rows.
    pub(crate) fn execute(&self, sql: &str) -> Result<(), Box<dyn Error>> {
        Ok(self.runtime.block_on(self.client.batch_execute(sql))?)
    }

    /// The rows of a query without parameters.
    pub(crate) fn rows(&self, sql: &str) -> Result<Vec<Row>, Box<dyn Error>> {
        Ok(self.runtime.block_on(self.client.query(sql, &[]))?)
    }

    /// For each row of the last of these statements, which columns are null; or why the server refuses to run them.
    pub(crate) fn nulls(&self, sql: &str) -> Result<Vec<Vec<bool>>, String> {
        let messages = self
            .runtime
            .block_on(self.client.simple_query(sql))
            .map_err(|error| reason(&error))?;
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(
                (0..row.len())
                    .map(|index| row.get(index).is_none())
                    .collect(),
            ),
            _ => None,
        });
        Ok(rows.collect())
    }

    /// What the server says of a query: its shape, or why it refuses it.
    pub(crate) fn describe(&mut self, sql: &str) -> Result<Result<Shape, String>, Box<dyn Error>> {
        let statement = match self.runtime.block_on(self.client.prepare(sql)) {
            Ok(statement) => statement,
            Err(error) if error.as_db_error().is_some() => return Ok(Err(reason(&error))),
            Err(error) => return Err(error.into()),
        };
        let mut parameters = Vec::new();
        for parameter in statement.params() {
            parameters.push(self.type_name(parameter.oid())?);
        }
        let mut columns = Vec::new();
        for column in statement.columns() {
            let type_name = self.type_name(column.type_().oid())?;
            columns.push((column.name().to_owned(), type_name));
        }
        Ok(Ok((parameters, columns)))
    }

    fn type_name(&mut self, oid: u32) -> Result<String, Box<dyn Error>> {
        if let Some(known) = self.types.get(&oid) {
            return Ok(known.clone());
        }
        let row = self.runtime.block_on(
            self.client
                .query_one("SELECT format_type($1, NULL)", &[&oid]),
        )?;
        let name: String = row.get(0);
        self.types.insert(oid, name.clone());
        Ok(name)
    }
}

fn connect(runtime: &Runtime, url: &str) -> Result<Client, Box<dyn Error>> {
    let (client, connection) = runtime.block_on(tokio_postgres::connect(url, NoTls))?;
    runtime.spawn(connection);
    Ok(client)
}

fn reason(error: &tokio_postgres::Error) -> String {
    error
        .as_db_error()
        .map_or_else(|| error.to_string(), |error| error.message().to_owned())
}
