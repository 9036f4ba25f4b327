//! Two hundred tests, each with a database of its own: one INSERT and one SELECT.

use pgdbm::{DatabaseManager, Error, query_scalar_unchecked, query_unchecked};

macro_rules! tests {
    ($($name:ident)*) => { $(
        #[pgdbm::test]
        async fn $name(db: DatabaseManager) -> Result<(), Error> {
            query_unchecked!("INSERT INTO {{tables.customers}} (email, name) VALUES ('ada@example.com', 'Ada')")
                .execute(&db)
                .await?;
            let customers: i64 = query_scalar_unchecked!("SELECT count(*) FROM {{tables.customers}}")
                .fetch_one(&db)
                .await?;
            assert_eq!(customers, 1);
            Ok(())
        }
    )* };
}

macro_rules! ten_tests_each {
    ($($module:ident)*) => { $(
        mod $module {
            use super::*;
            tests! { t0 t1 t2 t3 t4 t5 t6 t7 t8 t9 }
        }
    )* };
}

ten_tests_each! { m0 m1 m2 m3 m4 m5 m6 m7 m8 m9 m10 m11 m12 m13 m14 m15 m16 m17 m18 m19 }
