use pgdbm::{DatabaseManager, Error};

#[pgdbm::queries("declaration_with_mistakes")]
mod queries {}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _ = db;
    Ok(())
}

fn main() {}
