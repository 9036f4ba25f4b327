//! Composite types.

use pgdbm::{
    DatabaseManager, Error, query, query_as_unchecked, query_scalar, query_scalar_unchecked, sql,
};

use crate::schema::{Address, Email, Mood, PointOfSale, Rank};
use crate::{Kind, ada, anew, assert_says, change};

fn address() -> Address {
    Address {
        street: Some("Main \"St\", (1)".to_owned()),
        zip_code: None,
        r#type: Some(-1),
        stores: Some(vec![
            PointOfSale {
                name: Some(String::new()),
                number: Some(Rank(7)),
                mood: Some(Mood::Happy),
            },
            PointOfSale {
                name: None,
                number: None,
                mood: None,
            },
        ]),
        numbers: Some(vec![i64::MIN, 1]),
        mail: Some(Email("a@b".to_owned())),
    }
}

async fn home(db: &DatabaseManager) -> Result<Option<Address>, Error> {
    query_scalar!("SELECT home FROM {{tables.users}}")
        .fetch_one(db)
        .await
}

#[pgdbm::test]
async fn values_go_there_and_come_back(db: DatabaseManager) -> Result<(), Error> {
    let id = ada(&db).await?;
    assert_eq!(home(&db).await?, None);
    let moved = query!(
        "UPDATE {{tables.users}} SET home = $1 WHERE id = $id",
        address()
    );
    assert_eq!(moved.execute(&db).await?, 1);
    assert_eq!(home(&db).await?, Some(address()));
    let parts = query!(
        "SELECT (home).street, (home).\"Zip code\" AS zip, (home).stores[1].mood AS first FROM {{tables.users}} WHERE home = $1::{{types.address}}",
        address()
    );
    let parts = parts.fetch_one(&db).await?;
    assert_eq!(parts.street, address().street);
    assert_eq!((parts.zip, parts.first), (None, Some(Mood::Happy)));

    let all = query_scalar!(
        "SELECT $1::{{types.address}}[] AS \"all!\"",
        vec![address(), address()]
    );
    assert_eq!(all.fetch_one(&db).await?, [address(), address()]);
    let unchecked: Address = query_scalar_unchecked!("SELECT $1::{{types.address}}", address())
        .fetch_one(&db)
        .await?;
    assert_eq!(unchecked, address());
    let pair = query_as_unchecked!((Option<Address>, i32), "SELECT NULL::{{types.address}}, 1");
    assert_eq!(pair.fetch_one(&db).await?, (None, 1));
    let bound: Address = sql("SELECT $1::{{types.address}}")
        .bind(address())
        .fetch_one(&db)
        .await?
        .get(0)?;
    assert_eq!(bound, address());
    Ok(())
}

/// What the server makes of a value that it holds already.
async fn stored(db: &DatabaseManager) -> Result<Option<Vec<PointOfSale>>, Error> {
    query_scalar!("SELECT (home).stores FROM {{tables.users}}")
        .fetch_one(db)
        .await
}

#[pgdbm::test]
async fn an_attribute_that_came_is_skipped_and_must_be_sent(
    db: DatabaseManager,
) -> Result<(), Error> {
    ada(&db).await?;
    let moved = query!("UPDATE {{tables.users}} SET home = $1", address());
    moved.execute(&db).await?;
    assert_eq!(stored(&db).await?, address().stores);
    change(
        &db,
        "ALTER TYPE {{types.point_of_sale}} ADD ATTRIBUTE since date",
    )
    .await;
    // The connection that met the type before, and one that has not.
    for db in [&db, &anew(&db).await] {
        assert_eq!(stored(db).await?, address().stores);
        let sent = query_scalar!("SELECT $1::{{types.address}}", address());
        let error = sent.fetch_one(db).await.unwrap_err();
        assert_says(
            &error,
            &["`$1`", "`point_of_sale` has the attribute `since`"],
        );
    }
    Ok(())
}

#[pgdbm::test]
async fn an_attribute_that_went_or_is_another_is_named(db: DatabaseManager) -> Result<(), Error> {
    ada(&db).await?;
    let moved = query!("UPDATE {{tables.users}} SET home = $1", address());
    moved.execute(&db).await?;
    assert!(home(&db).await?.is_some());
    change(&db, "ALTER TYPE {{types.address}} DROP ATTRIBUTE street").await;
    for db in [&db, &anew(&db).await] {
        assert_says(
            &home(db).await.unwrap_err(),
            &[
                "`home`",
                "`address` has no attribute `street`",
                "migrations",
            ],
        );
    }
    change(
        &db,
        "ALTER TYPE {{types.address}} ADD ATTRIBUTE street integer",
    )
    .await;
    for db in [&db, &anew(&db).await] {
        assert_says(
            &home(db).await.unwrap_err(),
            &[
                "the attribute `street` of `address` is `int4`",
                "was `text`",
            ],
        );
    }
    Ok(())
}

#[pgdbm::test]
async fn attributes_that_moved_make_no_difference(db: DatabaseManager) -> Result<(), Error> {
    let id = ada(&db).await?;
    let mut before = address();
    before.r#type = None;
    let moved = query!("UPDATE {{tables.users}} SET home = $1", &before);
    moved.execute(&db).await?;
    // The connection meets the type, in a transaction that goes on while another alters it.
    let mut connection = db.acquire().await?;
    let long = connection.transaction().await?;
    let read = query_scalar!("SELECT home FROM {{tables.users}} WHERE id = $id");
    assert_eq!(read.fetch_one(&long).await?, Some(before.clone()));
    // Of the same type and number, in another order: nothing on the way says so.
    for statement in [
        "ALTER TYPE {{types.address}} DROP ATTRIBUTE street",
        "ALTER TYPE {{types.address}} ADD ATTRIBUTE street text",
        "ALTER TYPE {{types.address}} RENAME ATTRIBUTE \"Zip code\" TO code",
        "ALTER TYPE {{types.address}} ADD ATTRIBUTE \"Zip code\" text",
        "ALTER TYPE {{types.address}} DROP ATTRIBUTE code",
    ] {
        change(&anew(&db).await, statement).await;
    }
    before.street = None;
    assert_eq!(before.zip_code, None);
    let read = query_scalar!("SELECT home FROM {{tables.users}} WHERE id = $id");
    assert_eq!(read.fetch_one(&long).await?, Some(before));
    let sent = query!(
        "SELECT (a).street, (a).\"Zip code\" AS zip, a FROM (SELECT $1::{{types.address}} AS a) AS s",
        address()
    );
    let sent = sent.fetch_one(&long).await?;
    assert_eq!((sent.street, sent.zip), (address().street, None));
    assert_eq!(sent.a, Some(address()));
    long.rollback().await
}

#[pgdbm::test]
async fn a_row_is_read_by_the_names_that_its_columns_have_by_now(
    db: DatabaseManager,
) -> Result<(), Error> {
    ada(&db).await?;
    change(&db, "UPDATE {{tables.users}} SET type = 'kind'").await;
    let whole = async || {
        query_scalar!("SELECT u FROM {{tables.users}} u")
            .fetch_one(&db)
            .await
    };
    let before = whole().await?;
    for statement in [
        "ALTER TABLE {{tables.users}} RENAME COLUMN \"type\" TO note",
        "ALTER TABLE {{tables.users}} ADD COLUMN \"type\" text DEFAULT 'new'",
    ] {
        change(&anew(&db).await, statement).await;
    }
    let after = whole().await?;
    assert_eq!(before.r#type, Some(Kind("kind".to_owned())));
    assert_eq!(after.r#type, Some(Kind("new".to_owned())));
    Ok(())
}
