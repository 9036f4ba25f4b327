//! Queries with one thing changed: a name, an operator, a constant, a parameter, a type. Most are wrong then, and must be refused;
//! what the server still takes must be described as it says.
//!
//! `PGDBM_CHECK_MUTANTS` is how many there are for each query, `PGDBM_CHECK_SEED` begins another row of them.

use std::error::Error;

use pgdbm_template::{Token, TokenKind, lex};

use crate::oracle::{is_refused, ours, queries, with_oracle};

/// Of what the server refuses, at least so many of a hundred must be refused.
const LEAST_REFUSED: usize = 97;

#[test]
fn mutants_are_judged_as_the_server_judges_them() -> Result<(), Box<dyn Error>> {
    let of_each = setting("PGDBM_CHECK_MUTANTS", 4);
    let mut random = Random(setting("PGDBM_CHECK_SEED", 1));
    with_oracle(async |mut oracle| {
        let (mut valid, mut invalid, mut refused) = (0_usize, 0_usize, 0_usize);
        let mut wrong = Vec::new();
        for query in queries() {
            for _ in 0..of_each {
                let mutant = mutate(query, &mut random);
                let description = oracle.checker.describe(&mutant);
                match oracle.answer(&mutant).await? {
                    Ok(said) => {
                        valid += 1;
                        if said != ours(&description) {
                            wrong
                                .push(format!("{mutant}\n  server {said:?}\n  we {description:?}"));
                        }
                    }
                    Err(_) => {
                        invalid += 1;
                        refused += usize::from(is_refused(&description));
                    }
                }
            }
        }
        eprintln!(
            "{valid} mutants are valid, {} of them described otherwise; {refused} of {invalid} others are refused",
            wrong.len()
        );
        // An error, not a panic, so that the database is dropped.
        if !wrong.is_empty() {
            return Err(format!("{} valid mutants: {}", wrong.len(), wrong.join("\n")).into());
        }
        if valid < 200 || refused * 100 < invalid * LEAST_REFUSED {
            return Err(format!("{valid} valid; {refused} of {invalid} refused").into());
        }
        Ok(())
    })
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}

/// SplitMix64: the same row of numbers for the same seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        let count = among.len().max(1) as u64;
        &among[usize::try_from(self.next() % count).unwrap_or_default()]
    }
}

const OPERATORS: [&str; 16] = [
    "=", "<", ">=", "<>", "||", "+", "-", "*", "/", "->", "->>", "@>", "&&", "%", "~", "<<",
];
const TYPES: [&str; 12] = [
    "int",
    "text",
    "bigint",
    "boolean",
    "uuid",
    "timestamptz",
    "jsonb",
    "numeric",
    "bytea",
    "date",
    "text[]",
    "interval",
];
const FUNCTIONS: [&str; 10] = [
    "lower",
    "length",
    "abs",
    "coalesce",
    "max",
    "sum",
    "count",
    "array_agg",
    "to_jsonb",
    "round",
];

/// The query with one token changed.
fn mutate(query: &str, random: &mut Random) -> String {
    let tokens: Vec<Token> = lex(query)
        .filter(|token| {
            matches!(
                token.kind,
                TokenKind::Identifier
                    | TokenKind::QuotedIdentifier { .. }
                    | TokenKind::Operator { .. }
                    | TokenKind::Integer
                    | TokenKind::String { .. }
                    | TokenKind::Parameter { .. }
            )
        })
        .collect();
    if tokens.is_empty() {
        return query.to_owned();
    }
    let token = random.pick(&tokens);
    let old = &query[token.start..token.end];
    let cast = format!("{old}::{}", random.pick(&TYPES));
    let called = format!("{}({old})", random.pick(&FUNCTIONS));
    let operated = format!(
        "({old} {} {})",
        random.pick(&OPERATORS),
        random.pick(&["1", "$1", "'a'", "NULL", "now()", "true"])
    );
    let other = random.pick(&tokens);
    let other = query[other.start..other.end].to_owned();
    let new = match token.kind {
        TokenKind::Operator { .. } => (*random.pick(&OPERATORS)).to_owned(),
        TokenKind::Integer | TokenKind::String { .. } => {
            let constants = ["NULL", "1", "'x'", "1.5", "true", "now()", "$1"];
            let constant = (*random.pick(&constants)).to_owned();
            random.pick(&[cast, operated, constant]).clone()
        }
        TokenKind::Parameter { .. } => random
            .pick(&[cast, called, operated, "NULL".to_owned()])
            .clone(),
        _ => random
            .pick(&[cast, called, operated, format!("{old}x"), other])
            .clone(),
    };
    format!("{}{new}{}", &query[..token.start], &query[token.end..])
}
