//! Statements that a block puts together as text: what they may make, as far as the constant parts of the text tell.

use pgdbm_template::{Token, TokenKind, lex};

use crate::catalog::Makes;

/// What the text of an EXECUTE may make. `tokens` is what follows the word, up to the statement's end.
pub(super) fn of_execute(body: &str, tokens: &[Token]) -> Makes {
    match skeleton(body, tokens) {
        Some(text) => of_text(&text),
        None => Makes::ALL,
    }
}

/// What the body of a function may make: by its own statements and by EXECUTE.
pub(super) fn of_body(body: &str) -> Makes {
    let tokens = lex(body)
        .filter(|token| !token.kind.is_trivia())
        .collect::<Vec<_>>();
    let mut makes = Makes::NOTHING;
    let mut starts_statement = true;
    for (position, token) in tokens.iter().enumerate() {
        let word = |words: &[&str]| words.iter().any(|word| token.is_word(body, word));
        let rest = tokens.get(position + 1..).unwrap_or_default();
        if word(&["execute"]) {
            // `EXECUTE FUNCTION` of a trigger is none.
            let of_trigger = rest.first().is_some_and(|next| {
                next.is_word(body, "function") || next.is_word(body, "procedure")
            });
            if !of_trigger {
                makes = makes.and(of_execute(body, rest));
            }
        } else if starts_statement && word(&["create", "alter", "drop"]) {
            let end = rest
                .iter()
                .find(|token| token.kind == TokenKind::Semicolon)
                .map_or(body.len(), |token| token.start);
            let statement = body.get(token.start..end).unwrap_or_default();
            makes = makes.and(of_text(&statement.to_ascii_lowercase()));
        }
        starts_statement =
            token.kind == TokenKind::Semicolon || word(&["begin", "then", "else", "loop"]);
    }
    makes
}

/// The constant parts of a text, with a `?` for each part between them; None where it does not begin with a constant.
fn skeleton(body: &str, tokens: &[Token]) -> Option<String> {
    let mut text = String::new();
    let mut begun = false;
    for token in tokens {
        match token.kind {
            TokenKind::Semicolon => break,
            TokenKind::String { .. } => {
                let quoted = token.text(body);
                text.push_str(quoted.trim_matches('\''));
                begun = true;
            }
            TokenKind::DollarString { .. } => {
                let quoted = token.text(body);
                let tag = quoted.get(1..)?.find('$')? + 2;
                text.push_str(quoted.get(tag..quoted.len().saturating_sub(tag))?);
                begun = true;
            }
            TokenKind::OpenParenthesis if !begun => {}
            TokenKind::Identifier if !begun => {
                let is_maker = ["format", "concat"]
                    .iter()
                    .any(|word| token.is_word(body, word));
                if !is_maker {
                    return None;
                }
            }
            _ if !begun => return None,
            TokenKind::Identifier
                if token.is_word(body, "using") || token.is_word(body, "into") =>
            {
                break;
            }
            _ if text.ends_with('?') => {}
            _ => text.push('?'),
        }
    }
    begun.then(|| text.to_ascii_lowercase())
}

fn of_text(text: &str) -> Makes {
    text.split(';')
        .map(|statement| statement.split_whitespace().collect::<Vec<_>>())
        .filter(|words| words.iter().any(|word| *word != "?"))
        .fold(Makes::NOTHING, |makes, words| {
            makes.and(of_statement(&words))
        })
}

fn of_statement(words: &[&str]) -> Makes {
    match words {
        ["create", rest @ ..] => of_create(rest),
        ["alter", rest @ ..] => of_alter(rest),
        ["drop", ..] => Makes::DROPS,
        [
            "analyze" | "cluster" | "comment" | "delete" | "grant" | "insert" | "listen" | "lock"
            | "notify" | "refresh" | "reindex" | "reset" | "revoke" | "select" | "set" | "show"
            | "truncate" | "update" | "vacuum",
            _,
            ..,
        ] => Makes::NOTHING,
        _ => Makes::ALL,
    }
}

/// Objects whose names no query, and no other definition but of their like, can tell.
const ASIDE: &[&str] = &[
    "database",
    "default",
    "event",
    "group",
    "language",
    "publication",
    "role",
    "server",
    "statistics",
    "subscription",
    "system",
    "tablespace",
    "user",
];

fn of_create(words: &[&str]) -> Makes {
    let mut words = words.iter().copied().skip_while(|word| {
        [
            "or",
            "replace",
            "temp",
            "temporary",
            "unlogged",
            "local",
            "global",
            "constraint",
        ]
        .contains(word)
    });
    let (kind, next) = (words.next().unwrap_or_default(), words.next());
    // What ends here may go on with anything.
    if next.is_none() {
        return Makes::ALL;
    }
    match kind {
        "table" | "view" | "materialized" | "recursive" | "sequence" => Makes::RELATIONS,
        "foreign" if next == Some("table") => Makes::RELATIONS,
        "foreign" => Makes::NOTHING,
        "type" | "domain" => Makes::TYPES.and(Makes::FUNCTIONS),
        "function" | "procedure" | "aggregate" => Makes::FUNCTIONS,
        "operator" | "cast" => Makes::OPERATORS.and(Makes::FUNCTIONS),
        "index" | "unique" | "trigger" | "policy" | "rule" => Makes::OBJECTS,
        kind if ASIDE.contains(&kind) => Makes::NOTHING,
        _ => Makes::ALL,
    }
}

fn of_alter(words: &[&str]) -> Makes {
    let (kind, rest) = words
        .split_first()
        .map_or(("", words), |(kind, rest)| (*kind, rest));
    match kind {
        kind if ASIDE.contains(&kind) && !rest.is_empty() => Makes::NOTHING,
        "table" => {
            let mut actions = rest
                .iter()
                .copied()
                .skip_while(|word| ["if", "exists", "only"].contains(word))
                .skip(1);
            match actions.next() {
                Some(
                    "attach" | "cluster" | "detach" | "disable" | "enable" | "force" | "owner"
                    | "replica" | "reset" | "validate",
                ) if !rest.iter().any(|word| word.ends_with(',')) => Makes::NOTHING,
                Some("drop") if !rest.contains(&"add") => Makes::DROPS,
                Some("add" | "alter" | "drop" | "rename") => {
                    Makes::RELATIONS.and(Makes::OBJECTS).and(Makes::DROPS)
                }
                _ => Makes::ALL,
            }
        }
        "index" | "trigger" | "policy" if !rest.is_empty() => Makes::OBJECTS,
        _ => Makes::ALL,
    }
}

#[cfg(test)]
mod tests {
    use super::of_execute;
    use crate::catalog::Makes;
    use pgdbm_template::lex;

    fn makes(execute: &str) -> Makes {
        let tokens = lex(execute)
            .filter(|token| !token.kind.is_trivia())
            .collect::<Vec<_>>();
        of_execute(execute, &tokens)
    }

    #[test]
    fn the_beginning_of_a_text_tells_what_it_makes() {
        for (execute, made) in [
            (
                "'alter database ' || current_database() || ' set x = 1'",
                Makes::NOTHING,
            ),
            ("format('GRANT ALL ON %I TO x', t);", Makes::NOTHING),
            (
                "format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t)",
                Makes::NOTHING,
            ),
            (
                "'alter table ' || quote_ident(s) || '.' || quote_ident(t) || ' owner to x'",
                Makes::NOTHING,
            ),
            ("format('create table %I (a int)', t)", Makes::RELATIONS),
            (
                "format($q$create or replace function %I()$q$, t)",
                Makes::FUNCTIONS,
            ),
            ("'drop table ' || t", Makes::DROPS),
            ("'create index on ' || t; x", Makes::OBJECTS),
            (
                "'grant x to y; create type ' || t",
                Makes::TYPES.and(Makes::FUNCTIONS),
            ),
            ("'create ' || what", Makes::ALL),
            ("format('alter table %I %s', t, a)", Makes::ALL),
            ("sql", Makes::ALL),
            ("do_it('drop table x')", Makes::ALL),
        ] {
            assert_eq!(makes(execute), made, "{execute}");
        }
    }
}
