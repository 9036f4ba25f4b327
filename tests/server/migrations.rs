//! Migrations: in order, once, locked, whole or not at all, resumable where there is no transaction.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use pgdbm::{MigrationManager, MigrationState, sql};

use crate::lab::{Lab, lab};

/// A directory of migration files that is removed afterwards.
struct Directory(PathBuf);

impl Directory {
    fn new(files: &[(&str, &str)]) -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("pgdbm-migrations-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        let directory = Directory(path);
        for (name, content) in files {
            directory.write(name, content);
        }
        directory
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.0.join(name), content).unwrap();
    }

    fn path(&self) -> &Path {
        &self.0
    }

    fn manager(&self, lab: &Lab) -> MigrationManager {
        MigrationManager::from_directory(&lab.db, self.path(), "m").unwrap()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const USERS: (&str, &str) = (
    "001_users.sql",
    "CREATE TABLE {{tables.users}} (id int PRIMARY KEY);",
);
const ORDERS: (&str, &str) = (
    "002_orders.sql",
    "CREATE TABLE {{tables.orders}} (user_id int REFERENCES {{tables.users}});\nINSERT INTO {{tables.users}} VALUES (1);\n",
);

#[tokio::test]
async fn files_are_applied_in_order_and_once() {
    lab(async |lab| {
        let files = Directory::new(&[
            ORDERS,
            USERS,
            ("010_last.sql", "SELECT 1"),
            ("9_ninth.sql", "SELECT 1"),
            ("notes.txt", "x"),
            ("._001_users.sql", "\u{0}"),
            (".#001_users.sql", "x"),
        ]);
        let manager = files.manager(lab);
        assert_eq!(
            manager.pending().await.unwrap(),
            [
                "001_users.sql",
                "002_orders.sql",
                "9_ninth.sql",
                "010_last.sql"
            ]
        );
        let report = manager.apply().await.unwrap();
        assert_eq!(
            report
                .applied
                .iter()
                .map(|m| m.name.as_str())
                .collect::<Vec<_>>(),
            [
                "001_users.sql",
                "002_orders.sql",
                "9_ninth.sql",
                "010_last.sql"
            ]
        );
        let again = manager.apply().await.unwrap();
        assert_eq!((again.applied.len(), again.already_applied), (0, 4));
        assert!(manager.pending().await.unwrap().is_empty());
        let history = manager.history().await.unwrap();
        assert_eq!(history[0].name, "001_users.sql");
        assert_eq!(history[0].module, "m");
        assert_eq!(history[0].applied_by, "postgres");
        assert!(
            history
                .iter()
                .all(|entry| entry.applied_at.is_some() && entry.checksum.len() == 64)
        );
        assert!(
            manager
                .status()
                .await
                .unwrap()
                .iter()
                .all(|status| matches!(status.state, MigrationState::Applied { .. }))
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_often_refused_of_a_migration_has_a_remedy() {
    lab(async |lab| {
        lab.db.ensure_schema().await.unwrap();
        lab.db.execute("CREATE TABLE {{tables.users}} (id int)").await.unwrap();
        let error = Directory::new(&[USERS]).manager(lab).apply().await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("already exists") && text.contains("`MigrationManager::baseline`"), "{text}");

        let add = "ALTER TYPE {{types.mood}} ADD VALUE 'b'; INSERT INTO {{tables.t}} VALUES ('b');";
        let files = Directory::new(&[
            ("001_mood.sql", "CREATE TYPE {{types.mood}} AS ENUM ('a'); CREATE TABLE {{tables.t}} (m {{types.mood}});"),
            ("002_more.sql", add),
        ]);
        let text = files.manager(lab).apply().await.unwrap_err().to_string();
        assert!(text.contains("help: put `ADD VALUE` into a file of its own"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_fails_leaves_nothing_behind() {
    lab(async |lab| {
        let broken = "CREATE TABLE {{tables.half}} (id int);\n\n-- čeština\nINSERT INTO {{tables.half}} (idd) VALUES (1);\n";
        let files = Directory::new(&[USERS, ("002_broken.sql", broken)]);
        let manager = files.manager(lab);
        let error = manager.apply().await.unwrap_err();
        let text = error.to_string();
        assert!(error.is_migration());
        assert_eq!(error.code(), Some("42703"));
        assert_eq!(error.position(), broken.find("idd"));
        assert!(text.starts_with("migration 002_broken.sql: ") && text.contains("line 4, column 30"), "{text}");
        assert!(!lab.db.table_exists("half").await.unwrap());
        assert!(lab.db.table_exists("users").await.unwrap(), "the file before it stays");
        assert_eq!(manager.pending().await.unwrap(), ["002_broken.sql"]);
        files.write("002_broken.sql", &broken.replace("idd", "id"));
        assert_eq!(files.manager(lab).apply().await.unwrap().applied.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_error_without_a_position_points_at_the_statement() {
    lab(async |lab| {
        let content = "CREATE TABLE {{tables.t}} (n int CHECK (n > 0));\n\n  INSERT INTO {{tables.t}}\n  VALUES (0);";
        let files = Directory::new(&[("1_x.sql", content)]);
        let error = files.manager(lab).apply().await.unwrap_err();
        assert!(error.is_check_violation());
        assert_eq!(error.position(), content.find("INSERT"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_changed_after_it_was_applied_is_an_error() {
    lab(async |lab| {
        let files = Directory::new(&[USERS]);
        files.manager(lab).apply().await.unwrap();
        // Line endings and a byte-order mark are no change.
        files.write(
            "001_users.sql",
            "\u{feff}CREATE TABLE {{tables.users}} (id int PRIMARY KEY);",
        );
        files.manager(lab).apply().await.unwrap();
        files.write(
            "001_users.sql",
            "CREATE TABLE {{tables.users}} (id bigint PRIMARY KEY);",
        );
        let manager = files.manager(lab);
        let error = manager.apply().await.unwrap_err();
        assert!(
            error.is_migration() && error.to_string().contains("changed after it was applied"),
            "{error}"
        );
        assert_eq!(
            manager.status().await.unwrap()[0].state,
            MigrationState::Changed
        );
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_missing_is_an_error_unless_allowed() {
    lab(async |lab| {
        let files = Directory::new(&[USERS, ORDERS]);
        files.manager(lab).apply().await.unwrap();
        fs::remove_file(files.path().join("002_orders.sql")).unwrap();
        let manager = files.manager(lab);
        assert!(
            manager
                .apply()
                .await
                .unwrap_err()
                .to_string()
                .contains("no such file")
        );
        assert_eq!(
            manager.status().await.unwrap()[1].state,
            MigrationState::Missing
        );
        manager.ignore_missing(true).apply().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_file_that_comes_late_is_an_error_unless_allowed() {
    lab(async |lab| {
        let files = Directory::new(&[USERS, ("003_x.sql", "SELECT 1")]);
        files.manager(lab).apply().await.unwrap();
        files.write(ORDERS.0, ORDERS.1);
        let error = files.manager(lab).apply().await.unwrap_err();
        assert!(
            error
                .to_string()
                .contains("002_orders.sql is pending, and the later 003_x.sql"),
            "{error}"
        );
        assert_eq!(
            files
                .manager(lab)
                .allow_out_of_order(true)
                .apply()
                .await
                .unwrap()
                .applied
                .len(),
            1
        );
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_shows_the_sql_and_does_nothing() {
    lab(async |lab| {
        let files = Directory::new(&[USERS, ORDERS]);
        let plan = files.manager(lab).dry_run().await.unwrap();
        assert_eq!(
            plan[0].statements,
            ["CREATE TABLE \"shop\".\"users\" (id int PRIMARY KEY)"]
        );
        assert_eq!(plan[1].statements.len(), 2);
        assert!(plan.iter().all(|migration| migration.transaction));
        assert!(!lab.db.table_exists("users").await.unwrap());
        assert!(!lab.db.table_exists("pgdbm_migrations").await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn each_schema_has_its_own_history() {
    lab(async |lab| {
        let files = Directory::new(&[USERS]);
        for schema in ["one", "two"] {
            let db = lab.pool.manager(schema).unwrap();
            let report = MigrationManager::from_directory(&db, files.path(), "m")
                .unwrap()
                .apply()
                .await
                .unwrap();
            assert_eq!(report.applied.len(), 1, "{schema}");
            assert!(db.table_exists("users").await.unwrap());
        }
        assert!(!lab.db.table_exists("users").await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn modules_of_one_schema_do_not_see_each_other_s_files() {
    lab(async |lab| {
        let accounts = Directory::new(&[USERS]);
        let billing = Directory::new(&[(
            "001_invoices.sql",
            "CREATE TABLE {{tables.invoices}} (id int)",
        )]);
        let one = MigrationManager::from_directory(&lab.db, accounts.path(), "accounts").unwrap();
        let two = MigrationManager::from_directory(&lab.db, billing.path(), "billing").unwrap();
        let (one, two) = tokio::join!(one.apply(), two.apply());
        assert_eq!(
            (one.unwrap().applied.len(), two.unwrap().applied.len()),
            (1, 1)
        );
    })
    .await;
}

#[tokio::test]
async fn many_processes_may_start_at_once() {
    lab(async |lab| {
        let files = Directory::new(&[USERS, ORDERS, ("3_slow.sql", "SELECT pg_sleep(0.1)")]);
        let pools = futures_util::future::join_all((0..6).map(|_| lab.pool_of(2))).await;
        let reports = futures_util::future::join_all(pools.iter().map(|pool| {
            let db = pool.manager("fleet").unwrap();
            let manager = MigrationManager::from_directory(&db, files.path(), "m").unwrap();
            async move { manager.apply().await.unwrap() }
        }))
        .await;
        assert_eq!(
            reports
                .iter()
                .map(|report| report.applied.len())
                .sum::<usize>(),
            3
        );
    })
    .await;
}

#[tokio::test]
async fn who_waits_too_long_learns_for_whom() {
    lab(async |lab| {
        let slow = Directory::new(&[("1_slow.sql", "SELECT pg_sleep(60)")]);
        let holder = slow.manager(lab);
        let mut holding = Box::pin(holder.apply());
        crate::lab::eventually("the slow one runs", async || {
            assert!(futures_util::poll!(holding.as_mut()).is_pending());
            let active = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active'";
            lab.pool.public().fetch_value::<i64>(active).await.unwrap() == 1
        })
        .await;
        let error = slow.manager(lab).lock_patience(Duration::from_millis(1)).apply().await.unwrap_err();
        assert!(error.to_string().contains("another process") && error.to_string().contains("server process"), "{error}");
        // The holder dies: its lock and its half-done file go with it.
        drop(holding);
        slow.write("1_slow.sql", "SELECT 1");
        assert_eq!(slow.manager(lab).apply().await.unwrap().applied.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_run_in_a_transaction_runs_statement_by_statement() {
    lab(async |lab| {
        let files = Directory::new(&[
            USERS,
            ("002_index.sql", "-- pgdbm:no-transaction\nCREATE INDEX CONCURRENTLY {{indexes.by_id}} ON {{tables.users}} (id);\nVACUUM {{tables.users}};"),
        ]);
        let plan = files.manager(lab).dry_run().await.unwrap();
        assert!(!plan[1].transaction);
        assert_eq!(files.manager(lab).apply().await.unwrap().applied.len(), 2);
        let valid: bool = lab.db.fetch_value("SELECT indisvalid FROM pg_index WHERE indexrelid = '{{indexes.by_id}}'::regclass").await.unwrap();
        assert!(valid);
    })
    .await;
}

#[tokio::test]
async fn waiters_do_not_deadlock_with_a_concurrent_index() {
    lab(async |lab| {
        let files = Directory::new(&[USERS, ("002_i.sql", "-- pgdbm:no-transaction\nCREATE INDEX CONCURRENTLY {{indexes.i}} ON {{tables.users}} (id);")]);
        let pools = futures_util::future::join_all((0..4).map(|_| lab.pool_of(2))).await;
        let reports = futures_util::future::join_all(pools.iter().map(|pool| {
            let db = pool.manager("indexed").unwrap();
            let manager = MigrationManager::from_directory(&db, files.path(), "m").unwrap();
            async move { manager.apply().await.unwrap().applied.len() }
        }))
        .await;
        assert_eq!(reports.iter().sum::<usize>(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_file_without_a_transaction_goes_on_where_it_stopped() {
    lab(async |lab| {
        let content = "-- pgdbm:no-transaction\nCREATE TABLE {{tables.a}} (n int);\nCREATE TABLE {{tables.b}} (n itn);\nCREATE TABLE {{tables.c}} (n int);";
        let files = Directory::new(&[("1_abc.sql", content)]);
        let error = files.manager(lab).apply().await.unwrap_err();
        assert_eq!(error.position(), content.find("itn"), "{error}");
        let status = files.manager(lab).status().await.unwrap();
        assert_eq!(status[0].state, MigrationState::Partial { statements_done: 1, outcome_unknown: false });
        // What took effect may not change; what did not may.
        files.write("1_abc.sql", &content.replace("tables.a", "tables.z").replace("itn", "int"));
        assert!(files.manager(lab).apply().await.unwrap_err().to_string().contains("changed after"));
        files.write("1_abc.sql", &content.replace("itn", "int"));
        files.manager(lab).apply().await.unwrap();
        for table in ["a", "b", "c"] {
            assert!(lab.db.table_exists(table).await.unwrap());
        }
        assert!(files.manager(lab).pending().await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_statement_whose_outcome_is_unknown_is_not_repeated_blindly() {
    lab(async |lab| {
        let content = "-- pgdbm:no-transaction\nCREATE TABLE {{tables.a}} (n int);\nSELECT pg_sleep(60);\nCREATE TABLE {{tables.c}} (n int);";
        let files = Directory::new(&[("1_abc.sql", content)]);
        {
            let manager = files.manager(lab);
            let mut applying = Box::pin(manager.apply());
            crate::lab::eventually("the second statement runs", async || {
                assert!(futures_util::poll!(applying.as_mut()).is_pending());
                let active = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active'";
                lab.pool.public().fetch_value::<i64>(active).await.unwrap() == 1
            })
            .await;
        }
        let manager = files.manager(lab);
        let error = manager.apply().await.unwrap_err();
        assert!(error.to_string().contains("statement 2") && error.to_string().contains("resolve_unknown"), "{error}");
        assert!(manager.resolve_unknown("2_no.sql", true).await.is_err());
        manager.resolve_unknown("1_abc.sql", true).await.unwrap();
        assert!(manager.resolve_unknown("1_abc.sql", true).await.is_err(), "there is no question any more");
        manager.apply().await.unwrap();
        assert!(lab.db.table_exists("c").await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn repeatable_files_run_again_when_they_change() {
    lab(async |lab| {
        let view = "CREATE OR REPLACE VIEW {{views.v}} AS SELECT 1 AS n;";
        let files = Directory::new(&[
            ("R__view.sql", view),
            ("1_t.sql", "CREATE TABLE {{tables.t}} (n int)"),
        ]);
        let names: Vec<String> = files
            .manager(lab)
            .apply()
            .await
            .unwrap()
            .applied
            .into_iter()
            .map(|m| m.name)
            .collect();
        assert_eq!(names, ["1_t.sql", "R__view.sql"], "after the versions");
        assert!(files.manager(lab).apply().await.unwrap().applied.is_empty());
        files.write("R__view.sql", &view.replace("1 AS", "2 AS"));
        assert_eq!(files.manager(lab).apply().await.unwrap().applied.len(), 1);
        assert_eq!(
            lab.db
                .fetch_value::<i32>("SELECT n FROM {{views.v}}")
                .await
                .unwrap(),
            2
        );
    })
    .await;
}

#[tokio::test]
async fn mistakes_in_files_are_reported_all_at_once_before_anything_runs() {
    lab(async |lab| {
        let files = Directory::new(&[
            USERS,
            ("001_again.sql", "SELECT 1"),
            ("002_empty.sql", "-- nothing\n"),
            ("003_typo.sql", "SELECT 1;\nDROP TABLE {{tabels.x}};"),
            ("004_begin.sql", "BEGIN; SELECT 1; COMMIT;"),
            ("005_parameter.sql", "SELECT $1"),
            ("badname.sql", "SELECT 1"),
            ("006_vacuum.sql", "VACUUM"),
        ]);
        let error = MigrationManager::from_directory(&lab.db, files.path(), "m").unwrap_err();
        assert!(error.is_migration());
        let text = error.to_string();
        for part in [
            "001_",
            "002_empty.sql",
            "003_typo.sql",
            "line 2, column",
            "004_begin.sql",
            "005_parameter.sql",
            "badname.sql",
            "006_vacuum.sql",
            "pgdbm:no-transaction",
        ] {
            assert!(text.contains(part), "{part} is missing in:\n{text}");
        }
        let missing = MigrationManager::from_directory(&lab.db, files.path().join("nowhere"), "m")
            .unwrap_err();
        assert!(missing.to_string().contains("nowhere"));
        fs::write(files.path().join("007_latin.sql"), b"SELECT '\xe9'").unwrap();
        let latin = MigrationManager::from_directory(&lab.db, files.path(), "m").unwrap_err();
        assert!(latin.to_string().contains("not UTF-8"), "{latin}");
    })
    .await;
}

#[tokio::test]
async fn a_migration_is_not_bound_by_the_pool_s_statement_timeout_and_leaves_the_session_as_it_was()
{
    lab(async |lab| {
        let config = lab
            .config()
            .max_connections(2)
            .statement_timeout(Some(Duration::from_millis(200)));
        let pool = pgdbm::Pool::connect(config).await.unwrap();
        let db = pool.manager("shop").unwrap();
        let files = Directory::new(&[("1_slow.sql", "SELECT pg_sleep(0.5)")]);
        MigrationManager::from_directory(&db, files.path(), "m")
            .unwrap()
            .apply()
            .await
            .unwrap();
        for _ in 0..4 {
            assert!(
                db.execute(sql("SELECT pg_sleep(5)"))
                    .await
                    .unwrap_err()
                    .is_timeout()
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_baseline_tells_the_history_what_is_there_already() {
    lab(async |lab| {
        lab.db
            .execute("CREATE TABLE {{tables.users}} (id int PRIMARY KEY)")
            .await
            .unwrap();
        let files = Directory::new(&[USERS, ORDERS]);
        let manager = files.manager(lab);
        assert!(
            manager.apply().await.is_err(),
            "the table is there, and the history does not know it"
        );
        assert!(
            manager
                .baseline("003_none.sql")
                .await
                .unwrap_err()
                .is_migration()
        );
        assert_eq!(
            manager.baseline("001_users.sql").await.unwrap(),
            ["001_users.sql"]
        );
        assert!(manager.baseline("001_users.sql").await.unwrap().is_empty());
        let report = manager.apply().await.unwrap();
        assert_eq!((report.applied.len(), report.already_applied), (1, 1));
        assert_eq!(report.applied[0].name, "002_orders.sql");
    })
    .await;
}

#[tokio::test]
async fn a_repeatable_file_that_stopped_and_changed_begins_anew() {
    lab(async |lab| {
        lab.db.execute("CREATE TABLE {{tables.t}} (what text)").await.unwrap();
        let file = |first: &str, second: &str| format!("-- pgdbm:no-transaction\nINSERT INTO {{{{tables.t}}}} VALUES ('{first}');\n{second};");
        let files = Directory::new(&[("R__x.sql", &file("old", "SELECT 1 / 0"))]);
        files.manager(lab).apply().await.unwrap_err();
        files.write("R__x.sql", &file("new", "INSERT INTO {{tables.t}} VALUES ('last')"));
        files.manager(lab).apply().await.unwrap();
        let rows = sql("SELECT what FROM {{tables.t}}").scalar::<String>().fetch_all(&lab.db).await.unwrap();
        assert_eq!(rows, ["old", "new", "last"]);
    })
    .await;
}

#[tokio::test]
async fn a_statement_that_commits_on_its_way_is_not_repeated_blindly_after_it_failed() {
    lab(async |lab| {
        lab.db.execute("CREATE TABLE {{tables.t}} (n int)").await.unwrap();
        lab.db.execute("INSERT INTO {{tables.t}} VALUES (1), (1)").await.unwrap();
        let index = "-- pgdbm:no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {{indexes.i}} ON {{tables.t}} (n);";
        let files = Directory::new(&[("1_i.sql", index)]);
        assert!(files.manager(lab).apply().await.unwrap_err().is_unique_violation());
        lab.db.execute("DELETE FROM {{tables.t}}").await.unwrap();
        let error = files.manager(lab).apply().await.unwrap_err();
        assert!(error.to_string().contains("resolve_unknown"), "an invalid index is there: {error}");
        lab.db.execute("DROP INDEX {{indexes.i}}").await.unwrap();
        files.manager(lab).resolve_unknown("1_i.sql", false).await.unwrap();
        files.manager(lab).apply().await.unwrap();
        // A mistake that the server sees before it begins is known to have done nothing.
        files.write("2_typo.sql", "-- pgdbm:no-transaction\nCREATE INDEX CONCURRENTLY {{indexes.j}} ON {{tables.nowhere}} (n);");
        assert!(files.manager(lab).apply().await.unwrap_err().is_undefined_table());
        files.write("2_typo.sql", "-- pgdbm:no-transaction\nCREATE INDEX CONCURRENTLY {{indexes.j}} ON {{tables.t}} (n);");
        files.manager(lab).apply().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_run_that_lost_its_lock_stops() {
    lab(async |lab| {
        let files = Directory::new(&[
            ("1_a.sql", "SELECT pg_advisory_unlock_all()"),
            ("2_b.sql", "CREATE TABLE {{tables.b}} (n int)"),
        ]);
        let error = files.manager(lab).apply().await.unwrap_err();
        assert!(
            error.to_string().contains("the lock was released"),
            "{error}"
        );
        assert!(!lab.db.table_exists("b").await.unwrap());
        assert_eq!(
            files.manager(lab).apply().await.unwrap().applied.len(),
            1,
            "the first one is applied"
        );
    })
    .await;
}

#[tokio::test]
async fn a_migration_that_forgets_prepared_statements_is_recorded() {
    lab(async |lab| {
        let files = Directory::new(&[("1_a.sql", "DEALLOCATE ALL"), ("2_b.sql", "SELECT 1")]);
        assert_eq!(files.manager(lab).apply().await.unwrap().applied.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_renamed_file_is_not_applied_again() {
    lab(async |lab| {
        let files = Directory::new(&[("001_a.sql", "CREATE TABLE {{tables.a}} (n int)")]);
        files.manager(lab).apply().await.unwrap();
        fs::rename(
            files.path().join("001_a.sql"),
            files.path().join("001_b.sql"),
        )
        .unwrap();
        let error = files
            .manager(lab)
            .ignore_missing(true)
            .apply()
            .await
            .unwrap_err();
        assert!(error.to_string().contains("is now 001_b.sql"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_missing_later_file_still_counts_for_the_order() {
    lab(async |lab| {
        let files = Directory::new(&[USERS, ("003_x.sql", "SELECT 1")]);
        files.manager(lab).apply().await.unwrap();
        fs::remove_file(files.path().join("003_x.sql")).unwrap();
        files.write(ORDERS.0, ORDERS.1);
        let error = files
            .manager(lab)
            .ignore_missing(true)
            .apply()
            .await
            .unwrap_err();
        assert!(error.to_string().contains("the later 003_x.sql"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn one_migration_s_session_does_not_reach_the_next() {
    lab(async |lab| {
        let role = format!("pgdbm_role_{}", std::process::id());
        lab.db.execute(format!("CREATE ROLE {role}")).await.unwrap();
        let files = Directory::new(&[
            ("1_a.sql", "SET client_encoding = 'LATIN1'; SET search_path TO pg_catalog; SET default_transaction_read_only = on;"),
            ("2_b.sql", "CREATE TABLE {{tables.t}} AS SELECT 'é' AS e, current_setting('search_path') AS path;"),
            ("3_c.sql", &format!("SET ROLE {role};")),
            ("4_d.sql", "SELECT nosuch;"),
        ]);
        let error = files.manager(lab).apply().await.unwrap_err();
        lab.db.execute(format!("DROP ROLE {role}")).await.unwrap();
        assert_eq!(error.migration(), Some("4_d.sql"), "{error}");
        assert_eq!(error.code(), Some("42703"), "{error}");
        let row = lab.db.fetch_one("SELECT e, path FROM {{tables.t}}").await.unwrap();
        assert_eq!(row.get::<&str>("e").unwrap(), "é");
        assert!(row.get::<&str>("path").unwrap().contains("public"));
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_partly_applied_keeps_its_directive() {
    lab(async |lab| {
        let content = "-- pgdbm:no-transaction\nCREATE TABLE {{tables.a}} (n int);\nSELECT 1 / 0;";
        let files = Directory::new(&[("1_a.sql", content)]);
        files.manager(lab).apply().await.unwrap_err();
        assert_eq!(
            files.manager(lab).dry_run().await.unwrap()[0].statements,
            ["SELECT 1 / 0"]
        );
        files.write("1_a.sql", &content.replace("-- pgdbm:no-transaction\n", ""));
        let error = files.manager(lab).apply().await.unwrap_err();
        assert!(error.to_string().contains("no-transaction"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_goes_on_has_the_settings_of_its_first_statements() {
    lab(async |lab| {
        let content = "-- pgdbm:no-transaction\nSET search_path = shop;\nCREATE TABLE one (n int);\nSELECT 1 / 0;\nCREATE TABLE two (n int);";
        let files = Directory::new(&[("1_a.sql", content)]);
        files.manager(lab).apply().await.unwrap_err();
        files.write("1_a.sql", &content.replace("1 / 0", "1"));
        files.manager(lab).apply().await.unwrap();
        assert!(lab.db.table_exists("two").await.unwrap());
        assert!(!lab.pool.public().table_exists("two").await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn modules_that_start_at_once_in_a_fresh_schema_all_succeed() {
    lab(async |lab| {
        let files = Directory::new(&[("1_a.sql", "SELECT 1")]);
        let pool = lab.pool_of(12).await;
        for round in 0..5 {
            let db = pool.manager(&format!("fresh_{round}")).unwrap();
            let runs = (0..6).map(|module| {
                let manager =
                    MigrationManager::from_directory(&db, files.path(), &format!("m{module}"))
                        .unwrap();
                async move { manager.apply().await.map(|report| report.applied.len()) }
            });
            for applied in futures_util::future::join_all(runs).await {
                assert_eq!(applied.unwrap(), 1);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_history_row_that_another_run_wrote_meanwhile_is_not_written_over() {
    lab(async |lab| {
        // What another run would do that has lost the lock: the row is there when this one wants to write it.
        let content = "CREATE TABLE {{tables.twice}} (n int);\nINSERT INTO {{tables.pgdbm_migrations}} (module, name, checksum, state) \
             VALUES ('m', '1_a.sql', 'other', 'applied');";
        let files = Directory::new(&[("1_a.sql", content)]);
        let error = files.manager(lab).apply().await.unwrap_err();
        assert!(error.to_string().contains("another process has applied 1_a.sql"), "{error}");
        assert!(!lab.db.table_exists("twice").await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_procedure_that_committed_before_it_failed_is_not_called_again_blindly() {
    lab(async |lab| {
        lab.db
            .execute("CREATE TABLE {{tables.t}} (n int)")
            .await
            .unwrap();
        let procedure = "CREATE PROCEDURE {{functions.p}}() LANGUAGE plpgsql \
             AS $$ BEGIN INSERT INTO {{tables.t}} VALUES (1); COMMIT; PERFORM 1 / 0; END $$";
        lab.db.execute(procedure).await.unwrap();
        let files = Directory::new(&[(
            "1_a.sql",
            "-- pgdbm:no-transaction\nCALL {{functions.p}}();",
        )]);
        files.manager(lab).apply().await.unwrap_err();
        let error = files.manager(lab).apply().await.unwrap_err();
        assert!(error.to_string().contains("resolve_unknown"), "{error}");
        assert_eq!(
            lab.db
                .fetch_value::<i64>("SELECT count(*) FROM {{tables.t}}")
                .await
                .unwrap(),
            1
        );
    })
    .await;
}
