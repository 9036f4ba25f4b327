//! `pgdbm check`: what the compiler would say of the migrations.

use std::error::Error;
use std::fs;
use std::path::Path;

use pgdbm_check::{Checker, Options, Source};
use pgdbm_runtime::MigrationFiles;
use pgdbm_template::{MigrationSet, MigrationText, SchemaName};

use crate::arguments::Check;
use crate::output::{findings, say};

pub(crate) fn run(arguments: &Check) -> Result<(), Box<dyn Error>> {
    let directory = &arguments.files.migrations;
    let files = MigrationFiles::read(directory)?;
    let sources = sources(directory, &files)?;
    let schema = SchemaName::new(&arguments.schema)?;
    let options = Options::default()
        .major(arguments.pg)
        .schema(schema.as_str())
        // As for a package whose settings allow them.
        .bare_names(schema.as_str() == "public");
    let checker = Checker::new(&sources, &options);
    let shown = |name: &str| directory.join(name).display().to_string();
    match findings(&checker, &sources, shown) {
        0 => {
            say(format_args!(
                "{} migration(s), nothing wrong",
                files.names().count()
            ))?;
            Ok(())
        }
        1 => Err("the server would refuse a statement of the migrations".into()),
        errors => {
            Err(format!("the server would refuse {errors} statements of the migrations").into())
        }
    }
}

/// The files that go forward, in the order in which they run.
fn sources(directory: &Path, files: &MigrationFiles) -> Result<Vec<Source>, Box<dyn Error>> {
    let mut texts = Vec::new();
    for name in files.names() {
        let path = directory.join(name);
        let bytes = fs::read(&path)
            .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
        let text = MigrationText::decode(&bytes)?;
        texts.push(Source::new(name, text.sql));
    }
    let (set, _) = MigrationSet::new(texts.iter().map(|file| (&file.name, &file.text)));
    let in_order = set.versioned().iter().chain(set.repeatable());
    let of_file = |name: &String| texts.iter().find(|file| file.name == *name).cloned();
    Ok(in_order
        .filter_map(|migration| of_file(&migration.file_name))
        .collect())
}
