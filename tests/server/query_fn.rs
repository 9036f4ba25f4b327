//! Functions for queries: `query_fn!`, and a directory of SQL files.

use futures_util::TryStreamExt as _;
use pgdbm::{Error, Executor, MigrationManager, query_fn};

use crate::lab::{Lab, lab};

#[pgdbm::migrations("migrations")]
struct Migrations;

#[pgdbm::queries("tests/server/queries_of_orders")]
mod orders {}

#[derive(Debug, PartialEq)]
struct User {
    id: i32,
    email: String,
}

query_fn! {
    fn add_user(email, name?) -> NewUser {
        "INSERT INTO {{tables.users}} (email, name) VALUES ($email, $name) RETURNING id, created_at"
    }
    fn user_by_email(email) -> Option<FoundUser> {
        "SELECT id, email, name FROM {{tables.users}} WHERE email = $email"
    }
    fn user_by_id(id) -> FoundUser {
        "SELECT id, email, name FROM {{tables.users}} WHERE id = $1"
    }
    fn users() -> Vec<self::User> { "SELECT id, email FROM {{tables.users}} ORDER BY id" }
    fn pairs() -> Vec<(i32, Option<String>)> { "SELECT id, name FROM {{tables.users}} ORDER BY id" }
    fn emails(emails) -> Stream<String> {
        "SELECT email FROM {{tables.users}} WHERE email = ANY($emails) ORDER BY id"
    }
    fn names(prefix: &str) -> Stream<Named> {
        "SELECT id, name FROM {{tables.users}} WHERE email LIKE $prefix || '%' ORDER BY id"
    }
    fn rename(id, name?) -> u64 { "UPDATE {{tables.users}} SET name = $name WHERE id = $id" }
    fn forget(id) { "DELETE FROM {{tables.users}} WHERE id = $id RETURNING email" }
    fn count() -> i64 { "SELECT count(*) FROM {{tables.users}}" }
    fn name(id) -> Option<Option<String>> { "SELECT name FROM {{tables.users}} WHERE id = $id" }
    fn first_name() -> _ { "SELECT min(name) FROM {{tables.users}}" }
    fn by_file(email) -> Option<ById> { query_file!("tests/server/user_by_email.sql") }
    fn unchecked(email: &str) -> i32 { query_unchecked!("SELECT id FROM {{tables.users}} WHERE email = $email") }
    fn unchecked_structs() -> Vec<self::rows::Row> { query_unchecked!("SELECT email FROM {{tables.users}}") }
    fn unchecked_page() -> Page<i32> { query_unchecked!("SELECT id AS item FROM {{tables.users}} WHERE email = 'bob@example.com'") }
    fn unchecked_rows() -> Vec<pgdbm::Row> { query_unchecked!("SELECT * FROM {{tables.users}}") }
    fn search(email?, named) -> Vec<_> {
        "SELECT id FROM {{tables.users}} WHERE true {{if $email}} AND email = $email {{end}} \
         {{if $named}} AND name IS NOT NULL {{end}} ORDER BY id"
    }
    fn fails() -> i32 { "SELECT 1 / 0" }
    fn has(db) -> bool { "SELECT EXISTS (SELECT FROM {{tables.users}} WHERE email = $db)" }
}

async fn shop(lab: &Lab) {
    MigrationManager::new(&lab.db, Migrations)
        .apply()
        .await
        .unwrap();
}

mod rows {
    /// Called as the library's own.
    #[derive(Debug, PartialEq, pgdbm::FromRow)]
    pub(super) struct Row {
        pub(super) email: String,
    }
}

#[derive(Debug, PartialEq, pgdbm::FromRow)]
struct Page<T> {
    item: T,
}

// One record for each of the two: which is there depends on the configuration.
pgdbm::query_fn! {
    #[cfg(any())]
    fn configured_away() -> Configured { "SELECT id FROM {{tables.users}}" }
    #[cfg(not(any()))]
    fn configured() -> Configured { "SELECT email FROM {{tables.users}}" }
    #[cfg(not(any()))]
    fn configured_too() -> Vec<Configured> { "SELECT email FROM {{tables.users}} ORDER BY id" }
}

#[tokio::test]
async fn each_form_gives_what_it_says() {
    lab(async |lab| {
        shop(lab).await;
        let db = &lab.db;
        let ada: NewUser = add_user(db, "ada@example.com", Some("Ada")).await.unwrap();
        let bob = add_user(db, "bob@example.com", None).await.unwrap();
        assert!(ada.created_at <= bob.created_at && ada != bob);

        let found = user_by_email(db, "ada@example.com").await.unwrap();
        assert_eq!(
            found,
            Some(FoundUser {
                id: ada.id,
                email: "ada@example.com".to_owned(),
                name: Some("Ada".to_owned()),
            })
        );
        assert_eq!(user_by_email(db, "no@example.com").await.unwrap(), None);
        assert_eq!(
            user_by_id(db, ada.id).await.unwrap(),
            found.clone().unwrap()
        );
        assert!(user_by_id(db, 99).await.unwrap_err().is_row_not_found());
        assert_eq!(
            format!("{:?}", user_by_id(db, bob.id).await.unwrap()),
            format!(
                "FoundUser {{ id: {}, email: \"bob@example.com\", name: None }}",
                bob.id
            )
        );

        assert_eq!(users(db).await.unwrap().len(), 2);
        assert_eq!(
            users(db).await.unwrap()[1],
            User {
                id: bob.id,
                email: "bob@example.com".to_owned()
            }
        );
        assert_eq!(
            pairs(db).await.unwrap(),
            [(ada.id, Some("Ada".to_owned())), (bob.id, None)]
        );
        assert_eq!(rename(db, bob.id, Some("Bob")).await.unwrap(), 1);
        assert_eq!(rename(db, 99, None).await.unwrap(), 0);
        assert_eq!(
            name(db, bob.id).await.unwrap(),
            Some(Some("Bob".to_owned()))
        );
        assert_eq!(rename(db, bob.id, None).await.unwrap(), 1);
        assert_eq!(name(db, bob.id).await.unwrap(), Some(None));
        assert_eq!(name(db, 99).await.unwrap(), None);
        assert_eq!(first_name(db).await.unwrap(), Some("Ada".to_owned()));
        assert_eq!(
            by_file(db, "ada@example.com").await.unwrap().unwrap().id,
            ada.id
        );
        assert_eq!(unchecked(db, "bob@example.com").await.unwrap(), bob.id);
        assert_eq!(unchecked_rows(db).await.unwrap().len(), 2);
        assert_eq!(unchecked_structs(db).await.unwrap().len(), 2);
        assert_eq!(unchecked_page(db).await.unwrap(), Page { item: bob.id });
        assert_eq!(
            configured_too(db).await.unwrap()[0],
            configured(db).await.unwrap()
        );
        assert!(has(db, "bob@example.com").await.unwrap());
        forget(db, ada.id).await.unwrap();
        assert_eq!(count(db).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn streams_give_rows_as_they_arrive_and_errors_at_their_end() {
    lab(async |lab| {
        shop(lab).await;
        let db = &lab.db;
        for address in ["a@example.com", "b@example.com", "c@example.org"] {
            add_user(db, address, None).await.unwrap();
        }
        let found: Vec<String> = emails(db, &["a@example.com", "c@example.org"])
            .try_collect()
            .await
            .unwrap();
        assert_eq!(found, ["a@example.com", "c@example.org"]);
        let tx = db.transaction().await.unwrap();
        let prefix = String::from("b@");
        let mut rows = names(&tx, &prefix);
        let row: Named = rows.next().await.unwrap().unwrap();
        assert_eq!(row.name, None);
        assert!(rows.next().await.is_none());
        drop(rows);
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn functions_run_on_managers_transactions_and_connections() {
    async fn add(db: &impl Executor, email: &str) -> Result<i64, Error> {
        add_user(db, email, None).await?;
        count(db).await
    }
    lab(async |lab| {
        shop(lab).await;
        let db = &lab.db;
        assert_eq!(add(db, "a@example.com").await.unwrap(), 1);
        let tx = db.transaction().await.unwrap();
        assert_eq!(add(&tx, "b@example.com").await.unwrap(), 2);
        tx.rollback().await.unwrap();
        let connection = db.acquire().await.unwrap();
        assert_eq!(add(&connection, "c@example.com").await.unwrap(), 2);
        drop(connection);
        // The futures go to other threads.
        let db = db.clone();
        let counted = tokio::spawn(async move { add(&db, "d@example.com").await });
        assert_eq!(counted.await.unwrap().unwrap(), 3);
    })
    .await;
}

#[tokio::test]
async fn an_error_names_the_function_s_own_place() {
    lab(async |lab| {
        shop(lab).await;
        let error = fails(&lab.db).await.unwrap_err().to_string();
        let line = include_str!("query_fn.rs")
            .lines()
            .position(|line| line.contains("fn fails()"))
            .unwrap()
            + 1;
        assert!(
            error.contains(&format!("tests/server/query_fn.rs:{line}:8")),
            "{error}"
        );
        lab.db
            .execute("DROP TABLE {{tables.orders}} CASCADE")
            .await
            .unwrap();
        let error = orders::spent(&lab.db, 1).await.unwrap_err().to_string();
        assert!(
            error.contains("tests/server/queries_of_orders/totals.sql:2:7"),
            "{error}"
        );
    })
    .await;
}

#[tokio::test]
async fn parts_are_left_out_where_an_argument_has_no_value() {
    lab(async |lab| {
        shop(lab).await;
        let db = &lab.db;
        let ada = add_user(db, "ada@example.com", Some("Ada"))
            .await
            .unwrap()
            .id;
        let bob = add_user(db, "bob@example.com", None).await.unwrap().id;
        assert_eq!(search(db, None, false).await.unwrap(), [ada, bob]);
        assert_eq!(
            search(db, Some("bob@example.com"), false).await.unwrap(),
            [bob]
        );
        assert_eq!(search(db, None, true).await.unwrap(), [ada]);
        assert_eq!(
            search(db, Some("bob@example.com"), true).await.unwrap(),
            [0; 0]
        );
    })
    .await;
}

#[tokio::test]
async fn a_directory_of_files_becomes_functions() {
    lab(async |lab| {
        shop(lab).await;
        let db = &lab.db;
        let ada = add_user(db, "ada@example.com", None).await.unwrap().id;
        assert_eq!(orders::spent(db, ada).await.unwrap(), None);
        let first = orders::place(db, ada, 1250, &["gift".to_owned()])
            .await
            .unwrap();
        let second = orders::place(db, ada, 250, &[]).await.unwrap();
        let all: Vec<orders::Order> = orders::orders_of(db, ada).await.unwrap();
        assert_eq!(
            all.iter().map(|order| order.id).collect::<Vec<_>>(),
            [second, first]
        );
        assert_eq!(
            orders::order(db, first).await.unwrap(),
            Some(all[1].clone())
        );
        assert_eq!(all[1].tags, ["gift"]);
        assert_eq!(orders::spent(db, ada).await.unwrap(), Some(1500));
    })
    .await;
}
