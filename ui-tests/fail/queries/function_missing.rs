use pgdbm::{DatabaseManager, Error};

#[pgdbm::queries("function_missing")]
mod queries {}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _ = db;
    Ok(())
}

fn main() {}
