//! Definitions, put to the checker and to a real server statement by statement: what the server takes the checker takes, what it
//! refuses the checker refuses, and both end with the same columns.

use std::error::Error;

use pgdbm_check::{Checker, Options, Severity, Source};
use pgdbm_template::Template;
use tokio_postgres::Client;

use super::oracle::{ours, with_oracle};

/// A migration a line; lines that begin with `--` say what the next ones are about.
const SNIPPETS: &str = include_str!("../data/definitions/snippets.sql");
/// Statements that the server refuses and the checker takes, as lines of `snippets.sql` are written.
const KNOWN: &str = include_str!("../data/definitions/known.txt");

/// An empty database again: everything that a snippet may have made goes.
const CLEAN: &str = "RESET ALL; SET client_min_messages = error;
    DO $$
    DECLARE name text;
    BEGIN
        -- Indexes first: what they call may be gone before them otherwise.
        FOR name IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
            WHERE schemaname !~ '^(pg_|information_schema)' LOOP
            EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', name);
        END LOOP;
        FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
            EXECUTE format('DROP SCHEMA %I CASCADE', name);
        END LOOP;
        CREATE SCHEMA public;
    END $$";

fn snippets() -> impl Iterator<Item = &'static str> {
    SNIPPETS
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("--"))
}

#[test]
fn the_server_takes_and_refuses_the_same_definitions() -> Result<(), Box<dyn Error>> {
    with_oracle(async |mut oracle| {
        let major = oracle.major().await?;
        let mut differences = Vec::new();
        let mut known = Vec::new();
        let (mut taken, mut refused) = (0, 0);
        for snippet in snippets() {
            for clean in ["ROLLBACK", "DISCARD TEMP", CLEAN] {
                oracle.client.batch_execute(clean).await?;
            }
            let before = (differences.len(), known.len());
            let options = Options::default().major(major);
            let checker = Checker::new(&[Source::new("1.sql", snippet)], &options);
            for statement in Template::parse(snippet).statements() {
                let text = &snippet[statement.start..statement.end];
                let said = checker
                    .findings()
                    .iter()
                    .map(|found| &found.finding)
                    .find(|finding| {
                        finding.severity == Severity::Error
                            && (statement.start..=statement.end).contains(&finding.primary.start)
                    })
                    .map(|finding| finding.sentence());
                match (server_says(&oracle.client, text).await?, said) {
                    (None, None) => taken += 1,
                    (Some(_), Some(_)) => refused += 1,
                    (None, Some(said)) => differences.push(format!(
                        "VALID: {snippet}\n  {text}\n  we refuse it: {said}"
                    )),
                    (Some(message), None) => {
                        known.push(format!("{snippet}\n  {text}"));
                        if !KNOWN.contains(&format!("{snippet}\n  {text}\n")) {
                            differences.push(format!(
                                "{snippet}\n  {text}\n  the server refuses it: {message}"
                            ));
                        }
                    }
                }
            }
            // Where the verdicts differ, so do the columns.
            if (differences.len(), known.len()) != before {
                continue;
            }
            for relation in relations(&oracle.client).await? {
                let query = format!("SELECT * FROM {relation}");
                let server = oracle.answer(&query).await?;
                let description = checker.describe(&query);
                if server != Ok(ours(&description)) {
                    differences.push(format!(
                        "{snippet}\n  {relation} is {server:?}\n  we say {description:?}"
                    ));
                }
            }
        }
        eprintln!(
            "{taken} statements are taken and {refused} refused by both; {} that the server refuses are not seen",
            known.len()
        );
        if std::env::var_os("PGDBM_SHOW_KNOWN").is_some() {
            eprintln!("{}", known.join("\n"));
        }
        // An error, not a panic, so that the database is dropped.
        if differences.is_empty() && taken > 900 {
            Ok(())
        } else {
            let count = differences.len();
            eprintln!("{}", differences.join("\n\n"));
            Err(format!("{count} differ").into())
        }
    })
}

/// Why the server refuses a statement; None where it takes it.
async fn server_says(client: &Client, statement: &str) -> Result<Option<String>, Box<dyn Error>> {
    match client.batch_execute(statement).await {
        Ok(()) => Ok(None),
        Err(error) => match error.as_db_error() {
            Some(refusal) => Ok(Some(refusal.message().to_owned())),
            None => Err(error.into()),
        },
    }
}

/// The relations of the server's that have columns to compare, as a query names them.
async fn relations(client: &Client) -> Result<Vec<String>, Box<dyn Error>> {
    let rows = client
        .query(
            "SELECT format('%I.%I', nspname, relname) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
             WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
             ORDER BY 1",
            &[],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
