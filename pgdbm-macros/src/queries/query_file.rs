//! A file of queries: its text, and the places in it.

use std::path::PathBuf;
use std::rc::Rc;

use pgdbm_template::{Diagnostic, Label, line_column};
use proc_macro2::Span;

use crate::explanation::explain;
use crate::place::Place;
use crate::report::Report;

/// One file.
#[derive(Debug)]
pub(crate) struct QueryFile {
    /// As the user reads it, relative to the package.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// The bytes at which its lines begin: each of its functions has a place.
    lines: Vec<usize>,
    /// The compiler's place for all that is wrong in it: the name of the directory.
    pub(crate) span: Span,
}

impl QueryFile {
    pub(crate) fn new(name: String, path: PathBuf, text: String, span: Span) -> Self {
        let bytes = text.as_bytes();
        // A lone `\r` ends a line as well, as it does for `line_column`.
        let ends = (0..bytes.len()).filter(|&at| {
            bytes[at] == b'\n' || (bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'))
        });
        let lines = std::iter::once(0).chain(ends.map(|end| end + 1)).collect();
        QueryFile {
            name,
            path,
            text,
            lines,
            span,
        }
    }

    /// Reports a mistake at its place in the file.
    pub(crate) fn report(&self, diagnostic: &Diagnostic, report: &mut Report) {
        let explanation = explain(diagnostic, &self.text, |byte| Some(self.place(byte)));
        report.add(syn::Error::new(self.span, explanation));
    }

    pub(crate) fn place(&self, byte: usize) -> Place {
        let line = self.lines.partition_point(|start| *start <= byte);
        let start = self.lines.get(line.saturating_sub(1)).copied();
        let start = start.unwrap_or_default();
        let within = line_column(self.text.get(start..).unwrap_or_default(), byte - start);
        Place {
            file: self.name.clone(),
            line,
            column: within.column,
        }
    }
}

/// The part of a file that is one query.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) file: Rc<QueryFile>,
    /// The byte of the file at which it begins.
    pub(crate) start: usize,
}

impl Section {
    /// Reports a mistake whose places are those of the section.
    pub(crate) fn report(&self, diagnostic: &Diagnostic, report: &mut Report) {
        let mut moved = diagnostic.clone();
        self.shift(&mut moved.primary);
        for label in moved
            .secondary
            .iter_mut()
            .filter(|label| label.file.is_none())
        {
            self.shift(label);
        }
        self.file.report(&moved, report);
    }

    fn shift(&self, label: &mut Label) {
        label.start += self.start;
        label.end += self.start;
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use pgdbm_template::line_column;
    use proc_macro2::Span;

    use super::QueryFile;

    #[test]
    fn places_are_those_that_a_reader_counts() {
        let text = "é 1\n\r\n2\r3\r\n  é4\n";
        let file = QueryFile::new(
            "a.sql".to_owned(),
            PathBuf::new(),
            text.to_owned(),
            Span::call_site(),
        );
        for (byte, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let place = file.place(byte);
            let expected = line_column(text, byte);
            assert_eq!(
                (place.line, place.column),
                (expected.line, expected.column),
                "{byte}"
            );
        }
    }
}
