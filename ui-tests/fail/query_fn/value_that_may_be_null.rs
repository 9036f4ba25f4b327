use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn nickname(id) -> Option<String> { "SELECT nickname FROM {{tables.users}} WHERE id = $id" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _: Option<String> = nickname(db, 1).await?;
    Ok(())
}

fn main() {}
