use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn users() -> Vec<User> { query_unchecked!("SELECT id FROM elsewhere") }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _: i64 = users(db).await?[0].id;
    Ok(())
}

fn main() {}
