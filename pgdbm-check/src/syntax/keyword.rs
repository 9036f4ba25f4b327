//! Key words and where they may stand as names.
//!
//! Follows the manual's appendix [SQL Key Words](https://www.postgresql.org/docs/current/sql-keywords-appendix.html).

mod list;

use list::KEYWORDS;

/// What a key word may be used for besides its own meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Category {
    /// Any name.
    Unreserved,
    /// A column or a table, not a function or a type.
    ColumnName,
    /// A function or a type, not a column or a table.
    TypeOrFunction,
    /// Only a label behind AS.
    Reserved,
}

/// A key word: its text in lower case, its category, and whether it may be a column's label without AS.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keyword {
    pub(super) text: &'static str,
    pub(super) category: Category,
    pub(super) bare_label: bool,
}

/// The longest key word has this many bytes.
const LONGEST: usize = 17;

/// The key word that `word` is, letter case aside.
pub(super) fn find(word: &str) -> Option<Keyword> {
    let mut buffer = [0_u8; LONGEST];
    let lower = buffer.get_mut(..word.len())?;
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    let lower = &*lower;
    let index = KEYWORDS
        .binary_search_by(|(text, ..)| text.as_bytes().cmp(lower))
        .ok()?;
    KEYWORDS
        .get(index)
        .map(|&(text, category, bare_label)| Keyword {
            text,
            category,
            bare_label,
        })
}

#[cfg(test)]
mod tests {
    use super::{Category, KEYWORDS, LONGEST, find};

    #[test]
    fn the_list_is_sorted_and_found() {
        assert!(KEYWORDS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(KEYWORDS.iter().map(|row| row.0.len()).max(), Some(LONGEST));
        for (text, category, _) in KEYWORDS {
            let found = find(&text.to_uppercase()).map(|found| (found.text, found.category));
            assert_eq!(found, Some((*text, *category)));
        }
        assert!(find("users").is_none());
        assert!(find("ein_sehr_langes_wort_das_keines_ist").is_none());
        assert_eq!(
            find("Select").map(|found| found.category),
            Some(Category::Reserved)
        );
    }
}
