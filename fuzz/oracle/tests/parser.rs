//! The checker's parser against PostgreSQL's: which texts are SQL, and what operators join.
//!
//! Ours puts parentheses around what each operator makes of its operands. If it joins them as PostgreSQL does, they change
//! nothing in the tree that PostgreSQL makes of the text.

use std::fs;
use std::path::{Path, PathBuf};

use pgdbm_check::grouped;
use pgdbm_template::{Template, lex};
use proptest::prelude::*;

/// PostgreSQL's tree without places; its error where it refuses the text.
fn tree(sql: &str) -> Result<String, String> {
    let parsed = pg_query::parse(sql, pg_query::ParserOptions::default())
        .map_err(|error| error.to_string())?;
    let text = format!("{:?}", parsed.protobuf);
    let mut bare = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(found) = rest.find(": ") {
        let (before, after) = rest.split_at(found + 2);
        let is_place = ["location:", "_len:", "list_start:", "list_end:"]
            .iter()
            .any(|name| before.trim_end().ends_with(name));
        bare.push_str(before);
        rest = if is_place {
            after.trim_start_matches(|one: char| one == '-' || one.is_ascii_digit())
        } else {
            after
        };
    }
    bare.push_str(rest);
    Ok(bare)
}

/// Messages of the server's grammar that are about what it has read.
const READ_AND_REFUSED: [&str; 5] = [
    "frame start",
    "frame end cannot be",
    "SKIP LOCKED and WITH TIES",
    "with WITHIN GROUP",
    "multiple ORDER BY clauses",
];

/// What is wrong, if the two parsers do not say the same.
fn difference(sql: &str) -> Option<String> {
    if sql.contains('\0') {
        return None;
    }
    match (tree(sql), grouped(sql)) {
        (Err(_), Err(_)) => None,
        // What the server's grammar reads and refuses all the same, our analysis refuses: its own tests hold that.
        (Err(error), Ok(_)) if READ_AND_REFUSED.iter().any(|read| error.contains(read)) => None,
        (Err(error), Ok(_)) => Some(format!(
            "{sql}\n  PostgreSQL refuses it: {error}\n  pgdbm reads it"
        )),
        (Ok(_), Err(error)) => Some(format!(
            "{sql}\n  PostgreSQL reads it\n  pgdbm refuses it: {error}"
        )),
        (Ok(theirs), Ok(grouped)) => match tree(&grouped) {
            Ok(same) if same == theirs => None,
            Ok(_) => Some(format!(
                "{sql}\n  PostgreSQL joins the operators in another way than\n  {grouped}"
            )),
            Err(error) => Some(format!(
                "{sql}\n  PostgreSQL cannot read what pgdbm makes of it: {error}\n  {grouped}"
            )),
        },
    }
}

fn report(count: usize, differences: &[String]) {
    const SHOWN: usize = 40;
    eprintln!("{count} texts, {} differences", differences.len());
    assert!(
        differences.is_empty(),
        "{} of {count}:\n{}",
        differences.len(),
        differences
            .iter()
            .step_by(differences.len() / SHOWN + 1)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    );
}

fn checker() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pgdbm-check/tests/data")
}

/// The statements of the checker's own tests, and those of the files or directories that `PGDBM_ORACLE_CORPUS` names.
fn corpus() -> Vec<String> {
    let mut files = Vec::new();
    collect(&checker(), &mut files);
    if let Some(more) = std::env::var_os("PGDBM_ORACLE_CORPUS") {
        for path in std::env::split_paths(&more) {
            collect(&path, &mut files);
        }
    }
    let mut statements = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap_or_default();
        // A file of queries has one in each line.
        if file.ends_with("queries.sql") {
            statements.extend(text.lines().map(str::to_owned));
            continue;
        }
        // Snippets of definitions are put to a server as they are: most of their mutants no file would hold.
        if file.ends_with("snippets.sql") {
            continue;
        }
        let template = Template::parse(&text);
        let of = template.statements().iter();
        statements.extend(of.map(|statement| text[statement.start..statement.end].to_owned()));
    }
    statements.sort();
    statements.dedup();
    statements
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            collect(&entry.path(), files);
        }
    } else if path.extension().is_some_and(|extension| extension == "sql") {
        files.push(path.to_owned());
    }
}

#[test]
fn the_corpus_is_read_as_postgresql_reads_it() {
    let corpus = corpus();
    assert!(corpus.len() > 500, "{}", corpus.len());
    let differences: Vec<String> = corpus.iter().filter_map(|sql| difference(sql)).collect();
    report(corpus.len(), &differences);
}

/// Operators of every level, with a hole for each operand.
const FORMS: &[&str] = &[
    "_ OR _",
    "_ AND _",
    "NOT _",
    "_ IS NULL",
    "_ IS NOT NULL",
    "_ ISNULL",
    "_ NOTNULL",
    "_ IS TRUE",
    "_ IS NOT UNKNOWN",
    "_ IS DISTINCT FROM _",
    "_ IS NOT DISTINCT FROM _",
    "_ IS DOCUMENT",
    "_ IS NOT JSON OBJECT",
    "_ IS NFC NORMALIZED",
    "_ IS NOT NORMALIZED",
    "_ < _",
    "_ = _",
    "_ <> _",
    "_ != _",
    "_ >= _",
    "_ BETWEEN _ AND _",
    "_ NOT BETWEEN SYMMETRIC _ AND _",
    "_ IN (_, _)",
    "_ NOT IN (_)",
    "_ IN (SELECT _)",
    "_ LIKE _",
    "_ NOT LIKE _ ESCAPE _",
    "_ ILIKE _",
    "_ SIMILAR TO _",
    "_ NOT SIMILAR TO _ ESCAPE _",
    "_ || _",
    "_ -> _",
    "_ ->> _",
    "_ @> _",
    "_ ~ _",
    "_ !~* _",
    "_ ? _",
    "@ _",
    "~ _",
    "|/ _",
    "!! _",
    "_ OPERATOR(pg_catalog.+) _",
    "OPERATOR(pg_catalog.-) _",
    "_ + _",
    "_ - _",
    "- _",
    "+ _",
    "_ * _",
    "_ / _",
    "_ % _",
    "_ ^ _",
    "_ AT TIME ZONE _",
    "_ AT LOCAL",
    "_ COLLATE \"C\"",
    "_::int",
    "_::numeric(10, 2)[]",
    "_ = ANY (_)",
    "_ <> ALL (SELECT _)",
    "_ LIKE ANY (_)",
    "_ ~~ SOME (_)",
    "(_, _) OVERLAPS (_, _)",
    "(_, _) = (_, _)",
    "ROW(_) < ROW(_)",
    "CASE WHEN _ THEN _ ELSE _ END",
    "CASE _ WHEN _ THEN _ END",
    "f(_, VARIADIC _)",
    "ARRAY[_, _]",
    "(_)[_]",
    "(_)[_:_]",
    "CAST(_ AS text)",
    "EXTRACT(year FROM _)",
    "substring(_ FROM _ FOR _)",
    "POSITION(_ IN _)",
    "overlay(_ PLACING _ FROM _)",
    "trim(LEADING _ FROM _)",
    "coalesce(_, _)",
    "EXISTS (SELECT _ WHERE _)",
    "(SELECT _)",
    "(_)",
    "(_).x",
];

const ATOMS: &[&str] = &[
    "a",
    "b.c",
    "1",
    "-1",
    "'s'",
    "$1",
    "NULL",
    "true",
    "1.5",
    "current_date",
];

/// The form with its holes filled in turn.
fn filled(form: &str, mut operand: impl FnMut() -> String) -> String {
    let mut text = String::new();
    for (index, part) in form.split('_').enumerate() {
        if index > 0 {
            text.push_str(&operand());
        }
        text.push_str(part);
    }
    text
}

#[test]
fn operators_are_joined_as_postgresql_joins_them() {
    let mut count = 0;
    let mut differences = Vec::new();
    for outer in FORMS {
        for place in 0..outer.matches('_').count() {
            for middle in FORMS {
                for inner_place in 0..middle.matches('_').count() {
                    for inner in [
                        "a",
                        "a OR b",
                        "NOT a",
                        "a = b",
                        "a LIKE b",
                        "a || b",
                        "a - b",
                        "- a",
                        "a IS NULL",
                        "a::int",
                    ] {
                        let mut number = 0;
                        let nested = filled(middle, || {
                            number += 1;
                            if number == inner_place + 1 {
                                inner.to_owned()
                            } else {
                                "x".to_owned()
                            }
                        });
                        let mut number = 0;
                        let text = filled(outer, || {
                            number += 1;
                            if number == place + 1 {
                                nested.clone()
                            } else {
                                "y".to_owned()
                            }
                        });
                        count += 1;
                        differences.extend(difference(&format!("SELECT {text}")));
                    }
                }
            }
        }
    }
    report(count, &differences);
}

fn expression() -> impl Strategy<Value = String> {
    let atom = prop::sample::select(ATOMS).prop_map(str::to_owned);
    atom.prop_recursive(6, 24, 4, |inner| {
        (prop::sample::select(FORMS), prop::collection::vec(inner, 4)).prop_map(
            |(form, operands)| {
                let mut operands = operands.into_iter().cycle();
                filled(form, || operands.next().unwrap_or_default())
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(5_000),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn expressions_are_read_as_postgresql_reads_them(expression in expression()) {
        prop_assert_eq!(difference(&format!("SELECT {expression} FROM t")), None);
    }
}

/// A token left out, written twice, changed with the next, or in another's place: both refuse it, or both read the same.
#[test]
fn what_is_nearly_sql_is_judged_alike() {
    let mut count = 0;
    let mut differences = Vec::new();
    for query in &corpus() {
        let words: Vec<&str> = lex(query)
            .filter(|token| !token.kind.is_trivia())
            .map(|token| match &query[token.start..token.end] {
                // libpg_query takes a parameter also where only a string may stand, as in `date $1`.
                parameter if parameter.starts_with('$') && parameter.len() < 4 => "11",
                word => word,
            })
            .collect();
        let is_query = words.first().is_some_and(|word| {
            [
                "select", "insert", "update", "delete", "merge", "with", "values",
            ]
            .contains(&word.to_ascii_lowercase().as_str())
        });
        for place in 0..words.len() {
            let next = (place + 1) % words.len();
            let other = (place * 7 + 3) % words.len();
            for change in 0..4 {
                let mut words = words.clone();
                match change {
                    0 => drop(words.remove(place)),
                    1 => words.insert(place, words[other]),
                    2 => words.swap(place, next),
                    _ => words[place] = words[other],
                }
                count += 1;
                let sql = words.join(" ");
                // Of many a definition only the beginning is read.
                if is_query || grouped(&sql).is_err() {
                    differences.extend(difference(&sql));
                }
            }
        }
    }
    report(count, &differences);
}
