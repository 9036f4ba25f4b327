use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn users(id) -> Vec<i64> { query_unchecked!("SELECT id FROM elsewhere WHERE id = $id") }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _: Vec<i64> = users(db, 1).await?;
    Ok(())
}

fn main() {}
