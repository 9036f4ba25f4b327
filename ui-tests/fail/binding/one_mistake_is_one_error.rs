// The query is wrong; nothing that is done with it is.
use pgdbm::{DatabaseManager, Error, FromRow};

#[derive(FromRow)]
struct User {
    id: i32,
}

const USER: pgdbm::UnboundQuery<1> = pgdbm::query!("SELECT * FROM {{tabels.users}} WHERE id = $1");

async fn user(db: &DatabaseManager, id: i32, email: &str) -> Result<i32, Error> {
    let known = pgdbm::query_as!(User, "SELECT id FROM {{tabels.users}} WHERE email = $1", email).fetch_one(db).await?;
    let found = USER.bind((id,)).fetch_optional(db).await?;
    Ok(if found.is_some() { known.id } else { id })
}

fn main() {}
