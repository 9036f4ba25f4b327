//! What the commands do, and how it is printed.

use pgdbm_runtime::{
    DatabaseConfig, Error, MigrationFiles, MigrationManager, MigrationState, Pool,
};

use crate::arguments::{Arguments, Command, Target};
use crate::output::say;

type Outcome = Result<(), Box<dyn std::error::Error>>;

pub(crate) async fn run(arguments: Arguments) -> Outcome {
    match arguments.command {
        Command::Describe(options) => crate::describe::run(&options).await,
        Command::Check(options) => crate::check::run(&options),
        Command::Status { target } => {
            for (schema, manager) in managers(&target).await? {
                say(format_args!("{schema}"))?;
                for status in manager.status().await.map_err(|error| as_flags(&error))? {
                    say(format_args!(
                        "  {:<12} {}",
                        word(&status.state),
                        status.name
                    ))?;
                }
            }
            Ok(())
        }
        Command::Migrate {
            target,
            dry_run,
            allow_out_of_order,
            ignore_missing,
        } => {
            for (schema, manager) in managers(&target).await? {
                let manager = manager
                    .allow_out_of_order(allow_out_of_order)
                    .ignore_missing(ignore_missing);
                if dry_run {
                    plan(&schema, &manager).await?;
                } else {
                    apply(&schema, &manager).await?;
                }
            }
            Ok(())
        }
    }
}

/// One manager for each schema that was named, all on one pool.
async fn managers(target: &Target) -> Result<Vec<(String, MigrationManager)>, Error> {
    let files = MigrationFiles::read(&target.files.migrations)?;
    let config = match &target.url {
        Some(url) => DatabaseConfig::from_url(url)?,
        None => DatabaseConfig::from_env()?,
    };
    let pool = Pool::connect(config.application_name("pgdbm").max_connections(2)).await?;
    let manager = |schema: &String| {
        Ok((
            schema.clone(),
            files.manager(&pool.manager(schema)?, &target.module),
        ))
    };
    target.schema.iter().map(manager).collect()
}

async fn apply(schema: &str, manager: &MigrationManager) -> Outcome {
    let report = manager.apply().await.map_err(|error| as_flags(&error))?;
    say(format_args!(
        "{schema}: {} applied, {} already there",
        report.applied.len(),
        report.already_applied
    ))?;
    for migration in report.applied {
        say(format_args!(
            "  {:>8.1} ms  {}",
            migration.took.as_secs_f64() * 1000.0,
            migration.name
        ))?;
    }
    Ok(())
}

async fn plan(schema: &str, manager: &MigrationManager) -> Outcome {
    let plan = manager.dry_run().await.map_err(|error| as_flags(&error))?;
    say(format_args!("-- {schema}: {} pending", plan.len()))?;
    for migration in plan {
        say(format_args!(
            "\n-- {}{}",
            migration.name,
            if migration.transaction {
                ""
            } else {
                " (no transaction)"
            }
        ))?;
        for statement in migration.statements {
            say(format_args!("{statement};"))?;
        }
    }
    Ok(())
}

/// An error in which the flags of the command stand for the methods of the library.
fn as_flags(error: &Error) -> String {
    let mut text = error.to_string();
    for flag in ["ignore-missing", "allow-out-of-order"] {
        let method = flag.replace('-', "_");
        text = text.replace(&format!("`{method}`"), &format!("`--{flag}`"));
    }
    text
}

fn word(state: &MigrationState) -> String {
    match state {
        MigrationState::Pending => "pending".to_owned(),
        MigrationState::Applied { .. } => "applied".to_owned(),
        MigrationState::Partial {
            statements_done,
            outcome_unknown: false,
        } => format!("after #{statements_done}"),
        MigrationState::Partial {
            statements_done,
            outcome_unknown: true,
        } => format!("in #{}?", statements_done + 1),
        MigrationState::Changed => "changed!".to_owned(),
        MigrationState::Missing => "file missing".to_owned(),
        _ => "unknown".to_owned(),
    }
}
