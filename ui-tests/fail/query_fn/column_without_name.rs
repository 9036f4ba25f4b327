use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn users() -> Totals { "SELECT count(*), 1 + 1 FROM {{tables.users}}" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _: i64 = users(db).await?.count;
    Ok(())
}

fn main() {}
