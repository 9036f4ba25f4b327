use pgdbm::{DatabaseManager, Error};

pub struct User { pub id: i64, pub email: String }

pgdbm::query_fn! {
    pub fn users() -> Vec<crate::User> { "SELECT id, email, nickname FROM {{tables.users}}" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _: Vec<User> = users(db).await?;
    Ok(())
}

fn main() {}
