//! The command as its user runs it, on a real server.
#![allow(clippy::unwrap_used, reason = "a test says by panicking what is wrong")]

use std::path::PathBuf;
use std::process::{Command, Output};

use pgdbm_runtime::testing::PgServer;

/// A directory with these files.
fn files(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let directory =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    for (file, content) in files {
        std::fs::write(directory.join(file), content).unwrap();
    }
    directory
}

fn pgdbm(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pgdbm"))
        .args(arguments)
        .env_remove("DATABASE_URL")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn migrate_and_status_on_two_schemas() {
    let server = PgServer::start().unwrap();
    let directory = files(
        "good",
        &[
            ("001_t.sql", "CREATE TABLE {{tables.t}} (n int);"),
            ("002_u.sql", "SELECT 1;"),
        ],
    );
    let directory = directory.to_str().unwrap();
    let (one, two) = (
        format!("cli_{}_a", std::process::id()),
        format!("cli_{}_b", std::process::id()),
    );
    let on_both = |command: &str, more: &[&str]| {
        let mut arguments = vec![
            command,
            "-d",
            directory,
            "-m",
            "m",
            "-s",
            &one,
            "-s",
            &two,
            "--url",
            server.url(),
        ];
        arguments.extend(more);
        let output = pgdbm(&arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let plan = on_both("migrate", &["--dry-run"]);
    assert!(
        plan.contains(&format!("CREATE TABLE \"{one}\".\"t\" (n int);")),
        "{plan}"
    );
    assert!(on_both("status", &[]).contains("pending      001_t.sql"));
    let applied = on_both("migrate", &[]);
    assert!(
        applied.contains(&format!("{one}: 2 applied, 0 already there")),
        "{applied}"
    );
    assert!(
        applied.contains(&format!("{two}: 2 applied, 0 already there")),
        "{applied}"
    );
    assert!(on_both("migrate", &[]).contains("0 applied, 2 already there"));
    assert!(on_both("status", &[]).contains("applied      002_u.sql"));
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn check_needs_no_server_and_shows_every_mistake() {
    let directory = files(
        "bad",
        &[
            ("001_t.sql", "DROP TABLE {{tabels.t}};"),
            ("001_u.sql", "SELECT $1;"),
            ("x.sql", "SELECT 1"),
        ],
    );
    let output = pgdbm(&["check", "-d", directory.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stderr);
    for part in ["001_t.sql", "tables", "001_u.sql", "x.sql"] {
        assert!(shown.contains(part), "{part} is missing in:\n{shown}");
    }
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn check_says_of_statements_what_the_compiler_says() {
    let directory = files(
        "refused_statements",
        &[
            (
                "2_t.sql",
                "CREATE TABLE {{tables.t}} (id int);\nCREATE TABL {{tables.u}} (id int);",
            ),
            (
                "10_v.sql",
                "CREATE VIEW {{views.v}} AS\n  SELECT nam FROM {{tables.t}};",
            ),
            (
                "13_d.sql",
                "DO $$ BEGIN EXECUTE format('CREATE TABLE %I (n int)', 'x'); END $$;",
            ),
            ("12_w.sql", "ALTER TABLE public.t ADD name text;"),
        ],
    );
    let shown_as = |name: &str| directory.join(name).display().to_string();
    let check = |more: &[&str]| {
        pgdbm(
            &[
                &["check", "--migrations", directory.to_str().unwrap()],
                more,
            ]
            .concat(),
        )
    };
    let output = check(&[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout), "");
    let shown = text(&output.stderr);
    for part in [
        &format!("--> {}:2:8\n", shown_as("2_t.sql")),
        "2 | CREATE TABL {{tables.u}} (id int);\n  |        ^",
        &format!("--> {}:2:10\n", shown_as("10_v.sql")),
        "2 |   SELECT nam FROM {{tables.t}};\n  |          ^^^",
        &format!("--> {}:1:20\n", shown_as("12_w.sql")),
        "warning[cannot-replay]: what this block makes by EXECUTE or by what it calls cannot be read",
        "\nerror: the server would refuse 3 statements of the migrations\n",
    ] {
        assert!(shown.contains(part), "{part:?} is missing in:\n{shown}");
    }
    // There both names are of the same table.
    let output = check(&["--schema", "public", "--pg", "14"]);
    let shown = text(&output.stderr);
    assert!(shown.contains("would refuse 2 statements"), "{shown}");
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn the_directory_has_one_name_in_all_commands() {
    let directory = files("names", &[("001_t.sql", "SELECT 1")]);
    let directory = directory.to_str().unwrap();
    for name in ["--migrations", "--directory", "-d"] {
        let output = pgdbm(&["check", name, directory]);
        assert_eq!(text(&output.stdout), "1 migration(s), nothing wrong\n");
        let output = describe(&[name, directory], "{\"id\": 1, \"sql\": \"SELECT 1\"}");
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    // This is the module, and no command takes it for the directory.
    assert_eq!(describe(&["-m", directory], "").status.code(), Some(2));
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn who_reads_only_the_first_lines_ends_nothing() {
    use std::io::{BufRead as _, BufReader};
    use std::process::Stdio;
    let server = PgServer::start().unwrap();
    // More than a pipe holds.
    let long = format!("SELECT '{}';", "x".repeat(200_000));
    let directory = files("pipe", &[("001_t.sql", &long), ("002_t.sql", "SELECT 1")]);
    let schema = format!("cli_{}_pipe", std::process::id());
    let target = [
        "-d",
        directory.to_str().unwrap(),
        "-m",
        "m",
        "-s",
        &schema,
        "--url",
        server.url(),
    ];
    let first_line = |command: &[&str]| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_pgdbm"))
            .args([command, &target].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        drop(output);
        let ended = child.wait_with_output().unwrap();
        assert!(ended.status.success(), "{}", text(&ended.stderr));
        assert_eq!(text(&ended.stderr), "");
        line
    };
    assert_eq!(
        first_line(&["migrate", "--dry-run"]),
        format!("-- {schema}: 2 pending\n")
    );
    first_line(&["migrate"]);
    assert_eq!(first_line(&["status"]), format!("{schema}\n"));

    // What the library calls by its methods the command calls by its flags.
    std::fs::remove_file(directory.join("001_t.sql")).unwrap();
    let output = pgdbm(&[&["migrate"], &target[..]].concat());
    let shown = text(&output.stderr);
    assert!(shown.contains("use `--ignore-missing` when"), "{shown}");
    std::fs::write(directory.join("001_u.sql"), "SELECT 1").unwrap();
    std::fs::write(directory.join("000_u.sql"), "SELECT 1").unwrap();
    let output = pgdbm(&[&["migrate", "--ignore-missing"], &target[..]].concat());
    let shown = text(&output.stderr);
    assert!(
        !shown.contains("ignore_missing") && !shown.contains("allow_out_of_order"),
        "{shown}"
    );
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn a_wrong_address_and_a_wrong_argument_are_said_plainly_and_without_the_password() {
    let directory = files("addr", &[("001_t.sql", "SELECT 1")]);
    let directory = directory.to_str().unwrap();
    let url = "postgres://u:topsecret@127.0.0.1:1/d";
    let output = pgdbm(&[
        "status", "-d", directory, "-m", "m", "-s", "shop", "--url", url,
    ]);
    let shown = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        shown.contains("127.0.0.1:1") && !shown.contains("topsecret"),
        "{shown}"
    );
    let output = pgdbm(&[
        "status", "-d", directory, "-m", "m", "-s", "Shop;", "--url", url,
    ]);
    assert!(!output.status.success());
    assert_eq!(pgdbm(&["migrat"]).status.code(), Some(2));
    std::fs::remove_dir_all(directory).unwrap();
}

/// `pgdbm describe` with these lines as its input.
fn describe(arguments: &[&str], input: &str) -> Output {
    use std::io::Write as _;
    use std::process::Stdio;
    let mut child = Command::new(env!("CARGO_BIN_EXE_pgdbm"))
        .arg("describe")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

/// How many databases `pgdbm describe` has left behind that nobody uses.
fn scratch_databases(url: &str) -> i64 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
            .await
            .unwrap();
        let connection = tokio::spawn(connection);
        let unused = "SELECT count(*) FROM pg_database d WHERE datname ~ '^pgdbm_describe_'
            AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)";
        let count = client.query_one(unused, &[]).await.unwrap().get(0);
        drop(client);
        connection.await.unwrap().unwrap();
        count
    })
}

const DESCRIBED: &str = r#"{"id": 1, "sql": "SELECT id, 'é', at FROM {{tables.t}} WHERE id = $1"}
{"id": [2], "sql": "SELECT 'é' || nothing FROM {{tables.t}}"}
{"id": 3}
"#;

#[test]
fn a_server_is_asked_the_same_and_leaves_nothing_behind() {
    let server = PgServer::start().unwrap();
    let directory = files(
        "live",
        &[
            (
                "1_t.sql",
                "CREATE DOMAIN {{types.d}} AS date; CREATE TABLE {{tables.t}} (id bigint, at {{types.d}});",
            ),
            (
                "2_i.sql",
                "CREATE INDEX CONCURRENTLY ON {{tables.t}} (id); SET search_path TO '';",
            ),
            ("3_bad.sql", "SELECT 1;\n  SELEC 1;"),
        ],
    );
    let migrations = ["--migrations", directory.to_str().unwrap()];
    let schema = format!("live_{}", std::process::id());
    let live = ["--live", server.url(), "--schema", &schema];
    let answered = describe(&[&migrations[..], &live].concat(), DESCRIBED);
    assert_eq!(
        text(&answered.stderr),
        "error: 3_bad.sql:2:3: the server says: syntax error at or near \"SELEC\"\n"
    );
    assert_eq!(
        text(&answered.stdout),
        r#"{"id":1,"params":[{"type":"bigint","nullable":null}],"columns":[{"name":"id","type":"bigint","nullable":null},{"name":"?column?","type":"text","nullable":null},{"name":"at","type":"date","nullable":null}],"diagnostics":[]}
{"id":[2],"params":null,"columns":null,"diagnostics":[{"severity":"error","code":"42703","message":"column \"nothing\" does not exist","start":15,"end":22}]}
{"id":3,"params":null,"columns":null,"diagnostics":[{"severity":"error","code":"invalid-input","message":"the line is no JSON object with a text `sql`","start":0,"end":9}]}
"#
    );
    assert_eq!(scratch_databases(server.url()), 0);
    let answers = directory.join("answers.jsonl");
    std::fs::write(&answers, &answered.stdout).unwrap();
    let both = describe(
        &[&migrations[..], &live, &["--compare"]].concat(),
        DESCRIBED,
    );
    let kept = describe(
        &[
            &migrations[..],
            &["--schema", &schema, "--compare", answers.to_str().unwrap()],
        ]
        .concat(),
        DESCRIBED,
    );
    for compared in [both, kept] {
        assert!(compared.status.success(), "{}", text(&compared.stderr));
        assert!(text(&compared.stderr).contains("  the same said          1  100.00 %"));
        assert_eq!(text(&compared.stdout).lines().count(), 1);
    }
}

#[test]
fn what_the_server_refuses_of_a_file_takes_nothing_along() {
    let server = PgServer::start().unwrap();
    let directory = files(
        "refused",
        &[
            (
                "1_t.sql",
                "CREATE SCHEMA live_app; SET no_such_setting = 1; CREATE TABLE t (id bigint);\nCOPY t FROM stdin;\n1\n\\.\n\
                 ALTER ROLE postgres SET search_path TO x;\nCREATE TABLE u (id bigint);\n\
                 DROP ROLE IF EXISTS no_such_role;\nALTER ROLE postgres PASSWORD 'x';",
            ),
            (
                "2_transaction.sql",
                "BEGIN; CREATE TABLE v (id int); SELEC 1; CREATE TABLE w (id int); COMMIT;",
            ),
            (
                "3_enum.sql",
                "CREATE TYPE e AS ENUM ('a'); COMMENT ON TYPE e IS 'x';",
            ),
            (
                "4_enum.sql",
                "ALTER TYPE e ADD VALUE 'b'; CREATE TABLE x (e e DEFAULT 'b');",
            ),
        ],
    );
    let arguments = [
        "--migrations",
        directory.to_str().unwrap(),
        "--schema",
        "live_app",
        "--live",
        server.url(),
    ];
    let described = describe(
        &arguments,
        r#"{"id": 1, "sql": "SELECT t.id, u.id, v.id, w.id, e FROM t, u, v, w, x"}"#,
    );
    let said = text(&described.stderr);
    let lines = said.lines().collect::<Vec<_>>();
    assert_eq!(
        lines,
        [
            "error: 1_t.sql:1:25: the server says: unrecognized configuration parameter \"no_such_setting\"",
            "note: 1_t.sql:2:1: this is left out: rows that go through the connection are none of a schema",
            "note: 1_t.sql:5:1: this is left out: it would change what is not of this database alone",
            "note: 1_t.sql:7:1: this is left out: it would change what is not of this database alone",
            "note: 1_t.sql:8:1: this is left out: it would change what is not of this database alone",
            "error: 2_transaction.sql:1:33: the server says: syntax error at or near \"SELEC\"",
            "note: 4_enum.sql: the server refuses it as one transaction (unsafe use of new value \"b\" of enum type e), \
             and takes its statements one by one",
        ]
    );
    assert!(text(&described.stdout).contains(r#""diagnostics":[]"#));
}

#[test]
fn files_are_run_in_the_order_of_their_tool() {
    let order = |name: &str, paths: &[&str]| {
        let directory = files(name, &[]);
        for (number, path) in paths.iter().enumerate() {
            let path = directory.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            // Each needs what the one before it has made.
            let before = number.checked_sub(1).map_or_else(
                || "\u{feff}SELECT 1".to_owned(),
                |before| format!("DROP TABLE t{before}"),
            );
            std::fs::write(path, format!("{before}; CREATE TABLE t{number} (id int);")).unwrap();
        }
        let last = paths.len() - 1;
        let described = describe(
            &["--migrations", directory.to_str().unwrap()],
            &format!(r#"{{"id": 1, "sql": "SELECT id FROM t{last}"}}"#),
        );
        assert_eq!(text(&described.stderr), "", "{name}");
    };
    let flyway = [
        "V1__a.sql",
        "V1.1__b.sql",
        "V1_2__c.sql",
        "V1.10__d.sql",
        "d/V2__e.sql",
        "V3__f.sql",
        "R__g.sql",
    ];
    order("flyway", &flyway);
    let diesel = [
        "00000000000000_initial/up.sql",
        "2018-07-10-061642_a/up.sql",
        "2020-11-7_b/up.sql",
        "2020-12-7-190800_c/up.sql",
        "2023-05-23-1715-d/up.sql",
    ];
    order("diesel", &diesel);
    // What is no migration of diesel's is left alone.
    files("diesel", &[("data.sql", "SELEC")]);
    order("diesel", &diesel);
    order("numbers", &["1_a.sql", "2_b.sql", "10_c.sql"]);
}

#[test]
fn what_the_server_says_otherwise_is_printed_and_fails() {
    let directory = files("differs", &[("1_t.sql", "CREATE TABLE t (id bigint);")]);
    let answers = directory.join("answers.jsonl");
    let input = r#"{"id": 1, "sql": "SELECT id FROM t"}"#;
    let compare = |answer: &str| {
        std::fs::write(&answers, answer).unwrap();
        let arguments = [
            "--migrations",
            directory.to_str().unwrap(),
            "--compare",
            answers.to_str().unwrap(),
        ];
        describe(&arguments, input)
    };
    let wrong = compare(
        r#"{"id":1,"params":[],"columns":[{"name":"id","type":"text","nullable":null}],"diagnostics":[]}"#,
    );
    assert!(!wrong.status.success());
    assert!(text(&wrong.stdout).starts_with(r#"{"id":1,"difference":"wrong","sql":"SELECT id FROM t","ours":{"params":[],"columns":[{"name":"id","type":"bigint","nullable":true}],"diagnostics":[]},"server":{"#));
    assert!(text(&wrong.stderr).contains("the checker says what the server does not"));
    let accepted = compare(
        r#"{"id":1,"params":null,"columns":null,"diagnostics":[{"severity":"error","code":"42P01","message":"no","start":0,"end":1}]}"#,
    );
    assert!(accepted.status.success(), "{}", text(&accepted.stderr));
    assert!(text(&accepted.stdout).contains("accepted-invalid"));
    let none = compare("");
    assert!(text(&none.stderr).contains("the file has no answer to the query 1"));
}

#[test]
fn what_is_no_question_and_what_is_not_there_is_said() {
    let answered = describe(&[], "[]\n\n{\"id\": 7, \"sql\": \"SELECT 1 AS one\"}\r\n");
    let answers = text(&answered.stdout);
    assert!(answers.starts_with(r#"{"id":null,"params":null,"columns":null,"diagnostics":[{"severity":"error","code":"invalid-input""#));
    assert!(answers.ends_with("{\"id\":7,\"params\":[],\"columns\":[{\"name\":\"one\",\"type\":\"integer\",\"nullable\":false}],\"diagnostics\":[]}\n"));
    for argument in ["--migrations", "--schema-file"] {
        let missing = describe(&[argument, "no/such/place"], "");
        assert!(!missing.status.success());
        assert!(text(&missing.stderr).starts_with("error: cannot read no/such/place: "));
    }
    let alone = describe(&["--compare"], "");
    assert!(text(&alone.stderr).contains("`--compare` needs a server"));
}

#[test]
fn bytes_that_are_no_text_are_no_question() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pgdbm"))
        .arg("describe")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(
        &mut child.stdin.take().unwrap(),
        b"\xff\xfe\n{\"sql\": \"SELECT 1\"}\n",
    )
    .unwrap();
    let answered = child.wait_with_output().unwrap();
    assert!(answered.status.success());
    let answers = text(&answered.stdout);
    assert_eq!(answers.lines().count(), 2);
    assert!(answers.lines().next().unwrap().contains("invalid-input"));
}
