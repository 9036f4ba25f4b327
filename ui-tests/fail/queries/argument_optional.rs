use pgdbm::{DatabaseManager, Error};

#[pgdbm::queries("argument_optional")]
mod queries {}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _: i64 = queries::add(db, Some("a"), None).await?.id;
    Ok(())
}

fn main() {}
