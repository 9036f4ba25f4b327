//! The table: what was to be reached beside what was measured.

use std::fmt;

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// What was measured.
    pub what: String,
    /// What was to be reached; empty for what is only told.
    pub target: String,
    /// What came out.
    pub measured: String,
    /// Whether it was reached; nothing where there is no target.
    pub reached: Option<bool>,
}

impl Row {
    /// A line with a target.
    pub fn judged(what: &str, target: &str, measured: impl fmt::Display, reached: bool) -> Row {
        Row {
            what: what.to_owned(),
            target: target.to_owned(),
            measured: measured.to_string(),
            reached: Some(reached),
        }
    }

    /// A line that is only told.
    pub fn told(what: &str, measured: impl fmt::Display) -> Row {
        Row {
            what: what.to_owned(),
            target: String::new(),
            measured: measured.to_string(),
            reached: None,
        }
    }

    fn verdict(&self) -> &'static str {
        match self.reached {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "",
        }
    }
}

/// The lines as a table of Markdown.
pub fn render(rows: &[Row]) -> String {
    let width = |cell: fn(&Row) -> &str, title: &str| {
        let longest = rows.iter().map(|row| cell(row).chars().count()).max();
        longest.unwrap_or_default().max(title.len())
    };
    let what = width(|row| &row.what, "what");
    let target = width(|row| &row.target, "target");
    let measured = width(|row| &row.measured, "measured");
    let line = |cells: [&str; 4]| {
        format!(
            "| {:<what$} | {:<target$} | {:<measured$} | {:<7} |\n",
            cells[0], cells[1], cells[2], cells[3]
        )
    };
    let mut text = line(["what", "target", "measured", "reached"]);
    text.push_str(&line(["---"; 4]));
    for row in rows {
        text.push_str(&line([
            &row.what,
            &row.target,
            &row.measured,
            row.verdict(),
        ]));
    }
    text
}
