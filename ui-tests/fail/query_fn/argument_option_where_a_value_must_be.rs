use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn add(email: Option<String>) -> NewUser { "INSERT INTO {{tables.users}} (email) VALUES ($email) RETURNING id" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _: i64 = add(db, None).await?.id;
    Ok(())
}

fn main() {}
