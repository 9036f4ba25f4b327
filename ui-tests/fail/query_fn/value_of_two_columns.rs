use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn user(id) -> i64 { "SELECT id, email FROM {{tables.users}} WHERE id = $id" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _: i64 = user(db, 1).await?;
    Ok(())
}

fn main() {}
