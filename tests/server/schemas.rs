//! Schemas: valid names only, created when asked, one for each manager.

use crate::lab::{lab, users};

#[tokio::test]
async fn names_that_could_do_harm_are_refused() {
    lab(async |lab| {
        let long = "x".repeat(64);
        for name in [
            "",
            "Shop",
            "my-shop",
            "1shop",
            "shop;DROP SCHEMA public",
            "\"shop\"",
            "sh\"op",
            "sh'op",
            "shöp",
            "shop ",
            " shop",
            "sh op",
            "pg_x",
            "pg_catalog",
            "information_schema",
            "shop\0",
            "shop\n",
            "a.b",
            "{{schema}}",
            "店",
            long.as_str(),
            "--",
            "/*",
        ] {
            let error = lab.pool.manager(name).unwrap_err();
            assert!(error.is_schema_name(), "{name:?}");
            assert!(
                !error.to_string().contains('\0') && error.to_string().len() < 600,
                "{error}"
            );
        }
        let longest = "x".repeat(63);
        for name in ["shop", "_shop", "s", "shop_2", "postgres", longest.as_str()] {
            assert_eq!(lab.pool.manager(name).unwrap().schema(), name);
        }
    })
    .await;
}

#[tokio::test]
async fn ensure_schema_creates_once() {
    lab(async |lab| {
        let db = lab.pool.manager("fresh").unwrap();
        let before = db
            .fetch_one("SELECT * FROM {{tables.users}}")
            .await
            .unwrap_err();
        assert!(before.is_undefined_table(), "{before}");
        db.ensure_schema().await.unwrap();
        db.ensure_schema().await.unwrap();
        users(&db).await;
        assert!(db.table_exists("users").await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn many_may_ensure_the_same_schema_at_once() {
    lab(async |lab| {
        let pool = lab.pool_of(10).await;
        for round in 0..5 {
            let db = pool.manager(&format!("race_{round}")).unwrap();
            let all = futures_util::future::join_all((0..10).map(|_| db.ensure_schema())).await;
            assert!(all.iter().all(Result::is_ok), "{all:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn table_exists_looks_in_the_manager_s_schema_only() {
    lab(async |lab| {
        users(&lab.db).await;
        let other = lab.pool.manager("other").unwrap();
        assert!(lab.db.table_exists("users").await.unwrap());
        assert!(!lab.db.table_exists("Users").await.unwrap());
        assert!(!other.table_exists("users").await.unwrap());
        assert!(
            !lab.db
                .table_exists("users'; DROP TABLE users; --")
                .await
                .unwrap()
        );
        let tx = lab.db.transaction().await.unwrap();
        tx.execute("CREATE TABLE {{tables.uncommitted}} (n int)")
            .await
            .unwrap();
        assert!(tx.table_exists("uncommitted").await.unwrap());
        assert!(!lab.db.table_exists("uncommitted").await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_manager_without_a_schema_is_bound_to_public() {
    lab(async |lab| {
        let public = lab.pool.public();
        assert_eq!(public.schema(), "public");
        assert_eq!(
            public.render("SELECT * FROM {{tables.users}}").unwrap(),
            "SELECT * FROM \"public\".\"users\""
        );
        assert_eq!(public.qualify("we\"ird"), "\"public\".\"we\"\"ird\"");
    })
    .await;
}
