//! Roles other than the private server's own, on a server that `DATABASE_URL` names.

use pgdbm_runtime::testing::PgServer;
use pgdbm_runtime::{DatabaseConfig, Pool};

use crate::own_server::{eventually, names, own_server};
use crate::process;

async fn admin(server: &PgServer, statements: &[&str]) {
    let pool = Pool::connect(DatabaseConfig::from_url(server.url()).unwrap())
        .await
        .unwrap();
    for statement in statements {
        pool.public().execute(*statement).await.unwrap();
    }
}

/// The URL for a role, its name percent-encoded.
fn url(server: &PgServer, role: &str, more: &str) -> String {
    let socket = server.socket_directory().unwrap().display();
    format!("postgres://{role}@/postgres?host={socket}{more}")
}

#[tokio::test]
async fn two_roles_on_one_server_each_have_their_own_templates() {
    let server = own_server("two");
    let long = "r".repeat(63);
    let statements = [
        "CREATE ROLE ada LOGIN CREATEDB".to_owned(),
        "CREATE ROLE \"Bob's \"\"role\"\"\" LOGIN CREATEDB".to_owned(),
        format!("CREATE ROLE {long} LOGIN CREATEDB"),
    ];
    admin(&server, &statements.each_ref().map(String::as_str)).await;
    // The superuser could drop what the others have.
    let roles = ["ada", "Bob%27s%20%22role%22", &long, "postgres", "ada"];
    for role in roles {
        let said = process::with_database_url(&url(&server, role, ""), "database");
        assert!(said.contains("has pgdbm_test_"), "{role}: {said}");
    }
    let owners = "SELECT datdba::regrole::text FROM pg_database WHERE datistemplate AND datname LIKE 'pgdbm%' ORDER BY 1";
    let mut expected = vec!["\"Bob's \"\"role\"\"\"", "ada", "postgres", &long];
    let mut owners = names(&server, owners).await;
    expected.sort_unstable();
    owners.sort_unstable();
    assert_eq!(owners, expected);
}

#[tokio::test]
async fn roles_that_take_on_one_role_leave_each_other_alone() {
    let server = own_server("owner");
    admin(
        &server,
        &[
            "CREATE ROLE owner CREATEDB",
            "CREATE ROLE ada LOGIN CREATEDB IN ROLE owner",
            "CREATE ROLE bob LOGIN CREATEDB IN ROLE owner",
        ],
    )
    .await;
    let templates = "SELECT oid::text FROM pg_database WHERE datistemplate AND datname LIKE 'pgdbm%' ORDER BY oid";
    let set = "&options=-c%20role%3Downer";
    for role in ["ada", "bob"] {
        let said = process::with_database_url(&url(&server, role, set), "database");
        assert!(said.contains("has pgdbm_test_"), "{role}: {said}");
    }
    let before = names(&server, templates).await;
    assert_eq!(before.len(), 2);
    for role in ["ada", "bob"] {
        process::with_database_url(&url(&server, role, set), "database");
    }
    assert_eq!(names(&server, templates).await, before);
}

#[tokio::test]
async fn a_role_with_few_connections_is_asked_for_no_more() {
    let server = own_server("few");
    admin(
        &server,
        &["CREATE ROLE ada LOGIN CREATEDB CONNECTION LIMIT 8"],
    )
    .await;
    let said = process::with_database_url(&url(&server, "ada", ""), "database");
    for needed in ["6 connections", "has 5 for tests", "help:"] {
        assert!(said.contains(needed), "{needed}: {said}");
    }
    admin(&server, &["ALTER ROLE ada CONNECTION LIMIT 9"]).await;
    let said = process::with_database_url(&url(&server, "ada", ""), "database");
    assert!(said.contains("has pgdbm_test_"), "{said}");
    eventually("the process's database is dropped", async || {
        let used =
            "SELECT datname::text FROM pg_database WHERE datname ~ '^pgdbm_test_2_[0-9a-z]{12}$'";
        names(&server, used).await.len() <= 1
    })
    .await;
}
