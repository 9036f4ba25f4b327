//! Enums.

use std::ops::Bound;

use pgdbm::types::Range;
use pgdbm::{DatabaseManager, Error, query, query_as, query_scalar, query_scalar_unchecked, sql};

use crate::schema::{Mood, Odd};
use crate::{ada, assert_says, change};

#[pgdbm::test]
async fn values_go_there_and_come_back(db: DatabaseManager) -> Result<(), Error> {
    let id = ada(&db).await?;
    for mood in Mood::ALL.iter().copied() {
        let row = query!(
            "UPDATE {{tables.users}} SET mood = $mood, moods = $1, within = $2 WHERE id = $id RETURNING mood, moods, within",
            [mood, Mood::Sad],
            Range::from(mood..)
        );
        let row = row.fetch_one(&db).await?;
        assert_eq!((row.mood, row.moods), (mood, vec![mood, Mood::Sad]));
        assert_eq!(
            row.within,
            Some(Range::Within(Bound::Included(mood), Bound::Unbounded))
        );
        let found = query_scalar!(
            "SELECT id FROM {{tables.users}} WHERE mood = ANY($1)",
            [mood]
        );
        assert_eq!(found.fetch_all(&db).await?, [id]);
    }
    let nothing = query_scalar!("SELECT $1::{{types.mood}}", None::<Mood>);
    assert_eq!(nothing.fetch_one(&db).await?, None);
    let among = query_scalar!(
        "SELECT ARRAY[$1, NULL]::{{types.mood}}[] AS \"list!: Vec<Option<Mood>>\"",
        Mood::SoSo
    );
    assert_eq!(among.fetch_one(&db).await?, [Some(Mood::SoSo), None]);
    Ok(())
}

#[pgdbm::test]
async fn what_is_not_checked_takes_them_too(db: DatabaseManager) -> Result<(), Error> {
    let id = ada(&db).await?;
    let happy = query_scalar_unchecked!(
        "UPDATE {{tables.users}} SET mood = $1, moods = $2 WHERE id = $3 RETURNING mood",
        Mood::Happy,
        vec![Mood::Sad, Mood::Happy],
        id
    );
    let mood: Mood = happy.fetch_one(&db).await?;
    assert_eq!(mood, Mood::Happy);
    let moods: Vec<Mood> = sql("SELECT moods FROM {{tables.users}} WHERE mood = $1")
        .bind(Mood::Happy)
        .fetch_one(&db)
        .await?
        .get(0)?;
    assert_eq!(moods, [Mood::Sad, Mood::Happy]);
    let other = query_scalar_unchecked!("SELECT $1::{{types.odd}}", Mood::Sad);
    let error = other.fetch_one(&db).await.map(|_: Odd| ()).unwrap_err();
    assert_says(&error, &["`$1`", "`odd`"]);
    let error = query_scalar_unchecked!("SELECT 'x'::text")
        .fetch_one(&db)
        .await;
    assert!(error.map(|_: Mood| ()).is_err());
    Ok(())
}

#[pgdbm::test]
async fn every_label_is_a_value(db: DatabaseManager) -> Result<(), Error> {
    let labels = query_scalar!("SELECT unnest(enum_range(NULL::{{types.odd}})) AS \"label!\"");
    assert_eq!(labels.fetch_all(&db).await?, Odd::ALL);
    let texts = query_scalar!("SELECT unnest(enum_range(NULL::{{types.odd}}))::text AS \"label!\"");
    let texts = texts.fetch_all(&db).await?;
    let shown: Vec<String> = Odd::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(texts, shown);
    assert_eq!(
        Odd::ALL,
        [
            Odd::Empty,
            Odd::APlus,
            Odd::AMinus,
            Odd::_2fa,
            Odd::Größer,
            Odd::Type,
            Odd::Self_,
            Odd::ItSSo,
            Odd::U5c
        ]
    );
    Ok(())
}

#[pgdbm::test]
async fn the_order_is_the_servers(db: DatabaseManager) -> Result<(), Error> {
    let sorted = query_scalar!(
        "SELECT m AS \"m!\" FROM unnest($1::{{types.mood}}[]) m ORDER BY m",
        [Mood::Happy, Mood::Sad, Mood::SoSo]
    );
    let mut own = vec![Mood::Happy, Mood::Sad, Mood::SoSo];
    own.sort();
    assert_eq!(sorted.fetch_all(&db).await?, own);
    Ok(())
}

#[pgdbm::test]
async fn a_label_that_was_added_later_is_named(db: DatabaseManager) -> Result<(), Error> {
    ada(&db).await?;
    let mood = async || {
        query!("SELECT mood FROM {{tables.users}}")
            .fetch_one(&db)
            .await
    };
    assert_eq!(mood().await?.mood, Mood::SoSo);
    change(&db, "ALTER TYPE {{types.mood}} ADD VALUE 'elated'").await;
    change(
        &db,
        "UPDATE {{tables.users}} SET mood = 'elated', moods = '{sad,elated}'",
    )
    .await;
    let parts = [
        "`mood`",
        "`elated`",
        "`sad`, `so-so`, `happy`",
        "compile it again",
    ];
    assert_says(&mood().await.unwrap_err(), &parts);
    let list = query_as!((Vec<Mood>,), "SELECT moods FROM {{tables.users}}");
    assert_says(
        &list.fetch_one(&db).await.unwrap_err(),
        &["`moods`", "`elated`"],
    );
    // Those that are known are read as before.
    change(&db, "UPDATE {{tables.users}} SET mood = 'sad'").await;
    assert_eq!(mood().await?.mood, Mood::Sad);
    Ok(())
}

#[pgdbm::test]
async fn a_label_that_is_gone_is_the_servers_error(db: DatabaseManager) -> Result<(), Error> {
    change(
        &db,
        "ALTER TYPE {{types.mood}} RENAME VALUE 'sad' TO 'blue'",
    )
    .await;
    let gone = query_scalar!("SELECT $1::{{types.mood}}", Mood::Sad);
    assert_says(&gone.fetch_one(&db).await.unwrap_err(), &["\"sad\""]);
    Ok(())
}

#[test]
fn serde_knows_them_by_their_labels() {
    assert_eq!(serde_json::to_string(&[Mood::SoSo]).unwrap(), "[\"so-so\"]");
    let read: Vec<Odd> = serde_json::from_str("[\"\", \"gr\\u00f6\\u00dfer\"]").unwrap();
    assert_eq!(read, [Odd::Empty, Odd::Größer]);
    let error = serde_json::from_str::<Mood>("\"glad\"").unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("`glad` is no label of `mood`, which has `sad`, `so-so`, `happy`"),
        "{error}"
    );
}
