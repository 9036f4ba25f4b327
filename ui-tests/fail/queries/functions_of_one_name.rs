use pgdbm::{DatabaseManager, Error};

#[pgdbm::queries("functions_of_one_name")]
mod queries {}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _ = queries::user(db, 1).await?.map(|user| user.email);
    Ok(())
}

fn main() {}
