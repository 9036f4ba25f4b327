use pgdbm::{DatabaseManager, Error};

#[pgdbm::queries("windows")]
mod queries {}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _: i32 = queries::one(db).await?;
    Ok(())
}

fn main() {}
