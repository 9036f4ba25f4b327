//! The rows of tables and views.

use pgdbm::{
    DatabaseManager, Error, Transaction, query, query_as, query_as_unchecked, query_scalar,
    query_scalar_unchecked,
};

use crate::schema::{Email, HappyUsersRow, Mood, UsersRow};
use crate::{Kind, ada, anew, assert_says, change};

#[pgdbm::test]
async fn a_row_is_read_by_columns_by_name_and_whole(db: DatabaseManager) -> Result<(), Error> {
    let id = ada(&db).await?;
    change(&db, "UPDATE {{tables.users}} SET type = 'x', größe = 3").await;
    let columns = query_as!(UsersRow, "SELECT * FROM {{tables.users}} WHERE id = $id");
    let columns = columns.fetch_one(&db).await?;
    assert_eq!(
        columns,
        UsersRow {
            id,
            email: Email("ada@example.com".to_owned()),
            emails: Vec::new(),
            tags: None,
            mood: Mood::SoSo,
            moods: Vec::new(),
            within: None,
            home: None,
            r#type: Some(Kind("x".to_owned())),
            größe: Some(3),
        }
    );
    let named = query_as_unchecked!(UsersRow, "SELECT * FROM {{tables.users}}");
    assert_eq!(named.fetch_one(&db).await?, columns);
    let whole = query!("SELECT u, u.id FROM {{tables.users}} u");
    assert_eq!(whole.fetch_one(&db).await?.u, columns);
    let whole: UsersRow = query_scalar_unchecked!("SELECT u FROM {{tables.users}} u")
        .fetch_one(&db)
        .await?;
    assert_eq!(whole, columns);
    let all = query_scalar!("SELECT array_agg(u) AS \"all!\" FROM {{tables.users}} u");
    assert_eq!(all.fetch_one(&db).await?, std::slice::from_ref(&columns));
    let back = query_scalar!(
        "SELECT (u).mood AS \"mood!\" FROM (SELECT $1::{{tables.users}} AS u) s",
        &columns
    );
    assert_eq!(back.fetch_one(&db).await?, Mood::SoSo);
    Ok(())
}

#[pgdbm::test]
async fn a_row_that_an_outer_join_does_not_find_is_none(db: DatabaseManager) -> Result<(), Error> {
    let id = ada(&db).await?;
    let pairs = query!(
        "SELECT u.id, other FROM {{tables.users}} u LEFT JOIN {{tables.users}} other ON other.id = u.id + 1"
    );
    let pair = pairs.fetch_one(&db).await?;
    assert_eq!((pair.id, pair.other), (id, None::<UsersRow>));
    Ok(())
}

#[pgdbm::test]
async fn a_views_columns_are_what_its_query_proves(db: DatabaseManager) -> Result<(), Error> {
    let id = ada(&db).await?;
    change(&db, "UPDATE {{tables.users}} SET mood = 'happy'").await;
    let happy = query_as!(HappyUsersRow, "SELECT * FROM {{views.happy_users}}");
    let happy = happy.fetch_one(&db).await?;
    let HappyUsersRow {
        id: found,
        email,
        n,
    } = happy.clone();
    assert_eq!((found, email.0.as_str(), n), (id, "ada@example.com", 1));
    let whole = query_scalar!("SELECT v FROM {{views.happy_users}} v");
    assert_eq!(whole.fetch_one(&db).await?, Some(happy));
    Ok(())
}

#[pgdbm::test]
async fn whole_rows_are_safe_against_columns_that_came(db: DatabaseManager) -> Result<(), Error> {
    ada(&db).await?;
    let whole = async |db: &DatabaseManager| {
        query_scalar!("SELECT u FROM {{tables.users}} u")
            .fetch_one(db)
            .await
    };
    let before = whole(&db).await?;
    change(&db, "ALTER TABLE {{tables.users}} ADD COLUMN age int").await;
    assert_eq!(whole(&db).await?, before);
    assert_eq!(whole(&anew(&db).await).await?, before);
    change(&db, "ALTER TABLE {{tables.users}} DROP COLUMN emails").await;
    let error = whole(&anew(&db).await).await.unwrap_err();
    assert_says(&error, &["`u`", "`users` has no attribute `emails`"]);
    Ok(())
}

#[pgdbm::test]
async fn a_null_where_the_column_takes_none_is_named(db: DatabaseManager) -> Result<(), Error> {
    let empty = query_scalar!("SELECT NULL::{{tables.users}} AS \"user!\"");
    assert_says(
        &empty.fetch_one(&db).await.unwrap_err(),
        &["`user!`", "NULL"],
    );
    let hollow = query_scalar!(
        "SELECT (1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::{{tables.users}} AS \"user!\""
    );
    let error = hollow.fetch_one(&db).await.unwrap_err();
    assert_says(&error, &["the attribute `email` of `users` is NULL"]);
    Ok(())
}

#[pgdbm::test]
async fn a_null_among_the_elements_of_an_array_is_named(db: DatabaseManager) -> Result<(), Error> {
    ada(&db).await?;
    let names = query!("SELECT array_agg(type) AS names FROM {{tables.users}}");
    let says = [
        "column `names` could not be read: element 1 is NULL",
        "help: leave NULLs out",
    ];
    assert_says(&names.fetch_one(&db).await.unwrap_err(), &says);
    let names = query_scalar_unchecked!("SELECT array_agg(type) AS names FROM {{tables.users}}");
    let names = names.fetch_one(&db).await.map(|_: Vec<String>| ());
    assert_says(&names.unwrap_err(), &says);
    let names =
        query!("SELECT array_agg(type) AS \"names!: Vec<Option<String>>\" FROM {{tables.users}}");
    assert_eq!(names.fetch_one(&db).await?.names, [None]);
    let users = query!(
        "SELECT array_agg(u) AS \"users!\" FROM (SELECT u FROM {{tables.users}} u UNION ALL SELECT NULL) AS all_users"
    );
    assert_says(
        &users.fetch_one(&db).await.unwrap_err(),
        &["`users!` could not be read: element 2 is NULL"],
    );
    let home =
        query!("SELECT ROW('a', 'b', 1, NULL, ARRAY[1, NULL], NULL)::{{types.address}} AS home");
    assert_says(
        &home.fetch_one(&db).await.unwrap_err(),
        &[
            "`home`",
            "the attribute `numbers` of `address`: element 2 is NULL",
        ],
    );
    Ok(())
}

/// A transaction that has put a column of the same type and name into the place of another, and holds the table.
async fn altering(db: &DatabaseManager) -> Result<Transaction<'static>, Error> {
    let transaction = anew(db).await.transaction().await?;
    for statement in [
        "ALTER TABLE {{tables.words}} RENAME COLUMN \"type\" TO former",
        "ALTER TABLE {{tables.words}} ADD COLUMN \"type\" text DEFAULT 'new'",
    ] {
        transaction.execute(statement).await?;
    }
    Ok(transaction)
}

/// Commits as soon as somebody waits for the table.
async fn commit_under(reader: &DatabaseManager, altering: Transaction<'static>) {
    const WAITING: &str = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    let other = anew(reader).await;
    while other.fetch_value::<i64>(WAITING).await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    altering.commit().await.unwrap();
}

#[pgdbm::test]
async fn who_waits_for_a_migration_is_not_given_what_it_moved(
    db: DatabaseManager,
) -> Result<(), Error> {
    let insert = "INSERT INTO {{tables.words}} VALUES (1, 'old', 'ok'), (2, 'old', 'ok')";
    change(&db, insert).await;
    let all = || query_scalar!("SELECT w FROM {{tables.words}} w");
    let first = async || -> Result<_, Error> {
        let words = all().fetch_all(&db).await?;
        Ok(words[0].r#type.clone())
    };
    assert_eq!(first().await?.as_deref(), Some("old"));
    let migration = altering(&db).await?;
    let (read, ()) = tokio::join!(first(), commit_under(&db, migration));
    let error = read.unwrap_err();
    assert_says(&error, &["altered while the statement ran", "run it again"]);
    // By itself it might have written.
    assert!(!error.is_retryable());
    assert_eq!(first().await?.as_deref(), Some("new"));

    // The same of a stream, which has given rows by then: what they are is said at its end.
    change(&db, "ALTER TABLE {{tables.words}} DROP COLUMN former").await;
    change(&db, "UPDATE {{tables.words}} SET type = 'old'").await;
    assert_eq!(first().await?.as_deref(), Some("old"));
    let streamed = async {
        let mut rows = all().fetch(&db);
        let mut last = Ok(());
        while let Some(row) = rows.next().await {
            last = row.map(drop);
        }
        last
    };
    let migration = altering(&db).await?;
    let (read, ()) = tokio::join!(streamed, commit_under(&db, migration));
    assert_says(&read.unwrap_err(), &["altered while the statement ran"]);
    assert_eq!(first().await?.as_deref(), Some("new"));

    // In a transaction the lock comes first, and with it what was altered.
    change(&db, "ALTER TABLE {{tables.words}} DROP COLUMN former").await;
    let migration = altering(&db).await?;
    let within = async {
        let transaction = db.transaction().await?;
        all().fetch_all(&transaction).await
    };
    let (read, ()) = tokio::join!(within, commit_under(&db, migration));
    assert_eq!(read?[0].r#type.as_deref(), Some("new"));
    Ok(())
}
