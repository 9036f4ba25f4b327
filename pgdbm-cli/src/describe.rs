//! `pgdbm describe`: what queries take and give, as JSON lines.

mod answer;
mod compare;
mod files;
mod live;

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::future::{Future, poll_fn};
use std::io::{self, BufRead as _, Write as _};
use std::path::Path;
use std::pin::pin;
use std::task::Poll;

use pgdbm_check::{Checker, Options, Source};
use pgdbm_runtime::DatabaseConfig;
use pgdbm_template::SchemaName;
use tokio::sync::mpsc;

use crate::arguments::Describe;
use crate::describe::answer::{Answer, Question};
use crate::describe::compare::Tally;
use crate::describe::live::{Live, Scratch};
use crate::output::findings;

type Outcome = Result<(), Box<dyn Error>>;

/// Where answers come from.
struct Oracles {
    /// None where only the server is asked.
    checker: Option<Checker>,
    server: Server,
}

enum Server {
    None,
    Live(Box<Live>),
    /// Answers that were written to a file before, by the queries' ids as they are written.
    Kept(HashMap<String, Answer>),
}

pub(crate) async fn run(arguments: &Describe) -> Outcome {
    let mut sources = Vec::new();
    if let Some(directory) = &arguments.migrations {
        sources.extend(files::directory(directory)?);
    }
    if let Some(file) = &arguments.schema_file {
        sources.push(files::dump(file)?);
    }
    let schema = SchemaName::new(&arguments.schema)?;
    match &arguments.live {
        Some(url) => {
            with_server(
                arguments,
                &DatabaseConfig::from_url(url)?,
                &sources,
                &schema,
            )
            .await
        }
        None => {
            let server =
                match &arguments.compare {
                    Some(Some(file)) => Server::Kept(kept_answers(file)?),
                    Some(None) => return Err(
                        "`--compare` needs a server, `--live URL`, or a file with answers of one"
                            .into(),
                    ),
                    None => Server::None,
                };
            let checker = Some(checker(arguments, &sources, 15));
            answer_all(Oracles { checker, server }).await
        }
    }
}

/// Asks a server: in a database of its own if there are migrations, otherwise in the one of the URL as it is.
async fn with_server(
    arguments: &Describe,
    config: &DatabaseConfig,
    sources: &[Source],
    schema: &SchemaName,
) -> Outcome {
    if sources.is_empty() {
        let live = Live::open(config.clone(), schema).await?;
        return answer_from(arguments, sources, live).await;
    }
    let scratch = Scratch::create(config).await?;
    let target = scratch.config(config);
    let outcome = unless_interrupted(async {
        let live = Live::open(target, schema).await?;
        live.apply(sources).await?;
        answer_from(arguments, sources, live).await
    })
    .await;
    scratch.drop().await?;
    outcome
}

async fn answer_from(arguments: &Describe, sources: &[Source], live: Live) -> Outcome {
    if let Some(Some(_)) = &arguments.compare {
        return Err("`--compare FILE` and `--live URL` name two servers; give one".into());
    }
    let checker = match &arguments.compare {
        Some(_) => Some(checker(arguments, sources, live.major().await?)),
        None => None,
    };
    let server = Server::Live(Box::new(live));
    answer_all(Oracles { checker, server }).await
}

/// Runs something to its end or to Ctrl-C, so that what was made can be removed in either case.
async fn unless_interrupted(work: impl Future<Output = Outcome>) -> Outcome {
    let mut work = pin!(work);
    let mut interrupt = pin!(tokio::signal::ctrl_c());
    poll_fn(|context| {
        if let Poll::Ready(outcome) = work.as_mut().poll(context) {
            return Poll::Ready(outcome);
        }
        interrupt
            .as_mut()
            .poll(context)
            .map(|_| Err("interrupted".into()))
    })
    .await
}

/// The checker over the sources; what is wrong with them goes to the standard error.
fn checker(arguments: &Describe, sources: &[Source], default_major: u16) -> Checker {
    let options = Options::default()
        .major(arguments.pg.unwrap_or(default_major))
        .schema(arguments.schema.as_str());
    let checker = Checker::new(sources, &options);
    findings(&checker, sources, str::to_owned);
    checker
}

/// Answers the lines of the standard input, each when it has been read.
async fn answer_all(mut oracles: Oracles) -> Outcome {
    let mut tally = Tally::default();
    let mut lines = lines();
    while let Some(line) = lines.recv().await {
        let line = line?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let Some(answer) = oracles.answer(&line, &mut tally).await? else {
            continue;
        };
        let mut output = io::stdout().lock();
        // Whoever reads only the first lines is no failure of ours.
        if writeln!(output, "{answer}")
            .and_then(|()| output.flush())
            .is_err()
        {
            return Ok(());
        }
    }
    if oracles.compares() {
        eprintln!("{tally}");
        if tally.is_untrue() {
            return Err("the checker says what the server does not".into());
        }
    }
    Ok(())
}

/// The lines of the standard input, which need not be text. A thread reads them: waiting for one must not keep an interrupt from
/// being seen.
fn lines() -> mpsc::Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel(1);
    std::thread::spawn(move || {
        for line in io::stdin().lock().split(b'\n') {
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

fn kept_answers(file: &Path) -> Result<HashMap<String, Answer>, Box<dyn Error>> {
    let text = fs::read_to_string(file)
        .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let mut answers = HashMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let (id, answer) = Answer::from_line(line)
            .ok_or_else(|| format!("{}:{number}: no answer of `describe`", file.display()))?;
        answers.insert(id.to_string(), answer);
    }
    Ok(answers)
}

impl Oracles {
    fn compares(&self) -> bool {
        self.checker.is_some() && !matches!(self.server, Server::None)
    }

    /// What is printed for a line; nothing where answers are compared and do not differ.
    async fn answer(
        &mut self,
        line: &[u8],
        tally: &mut Tally,
    ) -> Result<Option<String>, Box<dyn Error>> {
        let question = Question::from_line(line);
        let Some(sql) = &question.sql else {
            return Ok(Some(question.malformed().to_line(&question.id)));
        };
        let kept;
        let live;
        let server = match &mut self.server {
            Server::None => None,
            Server::Live(server) => {
                live = server.describe(sql).await?;
                Some(&live)
            }
            Server::Kept(answers) => {
                let id = question.id.to_string();
                kept = answers
                    .get(&id)
                    .ok_or_else(|| format!("the file has no answer to the query {id}"))?;
                Some(kept)
            }
        };
        let Some(checker) = &self.checker else {
            return Ok(server.map(|server| server.to_line(&question.id)));
        };
        let ours = Answer::of_description(checker.describe(sql));
        Ok(match server {
            None => Some(ours.to_line(&question.id)),
            Some(server) => tally.compare(&question.id, sql, &ours, server),
        })
    }
}
