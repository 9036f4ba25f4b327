use pgdbm::{DatabaseManager, Error};

#[pgdbm::queries(directory = "unknown_argument")]
mod queries {}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _ = db;
    Ok(())
}

fn main() {}
