//! The words of a statement, as far as changing one of them needs.

use pgdbm_template::lex;

/// Each token and where it starts; blanks and comments are left out.
pub(crate) fn words(sql: &str) -> impl Iterator<Item = (usize, &str)> {
    lex(sql)
        .filter(|token| !token.kind.is_trivia())
        .map(|token| (token.start, token.text(sql)))
}

pub(crate) fn is_sign(one: char) -> bool {
    "+-*/<>=~!@#%^&|?".contains(one)
}
