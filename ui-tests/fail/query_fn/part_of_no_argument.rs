use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn users() -> Vec<i64> { "SELECT id FROM {{tables.users}} {{if $newest}} ORDER BY id DESC {{end}}" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _: Vec<i64> = users(db).await?;
    Ok(())
}

fn main() {}
