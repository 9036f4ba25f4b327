//! The same from a real server: every query is prepared and described, none is run.

use std::collections::HashMap;
use std::error::Error;
use std::time::SystemTime;

use pgdbm_check::Source;
use pgdbm_runtime::{Connection, DatabaseConfig, Pool};
use pgdbm_template::{SchemaName, Template, lex, line_column, quote_identifier, render};
use tokio_postgres::Client;
use tokio_postgres::error::{DbError, ErrorPosition, SqlState};

use crate::describe::answer::{Answer, Diagnostic, Slot};

/// A database that lives as long as the command.
pub(crate) struct Scratch {
    server: Connection,
    name: String,
}

impl Scratch {
    /// Makes an empty one on the server of the configuration.
    pub(crate) async fn create(config: &DatabaseConfig) -> Result<Self, Box<dyn Error>> {
        let server = connect(config.clone()).await?;
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let name = format!(
            "pgdbm_describe_{}_{}",
            std::process::id(),
            now.subsec_nanos()
        );
        server
            .as_driver()?
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0"))
            .await?;
        Ok(Self { server, name })
    }

    pub(crate) fn config(&self, config: &DatabaseConfig) -> DatabaseConfig {
        config.clone().database(&self.name)
    }

    /// Drops it, with whoever is still connected.
    pub(crate) async fn drop(self) -> Result<(), Box<dyn Error>> {
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        Ok(self.server.as_driver()?.batch_execute(&drop).await?)
    }
}

async fn connect(config: DatabaseConfig) -> Result<Connection, Box<dyn Error>> {
    let config = config.application_name("pgdbm").max_connections(1);
    Ok(Pool::connect(config).await?.public().acquire().await?)
}

/// A session that describes.
pub(crate) struct Live {
    connection: Connection,
    schema: SchemaName,
    /// The names of types that were asked for before.
    types: HashMap<u32, String>,
}

impl Live {
    /// A session in which names without a schema are looked for in this one.
    pub(crate) async fn open(
        config: DatabaseConfig,
        schema: &SchemaName,
    ) -> Result<Self, Box<dyn Error>> {
        let live = Self {
            connection: connect(config).await?,
            schema: schema.clone(),
            types: HashMap::new(),
        };
        live.client()?.batch_execute(&live.settings()).await?;
        Ok(live)
    }

    fn client(&self) -> Result<&Client, Box<dyn Error>> {
        Ok(self.connection.as_driver()?)
    }

    fn settings(&self) -> String {
        format!(
            "SET search_path TO {}",
            quote_identifier(self.schema.as_str())
        )
    }

    /// The server's major version.
    pub(crate) async fn major(&self) -> Result<u16, Box<dyn Error>> {
        let row = self
            .client()?
            .query_one("SELECT current_setting('server_version_num')::int4", &[])
            .await?;
        let number: i32 = row.get(0);
        Ok(u16::try_from(number / 10_000)?)
    }

    /// Runs the sources in order. What the server refuses goes to the standard error, and the rest is run all the same.
    pub(crate) async fn apply(&self, sources: &[Source]) -> Result<(), Box<dyn Error>> {
        let client = self.client()?;
        let schema = quote_identifier(self.schema.as_str());
        client
            .batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {schema}"))
            .await?;
        for source in sources {
            if let Err(error) = self.apply_source(source).await? {
                let place = error.1.map_or_else(String::new, |byte| {
                    let place = line_column(&source.text, byte);
                    format!(":{}:{}", place.line, place.column)
                });
                eprintln!(
                    "error: {}{place}: the server says: {}",
                    source.name, error.0
                );
            }
            // Whatever a file has set must not outlive it: a dump empties the search path.
            let clean = format!("ROLLBACK; RESET ROLE; RESET ALL; {}", self.settings());
            client.batch_execute(&clean).await?;
        }
        Ok(())
    }

    /// Runs one source: as a whole where the server lets it, otherwise statement by statement.
    async fn apply_source(
        &self,
        source: &Source,
    ) -> Result<Result<(), (String, Option<usize>)>, Box<dyn Error>> {
        let client = self.client()?;
        let template = Template::parse(&source.text);
        let rendered = template.render(&self.schema);
        let error = match client.batch_execute(&rendered.sql).await {
            Ok(()) => return Ok(Ok(())),
            Err(error) => error,
        };
        // What cannot be part of one transaction, such as CREATE INDEX CONCURRENTLY, and blocks that end it themselves.
        let not_as_one = [
            SqlState::ACTIVE_SQL_TRANSACTION,
            SqlState::INVALID_TRANSACTION_TERMINATION,
        ];
        if !error.code().is_some_and(|code| not_as_one.contains(code)) {
            let error = refusal(&error)?;
            let byte = original_byte(error, &rendered.sql).map(|byte| rendered.map.to_source(byte));
            return Ok(Err((error.message().to_owned(), byte)));
        }
        for (index, statement) in template.statements().iter().enumerate() {
            let sql = render(&template.statement_segments(index), &self.schema).sql;
            if let Err(error) = client.batch_execute(&sql).await {
                let error = refusal(&error)?;
                return Ok(Err((error.message().to_owned(), Some(statement.start))));
            }
        }
        Ok(Ok(()))
    }

    /// What the server says of one query.
    pub(crate) async fn describe(&mut self, sql: &str) -> Result<Answer, Box<dyn Error>> {
        let rendered = Template::parse(sql).render(&self.schema);
        let statement = match self.client()?.prepare(&rendered.sql).await {
            Ok(statement) => statement,
            Err(error) => {
                let error = refusal(&error)?;
                let byte = original_byte(error, &rendered.sql);
                let place = byte.map(|byte| token_at(sql, rendered.map.to_source(byte)));
                let (start, end) = place.unwrap_or((0, sql.len()));
                return Ok(Answer::failed(Diagnostic {
                    severity: "error",
                    code: error.code().code().to_owned(),
                    message: error.message().to_owned(),
                    start,
                    end,
                }));
            }
        };
        let mut params = Vec::new();
        for parameter in statement.params() {
            params.push(Slot {
                name: None,
                type_name: Some(self.type_name(parameter.oid()).await?),
                nullable: None,
            });
        }
        let mut columns = Vec::new();
        for column in statement.columns() {
            columns.push(Slot {
                name: Some(column.name().to_owned()),
                type_name: Some(self.type_name(column.type_().oid()).await?),
                nullable: None,
            });
        }
        Ok(Answer {
            params: Some(params),
            columns: Some(columns),
            diagnostics: Vec::new(),
        })
    }

    async fn type_name(&mut self, oid: u32) -> Result<String, Box<dyn Error>> {
        if let Some(known) = self.types.get(&oid) {
            return Ok(known.clone());
        }
        let row = self
            .client()?
            .query_one("SELECT format_type($1, NULL)", &[&oid])
            .await?;
        let name: String = row.get(0);
        self.types.insert(oid, name.clone());
        Ok(name)
    }
}

/// The server's refusal; any other error says that there is no server to ask any more.
fn refusal(error: &tokio_postgres::Error) -> Result<&DbError, Box<dyn Error>> {
    error
        .as_db_error()
        .ok_or_else(|| format!("the connection to the server broke: {error}").into())
}

/// The byte of the text that was sent to which an error points; servers count characters from one.
fn original_byte(error: &DbError, sent: &str) -> Option<usize> {
    let Some(ErrorPosition::Original(position)) = error.position() else {
        return None;
    };
    let character = usize::try_from(*position).ok()?.checked_sub(1)?;
    let mut bytes = sent.char_indices().map(|(byte, _)| byte);
    Some(bytes.nth(character).unwrap_or(sent.len()))
}

/// The token that a byte is in.
fn token_at(sql: &str, byte: usize) -> (usize, usize) {
    lex(sql)
        .find(|token| token.start <= byte && byte < token.end)
        .map_or((byte, byte), |token| (token.start, token.end))
}
