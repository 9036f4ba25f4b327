use pgdbm::{DatabaseManager, Error};

#[pgdbm::queries("not_a_module")]
pub struct Queries;

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _ = db;
    Ok(())
}

fn main() {}
