//! What the commands do, and how it is printed.

use pgdbm_runtime::{
    DatabaseConfig, Error, MigrationFiles, MigrationManager, MigrationState, Pool,
};

use crate::arguments::{Arguments, Command, Target};

pub(crate) async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    match arguments.command {
        Command::Describe(options) => crate::describe::run(&options).await,
        Command::Check { files } => {
            let files = MigrationFiles::read(&files.directory)?;
            println!("{} migration(s), nothing wrong", files.names().count());
            Ok(())
        }
        Command::Status { target } => {
            for (schema, manager) in managers(&target).await? {
                println!("{schema}");
                for status in manager.status().await? {
                    println!("  {:<12} {}", word(&status.state), status.name);
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
    let files = MigrationFiles::read(&target.files.directory)?;
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

async fn apply(schema: &str, manager: &MigrationManager) -> Result<(), Error> {
    let report = manager.apply().await?;
    println!(
        "{schema}: {} applied, {} already there",
        report.applied.len(),
        report.already_applied
    );
    for migration in report.applied {
        println!(
            "  {:>8.1} ms  {}",
            migration.took.as_secs_f64() * 1000.0,
            migration.name
        );
    }
    Ok(())
}

async fn plan(schema: &str, manager: &MigrationManager) -> Result<(), Error> {
    let plan = manager.dry_run().await?;
    println!("-- {schema}: {} pending", plan.len());
    for migration in plan {
        println!(
            "\n-- {}{}",
            migration.name,
            if migration.transaction {
                ""
            } else {
                " (no transaction)"
            }
        );
        for statement in migration.statements {
            println!("{statement};");
        }
    }
    Ok(())
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
