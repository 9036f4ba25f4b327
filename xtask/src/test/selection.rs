//! What `cargo xtask test` is asked for.

use crate::kit::parse_major;

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    /// The majors to run on, each once, in the order in which they were named; none for the server that is there.
    pub(crate) majors: Vec<u32>,
    /// Leaves out what needs no server.
    pub(crate) server_only: bool,
    /// For the program that runs the tests.
    pub(crate) extra: Vec<String>,
}

/// Takes our own options; everything else, and all that follows `--`, is the test runner's.
pub(crate) fn parse(arguments: &[String], known: &[u32]) -> Result<Selection, String> {
    let mut selection = Selection::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let majors = match argument.as_str() {
            "--all-pg" => known.to_vec(),
            "--pg" => {
                let Some(major) = rest.next() else {
                    return Err(
                        "`--pg` without a major version\n  help: write for example `--pg 18`"
                            .to_owned(),
                    );
                };
                vec![parse_major(major, known)?]
            }
            "--server-only" => {
                selection.server_only = true;
                continue;
            }
            "--" => {
                selection.extra.push(argument.clone());
                selection.extra.extend(rest.cloned());
                break;
            }
            other => match other.strip_prefix("--pg=") {
                Some(major) => vec![parse_major(major, known)?],
                None => {
                    selection.extra.push(argument.clone());
                    continue;
                }
            },
        };
        for major in majors {
            if !selection.majors.contains(&major) {
                selection.majors.push(major);
            }
        }
    }
    Ok(selection)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests {
    use super::{Selection, parse};

    fn selection(line: &str) -> Result<Selection, String> {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        parse(&arguments, &[14, 15, 18])
    }

    #[test]
    fn majors_are_taken_once_each_in_their_order() {
        for (line, majors) in [
            ("", &[][..]),
            ("--pg 18", &[18]),
            ("--pg=18 --pg 14 --pg 18", &[18, 14]),
            ("--all-pg", &[14, 15, 18]),
            ("--pg 18 --all-pg", &[18, 14, 15]),
        ] {
            assert_eq!(selection(line).unwrap().majors, majors, "{line}");
        }
    }

    #[test]
    fn the_rest_is_the_test_runners() {
        let taken = selection("lexer --pg 15 --server-only -j 2 -- --pg 14 --server-only").unwrap();
        let extra = ["lexer", "-j", "2", "--", "--pg", "14", "--server-only"];
        assert_eq!(
            taken,
            Selection {
                majors: vec![15],
                server_only: true,
                extra: extra.map(str::to_owned).to_vec(),
            }
        );
        assert!(!selection("--pg 15 -- --server-only").unwrap().server_only);
    }

    #[test]
    fn a_major_that_is_missing_or_unknown_is_an_error() {
        assert_eq!(
            selection("--pg").unwrap_err(),
            "`--pg` without a major version\n  help: write for example `--pg 18`"
        );
        for line in ["--pg 16", "--pg=16"] {
            assert_eq!(
                selection(line).unwrap_err(),
                "`16` is no major version that the kit has\n  help: choose one of 14, 15, 18"
            );
        }
    }
}
