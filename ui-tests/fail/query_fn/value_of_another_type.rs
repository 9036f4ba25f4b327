use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn users() -> i32 { "SELECT count(*) FROM {{tables.users}}" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _: i32 = users(db).await?;
    Ok(())
}

fn main() {}
