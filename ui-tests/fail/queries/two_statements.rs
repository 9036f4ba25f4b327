use pgdbm::{DatabaseManager, Error};

#[pgdbm::queries("two_statements")]
mod queries {}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _: i64 = queries::one(db).await?[0].id;
    Ok(())
}

fn main() {}
