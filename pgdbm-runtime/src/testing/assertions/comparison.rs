//! How two tables differ, line by line.

use super::text_table::{TextTable, aligned};

/// How many lines of a difference, or of a table, a message shows.
const SHOWN: usize = 200;

/// The most pairs of rows that are compared for the shortest difference; more are shown as gone and come.
const PAIRS: usize = 4_000_000;

/// Where a row is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Both,
    Expected,
    Found,
}

/// What a message says of two tables that differ: the marked difference, the expected table, and the one that was found,
/// to paste. `None` when they are equal.
pub(super) fn difference(expected: &TextTable, found: &TextTable) -> Option<String> {
    if expected == found {
        return None;
    }
    let mut message = String::new();
    if expected.columns == found.columns {
        message.push_str("\n  difference (- expected, + found):\n");
        message.push_str(&limited(&marked(expected, found)));
    } else {
        message.push_str("\n  the columns differ");
    }
    message.push_str(&format!("\n  expected {} row(s):\n", expected.rows.len()));
    message.push_str(&limited(&indented(&expected.to_string(), 4)));
    message.push_str(&format!(
        "\n  found {} row(s); to expect them, paste:\n",
        found.rows.len()
    ));
    message.push_str(&limited(&found.literal()));
    Some(message)
}

/// Both tables in one, each row marked for where it is.
fn marked(expected: &TextTable, found: &TextTable) -> String {
    let (columns, expected_cells) = expected.written();
    let (_, found_cells) = found.written();
    let mut marks = vec![' '];
    let mut lines: Vec<&[String]> = vec![&columns];
    let (mut left, mut right) = (expected_cells.iter(), found_cells.iter());
    for side in sides(&expected.rows, &found.rows) {
        let (mark, cells) = match side {
            Side::Expected => ('-', left.next()),
            Side::Found => ('+', right.next()),
            Side::Both => {
                left.next();
                (' ', right.next())
            }
        };
        marks.push(mark);
        lines.extend(cells.map(Vec::as_slice));
    }
    let lines = aligned(&lines).into_iter().zip(marks);
    let lines = lines.map(|(line, mark)| format!("  {mark} {line}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The shortest way from one list to the other: the longest common subsequence stays.
fn sides<T: PartialEq>(expected: &[T], found: &[T]) -> Vec<Side> {
    let same = |(a, b): &(&T, &T)| a == b;
    let head = expected.iter().zip(found).take_while(same).count();
    let (a, b) = (&expected[head..], &found[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(same).count();
    let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);

    let mut sides = vec![Side::Both; head];
    let (mut i, mut j) = (0, 0);
    if a.len().saturating_mul(b.len()) <= PAIRS {
        // `longest[i][j]`: how many rows are common to what begins at `i` and at `j`.
        let mut longest = vec![vec![0_u32; b.len() + 1]; a.len() + 1];
        for i in (0..a.len()).rev() {
            for j in (0..b.len()).rev() {
                longest[i][j] = if a[i] == b[j] {
                    longest[i + 1][j + 1] + 1
                } else {
                    longest[i + 1][j].max(longest[i][j + 1])
                };
            }
        }
        while i < a.len() && j < b.len() {
            if a[i] == b[j] {
                sides.push(Side::Both);
                (i, j) = (i + 1, j + 1);
            } else if longest[i + 1][j] >= longest[i][j + 1] {
                sides.push(Side::Expected);
                i += 1;
            } else {
                sides.push(Side::Found);
                j += 1;
            }
        }
    }
    sides.extend(vec![Side::Expected; a.len() - i]);
    sides.extend(vec![Side::Found; b.len() - j]);
    sides.extend(vec![Side::Both; tail]);
    sides
}

/// Each line further to the right.
pub(super) fn indented(text: &str, by: usize) -> String {
    let lines = text.lines().map(|line| format!("{:by$}{line}", ""));
    lines.collect::<Vec<_>>().join("\n")
}

/// The first lines of a text.
pub(super) fn limited(text: &str) -> String {
    let lines = text.lines().count();
    if lines <= SHOWN {
        return text.to_owned();
    }
    let mut first: Vec<&str> = text.lines().take(SHOWN).collect();
    let more = format!("    … and {} more line(s)", lines - SHOWN);
    first.push(&more);
    first.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{Side, limited, sides};

    fn check(expected: &str, found: &str, marks: &str) {
        let (a, b): (Vec<char>, Vec<char>) = (expected.chars().collect(), found.chars().collect());
        let sides = sides(&a, &b).into_iter().map(|side| match side {
            Side::Both => '=',
            Side::Expected => '-',
            Side::Found => '+',
        });
        assert_eq!(sides.collect::<String>(), marks, "{expected} {found}");
    }

    #[test]
    fn what_is_common_stays() {
        check("", "", "");
        check("abc", "abc", "===");
        check("abc", "abxc", "==+=");
        check("abc", "ac", "=-=");
        check("abc", "axc", "=-+=");
        check("ab", "ba", "-=+");
        check("aa", "a", "=-");
        check("", "ab", "++");
        check("xabcy", "abc", "-===-");
    }

    #[test]
    fn long_messages_are_cut() {
        let text = "line\n".repeat(300);
        let cut = limited(&text);
        assert_eq!(cut.lines().count(), 201);
        assert!(cut.ends_with("… and 100 more line(s)"));
    }
}
