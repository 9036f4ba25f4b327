use pgdbm::{DatabaseManager, Error};

pgdbm::query_fn! {
    pub fn user(id) -> Result<Option<User>, Error> { "SELECT id, email FROM {{tables.users}} WHERE id = $id" }
}

pub async fn caller(db: &DatabaseManager) -> Result<(), Error> {
    let _ = db;
    Ok(())
}

fn main() {}
