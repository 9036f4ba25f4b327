use pgdbm::{DatabaseManager, Error};

#[pgdbm::queries("type_not_found")]
mod queries {}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _ = db;
    Ok(())
}

fn main() {}
