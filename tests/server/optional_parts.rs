//! Queries whose parts come and go with their arguments, on a real server.

use pgdbm::{
    DatabaseManager, Error, MigrationManager, query, query_as, query_scalar, query_scalar_unchecked,
};

use crate::lab::{Lab, lab};

#[pgdbm::migrations("migrations")]
struct Migrations;

async fn shop(lab: &Lab) {
    MigrationManager::new(&lab.db, Migrations)
        .apply()
        .await
        .unwrap();
    query!(
        "INSERT INTO {{tables.users}} (email, name) VALUES ('ada@example.com', 'Ada'), ('grace@example.com', NULL), \
         ('alan@example.com', 'Alan')"
    )
    .execute(&lab.db)
    .await
    .unwrap();
}

/// Every combination of two conditions and an order.
async fn found(
    db: &DatabaseManager,
    email: Option<&str>,
    named: Option<String>,
    backwards: bool,
) -> Vec<String> {
    let rows = query!(
        "SELECT email FROM {{tables.users}} WHERE true
         {{if $email}} AND email LIKE $email {{end}}
         {{if $named}} AND name = $named {{end}}
         {{if $backwards}} ORDER BY id DESC {{else}} ORDER BY id {{end}}"
    )
    .fetch_all(db)
    .await
    .unwrap();
    rows.into_iter().map(|row| row.email).collect()
}

/// The same of an argument behind a reference, a mutable one, and a box.
async fn named(
    db: &DatabaseManager,
    first: &Option<String>,
    second: &mut Option<String>,
    third: Box<Option<String>>,
) -> Vec<String> {
    let rows = query!(
        "SELECT email FROM {{tables.users}} WHERE true {{if $first}} AND name = $first {{end}}
         {{if $second}} AND name = $second {{end}} {{if $third}} AND name = $third {{end}} ORDER BY id"
    );
    let rows = rows.fetch_all(db).await.unwrap();
    rows.into_iter().map(|row| row.email).collect()
}

#[tokio::test]
async fn an_option_behind_a_reference_decides_too() {
    lab(async |lab| {
        shop(lab).await;
        let none = Box::new(None);
        assert_eq!(
            named(&lab.db, &None, &mut None, none.clone()).await.len(),
            3
        );
        let ada = &Some("Ada".to_owned());
        assert_eq!(
            named(&lab.db, ada, &mut ada.clone(), none).await,
            ["ada@example.com"]
        );
        let alan = Box::new(Some("Alan".to_owned()));
        assert_eq!(named(&lab.db, ada, &mut None, alan).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_given_does_not_count() {
    lab(async |lab| {
        shop(lab).await;
        let (ada, grace, alan) = ("ada@example.com", "grace@example.com", "alan@example.com");
        for (email, named, backwards, expected) in [
            (None, None, false, vec![ada, grace, alan]),
            (None, None, true, vec![alan, grace, ada]),
            (Some("a%"), None, true, vec![alan, ada]),
            (None, Some("Ada"), false, vec![ada]),
            (Some("al%"), Some("Ada"), false, vec![]),
            (Some("al%"), Some("Alan"), true, vec![alan]),
        ] {
            let named = named.map(str::to_owned);
            assert_eq!(found(&lab.db, email, named, backwards).await, expected);
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_not_given_stays_as_it_was() {
    lab(async |lab| {
        shop(lab).await;
        let change = async |email: Option<&str>, name: Option<Option<&str>>| {
            query!(
                "UPDATE {{tables.users}}
                 SET {{if $email}} email = $email, {{end}} {{if $name}} name = $name, {{end}} created_at = now()
                 WHERE email LIKE $like",
                like = "%ada%",
                name = name,
                email = email,
            )
            .execute(&lab.db)
            .await
            .unwrap()
        };
        let ada = async || {
            let row = query!("SELECT email, name FROM {{tables.users}} WHERE email LIKE '%ada%'");
            let row = row.fetch_one(&lab.db).await.unwrap();
            (row.email, row.name)
        };
        assert_eq!(change(None, None).await, 1);
        assert_eq!(ada().await, ("ada@example.com".into(), Some("Ada".into())));
        change(Some("ada@lovelace.org"), None).await;
        assert_eq!(ada().await, ("ada@lovelace.org".into(), Some("Ada".into())));
        // A value that is there, and is NULL.
        change(None, Some(None)).await;
        assert_eq!(ada().await, ("ada@lovelace.org".into(), None));
        change(Some("countess@ada.org"), Some(Some("Augusta"))).await;
        assert_eq!(ada().await, ("countess@ada.org".into(), Some("Augusta".into())));
    })
    .await;
}

#[tokio::test]
async fn arguments_are_evaluated_once_and_in_the_order_of_the_call() {
    lab(async |lab| {
        shop(lab).await;
        let mut order = Vec::new();
        let mut note = |what: &'static str| order.push(what);
        let count = query_scalar!(
            "SELECT count(*) FROM {{tables.users}}
             WHERE id >= $from {{if $only}} AND id < $to {{end}} {{if $name}} AND name = $name {{end}}",
            name = {
                note("name");
                Some("Ada")
            },
            to = {
                note("to");
                100
            },
            only = {
                note("only");
                true
            },
            from = {
                note("from");
                1
            },
        );
        assert_eq!(order, ["name", "to", "only", "from"]);
        let _ = count;
        let temporaries = query_scalar!(
            "SELECT count(*) FROM {{tables.users}} WHERE true {{if $name}} AND name = $name {{end}}",
            name = Some(&format!("A{}", "da")),
        )
        .fetch_one(&lab.db)
        .await
        .unwrap();
        assert_eq!(temporaries, 1);
    })
    .await;
}

#[derive(Debug, PartialEq)]
struct Person {
    email: String,
    name: Option<String>,
}

#[tokio::test]
async fn a_proof_that_stands_in_a_part_is_none() {
    lab(async |lab| {
        shop(lab).await;
        let known = true;
        let people = query_as!(
            Person,
            "SELECT email, name FROM {{tables.users}} WHERE email <> 'alan@example.com' {{if $known}} AND name IS NOT NULL {{end}}"
        );
        assert_eq!(people.clone().fetch_all(&lab.db).await.unwrap().len(), 1);
        let known = false;
        let people = query_as!(
            Person,
            "SELECT email, name FROM {{tables.users}} WHERE email <> 'alan@example.com' {{if $known}} AND name IS NOT NULL {{end}}
             ORDER BY id"
        );
        let people = people.fetch_all(&lab.db).await.unwrap();
        assert_eq!(people[1].name, None);
    })
    .await;
}

#[tokio::test]
async fn errors_show_the_sql_as_it_was_written() {
    lab(async |lab| {
        shop(lab).await;
        let divisor = Some(0);
        let error = query_scalar!(
            "SELECT id FROM {{tables.users}} WHERE true {{if $divisor}} AND 1 / $divisor = 1 {{end}}"
        )
        .fetch_all(&lab.db)
        .await
        .unwrap_err()
        .to_string();
        assert!(error.contains("{{if $divisor}} AND 1 / $divisor"), "{error}");
        assert!(error.contains("optional_parts.rs"), "{error}");
        // A part that is not there is not looked at.
        let divisor: Option<i32> = None;
        query_scalar!(
            "SELECT id FROM {{tables.users}} WHERE true {{if $divisor}} AND 1 / $divisor = 1 {{end}}"
        )
        .fetch_all(&lab.db)
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn unchecked_queries_have_parts_too() {
    lab(async |lab| {
        lab.db.execute("CREATE TABLE {{tables.apples}} (weight int)").await.unwrap();
        lab.db.execute("INSERT INTO {{tables.apples}} VALUES (1), (2), (3)").await.unwrap();
        for (heavier, expected) in [(None, 3), (Some(1), 2)] {
            let count: i64 = query_scalar_unchecked!(
                "SELECT count(*) FROM {{tables.apples}} WHERE true {{if $heavier}} AND weight > $heavier {{end}}"
            )
            .fetch_one(&lab.db)
            .await
            .unwrap();
            assert_eq!(count, expected);
        }
    })
    .await;
}

#[tokio::test]
async fn text_made_while_the_program_runs_has_no_parts() {
    lab(async |lab| {
        let error: Error = pgdbm::sql("SELECT 1 {{if $a}} LIMIT 1 {{end}}")
            .fetch_all(&lab.db)
            .await
            .unwrap_err();
        assert!(
            error
                .to_string()
                .contains("optional parts stand in the query macros alone"),
            "{error}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_part_goes_through_a_transaction_and_returns_an_id() {
    lab(async |lab| {
        shop(lab).await;
        let tx = lab.db.transaction().await.unwrap();
        let name = Some("Edsger");
        let id: i32 = tx
            .execute_and_return_id(query!(
                "INSERT INTO {{tables.users}} (email {{if $name}}, name {{end}}) VALUES ($email {{if $name}}, $name {{end}})",
                email = "edsger@example.com"
            ))
            .await
            .unwrap();
        assert_eq!(id, 4);
        tx.rollback().await.unwrap();
    })
    .await;
}
