use pgdbm::{DatabaseManager, Error};

#[pgdbm::queries("directory_without_files")]
mod queries {}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _ = db;
    Ok(())
}

fn main() {}
