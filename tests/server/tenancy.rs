//! Many schemas over one pool, and nobody sees another's rows.

use pgdbm::sql;

use crate::lab::{lab, users};

#[tokio::test]
async fn the_same_query_runs_in_each_schema() {
    lab(async |lab| {
        for tenant in 0..8 {
            let db = lab.pool.manager(&format!("tenant_{tenant}")).unwrap();
            users(&db).await;
            for n in 0..tenant {
                db.execute(
                    sql("INSERT INTO {{tables.users}} (email) VALUES ($1)")
                        .bind(format!("t{tenant}u{n}")),
                )
                .await
                .unwrap();
            }
        }
        let counts = futures_util::future::join_all((0..8).map(|tenant| {
            let db = lab.pool.manager(&format!("tenant_{tenant}")).unwrap();
            async move {
                db.fetch_value::<i64>("SELECT count(*) FROM {{tables.users}}")
                    .await
                    .unwrap()
            }
        }));
        assert_eq!(counts.await, (0..8).collect::<Vec<i64>>());
        assert!(lab.pool.stats().open <= 5);
    })
    .await;
}

#[tokio::test]
async fn tasks_that_interleave_on_one_connection_stay_apart() {
    lab(async |lab| {
        let pool = lab.pool_of(2).await;
        for tenant in ["red", "blue"] {
            users(&pool.manager(tenant).unwrap()).await;
        }
        let work = ["red", "blue"].map(|tenant| {
            let db = pool.manager(tenant).unwrap();
            tokio::spawn(async move {
                for n in 0..100 {
                    let tx = db.transaction().await.unwrap();
                    let insert = "INSERT INTO {{tables.users}} (email) VALUES ($1)";
                    tx.execute(sql(insert).bind(format!("{} {n}", db.schema())))
                        .await
                        .unwrap();
                    tx.commit().await.unwrap();
                }
            })
        });
        for task in work {
            task.await.unwrap();
        }
        for tenant in ["red", "blue"] {
            let db = pool.manager(tenant).unwrap();
            let strangers = sql("SELECT count(*) FROM {{tables.users}} WHERE email NOT LIKE $1")
                .bind(format!("{tenant} %"));
            assert_eq!(db.fetch_value::<i64>(strangers).await.unwrap(), 0);
            assert_eq!(
                db.fetch_value::<i64>("SELECT count(*) FROM {{tables.users}}")
                    .await
                    .unwrap(),
                100
            );
        }
    })
    .await;
}

#[tokio::test]
async fn another_schema_is_named_explicitly() {
    lab(async |lab| {
        let billing = lab.pool.manager("billing").unwrap();
        users(&billing).await;
        billing
            .execute("INSERT INTO {{tables.users}} (email) VALUES ('b')")
            .await
            .unwrap();
        let seen: i64 = lab
            .db
            .fetch_value("SELECT count(*) FROM {{tables.billing.users}}")
            .await
            .unwrap();
        assert_eq!(seen, 1);
    })
    .await;
}

#[tokio::test]
async fn clones_of_a_manager_keep_the_schema() {
    lab(async |lab| {
        let one = lab.pool.manager("one").unwrap();
        let same = one.clone();
        let two = one.pool().manager("two").unwrap();
        assert_eq!(
            (one.schema(), same.schema(), two.schema()),
            ("one", "one", "two")
        );
    })
    .await;
}
