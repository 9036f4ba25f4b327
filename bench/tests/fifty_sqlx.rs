//! Fifty tests with sqlx, each with a database of its own: one INSERT and one SELECT. `fifty.rs` does the same.

use sqlx::PgPool;

macro_rules! tests {
    ($($name:ident)*) => { $(
        #[sqlx::test]
        async fn $name(pool: PgPool) -> sqlx::Result<()> {
            sqlx::query("INSERT INTO public.customers (email, name) VALUES ('ada@example.com', 'Ada')")
                .execute(&pool)
                .await?;
            let customers: i64 = sqlx::query_scalar("SELECT count(*) FROM public.customers")
                .fetch_one(&pool)
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

ten_tests_each! { m0 m1 m2 m3 m4 }
