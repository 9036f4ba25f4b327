//! What holds for every text.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::time::{Duration, Instant};

use pgdbm_template::{
    FileName, MigrationSet, SchemaName, SegmentKind, Template, TokenKind, Version, checksum,
    directives, lex, line_column, nearest, quote_identifier, snippet,
};
use proptest::prelude::*;

/// Pieces that make trouble where they meet.
const PIECES: &[&str] = &[
    "'",
    "''",
    "\"",
    "\"\"",
    "$",
    "$$",
    "$a$",
    "$1",
    "$2",
    "$9",
    "$0",
    "$name",
    "$é",
    "E'",
    "U&'",
    "u&\"",
    "U&",
    "B'",
    "N'",
    "\\",
    "\\\\",
    "\\'",
    "\\u0041",
    "\\xff",
    "--",
    "-",
    "/*",
    "*/",
    "\n",
    "\r",
    "\t",
    " ",
    " ",
    "\u{a0}",
    "\0",
    "+",
    "<",
    ">",
    "<<",
    ">>",
    "=",
    "=>",
    ":",
    "::",
    ".",
    "..",
    "@",
    "{",
    "}",
    "{{",
    "}}",
    "{{tables.a}}",
    "{{tables.\"A'b\"}}",
    "{{tables.\"a\\\\b\"}}",
    "{{indexes.i}}",
    "{{schema}}",
    "{{ views.x.y }}",
    "{{tabels.a}}",
    "<<tables.a>>",
    "<<schema>>",
    "<<indexes.i>>",
    "tables.",
    "schema",
    "(",
    ")",
    ",",
    ";",
    ";",
    "0",
    "1",
    "0x",
    "1e",
    "a",
    "é",
    "😀",
    "表",
    "CREATE ",
    "INDEX ",
    "FUNCTION ",
    "RENAME TO ",
    "BEGIN ",
    "ATOMIC ",
    "END ",
    "CASE ",
    "DO ",
    "SET ",
    "COPY a FROM stdin",
    "UESCAPE '!'",
    "-- pgdbm:no-transaction\n",
    "-- pgdbm:",
    "FROM ",
    "SELECT ",
];

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

/// Pieces that are tokens, with and without white space between them.
fn well_formed() -> impl Strategy<Value = String> {
    const TOKENS: &[&str] = &[
        "'a'",
        "''",
        "'{{tables.a}}'",
        "E'\\''",
        "U&'a'",
        "B'1'",
        "N'{{schema}}'",
        "$$ {{tables.a}} $$",
        "$1",
        "$name",
        "\"a\"",
        "\"a\"\"b\"",
        "U&\"a\"",
        "a",
        "u",
        "é",
        "&",
        "+",
        "-",
        "<",
        ">",
        "=",
        "<<",
        ">>",
        "@>",
        "::",
        ":=",
        ".",
        ",",
        ";",
        "(",
        ")",
        "1",
        "1.5",
        "{{tables.a}}",
        "{{schema}}",
        "{{tables.\"B c\"}}",
        "<<tables.a>>",
        "<<schema>>",
        "<<views.x.y>>",
        "CREATE ",
        " INDEX ",
        "{{indexes.i}}",
        "RENAME ",
        " TO ",
        "--c\n",
        "/*c*/",
        " ",
        "\n",
    ];
    prop::collection::vec(prop::sample::select(TOKENS), 0..16).prop_map(|pieces| pieces.concat())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![3 => soup(), 1 => any::<String>(), 1 => "[ -~\\n]{0,60}"]
}

fn shop() -> SchemaName {
    SchemaName::new("shop").unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(1000),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn tokens_tile_the_text(sql in text()) {
        let mut end = 0;
        for token in lex(&sql) {
            prop_assert_eq!(token.start, end);
            prop_assert!(token.end > token.start && sql.is_char_boundary(token.end));
            end = token.end;
        }
        prop_assert_eq!(end, sql.len());
    }

    #[test]
    fn segments_tile_the_text_and_keep_it(sql in text()) {
        let template = Template::parse(&sql);
        let mut end = 0;
        for segment in template.segments() {
            prop_assert_eq!(segment.source_start, end);
            prop_assert!(segment.source_end >= segment.source_start);
            if let SegmentKind::Text(text) = &segment.kind {
                prop_assert!(!text.is_empty());
                prop_assert_eq!(text.as_ref(), &sql[segment.source_start as usize..segment.source_end as usize]);
            }
            end = segment.source_end;
        }
        prop_assert_eq!(end as usize, sql.len());
    }

    #[test]
    fn text_without_placeholders_and_names_stays_as_it_is(sql in text()) {
        let template = Template::parse(&sql);
        if template.placeholders().is_empty() && template.parameters().names().is_empty() {
            prop_assert_eq!(template.render(&shop()).sql, sql);
        }
    }

    #[test]
    fn maps_grow_and_go_there_and_back(sql in text()) {
        let template = Template::parse(&sql);
        let rendered = template.render(&shop());
        let (mut before_source, mut before_rendered) = (0, 0);
        for byte in 0..rendered.sql.len() + 2 {
            let source = rendered.map.to_source(byte);
            prop_assert!(source >= before_source && source <= sql.len());
            before_source = source;
        }
        for byte in 0..sql.len() + 2 {
            let there = rendered.map.to_rendered(byte);
            prop_assert!(there >= before_rendered && there <= rendered.sql.len());
            before_rendered = there;
        }
        for segment in template.segments() {
            let places = segment.source_start as usize..segment.source_end as usize;
            match &segment.kind {
                SegmentKind::Text(_) => for byte in places {
                    let there = rendered.map.to_rendered(byte);
                    prop_assert_eq!(rendered.map.to_source(there), byte);
                    prop_assert_eq!(rendered.sql.as_bytes()[there], sql.as_bytes()[byte]);
                },
                _ => {
                    let there = rendered.map.to_rendered(places.start);
                    prop_assert_eq!(rendered.map.to_source(there), places.start);
                }
            }
        }
        prop_assert_eq!(rendered.map.to_source(rendered.sql.len()), sql.len());
        prop_assert_eq!(rendered.map.to_rendered(sql.len()), rendered.sql.len());
    }

    /// What stands in the place of a placeholder joins with no neighbour: the rendered text has the tokens of the source,
    /// with names in the places of placeholders.
    #[test]
    fn rendering_moves_no_other_token(sql in well_formed()) {
        let template = Template::parse(&sql);
        prop_assume!(template.diagnostics().is_empty());
        let rendered = template.render(&shop());
        let theirs: Vec<_> = lex(&rendered.sql)
            .filter(|token| !token.kind.is_trivia())
            .map(|token| (rendered.map.to_source(token.start), token.kind))
            .collect();
        let mut expected = Vec::new();
        for token in lex(&sql).filter(|token| !token.kind.is_trivia()) {
            let quoted = TokenKind::QuotedIdentifier { terminated: true, empty: false };
            match token.kind {
                TokenKind::Placeholder { .. } => {
                    expected.push((token.start, quoted));
                    let there = rendered.map.to_rendered(token.start);
                    let length = rendered.map.to_rendered(token.end) - there;
                    let parts = lex(&rendered.sql[there..there + length]).count();
                    if parts >= 3 {
                        expected.push((token.start, TokenKind::Dot));
                        expected.push((token.start, quoted));
                    }
                }
                TokenKind::NamedParameter => {
                    // In a statement with arguments of its own a name is reported and kept.
                    expected.push((token.start, TokenKind::Parameter { valid: true }));
                }
                kind => expected.push((token.start, kind)),
            }
        }
        prop_assert_eq!(theirs, expected, "{}", rendered.sql);
    }

    #[test]
    fn statements_cover_all_but_semicolons_and_trivia(sql in text()) {
        let template = Template::parse(&sql);
        let mut end = 0;
        let mut gaps = Vec::new();
        for statement in template.statements() {
            prop_assert!(end <= statement.start && statement.start < statement.end);
            gaps.push(end..statement.start);
            end = statement.end;
        }
        gaps.push(end..sql.len());
        for token in lex(&sql) {
            let in_gap = gaps.iter().any(|gap| gap.start <= token.start && token.end <= gap.end);
            let in_statement =
                template.statements().iter().any(|it| it.start <= token.start && token.end <= it.end);
            prop_assert!(in_gap != in_statement, "{:?}", token);
            if in_gap {
                prop_assert!(token.kind.is_trivia() || token.kind == TokenKind::Semicolon);
            }
        }
    }

    #[test]
    fn statements_render_alone_as_they_do_together(sql in text()) {
        let template = Template::parse(&sql);
        let whole = template.render(&shop());
        for (index, statement) in template.statements().iter().enumerate() {
            let segments = template.statement_segments(index);
            let mut end = statement.start;
            for segment in &segments {
                prop_assert_eq!(segment.source_start as usize, end);
                prop_assert!(segment.source_end > segment.source_start || segment.kind == SegmentKind::Replaced(" ".into()));
                end = segment.source_end as usize;
            }
            prop_assert_eq!(end, statement.end);
            let alone = pgdbm_template::render(&segments, &shop());
            let start = whole.map.to_rendered(statement.start);
            prop_assert!(whole.sql[start..].trim_start().starts_with(alone.sql.trim_start()));
            prop_assert_eq!(alone.map.to_source(0), statement.start);
            prop_assert_eq!(alone.map.to_source(alone.sql.len()), statement.end);
        }
    }

    #[test]
    fn diagnostics_point_into_the_text_and_can_be_shown(sql in text()) {
        let template = Template::parse(&sql);
        let all = template.diagnostics().iter().cloned()
            .chain(template.parameters().diagnostics())
            .chain(template.check_single_statement())
            .chain(directives(&sql).diagnostics);
        for diagnostic in all {
            let label = &diagnostic.primary;
            prop_assert!(label.start <= label.end && label.end <= sql.len(), "{:?}", diagnostic);
            prop_assert!(sql.is_char_boundary(label.start) && sql.is_char_boundary(label.end), "{:?}", diagnostic);
            prop_assert!(diagnostic.help.is_some());
            let shown = diagnostic.render(&sql, "a.sql");
            prop_assert!(!shown.contains(|character: char| character.is_control() && character != '\n'), "{:?}", shown);
            if let Some(fix) = diagnostic.fix {
                prop_assert!(sql.get(fix.start..fix.end).is_some());
            }
        }
    }

    #[test]
    fn places_are_shown_whatever_the_offsets(source in text(), start in 0_usize..80, end in 0_usize..80) {
        let place = line_column(&source, start);
        prop_assert!(place.line >= 1 && place.column >= 1);
        let shown = snippet(&source, start, end);
        let (line, carets) = shown.split_once('\n').unwrap();
        prop_assert!(!line.contains(['\n', '\r', '\t', '\0']));
        prop_assert!(carets.contains('^') && carets.trim_start().bytes().all(|byte| byte == b'^'));
    }

    /// Whatever a name holds, the placeholder renders it as one quoted name, in code and in every kind of literal.
    #[test]
    fn any_name_is_one_name(name in "[^\\x00\\n\\r]{1,15}") {
        let quoted = quote_identifier(&name);
        let expected = format!("\"shop\".{quoted}");
        let render = |sql: &str| Template::parse(sql).render(&shop()).sql;
        prop_assert_eq!(render(&format!("SELECT {{{{tables.{quoted}}}}}")), format!("SELECT {expected}"));
        for (prefix, backslashes) in [("", false), ("N", false), ("E", true), ("U&", true)] {
            let escape = |text: &str| {
                let text = text.replace('\'', "''");
                if backslashes { text.replace('\\', "\\\\") } else { text }
            };
            let sql = format!("SELECT {prefix}'<{}>'", escape(&format!("{{{{tables.{quoted}}}}}")));
            prop_assert_eq!(render(&sql), format!("SELECT {prefix}'<{}>'", escape(&expected)));
        }
        prop_assume!(!name.contains("$q$"));
        prop_assert_eq!(render(&format!("$q${{{{tables.{quoted}}}}}$q$")), format!("$q${expected}$q$"));
    }

    #[test]
    fn schema_names_are_those_of_the_rule(name in prop_oneof!["[a-z_][a-z0-9_]{0,64}", "(pg_)?[a-zA-Z0-9_\" é]{0,5}", any::<String>()]) {
        let right = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_';
        let expected = !name.is_empty()
            && name.len() <= 63
            && name.as_bytes().iter().all(right)
            && !name.as_bytes()[0].is_ascii_digit()
            && !name.starts_with("pg_")
            && name != "information_schema";
        let schema = SchemaName::new(&name);
        prop_assert_eq!(schema.is_ok(), expected);
        if let Err(error) = schema {
            let shown = error.to_string();
            prop_assert!(!shown.contains(char::is_control) && shown.len() < 900);
        }
    }

    #[test]
    fn versions_compare_as_numbers(left in prop::collection::vec(0_u32..30, 1..4), right in prop::collection::vec(0_u32..30, 1..4), zeros in 0_usize..3) {
        let parse = |parts: &[u32]| {
            let text: Vec<String> = parts.iter().map(|part| format!("{}{part}", "0".repeat(zeros))).collect();
            text.join(".").parse::<Version>().unwrap()
        };
        let trimmed = |parts: &[u32]| {
            let kept = parts.iter().rposition(|part| *part != 0).map_or(0, |last| last + 1);
            parts[..kept].to_vec()
        };
        prop_assert_eq!(parse(&left).cmp(&parse(&right)), trimmed(&left).cmp(&trimmed(&right)));
    }

    #[test]
    fn checksums_are_blind_to_line_endings(lines in prop::collection::vec("[^\\r\\n]{0,8}", 0..6), bom: bool) {
        let write = |ending: &str| lines.iter().map(|line| format!("{line}{ending}")).collect::<String>();
        let unix = write("\n");
        let windows = format!("{}{}", if bom { "\u{feff}" } else { "" }, write("\r\n"));
        prop_assume!(!unix.starts_with('\u{feff}'));
        prop_assert_eq!(checksum(unix.as_bytes()), checksum(windows.as_bytes()));
        prop_assert_eq!(checksum(unix.as_bytes()), checksum(write("\r").as_bytes()));
        prop_assert_ne!(checksum(unix.as_bytes()), checksum(format!("{unix}x").as_bytes()));
    }

    #[test]
    fn any_files_make_a_set(files in prop::collection::vec(("[VUR]?[0-9._]{0,4}_{0,2}[a-z]{0,3}(\\.up|\\.down)?\\.sql", prop_oneof![soup().prop_map(String::into_bytes), any::<Vec<u8>>()]), 0..5)) {
        let (set, diagnostics) = MigrationSet::new(files.iter().map(|(name, content)| (name, content)));
        let versions: Vec<_> = set.versioned().iter().map(|migration| migration.name.version.clone().unwrap()).collect();
        prop_assert!(versions.windows(2).all(|pair| pair[0] < pair[1]));
        for (file, diagnostic) in diagnostics {
            let content = files.iter().find(|(name, _)| *name == file).map(|(_, content)| content.clone());
            let _ = diagnostic.render(&String::from_utf8_lossy(&content.unwrap()), &file);
        }
    }

    #[test]
    fn file_names_are_read_or_refused_with_a_remedy(name in any::<String>()) {
        for name in [name.clone(), format!("{name}.sql"), format!("1_{name}.sql"), format!("V{name}__a.sql")] {
            if let Err(error) = FileName::parse(&name) {
                prop_assert!(!error.help().is_empty() && !error.to_string().contains(char::is_control));
            }
        }
    }

    #[test]
    fn the_nearest_is_one_of_the_candidates(word in any::<String>(), candidates in prop::collection::vec("[a-z]{0,8}", 0..6)) {
        let found = nearest(&word, candidates.iter().map(String::as_str));
        prop_assert!(found.is_none_or(|found| candidates.iter().any(|candidate| candidate == found)));
    }
}

/// Each takes a fraction of a second where every step is linear; a quadratic step takes minutes.
#[test]
fn hostile_text_takes_linear_time() {
    let fragments = [
        "{",
        "{{",
        "{{ ",
        "{{a",
        "{{\"",
        "{{tables.\"",
        "{{tables.a.",
        "{{tables.a}}",
        "{{tabels.a}}",
        "}",
        "<",
        "<<",
        "<<tables.",
        "<<tables.a",
        "<<tables.\"",
        "<<tables.a>>",
        "<<schema>>",
        "<<schema>",
        ">",
        "'",
        "''",
        "'a'\n",
        "'{{tables.a}}'",
        "'{{'",
        "E'\\",
        "E'\\xff'",
        "\\",
        "\"",
        "\"a",
        "$",
        "$$",
        "$a",
        "$a$",
        "$a$b",
        "$a $b",
        "$1",
        "$1 ",
        "$99999",
        "$a1 ",
        "/*",
        "*/",
        "/",
        "--",
        "--\n",
        "+-",
        "-+",
        "@+-",
        "*+",
        "+",
        "(",
        ")",
        "[",
        ";",
        "a;",
        "0x",
        "1e",
        "1_",
        "..",
        "1..",
        ".",
        ":",
        "\0",
        "\n",
        " ",
        "\t",
        "é",
        "\u{a0}",
        "😀",
        "U&\"",
        "U&'' UESCAPE ",
        "BEGIN ATOMIC ",
        "CASE ",
        "END ",
        "set_config(",
        "pg_advisory_lock(",
        "DO $$",
        "DO '",
        "CREATE INDEX ",
        "CREATE INDEX {{indexes.a}} ",
        "'CREATE INDEX {{indexes.a}}' ",
        "COPY a FROM stdin;",
        "COPY ",
        "INTO TEMP ",
        "SELECT 1 INTO ",
        "FROM <<tabels",
        "FROM <<a ",
        "-- pgdbm:\n",
        "-- pgdbm:no-transaction\n",
        "ALTER TABLE ",
        "REINDEX (",
        "CREATE SUBSCRIPTION ",
        "DECLARE WITH ",
    ];
    for fragment in fragments {
        for prefix in ["", "'", "DO $$ BEGIN ", "CREATE FUNCTION f() BEGIN ATOMIC "] {
            let sql = format!("{prefix}{}", fragment.repeat(100_000 / fragment.len()));
            let start = Instant::now();
            let template = Template::parse(&sql);
            let rendered = template.render(&shop());
            let diagnostics: usize =
                template.diagnostics().len() + template.parameters().diagnostics().len();
            let (_, found) = MigrationSet::new([("001_a.sql", sql.as_bytes())]);
            assert!(diagnostics <= 200 && found.len() <= 300, "{fragment}");
            assert!(
                rendered.map.to_source(usize::MAX) == sql.len(),
                "{fragment}"
            );
            let spent = start.elapsed();
            assert!(
                spent < Duration::from_secs(10),
                "{prefix:?} {fragment:?} took {spent:?}"
            );
        }
    }
}
