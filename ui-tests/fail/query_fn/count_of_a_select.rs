use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn users() -> u64 { "SELECT id FROM {{tables.users}}" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _: u64 = users(db).await?;
    Ok(())
}

fn main() {}
