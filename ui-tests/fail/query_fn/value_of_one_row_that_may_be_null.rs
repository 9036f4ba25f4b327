use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn newest() -> i64 { "SELECT max(id) FROM {{tables.users}}" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _: i64 = newest(db).await?;
    Ok(())
}

fn main() {}
