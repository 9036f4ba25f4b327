//! Prepared queries: one text, many arguments.

use pgdbm::sql;

use crate::lab::{lab, users};

#[tokio::test]
async fn a_prepared_query_runs_many_times() {
    lab(async |lab| {
        users(&lab.db).await;
        let insert = lab
            .db
            .prepare("INSERT INTO {{tables.users}} (email, age) VALUES ($1, $2)")
            .await
            .unwrap();
        for n in 0..10 {
            assert_eq!(insert.execute((format!("u{n}"), n)).await.unwrap(), 1);
        }
        let by_email = lab
            .db
            .prepare("SELECT age FROM {{tables.users}} WHERE email = $1")
            .await
            .unwrap();
        for n in 0..10 {
            let row = by_email.fetch_one((format!("u{n}"),)).await.unwrap();
            assert_eq!(row.get::<i32>("age").unwrap(), n);
        }
        assert!(
            by_email
                .fetch_optional(("nobody",))
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(by_email.fetch_all(("u1",)).await.unwrap().len(), 1);
        let too_many = by_email.fetch_one(("u1", 2)).await.unwrap_err();
        assert!(too_many.is_argument(), "{too_many}");
    })
    .await;
}

#[tokio::test]
async fn preparing_shows_mistakes_at_once() {
    lab(async |lab| {
        let error = lab
            .db
            .prepare("SELECT * FROM {{tables.nowhere}} WHERE id = $1")
            .await
            .map(drop)
            .unwrap_err();
        assert!(error.is_undefined_table());
        let error = lab
            .db
            .prepare("SELECT * FROM {{table.nowhere}}")
            .await
            .map(drop)
            .unwrap_err();
        assert!(error.is_template());
    })
    .await;
}

#[tokio::test]
async fn in_a_transaction_a_prepared_query_belongs_to_it() {
    lab(async |lab| {
        users(&lab.db).await;
        let tx = lab.db.transaction().await.unwrap();
        let insert = tx
            .prepare("INSERT INTO {{tables.users}} (email) VALUES ($1)")
            .await
            .unwrap();
        insert.execute(("a",)).await.unwrap();
        drop(insert);
        drop(tx);
        assert_eq!(
            lab.db
                .fetch_value::<i64>("SELECT count(*) FROM {{tables.users}}")
                .await
                .unwrap(),
            0
        );
    })
    .await;
}

#[tokio::test]
async fn the_statement_is_prepared_once_for_each_connection_and_schema() {
    lab(async |lab| {
        let pool = lab.pool_of(1).await;
        let (a, b) = (pool.manager("a").unwrap(), pool.manager("b").unwrap());
        for db in [&a, &b] {
            users(db).await;
            for n in 0..5 {
                db.execute(sql("SELECT * FROM {{tables.users}} WHERE id = $1").bind(n))
                    .await
                    .unwrap();
            }
        }
        let query =
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%WHERE id = $1'";
        assert_eq!(a.fetch_value::<i64>(query).await.unwrap(), 2);
    })
    .await;
}
