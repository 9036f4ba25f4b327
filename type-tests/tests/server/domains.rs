//! Domains as newtypes.

use std::collections::HashSet;

use pgdbm::{DatabaseManager, Error, query, query_as, query_scalar, query_scalar_unchecked};

use crate::schema::{Email, Rank, Tags};
use crate::{ada, assert_says};

#[pgdbm::test]
async fn a_domain_takes_its_newtype_or_its_value(db: DatabaseManager) -> Result<(), Error> {
    ada(&db).await?;
    let new = Email("new@example.com".to_owned());
    let row = query!(
        "UPDATE {{tables.users}} SET email = $new, emails = $1, tags = $2 WHERE email = $3 RETURNING email, emails, tags",
        [new.clone(), Email("other@example.com".to_owned())],
        Tags(vec!["a".to_owned()]),
        "ada@example.com"
    );
    let row = row.fetch_one(&db).await?;
    let (email, tags): (Email, Option<Tags>) = (row.email, row.tags);
    assert_eq!((&email, tags.unwrap().0), (&new, vec!["a".to_owned()]));
    assert_eq!(row.emails[1].0, "other@example.com");

    let base = query!(
        "UPDATE {{tables.users}} SET email = $1, emails = $2, tags = $3",
        String::from("b@c"),
        ["c@d"],
        ["x", "y"].as_slice()
    );
    assert_eq!(base.execute(&db).await?, 1);
    let pair = query_as!(
        (String, Email, Option<Vec<String>>),
        "SELECT email, email AS again, tags FROM {{tables.users}}"
    );
    let pair = pair.fetch_one(&db).await?;
    assert_eq!((pair.0, pair.1.0), ("b@c".to_owned(), "b@c".to_owned()));
    assert_eq!(pair.2.unwrap(), ["x", "y"]);
    let unchecked: Vec<Email> = query_scalar_unchecked!("SELECT emails FROM {{tables.users}}")
        .fetch_one(&db)
        .await?;
    assert_eq!(unchecked, [Email("c@d".to_owned())]);
    Ok(())
}

#[pgdbm::test]
async fn its_conditions_are_the_servers(db: DatabaseManager) -> Result<(), Error> {
    let error = query!(
        "INSERT INTO {{tables.users}} (email) VALUES ($1)",
        Email("nobody".to_owned())
    );
    let error = error.execute(&db).await.unwrap_err();
    assert!(error.is_check_violation(), "{error}");
    let rank = query_scalar!("SELECT $1::{{types.rank}}", Rank(3));
    assert_eq!(rank.fetch_one(&db).await?, Some(Rank(3)));
    let wrong = query_scalar_unchecked!("SELECT $1::text", Rank(3));
    let error = wrong.fetch_one(&db).await.map(|_: String| ()).unwrap_err();
    assert_says(&error, &["`$1`", "`text`"]);
    Ok(())
}

#[test]
fn what_its_value_has_it_has() {
    let ranks: HashSet<Rank> = [Rank(2), Rank(1), Rank(2)].into();
    assert_eq!(ranks.into_iter().max(), Some(Rank(2)));
    assert_eq!(i32::from(Rank::from(1)), 1);
}

#[pgdbm::test]
async fn an_array_of_a_domain_is_one_of_values(db: DatabaseManager) -> Result<(), Error> {
    ada(&db).await?;
    let addresses = [Email("new@example.com".to_owned())];
    let moved = query!("UPDATE {{tables.users}} SET emails = $1", addresses);
    moved.execute(&db).await?;
    let named = query_scalar!("SELECT emails AS \"emails: Vec<String>\" FROM {{tables.users}}");
    assert_eq!(named.fetch_one(&db).await?, ["new@example.com"]);
    let unchecked = query_scalar_unchecked!("SELECT emails FROM {{tables.users}}");
    let values: Vec<Option<String>> = unchecked.fetch_one(&db).await?;
    assert_eq!(values, [Some("new@example.com".to_owned())]);
    Ok(())
}
