//! How the tests ended on each of several servers.

use std::fmt::Write as _;

/// One server's line of the table.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) major: u32,
    /// What `postgres --version` prints.
    pub(crate) version: String,
    pub(crate) verdict: Verdict,
    /// The test runner's own count, where it gives one.
    pub(crate) tests: Option<String>,
    pub(crate) seconds: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Passed,
    Failed,
}

/// The count in a line such as `     Summary [  71.206s] 266 tests run: 262 passed, 4 failed, 0 skipped`.
pub(crate) fn summary(line: &str) -> Option<&str> {
    let (_, count) = line
        .trim_start()
        .strip_prefix("Summary [")?
        .split_once("] ")?;
    Some(count.trim_end())
}

pub(crate) fn table(rows: &[Row]) -> String {
    let head = [
        "major".to_owned(),
        "version".to_owned(),
        "tests".to_owned(),
        "seconds".to_owned(),
    ];
    let cells = rows.iter().map(|row| {
        let tests = match (row.verdict, row.tests.as_deref()) {
            (Verdict::Passed, tests) => tests.unwrap_or("passed").to_owned(),
            (Verdict::Failed, Some(tests)) => format!("FAILED: {tests}"),
            (Verdict::Failed, None) => "FAILED".to_owned(),
        };
        let version = row.version.trim_start_matches("postgres (PostgreSQL) ");
        [
            row.major.to_string(),
            version.to_owned(),
            tests,
            format!("{:.1}", row.seconds),
        ]
    });
    let lines: Vec<[String; 4]> = std::iter::once(head).chain(cells).collect();
    let widths: [usize; 4] = std::array::from_fn(|column| {
        let lengths = lines.iter().map(|line| line[column].chars().count());
        lengths.max().unwrap_or_default()
    });
    let mut text = String::new();
    for line in lines {
        let padded: Vec<String> = line
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", padded.join("  ").trim_end());
    }
    text
}

/// An error if the tests failed on any server.
pub(crate) fn judge(rows: &[Row]) -> Result<(), String> {
    let failed: Vec<String> = rows
        .iter()
        .filter(|row| row.verdict == Verdict::Failed)
        .map(|row| row.major.to_string())
        .collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the tests failed on PostgreSQL {}\n  help: `cargo xtask test --pg {}` repeats them on one",
        failed.join(", "),
        failed[0]
    ))
}

#[cfg(test)]
mod tests {
    use super::{Row, Verdict, judge, summary, table};

    #[test]
    fn the_test_runners_count_is_found() {
        assert_eq!(
            summary("     Summary [  71.206s] 266 tests run: 262 passed, 4 failed, 0 skipped"),
            Some("266 tests run: 262 passed, 4 failed, 0 skipped")
        );
        assert_eq!(summary("        PASS [   0.1s] a::b Summary [x] y"), None);
    }

    #[test]
    fn the_table_says_what_ran_where() {
        let row = |major, version: &str, verdict, tests: Option<&str>| Row {
            major,
            version: version.to_owned(),
            verdict,
            tests: tests.map(str::to_owned),
            seconds: 71.26,
        };
        let rows = [
            row(
                15,
                "postgres (PostgreSQL) 15.18 (Debian)",
                Verdict::Passed,
                Some("266 tests run: 266 passed"),
            ),
            row(18, "postgres (PostgreSQL) 18.4", Verdict::Failed, None),
        ];
        assert_eq!(
            table(&rows),
            "\
major  version         tests                      seconds
15     15.18 (Debian)  266 tests run: 266 passed  71.3
18     18.4            FAILED                     71.3
"
        );
        assert_eq!(judge(&rows[..1]), Ok(()));
        assert_eq!(
            judge(&rows),
            Err(
                "the tests failed on PostgreSQL 18\n  help: `cargo xtask test --pg 18` repeats them on one"
                    .to_owned()
            )
        );
    }
}
