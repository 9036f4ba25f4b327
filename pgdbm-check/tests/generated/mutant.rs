//! Mutants: a query with one name, type, operator, constant or parameter changed.

use crate::choices::Choices;
use crate::words::{is_sign, words};

const SIGNS: &[&str] = &[
    "=", "<", ">", "<=", ">=", "<>", "||", "+", "-", "*", "/", "->", "->>", "@>", "&&", "%", "~",
    "#>>", "<<",
];
const TYPES: &[&str] = &[
    "int",
    "text",
    "bigint",
    "bool",
    "uuid",
    "timestamptz",
    "jsonb",
    "numeric",
    "bytea",
    "float8",
    "date",
    "text[]",
    "interval",
    "mood",
    "posint",
    "int4range",
    "hstore",
];
const FUNCTIONS: &[&str] = &[
    "lower",
    "upper",
    "length",
    "abs",
    "now",
    "coalesce",
    "max",
    "min",
    "sum",
    "count",
    "array_agg",
    "to_jsonb",
    "date_trunc",
    "round",
    "concat",
    "nullif",
];
const OPERANDS: &[&str] = &["1", "'a'", "NULL", "1.5", "true", "now()", "$1"];
const KEYWORDS: &str = " select from where and or not in is null insert into values update set delete returning on conflict do \
    nothing as join left right inner outer full cross natural group by order having limit offset with recursive union all \
    distinct except intersect case when then else end asc desc exists any some true false between like ilike using lateral for \
    skip locked default array cast interval over partition filter within merge matched rollup cube grouping sets window rows ";

/// Changes one word.
pub(crate) fn mutate(sql: &str, choices: &mut Choices) -> String {
    let all: Vec<(usize, &str)> = words(sql).collect();
    for _ in 0..20 {
        let Some((start, word)) = choices.pick(&all) else {
            break;
        };
        if let Some(new) = replacement(word, &all, choices).filter(|new| new != word)
            && let (Some(before), Some(after)) = (sql.get(..start), sql.get(start + word.len()..))
        {
            return format!("{before}{new}{after}");
        }
    }
    sql.to_owned()
}

/// What stands in the word's place; nothing where it is best left as it is.
fn replacement(word: &str, all: &[(usize, &str)], choices: &mut Choices) -> Option<String> {
    let first = word.chars().next()?;
    Some(match first {
        _ if is_sign(first) => choices.word(SIGNS).to_owned(),
        '$' => match choices.below(5) {
            0 => format!("{word}::{}", choices.word(TYPES)),
            1 => format!("({word} + 1)"),
            2 => format!("lower({word})"),
            3 => format!("({word} || $1)"),
            _ => choices.word(OPERANDS).to_owned(),
        },
        '\'' => match choices.below(2) {
            0 => choices.word(OPERANDS).to_owned(),
            _ => format!("{word}::{}", choices.word(TYPES)),
        },
        '"' => word.replacen('"', "\"x", 1),
        _ if first.is_ascii_digit() => choices
            .word(&["'x'", "1.5", "NULL", "true", "now()", "$1"])
            .to_owned(),
        _ if KEYWORDS.contains(&format!(" {} ", word.to_lowercase())) => {
            if !choices.chance(15) {
                return None;
            }
            String::new()
        }
        _ if first.is_alphabetic() => match choices.weighted(&[30, 20, 20, 15, 15]) {
            0 => format!("{word}x"),
            1 => {
                let names: Vec<&str> = all
                    .iter()
                    .map(|(_, other)| *other)
                    .filter(|other| {
                        other.starts_with(char::is_alphabetic)
                            && !KEYWORDS.contains(&format!(" {} ", other.to_lowercase()))
                    })
                    .collect();
                choices.pick(&names)?.to_owned()
            }
            2 => format!("{}({word})", choices.word(FUNCTIONS)),
            3 => format!("{word}::{}", choices.word(TYPES)),
            _ => format!(
                "({word} {} {})",
                choices.word(SIGNS),
                choices.word(OPERANDS)
            ),
        },
        _ => return None,
    })
}
