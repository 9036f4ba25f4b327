//! `pgdbm describe`: what queries take and give, as JSON lines.

mod answer;
mod files;

use std::io::{self, BufRead as _, Write as _};

use pgdbm_check::{Checker, Options};

use crate::arguments::Describe;

pub(crate) fn run(arguments: &Describe) -> io::Result<()> {
    let mut sources = Vec::new();
    if let Some(directory) = &arguments.migrations {
        sources.extend(files::directory(directory)?);
    }
    if let Some(file) = &arguments.schema_file {
        sources.push(files::dump(file)?);
    }
    let options = Options::default()
        .major(arguments.pg)
        .schema(arguments.schema.as_str());
    let checker = Checker::new(&sources, &options);
    for found in checker.findings() {
        let finding = &found.finding;
        let place = sources
            .iter()
            .find(|source| source.name == found.source)
            .map(|source| pgdbm_template::line_column(&source.text, finding.start));
        let place = place.map_or_else(String::new, |place| {
            format!(":{}:{}", place.line, place.column)
        });
        eprintln!(
            "{}: {}{place}: {} [{}]",
            answer::severity(finding.severity),
            found.source,
            finding.message,
            finding.code
        );
    }
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = answer::to_line(&checker, &line);
        // Whoever reads only the first lines is no failure of ours.
        if writeln!(output, "{answer}")
            .and_then(|()| output.flush())
            .is_err()
        {
            break;
        }
    }
    Ok(())
}
