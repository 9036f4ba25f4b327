//! The types that `[package.metadata.pgdbm.overrides]` names.

use pgdbm::{DatabaseManager, MigrationManager, query, query_as, query_scalar};

use crate::lab::lab;

#[pgdbm::migrations("tests/server/typed/sql", module = "typed")]
pub(crate) struct Migrations;

#[derive(Clone, Copy, Debug, PartialEq, pgdbm::Type)]
pub(crate) struct CustomerId(pub(crate) i64);

#[derive(Debug, PartialEq, pgdbm::Type)]
pub(crate) struct ShelfId(i32);

#[derive(Debug, pgdbm::Type)]
pub(crate) struct Email(String);

#[derive(Clone, Copy, Debug, PartialEq, pgdbm::Type)]
#[pgdbm(rename_all = "snake_case")]
pub(crate) enum OrderStatus {
    Open,
    PaidInFull,
    Sent,
}

pub(crate) async fn migrated(db: &DatabaseManager) {
    MigrationManager::new(db, Migrations).apply().await.unwrap();
}

#[tokio::test]
async fn columns_and_parameters_have_the_types_that_cargo_toml_names() {
    lab(async |lab| {
        let db = &lab.db;
        migrated(db).await;
        let past = [OrderStatus::Open, OrderStatus::Sent];
        let id: CustomerId = query_scalar!(
            "INSERT INTO {{tables.customers}} (email, status, past) VALUES ($1, $2, $3) RETURNING id",
            Email("ada@example.com".to_owned()),
            OrderStatus::PaidInFull,
            &past
        )
        .fetch_one(db)
        .await
        .unwrap();
        // A plain value is still one of the type.
        let same = query_scalar!("SELECT id FROM {{tables.customers}} WHERE id = $1 AND email = $2", id.0, "ada@example.com");
        assert_eq!(same.fetch_one(db).await.unwrap(), id);
        let status = Some(OrderStatus::PaidInFull);
        let row = query!(
            "SELECT id, email, status, past, referrer FROM {{tables.customers}} WHERE id = $1 AND status = $status",
            id
        )
        .fetch_one(db)
        .await
        .unwrap();
        assert_eq!((row.id, row.status), (id, OrderStatus::PaidInFull));
        assert_eq!(row.past, past);
        assert_eq!((row.email.0.as_str(), row.referrer), ("ada@example.com", None::<i64>));
        // `Email` has `Debug` and nothing more, and so has the record.
        assert!(format!("{row:?}").contains("Email(\"ada@example.com\")"));
        let row = query!("SELECT id, status, past FROM {{tables.customers}}").fetch_one(db).await.unwrap();
        assert_eq!(row.clone(), row);
    })
    .await;
}

#[tokio::test]
async fn an_override_goes_through_subqueries_and_outer_joins_and_yields_to_the_query() {
    struct Customer {
        id: CustomerId,
        status: OrderStatus,
        shelf: Option<ShelfId>,
    }
    lab(async |lab| {
        let db = &lab.db;
        migrated(db).await;
        query!("INSERT INTO {{tables.customers}} (id, email) VALUES (7, 'a@b')").execute(db).await.unwrap();
        let found = query_as!(
            Customer,
            "SELECT c.id, c.status, s.id AS shelf FROM (SELECT id, status FROM {{tables.customers}}) c
             LEFT JOIN warehouse.shelves s ON s.customer = c.id"
        )
        .fetch_one(db)
        .await
        .unwrap();
        assert_eq!((found.id, found.status, found.shelf), (CustomerId(7), OrderStatus::Open, None));
        let plain: i64 = query_scalar!(r#"SELECT id AS "id: i64" FROM {{tables.customers}}"#).fetch_one(db).await.unwrap();
        assert_eq!(plain, 7);
        let computed: i64 = query_scalar!("SELECT id + 1 FROM {{tables.customers}}").fetch_one(db).await.unwrap();
        assert_eq!(computed, 8);
        query!("INSERT INTO warehouse.shelves VALUES ($1, $2)", ShelfId(3), CustomerId(7)).execute(db).await.unwrap();
        let shelf: ShelfId = query_scalar!("SELECT id FROM warehouse.shelves").fetch_one(db).await.unwrap();
        assert_eq!(shelf, ShelfId(3));
    })
    .await;
}
