//! The same from a real server: every query is prepared and described, none is run.

use std::collections::HashMap;
use std::error::Error;
use std::time::SystemTime;

use pgdbm_check::Source;
use pgdbm_runtime::{Connection, DatabaseConfig, Pool};
use pgdbm_template::{
    Rendered, SchemaName, Template, TokenKind, lex, line_column, quote_identifier, render,
};
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
        if !sources.iter().any(|source| self.is_made_by(source)) {
            client
                .batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {schema}"))
                .await?;
        }
        for source in sources {
            self.apply_source(source).await?;
            // Whatever a file has set must not outlive it: a dump empties the search path.
            let clean = format!("ROLLBACK; RESET ROLE; RESET ALL; {}", self.settings());
            client.batch_execute(&clean).await?;
        }
        Ok(())
    }

    /// Whether a source makes the schema itself.
    fn is_made_by(&self, source: &Source) -> bool {
        let template = Template::parse(&source.text);
        (0..template.statements().len()).any(|index| {
            let sql = render(&template.statement_segments(index), &self.schema).sql;
            let words = words(&sql);
            let words = words.iter().map(String::as_str).collect::<Vec<_>>();
            words.starts_with(&["create", "schema", self.schema.as_str()])
        })
    }

    /// Runs one source: as one transaction if the server takes it so, otherwise statement by statement, each for itself.
    async fn apply_source(&self, source: &Source) -> Result<(), Box<dyn Error>> {
        let client = self.client()?;
        let template = Template::parse(&source.text);
        let statements = template
            .statements()
            .iter()
            .enumerate()
            .map(|(index, statement)| {
                let segments = template.statement_segments(index);
                (statement.start, render(&segments, &self.schema))
            })
            .collect::<Vec<_>>();
        let as_one = statements
            .iter()
            .all(|(_, run)| left_out(&run.sql).is_none() && control(&run.sql).is_none());
        let mut whole = None;
        if as_one {
            let rendered = template.render(&self.schema);
            match client.batch_execute(&rendered.sql).await {
                Ok(()) => return Ok(()),
                Err(error) => {
                    let error = refusal(&error)?;
                    whole = Some((error.code().clone(), error.message().to_owned()));
                }
            }
        }
        if self.apply_one_by_one(source, &statements).await? {
            return Ok(());
        }
        // What cannot be part of a transaction, such as CREATE INDEX CONCURRENTLY, is no mistake.
        let outside = [
            SqlState::ACTIVE_SQL_TRANSACTION,
            SqlState::INVALID_TRANSACTION_TERMINATION,
        ];
        if let Some((code, message)) = whole
            && !outside.contains(&code)
        {
            eprintln!(
                "note: {}: the server refuses it as one transaction ({message}), and takes its statements one by one",
                source.name
            );
        }
        Ok(())
    }

    /// Runs each statement for itself, so that what is refused takes nothing along; whether something was refused.
    async fn apply_one_by_one(
        &self,
        source: &Source,
        statements: &[(usize, Rendered)],
    ) -> Result<bool, Box<dyn Error>> {
        let client = self.client()?;
        let mut refused = false;
        let mut in_transaction = false;
        for (start, rendered) in statements {
            let sql = &rendered.sql;
            let report = |kind: &str, byte: usize, message: &str| {
                let place = line_column(&source.text, byte);
                let name = &source.name;
                eprintln!("{kind}: {name}:{}:{}: {message}", place.line, place.column);
            };
            if let Some(why) = left_out(sql) {
                report("note", *start, &format!("this is left out: {why}"));
                continue;
            }
            let control = control(sql);
            let guarded = in_transaction && control.is_none();
            if guarded {
                client.batch_execute("SAVEPOINT pgdbm_statement").await?;
            }
            match client.batch_execute(sql).await {
                Ok(()) if guarded => {
                    client
                        .batch_execute("RELEASE SAVEPOINT pgdbm_statement")
                        .await?;
                }
                Ok(()) => {}
                Err(error) => {
                    let error = refusal(&error)?;
                    refused = true;
                    let byte = original_byte(error, sql)
                        .map_or(*start, |byte| rendered.map.to_source(byte));
                    report(
                        "error",
                        byte.min(source.text.len()),
                        &format!("the server says: {}", error.message()),
                    );
                    if guarded {
                        client
                            .batch_execute("ROLLBACK TO SAVEPOINT pgdbm_statement")
                            .await?;
                    }
                }
            }
            in_transaction = control.unwrap_or(in_transaction);
        }
        Ok(refused)
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

/// Why a statement of a source is not run.
fn left_out(sql: &str) -> Option<&'static str> {
    let words = words(sql);
    let word = |index: usize| words.get(index).map_or("", String::as_str);
    let streams = words.windows(2).any(|pair| {
        matches!(
            (pair[0].as_str(), pair[1].as_str()),
            ("from", "stdin") | ("to", "stdout")
        )
    });
    match (word(0), word(1)) {
        ("copy", _) if streams => Some("rows that go through the connection are none of a schema"),
        ("alter" | "drop", "user") if word(2) == "mapping" => None,
        ("alter", "system") => Some("it would change the whole server"),
        ("alter" | "drop", "role" | "user" | "group" | "database" | "tablespace")
        | ("create", "database" | "tablespace")
        | ("reassign", "owned") => Some("it would change what is not of this database alone"),
        ("create", "subscription") => Some("it would speak to another server"),
        _ => None,
    }
}

/// Whether a transaction is open behind a statement that begins or ends one; None for any other statement.
fn control(sql: &str) -> Option<bool> {
    let words = words(sql);
    let word = |index: usize| words.get(index).map_or("", String::as_str);
    match (word(0), word(1)) {
        ("begin", _) | ("start", "transaction") => Some(true),
        ("rollback", "to" | "transaction" | "work") if words.iter().any(|word| word == "to") => {
            Some(true)
        }
        ("savepoint" | "release", _) => Some(true),
        ("commit" | "rollback", "prepared") => None,
        ("commit" | "end" | "rollback" | "abort", _) | ("prepare", "transaction") => Some(false),
        _ => None,
    }
}

/// The words of a statement outside parentheses, in lower case; a few are enough.
fn words(sql: &str) -> Vec<String> {
    let mut depth = 0_usize;
    lex(sql)
        .filter(|token| {
            match token.kind {
                TokenKind::OpenParenthesis => depth += 1,
                TokenKind::CloseParenthesis => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && token.kind == TokenKind::Identifier
        })
        .take(64)
        .map(|token| token.text(sql).to_ascii_lowercase())
        .collect()
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
