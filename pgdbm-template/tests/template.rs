//! Templates on cases: `ok` must be clean and render as written, `err` must report at the marked places.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;

use pgdbm_template::{Diagnostic, SchemaName, Template, line_column, snippet};

/// The cases of the files in a directory below `tests/data`; lines of `%%` stand between them.
fn cases(directory: &str) -> Vec<(String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(directory);
    let mut cases = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path)
            .unwrap()
            .replace('␀', "\0")
            .replace('⍽', "\u{a0}");
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let parts = text.trim_end().split("\n%%\n").enumerate();
        cases.extend(
            parts.map(|(index, case)| (format!("{name}, case {}", index + 1), case.to_owned())),
        );
    }
    cases
}

/// Everything that a template reports, but whether it is one statement.
fn report(sql: &str) -> Vec<Diagnostic> {
    let template = Template::parse(sql);
    let mut diagnostics = template.diagnostics().to_vec();
    diagnostics.extend(template.parameters().diagnostics());
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary.start);
    diagnostics
}

#[test]
fn what_is_right_is_clean_and_renders_as_written() {
    let shop = SchemaName::new("shop").unwrap();
    let cases = cases("template/ok");
    for (name, case) in &cases {
        let (sql, expected) = case
            .split_once("\n-- =>\n")
            .unwrap_or_else(|| panic!("{name} has no expectation"));
        let found = report(sql);
        assert!(found.is_empty(), "{name}: {}", found[0].render(sql, name));
        assert_eq!(Template::parse(sql).render(&shop).sql, expected, "{name}");
    }
    assert!(cases.len() > 40, "{}", cases.len());
}

/// A marked place: line, column, width, code.
type Mark = (usize, usize, usize, String);

struct Expectation {
    sql: String,
    marks: Vec<Mark>,
    help: Option<String>,
    fixed: Option<String>,
}

/// Carets in a comment mark characters of the SQL line above; such comments are no part of the SQL.
fn expectation(case: &str) -> Expectation {
    let mut lines: Vec<&str> = Vec::new();
    let mut expectation = Expectation {
        sql: String::new(),
        marks: Vec::new(),
        help: None,
        fixed: None,
    };
    for line in case.lines() {
        if let Some(help) = line.strip_prefix("-- help: ") {
            expectation.help = Some(help.to_owned());
        } else if let Some(fixed) = line.strip_prefix("-- fixed: ") {
            expectation.fixed = Some(fixed.to_owned());
        } else if line.starts_with("--") && line[2..].trim_start().starts_with('^') {
            let start = line.find('^').unwrap();
            let width = line[start..]
                .chars()
                .take_while(|character| *character == '^')
                .count();
            let code = line[start + width..].trim().to_owned();
            expectation
                .marks
                .push((lines.len(), start + 1, width, code));
        } else {
            lines.push(line);
        }
    }
    expectation.sql = lines.join("\n");
    expectation
}

fn mark(sql: &str, diagnostic: &Diagnostic) -> Mark {
    let place = line_column(sql, diagnostic.primary.start);
    let width = sql[diagnostic.primary.start..diagnostic.primary.end]
        .chars()
        .count();
    (place.line, place.column, width, diagnostic.code.to_string())
}

#[test]
fn what_is_wrong_is_reported_at_its_place() {
    let cases = cases("template/err");
    for (name, case) in &cases {
        let expected = expectation(case);
        let sql = &expected.sql;
        let found = report(sql);
        let marks: Vec<Mark> = found
            .iter()
            .map(|diagnostic| mark(sql, diagnostic))
            .collect();
        assert_eq!(marks, expected.marks, "{name}: {sql}");
        for diagnostic in &found {
            let help = diagnostic
                .help
                .as_deref()
                .unwrap_or_else(|| panic!("{name}: no help"));
            assert!(!diagnostic.message.is_empty() && !help.is_empty(), "{name}");
            assert!(
                snippet(sql, diagnostic.primary.start, diagnostic.primary.end).contains('^'),
                "{name}"
            );
        }
        if let Some(help) = &expected.help {
            assert!(
                found
                    .iter()
                    .any(|diagnostic| diagnostic.help.as_ref() == Some(help)),
                "{name}: {:?}",
                found[0].help
            );
        }
        if let Some(fixed) = &expected.fixed {
            let fix = found[0]
                .fix
                .as_ref()
                .unwrap_or_else(|| panic!("{name}: no fix"));
            let mut changed = sql.clone();
            changed.replace_range(fix.start..fix.end, &fix.replacement);
            assert_eq!(changed, *fixed, "{name}");
            assert!(report(&changed).is_empty(), "{name}: the fix does not help");
        }
    }
    assert!(cases.len() > 50, "{}", cases.len());
}

#[test]
fn one_statement_where_one_is_expected() {
    let code = |sql: &str| {
        Template::parse(sql)
            .check_single_statement()
            .map(|diagnostic| diagnostic.code.to_string())
    };
    assert_eq!(code("SELECT 1"), None);
    assert_eq!(code("SELECT 1;"), None);
    assert_eq!(code(";; SELECT 1 ;; -- c"), None);
    assert_eq!(code(""), Some("empty-query".to_owned()));
    assert_eq!(code(" -- c\n ; /* d */ ;"), Some("empty-query".to_owned()));
    assert_eq!(
        code("SELECT 1; SELECT 2"),
        Some("several-statements".to_owned())
    );
}

#[test]
fn placeholders_are_listed_with_their_places() {
    use pgdbm_template::{PlaceholderContext as Context, PlaceholderKind as Kind};
    let sql = "SELECT '{{tables.\"A\"}}', $${{types.x.t}}$$ FROM <<schema>>.b -- {{tables.c}}";
    let template = Template::parse(sql);
    let uses: Vec<_> = template
        .placeholders()
        .iter()
        .map(|found| {
            let placeholder = &found.placeholder;
            let text = &sql[found.start..found.end];
            (
                placeholder.kind,
                placeholder.schema.as_deref(),
                placeholder.name.as_ref(),
                text,
                found.context,
            )
        })
        .collect();
    assert_eq!(
        uses,
        [
            (Kind::Table, None, "A", "{{tables.\"A\"}}", Context::Literal),
            (
                Kind::Type,
                Some("x"),
                "t",
                "{{types.x.t}}",
                Context::DollarQuoted
            ),
            (Kind::Schema, None, "", "<<schema>>", Context::Code),
        ]
    );
}

#[test]
fn parameters_are_numbered_and_counted() {
    let template = Template::parse("SELECT $b, $2, $a, $1, $b");
    let parameters = template.parameters();
    let names: Vec<_> = parameters
        .names()
        .iter()
        .map(|name| (name.name.as_str(), name.number, name.uses.len()))
        .collect();
    assert_eq!(names, [("b", 3, 2), ("a", 4, 1)]);
    assert_eq!(parameters.count(), 4);
    assert_eq!(parameters.names()[0].first_use().start, 7);
    let gaps: Vec<_> = Template::parse("SELECT $9, $4, $1, $9")
        .parameters()
        .missing()
        .iter()
        .map(|gap| {
            (
                gap.first,
                gap.last,
                gap.before.number,
                gap.before.span.start,
            )
        })
        .collect();
    assert_eq!(gaps, [(2, 3, 4, 11), (5, 8, 9, 7)]);
}

#[test]
fn a_statement_renders_alone_with_offsets_of_the_whole() {
    let sql = "SELECT 1;\n SELECT $x FROM {{tables.a}}\"b\" ; {{schema}}";
    let template = Template::parse(sql);
    let shop = SchemaName::new("shop").unwrap();
    let rendered: Vec<String> = (0..4)
        .map(|index| pgdbm_template::render(&template.statement_segments(index), &shop).sql)
        .collect();
    assert_eq!(
        rendered,
        [
            "SELECT 1",
            "SELECT $1 FROM \"shop\".\"a\" \"b\"",
            "\"shop\"",
            ""
        ]
    );
    let second = pgdbm_template::render(&template.statement_segments(1), &shop);
    let place = second.sql.find("FROM").unwrap();
    assert_eq!(second.map.to_source(place), sql.find("FROM").unwrap());
    assert_eq!(second.map.to_rendered(sql.find("FROM").unwrap()), place);
    assert_eq!(second.map.to_rendered(0), 0);
    assert_eq!(second.map.to_rendered(usize::MAX), second.sql.len());
    assert_eq!(second.map.to_source(usize::MAX), sql.find(" ; ").unwrap());
}
