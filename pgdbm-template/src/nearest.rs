//! Did you mean…?

/// The longest word that is compared, in characters: nobody mistypes longer ones, and hostile input is cut off.
const LONGEST: usize = 80;

/// The candidate that `word` most probably meant, if one is near enough: at most a third of the word's characters
/// inserted, deleted, replaced, or exchanged with their neighbour. Letter case counts as no difference.
///
/// ```
/// use pgdbm_template::nearest;
///
/// assert_eq!(nearest("tabels", ["schema", "tables", "views"]), Some("tables"));
/// assert_eq!(nearest("customers", ["schema", "tables", "views"]), None);
/// ```
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = characters(word)?;
    let limit = (word.len() / 3).max(1);
    let mut best: Option<(usize, &'a str)> = None;
    for candidate in candidates {
        let Some(letters) = characters(candidate) else {
            continue;
        };
        // A word of one or two letters is near to everything as short; only a change of case or one of several letters
        // that leaves something in common is worth a suggestion.
        let distance = distance(&word, &letters);
        let near = distance <= limit && distance < word.len().max(letters.len());
        if near && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn characters(word: &str) -> Option<Vec<char>> {
    let letters: Vec<char> = word
        .chars()
        .take(LONGEST + 1)
        .flat_map(char::to_lowercase)
        .collect();
    (!letters.is_empty() && letters.len() <= LONGEST).then_some(letters)
}

/// The optimal string alignment distance: insertions, deletions, replacements, exchanges of neighbours.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before_last: Vec<usize> = vec![0; right.len() + 1];
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, letter) in left.iter().enumerate() {
        let mut current = Vec::with_capacity(right.len() + 1);
        current.push(row + 1);
        for (column, other) in right.iter().enumerate() {
            let replaced = last[column] + usize::from(letter != other);
            let mut least = replaced.min(last[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && *letter == right[column - 1] && left[row - 1] == *other {
                least = least.min(before_last[column - 1] + 1);
            }
            current.push(least);
        }
        before_last = last;
        last = current;
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let distance = |left: &str, right: &str| {
            let (left, right): (Vec<char>, Vec<char>) =
                (left.chars().collect(), right.chars().collect());
            distance(&left, &right)
        };
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("tabels", "tables"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("ab", "ba"), 1);
    }

    #[test]
    fn the_first_of_equally_near_candidates_wins() {
        assert_eq!(nearest("cat", ["bat", "hat"]), Some("bat"));
        assert_eq!(nearest("Tables", ["tables"]), Some("tables"));
        assert_eq!(nearest("x", ["y"]), None);
        assert_eq!(nearest(&"a".repeat(100_000), ["aaa"]), None);
    }
}
