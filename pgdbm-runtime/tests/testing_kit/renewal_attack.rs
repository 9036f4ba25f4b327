//! scratch
use pgdbm_runtime::testing::{PgServer, TestDatabase, TestDatabaseOptions};
use pgdbm_runtime::{DatabaseConfig, EmbeddedFile, EmbeddedMigrations, Migrations, Pool, sql};

use crate::own_server::{base, names, options, registry};

struct Mig;
impl Migrations for Mig {
    const MIGRATIONS: EmbeddedMigrations = EmbeddedMigrations {
        module: "mig",
        files: &[EmbeddedFile {
            name: "001_mig.sql",
            content: r#"
CREATE TABLE public.seeds (id int PRIMARY KEY, v text);
INSERT INTO public.seeds SELECT i, repeat('x', 200) FROM generate_series(1, 1000) i;
DELETE FROM public.seeds WHERE id > 20 AND id % 50 <> 0;
CREATE TABLE public.entries (id serial PRIMARY KEY, seed int REFERENCES public.seeds, note text, tags text[], r int4range);
CREATE INDEX entries_note ON public.entries USING hash (note);
CREATE INDEX entries_gin ON public.entries USING gin (tags);
CREATE INDEX entries_gist ON public.entries USING gist (r);
CREATE INDEX entries_brin ON public.entries USING brin (id);
CREATE TABLE public.cfg (n int);
CREATE TABLE public.parted (id int, k int) PARTITION BY LIST (k);
CREATE TABLE public.p1 PARTITION OF public.parted FOR VALUES IN (1);
CREATE TABLE public.p2 PARTITION OF public.parted FOR VALUES IN (2);
CREATE INDEX ON public.parted (id);
CREATE TABLE public.logs (what text);
CREATE TABLE public.totals (n int); INSERT INTO public.totals VALUES (0);
CREATE TABLE public.watched (id int);
CREATE FUNCTION public.gone() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE public.totals SET n = n + 1; RETURN OLD; END';
CREATE TRIGGER gone AFTER DELETE ON public.watched FOR EACH ROW EXECUTE FUNCTION public.gone();
ALTER TABLE public.watched ENABLE ALWAYS TRIGGER gone;
CREATE UNLOGGED TABLE public.fast (id bigint GENERATED ALWAYS AS IDENTITY, x int);
CREATE MATERIALIZED VIEW public.mv AS SELECT count(*) FROM public.entries;
CREATE SEQUENCE public.lonely START 7;
"#,
            checksum: "m1",
        }],
    };
}

async fn mig(server: &PgServer) -> TestDatabase {
    TestDatabaseOptions::new()
        .migrations("public", Mig)
        .on(server)
        .max_connections(3)
        .create()
        .await
        .unwrap()
}

async fn number(database: &TestDatabase) -> i64 {
    database
        .manager()
        .fetch_value("SELECT oid::bigint FROM pg_database WHERE datname = current_database()")
        .await
        .unwrap()
}
async fn is_there(server: &PgServer, number: i64) -> bool {
    !names(
        server,
        &format!("SELECT datname::text FROM pg_database WHERE oid = {number}"),
    )
    .await
    .is_empty()
}

/// The same database again, if anybody gets it.
async fn again(server: &PgServer, number_before: i64) -> Option<TestDatabase> {
    if !is_there(server, number_before).await {
        return None;
    }
    registry(server).await.public().execute(sql(&format!(
        "UPDATE databases SET since = 'epoch' WHERE state = 'spare' AND name = (SELECT datname FROM pg_database WHERE oid = {number_before})"))).await.unwrap();
    let next = mig(server).await;
    if number(&next).await == number_before {
        return Some(next);
    }
    next.close().await;
    None
}

async fn look(database: &TestDatabase) -> Vec<String> {
    let db = database.manager();
    let mut lines = Vec::new();
    for query in [
        "SELECT (to_jsonb(c) - 'relfilenode' - 'relfrozenxid' - 'relminmxid')::text FROM pg_class c ORDER BY oid",
        "SELECT format('%s size %s fsm %s vm %s', oid::regclass, pg_relation_size(oid), pg_relation_size(oid,'fsm'), pg_relation_size(oid,'vm')) FROM pg_class WHERE relkind IN ('r','t','i','m','S') AND oid >= 16384 ORDER BY oid",
        "SELECT format('seed %s %s xmax %s', ctid, id, xmax) FROM public.seeds",
        "SELECT format('totals %s', n) FROM public.totals",
        "SELECT format('entries %s', id) FROM public.entries",
        "SELECT format('logs %s', what) FROM public.logs",
        "SELECT format('cfg %s', n) FROM public.cfg",
        "SELECT format('p %s', id) FROM public.parted",
        "SELECT format('fast %s', id) FROM public.fast",
        "SELECT format('mv %s', count) FROM public.mv",
        "SELECT format('seq %s %s %s', last_value, is_called, log_cnt) FROM public.lonely",
        "SELECT format('seq %s %s %s', last_value, is_called, log_cnt) FROM public.entries_id_seq",
        "SELECT format('%s ins %s upd %s del %s dead %s live %s vac %s ana %s seq %s idx %s', relname, n_tup_ins, n_tup_upd, n_tup_del, n_dead_tup, n_live_tup, vacuum_count, analyze_count, seq_scan, idx_scan) FROM pg_stat_user_tables WHERE relname NOT LIKE '%migr%' ORDER BY relid",
        "SELECT (to_jsonb(d) - 'oid' - 'datname' - 'datfrozenxid' - 'datminmxid')::text FROM pg_database d WHERE datname = current_database()",
    ] {
        for row in db.fetch_all(sql(query)).await.unwrap() {
            lines.push(row.get::<String>(0).unwrap());
        }
    }
    lines
}

fn diff(new: &[String], got: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    for l in new {
        if !got.contains(l) {
            out.push(format!("- {}", l.chars().take(700).collect::<String>()));
        }
    }
    for l in got {
        if !new.contains(l) {
            out.push(format!("+ {}", l.chars().take(700).collect::<String>()));
        }
    }
    out
}

fn server_of(name: &str) -> PgServer {
    let mut o = options(&base(name))
        .setting("max_prepared_transactions", "5")
        .setting("wal_level", "logical");
    if let Ok(bin) = std::env::var("ATTACK_BIN") {
        o = o.bin_directory(bin);
    }
    PgServer::with(o).unwrap()
}

async fn batch(server: &PgServer, name: &str, statement: &str) -> Result<(), String> {
    let (client, connection) =
        tokio_postgres::connect(&server.database_url(name), tokio_postgres::NoTls)
            .await
            .map_err(|e| format!("{e:?}"))?;
    let task = tokio::spawn(connection);
    let r = client
        .batch_execute(statement)
        .await
        .map_err(|e| format!("{e:?}"));
    drop(client);
    drop(task.await);
    r
}

#[tokio::test]
async fn scan() {
    let server = server_of("scan");
    let file = std::env::var("ATTACK_CASES").unwrap_or_default();
    let cases = std::fs::read_to_string(file).unwrap_or_default();
    let first = mig(&server).await;
    let new = look(&first).await;
    let second = mig(&server).await;
    let new2 = look(&second).await;
    println!("NEW vs NEW: {:#?}", diff(&new, &new2));
    first.close().await;
    second.close().await;
    for case in cases.split("\n---\n") {
        let database = mig(&server).await;
        let n = number(&database).await;
        let name = database.name().to_owned();
        let mut err = String::new();
        let maintenance = Pool::connect(DatabaseConfig::from_url(server.url()).unwrap())
            .await
            .unwrap();
        for statement in case.split(";;") {
            let statement = statement.trim();
            let result = if let Some(outside) = statement.strip_prefix("OUTSIDE ") {
                if outside.contains("SET TABLESPACE") {
                    database.pool().close().await;
                }
                maintenance
                    .public()
                    .execute(sql(&outside.replace("THISDB", &name)))
                    .await
                    .map(drop)
                    .map_err(|e| e.to_string())
            } else {
                batch(&server, &name, statement).await
            };
            if let Err(e) =
                result.map_err(|e| format!("{e:?}").chars().take(300).collect::<String>())
            {
                err.push_str(&format!(" [{e}]"));
            }
        }
        let t = std::time::Instant::now();
        database.close().await;
        let t = t.elapsed();
        println!("=== {}{err}", case.trim());
        match again(&server, n).await {
            None => println!("    dropped ({t:?})"),
            Some(next) => {
                println!("    RENEWED ({t:?}) {:#?}", diff(&new, &look(&next).await));
                next.close().await;
            }
        }
        maintenance.close().await;
    }
}
