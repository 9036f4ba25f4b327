//! `query_as!(Type as FromRow, "…")`: the attributes of the derive, in checked queries.

use pgdbm::{Error, Executor, FromRow, query_as};

use super::overrides::{CustomerId, OrderStatus, migrated};
use crate::lab::lab;

#[derive(Debug, PartialEq, FromRow)]
#[pgdbm(rename_all = "camelCase")]
struct Customer {
    #[pgdbm(rename = "id")]
    number: CustomerId,
    order_status: OrderStatus,
    #[pgdbm(flatten)]
    contact: Contact,
    #[pgdbm(default)]
    visits: i64,
    #[pgdbm(skip)]
    seen: bool,
}

#[derive(Debug, PartialEq, FromRow)]
struct Contact {
    #[pgdbm(rename = "e-mail")]
    email: String,
    #[pgdbm(flatten)]
    rest: Rest,
}

#[derive(Debug, PartialEq, FromRow)]
struct Rest {
    level: Option<i32>,
}

/// By position.
#[derive(Debug, PartialEq, FromRow)]
struct Pair(i64, #[pgdbm(skip)] (), Option<String>);

#[derive(Debug, PartialEq, FromRow)]
struct Page<T, const N: usize> {
    #[pgdbm(flatten)]
    item: T,
    total: i64,
}

impl Rest {
    async fn all(db: &impl Executor) -> Result<Vec<Self>, Error> {
        query_as!(Self as FromRow, "SELECT level FROM {{tables.customers}}")
            .fetch_all(db)
            .await
    }
}

#[tokio::test]
async fn a_struct_is_made_as_its_derive_says() {
    lab(async |lab| {
        let db = &lab.db;
        migrated(db).await;
        pgdbm::sql("INSERT INTO {{tables.customers}} (id, email, level) VALUES (7, 'a@b', 3)").execute(db).await.unwrap();
        let expected = |visits| Customer {
            number: CustomerId(7),
            order_status: OrderStatus::Open,
            contact: Contact { email: "a@b".to_owned(), rest: Rest { level: Some(3) } },
            visits,
            seen: false,
        };
        let found = query_as!(
            Customer as FromRow,
            r#"SELECT level, email::text AS "e-mail", status AS "orderStatus", id FROM {{tables.customers}}"#
        );
        assert_eq!(found.fetch_one(db).await.unwrap(), expected(0));
        // What stands behind a name is no part of it.
        let found = query_as!(
            Customer as pgdbm::FromRow,
            r#"SELECT count(*) AS "visits!", id AS "id!: CustomerId", level, email AS "e-mail: String", status AS "orderStatus!"
               FROM {{tables.customers}} GROUP BY id"#
        );
        assert_eq!(found.fetch_one(db).await.unwrap(), expected(1));
        assert_eq!(Rest::all(db).await.unwrap(), [Rest { level: Some(3) }]);
    })
    .await;
}

#[tokio::test]
async fn a_struct_without_names_goes_by_position_and_one_with_parameters_by_them() {
    lab(async |lab| {
        let db = &lab.db;
        let pair = query_as!(Pair as FromRow, "SELECT 1::bigint, NULLIF('a', 'b')");
        assert_eq!(
            pair.fetch_one(db).await.unwrap(),
            Pair(1, (), Some("a".to_owned()))
        );
        let page = query_as!(Page<Rest, 3> as FromRow, "SELECT 1 AS level, 2::bigint AS total");
        assert_eq!(
            page.fetch_one(db).await.unwrap(),
            Page {
                item: Rest { level: Some(1) },
                total: 2
            }
        );
    })
    .await;
}

/// A struct with `default` is compared when the query runs, and only that.
#[tokio::test]
async fn a_field_that_may_be_missing_is_compared_when_it_is_there() {
    #[derive(Debug, FromRow)]
    struct Visits {
        #[pgdbm(default)]
        visits: i64,
    }
    lab(async |lab| {
        let wrong = query_as!(Visits as FromRow, "SELECT 'many'::text AS visits")
            .fetch_one(&lab.db)
            .await;
        let error = wrong.unwrap_err().to_string();
        assert!(
            error.contains("`visits`") && error.contains("`i64`"),
            "{error}"
        );
        let none = query_as!(Visits as FromRow, "SELECT")
            .fetch_one(&lab.db)
            .await
            .unwrap();
        assert_eq!(none.visits, 0);
    })
    .await;
}

/// Columns may be called as the modules, the crates and the types are that the code around names.
mod names_of_columns {
    use pgdbm::{FromRow, query_as};

    mod level {
        #[derive(Debug, PartialEq, pgdbm::FromRow)]
        pub(super) struct Level {
            pub(super) level: Option<i32>,
            pub(super) email: super::email::Email,
        }
    }

    mod email {
        #[derive(Debug, Clone, PartialEq, pgdbm::Type)]
        pub(super) struct Email(pub(super) String);
    }

    #[derive(Debug, PartialEq, FromRow)]
    struct Together {
        email: email::Email,
        level: Option<i32>,
    }

    pub(super) async fn read(db: &pgdbm::DatabaseManager) {
        let email = || email::Email("a@b".to_owned());
        let expected = level::Level {
            level: Some(3),
            email: email(),
        };
        let row = query_as!(
            level::Level,
            "SELECT level, email FROM {{tables.customers}}"
        )
        .fetch_one(db)
        .await
        .unwrap();
        assert_eq!(row, expected);
        let row = query_as!(
            level::Level as FromRow,
            r#"SELECT level, email AS "email: email::Email" FROM {{tables.customers}}"#
        );
        assert_eq!(row.fetch_one(db).await.unwrap(), expected);
        let row = query_as!(
            Together,
            r#"SELECT level, email AS "email: email::Email" FROM {{tables.customers}}"#
        );
        assert_eq!(
            row.fetch_one(db).await.unwrap(),
            Together {
                email: email(),
                level: Some(3)
            }
        );
        let row = pgdbm::query!(
            r#"SELECT level, email AS "email: email::Email" FROM {{tables.customers}}"#
        );
        assert_eq!(row.fetch_one(db).await.unwrap().email, email());
    }
}

#[tokio::test]
async fn columns_may_be_called_as_modules_are() {
    lab(async |lab| {
        migrated(&lab.db).await;
        pgdbm::sql("INSERT INTO {{tables.customers}} (id, email, level) VALUES (7, 'a@b', 3)")
            .execute(&lab.db)
            .await
            .unwrap();
        names_of_columns::read(&lab.db).await;
    })
    .await;
}
