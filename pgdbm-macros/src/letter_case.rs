//! The ways to write a name of several words, for `rename_all`.

/// A way to write a name of several words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LetterCase {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

/// Each way with its name, which is written in the way that it names.
pub(crate) const LETTER_CASES: [(&str, LetterCase); 8] = [
    ("lowercase", LetterCase::Lower),
    ("UPPERCASE", LetterCase::Upper),
    ("PascalCase", LetterCase::Pascal),
    ("camelCase", LetterCase::Camel),
    ("snake_case", LetterCase::Snake),
    ("SCREAMING_SNAKE_CASE", LetterCase::ScreamingSnake),
    ("kebab-case", LetterCase::Kebab),
    ("SCREAMING-KEBAB-CASE", LetterCase::ScreamingKebab),
];

impl LetterCase {
    /// The way with this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        LETTER_CASES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, case)| *case)
    }

    /// Writes the name of a type or a variant, whose words begin with capitals, in this way.
    pub(crate) fn of_type(self, name: &str) -> String {
        self.of_field(&with_underscores(name))
    }

    /// Writes the name of a field, whose words `_` separates, in this way.
    pub(crate) fn of_field(self, field: &str) -> String {
        let words = field.split('_').filter(|word| !word.is_empty());
        let joined = |separator: &str| words.clone().collect::<Vec<_>>().join(separator);
        match self {
            LetterCase::Lower => joined("").to_lowercase(),
            LetterCase::Upper => joined("").to_uppercase(),
            LetterCase::Pascal => words.map(capitalized).collect(),
            LetterCase::Camel => words
                .enumerate()
                .map(|(index, word)| {
                    if index == 0 {
                        word.to_lowercase()
                    } else {
                        capitalized(word)
                    }
                })
                .collect(),
            LetterCase::Snake => joined("_").to_lowercase(),
            LetterCase::ScreamingSnake => joined("_").to_uppercase(),
            LetterCase::Kebab => joined("-").to_lowercase(),
            LetterCase::ScreamingKebab => joined("-").to_uppercase(),
        }
    }
}

/// `OrderStatus` as `Order_Status`, `HTTPError` as `HTTP_Error`: a word ends before a capital that follows a small letter or a digit,
/// and before the last of several capitals if a small letter follows it.
fn with_underscores(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut written = String::new();
    for (index, &letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| letters.get(before));
        let behind = letters.get(index + 1);
        let begins_word = letter.is_uppercase()
            && before.is_some_and(|before| {
                !before.is_uppercase() || behind.is_some_and(|behind| behind.is_lowercase())
            });
        if begins_word {
            written.push('_');
        }
        written.push(letter);
    }
    written
}

fn capitalized(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or_else(String::new, |first| {
        first
            .to_uppercase()
            .chain(characters.flat_map(char::to_lowercase))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::{LETTER_CASES, LetterCase};

    #[test]
    fn each_way_writes_the_words_as_its_name_shows() {
        let written: Vec<String> = LETTER_CASES
            .iter()
            .map(|(_, case)| case.of_field("user_id"))
            .collect();
        assert_eq!(
            written,
            [
                "userid", "USERID", "UserId", "userId", "user_id", "USER_ID", "user-id", "USER-ID"
            ]
        );
    }

    #[test]
    fn a_single_word_and_stray_underscores_are_names_too() {
        assert_eq!(LetterCase::Camel.of_field("id"), "id");
        assert_eq!(LetterCase::Camel.of_field("_private__name_"), "privateName");
        assert_eq!(LetterCase::Pascal.of_field("größe"), "Größe");
    }

    #[test]
    fn a_type_has_words_too() {
        for (name, expected) in [
            ("OrderStatus", "order_status"),
            ("Open", "open"),
            ("HTTPError", "http_error"),
            ("Utf8Text", "utf8_text"),
            ("A", "a"),
            ("PaidInFull_", "paid_in_full"),
        ] {
            assert_eq!(LetterCase::Snake.of_type(name), expected);
        }
        assert_eq!(LetterCase::Camel.of_type("PaidInFull"), "paidInFull");
        assert_eq!(LetterCase::Lower.of_type("PaidInFull"), "paidinfull");
        assert_eq!(LetterCase::Pascal.of_type("PaidInFull"), "PaidInFull");
        assert_eq!(
            LetterCase::ScreamingKebab.of_type("PaidInFull"),
            "PAID-IN-FULL"
        );
    }

    #[test]
    fn each_way_is_found_by_its_name() {
        for (name, case) in LETTER_CASES {
            assert_eq!(LetterCase::from_name(name), Some(case));
        }
        assert_eq!(LetterCase::from_name("Camel"), None);
    }
}
