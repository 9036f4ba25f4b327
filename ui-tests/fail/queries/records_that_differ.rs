use pgdbm::{DatabaseManager, Error};

#[pgdbm::queries("records_that_differ")]
mod queries {}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _ = queries::user(db, 1).await?.map(|user| user.email);
    Ok(())
}

fn main() {}
