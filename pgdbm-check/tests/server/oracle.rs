//! What a real server says of queries, in the form in which the checker's answers are compared with it.

use std::collections::HashMap;
use std::error::Error;

use pgdbm_check::{Checker, Description, Options, Severity, Source};
use pgdbm_runtime::testing::PgServer;
use tokio_postgres::{Client, NoTls};

const SCHEMA: &str = include_str!("../data/differential/schema.sql");
const QUERIES: &str = include_str!("../data/differential/queries.sql");

/// What the server says: types of parameters, names and types of columns; None where it refuses the query.
pub(crate) type Answer = Option<(Vec<String>, Vec<(String, String)>)>;

/// The queries that were written by hand, a line each.
pub(crate) fn queries() -> impl Iterator<Item = &'static str> {
    QUERIES.lines().filter(|query| !query.is_empty())
}

/// A server's session and a checker that know the same schema.
pub(crate) struct Oracle {
    pub(crate) client: Client,
    pub(crate) checker: Checker,
    types: HashMap<u32, String>,
}

/// Does something with an oracle on a database of its own, which is dropped at the end.
pub(crate) fn with_oracle(
    work: impl AsyncFnOnce(Oracle) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let server = PgServer::start()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(server.url(), NoTls).await?;
        tokio::spawn(connection);
        let name = database_name();
        client
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0"))
            .await?;
        let outcome = match Oracle::open(&server, &name).await {
            Ok(oracle) => work(oracle).await,
            Err(error) => Err(error),
        };
        client
            .batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"))
            .await?;
        outcome
    })
}

/// Tests of one process may run at the same time.
fn database_name() -> String {
    static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    format!("pgdbm_check_{}_{number}", std::process::id())
}

impl Oracle {
    async fn open(server: &PgServer, database: &str) -> Result<Self, Box<dyn Error>> {
        let (client, connection) =
            tokio_postgres::connect(&server.database_url(database), NoTls).await?;
        tokio::spawn(connection);
        client.batch_execute(SCHEMA).await?;
        let major = u16::try_from(server.major().unwrap_or(15))?;
        let options = Options::default().major(major);
        let checker = Checker::new(&[Source::new("schema.sql", SCHEMA)], &options);
        if let Some(finding) = checker.findings().first() {
            return Err(format!("{finding:?}").into());
        }
        Ok(Self {
            client,
            checker,
            types: HashMap::new(),
        })
    }

    /// The server's major version.
    pub(crate) async fn major(&self) -> Result<u16, Box<dyn Error>> {
        let row = self
            .client
            .query_one("SELECT current_setting('server_version_num')::int4", &[])
            .await?;
        let number: i32 = row.get(0);
        Ok(u16::try_from(number / 10_000)?)
    }

    /// What the server says of a query, or why it refuses it.
    pub(crate) async fn answer(
        &mut self,
        query: &str,
    ) -> Result<Result<Answer, String>, Box<dyn Error>> {
        let statement = match self.client.prepare(query).await {
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
            parameters.push(self.type_name(parameter.oid()).await?);
        }
        let mut columns = Vec::new();
        for column in statement.columns() {
            let type_name = self.type_name(column.type_().oid()).await?;
            columns.push((column.name().to_owned(), type_name));
        }
        Ok(Ok(Some((parameters, columns))))
    }

    async fn type_name(&mut self, oid: u32) -> Result<String, Box<dyn Error>> {
        if let Some(known) = self.types.get(&oid) {
            return Ok(known.clone());
        }
        let row = self
            .client
            .query_one("SELECT format_type($1, NULL)", &[&oid])
            .await?;
        let name: String = row.get(0);
        self.types.insert(oid, name.clone());
        Ok(name)
    }
}

/// Whether the checker says that the server will not prepare it.
pub(crate) fn is_refused(description: &Description) -> bool {
    description.columns.is_none()
        && description
            .findings
            .iter()
            .any(|finding| finding.severity == Severity::Error)
}

/// The checker's answer in the server's form.
pub(crate) fn ours(description: &Description) -> Answer {
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
