use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn users(email) -> Vec<i64> { "SELECT id FROM {{tables.users}} {{if $email}} WHERE email = $email {{end}}" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _: Vec<i64> = users(db, "a").await?;
    Ok(())
}

fn main() {}
