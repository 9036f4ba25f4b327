//! What goes to the terminal, or to whoever reads it there.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write as _};

use pgdbm_check::{Checker, Source};

/// Writes a line to the standard output. Somebody who has read enough, as `head` has, is no failure: what was asked for is done to its
/// end all the same.
pub(crate) fn say(line: Arguments<'_>) -> io::Result<()> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}

/// Writes a line to the standard error, where nobody can be told that it failed.
pub(crate) fn complain(line: Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Writes what is wrong with the sources, and what could not be read of them, each with its place. Gives the number of errors.
pub(crate) fn findings(
    checker: &Checker,
    sources: &[Source],
    file: impl Fn(&str) -> String,
) -> usize {
    for found in checker.findings() {
        let source = sources.iter().find(|source| source.name == found.source);
        let text = source.map_or("", |source| &source.text);
        complain(format_args!(
            "{}",
            found.finding.render(text, &file(&found.source))
        ));
    }
    let errors = checker
        .findings()
        .iter()
        .filter(|found| found.finding.is_error());
    errors.count()
}
