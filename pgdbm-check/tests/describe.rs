//! Queries and what is said of them: data files under `tests/data/describe`, each with the migrations it is about.
//!
//! A file is made of blocks parted by lines of `====`. The first block is the migrations; every other one is a query, a line of
//! `----`, and what is expected of it. `PGDBM_BLESS=1` writes what is said into the files, to be read before it is kept.

use std::fmt::Write as _;
use std::path::Path;

use pgdbm_check::{Checker, Description, Options, Source};

#[test]
fn queries_are_described_as_the_server_describes_them() -> Result<(), Box<dyn std::error::Error>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/describe");
    let mut files = 0;
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path)?;
        let mut blocks = text.split("\n====\n");
        let migrations = blocks.next().unwrap_or_default();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let checker = Checker::new(&[Source::new(name, migrations)], &Options::default());
        assert_eq!(checker.findings(), [], "{}", path.display());
        let mut actual = vec![migrations.to_owned()];
        for block in blocks {
            let query = block.split("\n----").next().unwrap_or_default();
            let said = shown(&checker.describe(query));
            actual.push(format!("{query}\n----\n{said}"));
        }
        let actual = format!("{}\n", actual.join("\n====\n"));
        if std::env::var_os("PGDBM_BLESS").is_some() {
            std::fs::write(&path, &actual)?;
        } else {
            assert_eq!(text, actual, "{}", path.display());
        }
        files += 1;
    }
    assert!(files > 0, "there are data files");
    Ok(())
}

#[test]
fn the_newest_source_that_a_statement_needs_is_named() {
    let sources = [
        (
            "1",
            "CREATE TABLE {{tables.a}} (id int, x int, y int); CREATE TABLE {{tables.b}} (id int);",
        ),
        (
            "2",
            "ALTER TABLE {{tables.a}} ADD z int, ALTER x TYPE bigint;",
        ),
        (
            "3",
            "CREATE FUNCTION {{functions.f}}(int) RETURNS int LANGUAGE sql AS 'SELECT 1';",
        ),
        (
            "4",
            "CREATE VIEW {{views.v}} AS SELECT id FROM {{tables.b}};",
        ),
        ("5", "ALTER TABLE {{tables.a}} RENAME y TO why;"),
    ];
    let sources = sources.map(|(name, text)| Source::new(name, text));
    let checker = Checker::new(&sources, &Options::default());
    for (query, newest) in [
        ("SELECT 1", None),
        ("SELECT id FROM {{tables.a}}", Some("1")),
        ("SELECT id FROM {{tables.a}} WHERE x = 1", Some("2")),
        ("INSERT INTO {{tables.a}} (z) VALUES (1)", Some("2")),
        ("UPDATE {{tables.a}} SET id = 1 RETURNING why", Some("5")),
        (
            "DELETE FROM {{tables.a}} WHERE id = {{functions.f}}(1)",
            Some("3"),
        ),
        (
            "SELECT id FROM {{tables.b}} WHERE EXISTS (SELECT FROM {{views.v}} v WHERE v.id = b.id)",
            Some("4"),
        ),
        (
            "SELECT (SELECT z FROM {{tables.b}} LIMIT 1) FROM {{tables.a}}",
            Some("2"),
        ),
        ("SELECT nothing FROM {{tables.a}}", None),
    ] {
        assert_eq!(
            checker.describe(query).newest_source.as_deref(),
            newest,
            "{query}"
        );
    }
}

#[test]
fn what_is_wrong_with_a_source_is_said_in_order() {
    let text = "CREATE TABLE a (id int, b nope);
CREATE TABLE {{tabels.k}} (id int);
-- pgdbm:declaer CREATE TABLE x (id int)
CREATE FOOBAR;
CREATE EXTENSION postgis;
-- pgdbm:declare CREATE TABLE b (id int);
DO $$ BEGIN EXECUTE format('CREATE TABLE %I (id int)', 'b'); END $$;
DO $$ BEGIN EXECUTE format('CREATE TABLE %I (id int)', 'c'); END $$;";
    let checker = Checker::new(&[Source::new("1.sql", text)], &Options::default());
    let found: Vec<_> = checker
        .findings()
        .iter()
        .map(|found| {
            let line = text[..found.finding.primary.start].lines().count().max(1);
            (line, found.finding.sentence())
        })
        .collect();
    let sentences: Vec<_> = found
        .iter()
        .map(|(line, sentence)| (*line, sentence.as_str()))
        .collect();
    assert_eq!(
        sentences,
        [
            (1, "there is no type `nope`"),
            (
                2,
                "there is no placeholder `{{tabels.k}}` (write `{{tables.k}}`)"
            ),
            (
                3,
                "there is no directive `declaer` (write `-- pgdbm:declare`)"
            ),
            (4, "syntax error at `FOOBAR`: expected a kind of object"),
            (
                4,
                "what the extension `postgis` brings is not known (declare what the queries need of it: \
                 `-- pgdbm:declare CREATE FUNCTION …`)"
            ),
            (
                7,
                "what this block makes by EXECUTE or by what it calls cannot be read (tell what it makes: \
                 `-- pgdbm:declare CREATE TABLE …`)"
            ),
        ]
    );
    let said = |sql| checker.describe(sql).findings[0].sentence();
    assert_eq!(
        said("SELECT * FROM c"),
        "there is no relation `c`, as far as the migrations can be read; what is made here could not be read: \
         tell it with `-- pgdbm:declare`: 1.sql:5"
    );
    assert_eq!(
        said("SELECT * FROM {{tabels.b}}"),
        "there is no placeholder `{{tabels.b}}` (write `{{tables.b}}`)"
    );
}

/// `$1 bigint not null`, `id: bigint not null`, and what was found.
fn shown(description: &Description) -> String {
    let mut lines = String::new();
    let null = |nullable: Option<bool>| match nullable {
        Some(false) => " not null",
        _ => "",
    };
    for (number, parameter) in (1..).zip(&description.parameters) {
        let type_name = parameter.type_name.as_deref().unwrap_or("?");
        let _written = writeln!(lines, "${number} {type_name}{}", null(parameter.nullable));
    }
    match &description.columns {
        Some(columns) => {
            for column in columns {
                let type_name = column.type_name.as_deref().unwrap_or("?");
                let name = &column.name;
                let _written = writeln!(lines, "{name}: {type_name}{}", null(column.nullable));
            }
        }
        None => lines.push_str("columns unknown\n"),
    }
    for numbers in &description.side_by_side {
        let numbers: Vec<_> = numbers.iter().map(|number| format!("${number}")).collect();
        let _written = writeln!(lines, "side by side: {}", numbers.join(", "));
    }
    for finding in &description.findings {
        let _written = writeln!(
            lines,
            "{} at {}..{}: {}",
            finding.code,
            finding.primary.start,
            finding.primary.end,
            finding.sentence()
        );
        if let Some(fix) = &finding.fix {
            let _written = writeln!(
                lines,
                "fix at {}..{}: {}",
                fix.start, fix.end, fix.replacement
            );
        }
    }
    lines.trim_end().to_owned()
}

fn columns(sql: &str) -> usize {
    let checker = Checker::new(&[], &Options::default());
    checker.describe(sql).columns.unwrap_or_default().len()
}

#[test]
fn ten_thousand_parentheses_are_one_expression() {
    let sql = format!("SELECT {}1{}", "(".repeat(10_000), ")".repeat(10_000));
    assert_eq!(columns(&sql), 1);
}

#[test]
fn five_thousand_arms_are_one_query() {
    assert_eq!(columns(&vec!["SELECT 1"; 5_000].join(" UNION ALL ")), 1);
}

#[test]
fn long_chains_are_followed() {
    assert_eq!(
        columns(&format!("SELECT {}", vec!["1"; 20_000].join("+"))),
        1
    );
    assert_eq!(
        columns(&format!("SELECT {} true", "NOT ".repeat(20_000))),
        1
    );
    let conditions = vec!["1 BETWEEN 0 AND 2"; 20_000].join(" OR ");
    assert_eq!(columns(&format!("SELECT 1 WHERE {conditions}")), 1);
    let joins = (1..300)
        .map(|number| {
            let before = number - 1;
            format!(" JOIN (VALUES (1)) v{number} (x) ON v{number}.x = v{before}.x")
        })
        .collect::<String>();
    assert_eq!(
        columns(&format!("SELECT v0.x FROM (VALUES (1)) v0 (x){joins}")),
        1
    );
}

#[test]
fn views_that_stand_above_themselves_are_left_alone() {
    let source = Source::new(
        "1.sql",
        "CREATE TABLE t (x int); CREATE VIEW a AS SELECT x FROM t; CREATE VIEW b AS SELECT x FROM a;
         CREATE OR REPLACE VIEW a AS SELECT x FROM b;",
    );
    let checker = Checker::new(&[source], &Options::default());
    let codes = |query: &str| {
        let findings = checker.describe(query).findings;
        let codes = findings.iter().map(|finding| finding.code.as_str());
        codes.collect::<Vec<_>>()
    };
    for query in [
        "SELECT * FROM a",
        "SELECT 1 WHERE EXISTS (SELECT FROM b)",
        "WITH c AS (SELECT * FROM b) SELECT 1",
    ] {
        assert_eq!(codes(query), ["invalid-definition"], "{query}");
    }
    assert_eq!(codes("SELECT * FROM t"), [""; 0]);
    // What the server does with a target, a trigger may decide.
    assert_eq!(
        codes("INSERT INTO a VALUES (1) RETURNING x"),
        ["cannot-check"]
    );
}

/// Nullability of the first column.
fn nullable(migrations: &str, query: &str) -> Option<bool> {
    let checker = Checker::new(&[Source::new("1.sql", migrations)], &Options::default());
    let description = checker.describe(query);
    assert_eq!(description.findings, [], "{query}");
    description.columns?.first()?.nullable
}

#[test]
fn views_over_views_are_followed_as_far_as_the_stack_goes() {
    // In the order of their names, each is the last that holds the one before it.
    let chain = |length: usize| {
        (1..length).fold(
            "CREATE VIEW v00000 AS SELECT 1 AS x;".to_owned(),
            |sql, number| {
                let before = number - 1;
                sql + &format!("CREATE VIEW v{number:05} AS SELECT x FROM v{before:05};")
            },
        )
    };
    assert_eq!(nullable(&chain(50), "SELECT * FROM v00049"), Some(false));
    assert_eq!(nullable(&chain(8_000), "SELECT * FROM v07999"), Some(true));
}

#[test]
fn views_that_nest_deep_are_looked_at_on_any_stack() {
    let sum = vec!["1"; 20_000].join(" + ");
    let view = format!("CREATE VIEW v AS SELECT {sum} AS x; CREATE VIEW w AS SELECT 1 AS x");
    assert_eq!(nullable(&view, "SELECT * FROM v"), Some(true));
    assert_eq!(nullable(&view, "SELECT * FROM w"), Some(false));
}

#[test]
fn queries_that_stand_on_one_another_are_looked_at_once() {
    let twice = (1..40).fold("WITH c0 AS (SELECT 1 AS x)".to_owned(), |sql, number| {
        let before = number - 1;
        sql + &format!(
            ", c{number} AS (SELECT a.x FROM c{before} a CROSS JOIN c{before} b WHERE b.x = a.x)"
        )
    });
    assert_eq!(
        nullable("", &format!("{twice} SELECT x FROM c39")),
        Some(false)
    );
    let once = (1..3_000).fold("WITH c0 AS (SELECT 1 AS x)".to_owned(), |sql, number| {
        let before = number - 1;
        sql + &format!(", c{number} AS (SELECT x FROM c{before})")
    });
    assert_eq!(
        nullable("", &format!("{once} SELECT x FROM c2999")),
        Some(true)
    );
}

#[test]
fn tables_that_inherit_on_two_ways_are_looked_at_once() {
    let tables = (1..40).fold("CREATE TABLE a0 (x int NOT NULL);".to_owned(), |sql, number| {
        let before = number - 1;
        sql + &format!(
            "CREATE TABLE l{number} () INHERITS (a{before}); CREATE TABLE r{number} () INHERITS (a{before});
             CREATE TABLE a{number} () INHERITS (l{number}, r{number});"
        )
    });
    assert_eq!(nullable(&tables, "SELECT x FROM a0"), Some(false));
    assert_eq!(
        nullable(&tables, "UPDATE a0 SET x = 1 RETURNING x"),
        Some(false)
    );
}

#[test]
fn a_query_of_a_megabyte_is_read() {
    let list = vec!["'some text of a list'"; 45_000].join(", ");
    assert_eq!(columns(&format!("SELECT 'x' IN ({list})")), 1);
}

#[test]
fn what_nests_too_deep_is_said_to() {
    let checker = Checker::new(&[], &Options::default());
    let description = checker.describe(&format!("SELECT {}", "-(".repeat(100_000)));
    let codes = description
        .findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect::<Vec<_>>();
    assert_eq!(codes, ["too-deep"]);
}

#[test]
fn chains_that_only_look_flat_are_not_followed_without_end() {
    let checker = Checker::new(&[], &Options::default());
    for text in [
        // What parts the columns does not part the arms, and the AND of BETWEEN parts no operands.
        vec!["SELECT 1, 2"; 50_000].join(" UNION ALL "),
        vec!["VALUES (1), (2)"; 50_000].join(" UNION ALL "),
        format!(
            "SELECT {} true",
            "NOT NOT NOT NOT true BETWEEN false AND ".repeat(20_000)
        ),
        format!("SELECT {}", "- - - - CASE WHEN 1 + ".repeat(20_000)),
    ] {
        let description = checker.describe(&text);
        assert_eq!(description.findings.len(), 1);
    }
}

#[test]
fn arms_of_case_stand_side_by_side() {
    let arms = "WHEN x.a = 1 THEN x.a + 1 ".repeat(20_000);
    let sql = format!("SELECT CASE {arms} ELSE x.a END FROM (VALUES (1)) x (a)");
    assert_eq!(columns(&sql), 1);
}

#[test]
fn no_text_makes_the_checker_panic() {
    let table = Source::new("1.sql", "CREATE TABLE t (a int NOT NULL, b text, c jsonb)");
    let checker = Checker::new(&[table], &Options::default());
    let query = "WITH x AS (SELECT a, b FROM t WHERE b LIKE $1 ORDER BY 1 LIMIT 3) \
                 SELECT count(*) FILTER (WHERE a > 1) OVER (PARTITION BY b), ARRAY[1,2], c->>'k', CASE a WHEN 1 THEN 2 END \
                 FROM t JOIN x USING (a) GROUP BY ROLLUP (a, b)";
    // Every prefix, the query without each of its characters, and with a parenthesis more.
    for position in 0..query.len() {
        let (before, after) = query.split_at(position);
        let shorter = format!("{before}{}", after.get(1..).unwrap_or_default());
        for text in [before, &shorter, &format!("{before}({after}")] {
            let description = checker.describe(text);
            assert!(description.columns.is_some() || !description.findings.is_empty());
        }
    }
}

#[test]
fn what_an_unknown_extension_may_bring_is_no_mistake() {
    let migration = Source::new(
        "1.sql",
        "CREATE EXTENSION vector; CREATE TABLE docs (id bigint PRIMARY KEY, e vector(3) NOT NULL)",
    );
    let checker = Checker::new(&[migration], &Options::default());
    let said = |sql: &str| shown(&checker.describe(sql));
    assert_eq!(
        said("SELECT id, e FROM docs"),
        "id: bigint not null\ne: vector not null"
    );
    let description = checker.describe("SELECT id FROM docs ORDER BY e <-> $1");
    let codes = description
        .findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect::<Vec<_>>();
    assert_eq!(codes, ["cannot-check"]);
}

#[test]
fn temporary_tables_may_be_gone_with_the_session_that_made_them() {
    let sources = [
        (
            "1",
            "CREATE TEMP TABLE work (a int); CREATE TEMP TABLE users (a int);",
        ),
        (
            "2",
            "CREATE TEMP TABLE work (b text); INSERT INTO work (b) VALUES ('x');",
        ),
        (
            "3",
            "CREATE TABLE users (id bigint); CREATE VIEW v AS SELECT id FROM users;",
        ),
    ];
    let sources = sources.map(|(name, text)| Source::new(name, text));
    let checker = Checker::new(&sources, &Options::default().bare_names(true));
    assert_eq!(checker.findings(), []);
    for (query, type_name) in [
        ("SELECT id FROM users", "bigint"),
        ("SELECT b FROM work", "text"),
    ] {
        let described = checker.describe(query);
        let columns = described.columns.unwrap_or_default();
        let types = columns.iter().map(|column| column.type_name.as_deref());
        assert_eq!(types.collect::<Vec<_>>(), [Some(type_name)], "{query}");
    }
}

#[test]
fn rows_for_what_a_failed_definition_should_have_made_are_no_second_mistake() {
    let text = "CREATE TABLE t (a nope); INSERT INTO t (a) VALUES (1); SELECT a FROM t;";
    let checker = Checker::new(&[Source::new("1", text)], &Options::default());
    let codes = checker.findings().iter().map(|found| found.finding.code);
    assert_eq!(
        codes.map(|code| code.to_string()).collect::<Vec<_>>(),
        ["unknown-type"]
    );
    let text = "CREATE TABLE t (a int); INSERT INTO t (b) VALUES (1); DELETE FROM u;";
    let checker = Checker::new(&[Source::new("1", text)], &Options::default());
    let codes = checker.findings().iter().map(|found| found.finding.code);
    assert_eq!(
        codes.map(|code| code.to_string()).collect::<Vec<_>>(),
        ["unknown-column", "unknown-relation"]
    );
}

/// The mistakes that indexes, generated columns and defaults are mostly made with.
#[test]
fn what_a_definition_asks_is_said_with_a_way_out() {
    let said = |definition: &str| {
        let migration = format!(
            "CREATE TYPE mood AS ENUM ('happy'); CREATE TABLE t (id int PRIMARY KEY, name text, at timestamptz); {definition}"
        );
        let checker = Checker::new(&[Source::new("1.sql", &migration)], &Options::default());
        checker
            .findings()
            .iter()
            .map(|found| found.finding.sentence())
            .collect::<Vec<_>>()
            .join("; ")
    };
    assert_eq!(
        said("CREATE INDEX ON t USING gin (name)"),
        "an index by gin over values of type text needs an operator class: there is none by default \
         (name one: `gin_trgm_ops` of the extension `pg_trgm`)"
    );
    assert_eq!(
        said("CREATE INDEX ON t USING gin (name gin_trgm_ops)"),
        "there is no operator class for gin called `gin_trgm_ops` \
         (the extension `pg_trgm` has it: `CREATE EXTENSION pg_trgm`)"
    );
    assert_eq!(
        said("CREATE INDEX ON t (date_trunc('day', at))"),
        "the function `date_trunc` is not IMMUTABLE, as the expression of an index must be \
         (say in which time zone: `(a AT TIME ZONE 'UTC')`)"
    );
    assert_eq!(
        said("ALTER TABLE t ADD full_name text GENERATED ALWAYS AS (concat(name, id)) STORED"),
        "the function `concat` is not IMMUTABLE, as the value of a generated column must be \
         (write `||` with `coalesce`)"
    );
    assert_eq!(
        said("ALTER TABLE t ADD mood mood DEFAULT 'hapy'"),
        "`mood` has no label 'hapy'; `mood` is made here: 1.sql:1 (did you mean 'happy'?)"
    );
    assert_eq!(
        said("GRANT SELECT (nam) ON t TO reader"),
        "there is no column of `t` called `nam`; `t` is made here: 1.sql:1 (did you mean `name`?)"
    );
    // Of what an extension without a pack brings nobody can tell.
    assert_eq!(
        said(
            "-- pgdbm:declare CREATE TYPE vector\nCREATE EXTENSION vector; \
             CREATE TABLE v (v vector); CREATE INDEX ON v USING hnsw (v vector_l2_ops)"
        ),
        ""
    );
}
