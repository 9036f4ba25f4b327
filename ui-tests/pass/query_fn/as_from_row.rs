//! The derive of a struct says which columns its fields read, in functions as in `query_as!`.
use pgdbm::{DatabaseManager, Error, FromRow, query_fn};

#[derive(Debug, FromRow)]
#[pgdbm(rename_all = "UPPERCASE")]
pub struct User {
    #[pgdbm(rename = "id")]
    pub number: i64,
    #[pgdbm(flatten)]
    pub contact: Contact,
    #[pgdbm(default)]
    pub visits: i32,
}

#[derive(Debug, FromRow)]
pub struct Contact {
    pub email: String,
    pub nickname: Option<String>,
}

query_fn! {
    fn user(id) -> Option<User as FromRow> { "SELECT id, email, nickname FROM {{tables.users}} WHERE id = $id" }
    fn users() -> Vec<crate::User as pgdbm::FromRow> { "SELECT id, email, nickname FROM {{tables.users}}" }
    fn one() -> User as FromRow { "SELECT id, email, nickname FROM {{tables.users}}" }
    fn streamed() -> Stream<User as FromRow> { "SELECT id, email, nickname FROM {{tables.users}}" }
    fn contact() -> Contact as FromRow where { "SELECT email, nickname FROM {{tables.users}}" }
    fn unchecked() -> Vec<Contact as FromRow> { query_unchecked!("SELECT email, nickname FROM {{tables.users}}") }
    fn record() -> Vec<Record> { "SELECT id FROM {{tables.users}}" }
}

mod of_files {
    #[pgdbm::queries("queries_as_from_row")]
    pub mod queries {}
}

async fn run(db: &DatabaseManager) -> Result<(), Error> {
    let _: Option<User> = user(db, 1).await?;
    let _: Vec<User> = users(db).await?;
    let _: User = one(db).await?;
    let _: Option<Result<User, Error>> = streamed(db).next().await;
    let _: Contact = contact(db).await?;
    let _: Vec<Contact> = unchecked(db).await?;
    let _: i64 = record(db).await?[0].id;
    let _: Option<User> = of_files::queries::by_email(db, "ada@example.com").await?;
    Ok(())
}

fn main() {
    let _ = run;
}
