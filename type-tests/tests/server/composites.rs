//! Composite types.

use pgdbm::{
    DatabaseManager, Error, TransactionOptions, query, query_as_unchecked, query_scalar,
    query_scalar_unchecked, sql,
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

/// Of the same type and number, in another order: nothing on the way says so.
async fn move_street(db: &DatabaseManager) {
    let other = anew(db).await;
    change(&other, "ALTER TYPE {{types.address}} DROP ATTRIBUTE street").await;
    let add = "ALTER TYPE {{types.address}} ADD ATTRIBUTE street text";
    change(&other, add).await;
}

fn street_and_code() -> Address {
    Address {
        street: Some("S".to_owned()),
        zip_code: Some("Z".to_owned()),
        r#type: None,
        stores: None,
        numbers: None,
        mail: None,
    }
}

#[pgdbm::test]
async fn a_transaction_that_locks_nothing_takes_in_what_moved(
    db: DatabaseManager,
) -> Result<(), Error> {
    let transaction = db.transaction().await?;
    for round in 0..2 {
        let sent = query!(
            "SELECT (a).street, (a).\"Zip code\" AS code, a FROM (SELECT $1::{{types.address}} AS a) AS s",
            street_and_code()
        );
        let sent = sent.fetch_one(&transaction).await?;
        let (street, code) = (sent.street.as_deref(), sent.code.as_deref());
        assert_eq!((street, code), (Some("S"), Some("Z")), "{round}");
        assert_eq!(sent.a, Some(street_and_code()));
        move_street(&db).await;
    }
    transaction.commit().await
}

#[pgdbm::test]
async fn a_transaction_that_cannot_see_what_moved_says_so(
    db: DatabaseManager,
) -> Result<(), Error> {
    ada(&db).await?;
    let stored = query!("UPDATE {{tables.users}} SET home = $1", street_and_code());
    stored.execute(&db).await?;
    let options = TransactionOptions::new().repeatable_read();
    let transaction = db.transaction_with(options).await?;
    let read = || query_scalar!("SELECT home FROM {{tables.users}}");
    assert_eq!(
        read().fetch_one(&transaction).await?,
        Some(street_and_code())
    );
    move_street(&db).await;
    // With the lock on a table that it has not met the session learns of it; what the transaction sees of the catalog stays old.
    let words = query_scalar!("SELECT count(*) FROM {{tables.words}}");
    assert_eq!(words.fetch_one(&transaction).await?, 0);
    for _ in 0..2 {
        let error = read().fetch_one(&transaction).await.unwrap_err();
        assert_says(&error, &["a composite type in it was altered", "roll back"]);
        assert!(error.is_retryable());
        let sent = query_scalar!("SELECT $1::{{types.address}}", street_and_code());
        assert!(
            sent.fetch_one(&transaction)
                .await
                .unwrap_err()
                .is_retryable()
        );
    }
    transaction.rollback().await?;
    let mut moved = street_and_code();
    moved.street = None;
    assert_eq!(read().fetch_one(&db).await?, Some(moved));
    Ok(())
}

#[pgdbm::test]
async fn a_session_without_its_statements_is_asked_all_the_same(
    db: DatabaseManager,
) -> Result<(), Error> {
    ada(&db).await?;
    let connection = db.acquire().await?;
    let read = || query_scalar!("SELECT home FROM {{tables.users}}");
    for _ in 0..2 {
        assert_eq!(read().fetch_one(&connection).await?, None);
        let driver = connection.as_driver()?;
        driver.batch_execute("DEALLOCATE ALL").await.unwrap();
    }
    Ok(())
}
